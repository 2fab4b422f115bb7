package web

import (
	"github.com/labstack/echo/v4"

	"passerelle/internal/web"
)

// navigation is the same on every page.
var navigation = []web.Link{
	{Text: "Overview", URL: "/"}, {Text: "Invoices", URL: "/invoices"}, {Text: "Drafts", URL: "/drafts"}, {Text: "Activities", URL: "/activities"},
	{Text: "Members", URL: "/members"}, {Text: "Buyers", URL: "/buyers"}, {Text: "Import", URL: "/import"}, {Text: "Reports", URL: "/reports"},
	{Text: "Ledger", URL: "/ledger"}, {Text: "Country", URL: "/country"},
}

// routePages lists every page.
func (s server) routePages(e *echo.Echo) {
	e.GET("/", s.home)
	e.GET("/invoices", s.invoices)
	e.GET("/invoices/new", s.newInvoice)
	e.POST("/invoices/new", s.writeDraft)
	e.GET("/invoices/:id", s.invoice)
	e.POST("/invoices/:id/payments", s.recordPayment)
	e.GET("/invoices/:id/credit", s.credit)
	e.POST("/invoices/:id/credit", s.issueCredit)
	e.GET("/drafts", s.drafts)
	e.GET("/drafts/:id", s.draft)
	e.GET("/drafts/:id/edit", s.editDraft)
	e.POST("/drafts/:id/edit", s.writeDraft)
	e.POST("/drafts/:id/issue", s.issueDraft)
	e.POST("/drafts/:id/delete", s.deleteDraft)
	e.GET("/activities", s.activities)
	e.POST("/activities", s.addActivity)
	e.GET("/activities/:id", s.activity)
	e.GET("/members", s.members)
	e.POST("/members", s.addMember)
	e.GET("/buyers", s.buyers)
	e.POST("/buyers", s.addBuyer)
	e.GET("/import", s.imports)
	e.POST("/import", s.upload)
	e.GET("/import/sample.csv", s.importSample)
	e.GET("/import/:id", s.importJob)
	e.POST("/import/:id/start", s.startImport)
	e.GET("/reports", s.reports)
	e.GET("/reports/:month", s.report)
	e.POST("/reports/:month", s.fileReport)
	e.GET("/ledger", s.ledger)
	e.GET("/country", s.country)
}

// routeAPI lists every JSON address.
func (s server) routeAPI(e *echo.Echo) {
	e.GET("/api/members", s.apiMembers)
	e.POST("/api/members", s.apiAddMember)
	e.GET("/api/activities", s.apiActivities)
	e.POST("/api/activities", s.apiAddActivity)
	e.GET("/api/activities/:id", s.apiActivity)
	e.GET("/api/buyers", s.apiBuyers)
	e.POST("/api/buyers", s.apiSaveBuyer)
	e.GET("/api/drafts", s.apiDrafts)
	e.POST("/api/drafts", s.apiSaveDraft)
	e.PUT("/api/drafts/:id", s.apiSaveDraft)
	e.DELETE("/api/drafts/:id", s.apiDeleteDraft)
	e.POST("/api/drafts/:id/issue", s.apiIssueDraft)
	e.POST("/api/preview", s.apiPreview)
	e.GET("/api/invoices", s.apiInvoices)
	e.POST("/api/invoices", s.apiIssue)
	e.GET("/api/invoices/:id", s.apiInvoice)
	e.POST("/api/invoices/:id/payments", s.apiPay)
	e.POST("/api/invoices/:id/credit-notes", s.apiCredit)
	e.POST("/api/import", s.apiImport)
	e.GET("/api/import/columns", s.apiImportColumns)
	e.GET("/api/reports", s.apiReports)
	e.GET("/api/reports/:month", s.apiReport)
	e.POST("/api/reports/:month", s.apiFileReport)
	e.GET("/api/ledger/trial-balance", s.apiTrialBalance)
	e.GET("/api/network", s.apiNetwork)
	e.GET("/api/country", s.apiCountry)
}
