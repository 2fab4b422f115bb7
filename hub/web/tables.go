package web

import (
	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/exchange"
	"passerelle/internal/web"
)

// whole is a figure that may not be known.
func whole(n *int) web.Cell {
	if n == nil {
		return web.Cell{}
	}
	return web.Cell{Value: *n}
}

// nodeTable is the list of nodes.
func nodeTable(l *web.Locale) web.Table[nodeLine] {
	said := func(of func(contracts.NodeProfile) string) func(nodeLine) web.Cell {
		return func(n nodeLine) web.Cell {
			if n.Profile == nil {
				return web.Cell{}
			}
			return web.Cell{Value: of(*n.Profile)}
		}
	}
	return web.Table[nodeLine]{Name: "nodes", Label: l.T("Nodes"), Columns: []web.Column[nodeLine]{
		{Name: "country", Heading: l.T("Country"), Cell: func(n nodeLine) web.Cell {
			return web.Cell{Value: l.Country(n.Country), URL: "/nodes/" + string(n.Country)}
		}},
		{Name: "code", Heading: l.T("Country code"), In: web.InFile, Cell: func(n nodeLine) web.Cell { return web.Cell{Value: string(n.Country)} }},
		{Name: "name", Heading: l.T("Co-operative"), Cell: func(n nodeLine) web.Cell {
			if n.Profile == nil {
				return web.Cell{Note: l.T("has not introduced itself")}
			}
			return web.Cell{Value: n.Profile.Name}
		}},
		{Name: "form", Heading: l.T("Legal form"), Cell: said(func(p contracts.NodeProfile) string { return p.LegalForm })},
		{Name: "status", Heading: l.T("In the network"), Cell: func(n nodeLine) web.Cell { return statusCell(l, n) }},
		{Name: "joined", Heading: l.T("Joined"), In: web.InFile, Cell: func(n nodeLine) web.Cell {
			if n.Profile == nil {
				return web.Cell{}
			}
			return web.Cell{Value: n.Profile.Joined}
		}},
		{Name: "currency", Heading: l.T("Currency"), Cell: said(func(p contracts.NodeProfile) string { return string(p.Currency) })},
		{Name: "documents", Heading: l.T("Documents"), Figure: true, Cell: func(n nodeLine) web.Cell { return web.Cell{Value: n.Documents} }},
		{Name: "reports", Heading: l.T("Reports"), Cell: func(n nodeLine) web.Cell {
			if len(n.Late) == 0 {
				return web.Cell{}
			}
			late := web.Badge{Kind: "warn", Text: l.T("%d late", len(n.Late))}
			return web.Cell{Value: late.Text, Badge: &late}
		}},
		{Name: "heard", Heading: l.T("Last heard"), Cell: func(n nodeLine) web.Cell { return web.Cell{Value: n.Heard} }},
	}}
}

// statusCell says whether a node is in the network, and since when.
func statusCell(l *web.Locale, n nodeLine) web.Cell {
	badge := map[string]web.Badge{"in": {Kind: "live", Text: l.T("in")}, "left": {Text: l.T("left")}, "expected": {Kind: "report", Text: l.T("expected")}}
	shown, known := badge[string(n.Status)]
	if !known {
		shown = web.Badge{Kind: "warn", Text: l.T("no profile")}
	}
	c := web.Cell{Value: string(n.Status), Badge: &shown}
	switch {
	case n.Profile == nil:
	case n.Profile.Left.IsZero():
		c.Note = l.T("since %s", l.Date(n.Profile.Joined))
	default:
		c.Note = l.T("%s to %s", l.Date(n.Profile.Joined), l.Date(n.Profile.Left.AddDays(-1)))
	}
	return c
}

// flowTable is the border matrix as a list: one row for each pair of countries.
func flowTable(l *web.Locale, year int) web.Table[exchange.Cell] {
	return web.Table[exchange.Cell]{Name: "border-matrix-" + yearText(year), Label: l.T("Who sells to whom"), Columns: []web.Column[exchange.Cell]{
		{Name: "from", Heading: l.T("From"), Cell: func(c exchange.Cell) web.Cell {
			return web.Cell{Value: l.Country(c.Seller), URL: pairURL(c.Seller, c.Buyer, year)}
		}},
		{Name: "to", Heading: l.T("To"), Cell: func(c exchange.Cell) web.Cell {
			if c.Buyer == exchange.Several {
				return web.Cell{Value: l.T("several countries")}
			}
			return web.Cell{Value: l.Country(c.Buyer)}
		}},
		{Name: "seller", Heading: l.T("Seller country"), In: web.InFile, Cell: func(c exchange.Cell) web.Cell { return web.Cell{Value: string(c.Seller)} }},
		{Name: "buyer", Heading: l.T("Buyer country"), In: web.InFile, Cell: func(c exchange.Cell) web.Cell { return web.Cell{Value: string(c.Buyer)} }},
		{Name: "eur", Heading: "EUR", Figure: true, Bare: true, Cell: func(c exchange.Cell) web.Cell {
			cell := web.Cell{Value: c.EUR}
			if c.Missing > 0 {
				cell.Alarm = l.T("+ %d without rate", c.Missing)
			}
			return cell
		}},
		{Name: "share", Heading: l.T("Share in percent"), Figure: true, Cell: func(c exchange.Cell) web.Cell {
			if c.Share == nil {
				return web.Cell{}
			}
			return web.Cell{Value: contracts.Decimal{Decimal: c.Share.Round(2)}}
		}},
		{Name: "invoices", Heading: l.T("Invoices"), Figure: true, Cell: func(c exchange.Cell) web.Cell { return web.Cell{Value: c.Invoices} }},
		{Name: "credits", Heading: l.T("Credit notes"), Figure: true, Cell: func(c exchange.Cell) web.Cell { return web.Cell{Value: c.CreditNotes} }},
		{Name: "missing", Heading: l.T("Without rate"), In: web.InFile, Figure: true, Cell: func(c exchange.Cell) web.Cell { return web.Cell{Value: c.Missing} }},
	}}
}

// networkTable is the network as its nodes report it.
func networkTable(l *web.Locale, year int) web.Table[consolidation.Row] {
	text := func(of func(consolidation.Row) string) func(consolidation.Row) web.Cell {
		return func(r consolidation.Row) web.Cell {
			if of(r) == "" {
				return web.Cell{Note: l.T("not known")}
			}
			return web.Cell{Value: of(r)}
		}
	}
	return web.Table[consolidation.Row]{Name: "network-" + yearText(year), Label: l.T("Network table from events"), Columns: []web.Column[consolidation.Row]{
		{Name: "country", Heading: l.T("Country"), Cell: func(r consolidation.Row) web.Cell {
			return web.Cell{Value: l.Country(r.Country), URL: web.Address("/nodes/"+string(r.Country), "year", yearText(year))}
		}},
		{Name: "code", Heading: l.T("Country code"), In: web.InFile, Cell: text(func(r consolidation.Row) string { return string(r.Country) })},
		{Name: "form", Heading: l.T("Legal form"), Cell: text(func(r consolidation.Row) string { return r.LegalForm })},
		{Name: "founded", Heading: l.T("Founded"), Cell: text(func(r consolidation.Row) string { return r.Founded })},
		{Name: "offices", Heading: l.T("Offices"), Figure: true, Cell: func(r consolidation.Row) web.Cell { return whole(r.Offices) }},
		{Name: "staff", Heading: l.T("Permanent staff"), Figure: true, Cell: func(r consolidation.Row) web.Cell {
			if r.PermanentStaff == nil {
				return web.Cell{}
			}
			return web.Cell{Value: *r.PermanentStaff}
		}},
		{Name: "users", Heading: l.T("Users"), Figure: true, Cell: func(r consolidation.Row) web.Cell { return whole(r.Users) }},
		{Name: "turnover", Heading: l.T("Turnover (EUR)"), Figure: true, Bare: true, Cell: func(r consolidation.Row) web.Cell {
			switch {
			case r.Turnover != nil:
				return web.Cell{Value: *r.Turnover}
			case r.Missing > 0:
				return web.Cell{Alarm: l.T("%d without rate", r.Missing)}
			}
			return web.Cell{}
		}},
		{Name: "change", Heading: l.T("Change in percent"), Figure: true, Cell: func(r consolidation.Row) web.Cell {
			if r.Change == nil {
				return web.Cell{}
			}
			return web.Cell{Value: contracts.Decimal{Decimal: r.Change.Round(1)}}
		}},
		{Name: "contribution", Heading: l.T("Contribution"), Cell: func(r consolidation.Row) web.Cell {
			c := web.Cell{Value: r.Contribution, Note: r.ContributionNote}
			if r.Contribution == "" {
				c.Note = l.T("not known")
			}
			return c
		}},
	}}
}

// Documents are without names: the member is a random id that is new each year.
func documentTable(l *web.Locale, name string) web.Table[exchange.Document] {
	signed := func(d exchange.Document, m contracts.Money) contracts.Money {
		if d.Kind == exchange.CreditNote {
			return m.Neg()
		}
		return m
	}
	return web.Table[exchange.Document]{Name: name, Label: l.T("Documents"), Columns: []web.Column[exchange.Document]{
		{Name: "issued", Heading: l.T("Issued"), Cell: func(d exchange.Document) web.Cell { return web.Cell{Value: d.IssueDate} }},
		{Name: "document", Heading: l.T("Document"), Cell: func(d exchange.Document) web.Cell { return documentCell(l, d) }},
		{Name: "kind", Heading: l.T("Kind"), In: web.InFile, Cell: func(d exchange.Document) web.Cell { return web.Cell{Value: string(d.Kind)} }},
		{Name: "corrects", Heading: l.T("Takes back"), In: web.InFile, Cell: func(d exchange.Document) web.Cell { return web.Cell{Value: string(d.Corrects)} }},
		{Name: "member", Heading: l.T("Member"), Cell: func(d exchange.Document) web.Cell { return web.Cell{Value: d.Member, Code: true} }},
		{Name: "buyer", Heading: l.T("Buyer"), Cell: func(d exchange.Document) web.Cell {
			c := web.Cell{Value: l.Retell(d.Buyer.Kind)}
			if d.Buyer.Sector != "" {
				c.Note = l.T("sector %s", string(d.Buyer.Sector))
			}
			return c
		}},
		{Name: "sector", Heading: l.T("Sector"), In: web.InFile, Cell: func(d exchange.Document) web.Cell { return web.Cell{Value: string(d.Buyer.Sector)} }},
		{Name: "service", Heading: l.T("Service"), Cell: func(d exchange.Document) web.Cell {
			c := web.Cell{Value: l.Service(d.Service)}
			if d.PerformedIn != "" {
				c.Note = l.T("in %s", l.Country(d.PerformedIn))
			}
			return c
		}},
		{Name: "vat", Heading: l.T("VAT"), Cell: func(d exchange.Document) web.Cell { return web.Cell{Value: string(d.Category)} }},
		{Name: "amount", Heading: l.T("Amount"), Figure: true, Cell: func(d exchange.Document) web.Cell { return web.Cell{Value: signed(d, d.TaxExclusive)} }},
		{Name: "currency", Heading: l.T("Currency"), In: web.InFile, Cell: func(d exchange.Document) web.Cell { return web.Cell{Value: string(d.TaxExclusive.Currency)} }},
		{Name: "eur", Heading: "EUR", Figure: true, Bare: true, Cell: func(d exchange.Document) web.Cell {
			if d.EUR == nil {
				return web.Cell{Alarm: l.T("no rate")}
			}
			return web.Cell{Value: signed(d, d.EUR.EUR), Note: rateNote(l, *d.EUR)}
		}},
	}}
}

func documentCell(l *web.Locale, d exchange.Document) web.Cell {
	c := web.Cell{Value: string(d.ID), Code: true, Note: l.T("Invoice")}
	if d.Kind == exchange.CreditNote {
		c.Note = l.T("Credit note, takes back %s", string(d.Corrects))
	}
	if !d.SettledOn.IsZero() {
		c.Note += ", " + l.T("paid %s", l.Date(d.SettledOn))
	}
	return c
}

// rateNote says with which rate an amount was converted; nothing for what was in euros from the start.
func rateNote(l *web.Locale, c exchange.Conversion) string {
	if c.Source == "" {
		return ""
	}
	return l.T("%s since %s: %s", c.PerEUR.String(), l.Date(c.Since), c.Source)
}
