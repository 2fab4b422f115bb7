package cii

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
)

func (m mapping) party(p *en16931.Party, seller bool) {
	m.identifiers(&p.IDs)
	m.Text("ram:Name", &p.Name)
	if seller {
		m.Text("ram:Description", &p.LegalNote)
	}
	m.Group("ram:SpecifiedLegalOrganization", func() {
		m.schemed("ram:ID", &p.Registration)
		m.Text("ram:TradingBusinessName", &p.TradingName)
	})
	m.contact(&p.Contact)
	m.address(&p.Address)
	m.Group("ram:URIUniversalCommunication", func() { m.schemed("ram:URIID", &p.Endpoint) })
	m.taxes(&p.VATID, &p.TaxRegistration)
}

// contact: a name is a person's or a department's; the norm has one for both.
func (m mapping) contact(c *en16931.Contact) {
	m.Group("ram:DefinedTradeContact", func() {
		m.Text("ram:PersonName", &c.Name)
		var department string
		m.Text("ram:DepartmentName", &department)
		switch {
		case c.Name == "":
			c.Name = department
		case department != "":
			m.NotCarried(department)
		}
		m.Group("ram:TelephoneUniversalCommunication", func() { m.Text("ram:CompleteNumber", &c.Phone) })
		m.Group("ram:EmailURIUniversalCommunication", func() { m.Text("ram:URIID", &c.Email) })
	})
}

func (m mapping) address(a *en16931.Address) {
	m.Group("ram:PostalTradeAddress", func() {
		m.Text("ram:PostcodeCode", &a.PostCode)
		m.Text("ram:LineOne", &a.Line1)
		m.Text("ram:LineTwo", &a.Line2)
		m.Text("ram:LineThree", &a.Line3)
		m.Text("ram:CityName", &a.City)
		m.Text("ram:CountryID", &a.Country)
		m.Text("ram:CountrySubDivisionName", &a.Subdivision)
	})
}

// taxes are the VAT number (VA) and the number of another tax (FC), which other is nil where there can be none.
func (m mapping) taxes(vat *string, other *en16931.Identifier) {
	var list []en16931.Identifier
	if *vat != "" {
		list = append(list, en16931.Identifier{Scheme: "VA", Value: *vat})
	}
	if other != nil && other.Value != "" {
		list = append(list, en16931.Identifier{Scheme: "FC", Value: other.Value})
	}
	xmltree.Each(m.Walk, "ram:SpecifiedTaxRegistration", &list, func(id *en16931.Identifier) { m.schemed("ram:ID", id) })
	if m.Writing() {
		return
	}
	for _, id := range list {
		switch {
		case id.Scheme == "VA" && *vat == "":
			*vat = id.Value
		case id.Scheme == "FC" && other != nil && other.Value == "":
			other.Value = id.Value
		default:
			m.NotCarried(id.Value)
		}
	}
}
