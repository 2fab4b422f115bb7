package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/internal/web"
)

// figures is a sum as JSON: amount in euros, without VAT, less credit notes.
type figures struct {
	Amount        string  `json:"amount"`
	Share         *string `json:"share_pct" jsonschema:"nullable"`
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
	if err := web.KnownQuery(c, "year", "from", "to"); err != nil {
		return err
	}
	year, _, errYear := s.year(c)
	f, errFilter := filter(c)
	if err := both(errYear, errFilter); err != nil {
		return err
	}
	ctx := c.Request().Context()
	m, err := exchange.Border(ctx, s.view(c), exchange.YearOf(year), f)
	if err != nil {
		return err
	}
	out := matrixJSON(year, f, m)
	if f.Seller != "" && f.Buyer != "" {
		months, err := exchange.Months(ctx, s.view(c), exchange.YearOf(year), f.Seller, f.Buyer)
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
		months := web.Address("/api/crossborder", "year", yearText(year), "from", string(cell.Seller), "to", string(cell.Buyer))
		if cell.Buyer == exchange.Several {
			months = ""
		}
		out.Cells = append(out.Cells, cellJSON{cell.Seller, cell.Buyer, figuresOf(cell.Figures, sourceOf(cell.Seller)), months})
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
			web.Address("/api/crossborder/documents", "from", string(f.Seller), "to", string(f.Buyer), "month", m.Month.String())}
	}
	return out
}
