package country

import (
	"cmp"
	"fmt"
	"strings"

	"passerelle/contracts"
)

// The faults of numbers.
const (
	FaultVATID      contracts.FaultCode = "vat-id"     // a VAT number that cannot be one
	FaultIdentifier contracts.FaultCode = "identifier" // a registration number that cannot be one
	FaultIBAN       contracts.FaultCode = "iban"       // an account number that cannot be one
)

// Normalisation is what is done to a number before its expression is applied.
type Normalisation string

// Strip, the default, removes spaces, dots, hyphens and slashes and writes capitals; Lower does so in small letters; Trim
// only removes spaces at the ends, for numbers whose separators mean something.
const (
	Strip Normalisation = "strip"
	Lower Normalisation = "lower"
	Trim  Normalisation = "trim"
)

// UnmarshalText reads one of the three words.
func (n *Normalisation) UnmarshalText(b []byte) error {
	switch v := Normalisation(b); v {
	case Strip, Lower, Trim:
		*n = v
		return nil
	}
	return fmt.Errorf("%q is no way to normalise: write strip, lower or trim", b)
}

var separators = strings.NewReplacer(" ", "", ".", "", "-", "", "/", "", "\u00a0", "", "\u202f", "", "\t", "")

func strip(s string) string { return strings.ToUpper(separators.Replace(strings.TrimSpace(s))) }

// clean returns the number as the expression wants it, and the prefix it came with.
func (id Identifier) clean(value string) (prefix, number string) {
	number = strings.TrimSpace(value)
	if id.Normalise == Trim {
		return "", number
	}
	number = strip(number)
	for _, p := range id.Prefixes {
		if rest, ok := strings.CutPrefix(number, p); ok {
			prefix, number = p, rest
			break
		}
	}
	if len(number) == id.Pad-1 {
		number = "0" + number
	}
	if id.Normalise == Lower {
		number = strings.ToLower(number)
	}
	return prefix, number
}

// verify returns the number in normal form without prefix, and what is wrong with it in a sentence.
func (m *Market) verify(id Identifier, value string) (prefix, number string, err error) {
	prefix, number = id.clean(value)
	if !id.Regex.MatchString(number) {
		return prefix, number, fmt.Errorf("it has the wrong shape: it should be %s", id.Shape)
	}
	if id.Check == "" {
		return prefix, number, nil
	}
	return prefix, number, m.checks[id.Check](strip(number))
}

// Finding is what one kind of number has to say about a value.
type Finding struct {
	Scheme       string `json:"scheme"` // such as fr.siren, or fr.vat
	Name         string `json:"name"`   // in the country's words
	Valid        bool   `json:"valid"`
	Normalised   string `json:"normalised,omitempty"` // as it is stored, when valid
	Why          string `json:"why,omitempty"`        // why not, when not valid
	PersonalData bool   `json:"personal_data,omitempty"`
}

// CheckID tries the value as each of the country's numbers, the VAT number first.
func (m *Market) CheckID(value string) []Finding {
	var out []Finding
	if m.VATID != nil {
		f := Finding{Scheme: strings.ToLower(string(m.Code)) + ".vat", Name: cmp.Or(m.VATID.LocalName, "VAT number")}
		normal, err := m.checkVATID(value)
		out = append(out, f.with(normal, err))
	}
	for _, id := range m.Identifiers {
		if id.Routing {
			continue // it has a shape alone, which every other number may have too
		}
		f := Finding{Scheme: id.ID, Name: cmp.Or(id.LocalName, id.ID), PersonalData: id.PersonalData}
		_, number, err := m.verify(id, value)
		out = append(out, f.with(number, err))
	}
	return out
}

func (f Finding) with(normal string, err error) Finding {
	if err != nil {
		f.Why = err.Error()
		return f
	}
	f.Valid, f.Normalised = true, normal
	return f
}

// checkVATID accepts the number with or without its prefix.
func (m *Market) checkVATID(value string) (string, error) {
	prefix, number, err := m.verify(*m.VATID, value)
	if err != nil {
		return "", err
	}
	if strings.Trim(number, "0") == "" {
		return "", fmt.Errorf("it is all zeros")
	}
	if prefix == "" {
		prefix = m.VATID.Prefixes[0]
	}
	if m.Code == "NO" { // the suffix is optional and belongs to the normal form
		number = strings.TrimSuffix(number, "MVA") + "MVA"
	}
	return prefix + number, nil
}

// Verify checks a registration number of the scheme, such as fr.siren, and returns it in normal form.
func (m *Market) Verify(scheme, value string) (string, error) {
	for _, id := range m.Identifiers {
		if id.ID != scheme {
			continue
		}
		_, number, err := m.verify(id, value)
		if err != nil {
			return "", contracts.Fault{Code: FaultIdentifier, Message: fmt.Sprintf("%q is no %s: %v", clip(value), id.LocalName, err),
				Remedy: "copy it from the register or from a document of its owner"}
		}
		return number, nil
	}
	return "", contracts.Fault{Code: FaultIdentifier, Message: fmt.Sprintf("%q is no scheme of %s", clip(scheme), m.Name.EN)}
}

// Register checks registration numbers by the countries that their schemes name, and returns them in normal form. Faults lie on
// registrations. and the scheme, so that a form finds their field.
func (at Atlas) Register(given []contracts.Identifier) ([]contracts.Identifier, error) {
	var fs contracts.Faults
	var all []contracts.Identifier
	for _, r := range given {
		cc, _, _ := strings.Cut(r.Scheme, ".")
		m := at[contracts.CountryCode(strings.ToUpper(cc))]
		if m == nil {
			fs.Addf(FaultIdentifier, "registrations", "use one such as fr.siren, or leave it out", "%q is no scheme of registration numbers", clip(r.Scheme))
			continue
		}
		value, err := m.Verify(r.Scheme, r.Value)
		fs.Add("registrations."+r.Scheme, err)
		all = append(all, contracts.Identifier{Scheme: r.Scheme, Value: value})
	}
	return all, fs.Err()
}

// SchemeName says a scheme of registration numbers in its country's words: be.enterprise is "ondernemingsnummer / numéro
// d'entreprise". A scheme that is not known is returned as it is.
func (at Atlas) SchemeName(scheme string) string {
	cc, _, _ := strings.Cut(scheme, ".")
	m := at[contracts.CountryCode(strings.ToUpper(cc))]
	if m == nil {
		return scheme
	}
	for _, id := range m.Identifiers {
		if id.ID == scheme {
			return cmp.Or(id.LocalName, scheme)
		}
	}
	return scheme
}

// CheckVATID checks a VAT number of any country of the atlas, prefix included, and returns it in normal form. The right
// shape and check digits do not prove that the number exists: only VIES, HMRC or the UID register can.
func (at Atlas) CheckVATID(id string) (string, error) {
	value := strip(id)
	if value == "" {
		return "", vatFault(id, "it is empty", "ask the buyer for the number, or treat it as a consumer")
	}
	m, err := at.vatMarket(value)
	if err != nil {
		return "", err
	}
	normal, err := m.checkVATID(value)
	if err != nil {
		return "", vatFault(id, err.Error(), "ask the buyer for the number as its tax office wrote it")
	}
	return normal, nil
}

// VATCountry returns the country a VAT number in normal form belongs to, by its prefix alone.
func (at Atlas) VATCountry(id string) (contracts.CountryCode, error) {
	m, err := at.vatMarket(strip(id))
	if err != nil {
		return "", err
	}
	return m.Code, nil
}

func (at Atlas) vatMarket(value string) (*Market, error) {
	for _, m := range at {
		if m.VATID == nil {
			continue
		}
		for _, p := range m.VATID.Prefixes {
			if strings.HasPrefix(value, p) {
				return m, nil
			}
		}
	}
	if no := at["NO"]; no != nil && isDigits(value[:1]) && strings.HasSuffix(value, "MVA") {
		return no, nil // Norwegian numbers are often written without NO
	}
	return nil, at.unknownPrefix(value)
}

func (at Atlas) unknownPrefix(value string) error {
	prefix := clip(value)
	if len(value) > 2 {
		prefix = value[:2]
	}
	switch m := at[contracts.CountryCode(prefix)]; {
	case prefix == "GR":
		return vatFault(value, "Greek VAT numbers begin with EL, not GR", "write EL and the 9 digits")
	case m != nil && m.VATID == nil:
		return vatFault(value, m.Name.EN+" has no VAT numbers", "leave it empty and keep another proof that the buyer is in business")
	case m != nil:
		return vatFault(value, fmt.Sprintf("a VAT number of %s begins with %s", m.Name.EN, m.VATID.Prefixes[0]), "it should be "+m.VATID.Shape)
	}
	return vatFault(value, fmt.Sprintf("no country's VAT numbers begin with %q", prefix), "write the number with its country prefix, such as BE0468561072")
}

func vatFault(value, why, remedy string) error {
	return contracts.Fault{Code: FaultVATID, Field: "vat_id", Message: fmt.Sprintf("%q is no VAT number: %s", clip(value), why), Remedy: remedy}
}

// clip shortens foreign text before it goes into a message.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
