package web

import (
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/web"
	"passerelle/nodes/inbound"
	"passerelle/nodes/member"
	"passerelle/nodes/printed"
)

// Who brings in and sees what suppliers send: the member his own, accountants and managers all, auditors without touching.
var (
	buyers       = access.To(access.Member, access.Accountant, access.Manager)
	buyersOrRead = access.To(access.Member, access.Accountant, access.Manager, access.Auditor)
)

func (s server) expenseRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/expenses", Who: buyersOrRead, Handle: s.expenses, Personal: true, Summary: "see the invoices of suppliers"},
		{Method: "POST", Path: "/expenses", Who: buyers, Handle: s.takeExpense, Personal: true, Upload: true, Summary: "bring in an invoice of a supplier"},
		{Method: "GET", Path: "/expenses/:id", Who: buyersOrRead, Handle: s.expense, Object: "expense", Personal: true, Summary: "see an invoice of a supplier"},
		{Method: "GET", Path: "/expenses/:id/document", Who: buyersOrRead, Handle: s.expenseDocument, Object: "expense", Personal: true, Summary: "take an invoice of a supplier as it came"},
	}
}

// expensesPage is the list, and where a file comes in.
type expensesPage struct {
	Rows       []inbound.Expense
	More       bool // older ones are not shown
	Brings     bool
	Activities []option
	Form       form
}

// mostExpenses is how many are listed.
const mostExpenses = 200

func sightOfExpense(e inbound.Expense) access.Sight {
	return access.Sight{Kind: "expense", Record: e.ID, Member: string(e.Member)}
}

func (s server) expenses(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	return s.showExpenses(c, http.StatusOK, blankForm())
}

func (s server) showExpenses(c echo.Context, status int, f form) error {
	ctx, scope, l := c.Request().Context(), web.ScopeOf(c), web.LocaleOf(c)
	rows, err := s.Store.Expenses(ctx, s.db(), scope, "", mostExpenses+1)
	if err != nil {
		return err
	}
	p := expensesPage{Form: f, Brings: buyers.Lets(web.PrincipalOf(c)), More: len(rows) > mostExpenses}
	p.Rows = rows[:min(len(rows), mostExpenses)]
	if p.Brings {
		activities, err := s.Store.Activities(ctx, s.db(), scope, "", mostOptions)
		if err != nil {
			return err
		}
		if scope.All() {
			if err := web.Saw(c, access.Directory); err != nil {
				return err
			}
		}
		for _, a := range activities {
			p.Activities = append(p.Activities, option{string(a.ID), a.Name + ", " + a.MemberName})
		}
	}
	if err := web.Saw(c, sightsOf(p.Rows, sightOfExpense)...); err != nil {
		return err
	}
	return s.render(c, status, "expenses", web.Page{Title: l.T("Expenses"), Body: p,
		Lead: l.T("Bring in the e-invoice of a supplier. It is read, and kept exactly as it came.")})
}

// takeExpense reads a supplier's e-invoice from the form.
func (s server) takeExpense(c echo.Context) error {
	activity, content, err := readExpense(c)
	var e inbound.Expense
	if err == nil {
		e, err = s.Inbound.Take(c.Request().Context(), web.ScopeOf(c), activity, content)
	}
	if err != nil {
		f := blankForm("activity", string(activity))
		if err := f.refused(err); err != nil {
			return err
		}
		return s.showExpenses(c, http.StatusUnprocessableEntity, f)
	}
	return c.Redirect(http.StatusSeeOther, "/expenses/"+e.ID)
}

// readExpense reads the parts of the form wherever they stand, without keeping a copy on disk.
func readExpense(c echo.Context) (activity member.ActivityID, content []byte, err error) {
	parts, err := c.Request().MultipartReader()
	if err != nil {
		return "", nil, contracts.Fault{Code: web.FaultContentType, Field: "file", Message: "the form carries no file", Remedy: "choose a file and send it"}
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return activity, nil, fmt.Errorf("read upload: %w", err)
		}
		b, err := readPart(part)
		if err != nil {
			return activity, nil, err
		}
		switch {
		case part.FormName() == "activity":
			activity = member.ActivityID(b)
		case part.FormName() == "file" && part.FileName() != "":
			content = b
		}
	}
	if content == nil {
		return activity, nil, contracts.Fault{Code: contracts.FaultMissing, Field: "file", Message: "no file was chosen", Remedy: "choose an XML file or a PDF"}
	}
	return activity, content, nil
}

// readPart reads one part; the whole request is bounded where it comes in.
func readPart(part *multipart.Part) ([]byte, error) {
	b, err := io.ReadAll(part)
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	return b, nil
}

// expensePage is one invoice of a supplier.
type expensePage struct {
	inbound.Expense
	Activity member.Activity
	Holder   member.Member
}

// Digest names the digest of the document with its kind.
func (p expensePage) Digest() string { return "SHA-256 " + p.SHA256 }

func (s server) expense(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	ctx, scope, l := c.Request().Context(), web.ScopeOf(c), web.LocaleOf(c)
	e, found, err := s.Store.Expense(ctx, s.db(), scope, c.Param("id"))
	if err != nil {
		return err
	}
	if !found {
		return web.NotFound("document")
	}
	p := expensePage{Expense: e}
	if p.Activity, p.Holder, _, err = s.Store.Activity(ctx, s.db(), scope, e.Activity); err != nil {
		return err
	}
	if err := web.Saw(c, sightOfExpense(e)); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "expense", web.Page{Title: e.Document.Seller.Name + " " + e.Document.Number, Body: p,
		Crumbs: []web.Link{{Text: l.T("Expenses"), URL: "/expenses"}, {Text: e.Document.Number}}})
}

// expenseDocument gives the document as it came, to keep and never to show.
func (s server) expenseDocument(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	ctx, scope := c.Request().Context(), web.ScopeOf(c)
	e, found, err := s.Store.Expense(ctx, s.db(), scope, c.Param("id"))
	if err != nil {
		return err
	}
	if !found {
		return web.NotFound("document")
	}
	content, _, err := s.Store.ExpenseContent(ctx, s.db(), scope, e.ID)
	if err != nil {
		return err
	}
	if err := web.Saw(c, sightOfExpense(e)); err != nil {
		return err
	}
	mediaType, extension := inbound.File(content).MediaType()
	return attachment(c, printed.FileName(e.Document.Number)+extension, mediaType, content)
}
