package web

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/internal/web"
)

// titles of the forms, in the order in which a plan goes on.
var titles = map[investment.Kind]web.Words{"decision": "Enter a decision", "programme": "Open a programme", "extension": "Extend a programme", "allocation": "Allocate", "tranche": "Plan a tranche",
	"condition": "A condition holds", "release": "Release a tranche", "order": "The transfer was ordered", "sending": "The money was sent", "repayment": "Money came back", "conversion": "Turn a loan into equity",
	"impairment": "Set aside for a loss", "write-off": "Write off", "stop": "Stop the support of a country"}

// entryForms are those that a person fills in. That money came is confirmed by the node that got it, and not here.
var entryForms map[investment.Kind]asking[investment.Act, investment.Books]

func init() {
	entryForms = map[investment.Kind]asking[investment.Act, investment.Books]{
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

// investmentDesk is where the board's book is written.
func (s server) investmentDesk() desk[investment.Act, investment.Books] {
	return desk[investment.Act, investment.Books]{server: s, path: "/investment", title: "Investments", asks: entryForms, looks: investmentLooks, also: s.heldOn,
		known: []string{"programme", "tranche", "country", "year", "decision", "day"}, options: options, back: backOf, example: investment.Books.Example,
		fill: func(_ echo.Context, _ investment.Kind, _ investment.Books, values url.Values) error {
			values.Set("currency", string(contracts.EUR))
			return nil
		},
		read: func(ctx context.Context) (investment.Books, []investment.Entry, error) {
			return investment.Read(ctx, s.data, contracts.Date{})
		},
		check: func(entries []investment.Entry, act investment.Act, day contracts.Date, by string, now time.Time) (investment.Books, error) {
			_, _, after, err := investment.Enter(entries, act, day, by, now)
			return after, err
		},
		keep: func(ctx context.Context, by string, act investment.Dated) error {
			_, err := s.invest(ctx, by, act)
			return err
		}}
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

// investmentLooks are the fields of the forms.
var investmentLooks = map[string]look{
	"day":        {label: "Day from which it counts", shape: "date"},
	"motion":     {label: "Motion", shape: "area"},
	"seats":      {label: "Seats of the board", shape: "decimal"},
	"for":        {label: "Votes for", shape: "decimal"},
	"against":    {label: "Votes against", shape: "decimal", optional: true},
	"abstain":    {label: "Abstained", shape: "decimal", optional: true},
	"minutes":    {label: "Reference of the minutes"},
	"reason":     {label: "Reason", shape: "area"},
	"name":       {label: "Name"},
	"instrument": {label: "Instrument", shape: "choice"},
	"from":       {label: "First year", shape: "decimal"},
	"until":      {label: "Last year", shape: "decimal"},
	"ceiling":    {label: "Ceiling", shape: "decimal", optional: true, hint: "What it may cost at most. A separate agreement may have none."},
	"currency":   {label: "Currency", shape: "choice"},
	"countries":  {label: "Countries", hint: "Codes of two letters, such as AT, DE."},
	"decision":   {label: "Decision", shape: "choice"},
	"source":     {label: "Source", optional: true},
	"note":       {label: "Note", shape: "area", optional: true},
	"programme":  {label: "Programme", shape: "choice"},
	"country":    {label: "Country", shape: "choice"},
	"year":       {label: "Year", shape: "decimal"},
	"amount":     {label: "Amount", shape: "decimal"},
	"due":        {label: "Due", shape: "date"},
	"conditions": {label: "Conditions", shape: "area", optional: true, hint: "One on each line. It may begin with report:, rate:, coverage: or portal:."},
	"schedule":   {label: "Schedule of repayment", shape: "area", optional: true, hint: "Of a loan: a line for each instalment, such as 2027-03-01 5000.00."},
	"tranche":    {label: "Tranche", shape: "choice"},
	"condition":  {label: "Condition", shape: "choice"},
	"evidence":   {label: "Evidence", shape: "area"},
	"waived":     {label: "Waived conditions", optional: true, hint: "Numbers of the conditions that the decision waives, such as 1, 2."},
	"reference":  {label: "Reference at the bank"},
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
		for _, d := range found(b, "") {
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
