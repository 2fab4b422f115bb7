package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/solidarity"
	"passerelle/internal/web"
)

// simulation is what a budget would come to by two keys, before one of them is voted.
type simulation struct {
	Year    int                     `json:"year"`
	Budget  contracts.Money         `json:"budget"`
	A       solidarity.Key          `json:"key_a"`
	B       solidarity.Key          `json:"key_b"`
	Parts   []comparedPart          `json:"parts"`
	Unknown []contracts.CountryCode `json:"unknown"` // of whom a figure is missing that one of the keys needs: they are left out of both
	Without []contracts.CountryCode `json:"without"` // left out as it was asked for
	Source  string                  `json:"source"`
	Demo    bool                    `json:"demonstration"` // the figures are demonstration data
	Example bool                    `json:"example"`       // budget and key are those of an example, because nobody said others
}

// comparedPart is what a country would pay by each key.
type comparedPart struct {
	solidarity.Figures
	A       contracts.Money    `json:"a"`
	B       contracts.Money    `json:"b"`
	BoundA  solidarity.Bound   `json:"bound_a,omitzero"`
	BoundB  solidarity.Bound   `json:"bound_b,omitzero"`
	Percent *contracts.Decimal `json:"a_percent_of_turnover" jsonschema:"nullable"` // of the turnover; null where there is none
}

// Difference is by how much B is more than A.
func (p comparedPart) Difference() contracts.Money {
	return contracts.Money{Amount: p.B.Amount.Sub(p.A.Amount), Currency: p.A.Currency}
}

// simulated are the parameters of a simulation.
var simulated = []string{"year", "budget", "without", "a_turnover", "a_users", "a_equal", "a_floor", "a_ceiling", "b_turnover", "b_users", "b_equal", "b_floor", "b_ceiling"}

// usual is what is compared when nobody says otherwise: the key that counts, or turnover alone, with equal parts.
func (s server) usual(p solidarity.Pot) url.Values {
	v := url.Values{"budget": {"50000.00"}, "a_turnover": {"100"}, "a_users": {"0"}, "a_equal": {"0"}, "b_turnover": {"0"}, "b_users": {"0"}, "b_equal": {"100"}}
	if n := len(p.Calls); n > 0 {
		v.Set("budget", p.Calls[n-1].Budget.Fixed())
	}
	if k, ok := p.KeyOn(s.today()); ok {
		v.Set("a_turnover", k.Key.Turnover.String())
		v.Set("a_users", k.Key.Users.String())
		v.Set("a_equal", k.Key.Equal.String())
		v.Set("a_floor", boundText(k.Key.Floor))
		v.Set("a_ceiling", boundText(k.Key.Ceiling))
	}
	return v
}

func boundText(m *contracts.Money) string {
	if m == nil {
		return ""
	}
	return m.Fixed()
}

// key reads a key from the fields of a form that begin with a prefix.
func (f *form) key(prefix string) solidarity.Key {
	k := solidarity.Key{Turnover: f.percent(prefix + "turnover"), Users: f.percent(prefix + "users"), Equal: f.percent(prefix + "equal"),
		Floor: f.limit(prefix + "floor"), Ceiling: f.limit(prefix + "ceiling")}
	if err := k.Validate(); err != nil && prefix != "" {
		for _, fault := range contracts.FaultsOf(err) {
			fault.Field = prefix + fault.Field
			f.Faults = append(f.Faults, fault)
		}
	}
	return k
}

// percent reads a percentage; an empty field is none.
func (f *form) percent(name string) contracts.Percent {
	text := web.WithPoint(f.get(name))
	if text == "" {
		return contracts.Percent{}
	}
	p, err := contracts.ParsePercent(text)
	f.Faults.Add(name, err)
	return p
}

// limit reads a bound; an empty field is none.
func (f *form) limit(name string) *contracts.Money {
	if f.get(name) == "" {
		return nil
	}
	m := f.money(name, contracts.EUR)
	return &m
}

// countries reads codes with commas between them.
func countries(text string) []contracts.CountryCode {
	all := []contracts.CountryCode{}
	for _, c := range strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' }) {
		all = append(all, contracts.CountryCode(c))
	}
	return all
}

// simulate answers what the address asks. What is wrong with it stands in the form.
func (s server) simulate(c echo.Context) (sim simulation, in form, err error) {
	pot, _, err := solidarity.Read(c.Request().Context(), s.data, contracts.Date{})
	if err != nil {
		return sim, in, err
	}
	if sim.Year, _, err = s.year(c); err != nil {
		return sim, in, err
	}
	in.values, sim.Example = s.usual(pot), pot.Example()
	if c.QueryParam("budget") != "" {
		in.values, sim.Example = c.QueryParams(), false
	}
	in.values.Set("year", yearText(sim.Year))
	sim.Budget, sim.A, sim.B, sim.Without = in.money("budget", contracts.EUR), in.key("a_"), in.key("b_"), countries(in.get("without"))
	m, err := s.meansOf(c, s.view(c), sim.Year)
	if err != nil {
		return sim, in, err
	}
	sim.Source, sim.Demo, sim.Parts, sim.Unknown = m.Source, m.Demonstration, []comparedPart{}, []contracts.CountryCode{}
	if len(in.Faults) == 0 {
		err = in.refused(sim.share(m))
	}
	return sim, in, err
}

// share shares the budget by both keys, among those that both can share by.
func (sim *simulation) share(m means) error {
	_, first := m.split(sim.A, sim.Without)
	_, second := m.split(sim.B, sim.Without)
	for _, c := range append(first, second...) {
		if !slices.Contains(sim.Unknown, c) {
			sim.Unknown = append(sim.Unknown, c)
		}
	}
	with, _ := m.split(solidarity.Key{}, append(slices.Clone(sim.Without), sim.Unknown...))
	a, err := sim.A.Divide(sim.Budget, with)
	if err != nil {
		return err
	}
	b, err := sim.B.Divide(sim.Budget, with)
	if err != nil {
		return err
	}
	for i, part := range a {
		at := slices.IndexFunc(with, func(f solidarity.Figures) bool { return f.Country == part.Country })
		sim.Parts = append(sim.Parts, comparedPart{Figures: with[at], A: part.Amount, B: b[i].Amount, BoundA: part.Bound, BoundB: b[i].Bound, Percent: ofTurnover(part.Amount, with[at].Turnover)})
	}
	return nil
}

// ofTurnover is a part of a turnover in percent, to three decimals; nil where there is none.
func ofTurnover(part contracts.Money, turnover *contracts.Money) *contracts.Decimal {
	if turnover == nil || turnover.Sign() <= 0 {
		return nil
	}
	return &contracts.Decimal{Decimal: part.Amount.Mul(decimal.New(100, 0)).DivRound(turnover.Amount, 3)}
}

// simulationPage shows two keys side by side.
type simulationPage struct {
	simulation
	Years  []int
	Path   string
	Common []field
	KeyA   []field
	KeyB   []field
	Faults contracts.Faults
	Bars   []barGroup
	List   *web.Listed
	Adopt  string // the form of key A, for who enters decisions
}

func (s server) simulationPage(c echo.Context) error {
	l := web.LocaleOf(c)
	t := partTable(l)
	a, err := t.Asked(c, simulated...)
	if err != nil {
		return err
	}
	sim, in, err := s.simulate(c)
	if err != nil {
		return err
	}
	list, err := t.Answer(c, a, web.RowsOf(l, t, a, sim.Parts))
	if err != nil || list == nil {
		return err
	}
	_, years, err := s.year(c)
	if err != nil {
		return err
	}
	page := simulationPage{simulation: sim, Years: years, Path: "/solidarity/simulation", Faults: in.Faults, List: list, Common: in.shown(l, "budget", "without"),
		KeyA: in.shown(l, "a_turnover", "a_users", "a_equal", "a_floor", "a_ceiling"), KeyB: in.shown(l, "b_turnover", "b_users", "b_equal", "b_floor", "b_ceiling")}
	page.Bars = simulationBars(l, sim.Parts)
	if entersBook(c) {
		page.Adopt = web.Address("/solidarity/enter/key", "turnover", in.get("a_turnover"), "users", in.get("a_users"), "equal", in.get("a_equal"), "floor", in.get("a_floor"), "ceiling", in.get("a_ceiling"))
	}
	status := http.StatusOK
	if len(in.Faults) > 0 {
		status = http.StatusUnprocessableEntity
	}
	badges := exampleBadges(sim.Example)
	if sim.Demo {
		badges = append(badges, web.Badge{Kind: "demo", Text: "Demonstration data"})
	}
	return s.pages.Render(c, status, "simulation", web.Page{Title: l.T("Simulate a key"), Badges: badges, Body: page,
		Lead:   l.T("What each co-operative would pay by two keys, side by side, before one of them is voted."),
		Crumbs: []web.Link{{Text: l.T("Solidarity"), URL: "/solidarity"}, {Text: l.T("Simulate a key")}}})
}

// shown are the fields of the simulation.
func (f form) shown(l *web.Locale, names ...string) (all []field) {
	for _, name := range names {
		look := solidarityLooks[strings.TrimPrefix(strings.TrimPrefix(name, "a_"), "b_")]
		one := f.field(name, l.T(look.label), "decimal")
		one.Needed = !look.optional
		if name == "without" {
			one.Kind = "text"
		}
		if look.hint != "" && (name == "without" || len(all) > 2) {
			one.Help = l.T(look.hint)
		}
		all = append(all, one)
	}
	return all
}

func (s server) apiSimulation(c echo.Context) error {
	t := partTable(web.English)
	a, err := t.Asked(c, simulated...)
	if err != nil {
		return err
	}
	sim, in, err := s.simulate(c)
	if err != nil {
		return err
	}
	if err := in.Faults.Err(); err != nil {
		return err
	}
	if a.Format != "" {
		_, err := t.Answer(c, a, web.RowsOf(web.English, t, a, sim.Parts))
		return err
	}
	return c.JSON(http.StatusOK, sim)
}
