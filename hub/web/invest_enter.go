package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/internal/web"
)

// entryForm is how an entry of a kind is asked for: its fields in their order, and the act they come to.
type entryForm struct {
	title  web.Words
	fields []string
	act    func(f *form, b investment.Books) investment.Act
}

// titles of the forms, in the order in which a plan goes on.
var titles = map[investment.Kind]web.Words{"decision": "Enter a decision", "programme": "Open a programme", "extension": "Extend a programme", "allocation": "Allocate", "tranche": "Plan a tranche",
	"condition": "A condition holds", "release": "Release a tranche", "order": "The transfer was ordered", "sending": "The money was sent", "repayment": "Money came back", "conversion": "Turn a loan into equity",
	"impairment": "Set aside for a loss", "write-off": "Write off", "stop": "Stop the support of a country"}

// entryForms are those that a person fills in. That money came is confirmed by the node that got it, and not here.
var entryForms map[investment.Kind]entryForm

func init() {
	entryForms = map[investment.Kind]entryForm{
		"decision":   {fields: []string{"day", "motion", "seats", "for", "against", "abstain", "minutes", "reason"}, act: decisionAct},
		"programme":  {fields: []string{"name", "instrument", "from", "until", "ceiling", "currency", "countries", "decision", "source", "note", "day"}, act: programmeAct},
		"extension":  {fields: []string{"programme", "from", "until", "ceiling", "decision", "source", "day"}, act: extensionAct},
		"allocation": {fields: []string{"programme", "country", "year", "amount", "decision", "day"}, act: allocationAct},
		"tranche":    {fields: []string{"programme", "country", "year", "amount", "due", "conditions", "schedule", "decision", "day"}, act: trancheAct},
		"condition":  {fields: []string{"tranche", "condition", "evidence", "day"}, act: conditionAct},
		"release":    {fields: []string{"tranche", "decision", "waived", "day"}, act: releaseAct},
		"order": {fields: []string{"tranche", "reference", "day"}, act: func(f *form, _ investment.Books) investment.Act {
			return investment.Ordered{Tranche: f.get("tranche"), Reference: f.get("reference")}
		}},
		"sending": {fields: []string{"tranche", "day"}, act: func(f *form, _ investment.Books) investment.Act { return investment.Sent{Tranche: f.get("tranche")} }},
		"repayment": {fields: []string{"tranche", "amount", "day"}, act: func(f *form, b investment.Books) investment.Act {
			return investment.Repaid{Tranche: f.get("tranche"), Amount: f.money("amount", currencyIn(f, b))}
		}},
		"conversion": {fields: []string{"tranche", "amount", "decision", "day"}, act: func(f *form, b investment.Books) investment.Act {
			return investment.Converted{Tranche: f.get("tranche"), Amount: f.money("amount", currencyIn(f, b)), Decision: f.get("decision")}
		}},
		"impairment": {fields: []string{"tranche", "amount", "decision", "day"}, act: func(f *form, b investment.Books) investment.Act {
			return investment.Impaired{Tranche: f.get("tranche"), Amount: f.money("amount", currencyIn(f, b)), Decision: f.get("decision")}
		}},
		"write-off": {fields: []string{"tranche", "amount", "decision", "day"}, act: func(f *form, b investment.Books) investment.Act {
			return investment.WrittenOff{Tranche: f.get("tranche"), Amount: f.money("amount", currencyIn(f, b)), Decision: f.get("decision")}
		}},
		"stop": {fields: []string{"programme", "country", "decision", "day"}, act: func(f *form, _ investment.Books) investment.Act {
			return investment.Stopped{Programme: f.get("programme"), Country: investment.Country(f.get("country")), Decision: f.get("decision")}
		}},
	}
	for kind, form := range entryForms {
		form.title = titles[kind]
		entryForms[kind] = form
	}
}

func decisionAct(f *form, _ investment.Books) investment.Act {
	return investment.DecisionTaken{Decision: investment.Decision{Meeting: f.date("day"), Motion: f.get("motion"), Seats: f.number("seats"), For: f.number("for"), Against: f.number("against"),
		Abstain: f.number("abstain"), Minutes: f.get("minutes"), Reason: f.get("reason")}}
}

func programmeAct(f *form, _ investment.Books) investment.Act {
	a := investment.ProgrammeOpened{Name: f.get("name"), Instrument: investment.Instrument(f.get("instrument")), From: f.number("from"), Until: f.number("until"), Decision: f.get("decision"),
		Source: f.get("source"), Note: f.get("note")}
	if f.get("ceiling") != "" {
		m := f.money("ceiling", contracts.Currency(f.get("currency")))
		a.Ceiling = &m
	}
	for _, c := range strings.FieldsFunc(strings.ToUpper(f.get("countries")), func(r rune) bool { return r == ',' || r == ' ' }) {
		a.Countries = append(a.Countries, investment.Country(c))
	}
	return a
}

func extensionAct(f *form, b investment.Books) investment.Act {
	return investment.Extended{Programme: f.get("programme"), From: f.number("from"), Until: f.number("until"), Ceiling: f.money("ceiling", currencyIn(f, b)), Decision: f.get("decision"), Source: f.get("source")}
}

func allocationAct(f *form, b investment.Books) investment.Act {
	return investment.Allocated{Programme: f.get("programme"), Country: investment.Country(f.get("country")), Year: f.number("year"), Amount: f.money("amount", currencyIn(f, b)), Decision: f.get("decision")}
}

func trancheAct(f *form, b investment.Books) investment.Act {
	a := investment.TranchePlanned{Programme: f.get("programme"), Country: investment.Country(f.get("country")), Year: f.number("year"), Amount: f.money("amount", currencyIn(f, b)), Due: f.date("due"),
		Decision: f.get("decision")}
	for line := range strings.Lines(f.get("conditions")) {
		kind, text, named := strings.Cut(strings.TrimSpace(line), ":")
		c := investment.Condition{Kind: investment.ConditionKind(strings.TrimSpace(kind)), Text: strings.TrimSpace(text)}
		if _, known := conditionNames[c.Kind]; !named || !known {
			c = investment.Condition{Kind: investment.OtherWords, Text: strings.TrimSpace(line)}
		}
		if c.Text != "" {
			a.Conditions = append(a.Conditions, c)
		}
	}
	for line := range strings.Lines(f.get("schedule")) {
		day, amount, _ := strings.Cut(strings.TrimSpace(line), " ")
		due, errDue := contracts.ParseDate(day)
		m, errAmount := contracts.ParseMoney(strings.ReplaceAll(strings.TrimSpace(amount), ",", "."), currencyIn(f, b))
		if strings.TrimSpace(line) == "" {
			continue
		}
		f.Faults.Add("schedule", errDue)
		f.Faults.Add("schedule", errAmount)
		a.Schedule = append(a.Schedule, investment.Instalment{Due: due, Amount: m})
	}
	return a
}

func conditionAct(f *form, _ investment.Books) investment.Act {
	return investment.ConditionMet{Tranche: f.get("tranche"), Condition: f.number("condition"), Evidence: f.get("evidence")}
}

func releaseAct(f *form, _ investment.Books) investment.Act {
	a := investment.Released{Tranche: f.get("tranche"), Decision: f.get("decision")}
	for _, text := range strings.FieldsFunc(f.get("waived"), func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(text)
		if err != nil {
			f.Faults.Addf(contracts.FaultInvalid, "waived", "write a whole number, such as 12", "%q is no whole number", web.Clip(text))
		}
		a.Waived = append(a.Waived, n)
	}
	return a
}

// currencyIn is that of the programme the form is about; of none, EUR, and the act is refused for another reason.
func currencyIn(f *form, b investment.Books) contracts.Currency {
	if p, _, found := b.Tranche(f.get("tranche")); found {
		return p.Currency
	}
	if p, found := b.Programme(f.get("programme")); found {
		return p.Currency
	}
	return contracts.EUR
}

// enterPage is the form of an entry, or the question whether to enter it.
type enterPage struct {
	Kind   investment.Kind
	Fields []field
	Faults contracts.Faults
	Sure   bool // all is well: it is asked for once more
	Back   string
}

func (s server) enterForm(c echo.Context) error {
	if err := web.KnownQuery(c, "programme", "tranche", "country", "year", "decision"); err != nil {
		return err
	}
	values := url.Values{"day": {s.today().String()}, "currency": {string(contracts.EUR)}}
	for name := range c.QueryParams() {
		values.Set(name, c.QueryParam(name))
	}
	return s.showEntry(c, http.StatusOK, form{values: values}, false)
}

// enter checks what was typed, asks once more, and then enters it.
func (s server) enter(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	ask, known := entryForms[investment.Kind(c.Param("kind"))]
	if !known {
		return web.NotFound("address")
	}
	books, entries, err := investment.Read(c.Request().Context(), s.data, contracts.Date{})
	if err != nil {
		return err
	}
	act, day := ask.act(&in, books), in.date("day")
	if len(in.Faults) == 0 {
		if _, _, _, err := investment.Enter(entries, act, day, web.PrincipalOf(c).Account, s.now()); err != nil {
			if other := in.refused(err); other != nil {
				return other
			}
		}
	}
	if len(in.Faults) > 0 {
		return s.showEntry(c, http.StatusUnprocessableEntity, in, false)
	}
	if in.get("confirmed") != "yes" {
		return s.showEntry(c, http.StatusOK, in, true)
	}
	if _, err := s.invest(c.Request().Context(), web.PrincipalOf(c).Account, investment.Dated{Day: day, Act: act}); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, backOf(in))
}

// backOf is the page that an entry is about.
func backOf(f form) string {
	switch {
	case f.get("tranche") != "":
		return "/investment/tranches/" + url.PathEscape(f.get("tranche"))
	case f.get("programme") != "":
		return "/investment/programmes/" + url.PathEscape(f.get("programme"))
	case f.get("motion") != "":
		return "/investment/decisions"
	}
	return "/investment"
}

func (s server) showEntry(c echo.Context, status int, f form, sure bool) error {
	kind := investment.Kind(c.Param("kind"))
	ask, known := entryForms[kind]
	if !known {
		return web.NotFound("address")
	}
	books, _, err := investment.Read(c.Request().Context(), s.data, contracts.Date{})
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	page := enterPage{Kind: kind, Faults: f.Faults, Sure: sure, Back: backOf(f)}
	for _, name := range ask.fields {
		page.Fields = append(page.Fields, asked(l, f, books, name))
	}
	return s.pages.Render(c, status, "enter", web.Page{Title: l.T(ask.title), Badges: exampleBadges(books.Example()), Body: page,
		Crumbs: []web.Link{{Text: l.T("Investments"), URL: "/investment"}, {Text: l.T(ask.title)}}})
}

// fieldNames are the labels of the fields.
var fieldNames = map[string]web.Words{"day": "Day from which it counts", "motion": "Motion", "seats": "Seats of the board", "for": "Votes for", "against": "Votes against", "abstain": "Abstained",
	"minutes": "Reference of the minutes", "reason": "Reason", "name": "Name", "instrument": "Instrument", "from": "First year", "until": "Last year", "ceiling": "Ceiling", "currency": "Currency",
	"countries": "Countries", "decision": "Decision", "source": "Source", "note": "Note", "programme": "Programme", "country": "Country", "year": "Year", "amount": "Amount", "due": "Due", "conditions": "Conditions",
	"schedule": "Schedule of repayment", "tranche": "Tranche", "condition": "Condition", "evidence": "Evidence", "waived": "Waived conditions", "reference": "Reference at the bank"}

// hints say how a field is filled in.
var hints = map[string]web.Words{"countries": "Codes of two letters, such as AT, DE.", "conditions": "One on each line. It may begin with report:, rate:, coverage: or portal:.",
	"schedule": "Of a loan: a line for each instalment, such as 2027-03-01 5000.00.", "waived": "Numbers of the conditions that the decision waives, such as 1, 2.",
	"ceiling": "What it may cost at most. A separate agreement may have none."}

// shapes are the kinds of input that are not text.
var shapes = map[string]string{"day": "date", "due": "date", "motion": "area", "reason": "area", "note": "area", "conditions": "area", "schedule": "area", "evidence": "area", "amount": "decimal", "ceiling": "decimal",
	"seats": "decimal", "for": "decimal", "against": "decimal", "abstain": "decimal", "from": "decimal", "until": "decimal", "year": "decimal",
	"instrument": "choice", "currency": "choice", "decision": "choice", "programme": "choice", "country": "choice", "tranche": "choice", "condition": "choice"}

var mayBeEmpty = map[string]bool{"source": true, "note": true, "ceiling": true, "conditions": true, "schedule": true, "waived": true, "abstain": true, "against": true}

func asked(l *web.Locale, f form, b investment.Books, name string) field {
	kind := shapes[name]
	if kind == "" {
		kind = "text"
	}
	out := f.field(name, l.T(fieldNames[name]), kind)
	out.Needed = !mayBeEmpty[name]
	if hint := hints[name]; hint != "" {
		out.Help = l.T(hint)
	}
	if kind == "choice" {
		out.Options = options(l, f, b, name)
	}
	return out
}

// options are the choices of a field, by what the form is about.
func options(l *web.Locale, f form, b investment.Books, name string) (all []option) {
	switch name {
	case "instrument":
		for _, i := range investment.Instruments {
			all = append(all, option{string(i), l.T(instrumentNames[i])})
		}
	case "currency":
		for _, c := range []contracts.Currency{contracts.EUR, contracts.SEK, contracts.HUF} {
			all = append(all, option{string(c), string(c)})
		}
	case "decision":
		for _, d := range found(b.Decisions, "") {
			if d.Carried() {
				all = append(all, option{d.ID, d.Meeting.String() + " " + clipped(d.Motion)})
			}
		}
	case "programme":
		for _, p := range b.Programmes {
			all = append(all, option{p.ID, p.Name})
		}
	case "country":
		for _, p := range b.Programmes {
			if p.ID == f.get("programme") || f.get("programme") == "" && len(all) == 0 {
				for _, c := range p.Countries {
					all = append(all, option{string(c), l.Country(c)})
				}
			}
		}
	case "tranche":
		for _, p := range b.Programmes {
			for _, t := range p.Tranches {
				all = append(all, option{t.ID, fmt.Sprintf("%s: %s", t.ID, l.Money(t.Amount))})
			}
		}
	case "condition":
		if _, t, found := b.Tranche(f.get("tranche")); found {
			for _, n := range t.OpenConditions() {
				all = append(all, option{strconv.Itoa(n), t.Conditions[n-1].Text})
			}
		}
	}
	return all
}

// clipped shortens a text for a list of choices.
func clipped(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
