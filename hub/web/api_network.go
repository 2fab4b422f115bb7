package web

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/internal/web"
)

// sourceOf names where a figure of a country comes from.
func sourceOf(c contracts.CountryCode) string { return "events of node " + string(contracts.NodeID(c)) }

// computedRow is a row of /api/network from events; null is "not known".
type computedRow struct {
	Country          contracts.CountryCode `json:"country"`
	LegalForm        *string               `json:"legal_form" jsonschema:"nullable"`
	Founded          *string               `json:"founded" jsonschema:"nullable"`
	Offices          *int                  `json:"offices" jsonschema:"nullable"`
	PermanentStaff   *contracts.Decimal    `json:"permanent_staff" jsonschema:"nullable"`
	Users            *int                  `json:"users" jsonschema:"nullable"`
	Turnover         *string               `json:"turnover_eur" jsonschema:"nullable"`
	Change           *string               `json:"turnover_change_pct" jsonschema:"nullable"`
	MissingRates     int                   `json:"missing_rates"`
	Contribution     *string               `json:"contribution" jsonschema:"nullable"`
	ContributionNote *string               `json:"contribution_note" jsonschema:"nullable"`
	Source           string                `json:"source"`
	Demonstration    bool                  `json:"demonstration"`
}

// apiNetwork answers the network table of a year: the published one when there is one, else, or with source=nodes, the
// one computed from events.
func (s server) apiNetwork(c echo.Context) error {
	if err := web.KnownQuery(c, "year", "source"); err != nil {
		return err
	}
	year, _, err := s.year(c)
	if err != nil {
		return err
	}
	wanted := c.QueryParam("source")
	if wanted != "" && wanted != "nodes" && wanted != "published" {
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "source", Message: "no such source", Remedy: `write "published" or "nodes", or leave it out`}
	}
	if wanted != "nodes" {
		table, found, err := s.data.PublishedTable(c.Request().Context(), year)
		if err != nil {
			return err
		}
		if found || wanted == "published" {
			return c.JSON(http.StatusOK, publishedRows(table.Table))
		}
	}
	rows, err := consolidation.Compute(c.Request().Context(), s.view(c), year)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, computedRows(rows))
}

func computedRows(rows []consolidation.Row) []computedRow {
	out := make([]computedRow, len(rows))
	for i, r := range rows {
		out[i] = computedRow{Country: r.Country, LegalForm: text(r.LegalForm), Founded: text(r.Founded), Offices: r.Offices, Users: r.Users,
			PermanentStaff: r.PermanentStaff, Change: decimalText(r.Change), MissingRates: r.Missing, Contribution: text(r.Contribution),
			ContributionNote: text(r.ContributionNote), Source: r.Source, Demonstration: r.Demonstration}
		if r.Turnover != nil {
			out[i].Turnover = text(r.Turnover.Fixed())
		}
	}
	return out
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func decimalText(d *decimal.Decimal) *string {
	if d == nil {
		return nil
	}
	s := d.String()
	return &s
}

// object is a JSON object whose members keep their order.
type object []member

type member struct{ name, value string }

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		name, errName := json.Marshal(m.name)
		value, errValue := json.Marshal(m.value)
		if errName != nil || errValue != nil {
			return nil, errName
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// publishedRows carries the names and the text of the file, and the source.
func publishedRows(t consolidation.Table) []object {
	rows := make([]object, len(t.Rows))
	for i, cells := range t.Rows {
		for j, cell := range cells {
			rows[i] = append(rows[i], member{t.Columns[j], cell})
		}
		rows[i] = append(rows[i], member{"source", t.Source})
	}
	return rows
}
