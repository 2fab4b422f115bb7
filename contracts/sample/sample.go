// Package sample holds one good value of every document and event, for tests and for the published examples. A test
// changes what matters to it and leaves the rest. All names are made up; all numbers are the published examples of
// their registers.
package sample

import (
	"bytes"

	"passerelle/contracts"
)

// Seller is a Belgian co-operative with a published example number.
func Seller() contracts.Party {
	return contracts.Party{
		Name: "Example Cooperative", Kind: contracts.Business, VATID: "BE0403019261",
		Address:       contracts.Address{Street: "Voorbeeldstraat 1", PostalCode: "1060", Town: "Brussel", Country: "BE"},
		Registrations: []contracts.Identifier{{Scheme: "be.enterprise", Value: "0403019261"}},
		Language:      "nl",
	}
}

// Buyer is a French business with a published example number.
func Buyer() contracts.Party {
	return contracts.Party{
		Name: "Exemple SARL", Kind: contracts.Business, VATID: "FR40303265045", Sector: "R", Language: "fr",
		Address: contracts.Address{Street: "1 rue de l'Exemple", PostalCode: "69001", Town: "Lyon", Country: "FR"},
	}
}

// Lines are two lines of work under reverse charge: 3 days at 350.00 and travel of 120.50.
func Lines() []contracts.Line {
	tax := contracts.Tax{Category: contracts.ReverseCharge, Rate: contracts.MustPercent("0"), ReasonCode: "VATEX-EU-AE", Reason: "Btw verlegd"}
	return []contracts.Line{
		{Description: "Sound design", Service: contracts.ServiceGeneral, Quantity: contracts.MustDecimal("3"), Unit: "DAY", Price: contracts.MustDecimal("350"), Tax: tax},
		{Description: "Travel", Service: contracts.ServiceGeneral, Quantity: contracts.MustDecimal("1"), Unit: "C62", Price: contracts.MustDecimal("120.50"), Tax: tax},
	}
}

// Invoice is a Belgian invoice to a French business.
func Invoice() contracts.Invoice {
	lines, totals, err := contracts.Compute(contracts.EUR, Lines())
	if err != nil {
		panic(err)
	}
	return contracts.Invoice{
		ID: "5b0c6f0e6d0f4f4f9a3b0f5d0c9e7a11", Number: "BE2026-000001", Currency: contracts.EUR,
		IssueDate: contracts.MustDate("2026-03-31"), SupplyDate: contracts.MustDate("2026-03-27"), DueDate: contracts.MustDate("2026-04-30"),
		Seller: Seller(), Buyer: Buyer(), OrderReference: "PO-7", PerformedIn: "FR", Lines: lines, Totals: totals, PayTo: "BE68539007547034",
	}
}

// Document is what leaves Belgium of Invoice.
func Document() contracts.Document {
	inv := Invoice()
	rate := contracts.MustPercent("6.5")
	return contracts.Document{
		ID: inv.ID, Seller: "BE", Member: "c1f6a7d2e9b84c0f8f4b2a6d7e3c5a90",
		Buyer:       contracts.BuyerClass{Country: "FR", Kind: contracts.Business, Sector: "R"},
		PerformedIn: "FR", Service: contracts.ServiceGeneral, IssueDate: inv.IssueDate, SupplyDate: inv.SupplyDate,
		Category: contracts.ReverseCharge, TaxExclusive: inv.Totals.TaxExclusive, Tax: inv.Totals.Tax,
		Rate: rate, Contribution: rate.Of(inv.Totals.TaxExclusive),
	}
}

// Profile is a node's word about itself.
func Profile() contracts.NodeProfile {
	percent := contracts.MustPercent("6.5")
	return contracts.NodeProfile{
		Country: "BE", Name: "Example Cooperative", LegalForm: "Coöperatieve vennootschap (CV)", LegalFormEN: "co-operative company",
		Founded: "1998", Joined: contracts.MustDate("2016-01-01"), Currency: contracts.EUR, Languages: []string{"fr", "nl"},
		Contribution: []contracts.ContributionTerm{{Since: contracts.MustDate("2016-01-01"), Percent: &percent, Source: "Smart annual report 2016"}},
		PayoutTerm:   "within 7 working days after the performance", GuaranteeFund: true, LegalAssistance: true, ContractVersion: 1, Demonstration: true,
	}
}

// Report is a month of a small node, as its ledger and its accountant give it.
func Report() contracts.MonthlyReport {
	eur := func(s string) contracts.Money { return contracts.MustMoney(s, contracts.EUR) }
	users, offices, staff, other, grants, wages, costs, cash, fund := 12, 1, contracts.MustDecimal("4.5"), eur("350.00"), eur("1200.00"), eur("15000.00"), eur("21000.00"), eur("64000.00"), eur("7.61")
	return contracts.MonthlyReport{
		Country: "BE", Month: contracts.NewMonth(2026, 3), Currency: contracts.EUR, FiledOn: contracts.MustDate("2026-04-08"),
		Turnover: eur("1170.50"), Contribution: eur("76.08"), GuaranteeFund: eur("7.61"), Tax: eur("0.00"), Received: eur("0.00"), Receivable: eur("1170.50"),
		Invoices: 1, ActiveMembers: 1, Users: &users, Offices: &offices, PermanentStaff: &staff,
		OtherIncome: &other, Grants: &grants, StaffCosts: &wages, OperatingCosts: &costs, Cash: &cash, GuaranteeFundBalance: &fund, Demonstration: true,
	}
}

// Plan is one tranche on its way to the Belgian node.
func Plan() contracts.InvestmentPlanTold {
	return contracts.InvestmentPlanTold{Country: "BE", Example: true, Tranches: []contracts.PlanTranche{{
		ID: "plan-be-2026-1", Programme: "Example plan", Instrument: "loan", Year: 2026, Amount: contracts.MustMoney("45000.00", contracts.EUR), Due: contracts.MustDate("2026-03-15"),
		State: contracts.TrancheSent, Released: contracts.MustDate("2026-02-25"), Sent: contracts.MustDate("2026-03-09"),
		Conditions: []contracts.PlanCondition{{Kind: "report", Text: "Monthly reports are filed", Met: contracts.MustDate("2026-02-20")}, {Kind: "coverage", Text: "60% of costs are covered", Waived: true}},
		Repayments: []contracts.PlanInstalment{{Due: contracts.MustDate("2027-03-01"), Amount: contracts.MustMoney("45000.00", contracts.EUR)}}}}}
}

// Coverage is a node's figure beside the median of its network.
func Coverage() contracts.CoverageTold {
	own, median := contracts.MustDecimal("0.775"), contracts.MustDecimal("0.81")
	return contracts.CoverageTold{Country: "BE", Reports: 84, Months: []contracts.CoverageMonth{{Month: contracts.NewMonth(2026, 2), Own: &own}, {Month: contracts.NewMonth(2026, 3), Own: &own, Median: &median}}, Demonstration: true}
}

// Confirmation says that the tranche of Plan came.
func Confirmation() contracts.DisbursementConfirmed {
	return contracts.DisbursementConfirmed{Country: "BE", Tranche: Plan().Tranches[0].ID, ReceivedOn: contracts.MustDate("2026-03-11"), Amount: Plan().Tranches[0].Amount}
}

// Evidence is for a condition of Plan.
func Evidence() contracts.ConditionEvidenced {
	return contracts.ConditionEvidenced{Country: "BE", Tranche: Plan().Tranches[0].ID, Condition: 2, Given: contracts.MustDate("2026-02-18"), Text: "See the accounts of the half-year.",
		Link: "https://www.example.org/accounts", File: &contracts.EvidenceFile{Name: "accounts.pdf", Type: "application/pdf", Bytes: []byte("%PDF-1.7")}}
}

// Progress is a case of a Belgian member who will work in Lyon.
func Progress() contracts.CaseProgressed {
	planned := 21
	return contracts.CaseProgressed{
		Case: "3f1d0c9b8a7e4d6c9b5a4f3e2d1c0b9a", Member: "7d2c1b0a9f8e4d7c8b6a5f4e3d2c1b0a", Home: "BE", Hosts: []contracts.CountryCode{"FR"},
		Start: contracts.MustDate("2026-05-04"), End: contracts.MustDate("2026-05-29"), State: contracts.CasePreparing,
		Tracks: contracts.CaseTracks{A1: contracts.TrackRequested, Declaration: contracts.TrackNotNeeded, Documents: contracts.TrackTodo,
			Insurance: contracts.TrackOK, Tax: contracts.TrackTodo},
		Article: "12.1", Warnings: []contracts.CaseWarning{"DECLARATION_EXEMPT"}, NextDeadline: contracts.MustDate("2026-05-03"), A1Planned: &planned, Demonstration: true,
	}
}

// SealingKey is a public key that nobody has the secret of.
func SealingKey() contracts.SealingKeyPublished {
	public := bytes.Repeat([]byte{7}, 1216)
	return contracts.SealingKeyPublished{Country: "BE", Suite: contracts.Suite, ID: contracts.SealingIDOf(public), Number: 1, Public: public}
}

// Message is the request that opens the case of Progress in France. What is sealed cannot be opened: it shows the form.
func Message() contracts.CaseMessageSent {
	return contracts.CaseMessageSent{
		Case: Progress().Case, Home: "BE", Flow: contracts.FlowPosting, Kind: contracts.KindHostRequest, Message: "90b1c2d3e4f5461788990a1b2c3d4e5f", Version: 1,
		From: "BE", To: "FR", RuleSet: "eu-2010", Class: contracts.ClassLetter, Part: 1, Parts: 1, Key: SealingKey().ID, Sealed: bytes.Repeat([]byte{9}, 64),
	}
}

// Forwarded is a frame of a node in the hub's hands; its texts show the form.
func Forwarded() contracts.FrameForwarded {
	return contracts.FrameForwarded{Frame: contracts.SignedFrame{Protected: "eyJhbGciOiJFZDI1NTE5In0", Payload: "e30", Signature: "AAAA"}}
}

// Events is one good value of every event type.
func Events() []contracts.Event {
	credited := Document()
	credited.ID = "0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b"
	return []contracts.Event{
		contracts.NodeProfilePublished{Profile: Profile()},
		contracts.InvoiceIssued{Document: Document(), Demonstration: true},
		contracts.CreditNoteIssued{Document: credited, Corrects: Document().ID, Demonstration: true},
		contracts.InvoicePaid{ID: Document().ID, Seller: "BE", PaidOn: contracts.MustDate("2026-04-28"), Amount: contracts.MustMoney("1170.50", contracts.EUR), Settled: true, Sequence: 1},
		contracts.MonthlyReportFiled{Report: Report()},
		Progress(), SealingKey(), Message(), Forwarded(),
		Plan(), Coverage(), Confirmation(), Evidence(),
	}
}
