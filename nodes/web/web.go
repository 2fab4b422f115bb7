// Package web is what people and programs see of a national node: members, activities and their budgets, invoices from draft to credit
// note, the import of past ones, reports, the books, and the country's rules; as pages and as JSON.
//
// It decides nothing: a handler reads what was asked, calls one function of a feature, and shows the answer or the faults. Who asks, it
// is told; who may, each route declares.
package web

import (
	"context"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"
	"go.opentelemetry.io/otel/trace"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/adapters/format/payment"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/account/pages"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/correspondence"
	"passerelle/nodes/delivery"
	"passerelle/nodes/inbound"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/papers"
	"passerelle/nodes/plan"
	"passerelle/nodes/printed"
	"passerelle/nodes/report"
	"passerelle/nodes/retention"
	"passerelle/nodes/store"
)

//go:embed templates assets
var files embed.FS

// Node is what the pages are made from. All fields must be set, unless they say otherwise.
type Node struct {
	Outbound  outbound.Outbound
	Reports   report.Reports
	Plans     plan.Plans
	Store     store.Store
	Retention retention.Retention
	Delivery  delivery.Delivery
	Inbound   inbound.Inbound
	Cases     casework.Cases
	Hosting   correspondence.Host
	Covers    []papers.Cover // insurances that members have through the co-operative
	SaveBuyer func(ctx context.Context, s access.Scope, p contracts.Party) (id string, err error)
	Channel   func(ctx context.Context) (Channel, error)
	Log       *slog.Logger
	Tracer    trace.Tracer // opens a span per request; nil opens none

	Accounts *account.Accounts                              // and their pages; nil where another function says who asks
	Who      func(c echo.Context) (access.Principal, error) // who asks; default Accounts.Who
}

// Channel is how the messages of this node to the hub stand.
type Channel struct {
	Sent      int64     `json:"sent"`      // written since the node began
	Receipted int64     `json:"receipted"` // answered by the hub, refusals included
	Refused   int64     `json:"refused"`   // kept there but not taken into its figures
	Heard     time.Time `json:"last_heard,omitzero"`
	Frozen    bool      `json:"frozen"` // two histories were signed; a person must look

	Alarms []federation.Alarm `json:"alarms"` // of this node, the urgent first
}

// Pending is how many messages wait for a receipt.
func (c Channel) Pending() int64 { return c.Sent - c.Receipted }

// server answers the requests of one node.
type server struct {
	Node
	pages   *web.Pages
	running *progress // of imports
	knocks  *knocker  // at the page of codes
}

// status lists the faults that are not 422.
var status = map[contracts.FaultCode]int{
	outbound.FaultNumber: http.StatusConflict,
	member.FaultTaken:    http.StatusConflict,
	delivery.FaultStatus: http.StatusConflict,
	casework.FaultStale:  http.StatusConflict,
	casework.FaultState:  http.StatusConflict,
	casework.FaultGuard:  http.StatusConflict,
	casework.FaultActor:  http.StatusForbidden,
}

// New returns the handler of every page and JSON address of a node. A template that cannot be parsed is a programming mistake and
// panics.
func New(n Node) http.Handler {
	s := server{Node: n, running: newProgress(), knocks: &knocker{}}
	site := web.Site{Name: "Passerelle", Country: s.adapter().Code, Nav: navigation}
	var err error
	if s.pages, err = web.ParsePages(site, files, functions, pages.Files); err != nil {
		panic(err)
	}
	if s.Who == nil && n.Accounts != nil {
		s.Who = n.Accounts.Who
	}
	e := web.New(web.Options{Name: "node-" + string(contracts.NodeID(s.adapter().Code)), Log: n.Log, Tracer: n.Tracer, Pages: s.pages, Status: status,
		HTTPS: n.Accounts != nil && n.Accounts.URL.Scheme == "https", Routes: s.routes(), Who: s.Who, SignIn: pages.SignIn, Saw: s.saw, Now: n.Outbound.Now, Once: &web.Once{DB: n.Outbound.DB, Now: n.Outbound.Now}})
	e.Use(plainAddress)
	return e
}

func (s server) adapter() *country.Adapter    { return s.Outbound.Law.Adapter }
func (s server) db() *storage.DB              { return s.Outbound.DB }
func (s server) currency() contracts.Currency { return s.adapter().Currency.Code }
func (s server) today() contracts.Date        { return contracts.DateOf(s.Outbound.Now().UTC()) }

// saw keeps whose data somebody is shown.
func (s server) saw(ctx context.Context, sights []access.Sight) error {
	return s.db().WriteGrouped(ctx, func(ctx context.Context, tx *storage.Tx) error { return s.Store.Saw(ctx, tx, sights) })
}

// render shows a page, marked when the node is a demonstration.
func (s server) render(c echo.Context, status int, name string, p web.Page) error {
	if s.Outbound.Seller.Demonstration {
		p.Badges = append(p.Badges, web.DemonstrationBadge)
	}
	return s.pages.Render(c, status, name, p)
}

// answer sends JSON: lists are never null, the same value gives the same bytes.
func answer(c echo.Context, status int, v any) error {
	body, err := contracts.Encode(v)
	if err != nil {
		return err
	}
	return c.JSONBlob(status, body)
}

// orMissing turns a feature's "not found" into the answer people get.
func orMissing(err error, what string) error {
	if errors.Is(err, outbound.ErrNotFound) || errors.Is(err, casework.ErrNotFound) {
		return web.NotFound(what)
	}
	return err
}

// functions are those of the node's templates beside the formats of the locale.
var functions = template.FuncMap{
	"unitName":     printed.UnitName,
	"places":       places,
	"cited":        cited,
	"schemeName":   func(scheme string) string { return adapters.Atlas().SchemeName(scheme) },
	"categoryName": printed.CategoryName,
	"reference":    func(inv contracts.Invoice) string { return payment.Groups(payment.Reference(inv)) }, // as on its paper
	"neg":          contracts.Money.Neg,
	"hundred":      func(d *contracts.Decimal) decimal.Decimal { return d.Shift(2) },
	"accountName":  accountName,
	"late":         func(d, today contracts.Date) int { return today.Sub(d) },
	"documentList": func(rows []outbound.Document, today contracts.Date) invoicesPage {
		return invoicesPage{Rows: rows, Today: today}
	},
	"buyerFields": newBuyerFields,
	"tripPart":    func(p wizardPage, trip int) tripPart { return tripPart{p, trip} },
	"withNone":    func(options []option, none string) []option { return append([]option{{"", none}}, options...) },
}
