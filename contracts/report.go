package contracts

import "fmt"

// MonthlyReport is what a node files with the board for a month, one per currency it invoices in. Turnover to active members come from the node's
// ledger and documents; the figures below them from its accountant, and are absent until he gives them.
type MonthlyReport struct {
	Country       CountryCode `json:"country"`
	Month         Month       `json:"month"`
	Currency      Currency    `json:"currency"`
	FiledOn       Date        `json:"filed_on"`     // when the accountant signed this version; after the month
	Turnover      Money       `json:"turnover"`     // invoices less credit notes, without VAT
	Contribution  Money       `json:"contribution"` // guarantee-fund share included
	GuaranteeFund Money       `json:"guarantee_fund"`
	Tax           Money       `json:"tax"`
	Received      Money       `json:"received"`   // payments of buyers
	Receivable    Money       `json:"receivable"` // open at the end of the month
	Invoices      int         `json:"invoices"`   // issued in the month
	CreditNotes   int         `json:"credit_notes"`
	ActiveMembers int         `json:"active_members"` // members with a document in the month

	Users                *int     `json:"users,omitzero"`
	Offices              *int     `json:"offices,omitzero"`
	PermanentStaff       *Decimal `json:"permanent_staff,omitzero"`        // full-time equivalents
	OtherIncome          *Money   `json:"other_income,omitzero"`           // of the month, neither contribution nor grant
	Grants               *Money   `json:"grants,omitzero"`                 // received locally in the month, without what the network sends
	StaffCosts           *Money   `json:"staff_costs,omitzero"`            // of the permanent staff in the month; a part of the operating costs
	OperatingCosts       *Money   `json:"operating_costs,omitzero"`        // of the month, staff costs included; not what members are paid
	Cash                 *Money   `json:"cash,omitzero"`                   // at the bank and in hand on the last day; below zero when overdrawn
	GuaranteeFundBalance *Money   `json:"guarantee_fund_balance,omitzero"` // on the last day
	Demonstration        bool     `json:"demonstration,omitzero"`
}

// Faults of a report that are about its day.
const (
	FaultEarly  FaultCode = "early"  // of a month that has not ended
	FaultClosed FaultCode = "closed" // a correction of a month whose accounts are published
)

// reportDays is how long after the end of its month a report is expected.
const reportDays = 45

// ReportDue is the last day on which the report of a month is in time.
func ReportDue(m Month) Date { return m.Last().AddDays(reportDays) }

// ReportCloses is the last day on which a filed report of a month may be corrected: the end of the year after. By then the annual accounts that the
// month is part of are published (Directive 2013/34/EU, article 30(1): within twelve months of the balance sheet date), and what is wrong is put right
// in the accounts of a later month. A report that was never filed is late, and still taken after it.
func ReportCloses(m Month) Date { return NewDate(m.Year()+1, 12, 31) }

// CheckCorrection returns a Fault when a version after the first comes too late.
func (r MonthlyReport) CheckCorrection() error {
	closes := ReportCloses(r.Month)
	if r.FiledOn.After(closes) {
		return Fault{Code: FaultClosed, Field: "month", Message: fmt.Sprintf("%s is closed since %s: the annual accounts of its year are published", r.Month, closes),
			Remedy: "put it right in the report of a later month"}
	}
	return nil
}

// Validate returns the faults of a report: a month that had ended when it was filed, one currency throughout and no more decimals than it has, no
// negative counts, no negative amounts where there is no such thing.
func (r MonthlyReport) Validate() error {
	var fs Faults
	fs.Add("country", r.Country.Validate())
	fs.Add("currency", r.Currency.Validate())
	fs.Add("", r.checkDay())
	for _, a := range []struct {
		field string
		value *Money
		sign  bool // may be below zero
	}{
		{"turnover", &r.Turnover, true}, {"contribution", &r.Contribution, true}, {"guarantee_fund", &r.GuaranteeFund, true}, {"tax", &r.Tax, true},
		{"received", &r.Received, true}, {"receivable", &r.Receivable, true}, {"other_income", r.OtherIncome, false}, {"grants", r.Grants, false}, {"staff_costs", r.StaffCosts, false},
		{"operating_costs", r.OperatingCosts, false}, {"cash", r.Cash, true}, {"guarantee_fund_balance", r.GuaranteeFundBalance, false},
	} {
		if a.value != nil {
			fs.Add(a.field, r.checkAmount(*a.value, a.sign))
		}
	}
	for _, n := range []struct {
		field string
		value *int
	}{{"invoices", &r.Invoices}, {"credit_notes", &r.CreditNotes}, {"active_members", &r.ActiveMembers}, {"users", r.Users}, {"offices", r.Offices}} {
		if n.value != nil && *n.value < 0 {
			fs.Addf(FaultInvalid, n.field, "count from zero", "%d is below zero", *n.value)
		}
	}
	if r.PermanentStaff != nil && r.PermanentStaff.IsNegative() {
		fs.Addf(FaultInvalid, "permanent_staff", "give full-time equivalents", "%s is below zero", r.PermanentStaff)
	}
	if s, all := r.StaffCosts, r.OperatingCosts; s != nil && all != nil && s.Amount.GreaterThan(all.Amount) {
		fs.Addf(FaultAmount, "staff_costs", "operating costs include the staff", "%s, and all operating costs are %s", s, all)
	}
	return fs.Err()
}

func (r MonthlyReport) checkDay() error {
	switch {
	case r.Month.IsZero():
		return Fault{Code: FaultMissing, Field: "month", Message: "no month", Remedy: "write year-month, such as 2026-03"}
	case r.FiledOn.IsZero():
		return Fault{Code: FaultMissing, Field: "filed_on", Message: "no day of filing"}
	case !r.FiledOn.After(r.Month.Last()):
		return Fault{Code: FaultEarly, Field: "month", Message: fmt.Sprintf("%s has not ended", r.Month), Remedy: fmt.Sprintf("file it from %s on", r.Month.Next().First())}
	}
	return nil
}

func (r MonthlyReport) checkAmount(m Money, signed bool) error {
	if m.Currency != r.Currency {
		return Fault{Code: FaultCurrency, Message: fmt.Sprintf("in %s, the report is in %s", clip(string(m.Currency)), r.Currency), Remedy: fmt.Sprintf("give it in %s", r.Currency)}
	}
	if _, err := m.Minor(); err != nil {
		return err
	}
	if !signed && m.Sign() < 0 {
		return Fault{Code: FaultAmount, Message: fmt.Sprintf("%s is below zero", m), Remedy: "write it positive"}
	}
	return nil
}
