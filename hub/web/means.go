package web

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/solidarity"
)

// means are the figures of a year by which contributions are shared, and where they come from.
type means struct {
	Figures   []solidarity.Figures
	Published bool // word for word of a report, and not of the nodes' events
	Source    string

	Demonstration bool // something in it is demonstration data
}

// meansOf reads the figures of a year: as published where a report has the year, otherwise from the events of the nodes.
func (s server) meansOf(c echo.Context, data Data, year int) (means, error) {
	ctx := c.Request().Context()
	filed, found, err := s.data.PublishedTable(ctx, year)
	if err != nil {
		return means{}, err
	}
	if found {
		return means{Figures: publishedMeans(filed.Table), Published: true, Source: filed.Source}, nil
	}
	rows, err := consolidation.Compute(ctx, data, year)
	if err != nil {
		return means{}, err
	}
	m := means{Source: "events of the nodes"}
	for _, r := range rows {
		m.Demonstration = m.Demonstration || r.Demonstration
		m.Figures = append(m.Figures, solidarity.Figures{Country: r.Country, Turnover: r.Turnover, Users: r.Users})
	}
	return m, nil
}

// publishedMeans takes what a published table says in figures alone: of "more than 8500000 EUR" nobody can share.
func publishedMeans(t consolidation.Table) (all []solidarity.Figures) {
	of := func(row []string, column string) string {
		if i := t.Column(column); i >= 0 {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	for _, row := range t.Rows {
		f := solidarity.Figures{Country: contracts.CountryCode(of(row, "country"))}
		if thousands, err := contracts.ParseDecimal(of(row, "turnover_keur"), 2); err == nil {
			f.Turnover = &contracts.Money{Amount: thousands.Shift(3), Currency: contracts.EUR}
		}
		if n, err := contracts.ParseDecimal(of(row, "users"), 0); err == nil {
			users := int(n.IntPart())
			f.Users = &users
		}
		all = append(all, f)
	}
	return all
}

// split parts those whose figures a key can share by from those it cannot, and from those somebody leaves out.
func (m means) split(k solidarity.Key, without []contracts.CountryCode) (with []solidarity.Figures, unknown []contracts.CountryCode) {
	for _, f := range m.Figures {
		switch {
		case slices.Contains(without, f.Country):
		case k.Turnover.IsPositive() && f.Turnover == nil, k.Users.IsPositive() && f.Users == nil:
			unknown = append(unknown, f.Country)
		default:
			with = append(with, f)
		}
	}
	return with, unknown
}
