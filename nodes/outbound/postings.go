package outbound

import (
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/ledger"
)

// The accounts of selling, by the common names that a country's chart maps onto its own. Receivables and withheld tax are owned by the
// invoice, revenue and the contribution by the activity: what an activity owns is its budget.
const (
	Receivables        ledger.Account = "trade_receivables"
	WithheldTax        ledger.Account = "withheld_tax" // what buyers kept back and pay to the state: the co-operative's claim on it
	Bank               ledger.Account = "bank"
	Revenue            ledger.Account = "revenue"
	VATPayable         ledger.Account = "vat_payable"
	ContributionCharge ledger.Account = "contribution_charge" // what the activity gives
	ContributionIncome ledger.Account = "contribution_income" // what the co-operative gets of it
	GuaranteeFund      ledger.Account = "guarantee_fund"      // and what goes into the fund
)

// BudgetAccounts are the accounts whose postings an activity owns; less their balance is its budget.
var BudgetAccounts = []ledger.Account{Revenue, ContributionCharge}

func issueReference(id contracts.InvoiceID) string { return fmt.Sprintf("document/%s", id) }

func paymentReference(id contracts.InvoiceID, n int) string {
	return fmt.Sprintf("document/%s/payment/%d", id, n)
}

// postings is what the books say of a document. A credit note says the reverse, on the receivable of the invoice it takes back.
func postings(d Document) ledger.Transaction {
	t, receivable, sign := d.Invoice.Totals, d.Invoice.ID, func(m contracts.Money) contracts.Money { return m }
	if d.Kind == KindCreditNote {
		receivable, sign = d.Corrects, contracts.Money.Neg
	}
	income := contracts.Money{Amount: d.Contribution.Amount.Sub(d.Guarantee.Amount), Currency: d.Contribution.Currency}
	booked := ledger.Transaction{
		Date: d.Invoice.IssueDate, Reference: issueReference(d.Invoice.ID), Description: string(d.Kind) + " " + d.Invoice.Number, Cause: string(d.Invoice.ID),
		Postings: []ledger.Posting{
			{Account: Receivables, Owner: string(receivable), Amount: sign(d.receivable())},
			{Account: Revenue, Owner: string(d.Activity), Amount: sign(t.TaxExclusive.Neg())},
			{Account: VATPayable, Amount: sign(t.Tax.Neg())},
			{Account: ContributionCharge, Owner: string(d.Activity), Amount: sign(d.Contribution)},
			{Account: ContributionIncome, Amount: sign(income.Neg())},
			{Account: GuaranteeFund, Amount: sign(d.Guarantee.Neg())},
		},
	}
	if !d.Withheld.IsZero() {
		booked.Postings = append(booked.Postings, ledger.Posting{Account: WithheldTax, Owner: string(receivable), Amount: sign(d.Withheld)})
	}
	return booked
}

func paymentPostings(number string, p Payment) ledger.Transaction {
	return ledger.Transaction{
		Date: p.PaidOn, Reference: paymentReference(p.Invoice, p.Sequence), Description: "payment of " + number, Cause: string(p.Invoice),
		Postings: []ledger.Posting{
			{Account: Bank, Amount: p.Amount},
			{Account: Receivables, Owner: string(p.Invoice), Amount: p.Amount.Neg()},
		},
	}
}
