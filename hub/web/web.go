// Package web is what people and programs see of the hub: the network at a glance, the border matrix, the nodes, how their
// channels stand, the board's investments, and the same as JSON. All it writes are entries of the board's book.
package web

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
	"go.opentelemetry.io/otel/trace"

	"passerelle/contracts"
	"passerelle/hub/assembly"
	"passerelle/hub/boardpack"
	"passerelle/hub/charter"
	"passerelle/hub/consolidation"
	"passerelle/hub/exchange"
	"passerelle/hub/investment"
	"passerelle/hub/meeting"
	"passerelle/hub/mobility"
	"passerelle/hub/outlook"
	"passerelle/hub/rates"
	"passerelle/hub/registry"
	"passerelle/hub/solidarity"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/account/pages"
	"passerelle/internal/web"
)

//go:embed templates assets
var files embed.FS

// Data answers the questions of the pages.
type Data interface {
	exchange.Reader
	exchange.Crowds
	mobility.Reader
	investment.Reader
	solidarity.Reader
	charter.Reader
	meeting.Reader
	consolidation.ComputedStore
	boardpack.Reader
	Packs(ctx context.Context) ([]boardpack.Issue, error)
	AssemblyActs(ctx context.Context) ([]assembly.Act, error)
	Nodes(ctx context.Context) ([]registry.Node, error)
	Node(ctx context.Context, c contracts.CountryCode) (registry.Node, bool, error)
	PublishedTable(ctx context.Context, year int) (consolidation.Filing, bool, error)
	PublishedYears(ctx context.Context) ([]int, error)
	SellerMonths(ctx context.Context, p exchange.Period, seller contracts.CountryCode) ([]exchange.Entry, error)
	ReportsOfNode(ctx context.Context, c contracts.CountryCode, year int) ([]contracts.MonthlyReport, error)
	ReportVersions(ctx context.Context, c contracts.CountryCode, m contracts.Month, currency contracts.Currency) ([]consolidation.FiledReport, error)
	FirstMonths(ctx context.Context) (map[contracts.CountryCode]contracts.Month, error)
	Confirmations(ctx context.Context) ([]investment.Confirmation, error)
	EvidenceOf(ctx context.Context, c contracts.CountryCode, tranche string) ([]investment.Evidence, error)
	Evidence(ctx context.Context, number int64) (investment.Evidence, bool, error)
	Years(ctx context.Context) ([]int, error)
	RateOn(ctx context.Context, c contracts.Currency, on contracts.Date) (rates.Rate, bool, error)
	MeetingPaper(ctx context.Context, digest string) ([]byte, bool, error)
	Scenarios(ctx context.Context, c contracts.CountryCode) ([]outlook.Scenario, error)
	// ReportMonths returns the months that each country has reported, in order.
	ReportMonths(ctx context.Context) (map[contracts.CountryCode][]contracts.Month, error)
}

// Hub is what the pages are made from. All fields must be set, unless they say otherwise.
type Hub struct {
	Data      Data
	Condition Condition
	Now       func() time.Time
	Log       *slog.Logger
	Tracer    trace.Tracer // opens a span per request; nil opens none

	Accounts *account.Accounts                              // and their pages; nil where another function says who asks
	Who      func(c echo.Context) (access.Principal, error) // who asks; default Accounts.Who
	Invest   Invest                                         // enters into the board's book
	Account  Assembly                                       // gives account to the members
	Issue    IssuePack                                      // makes the board's packs
	Board    Board                                          // changes what the board keeps for itself
	Share    Share                                          // into that of the pot
	Agree    Agree                                          // into that of the charter
	Once     *web.Once                                      // keeps idempotency keys; nil takes none
}

type server struct {
	data      Data
	condition Condition
	now       func() time.Time
	accounts  *account.Accounts
	invest    Invest
	issue     IssuePack
	account   Assembly
	board     Board
	share     Share
	agree     Agree
	pages     *web.Pages
}

var site = web.Site{Name: "Passerelle", Place: "Hub", Nav: []web.Link{
	{Text: "Europe", URL: "/"}, {Text: "Across borders", URL: "/crossborder"}, {Text: "Work abroad", URL: "/mobility"}, {Text: "Investments", URL: "/investment"}, {Text: "Meetings", URL: "/board/meetings"}, {Text: "Solidarity", URL: "/solidarity"}, {Text: "Nodes", URL: "/nodes"},
	{Text: "Operations", URL: "/operations"}, {Text: "People", URL: "/people"},
}}

// New returns the handler of every page and JSON address of the hub. A template that cannot be parsed is a programming mistake
// and panics.
func New(h Hub) http.Handler {
	s := server{data: h.Data, condition: h.Condition, now: h.Now, accounts: h.Accounts, invest: h.Invest, issue: h.Issue, account: h.Account, board: h.Board, share: h.Share, agree: h.Agree}
	var err error
	if s.pages, err = web.ParsePages(site, files, functions, pages.Files); err != nil {
		panic(err)
	}
	if h.Who == nil && h.Accounts != nil {
		h.Who = h.Accounts.Who
	}
	return web.New(web.Options{Name: "hub", Log: h.Log, Tracer: h.Tracer, Pages: s.pages, HTTPS: h.Accounts != nil && h.Accounts.URL.Scheme == "https",
		Routes: s.routes(), Who: h.Who, SignIn: pages.SignIn, Once: h.Once, Now: h.Now})
}

// years lists every year there is something to show of, newest first.
func (s server) years(ctx context.Context) ([]int, error) {
	years, err := s.data.PublishedYears(ctx)
	if err != nil {
		return nil, err
	}
	invoiced, err := s.data.Years(ctx)
	if err != nil {
		return nil, err
	}
	years = append(years, invoiced...)
	slices.Sort(years)
	years = slices.Compact(years)
	slices.Reverse(years)
	return years, nil
}

// year is the year a request asks for, by default the newest with something to show.
func (s server) year(c echo.Context) (year int, years []int, err error) {
	years, err = s.years(c.Request().Context())
	if err != nil {
		return 0, nil, err
	}
	if text := c.QueryParam("year"); text != "" {
		year, err = parseYear(text)
		return year, years, err
	}
	if len(years) == 0 {
		return s.now().Year(), nil, nil
	}
	return years[0], years, nil
}
