package web

import (
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// orderOf is the order that was asked for, as the store reads it.
func orderOf(a web.Asked, offset int) store.Order {
	return store.Order{By: a.Sort, Down: a.Down, Offset: offset}
}

// find is the field for words that a row must hold.
func find(l *web.Locale) web.Filter {
	return web.Filter{Name: "find", Label: l.T("Find"), Kind: "search"}
}

// documentTable is the list of invoices and credit notes. A credit note takes off.
func documentTable(l *web.Locale, today contracts.Date) web.Table[outbound.Document] {
	signed := func(d outbound.Document, m contracts.Money) contracts.Money {
		if d.Kind == outbound.KindCreditNote {
			return m.Neg()
		}
		return m
	}
	return web.Table[outbound.Document]{Name: "invoices", Label: l.T("Invoices and credit notes"), Sees: sightOfDocument,
		Filters: []web.Filter{find(l), {Name: "from", Label: l.T("Issued from"), Kind: "date"}, {Name: "to", Label: l.T("to"), Kind: "date"}},
		Columns: []web.Column[outbound.Document]{
			{Name: "number", Heading: l.T("Number"), Cell: func(d outbound.Document) web.Cell {
				c := web.Cell{Value: d.Invoice.Number, URL: "/invoices/" + string(d.Invoice.ID)}
				if d.Kind == outbound.KindCreditNote {
					c.Note = l.T("credit note on %s", d.CorrectsNo)
				}
				return c
			}},
			{Name: "kind", Heading: l.T("Kind"), In: web.InFile, Cell: func(d outbound.Document) web.Cell { return web.Cell{Value: string(d.Kind)} }},
			{Name: "corrects", Heading: l.T("Takes back"), In: web.InFile, Cell: func(d outbound.Document) web.Cell { return web.Cell{Value: d.CorrectsNo} }},
			{Name: "issued", Heading: l.T("Issued"), Cell: func(d outbound.Document) web.Cell { return web.Cell{Value: d.Invoice.IssueDate} }},
			{Name: "buyer", Heading: l.T("Buyer"), Cell: func(d outbound.Document) web.Cell {
				return web.Cell{Value: d.Invoice.Buyer.Name, Note: l.Country(d.Invoice.Buyer.Address.Country)}
			}},
			{Name: "country", Heading: l.T("Country"), In: web.InFile, Cell: func(d outbound.Document) web.Cell { return web.Cell{Value: string(d.Invoice.Buyer.Address.Country)} }},
			{Name: "currency", Heading: l.T("Currency"), In: web.InFile, Cell: func(d outbound.Document) web.Cell { return web.Cell{Value: string(d.Invoice.Currency)} }},
			{Name: "net", Heading: l.T("Without VAT"), Figure: true, Cell: func(d outbound.Document) web.Cell { return web.Cell{Value: signed(d, d.Invoice.Totals.TaxExclusive)} }},
			{Name: "tax", Heading: l.T("VAT"), Figure: true, Bare: true, Cell: func(d outbound.Document) web.Cell { return web.Cell{Value: signed(d, d.Invoice.Totals.Tax)} }},
			{Name: "open", Heading: l.T("Open"), Figure: true, Bare: true, Cell: func(d outbound.Document) web.Cell {
				switch {
				case d.Kind == outbound.KindCreditNote:
					return web.Cell{}
				case d.Open.IsZero():
					return web.Cell{Value: d.Open, Badge: &web.Badge{Kind: "live", Text: l.T("settled")}}
				}
				return web.Cell{Value: d.Open}
			}},
			{Name: "due", Heading: l.T("Due"), Cell: func(d outbound.Document) web.Cell {
				if d.Kind == outbound.KindCreditNote || d.Open.IsZero() {
					return web.Cell{}
				}
				c := web.Cell{Value: d.Invoice.DueDate}
				if d.Invoice.DueDate.Before(today) {
					c.Alarm = l.T("%d days late", today.Sub(d.Invoice.DueDate))
				}
				return c
			}},
		}}
}

// memberTable is the list of members.
func memberTable(l *web.Locale) web.Table[memberRow] {
	return web.Table[memberRow]{Name: "members", Label: l.T("Members"), Filters: []web.Filter{find(l)},
		Sees: func(r memberRow) access.Sight { return sightOfMember(r.Member) },
		Columns: []web.Column[memberRow]{
			{Name: "name", Heading: l.T("Name"), Cell: func(r memberRow) web.Cell {
				c := web.Cell{Value: r.Name, URL: "/members/" + string(r.ID)}
				if r.Kind == contracts.LegalPerson {
					c.Note = l.T("legal person")
				}
				return c
			}},
			{Name: "kind", Heading: l.T("Kind"), In: web.InFile, Cell: func(r memberRow) web.Cell { return web.Cell{Value: string(r.Kind)} }},
			{Name: "reference", Heading: l.T("Reference"), Cell: func(r memberRow) web.Cell { return web.Cell{Value: r.Reference} }},
			{Name: "activities", Heading: l.T("Activities"), Fixed: true, Cell: func(r memberRow) web.Cell { return activityCell(l, r) }},
		}}
}

// activityCell names the activities of a member, or leads to where one is opened.
func activityCell(l *web.Locale, r memberRow) web.Cell {
	if len(r.Activities) == 0 {
		return web.Cell{Links: []web.Link{{Text: l.T("open one"), URL: web.Address("/activities", "member", r.Reference)}}}
	}
	c, names := web.Cell{}, ""
	for i, a := range r.Activities {
		if i > 0 {
			names += "; "
		}
		names += a.Name
		c.Links = append(c.Links, web.Link{Text: a.Name, URL: "/activities/" + string(a.ID)})
	}
	c.Value = names
	return c
}

// buyerTable is the list of buyers.
func buyerTable(l *web.Locale) web.Table[store.BuyerRow] {
	return web.Table[store.BuyerRow]{Name: "buyers", Label: l.T("Buyers"), Filters: []web.Filter{find(l)},
		Columns: []web.Column[store.BuyerRow]{
			{Name: "name", Heading: l.T("Name"), Cell: func(r store.BuyerRow) web.Cell { return web.Cell{Value: r.Party.Name} }},
			{Name: "country", Heading: l.T("Country"), Cell: func(r store.BuyerRow) web.Cell {
				return web.Cell{Value: l.Country(r.Party.Address.Country), Note: r.Party.Address.Town}
			}},
			{Name: "town", Heading: l.T("Town"), In: web.InFile, Cell: func(r store.BuyerRow) web.Cell { return web.Cell{Value: r.Party.Address.Town} }},
			{Name: "kind", Heading: l.T("Kind"), Fixed: true, Cell: func(r store.BuyerRow) web.Cell { return web.Cell{Value: l.Sentence(r.Party.Kind)} }},
			{Name: "vat", Heading: l.T("VAT number"), Cell: func(r store.BuyerRow) web.Cell { return web.Cell{Value: r.Party.VATID} }},
			{Name: "write", Heading: l.T("Invoice"), Fixed: true, In: web.OnPage, Cell: func(r store.BuyerRow) web.Cell {
				return web.Cell{Links: []web.Link{{Text: l.T("Invoice %s", r.Party.Name), URL: web.Address("/invoices/new", "buyer", r.ID)}}}
			}},
		}}
}

// activityTable is the list of activities with their budgets. Amounts in further currencies stand beneath, and in a file in a column of
// their own.
func activityTable(l *web.Locale) web.Table[activityRow] {
	amount := func(of func(budget) contracts.Money) func(activityRow) web.Cell {
		return func(r activityRow) web.Cell {
			if len(r.Budgets) == 0 {
				return web.Cell{Note: l.T("nothing yet")}
			}
			c := web.Cell{}
			for i, b := range r.Budgets {
				if i == 0 {
					c.Value = of(b)
				} else {
					c.Note += " " + l.Money(of(b))
				}
			}
			return c
		}
	}
	return web.Table[activityRow]{Name: "activities", Label: l.T("Activities"), Filters: []web.Filter{find(l)},
		Sees: func(r activityRow) access.Sight { return sightOfActivity(r.Activity) },
		Columns: []web.Column[activityRow]{
			{Name: "name", Heading: l.T("Activity"), Cell: func(r activityRow) web.Cell {
				return web.Cell{Value: r.Name, URL: "/activities/" + string(r.ID), Note: r.Reference}
			}},
			{Name: "reference", Heading: l.T("Reference"), In: web.InFile, Cell: func(r activityRow) web.Cell { return web.Cell{Value: r.Reference} }},
			{Name: "member", Heading: l.T("Member"), Cell: func(r activityRow) web.Cell { return web.Cell{Value: r.MemberName} }},
			{Name: "currency", Heading: l.T("Currency"), In: web.InFile, Cell: currencyCell},
			{Name: "invoiced", Heading: l.T("Invoiced"), Figure: true, Fixed: true, Cell: amount(func(b budget) contracts.Money { return b.Invoiced })},
			{Name: "contribution", Heading: l.T("Contribution"), Figure: true, Fixed: true, Cell: amount(func(b budget) contracts.Money { return b.Contribution })},
			{Name: "budget", Heading: l.T("Budget"), Figure: true, Fixed: true, Cell: amount(func(b budget) contracts.Money { return b.Available })},
			{Name: "others", Heading: l.T("Budget in other currencies"), In: web.InFile, Cell: otherBudgets},
		}}
}

func currencyCell(r activityRow) web.Cell {
	if len(r.Budgets) == 0 {
		return web.Cell{}
	}
	return web.Cell{Value: string(r.Budgets[0].Available.Currency)}
}

func otherBudgets(r activityRow) web.Cell {
	text := ""
	for i, b := range r.Budgets {
		if i > 0 {
			text += b.Available.String() + " "
		}
	}
	return web.Cell{Value: text}
}
