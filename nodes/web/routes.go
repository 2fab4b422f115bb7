package web

import (
	"slices"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account/pages"
	"passerelle/internal/web"
	"passerelle/nodes/delivery"
	"passerelle/nodes/inbound"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/report"
	"passerelle/nodes/store"
)

// navigation is the same on every page.
var navigation = []web.Link{
	{Text: "Overview", URL: "/"}, {Text: "Invoices", URL: "/invoices"}, {Text: "Drafts", URL: "/drafts"}, {Text: "Activities", URL: "/activities"}, {Text: "Expenses", URL: "/expenses"}, {Text: "Work abroad", URL: "/cases"}, {Text: "Cases", URL: "/casework"},
	{Text: "Members", URL: "/members"}, {Text: "Buyers", URL: "/buyers"}, {Text: "Import", URL: "/import"}, {Text: "Reports", URL: "/reports"},
	{Text: "Plan", URL: "/plan"}, {Text: "Ledger", URL: "/ledger"}, {Text: "Country", URL: "/country"}, {Text: "Do I need papers?", URL: papersPath}, {Text: "Who saw whom", URL: "/read-log"}, {Text: "My data", URL: "/account/data"}, {Text: "People", URL: "/people"},
}

// Who does what at a node. Members are let in where their own data are; the scope of each query keeps them to these.
var (
	writers    = access.To(access.Member, access.Adviser, access.Accountant, access.Manager)
	readers    = access.To(access.Member, access.Adviser, access.Accountant, access.Manager, access.Auditor)
	advisers   = access.To(access.Adviser, access.Manager)
	correctors = access.To(access.Adviser, access.Accountant, access.Manager)
	staff      = access.To(access.Adviser, access.Accountant, access.Manager, access.Auditor)
	cashiers   = access.To(access.Accountant, access.Manager)
	signers    = access.To(access.Manager)
	watchers   = access.To(access.Manager, access.Auditor)
	own        = access.To(access.Member)
	books      = access.To(access.Accountant, access.Manager, access.Auditor)

	caseReaders = access.To(access.Member, access.Adviser, access.Manager, access.Auditor) // no accountant: a case holds more than its money
	caseWriters = access.To(access.Member, access.Adviser, access.Manager)
)

// Routes lists every address of a node, as they are declared.
func (n Node) Routes() []web.Route { return server{Node: n}.routes() }

func (s server) routes() []web.Route {
	return slices.Concat(s.pageRoutes(), s.expenseRoutes(), s.caseRoutes(), s.deskRoutes(), s.calendarRoutes(), web.Described("Passerelle, a national node", slices.Concat(s.apiRoutes(), s.apiCaseRoutes(), s.apiLetterRoutes())), pages.Pages{Accounts: s.Accounts, Render: s.render, Open: []web.Link{{Text: "Do I need papers?", URL: papersPath}}}.Routes())
}

// pageRoutes lists every page.
func (s server) pageRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/", Who: readers, Handle: s.home, Personal: true, Summary: "see the co-operative at a glance, or one's own work"},
		{Method: "GET", Path: "/invoices", Who: readers, Handle: s.invoices, Personal: true, Summary: "see the list of invoices"},
		{Method: "GET", Path: "/invoices/new", Who: writers, Handle: s.newInvoice, Personal: true, Summary: "begin an invoice"},
		{Method: "POST", Path: "/invoices/new", Who: writers, Handle: s.writeDraft, Personal: true, Summary: "write a draft"},
		{Method: "GET", Path: "/invoices/:id", Who: readers, Handle: s.invoice, Object: "invoice", Personal: true, Summary: "see an invoice"},
		{Method: "GET", Path: "/invoices/:id/pdf", Who: readers, Handle: s.invoicePDF, Object: "invoice", Personal: true, Summary: "take an invoice as PDF"},
		{Method: "GET", Path: "/invoices/:id/xml", Who: readers, Handle: s.invoiceXML, Object: "invoice", Personal: true, Summary: "take an e-invoice"},
		{Method: "POST", Path: "/invoices/:id/again", Who: cashiers, Handle: s.sendAgain, Object: "invoice", Personal: true, Summary: "send an invoice again"},
		{Method: "POST", Path: "/invoices/:id/payments", Who: cashiers, Handle: s.recordPayment, Object: "invoice", Personal: true, Summary: "record a payment"},
		{Method: "GET", Path: "/invoices/:id/credit", Who: correctors, Handle: s.credit, Object: "invoice", Personal: true, Summary: "begin a credit note"},
		{Method: "POST", Path: "/invoices/:id/credit", Who: correctors, Handle: s.issueCredit, Object: "invoice", Personal: true, Summary: "issue a credit note"},
		{Method: "GET", Path: "/drafts", Who: readers, Handle: s.drafts, Personal: true, Summary: "see the list of drafts"},
		{Method: "GET", Path: "/drafts/:id", Who: readers, Handle: s.draft, Object: "draft", Personal: true, Summary: "see a draft"},
		{Method: "GET", Path: "/drafts/:id/edit", Who: writers, Handle: s.editDraft, Object: "draft", Personal: true, Summary: "edit a draft"},
		{Method: "POST", Path: "/drafts/:id/edit", Who: writers, Handle: s.writeDraft, Object: "draft", Personal: true, Summary: "change a draft"},
		{Method: "POST", Path: "/drafts/:id/issue", Who: writers, Handle: s.issueDraft, Object: "draft", Personal: true, Summary: "issue an invoice"},
		{Method: "POST", Path: "/drafts/:id/delete", Who: writers, Handle: s.deleteDraft, Object: "draft", Personal: true, Summary: "throw a draft away"},
		{Method: "GET", Path: "/activities", Who: readers, Handle: s.activities, Personal: true, Summary: "see the list of activities"},
		{Method: "POST", Path: "/activities", Who: advisers, Handle: s.addActivity, Personal: true, Summary: "open an activity"},
		{Method: "GET", Path: "/activities/:id", Who: readers, Handle: s.activity, Object: "activity", Personal: true, Summary: "see an activity and its budget"},
		{Method: "GET", Path: "/members", Who: staff, Handle: s.members, Personal: true, Summary: "see the list of members"},
		{Method: "POST", Path: "/members", Who: advisers, Handle: s.addMember, Personal: true, Summary: "register a member"},
		{Method: "GET", Path: "/members/:id", Who: staff, Handle: s.person, Object: "member", Personal: true, Summary: "see what is held of a member"},
		{Method: "POST", Path: "/members/:id", Who: advisers, Handle: s.correctPerson, Object: "member", Personal: true, Summary: "correct a member's data"},
		{Method: "GET", Path: "/members/:id/erase", Who: advisers, Handle: s.askErase, Object: "member", Personal: true, Summary: "see what erasing a member would do"},
		{Method: "POST", Path: "/members/:id/erase", Who: advisers, Handle: s.erase, Object: "member", Personal: true, Summary: "erase a member"},
		{Method: "GET", Path: "/account/data", Who: own, Handle: s.ownData, Summary: "see what is held of oneself"},
		{Method: "POST", Path: "/account/data", Who: own, Handle: s.correctOwn, Summary: "correct one's own data"},
		{Method: "GET", Path: "/account/data/export", Who: own, Handle: s.exportOwn, Summary: "take all of one's own data"},
		{Method: "GET", Path: "/account/seen", Who: own, Handle: s.seen, Summary: "see who saw one's own data"},
		{Method: "GET", Path: "/read-log", Who: watchers, Handle: s.readLog, Personal: true, Summary: "see who saw a member's data"},
		{Method: "GET", Path: "/buyers", Who: staff, Handle: s.buyers, Summary: "see the list of buyers"},
		{Method: "POST", Path: "/buyers", Who: correctors, Handle: s.addBuyer, Summary: "register a buyer"},
		{Method: "GET", Path: "/import", Who: books, Handle: s.imports, Summary: "see what was imported"},
		{Method: "POST", Path: "/import", Who: cashiers, Handle: s.upload, Upload: true, Summary: "upload past invoices"},
		{Method: "GET", Path: "/import/sample.csv", Who: books, Handle: s.importSample, Summary: "take a sample of past invoices"},
		{Method: "GET", Path: "/import/:id", Who: books, Handle: s.importJob, Summary: "see how an import stands"},
		{Method: "POST", Path: "/import/:id/start", Who: cashiers, Handle: s.startImport, Summary: "book an import"},
		{Method: "GET", Path: "/reports", Who: books, Handle: s.reports, Summary: "see the monthly reports"},
		{Method: "GET", Path: "/reports/:month", Who: books, Handle: s.report, Summary: "see a monthly report"},
		{Method: "POST", Path: "/reports/:month", Who: cashiers, Handle: s.fileReport, Summary: "file a monthly report"},
		{Method: "GET", Path: "/plan", Who: books, Handle: s.plan, Summary: "see the co-operative's part of the board's plan"},
		{Method: "GET", Path: "/plan/:tranche/confirm", Who: signers, Handle: s.signForm, Summary: "begin to confirm that money came"},
		{Method: "GET", Path: "/plan/:tranche/conditions/:condition/evidence", Who: signers, Handle: s.signForm, Summary: "begin to give evidence for a condition"},
		{Method: "POST", Path: "/plan/:tranche/confirm", Who: signers, Handle: s.confirmTranche, Summary: "confirm that the money of a tranche came"},
		{Method: "POST", Path: "/plan/:tranche/conditions/:condition/evidence", Who: signers, Handle: s.giveEvidence, Upload: true, Summary: "give evidence for a condition"},
		{Method: "GET", Path: "/ledger", Who: books, Handle: s.ledger, Summary: "see the trial balance"},
		{Method: "GET", Path: papersPath, Who: access.Anybody(), Handle: s.papers, Summary: "ask which papers work abroad needs"},
		{Method: "GET", Path: "/country", Who: access.Everyone(), Handle: s.country, Summary: "see the rules of the country"},
		web.ChooseLanguage,
	}
}

// apiRoutes lists every JSON address.
func (s server) apiRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/api/members", Who: staff, Handle: s.apiMembers, Personal: true, Summary: "list the members",
			Gives: listOf[member.Member]{}, Query: []string{"after"}},
		{Method: "POST", Path: "/api/members", Who: advisers, Handle: s.apiAddMember, Personal: true, Summary: "register a member",
			Takes: newMember{}, Gives: member.Member{}},
		{Method: "GET", Path: "/api/activities", Who: readers, Handle: s.apiActivities, Personal: true, Summary: "list the activities",
			Gives: listOf[store.ActivityRow]{}, Query: []string{"after"}},
		{Method: "POST", Path: "/api/activities", Who: advisers, Handle: s.apiAddActivity, Personal: true, Summary: "open an activity",
			Takes: newActivity{}, Gives: member.Activity{}},
		{Method: "GET", Path: "/api/activities/:id", Who: readers, Handle: s.apiActivity, Object: "activity", Personal: true, Summary: "read an activity and its budget",
			Gives: activityFile{}},
		{Method: "GET", Path: "/api/buyers", Who: staff, Handle: s.apiBuyers, Summary: "list the buyers",
			Gives: listOf[store.BuyerRow]{}, Query: []string{"after"}},
		{Method: "POST", Path: "/api/buyers", Who: correctors, Handle: s.apiSaveBuyer, Summary: "register a buyer",
			Takes: contracts.Party{}, Gives: store.BuyerRow{}},
		{Method: "GET", Path: "/api/drafts", Who: readers, Handle: s.apiDrafts, Personal: true, Summary: "list the drafts",
			Gives: listOf[store.DraftRow]{}},
		{Method: "POST", Path: "/api/drafts", Who: writers, Handle: s.apiSaveDraft, Summary: "write a draft",
			Takes: outbound.Draft{}, Gives: store.DraftRow{}},
		{Method: "PUT", Path: "/api/drafts/:id", Who: writers, Handle: s.apiSaveDraft, Object: "draft", Personal: true, Summary: "change a draft",
			Takes: outbound.Draft{}, Gives: store.DraftRow{}},
		{Method: "DELETE", Path: "/api/drafts/:id", Who: writers, Handle: s.apiDeleteDraft, Object: "draft", Personal: true, Summary: "throw a draft away"},
		{Method: "POST", Path: "/api/drafts/:id/issue", Who: writers, Handle: s.apiIssueDraft, Object: "draft", Personal: true, Summary: "issue an invoice",
			Gives: outbound.Document{}},
		{Method: "POST", Path: "/api/preview", Who: writers, Handle: s.apiPreview, Personal: true, Summary: "see what a draft would become",
			Takes: outbound.Draft{}, Gives: outbound.Document{}, Asks: true},
		{Method: "GET", Path: "/api/invoices", Who: readers, Handle: s.apiInvoices, Personal: true, Summary: "list invoices and credit notes",
			Gives: listOf[outbound.Document]{}, Query: []string{"activity", "open", "before"}},
		{Method: "POST", Path: "/api/invoices", Who: writers, Handle: s.apiIssue, Personal: true, Summary: "issue an invoice without a draft",
			Takes: outbound.Draft{}, Gives: outbound.Document{}},
		{Method: "GET", Path: "/api/invoices/:id", Who: readers, Handle: s.apiInvoice, Object: "invoice", Personal: true, Summary: "read an invoice",
			Gives: invoiceFile{}},
		{Method: "POST", Path: "/api/invoices/:id/payments", Who: cashiers, Handle: s.apiPay, Object: "invoice", Personal: true, Summary: "record a payment",
			Takes: newPayment{}, Gives: outbound.Document{}},
		{Method: "POST", Path: "/api/invoices/:id/credit-notes", Who: correctors, Handle: s.apiCredit, Object: "invoice", Personal: true, Summary: "issue a credit note",
			Takes: newCredit{}, Gives: outbound.Document{}},
		{Method: "GET", Path: "/api/invoices/:id/deliveries", Who: readers, Handle: s.apiParcels, Object: "invoice", Personal: true, Summary: "see how an invoice reached its buyer",
			Gives: listOf[parcelJSON]{}},
		{Method: "POST", Path: "/api/deliveries", Who: cashiers, Handle: s.apiAnswer, Summary: "tell what became of a document on its way",
			Takes: delivery.Answer{}, Gives: delivery.Answer{}},
		{Method: "POST", Path: "/api/deliveries/notifications", Who: cashiers, Handle: s.apiNotice, Summary: "tell what SdI says of an invoice",
			Takes: web.Text("application/xml"), Gives: delivery.Answer{}},
		{Method: "GET", Path: "/api/expenses", Who: buyersOrRead, Handle: s.apiExpenses, Personal: true, Summary: "list the invoices of suppliers",
			Gives: listOf[inbound.Expense]{}, Query: []string{"after"}},
		{Method: "POST", Path: "/api/expenses", Who: buyers, Handle: s.apiTakeExpense, Personal: true, Upload: true, Summary: "bring in an invoice of a supplier",
			Takes: web.Files{"application/xml", "application/pdf"}, Gives: inbound.Expense{}, Query: []string{"activity"}},
		{Method: "GET", Path: "/api/expenses/:id", Who: buyersOrRead, Handle: s.apiExpense, Object: "expense", Personal: true, Summary: "read an invoice of a supplier",
			Gives: inbound.Expense{}},
		{Method: "POST", Path: "/api/import", Who: cashiers, Handle: s.apiImport, Upload: true, Summary: "import past invoices",
			Takes: web.Text("text/csv"), Gives: outbound.ImportResult{}, Query: []string{"dry_run"}, Asks: true},
		{Method: "GET", Path: "/api/import/columns", Who: books, Handle: s.apiImportColumns, Summary: "list the columns of an import",
			Gives: listOf[columnJSON]{}},
		{Method: "GET", Path: "/api/reports", Who: books, Handle: s.apiReports, Summary: "list the monthly reports",
			Gives: listOf[store.FiledReport]{}},
		{Method: "GET", Path: "/api/reports/:month", Who: books, Handle: s.apiReport, Summary: "read a monthly report",
			Gives: monthJSON{}, Query: []string{"currency"}},
		{Method: "POST", Path: "/api/reports/:month", Who: cashiers, Handle: s.apiFileReport, Summary: "file a monthly report",
			Takes: report.FromAccountant{}, Gives: contracts.MonthlyReport{}, Query: []string{"currency"}},
		{Method: "GET", Path: "/api/plan", Who: books, Handle: s.apiPlan, Summary: "read the co-operative's part of the board's plan",
			Gives: planJSON{}},
		{Method: "POST", Path: "/api/plan/:tranche/confirm", Who: signers, Handle: s.apiConfirm, Summary: "confirm that the money of a tranche came",
			Takes: newConfirmation{}, Gives: contracts.DisbursementConfirmed{}},
		{Method: "GET", Path: "/api/ledger/trial-balance", Who: books, Handle: s.apiTrialBalance, Summary: "read the trial balance",
			Gives: listOf[trialJSON]{}, Query: []string{"until"}},
		{Method: "GET", Path: "/api/network", Who: staff, Handle: s.apiNetwork, Summary: "see how the channel to the hub stands",
			Gives: channelJSON{}},
		{Method: "GET", Path: "/api/country", Who: access.Everyone(), Handle: s.apiCountry, Summary: "read the rules of the country",
			Gives: countryJSON{}, Query: []string{"on"}},
	}
}
