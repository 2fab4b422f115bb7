package ubl

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
)

func (m mapping) party(p *en16931.Party, seller bool) {
	m.identifier("cbc:EndpointID", &p.Endpoint)
	p.IDs = m.identifiers(p.IDs, seller && !m.paidToPayee())
	m.Group("cac:PartyName", func() { m.Text("cbc:Name", &p.TradingName) })
	m.address("cac:PostalAddress", &p.Address)
	m.taxSchemes(p)
	m.Group("cac:PartyLegalEntity", func() {
		m.Text("cbc:RegistrationName", &p.Name)
		m.identifier("cbc:CompanyID", &p.Registration)
		if seller {
			m.Text("cbc:CompanyLegalForm", &p.LegalNote)
		}
	})
	m.Group("cac:Contact", func() {
		m.Text("cbc:Name", &p.Contact.Name)
		m.Text("cbc:Telephone", &p.Contact.Phone)
		m.Text("cbc:ElectronicMail", &p.Contact.Email)
	})
}

func (m mapping) identifier(name string, id *en16931.Identifier) {
	m.Text(name, &id.Value, xmltree.At{Name: "schemeID", Value: &id.Scheme})
}

// creditorScheme marks the SEPA creditor identifier (BT-90) among the identifiers of who is paid.
const creditorScheme = "SEPA"

func (m mapping) identifiers(ids []en16931.Identifier, paid bool) []en16931.Identifier {
	creditor := &m.d.Payment.Creditor
	list := ids
	if m.Writing() && paid && *creditor != "" {
		list = append(ids[:len(ids):len(ids)], en16931.Identifier{Scheme: creditorScheme, Value: *creditor})
	}
	xmltree.Each(m.Walk, "cac:PartyIdentification", &list, func(id *en16931.Identifier) { m.identifier("cbc:ID", id) })
	if m.Writing() {
		return ids
	}
	for _, id := range list {
		if id.Scheme == creditorScheme && *creditor == "" {
			*creditor = id.Value
			continue
		}
		ids = append(ids, id)
	}
	return ids
}

// taxSchemes: the VAT number, and the one number for another tax (BT-32).
func (m mapping) taxSchemes(p *en16931.Party) {
	var list []en16931.Identifier
	if m.Writing() {
		list = joinTaxes(p)
	}
	xmltree.Each(m.Walk, "cac:PartyTaxScheme", &list, func(id *en16931.Identifier) {
		m.Text("cbc:CompanyID", &id.Value)
		m.Group("cac:TaxScheme", func() { m.Text("cbc:ID", &id.Scheme) })
	})
	if m.Writing() {
		return
	}
	for _, id := range list {
		switch {
		case id.Scheme == "VAT" && p.VATID == "":
			p.VATID = id.Value
		case id.Scheme != "VAT" && p.TaxRegistration.Value == "":
			p.TaxRegistration = id
		default:
			m.NotCarried(id.Value)
		}
	}
}

func joinTaxes(p *en16931.Party) (list []en16931.Identifier) {
	if p.VATID != "" {
		list = append(list, en16931.Identifier{Scheme: "VAT", Value: p.VATID})
	}
	if tax := p.TaxRegistration; tax.Value != "" {
		if tax.Scheme == "" {
			tax.Scheme = "TAX"
		}
		list = append(list, tax)
	}
	return list
}

func (m mapping) taxScheme(id string) {
	m.Frame("cac:TaxScheme", func() { m.Const("cbc:ID", id) })
}

func (m mapping) address(name string, a *en16931.Address) {
	m.Group(name, func() {
		m.Text("cbc:StreetName", &a.Line1)
		m.Text("cbc:AdditionalStreetName", &a.Line2)
		m.Text("cbc:CityName", &a.City)
		m.Text("cbc:PostalZone", &a.PostCode)
		m.Text("cbc:CountrySubentity", &a.Subdivision)
		m.Group("cac:AddressLine", func() { m.Text("cbc:Line", &a.Line3) })
		m.Group("cac:Country", func() { m.Text("cbc:IdentificationCode", &a.Country) })
	})
}
