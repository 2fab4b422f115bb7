package example

import (
	"cmp"
	"strings"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// addresses are made up, of the shape that the country has.
var addresses = map[contracts.CountryCode]contracts.Address{
	"BE": {Street: "Voorbeeldstraat 1", PostalCode: "1060", Town: "Brussel"}, "FR": {Street: "1 rue de l'Exemple", PostalCode: "59000", Town: "Lille"},
	"DE": {Street: "Musterstraße 1", PostalCode: "10117", Town: "Berlin"}, "AT": {Street: "Mustergasse 1", PostalCode: "1070", Town: "Wien"},
	"IT": {Street: "Via Esempio 1", PostalCode: "20121", Town: "Milano"}, "NL": {Street: "Voorbeeldstraat 1", PostalCode: "1012 AB", Town: "Amsterdam"},
	"SE": {Street: "Exempelgatan 1", PostalCode: "111 22", Town: "Stockholm"}, "ES": {Street: "Calle del Ejemplo 1", PostalCode: "08001", Town: "Barcelona"},
	"HU": {Street: "Példa utca 1", PostalCode: "1051", Town: "Budapest"}, "LU": {Street: "1, rue de l'Exemple", PostalCode: "L-1111", Town: "Luxembourg"},
	"CH": {Street: "Musterstrasse 1", PostalCode: "8001", Town: "Zürich"}, "GB": {Street: "1 Example Street", PostalCode: "EC1A 1BB", Town: "London"},
	"US": {Street: "1 Example Street", PostalCode: "10001", Town: "New York"},
}

// entered are the registers that an example of the country is entered in.
var entered = map[contracts.CountryCode][]string{
	"DE": {"de.register", "de.steuernummer"}, "AT": {"at.fn"}, "IT": {"it.rea"}, "NL": {"nl.kvk"}, "HU": {"hu.cegjegyzekszam", "hu.adoszam"}, "CH": {"ch.uid"},
}

// held are the registers whose number is part of the VAT number.
var held = map[contracts.CountryCode]struct {
	scheme   string
	from, to int
}{
	"BE": {"be.enterprise", 2, 12}, "FR": {"fr.siren", 4, 13}, "SE": {"se.orgnr", 2, 12}, "IT": {"it.codice_fiscale_entity", 2, 13}, "ES": {"es.nif_entity", 2, 11},
}

// Address is made up, of the shape that the country has.
func Address(c contracts.CountryCode) contracts.Address {
	address, known := addresses[c]
	if !known {
		address = contracts.Address{Street: "1 Example Street", PostalCode: "1000", Town: "Exampletown"}
	}
	address.Country = c
	return address
}

// party takes the nth published example of each number, so that seller and buyer of one country differ.
func party(m *country.Market, n int, name string) contracts.Party {
	p := contracts.Party{Name: name + " " + m.Name.EN, Kind: contracts.Business, Address: Address(m.Code), Email: "office@example.org", Language: cmp.Or(firstOf(m.Languages), "en")}
	if m.VATID != nil {
		p.VATID = companyVAT(m, n)
	}
	if h, ok := held[m.Code]; ok && len(p.VATID) >= h.to {
		p.Registrations = append(p.Registrations, contracts.Identifier{Scheme: h.scheme, Value: p.VATID[h.from:h.to]})
	}
	for _, scheme := range entered[m.Code] {
		for _, id := range m.Identifiers {
			if id.ID == scheme {
				p.Registrations = append(p.Registrations, contracts.Identifier{Scheme: scheme, Value: nth(id.Valid, n)})
			}
		}
	}
	return p
}

// companyVAT leaves out numbers of persons, which Spain writes among the others.
func companyVAT(m *country.Market, n int) string {
	var all []string
	for _, id := range m.VATID.Valid {
		if m.Code != "ES" || !strings.ContainsAny(id[2:3], "0123456789XYZ") {
			all = append(all, id)
		}
	}
	return nth(all, n)
}

func nth(all []string, n int) string {
	if len(all) == 0 {
		return ""
	}
	return all[n%len(all)]
}

func firstOf(all []string) string { return nth(all, 0) }
