package ubl

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// means is a PaymentMeans with what UBL says there and the norm says once for the document.
type means struct {
	en16931.PaymentMeans
	due        contracts.Date // a credit note's
	remittance string
	mandate    string
}

func (m mapping) payment() {
	var list []means
	if m.Writing() {
		list = m.joinPayment()
	}
	xmltree.Each(m.Walk, "cac:PaymentMeans", &list, m.paymentMeans)
	if !m.Writing() {
		m.splitPayment(list)
	}
}

func (m mapping) joinPayment() []means {
	p := m.d.Payment
	var list []means
	debit := 0
	for i, pm := range p.Means {
		list = append(list, means{PaymentMeans: pm, remittance: p.Remittance})
		if pm.DebitedAccount != "" {
			debit = i
		}
	}
	alone := m.credit && !m.d.DueDate.IsZero()
	if len(list) == 0 {
		if p.Remittance+p.Mandate != "" || alone {
			m.Fault(xmltree.FaultNotCarried, "payment.means", "say how to pay", "UBL tells this only with a means of payment")
		}
		return nil
	}
	list[debit].mandate = p.Mandate
	if m.credit {
		list[0].due = m.d.DueDate
	}
	return list
}

func (m mapping) splitPayment(list []means) {
	p := &m.d.Payment
	for _, one := range list {
		p.Means = append(p.Means, one.PaymentMeans)
		m.keep(&p.Remittance, one.remittance)
		m.keep(&p.Mandate, one.mandate)
		if !one.due.IsZero() && !m.d.DueDate.IsZero() && one.due != m.d.DueDate {
			m.NotCarried(one.due.String())
		} else if !one.due.IsZero() {
			m.d.DueDate = one.due
		}
	}
}

// keep is for what the norm says once and UBL may say with each means of payment.
func (m mapping) keep(kept *string, v string) {
	switch {
	case *kept == "":
		*kept = v
	case v != "" && v != *kept:
		m.NotCarried(v)
	}
}

func (m mapping) paymentMeans(p *means) {
	m.Text("cbc:PaymentMeansCode", &p.Code, xmltree.At{Name: "name", Value: &p.Text})
	m.Date("cbc:PaymentDueDate", &p.due)
	m.Text("cbc:PaymentID", &p.remittance)
	m.Group("cac:CardAccount", func() {
		m.Text("cbc:PrimaryAccountNumberID", &p.Card.Number)
		network := p.Card.Network
		if m.Writing() && network == "" && p.Card.Number != "" {
			network = notAvailable
		}
		m.Text("cbc:NetworkID", &network)
		if network != notAvailable && network != "mapped-from-cii" { // what converters write
			p.Card.Network = network
		}
		m.Text("cbc:HolderName", &p.Card.Holder)
	})
	m.Group("cac:PayeeFinancialAccount", func() {
		m.Text("cbc:ID", &p.Account.ID)
		m.Text("cbc:Name", &p.Account.Name)
		m.Group("cac:FinancialInstitutionBranch", func() { m.Text("cbc:ID", &p.Account.BIC) })
	})
	m.Group("cac:PaymentMandate", func() {
		m.Text("cbc:ID", &p.mandate)
		m.Group("cac:PayerFinancialAccount", func() { m.Text("cbc:ID", &p.DebitedAccount) })
	})
}
