package en16931

import (
	"regexp"
	"strings"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// mainRegistrations are the entries in a register that identify a legal person (BT-30, BT-47), by scheme of ours.
var mainRegistrations = map[string]bool{
	"be.enterprise": true, "fr.siren": true, "de.register": true, "at.fn": true, "at.zvr": true, "it.rea": true, "nl.kvk": true, "nl.oin": true,
	"se.orgnr": true, "es.nif_entity": true, "hu.cegjegyzekszam": true,
}

// taxNumbers are numbers of a tax office that are no VAT number (BT-32).
var taxNumbers = map[string]bool{"de.steuernummer": true, "at.steuernummer": true, "hu.adoszam": true}

// party tells who somebody is. Numbers that name a natural person stay at home; outside the scope of VAT no VAT number is
// told.
func (f Facts) party(p contracts.Party, outside bool) Party {
	to := Party{
		Name:    p.Name,
		Address: Address{Line1: p.Address.Street, City: p.Address.Town, PostCode: p.Address.PostalCode, Country: string(p.Address.Country)},
	}
	if !outside {
		to.VATID = p.VATID
	}
	market := f.Atlas[p.Address.Country]
	for _, r := range p.Registrations {
		id := Identifier{Value: r.Value}
		if known := identifierOf(market, r.Scheme); known != nil {
			if known.PersonalData || known.Routing {
				continue
			}
			id.Scheme = known.EAS
		}
		to.add(r.Scheme, id)
	}
	if to.Registration == (Identifier{}) {
		to.Registration = registrationIn(p)
	}
	return to
}

func (p *Party) add(scheme string, id Identifier) {
	switch {
	case mainRegistrations[scheme] && p.Registration == (Identifier{}):
		p.Registration = id
	case taxNumbers[scheme] && p.TaxRegistration == (Identifier{}):
		p.TaxRegistration = Identifier{Scheme: "TAX", Value: id.Value}
	default:
		p.IDs = append(p.IDs, id)
	}
}

func identifierOf(m *country.Market, scheme string) *country.Identifier {
	if m == nil {
		return nil
	}
	for i := range m.Identifiers {
		if m.Identifiers[i].ID == scheme {
			return &m.Identifiers[i]
		}
	}
	return nil
}

// registrationIn is the register number that a VAT number holds, where it holds one.
func registrationIn(p contracts.Party) Identifier {
	switch id := p.VATID; {
	case strings.HasPrefix(id, "BE") && len(id) == 12:
		return Identifier{Scheme: "0208", Value: id[2:]}
	case strings.HasPrefix(id, "FR") && len(id) == 13:
		return Identifier{Scheme: "0002", Value: id[4:]}
	case strings.HasPrefix(id, "SE") && len(id) == 14 && id[4:6] >= "20": // a legal person; others are numbers of a person
		return Identifier{Scheme: "0007", Value: id[2:12]}
	}
	return Identifier{}
}

// vatSchemes are the electronic address schemes (EAS) whose addresses are VAT numbers.
var vatSchemes = map[string]bool{
	"0211": true, "9910": true, "9914": true, "9920": true, "9925": true, "9926": true, "9927": true, "9928": true, "9929": true, "9930": true, "9931": true,
	"9932": true, "9933": true, "9934": true, "9935": true, "9937": true, "9938": true, "9939": true, "9943": true, "9944": true, "9945": true, "9946": true,
	"9947": true, "9949": true, "9950": true, "9957": true,
}

// endpoint is the electronic address (BT-34, BT-49): the one that was given, or that of the first scheme of the country
// that the party has a number of, or outside Peppol the e-mail address.
func (f Facts) endpoint(given Identifier, p contracts.Party, t Target) Identifier {
	if given != (Identifier{}) {
		return given
	}
	if market := f.Atlas[p.Address.Country]; market != nil {
		for _, eas := range market.EInvoicing.EAS {
			if value := addressIn(market, eas.Code, p); value != "" {
				return Identifier{Scheme: eas.Code, Value: value}
			}
		}
	}
	if p.Email != "" && !t.Network {
		return Identifier{Scheme: "EM", Value: p.Email}
	}
	return Identifier{}
}

func addressIn(m *country.Market, eas string, p contracts.Party) string {
	for _, r := range p.Registrations {
		if id := identifierOf(m, r.Scheme); id != nil && id.EAS == eas && !id.PersonalData {
			return r.Value
		}
	}
	if held := registrationIn(p); held.Scheme == eas {
		return held.Value
	}
	if vatSchemes[eas] {
		return p.VATID
	}
	return ""
}

// isLeitwegID tells the address of a German authority by its check digits (ISO 7064 mod 97-10 over the whole).
func isLeitwegID(s string) bool {
	parts := strings.Split(s, "-")
	if len(parts) < 2 || len(parts) > 3 || len(parts[0]) < 2 || len(parts[0]) > 12 || len(parts[len(parts)-1]) != 2 {
		return false
	}
	rest := 0
	for _, r := range strings.Join(parts, "") {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			rest = (rest*100 + int(r-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// leitwegForm is a Leitweg-ID with all three parts. A date or an order number is not taken for one.
var leitwegForm = regexp.MustCompile(`^[0-9]{2,12}-[0-9A-Z]{3,30}-[0-9]{2}$`)

// MistypedLeitwegID tells a reference in the form of a Leitweg-ID whose check digits are wrong. It is no authority's address.
func MistypedLeitwegID(s string) bool { return leitwegForm.MatchString(s) && !isLeitwegID(s) }

// authorities are the electronic address schemes that only public bodies have.
var authorities = map[string]bool{"0204": true, "9915": true, "0190": true, "0201": true}

// IsAuthority tells whether the buyer is a public body, as its electronic address or its reference says: a Leitweg-ID in
// Germany, an office code elsewhere.
func IsAuthority(d Document) bool {
	return authorities[d.Buyer.Endpoint.Scheme] || isLeitwegID(d.BuyerReference)
}
