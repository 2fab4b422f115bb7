package web

import (
	"fmt"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/internal/ledger"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
)

// figure is one line of a monthly report, as a person reads it.
type figure struct {
	Name   string
	Where  string // it comes from
	Ledger bool   // else from the accountant
	Said   string // empty where it is not said
	Before string // what another version says
	Change string // against that; empty where nothing changed
}

// value is a figure of a report: an amount or a number, nil where it is not said.
type value struct {
	amount *contracts.Money
	number *decimal.Decimal
}

func (v value) known() bool { return v.amount != nil || v.number != nil }

func (v value) decimal() decimal.Decimal {
	if v.amount != nil {
		return v.amount.Amount
	}
	return *v.number
}

func (v value) text(l *web.Locale) string {
	switch {
	case v.amount != nil:
		return l.Money(*v.amount)
	case v.number != nil:
		return l.Decimal(*v.number, max(0, -v.number.Exponent()))
	}
	return ""
}

func counted(n *int) value {
	if n == nil {
		return value{}
	}
	d := decimal.NewFromInt(int64(*n))
	return value{number: &d}
}

// line is a figure with what makes it.
type line struct {
	name, where web.Words
	account     ledger.Account // its number in the chart stands behind
	of          func(contracts.MonthlyReport) value
}

const byAccountant = web.Words("from the accountant")

// fromLedger and fromAccountant are the figures of a report in the order of the pages.
var (
	fromLedger = []line{
		{web.Words("Turnover"), web.Words("credit of revenue in the month: invoices less credit notes, without VAT"), outbound.Revenue, func(r contracts.MonthlyReport) value { return value{amount: &r.Turnover} }},
		{web.Words("Contribution"), web.Words("contribution received and guarantee fund, credit in the month"), "", func(r contracts.MonthlyReport) value { return value{amount: &r.Contribution} }},
		{web.Words("of which guarantee fund"), web.Words("credit of the guarantee fund in the month"), outbound.GuaranteeFund, func(r contracts.MonthlyReport) value { return value{amount: &r.GuaranteeFund} }},
		{web.Words("VAT"), web.Words("credit of VAT payable in the month"), outbound.VATPayable, func(r contracts.MonthlyReport) value { return value{amount: &r.Tax} }},
		{web.Words("Received from buyers"), web.Words("debit of the bank in the month"), outbound.Bank, func(r contracts.MonthlyReport) value { return value{amount: &r.Received} }},
		{web.Words("Receivable at the end"), web.Words("balance of trade receivables on the last day"), outbound.Receivables, func(r contracts.MonthlyReport) value { return value{amount: &r.Receivable} }},
		{web.Words("Invoices"), web.Words("Documents issued in the month"), "", func(r contracts.MonthlyReport) value { return counted(&r.Invoices) }},
		{web.Words("Credit notes"), web.Words("Documents issued in the month"), "", func(r contracts.MonthlyReport) value { return counted(&r.CreditNotes) }},
		{web.Words("Active members"), web.Words("Members with a document in the month"), "", func(r contracts.MonthlyReport) value { return counted(&r.ActiveMembers) }},
	}
	fromAccountant = []line{
		{web.Words("Other income"), byAccountant, "", func(r contracts.MonthlyReport) value { return value{amount: r.OtherIncome} }},
		{web.Words("Grants received locally"), byAccountant, "", func(r contracts.MonthlyReport) value { return value{amount: r.Grants} }},
		{web.Words("Operating costs"), byAccountant, "", func(r contracts.MonthlyReport) value { return value{amount: r.OperatingCosts} }},
		{web.Words("of which permanent staff"), byAccountant, "", func(r contracts.MonthlyReport) value { return value{amount: r.StaffCosts} }},
		{web.Words("Cash on the last day"), byAccountant, "", func(r contracts.MonthlyReport) value { return value{amount: r.Cash} }},
		{web.Words("Guarantee fund on the last day"), byAccountant, "", func(r contracts.MonthlyReport) value { return value{amount: r.GuaranteeFundBalance} }},
		{web.Words("Users"), byAccountant, "", func(r contracts.MonthlyReport) value { return counted(r.Users) }},
		{web.Words("Permanent staff"), byAccountant, "", func(r contracts.MonthlyReport) value {
			if r.PermanentStaff == nil {
				return value{}
			}
			return value{number: &r.PermanentStaff.Decimal}
		}},
		{web.Words("Offices"), byAccountant, "", func(r contracts.MonthlyReport) value { return counted(r.Offices) }},
	}
)

// figures writes lines of a report beside another version of it; nil shows none.
func (s server) figures(l *web.Locale, lines []line, now contracts.MonthlyReport, before *contracts.MonthlyReport) (all []figure) {
	for _, w := range lines {
		f := figure{Name: l.T(w.name), Where: l.T(w.where), Said: w.of(now).text(l), Ledger: w.where != byAccountant}
		if n := s.accountNumber(w.account); w.account != "" && n != "" {
			f.Where = l.T("%s (%s in the chart)", f.Where, n)
		}
		if before != nil {
			f.Before = w.of(*before).text(l)
			f.Change = change(l, w.of(*before), w.of(now))
		}
		all = append(all, f)
	}
	return all
}

// change says how far a figure is from another.
func change(l *web.Locale, from, to value) string {
	switch {
	case !from.known() && !to.known(), from.known() && to.known() && from.decimal().Equal(to.decimal()):
		return ""
	case !from.known():
		return l.T("new")
	case !to.known():
		return l.T("left out")
	}
	d := to.decimal().Sub(from.decimal())
	sign := ""
	if d.IsPositive() {
		sign = "+"
	}
	return fmt.Sprint(sign, l.Decimal(d, max(0, -to.decimal().Exponent(), -from.decimal().Exponent())))
}
