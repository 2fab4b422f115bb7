package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/exchange"
	"passerelle/hub/registry"
)

// sourceOf names where a figure of a country comes from.
func sourceOf(c contracts.CountryCode) string { return "events of node " + string(contracts.NodeID(c)) }

// computedRow is a row of /api/network from events; null is "not known".
type computedRow struct {
	Country          contracts.CountryCode `json:"country"`
	LegalForm        *string               `json:"legal_form"`
	Founded          *string               `json:"founded"`
	Offices          *int                  `json:"offices"`
	PermanentStaff   *contracts.Decimal    `json:"permanent_staff"`
	Users            *int                  `json:"users"`
	Turnover         *string               `json:"turnover_eur"`
	Change           *string               `json:"turnover_change_pct"`
	MissingRates     int                   `json:"missing_rates"`
	Contribution     *string               `json:"contribution"`
	ContributionNote *string               `json:"contribution_note"`
	Source           string                `json:"source"`
	Demonstration    bool                  `json:"demonstration"`
}

// apiNetwork answers the network table of a year: the published one when there is one, else, or with source=nodes, the
// one computed from events.
func (s server) apiNetwork(c echo.Context) error {
	if err := known(c, "year", "source"); err != nil {
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
	rows, err := consolidation.Compute(c.Request().Context(), s.data, year)
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

// figures is a sum as JSON: amount in euros, without VAT, less credit notes.
type figures struct {
	Amount        string  `json:"amount"`
	Share         *string `json:"share_pct"`
	Documents     int     `json:"documents"`
	CreditNotes   int     `json:"credit_notes"` // of these
	MissingRates  int     `json:"missing_rates"`
	Demonstration bool    `json:"demonstration"`
	Source        string  `json:"source"`
}

func figuresOf(f exchange.Figures, source string) figures {
	return figures{Amount: f.EUR.Fixed(), Share: decimalText(f.Share), Documents: f.Documents(), CreditNotes: f.CreditNotes,
		MissingRates: f.Missing, Demonstration: f.Demonstration > 0, Source: source}
}

type cellJSON struct {
	Seller contracts.CountryCode `json:"seller"`
	Buyer  contracts.CountryCode `json:"buyer"`
	figures
	Months string `json:"months,omitempty"` // address of the drill-down
}

type sideJSON struct {
	Country contracts.CountryCode `json:"country"`
	figures
}

type monthJSON struct {
	Month contracts.Month `json:"month"`
	figures
	Own       []contracts.Money `json:"own"` // in the currencies of the documents
	Documents string            `json:"documents_url"`
}

type crossborderJSON struct {
	Year        int                   `json:"year"`
	Currency    contracts.Currency    `json:"currency"`
	From        contracts.CountryCode `json:"from,omitempty"`
	To          contracts.CountryCode `json:"to,omitempty"`
	Cells       []cellJSON            `json:"cells"`
	Sellers     []sideJSON            `json:"sellers"`
	Buyers      []sideJSON            `json:"buyers"`
	Total       figures               `json:"total"`
	Domestic    figures               `json:"domestic"`
	CrossBorder figures               `json:"cross_border"`
	Months      []monthJSON           `json:"months,omitempty"`
}

// apiCrossborder answers the border matrix of a year, narrowed to a seller (from) or buyer country (to), and with both
// also its months.
func (s server) apiCrossborder(c echo.Context) error {
	if err := known(c, "year", "from", "to"); err != nil {
		return err
	}
	year, _, errYear := s.year(c)
	f, errFilter := filter(c)
	if err := both(errYear, errFilter); err != nil {
		return err
	}
	ctx := c.Request().Context()
	m, err := exchange.Border(ctx, s.data, exchange.YearOf(year), f)
	if err != nil {
		return err
	}
	out := matrixJSON(year, f, m)
	if f.Seller != "" && f.Buyer != "" {
		months, err := exchange.Months(ctx, s.data, exchange.YearOf(year), f.Seller, f.Buyer)
		if err != nil {
			return err
		}
		out.Months = monthsJSON(f, months)
	}
	return c.JSON(http.StatusOK, out)
}

// both joins the faults of two parameters; any other error goes first.
func both(a, b error) error {
	var fs contracts.Faults
	for _, err := range []error{a, b} {
		if err != nil && !contracts.IsFault(err) {
			return err
		}
		fs.Add("", err)
	}
	return fs.Err()
}

func matrixJSON(year int, f exchange.Filter, m exchange.Matrix) crossborderJSON {
	const all = "events of all nodes"
	out := crossborderJSON{Year: year, Currency: contracts.EUR, From: f.Seller, To: f.Buyer, Cells: []cellJSON{}, Sellers: []sideJSON{}, Buyers: []sideJSON{},
		Total: figuresOf(m.Total, all), Domestic: figuresOf(m.Domestic, all), CrossBorder: figuresOf(m.CrossBorder, all)}
	for _, cell := range m.Cells {
		out.Cells = append(out.Cells, cellJSON{cell.Seller, cell.Buyer, figuresOf(cell.Figures, sourceOf(cell.Seller)),
			address("/api/crossborder", "year", yearText(year), "from", string(cell.Seller), "to", string(cell.Buyer))})
	}
	for _, side := range m.Sellers {
		out.Sellers = append(out.Sellers, sideJSON{side.Country, figuresOf(side.Figures, sourceOf(side.Country))})
	}
	for _, side := range m.Buyers {
		out.Buyers = append(out.Buyers, sideJSON{side.Country, figuresOf(side.Figures, all)})
	}
	return out
}

func monthsJSON(f exchange.Filter, months []exchange.MonthOf) []monthJSON {
	out := make([]monthJSON, len(months))
	for i, m := range months {
		out[i] = monthJSON{m.Month, figuresOf(m.Figures, sourceOf(f.Seller)), m.Own,
			address("/api/crossborder/documents", "from", string(f.Seller), "to", string(f.Buyer), "month", m.Month.String())}
	}
	return out
}

type documentJSON struct {
	contracts.Document
	Kind          exchange.Kind       `json:"kind"`
	Corrects      contracts.InvoiceID `json:"corrects,omitempty"`
	EUR           *string             `json:"eur"` // null where no rate holds on the issue date
	RatePerEUR    *string             `json:"rate_per_eur"`
	RateSince     *contracts.Date     `json:"rate_since"`
	RateSource    *string             `json:"rate_source"`
	Demonstration bool                `json:"demonstration"`
	Source        string              `json:"source"`
}

// apiDocuments answers the documents of a seller country, a buyer country and a month, a page at a time.
func (s server) apiDocuments(c echo.Context) error {
	if err := known(c, "from", "to", "month", "after"); err != nil {
		return err
	}
	q, err := documentQuery(c, "from", "to", c.QueryParam("from"), c.QueryParam("to"), c.QueryParam("month"))
	if err != nil {
		return err
	}
	documents, next, err := exchange.List(c.Request().Context(), s.data, q)
	if err != nil {
		return err
	}
	out := struct {
		Documents []documentJSON `json:"documents"`
		Next      string         `json:"next,omitempty"`
	}{Documents: make([]documentJSON, len(documents))}
	for i, d := range documents {
		out.Documents[i] = documentOf(d)
	}
	if next != nil {
		out.Next = address("/api/crossborder/documents", "from", string(q.Seller), "to", string(q.Buyer), "month", q.Month.String(), "after", afterOf(next))
	}
	return c.JSON(http.StatusOK, out)
}

func documentOf(d exchange.Document) documentJSON {
	out := documentJSON{Document: d.Document, Kind: d.Kind, Corrects: d.Corrects, Demonstration: d.Demonstration, Source: sourceOf(d.Seller)}
	if d.EUR == nil {
		return out
	}
	out.EUR = text(d.EUR.EUR.Fixed())
	if d.EUR.Source != "" {
		out.RatePerEUR, out.RateSince, out.RateSource = text(d.EUR.PerEUR.String()), &d.EUR.Since, text(d.EUR.Source)
	}
	return out
}

// documentQuery reads a pair, a month and where to go on; all but the last must be there.
func documentQuery(c echo.Context, fromField, toField, from, to, of string) (exchange.DocumentQuery, error) {
	var fs contracts.Faults
	for field, value := range map[string]string{fromField: from, toField: to, "month": of} {
		if value == "" {
			fs.Addf(contracts.FaultMissing, field, "add it to the address", "not given")
		}
	}
	if err := fs.Err(); err != nil {
		return exchange.DocumentQuery{}, err
	}
	q := exchange.DocumentQuery{}
	var errSeller, errBuyer, errMonth error
	q.Seller, errSeller = country(fromField, from)
	q.Buyer, errBuyer = country(toField, to)
	q.Month, errMonth = month("month", of)
	for _, err := range []error{errSeller, errBuyer, errMonth, after(&q, c.QueryParam("after"))} {
		fs.Add("", err)
	}
	return q, fs.Err()
}

type nodeJSON struct {
	Country       contracts.CountryCode  `json:"country"`
	Status        registry.Status        `json:"status"`
	Version       int                    `json:"profile_version"`
	LastHeard     time.Time              `json:"last_heard"`
	Documents     int                    `json:"documents"`
	Demonstration bool                   `json:"demonstration"`
	Profile       *contracts.NodeProfile `json:"profile"`
	Source        string                 `json:"source"`
}

// apiNodes answers every node that was ever heard, with what it says of itself.
func (s server) apiNodes(c echo.Context) error {
	if err := known(c); err != nil {
		return err
	}
	nodes, err := s.data.Nodes(c.Request().Context())
	if err != nil {
		return err
	}
	out := make([]nodeJSON, len(nodes))
	for i, n := range nodes {
		out[i] = nodeJSON{n.Country, n.Status(s.today()), n.Version, n.Heard, n.Documents, isDemonstration(n), n.Profile, sourceOf(n.Country)}
	}
	return c.JSON(http.StatusOK, out)
}

func isDemonstration(n registry.Node) bool {
	return n.Demo > 0 || n.Profile != nil && n.Profile.Demonstration
}

func (s server) today() contracts.Date { return contracts.DateOf(s.now().UTC()) }
