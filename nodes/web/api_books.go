package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/internal/ledger"
	"passerelle/internal/web"
)

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
	if err := web.KnownQuery(c, "until"); err != nil {
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

type channelJSON struct {
	Peer contracts.PartyID `json:"peer"`
	Channel
	Pending int64 `json:"pending"`
}

// apiNetwork answers how the messages to the hub stand.
func (s server) apiNetwork(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	ch, err := s.Channel(c.Request().Context())
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, channelJSON{contracts.Hub, ch, ch.Pending()})
}

type countryJSON struct {
	Country contracts.CountryCode `json:"country"`
	On      contracts.Date        `json:"on"`
	Facts   adapters.Facts        `json:"facts"`
}

// apiCountry answers what holds in the node's country on a day, and why.
func (s server) apiCountry(c echo.Context) error {
	if err := web.KnownQuery(c, "on"); err != nil {
		return err
	}
	on, err := queryDate(c, "on", s.today())
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, countryJSON{s.adapter().Code, on, adapters.Show(s.adapter(), on)})
}
