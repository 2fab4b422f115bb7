package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/ledger"
	"passerelle/internal/web"
)

// ledgerPage is the trial balance on a day, each currency by itself.
type ledgerPage struct {
	Until      contracts.Date
	Chart      string // name of the country's chart of accounts
	Currencies []trialBalance
	Files      *web.Listed
}

type trialBalance struct {
	Currency contracts.Currency
	Lines    []trialLine
	Debit    contracts.Money
	Credit   contracts.Money
}

// Difference is nothing as long as the books are right.
func (t trialBalance) Difference() contracts.Money {
	return contracts.Money{Amount: t.Debit.Amount.Sub(t.Credit.Amount), Currency: t.Currency}
}

type trialLine struct {
	ledger.TrialLine
	Number string
}

func (s server) ledger(c echo.Context) error {
	until, err := queryDate(c, "until", s.today())
	if err != nil {
		return err
	}
	lines, err := ledger.TrialBalance(c.Request().Context(), s.db(), until)
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	t := trialTable(l, until)
	a, err := t.Asked(c, "until")
	if err != nil {
		return err
	}
	numbered := make([]trialLine, len(lines))
	for i, line := range lines {
		numbered[i] = trialLine{line, s.accountNumber(line.Account)}
	}
	files, err := t.Answer(c, a, web.RowsOf(l, t, a, numbered))
	if err != nil || files == nil {
		return err
	}
	p := ledgerPage{Files: files, Until: until, Chart: s.adapter().Chart.Standard, Currencies: s.perCurrency(lines)}
	return s.render(c, http.StatusOK, "ledger", web.Page{Title: l.T("Ledger"), Body: p,
		Lead: l.T("The books by double entry: what is debited is credited elsewhere, so each currency sums to zero at every moment.")})
}

// perCurrency groups the lines, which come by account.
func (s server) perCurrency(lines []ledger.TrialLine) []trialBalance {
	var all []trialBalance
	at := map[contracts.Currency]int{}
	for _, l := range lines {
		c := l.Balance.Currency
		i, seen := at[c]
		if !seen {
			i = len(all)
			at[c] = i
			all = append(all, trialBalance{Currency: c, Debit: contracts.Zero(c), Credit: contracts.Zero(c)})
		}
		t := &all[i]
		t.Lines = append(t.Lines, trialLine{l, s.accountNumber(l.Account)})
		t.Debit.Amount = t.Debit.Amount.Add(l.Debit.Amount)
		t.Credit.Amount = t.Credit.Amount.Add(l.Credit.Amount)
	}
	return all
}
