package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/member"
	"passerelle/nodes/report"
	"passerelle/nodes/store"
)

// listOf is a page of a list as JSON.
type listOf[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitzero"` // address of the page after this one
}

// apiList answers a list that is paged by one key.
func apiList[T any](c echo.Context, get func(after string) ([]T, error), key func(T) string) error {
	if err := known(c, "after"); err != nil {
		return err
	}
	rows, err := get(c.QueryParam("after"))
	if err != nil {
		return err
	}
	rows, more := page(rows)
	out := listOf[T]{Items: rows}
	if more {
		out.Next = address(c.Request().URL.Path, "after", key(rows[len(rows)-1]))
	}
	return answer(c, http.StatusOK, out)
}

func (s server) apiMembers(c echo.Context) error {
	return apiList(c, func(after string) ([]member.Member, error) {
		return s.Store.Members(c.Request().Context(), s.db(), after, pageSize+1)
	}, func(m member.Member) string { return m.Reference })
}

func (s server) apiAddMember(c echo.Context) error {
	var m struct {
		Reference string               `json:"reference"`
		Name      string               `json:"name"`
		Kind      contracts.MemberKind `json:"kind,omitzero"`
	}
	if err := web.BindJSON(c, &m); err != nil {
		return err
	}
	added, err := s.saveMember(c.Request().Context(), member.Member{Reference: m.Reference, Name: m.Name, Kind: m.Kind})
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, added)
}

func (s server) apiActivities(c echo.Context) error {
	return apiList(c, func(after string) ([]store.ActivityRow, error) {
		return s.Store.Activities(c.Request().Context(), s.db(), after, pageSize+1)
	}, func(a store.ActivityRow) string { return a.Reference })
}

func (s server) apiAddActivity(c echo.Context) error {
	var a struct {
		Reference string    `json:"reference"`
		Member    member.ID `json:"member"`
		Name      string    `json:"name"`
	}
	if err := web.BindJSON(c, &a); err != nil {
		return err
	}
	added, err := s.saveActivity(c.Request().Context(), member.Activity{Reference: a.Reference, Member: a.Member, Name: a.Name})
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, added)
}

// apiActivity answers an activity with its budget.
func (s server) apiActivity(c echo.Context) error {
	if err := known(c); err != nil {
		return err
	}
	a, err := s.activityOf(c)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, a)
}

func (s server) apiBuyers(c echo.Context) error {
	if err := known(c, "after"); err != nil {
		return err
	}
	rows, next, err := s.buyerPage(c)
	if err != nil {
		return err
	}
	out := listOf[store.BuyerRow]{Items: rows}
	if next != "" {
		out.Next = address("/api/buyers", "after", next)
	}
	return answer(c, http.StatusOK, out)
}

func (s server) apiSaveBuyer(c echo.Context) error {
	var p contracts.Party
	if err := web.BindJSON(c, &p); err != nil {
		return err
	}
	ctx := c.Request().Context()
	id, err := s.SaveBuyer(ctx, p)
	if err != nil {
		return err
	}
	saved, _, err := s.Store.Buyer(ctx, s.db(), id)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, store.BuyerRow{ID: id, Party: saved})
}

func (s server) apiReports(c echo.Context) error {
	if err := known(c); err != nil {
		return err
	}
	filed, err := s.Store.Reports(c.Request().Context(), s.db(), mostReports)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, listOf[store.FiledReport]{Items: filed})
}

// apiReport answers a month as the books have it now, and what was filed of it.
func (s server) apiReport(c echo.Context) error {
	if err := known(c, "currency"); err != nil {
		return err
	}
	m, err := pathMonth(c)
	if err != nil {
		return err
	}
	currency, err := s.queryCurrency(c)
	if err != nil {
		return err
	}
	var out struct {
		Computed contracts.MonthlyReport `json:"computed"`
		Filed    []store.FiledReport     `json:"filed"`
	}
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
	if err := known(c, "currency"); err != nil {
		return err
	}
	m, err := pathMonth(c)
	if err != nil {
		return err
	}
	currency, err := s.queryCurrency(c)
	if err != nil {
		return err
	}
	var said report.FromAccountant
	if err := web.BindJSON(c, &said); err != nil {
		return err
	}
	if err := checkAccountant(said, currency); err != nil {
		return err
	}
	filed, err := s.Reports.File(c.Request().Context(), m, currency, said)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, filed)
}

type trialJSON struct {
	Account  ledger.Account     `json:"account"`
	Number   string             `json:"number,omitzero"` // in the country's chart
	Currency contracts.Currency `json:"currency"`
	Debit    string             `json:"debit"`
	Credit   string             `json:"credit"`
	Balance  string             `json:"balance"`
}

// apiTrialBalance answers every account's sums until a day; the balances of one currency sum to zero.
func (s server) apiTrialBalance(c echo.Context) error {
	if err := known(c, "until"); err != nil {
		return err
	}
	until, err := queryDate(c, "until", contracts.Date{})
	if err != nil {
		return err
	}
	lines, err := ledger.TrialBalance(c.Request().Context(), s.db(), until)
	if err != nil {
		return err
	}
	out := listOf[trialJSON]{Items: make([]trialJSON, len(lines))}
	for i, l := range lines {
		out.Items[i] = trialJSON{l.Account, s.accountNumber(l.Account), l.Balance.Currency, l.Debit.Fixed(), l.Credit.Fixed(), l.Balance.Fixed()}
	}
	return answer(c, http.StatusOK, out)
}

// apiNetwork answers how the messages to the hub stand.
func (s server) apiNetwork(c echo.Context) error {
	if err := known(c); err != nil {
		return err
	}
	ch, err := s.Channel(c.Request().Context())
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Peer contracts.PartyID `json:"peer"`
		Channel
		Pending int64 `json:"pending"`
	}{contracts.Hub, ch, ch.Pending()})
}

// apiCountry answers what holds in the node's country on a day, and why.
func (s server) apiCountry(c echo.Context) error {
	if err := known(c, "on"); err != nil {
		return err
	}
	on, err := queryDate(c, "on", s.today())
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, struct {
		Country contracts.CountryCode `json:"country"`
		On      contracts.Date        `json:"on"`
		Facts   adapters.Facts        `json:"facts"`
	}{s.adapter().Code, on, adapters.Show(s.adapter(), on)})
}
