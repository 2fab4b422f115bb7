package seed

import (
	"fmt"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
)

// buyer is a made-up buyer. Weight is how many invoices in a thousand go to it.
type buyer struct {
	name    string
	country contracts.CountryCode
	kind    contracts.BuyerKind
	vatID   string
	sector  contracts.Sector
	weight  int
}

// abroad is where buyers are, in invoices per thousand. Belgium follows the report of 2016: about 10 % to other EU countries, of which
// 60 % France, then Luxembourg, the Netherlands, Germany, then the United Kingdom; the United States and Switzerland beyond.
// For the other countries no such figures are printed: theirs are assumptions of the demonstration.
var abroad = map[contracts.CountryCode]map[contracts.CountryCode]int{
	"BE": {"FR": 54, "LU": 9, "NL": 9, "DE": 8, "GB": 5, "ES": 3, "IT": 3, "AT": 2, "SE": 2, "US": 4, "CH": 4},
	"FR": {"BE": 60, "DE": 25, "LU": 15, "ES": 15, "IT": 10, "CH": 20, "GB": 15},
	"DE": {"AT": 55, "FR": 25, "BE": 20, "NL": 20, "CH": 30, "SE": 10, "US": 15},
	"AT": {"DE": 140, "IT": 20, "HU": 15, "CH": 25},
	"IT": {"FR": 25, "DE": 20, "BE": 12, "ES": 10, "CH": 20, "US": 10},
	"NL": {"BE": 250, "DE": 150},
	"SE": {"DK": 40, "FI": 25, "DE": 25, "NO": 40, "BE": 10, "GB": 15},
	"ES": {"FR": 30, "IT": 20, "DE": 20, "BE": 12, "PT": 25, "GB": 10},
	"HU": {"AT": 150, "DE": 100},
}

// order keeps the generator reproducible: maps are not.
var order = []contracts.CountryCode{"BE", "FR", "DE", "AT", "IT", "NL", "SE", "ES", "HU", "LU", "DK", "FI", "PT", "GB", "CH", "NO", "US"}

var sectors = []contracts.Sector{"R", "J", "M", "P", "S", "O"}

// buyersOf lists buyers at home and abroad; their weights sum to a thousand.
func buyersOf(a *country.Adapter) []buyer {
	left := 1000
	var all []buyer
	for i, c := range order {
		if weight := abroad[a.Code][c]; weight > 0 {
			all = append(all, buyer{name: fmt.Sprintf("Example buyer %s (demonstration)", c), country: c, kind: contracts.Business,
				vatID: exampleVATID(c), sector: sectors[i%len(sectors)], weight: weight})
			left -= weight
		}
	}
	for i := range 4 { // three businesses at home, and consumers
		b := buyer{name: fmt.Sprintf("Example buyer %s %d (demonstration)", a.Code, i+1), country: a.Code, kind: contracts.Business, sector: sectors[i], weight: left / 4}
		if i == 3 {
			b.kind, b.sector, b.weight, b.name = contracts.Consumer, "", left-3*(left/4), fmt.Sprintf("Example consumer %s (demonstration)", a.Code)
		}
		all = append(all, b)
	}
	return all
}

// party is the buyer as it is kept: with the number that its country asks buyers at home for, a published example.
func (b buyer) party(a *country.Adapter, nth int) contracts.Party {
	p := contracts.Party{Name: b.name, Kind: b.kind, VATID: b.vatID, Sector: b.sector, Address: example.Address(b.country)}
	if b.country != a.Code {
		return p
	}
	for _, id := range a.Identifiers {
		if id.Asked && !id.Routing && id.PersonalData == (b.kind == contracts.Consumer) && len(id.Valid) > 0 {
			p.Registrations = []contracts.Identifier{{Scheme: id.ID, Value: id.Valid[nth%len(id.Valid)]}}
			break
		}
	}
	return p
}

// exampleVATID is a published example number of the country, empty where VAT numbers do not matter.
func exampleVATID(c contracts.CountryCode) string {
	m := adapters.Atlas()[c]
	if m == nil || m.VATID == nil {
		return ""
	}
	for _, id := range m.VATID.Valid { // some are written without the prefix that tells their country
		if normal, err := adapters.CheckVATID(id); err == nil {
			return normal
		}
	}
	return ""
}

// tax is the VAT of a general service to the buyer, as the rules give it for the day.
func (b buyer) tax(a *country.Adapter, day contracts.Date) (contracts.Tax, error) {
	t, err := adapters.Treat(a, country.Config{}, country.Sale{On: day, Service: contracts.ServiceGeneral,
		Buyer: country.Buyer{Country: b.country, Kind: b.kind, VATID: b.vatID, Registration: country.Valid}})
	if err != nil {
		return contracts.Tax{}, fmt.Errorf("demonstration buyer %s of %s: %w", b.name, a.Code, err)
	}
	return t.Tax, nil
}
