package facturae

import (
	"cmp"
	"strings"

	"passerelle/adapters/format/national"
	"passerelle/contracts"
)

func (d *document) parties() {
	d.w.Group("SellerParty", func() { d.writeParty("seller", d.inv.Seller) })
	d.w.Group("BuyerParty", func() { d.writeParty("buyer", d.inv.Buyer) })
}

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

func (d *document) writeParty(who string, p contracts.Party) {
	w := d.w
	w.Group("TaxIdentification", func() {
		w.Put("PersonTypeCode", map[bool]string{true: "F", false: "J"}[p.Kind == contracts.Consumer])
		w.Put("ResidenceTypeCode", residence(p.Address.Country))
		w.Put("TaxIdentificationNumber", d.taxNumber(who, p))
	})
	if who == "buyer" && d.facts.Centres != (Centres{}) {
		w.Group("AdministrativeCentres", func() { d.writeCentres(p) })
	}
	if p.Kind == contracts.Consumer {
		w.Group("Individual", func() {
			name, surname := names(p.Name)
			w.Put("Name", name)
			w.Put("FirstSurname", surname)
			d.address(p.Address)
		})
		return
	}
	w.Group("LegalEntity", func() {
		w.Put("CorporateName", strings.TrimSpace(p.Name))
		d.address(p.Address)
		if who == "seller" {
			w.Group("ContactDetails", d.contact)
		}
	})
}

func (d *document) contact() {
	c := d.facts.Contact
	d.w.Put("Telephone", national.Phone(c.Phone))
	d.w.Put("ElectronicMail", c.Email)
	d.w.Put("ContactPersons", c.Name)
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

func (d *document) writeCentres(p contracts.Party) {
	c := d.facts.Centres
	for _, one := range []struct{ role, code string }{{"01", c.Accounting}, {"02", c.Managing}, {"03", c.Processing}, {"04", c.Purchasing}} {
		if one.code == "" {
			continue
		}
		d.w.Group("AdministrativeCentre", func() {
			d.w.Put("CentreCode", one.code)
			d.w.Put("RoleTypeCode", one.role)
			d.address(p.Address)
		})
	}
}

func (d *document) address(a contracts.Address) {
	w := d.w
	alpha3 := d.facts.Atlas[a.Country].Alpha3
	if a.Country != "ES" {
		w.Group("OverseasAddress", func() {
			w.Put("Address", strings.TrimSpace(a.Street))
			w.Put("PostCodeAndTown", strings.TrimSpace(a.PostalCode+" "+a.Town))
			w.Put("Province", cut(strings.TrimSpace(a.Town), 20)) // the schema wants one; few countries have it in addresses
			w.Put("CountryCode", alpha3)
		})
		return
	}
	w.Group("AddressInSpain", func() {
		w.Put("Address", strings.TrimSpace(a.Street))
		w.Put("PostCode", a.PostalCode)
		w.Put("Town", strings.TrimSpace(a.Town))
		w.Put("Province", provinces[a.PostalCode[:2]])
		w.Put("CountryCode", alpha3)
	})
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
