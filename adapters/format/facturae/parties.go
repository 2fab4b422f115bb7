package facturae

import (
	"cmp"
	"strings"

	"passerelle/adapters/format/national"
	"passerelle/contracts"
)

// taxNumber is the NIF at home, and what is known of somebody abroad.
func (d *document) taxNumber(who string, p contracts.Party) string {
	nif := strings.TrimPrefix(cmp.Or(p.VATID, national.Number(p, "es.nif_entity", "es.nif_person", "es.nif_klm")), "ES")
	for _, r := range p.Registrations {
		if nif == "" && !strings.HasPrefix(r.Scheme, "es.dir3_") {
			nif = r.Value
		}
	}
	if nif == "" && who == "buyer" {
		nif = d.facts.BuyerTaxNumber
	}
	return d.Longest(who+".vat_id", nif, 30)
}

func (d *document) party(who string, p contracts.Party) Party {
	to := Party{PersonType: "J", Residence: residence(p.Address.Country), TaxNumber: d.taxNumber(who, p)}
	spain, overseas := d.address(p.Address)
	if who == "buyer" {
		to.Centres = d.centresAt(spain, overseas)
	}
	if p.Kind == contracts.Consumer {
		to.PersonType = "F"
		name, surname := names(p.Name)
		to.Person = Person{Name: name, First: surname, Spain: spain, Overseas: overseas}
		return to
	}
	to.Legal = Legal{Name: strings.TrimSpace(p.Name), Spain: spain, Overseas: overseas}
	if c := d.facts.Contact; who == "seller" {
		to.Legal.Contact = Contact{Phone: national.Phone(c.Phone), Email: c.Email, Persons: c.Name}
	}
	return to
}

// residence is R at home, U in the EU, E elsewhere.
func residence(c contracts.CountryCode) string {
	switch {
	case c == "ES":
		return "R"
	case national.InEU(c):
		return "U"
	}
	return "E"
}

// person: the schema wants first name and surname apart; we know them together.
func (d *document) person(who, name string) {
	first, surname := names(name)
	if surname == "" {
		d.Addf(contracts.FaultMissing, who+".name", "write first name and surname", "Facturae tells a person's first name and surname apart")
	}
	d.Longest(who+".name", first, 40)
	d.Longest(who+".name", surname, 40)
}

func names(name string) (first, surname string) {
	first, surname, _ = strings.Cut(strings.TrimSpace(name), " ")
	return first, strings.TrimSpace(surname)
}

func (d *document) centresAt(spain, overseas Address) (all []Centre) {
	c := d.facts.Centres
	for _, one := range []struct{ role, code string }{{"01", c.Accounting}, {"02", c.Managing}, {"03", c.Processing}, {"04", c.Purchasing}} {
		if one.code != "" {
			all = append(all, Centre{Code: one.code, Role: one.role, Spain: spain, Overseas: overseas})
		}
	}
	return all
}

func (d *document) address(a contracts.Address) (spain, overseas Address) {
	to := Address{Street: strings.TrimSpace(a.Street), Country: d.facts.Atlas[a.Country].Alpha3}
	if a.Country != "ES" {
		to.PostCodeAndTown = strings.TrimSpace(a.PostalCode + " " + a.Town)
		to.Province = cut(strings.TrimSpace(a.Town), 20) // the schema wants one; few countries have it in addresses
		return Address{}, to
	}
	to.PostCode, to.Town, to.Province = a.PostalCode, strings.TrimSpace(a.Town), provinces[a.PostalCode[:2]]
	return to, Address{}
}

func cut(s string, most int) string {
	r := []rune(s)
	return string(r[:min(most, len(r))])
}

// provinces by the first two digits of the post code, in at most twenty characters.
var provinces = map[string]string{
	"01": "Álava", "02": "Albacete", "03": "Alicante", "04": "Almería", "05": "Ávila", "06": "Badajoz", "07": "Illes Balears", "08": "Barcelona", "09": "Burgos",
	"10": "Cáceres", "11": "Cádiz", "12": "Castellón", "13": "Ciudad Real", "14": "Córdoba", "15": "A Coruña", "16": "Cuenca", "17": "Girona", "18": "Granada",
	"19": "Guadalajara", "20": "Gipuzkoa", "21": "Huelva", "22": "Huesca", "23": "Jaén", "24": "León", "25": "Lleida", "26": "La Rioja", "27": "Lugo", "28": "Madrid",
	"29": "Málaga", "30": "Murcia", "31": "Navarra", "32": "Ourense", "33": "Asturias", "34": "Palencia", "35": "Las Palmas", "36": "Pontevedra", "37": "Salamanca",
	"38": "Santa Cruz Tenerife", "39": "Cantabria", "40": "Segovia", "41": "Sevilla", "42": "Soria", "43": "Tarragona", "44": "Teruel", "45": "Toledo", "46": "Valencia",
	"47": "Valladolid", "48": "Bizkaia", "49": "Zamora", "50": "Zaragoza", "51": "Ceuta", "52": "Melilla",
}
