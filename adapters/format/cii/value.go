package cii

import (
	"fmt"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// date is a day as 20260331, inside an element of its data type that says so (format 102 of UNTDID 2379).
func (m mapping) date(name, dataType string, v *contracts.Date) {
	m.Group(name, func() {
		format := "102"
		m.Converted(dataType, func() string {
			if v.IsZero() {
				return ""
			}
			return v.Time().Format("20060102")
		}, func(s string) error {
			if len(s) == 8 {
				s = s[:4] + "-" + s[4:6] + "-" + s[6:]
			}
			return v.UnmarshalText([]byte(s))
		}, xmltree.At{Name: "format", Value: &format})
		if format != "102" {
			m.NotCarried(format)
		}
	})
}

func (m mapping) period(p *en16931.Period) {
	m.Group("ram:BillingSpecifiedPeriod", func() {
		m.date("ram:StartDateTime", "udt:DateTimeString", &p.Start)
		m.date("ram:EndDateTime", "udt:DateTimeString", &p.End)
	})
}

// amount is a number without its currency, which is the document's; some senders repeat it.
func (m mapping) amount(name string, n *en16931.Number) {
	if m.Writing() {
		m.Number(name, n)
		return
	}
	said := m.currency
	m.Number(name, n, xmltree.At{Name: "currencyID", Value: &said})
	if said != m.currency {
		m.Fault(contracts.FaultCurrency, "", "", "the amount is in %s, the document in %s", said, m.currency)
	}
}

func (m mapping) schemed(name string, id *en16931.Identifier) {
	m.Text(name, &id.Value, xmltree.At{Name: "schemeID", Value: &id.Scheme})
}

// identifier is one of a party: a GlobalID when it has a scheme, else an ID.
func (m mapping) identifier(id *en16931.Identifier) {
	var list []en16931.Identifier
	if *id != (en16931.Identifier{}) {
		list = append(list, *id)
	}
	m.identifiers(&list)
	if len(list) > 0 {
		*id = list[0]
	}
	if len(list) > 1 {
		m.NotCarried(list[1].Value)
	}
}

func (m mapping) identifiers(list *[]en16931.Identifier) {
	var local, global []en16931.Identifier
	for _, id := range *list {
		if id.Scheme == "" {
			local = append(local, id)
		} else {
			global = append(global, id)
		}
	}
	value := func(id *en16931.Identifier) { m.Value(&id.Value, xmltree.At{Name: "schemeID", Value: &id.Scheme}) }
	xmltree.Each(m.Walk, "ram:ID", &local, value)
	xmltree.Each(m.Walk, "ram:GlobalID", &global, value)
	if !m.Writing() {
		*list = append(local, global...)
	}
}

// indicator is true or false, inside an element of its data type.
func (m mapping) indicator(v *bool) {
	m.Group("ram:ChargeIndicator", func() { m.Flag("udt:Indicator", v) })
}

// discount is the indicator of what can only take off.
func (m mapping) discount() {
	charge := false
	m.indicator(&charge)
	if charge {
		m.NotCarried("true")
	}
}

// The moments at which VAT falls due: UNTDID 2005, as the norm has them (BT-8), and 2475, as CII does.
var dueTypes = map[string]string{"3": "5", "35": "29", "432": "72"}

func (m mapping) taxPointCode(v *string) {
	if m.Writing() && *v != "" && dueTypes[*v] == "" {
		m.Fault(xmltree.FaultNotCarried, "tax_point_code", "", "CII has no place for this: %s", *v)
	}
	m.Converted("ram:DueDateTypeCode", func() string { return dueTypes[*v] }, func(s string) error {
		for code, theirs := range dueTypes {
			if s == theirs {
				*v = code
				return nil
			}
		}
		return contracts.Fault{Code: contracts.FaultInvalid, Message: fmt.Sprintf("%q is no moment at which VAT falls due", s), Remedy: "use 5, 29 or 72 (UNTDID 2475)"}
	})
}
