package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/assembly"
	"passerelle/hub/investment"
	"passerelle/internal/web"
)

// Assembly is how the board gives account to the members and their assembly.
type Assembly interface {
	// AssemblyAccount is what the contribution of a year paid for, by what the hub has now, and the moment of it.
	AssemblyAccount(ctx context.Context, year int) (assembly.Account, time.Time, error)
	// Publish puts the account of a year before everybody, or withdraws it; by is the opaque id of who does.
	Publish(ctx context.Context, by string, year int, decision string, withdraw bool) (assembly.Act, error)
}

// partNames are what the contribution pays for, in plain words.
var partNames = map[assembly.Kind]web.Words{assembly.Staff: "Advice and staff", assembly.Operations: "Offices and operations", assembly.Guarantee: "Guarantee fund", assembly.Abroad: "Support for sister co-operatives abroad"}

// partWords say what stands behind each.
var partWords = map[assembly.Kind]web.Words{assembly.Staff: "the people who advise, invoice, pay wages and settle disputes", assembly.Operations: "offices, tools and everything else it costs to run the co-operative",
	assembly.Guarantee: "pays members on time when a client does not", assembly.Abroad: "so that members can work there, and the co-operatives there stand on their own"}

// told is an account as it is shown.
type told struct {
	assembly.Account
	Income contracts.Money
	Parts  []accountPart
	Abroad contracts.Money
	Rest   contracts.Money // what is left over, when it is known
	Over   bool            // more was spent than came in: no parts of what came in
	Reason []string        // what is not known, in words
	Act    *assembly.Act
}

type accountPart struct {
	Name, Words string
	Amount      contracts.Money
	Of100       decimal.Decimal // of every 100 euros that came in
	Width       float64         // of its bar: drawn, never counted
}

func shownAccount(l *web.Locale, a assembly.Account, act *assembly.Act) *told {
	out := &told{Account: a, Abroad: contracts.Zero(a.Contribution.Currency), Act: act}
	out.Income = contracts.Money{Amount: a.Contribution.Amount.Add(a.Other.Amount), Currency: a.Contribution.Currency}
	most := out.Income.Amount
	for _, p := range a.Parts {
		most = decimal.Max(most, p.Amount.Amount)
	}
	for _, p := range a.Parts {
		part := accountPart{Name: l.T(partNames[p.Kind]), Words: l.T(partWords[p.Kind]), Amount: p.Amount}
		if out.Income.Sign() > 0 {
			part.Of100 = p.Amount.Amount.Shift(2).DivRound(out.Income.Amount, 2)
		}
		if most.IsPositive() {
			part.Width = max(0, p.Amount.Amount.Shift(2).DivRound(most, 2).InexactFloat64())
		}
		if p.Kind == assembly.Abroad {
			out.Abroad = p.Amount
		}
		out.Parts = append(out.Parts, part)
	}
	for _, k := range a.Unknown {
		out.Reason = append(out.Reason, l.T("Not every report says what went to this, so it is left out: %s.", l.T(partNames[k])))
	}
	if a.Left != nil {
		out.Rest, out.Over = *a.Left, a.Left.Sign() < 0
	}
	if n := len(a.Missing); n > 0 {
		out.Reason = append(out.Reason, l.T("%d months of the year are not in these figures.", n))
	}
	return out
}

// accountBadges mark what is invented.
func accountBadges(a assembly.Account) []web.Badge {
	return append(demoBadge(a.Demonstration), exampleBadges(a.Example)...)
}

// assemblyPage is what everybody may read: the account of a year, once the board has published it.
type assemblyPage struct {
	Account *told // nil while nothing is published
	Years   []int // that are published
}

func (s server) assembly(c echo.Context) error {
	if err := web.KnownQuery(c, "year"); err != nil {
		return err
	}
	acts, err := s.data.AssemblyActs(c.Request().Context())
	if err != nil {
		return err
	}
	l, page := web.LocaleOf(c), assemblyPage{}
	out := web.Page{Title: l.T("What the contribution paid for")}
	for _, a := range assembly.Published(acts) {
		page.Years = append(page.Years, a.Year)
		if text := c.QueryParam("year"); page.Account == nil && (text == "" || text == strconv.Itoa(a.Year)) {
			page.Account = shownAccount(l, *a.Account, &a)
			out.Title, out.Badges = l.T("What the contribution of %s paid for", yearText(a.Year)), accountBadges(*a.Account)
		}
	}
	if page.Account == nil && c.QueryParam("year") != "" {
		return web.NotFound("address")
	}
	out.Body = page
	return s.pages.Render(c, http.StatusOK, "assembly", out)
}

// publishing is the page from which the board's operator publishes and withdraws.
type publishing struct {
	Acts     []assembly.Act // the newest first
	Standing map[int]bool
	Preview  *told
	AsOf     time.Time
	Year     field
	Decision field
	MayEnter bool
	Faults   contracts.Faults
}

func (s server) publishing(c echo.Context) error {
	if err := web.KnownQuery(c, "year"); err != nil {
		return err
	}
	year := s.today().Year() - 1
	if text := c.QueryParam("year"); text != "" {
		var err error
		if year, err = parseYear(text); err != nil {
			return err
		}
	}
	return s.showPublishing(c, http.StatusOK, year, form{})
}

func (s server) showPublishing(c echo.Context, status, year int, f form) error {
	ctx, l := c.Request().Context(), web.LocaleOf(c)
	acts, err := s.data.AssemblyActs(ctx)
	if err != nil {
		return err
	}
	books, _, err := investment.Read(ctx, s.data, contracts.Date{})
	if err != nil {
		return err
	}
	made, asOf, err := s.account.AssemblyAccount(ctx, year)
	if err != nil {
		return err
	}
	page := publishing{Standing: map[int]bool{}, Preview: shownAccount(l, made, nil), AsOf: asOf, MayEnter: entersBook(c), Faults: f.Faults}
	for i := range acts {
		page.Acts = append(page.Acts, acts[len(acts)-1-i])
	}
	for _, a := range assembly.Published(acts) {
		page.Standing[a.Year] = true
	}
	page.Year, page.Decision = f.field("year", l.T("Year"), "decimal"), f.field("decision", l.T("Decision"), "choice")
	page.Year.Value, page.Year.Needed, page.Decision.Needed = yearText(year), true, true
	for _, d := range found(books, "") {
		if d.Carried() {
			page.Decision.Options = append(page.Decision.Options, option{d.ID, d.Meeting.String() + " " + clipped(d.Motion)})
		}
	}
	return s.pages.Render(c, status, "publishing", web.Page{Title: l.T("Account to the assembly"), Badges: accountBadges(made), Body: page,
		Lead:   l.T("What everybody may read, without signing in, once the board has decided to publish it."),
		Crumbs: []web.Link{{Text: l.T("Investments"), URL: "/investment"}, {Text: l.T("Account to the assembly")}}})
}

func (s server) publish(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	year := f.number("year")
	if len(f.Faults) == 0 {
		_, err := s.account.Publish(c.Request().Context(), web.PrincipalOf(c).Account, year, f.get("decision"), f.get("act") == "withdraw")
		if err := f.refused(err); err != nil {
			return err
		}
	}
	if len(f.Faults) > 0 {
		if year < 1900 || year > 2199 { // no account can be shown of it
			year = s.today().Year() - 1
		}
		return s.showPublishing(c, http.StatusUnprocessableEntity, year, f)
	}
	return c.Redirect(http.StatusSeeOther, web.Address("/board/assembly", "year", yearText(year)))
}

// accountJSON is an account that is published.
type accountJSON struct {
	Published time.Time      `json:"published"`
	Decision  string         `json:"decision"`
	Meeting   contracts.Date `json:"meeting"`
	AsOf      time.Time      `json:"as_of"` // the moment whose data it was made from
	assembly.Account
}

func (s server) apiAssembly(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	acts, err := s.data.AssemblyActs(c.Request().Context())
	if err != nil {
		return err
	}
	out := []accountJSON{}
	for _, a := range assembly.Published(acts) {
		out = append(out, accountJSON{a.At, a.Decision, a.Meeting, a.AsOf, *a.Account})
	}
	return c.JSON(http.StatusOK, out)
}
