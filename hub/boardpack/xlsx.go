package boardpack

import (
	"fmt"

	"passerelle/internal/web"
)

// content says what stands on a sheet.
type content struct {
	sheet, what, unit, source string
	rows                      int
}

// XLSX is the pack as a workbook: all series, a sheet each, with units and sources on the first. The same pack gives the same bytes.
func (p Pack) XLSX(l *web.Locale) ([]byte, error) {
	w, err := web.NewWorkbook(l.T("European investments")+" – "+l.Date(p.Meeting.Day), p.AsOf)
	if err != nil {
		return nil, fmt.Errorf("begin the board's workbook: %w", err)
	}
	if err := web.AddSheet(w, "contents", contentTable(l), p.contents(l)); err != nil {
		return nil, err
	}
	for _, add := range []func() error{
		func() error { return web.AddSheet(w, "investments", PlanTable(l), p.Books.Rows()) },
		func() error { return web.AddSheet(w, "tranches", TrancheTable(l), p.Tranches()) },
		func() error { return web.AddSheet(w, "conditions", ConditionTable(l), p.Conditions()) },
		func() error { return web.AddSheet(w, "decisions", DecisionTable(l), p.Books.Decisions) },
		func() error { return web.AddSheet(w, "reports", ReportTable(l), p.Reports) },
		func() error { return web.AddSheet(w, "coverage", CoverageTable(l), p.Coverage()) },
		func() error { return web.AddSheet(w, "outlook", OutlookTable(l), p.Outlooks()) },
	} {
		if err := add(); err != nil {
			return nil, err
		}
	}
	for _, f := range p.Published {
		if err := web.AddSheet(w, publishedSheet(f.Year), PublishedTable(l, f.Columns, f.Source), f.Rows); err != nil {
			return nil, err
		}
	}
	return w.Bytes()
}

func publishedSheet(year int) string { return fmt.Sprintf("published-%d", year) }

func contentTable(l *web.Locale) web.Table[content] {
	return web.Table[content]{Name: "contents", Label: l.T("Contents"), Columns: []web.Column[content]{
		column("sheet", l.T("Sheet"), func(c content) any { return c.sheet }),
		column("what", l.T("What it holds"), func(c content) any { return c.what }),
		column("unit", l.T("Unit"), func(c content) any { return c.unit }),
		column("source", l.T("Source"), func(c content) any { return c.source }),
		figure("rows", l.T("Rows"), func(c content) any { return c.rows }),
	}}
}

func (p Pack) contents(l *web.Locale) []content {
	amounts, shares := l.T("the currency in the column beside"), l.T("1 is balance")
	book, reports := l.T("the board's book of investments at the hub"), l.T("signed monthly reports of the nodes")
	all := []content{
		{"contents", l.T("Board meeting of %s", l.Date(p.Meeting.Day)), "", l.T("as of %s", instant(p.AsOf)), 0},
		{"investments", l.T("Plan and actual"), amounts, book, len(p.Books.Rows())},
		{"tranches", l.T("Tranches"), amounts, book, len(p.Tranches())},
		{"conditions", l.T("Conditions"), "", book, len(p.Conditions())},
		{"decisions", l.T("Decisions"), l.T("votes"), book, len(p.Books.Decisions)},
		{"reports", l.T("Monthly reports"), amounts, reports, len(p.Reports)},
		{"coverage", l.T("Coverage"), shares, reports, len(p.Coverage())},
		{"outlook", l.T("Outlook"), shares, reports, len(p.Outlooks())},
	}
	for _, f := range p.Published {
		all = append(all, content{publishedSheet(f.Year), l.T("Published figures"), l.T("as printed"), f.Source, len(f.Rows)})
	}
	if p.Invented() {
		all[0].unit = l.T("Holds invented data")
	}
	return all
}
