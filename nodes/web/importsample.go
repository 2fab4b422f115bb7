package web

import (
	"bytes"
	"encoding/csv"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/nodes/outbound"
)

// importSample answers a file with three lines that fit the node: an invoice, one abroad, and a credit note.
func (s server) importSample(c echo.Context) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	header := make([]string, len(outbound.Columns))
	for i, col := range outbound.Columns {
		header[i] = col.Name
	}
	rows := [][]string{header}
	for _, sample := range s.sampleRows() {
		row := make([]string, len(header))
		for i, name := range header {
			row[i] = sample[name]
		}
		rows = append(rows, row)
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="past-invoices-sample.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}

func (s server) sampleRows() []map[string]string {
	a := s.adapter()
	day := contracts.NewDate(s.today().Year()-1, 3, 31)
	sample := func(more map[string]string) map[string]string {
		row := map[string]string{"issue_date": day.String(), "supply_date": day.AddDays(-4).String(), "due_date": day.AddDays(30).String(),
			"member": "M-0001", "member_name": "Example Member", "member_kind": "individual", "activity": "A-0001", "activity_name": "Example activity",
			"service": "general", "description": "Sound design", "currency": string(a.Currency.Code)}
		for k, v := range more {
			row[k] = v
		}
		return row
	}
	abroad := map[string]string{"number": "OLD-0002", "buyer_name": "Example buyer abroad", "buyer_country": "CH", "buyer_kind": "business", "buyer_sector": "R", "performed_in": "CH",
		"net": "800.00", "vat_category": "O"}
	credit := map[string]string{"number": "OLD-0003", "issue_date": day.AddDays(9).String(), "credits": "OLD-0002", "buyer_name": "Example buyer abroad", "buyer_country": "CH", "buyer_kind": "business",
		"description": "A day less than agreed", "net": "200.00", "vat_category": "O"}
	home := map[string]string{"number": "OLD-0001", "buyer_name": "Example buyer", "buyer_country": string(a.Code), "buyer_kind": "business", "net": "1000.00",
		"vat_category": "S", "paid_on": day.AddDays(20).String()}
	if rate, err := a.VATRate("standard", day); err == nil {
		home["vat_rate"] = rate.String()
		home["vat"] = rate.Of(contracts.MustMoney("1000.00", a.Currency.Code)).Fixed()
	}
	return []map[string]string{sample(home), sample(abroad), sample(credit)}
}
