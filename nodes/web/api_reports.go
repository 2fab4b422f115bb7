package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/report"
	"passerelle/nodes/store"
)

func (s server) apiReports(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	filed, err := s.Store.Reports(c.Request().Context(), s.db(), mostReports)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, listOf[store.FiledReport]{Items: filed})
}

// reportAsked reads the month and the currency of a report's address.
func (s server) reportAsked(c echo.Context) (m contracts.Month, currency contracts.Currency, err error) {
	if err = web.KnownQuery(c, "currency"); err != nil {
		return m, currency, err
	}
	if m, err = pathMonth(c); err != nil {
		return m, currency, err
	}
	currency, err = s.queryCurrency(c)
	return m, currency, err
}

type monthJSON struct {
	Computed contracts.MonthlyReport `json:"computed"`
	Filed    []store.FiledReport     `json:"filed"`
}

// apiReport answers a month as the books have it now, and what was filed of it.
func (s server) apiReport(c echo.Context) error {
	m, currency, err := s.reportAsked(c)
	if err != nil {
		return err
	}
	var out monthJSON
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) (err error) {
		if out.Computed, err = s.Reports.Build(ctx, q, m, currency, report.FromAccountant{}); err != nil {
			return err
		}
		out.Filed, err = s.Store.ReportVersions(ctx, q, m, currency)
		return err
	})
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, out)
}

func (s server) apiFileReport(c echo.Context) error {
	m, currency, err := s.reportAsked(c)
	if err != nil {
		return err
	}
	var said report.FromAccountant
	if err := bind(c, &said); err != nil {
		return err
	}
	filed, err := s.Reports.File(c.Request().Context(), m, currency, said)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, filed)
}
