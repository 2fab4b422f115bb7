// Package report builds what a node files with the board for a month: from the ledger what the ledger knows, from the
// accountant what it does not.
package report

import (
	"context"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
)

// Accounts names the ledger's accounts the report is built from.
type Accounts struct {
	Revenue, ContributionIncome, GuaranteeFund, VAT, Bank, Receivables ledger.Account
}

// Counts is what the documents say of a month.
type Counts struct{ Invoices, CreditNotes, ActiveMembers int }

// Store counts documents and keeps what was filed.
type Store interface {
	CountMonth(ctx context.Context, q storage.Querier, m contracts.Month, c contracts.Currency) (Counts, error)
	CountReports(ctx context.Context, q storage.Querier, m contracts.Month, c contracts.Currency) (versions int, err error)
	InsertReport(ctx context.Context, tx *storage.Tx, r contracts.MonthlyReport, at time.Time) error
}

// Reports is the feature. All fields must be set.
type Reports struct {
	Country       contracts.CountryCode
	Accounts      Accounts
	Store         Store
	DB            *storage.DB
	Send          func(ctx context.Context, tx *storage.Tx, event contracts.Event, cause string) error
	Now           func() time.Time
	Demonstration bool
}

// FromAccountant is what no ledger of invoices knows; nil where he has not said.
type FromAccountant struct {
	Users          *int               `json:"users,omitzero"`
	Offices        *int               `json:"offices,omitzero"`
	PermanentStaff *contracts.Decimal `json:"permanent_staff,omitzero"` // full-time equivalents
	OtherIncome    *contracts.Money   `json:"other_income,omitzero"`
	Grants         *contracts.Money   `json:"grants,omitzero"`
	StaffCosts     *contracts.Money   `json:"staff_costs,omitzero"`
	OperatingCosts *contracts.Money   `json:"operating_costs,omitzero"`
	Cash           *contracts.Money   `json:"cash,omitzero"`
	FundBalance    *contracts.Money   `json:"guarantee_fund_balance,omitzero"`
}

// Said is what the accountant said in a report.
func Said(r contracts.MonthlyReport) FromAccountant {
	return FromAccountant{Users: r.Users, Offices: r.Offices, PermanentStaff: r.PermanentStaff, OtherIncome: r.OtherIncome, Grants: r.Grants, StaffCosts: r.StaffCosts,
		OperatingCosts: r.OperatingCosts, Cash: r.Cash, FundBalance: r.GuaranteeFundBalance}
}

// Build computes the report of a month in one currency. A month that is still running gives what is there so far.
func (s Reports) Build(ctx context.Context, q storage.Querier, m contracts.Month, c contracts.Currency, a FromAccountant) (contracts.MonthlyReport, error) {
	r := contracts.MonthlyReport{Country: s.Country, Month: m, Currency: c, FiledOn: contracts.DateOf(s.Now().UTC()), Users: a.Users, Offices: a.Offices, PermanentStaff: a.PermanentStaff,
		OtherIncome: a.OtherIncome, Grants: a.Grants, StaffCosts: a.StaffCosts, OperatingCosts: a.OperatingCosts, Cash: a.Cash, GuaranteeFundBalance: a.FundBalance,
		Demonstration: s.Demonstration}
	balance := func(account ledger.Account, from contracts.Date) (contracts.Money, error) {
		return ledger.Balance(ctx, q, ledger.Filter{Account: account, From: from, To: m.Last()}, c)
	}
	var income contracts.Money
	for _, want := range []struct {
		into    *contracts.Money
		account ledger.Account
		from    contracts.Date
		credit  bool // the account grows in credit: turn the sign
	}{
		{&r.Turnover, s.Accounts.Revenue, m.First(), true},
		{&income, s.Accounts.ContributionIncome, m.First(), true},
		{&r.GuaranteeFund, s.Accounts.GuaranteeFund, m.First(), true},
		{&r.Tax, s.Accounts.VAT, m.First(), true},
		{&r.Received, s.Accounts.Bank, m.First(), false},
		{&r.Receivable, s.Accounts.Receivables, contracts.Date{}, false},
	} {
		b, err := balance(want.account, want.from)
		if err != nil {
			return r, fmt.Errorf("build report of %s: %w", m, err)
		}
		if *want.into = b; want.credit {
			*want.into = b.Neg()
		}
	}
	var err error
	if r.Contribution, err = income.Add(r.GuaranteeFund); err != nil {
		return r, err
	}
	n, err := s.Store.CountMonth(ctx, q, m, c)
	if err != nil {
		return r, fmt.Errorf("build report of %s: %w", m, err)
	}
	r.Invoices, r.CreditNotes, r.ActiveMembers = n.Invoices, n.CreditNotes, n.ActiveMembers
	return r, nil
}

// Check says whether a report may be filed as it is: its figures hold, and a correction does not come too late.
func Check(r contracts.MonthlyReport, versions int) error {
	if err := r.Validate(); err != nil {
		return err
	}
	if versions > 0 {
		return r.CheckCorrection()
	}
	return nil
}

// File builds the report of a month that has ended, keeps it and sends it to the hub. Filing again is a new version; every version is kept, here
// and there.
func (s Reports) File(ctx context.Context, m contracts.Month, c contracts.Currency, a FromAccountant) (r contracts.MonthlyReport, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if r, err = s.Build(ctx, tx, m, c, a); err != nil {
			return err
		}
		versions, err := s.Store.CountReports(ctx, tx, m, c)
		if err != nil {
			return err
		}
		if err := Check(r, versions); err != nil {
			return err
		}
		if err := s.Store.InsertReport(ctx, tx, r, s.Now()); err != nil {
			return err
		}
		return s.Send(ctx, tx, contracts.MonthlyReportFiled{Report: r}, "")
	})
	if err != nil {
		return r, fmt.Errorf("file report of %s: %w", m, err)
	}
	return r, nil
}
