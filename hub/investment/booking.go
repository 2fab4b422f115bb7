package investment

import (
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/internal/book"
	"passerelle/internal/ledger"
)

// The accounts of the investments at the hub. Each posting is owned by the tranche it is about.
const (
	Bank           ledger.Account = "investment-bank"
	Grants         ledger.Account = "investment-grants"          // given away, less what came back
	Loans          ledger.Account = "investment-loans"           // open
	Shares         ledger.Account = "investment-equity"          // held
	Impairments    ledger.Account = "investment-impairments"     // set aside for what may be lost: a credit
	ImpairmentCost ledger.Account = "investment-impairment-cost" // what setting aside cost, less what was released
	Losses         ledger.Account = "investment-losses"          // given up beyond what was set aside
	Promised       ledger.Account = "investment-promised"        // released and not sent, against Commitments
	Commitments    ledger.Account = "investment-commitments"
)

type booking = book.Booking

// moves books an amount from one account to another.
func moves(tranche string, from, to ledger.Account, m contracts.Money) []ledger.Posting {
	return []ledger.Posting{{Account: to, Owner: tranche, Amount: m}, {Account: from, Owner: tranche, Amount: m.Neg()}}
}

// Bookings returns every transaction that the book comes to.
func (b Books) Bookings() []ledger.Transaction { return b.bookings }

// asset is the account of what a tranche becomes when it is sent.
func (i Instrument) asset() ledger.Account {
	switch i {
	case Loan:
		return Loans
	case Equity:
		return Shares
	}
	return Grants
}

// reduce takes an amount off what is open, the loan before the equity, and releases what was set aside beyond the rest. The counter account is
// where the amount goes.
func (t *Tranche) reduce(to ledger.Account, m contracts.Money) []ledger.Posting {
	ofLoan := decimal.Min(m.Amount, t.OpenLoan.Amount)
	ofEquity := m.Amount.Sub(ofLoan)
	c := m.Currency
	t.OpenLoan.Amount, t.OpenEquity.Amount = t.OpenLoan.Amount.Sub(ofLoan), t.OpenEquity.Amount.Sub(ofEquity)
	postings := append(moves(t.ID, Loans, to, contracts.Money{Amount: ofLoan, Currency: c}), moves(t.ID, Shares, to, contracts.Money{Amount: ofEquity, Currency: c})...)
	if beyond := t.Impaired.Amount.Sub(t.Open().Amount); beyond.IsPositive() {
		t.Impaired.Amount = t.Impaired.Amount.Sub(beyond)
		postings = append(postings, moves(t.ID, ImpairmentCost, Impairments, contracts.Money{Amount: beyond, Currency: c})...)
	}
	return substance(postings)
}

// substance leaves out the postings that move nothing.
func substance(postings []ledger.Posting) (kept []ledger.Posting) {
	for _, p := range postings {
		if !p.Amount.IsZero() {
			kept = append(kept, p)
		}
	}
	return kept
}
