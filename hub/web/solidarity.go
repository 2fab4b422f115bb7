package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/ballot"
	"passerelle/hub/registry"
	"passerelle/hub/solidarity"
	"passerelle/internal/book"
	"passerelle/internal/web"
)

// Share enters acts into the book of the pot, all or none; by is the opaque id of who does.
type Share func(ctx context.Context, by string, acts ...solidarity.Dated) (solidarity.Pot, error)

// tab is one of the pages of the network's common matters.
type tab struct {
	Text    web.Words
	URL     string
	Current bool
}

// tabs are those pages, with the one that is open.
func tabs(l *web.Locale, open string) []tab {
	return []tab{{l.T("Pot and contributions"), "/solidarity", open == "/solidarity"}, {l.T("Charter"), "/charter", open == "/charter"}, {l.T("Commitments"), "/commitments", open == "/commitments"}}
}

// asOf reads the day that the address names; none means now.
func asOf(c echo.Context) (on contracts.Date, err error) {
	if text := c.QueryParam("on"); text != "" {
		on, err = contracts.ParseDate(text)
	}
	var fs contracts.Faults
	fs.Add("on", err)
	return on, fs.Err()
}

// pot reads the book as of the day that the address names, or of today.
func (s server) pot(c echo.Context) (solidarity.Pot, []solidarity.Entry, contracts.Date, error) {
	on, err := asOf(c)
	if err != nil {
		return solidarity.Pot{}, nil, on, err
	}
	pot, entries, err := solidarity.Read(c.Request().Context(), s.data, on)
	return pot, entries, on, err
}

// solidarityPage is the pot on a day.
type solidarityPage struct {
	solidarity.Pot
	Tabs   []tab
	Counts *solidarity.Adopted // the key that counts; nil for none
	Call   *solidarity.Call    // the latest
	Bars   []barGroup
	List   *web.Listed
	Asked  []solidarity.Application // the latest first
	States map[solidarity.State]web.Words
	Votes  []votedOn // the latest decisions first

	EnterCalls, EnterAsked, EnterVotes *entering // nil for who only reads
}

// entering are links to forms, for the template "enter".
type entering struct {
	MayEnter bool
	Enter    []web.Link
}

// votedOn is a decision with its count and its rule in words.
type votedOn struct {
	solidarity.Decision
	Count ballot.Count
	Rule  string
}

func (s server) solidarity(c echo.Context) error {
	l := web.LocaleOf(c)
	t := debtTable(l)
	a, err := t.Asked(c, "on")
	if err != nil {
		return err
	}
	pot, _, on, err := s.pot(c)
	if err != nil {
		return err
	}
	list, err := t.Answer(c, a, web.RowsOf(l, t, a, debtLines(pot, s.dayOf(on))))
	if err != nil || list == nil {
		return err
	}
	page := solidarityPage{Pot: pot, Tabs: tabs(l, "/solidarity"), List: list, States: applicationStates}
	if d := s.solidarityDesk(); entersBook(c) {
		page.EnterVotes = &entering{true, d.links(l, "", "decision", "key")}
		page.EnterCalls = &entering{true, d.links(l, "", "call", "payment", "payment-back", "waiver")}
		page.EnterAsked = &entering{true, d.links(l, "", "application", "award", "refusal", "pay-out", "use", "return", "closing")}
	}
	if k, ok := pot.KeyOn(s.dayOf(on)); ok {
		page.Counts = &k
	}
	if n := len(pot.Calls); n > 0 {
		page.Call = &pot.Calls[n-1]
		page.Bars = callBars(l, pot.Calls[n-1], s.dayOf(on))
	}
	page.Asked = slices.Clone(pot.Applications)
	slices.Reverse(page.Asked)
	for _, d := range slices.Backward(pot.Decisions) {
		count, err := d.Count()
		if err != nil {
			return err // none is entered that cannot be counted
		}
		page.Votes = append(page.Votes, votedOn{d, count, votingRule(l, d.Rule)})
	}
	return s.pages.Render(c, http.StatusOK, "solidarity", web.Page{Title: l.T("Solidarity"), Badges: exampleBadges(pot.Example()), Body: page,
		Lead: l.T("What each co-operative contributes according to its means, and what the common pot is used for.")})
}

// solidarityJSON is the whole of the pot on a day.
type solidarityJSON struct {
	Example bool                `json:"example"` // something in it is an example
	On      contracts.Date      `json:"on,omitzero"`
	Free    contracts.Money     `json:"free"`
	Key     *solidarity.Adopted `json:"key" jsonschema:"nullable"` // that counts
	solidarity.Pot
}

func (s server) apiSolidarity(c echo.Context) error {
	if err := web.KnownQuery(c, "on"); err != nil {
		return err
	}
	pot, _, on, err := s.pot(c)
	if err != nil {
		return err
	}
	out := solidarityJSON{Example: pot.Example(), On: on, Free: pot.Free(), Pot: pot}
	if k, ok := pot.KeyOn(s.dayOf(on)); ok {
		out.Key = &k
	}
	return c.JSON(http.StatusOK, out)
}

// apiContributions answers what was called and paid, as JSON or CSV.
func (s server) apiContributions(c echo.Context) error {
	t := debtTable(web.English)
	a, err := t.Asked(c, "on")
	if err != nil {
		return err
	}
	pot, _, on, err := s.pot(c)
	if err != nil {
		return err
	}
	if a.Format != "" {
		_, err := t.Answer(c, a, web.RowsOf(web.English, t, a, debtLines(pot, s.dayOf(on))))
		return err
	}
	return c.JSON(http.StatusOK, debtLines(pot, s.dayOf(on)))
}

func (s server) apiSolidarityEntries(c echo.Context) error {
	if err := web.KnownQuery(c, "on"); err != nil {
		return err
	}
	_, entries, _, err := s.pot(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, entriesOf(entries))
}

// actJSON is a line of a book.
type actJSON struct {
	Number   int            `json:"number"`
	Day      contracts.Date `json:"day"`
	Recorded time.Time      `json:"recorded"`
	By       string         `json:"by"`
	Kind     book.Kind      `json:"kind"`
	Act      any            `json:"act"`
}

func entriesOf[A book.Act](entries []book.Entry[A]) []actJSON {
	out := make([]actJSON, len(entries))
	for i, e := range entries {
		out[i] = actJSON{e.Number, e.Day, e.Recorded, e.By, e.Kind, e.Act}
	}
	return out
}

// solidarityAsks are the forms of the pot.
var solidarityAsks = map[book.Kind]asking[solidarity.Act, solidarity.Pot]{
	"decision": {title: web.Words("Enter a vote of the co-operatives"), fields: []string{"day", "motion", "rule", "members", "for", "against", "abstain", "minutes", "reason"}, act: assemblyAct},
	"key": {title: web.Words("A key counts from a day"), fields: []string{"name", "from", "turnover", "users", "equal", "floor", "ceiling", "decision", "day"}, act: func(f *form, _ solidarity.Pot) solidarity.Act {
		return solidarity.KeyAdopted{Adopted: solidarity.Adopted{Name: f.get("name"), From: f.date("from"), Decision: f.get("decision"), Key: f.key("")}}
	}},
	"call": {title: web.Words("Call contributions"), fields: []string{"name", "budget", "key", "figures", "source", "due", "decision", "day"}, act: callAct, follows: afterCall},
	"payment": {title: web.Words("A contribution came"), fields: []string{"call", "country", "amount", "day"}, act: func(f *form, _ solidarity.Pot) solidarity.Act {
		return solidarity.PaidIn{Call: f.get("call"), Country: f.country("country"), Amount: f.money("amount", contracts.EUR)}
	}},
	"payment-back": {title: web.Words("A contribution went back, or had not come"), fields: []string{"call", "country", "amount", "reason", "day"}, act: func(f *form, _ solidarity.Pot) solidarity.Act {
		return solidarity.PaidBack{Call: f.get("call"), Country: f.country("country"), Amount: f.money("amount", contracts.EUR), Reason: f.get("reason")}
	}},
	"waiver": {title: web.Words("Waive a contribution"), fields: []string{"call", "country", "amount", "decision", "day"}, act: func(f *form, _ solidarity.Pot) solidarity.Act {
		return solidarity.Waived{Call: f.get("call"), Country: f.country("country"), Amount: f.money("amount", contracts.EUR), Decision: f.get("decision")}
	}},
	"application": {title: web.Words("Enter an application"), fields: []string{"country", "amount", "purpose", "evidence", "day"}, act: func(f *form, _ solidarity.Pot) solidarity.Act {
		return solidarity.Applied{Country: f.country("country"), Amount: f.money("amount", contracts.EUR), Purpose: f.get("purpose"), Evidence: f.get("evidence")}
	}},
	"award": {title: web.Words("Grant an application"), fields: []string{"application", "amount", "decision", "day"}, act: func(f *form, _ solidarity.Pot) solidarity.Act {
		return solidarity.Awarded{Application: f.get("application"), Amount: f.money("amount", contracts.EUR), Decision: f.get("decision")}
	}},
	"refusal": {title: web.Words("Decline an application"), fields: []string{"application", "any", "day"}, act: func(f *form, _ solidarity.Pot) solidarity.Act {
		return solidarity.Refused{Application: f.get("application"), Decision: f.get("any")}
	}},
	"pay-out": {title: web.Words("Money was paid out"), fields: []string{"application", "amount", "day"}, act: func(f *form, _ solidarity.Pot) solidarity.Act {
		return solidarity.PaidOut{Application: f.get("application"), Amount: f.money("amount", contracts.EUR)}
	}},
	"use": {title: web.Words("Report on the use"), fields: []string{"application", "amount", "text", "evidence", "day"}, act: func(f *form, _ solidarity.Pot) solidarity.Act {
		return solidarity.Used{Application: f.get("application"), Amount: f.money("amount", contracts.EUR), Text: f.get("text"), Evidence: f.get("evidence")}
	}},
	"return": {title: web.Words("Money was given back"), fields: []string{"application", "amount", "day"}, act: func(f *form, _ solidarity.Pot) solidarity.Act {
		return solidarity.GivenBack{Application: f.get("application"), Amount: f.money("amount", contracts.EUR)}
	}},
	"closing": {title: web.Words("Close an application"), fields: []string{"application", "reason", "day"}, act: func(f *form, _ solidarity.Pot) solidarity.Act {
		return solidarity.Ended{Application: f.get("application"), Reason: f.get("reason")}
	}},
}

func (f form) country(name string) contracts.CountryCode {
	return contracts.CountryCode(strings.ToUpper(f.get(name)))
}

// rule reads a rule of voting.
func (f *form) rule(name string) ballot.Rule {
	r, err := ballot.ParseRule(f.get(name))
	f.Faults.Add(name, err)
	return r
}

func assemblyAct(f *form, _ solidarity.Pot) solidarity.Act {
	return solidarity.DecisionTaken{Decision: solidarity.Decision{Meeting: f.date("day"), Motion: f.get("motion"), Rule: f.rule("rule"), Members: countries(f.get("members")), For: countries(f.get("for")),
		Against: countries(f.get("against")), Abstain: countries(f.get("abstain")), Minutes: f.get("minutes"), Reason: f.get("reason")}}
}

// callAct reads the figures too, a line for each co-operative, so that what a call was shared by is seen and stays.
func callAct(f *form, _ solidarity.Pot) solidarity.Act {
	a := solidarity.Called{Name: f.get("name"), Budget: f.money("budget", contracts.EUR), Key: f.get("key"), Source: f.get("source"), Due: f.date("due"), Decision: f.get("decision")}
	for line := range strings.Lines(f.get("figures")) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 3 {
			f.Faults.Addf(contracts.FaultInvalid, "figures", "write country, turnover in EUR and users, such as AT 1700000.00 336; a dash for what is not known", "%q is no line of figures", web.Clip(strings.TrimSpace(line)))
			continue
		}
		figures := solidarity.Figures{Country: contracts.CountryCode(strings.ToUpper(words[0]))}
		if words[1] != "-" {
			m, err := contracts.ParseMoney(web.WithPoint(words[1]), contracts.EUR)
			f.Faults.Add("figures", err)
			figures.Turnover = &m
		}
		if words[2] != "-" {
			n, err := contracts.ParseDecimal(words[2], 0)
			f.Faults.Add("figures", err)
			users := int(n.IntPart())
			figures.Users = &users
		}
		a.Figures = append(a.Figures, figures)
	}
	return a
}

// afterCall shows what each co-operative will owe.
func afterCall(l *web.Locale, after solidarity.Pot) (all []field) {
	for _, d := range after.Calls[len(after.Calls)-1].Debts {
		all = append(all, field{Label: l.Country(d.Country), Value: strings.TrimSpace(l.Money(d.Amount) + " " + boundWord(l, d.Bound))})
	}
	return all
}

// solidarityLooks are the fields of the forms of the pot and of the simulation.
var solidarityLooks = map[string]look{
	"day": {label: "Day from which it counts", shape: "date"}, "motion": {label: "Motion", shape: "area"}, "rule": {label: "Carried by", shape: "choice"},
	"members": {label: "Co-operatives that may vote", hint: "Codes of two letters, such as AT, DE."}, "for": {label: "Votes for", hint: "Codes of two letters, such as AT, DE.", optional: true},
	"against": {label: "Votes against", optional: true}, "abstain": {label: "Abstained", optional: true}, "minutes": {label: "Reference of the minutes"}, "reason": {label: "Reason", shape: "area"},
	"name": {label: "Name"}, "from": {label: "Counts from", shape: "date"}, "decision": {label: "Decision", shape: "choice"}, "any": {label: "Decision", shape: "choice"},
	"turnover": {label: "By turnover, percent", shape: "decimal"}, "users": {label: "By users, percent", shape: "decimal"}, "equal": {label: "In equal parts, percent", shape: "decimal"},
	"floor":   {label: "Each pays at least (EUR)", shape: "decimal", optional: true},
	"ceiling": {label: "Each pays at most (EUR)", shape: "decimal", optional: true}, "budget": {label: "What is to be shared (EUR)", shape: "decimal"},
	"without": {label: "Leave out", hint: "Codes of two letters, such as AT, DE.", optional: true}, "key": {label: "Key", shape: "choice"},
	"figures": {label: "Figures of each co-operative", hint: "A line for each: country, turnover in EUR, users; a dash for what is not known.", shape: "area"}, "source": {label: "Source of the figures"},
	"due": {label: "Due", shape: "date"}, "call": {label: "Call", shape: "choice"}, "country": {label: "Country", hint: "Two letters, such as AT."}, "amount": {label: "Amount (EUR)", shape: "decimal"},
	"purpose": {label: "Purpose", shape: "area"}, "evidence": {label: "Evidence", shape: "area"}, "application": {label: "Application", shape: "choice"}, "text": {label: "What it was used for", shape: "area"},
}

// solidarityDesk is where the book of the pot is written.
func (s server) solidarityDesk() desk[solidarity.Act, solidarity.Pot] {
	return desk[solidarity.Act, solidarity.Pot]{server: s, path: "/solidarity", title: "Solidarity", asks: solidarityAsks, looks: solidarityLooks, example: solidarity.Pot.Example, fill: s.fillPot,
		known:   []string{"turnover", "users", "equal", "floor", "ceiling", "country", "call", "application", "decision", "year"},
		options: potOptions, back: func(form) string { return "/solidarity" },
		read: func(ctx context.Context) (solidarity.Pot, []solidarity.Entry, error) {
			return solidarity.Read(ctx, s.data, contracts.Date{})
		},
		check: func(entries []solidarity.Entry, act solidarity.Act, day contracts.Date, by string, now time.Time) (solidarity.Pot, error) {
			_, after, err := solidarity.Enter(entries, act, day, by, now)
			return after, err
		},
		keep: func(ctx context.Context, by string, act solidarity.Dated) error {
			_, err := s.share(ctx, by, act)
			return err
		}}
}

// fillPot fills in who is in the network, and for a call the figures of a year as the hub has them.
func (s server) fillPot(c echo.Context, kind book.Kind, _ solidarity.Pot, values url.Values) error {
	members, err := s.inNetwork(c.Request().Context())
	if err != nil {
		return err
	}
	values.Set("members", members)
	values.Set("from", s.today().String())
	if kind != "call" {
		return nil
	}
	year := s.today().Year() - 1
	if text := c.QueryParam("year"); text != "" {
		if year, err = parseYear(text); err != nil {
			return err
		}
	}
	m, err := s.meansOf(c, s.data, year)
	if err != nil {
		return err
	}
	var lines []string
	for _, f := range m.Figures {
		turnover, users := "-", "-"
		if f.Turnover != nil {
			turnover = f.Turnover.Fixed()
		}
		if f.Users != nil {
			users = strconv.Itoa(*f.Users)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s", f.Country, turnover, users))
	}
	values.Set("figures", strings.Join(lines, "\n"))
	values.Set("source", fmt.Sprintf("%s, %d", m.Source, year))
	return nil
}

// inNetwork lists the co-operatives that are in the network today, with commas between them.
func (s server) inNetwork(ctx context.Context) (string, error) {
	nodes, err := s.data.Nodes(ctx)
	if err != nil {
		return "", err
	}
	var all []string
	for _, n := range nodes {
		if n.Status(s.today()) == registry.In {
			all = append(all, string(n.Country))
		}
	}
	return strings.Join(all, ", "), nil
}

// potOptions are the choices of a field.
func potOptions(l *web.Locale, _ form, p solidarity.Pot, name string) (all []option) {
	switch name {
	case "rule":
		return ruleOptions(l, ballot.Majority, ballot.TwoThirds)
	case "decision", "any":
		for _, d := range slices.Backward(p.Decisions) {
			if name == "any" || d.Carried() {
				all = append(all, option{d.ID, d.Meeting.String() + " " + clipped(d.Motion)})
			}
		}
	case "key":
		for _, k := range slices.Backward(p.Keys) {
			all = append(all, option{k.ID, fmt.Sprintf("%s (%s)", k.Name, l.Date(k.From))})
		}
	case "call":
		for _, c := range slices.Backward(p.Calls) {
			all = append(all, option{c.ID, c.Name})
		}
	case "application":
		for _, a := range slices.Backward(p.Applications) {
			all = append(all, option{a.ID, fmt.Sprintf("%s, %s: %s", l.Country(a.Country), l.Money(a.Amount), clipped(a.Purpose))})
		}
	}
	return all
}

func ruleOptions(l *web.Locale, rules ...ballot.Rule) (all []option) {
	for _, r := range rules {
		all = append(all, option{r.String(), votingRule(l, r)})
	}
	return all
}
