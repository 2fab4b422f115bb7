package country

import (
	"fmt"
	"slices"
	"strings"

	"passerelle/contracts"
)

// VATRate returns the rate of a kind on the date of supply, or a Fault when none is known for that day.
func (m *Market) VATRate(kind RateKind, on contracts.Date) (contracts.Percent, error) {
	for _, r := range m.VATRates {
		if r.Kind == kind && r.Covers(on) {
			return r.Percent, nil
		}
	}
	return contracts.Percent{}, contracts.Fault{Code: FaultNoRate, Field: "supply_date",
		Message: fmt.Sprintf("no %s VAT rate of %s is known for %s: a date without a rate", kind, m.Name.EN, on),
		Remedy:  "check the date of supply; if it is right, add the rate with its source to the country's data file"}
}

// Contribution returns the percentage a member of that kind gives for the service on that day, and the published line it
// comes from. Where the line is a range the node's configuration decides; without one, or before the schedule begins, it is
// a Fault that says what to set.
func (a *Adapter) Contribution(on contracts.Date, kind contracts.MemberKind, service contracts.Service, cfg Config) (contracts.Percent, contracts.ContributionTerm, error) {
	line := a.contributionLine(on, kind, service)
	if line == nil {
		return contracts.Percent{}, contracts.ContributionTerm{}, contracts.Fault{Code: FaultNoRate, Field: "supply_date",
			Message: fmt.Sprintf("no contribution of %s is known for %s: a date without a rate", a.Name.EN, on),
			Remedy:  fmt.Sprintf("the schedule begins on %s", a.scheduleStart())}
	}
	if line.Percent != nil {
		return *line.Percent, a.term(*line), nil
	}
	percent, ok := cfg.Contribution[service]
	field := settingName(service)
	if !ok {
		percent, ok = cfg.Contribution[AnyService]
		field = settingName(AnyService)
	}
	if !ok {
		return contracts.Percent{}, contracts.ContributionTerm{}, contracts.Fault{Code: FaultUnconfigured, Field: settingName(service),
			Message: fmt.Sprintf("%s publishes a range from %s to %s %% and the node has not said what %s costs", a.Name.EN, line.Min, line.Max, service),
			Remedy:  fmt.Sprintf("set %s or %s in the node's settings, from %s to %s", settingName(service), settingName(AnyService), line.Min, line.Max)}
	}
	if percent.LessThan(line.Min.Decimal) || percent.GreaterThan(line.Max.Decimal) {
		return contracts.Percent{}, contracts.ContributionTerm{}, contracts.Fault{Code: FaultConfig, Field: field,
			Message: fmt.Sprintf("%s %% is outside the published range", percent), Remedy: fmt.Sprintf("set it from %s to %s", line.Min, line.Max)}
	}
	return percent, a.term(*line), nil
}

// contributionLine finds the most particular line of the day: one for the service before one for all services, one for
// the kind of member before one for all. An empty kind or service asks for any.
func (a *Adapter) contributionLine(on contracts.Date, kind contracts.MemberKind, service contracts.Service) *ContributionLine {
	var best *ContributionLine
	score := -1
	for i := range a.Contributions {
		c := &a.Contributions[i]
		if !c.Covers(on) || (c.Service != "" && c.Service != service) || (c.MemberKind != "" && kind != "" && c.MemberKind != kind) {
			continue
		}
		s := 0
		if c.Service != "" {
			s += 2
		}
		if c.MemberKind != "" {
			s++
		}
		if s > score {
			best, score = c, s
		}
	}
	return best
}

func (a *Adapter) scheduleStart() contracts.Date {
	first := a.Contributions[0].Since
	for _, c := range a.Contributions {
		if c.Since.Before(first) {
			first = c.Since
		}
	}
	return first
}

func (a *Adapter) term(c ContributionLine) contracts.ContributionTerm {
	return contracts.ContributionTerm{Since: c.Since, Until: c.Until, MemberKind: c.MemberKind, Service: c.Service,
		Percent: c.Percent, Min: c.Min, Max: c.Max, Source: a.Cite(c.Evidence)}
}

// LegalForm returns the form of the co-operative on that day.
func (a *Adapter) LegalForm(on contracts.Date) (LegalForm, error) {
	for _, f := range a.LegalForms {
		if f.Covers(on) {
			return f, nil
		}
	}
	return LegalForm{}, contracts.Fault{Code: contracts.FaultDate, Message: fmt.Sprintf("no legal form of the co-operative in %s is known for %s", a.Name.EN, on),
		Remedy: fmt.Sprintf("ask for a day from %s on", a.LegalForms[0].Since)}
}

// Retention returns how long a document of that day is kept.
func (a *Adapter) Retention(on contracts.Date) (Retention, error) {
	for _, r := range a.Invoice.Retention {
		if r.Covers(on) {
			return r, nil
		}
	}
	return Retention{}, contracts.Fault{Code: contracts.FaultDate, Message: fmt.Sprintf("no retention period of %s is known for %s", a.Name.EN, on)}
}

// LateInterest returns the yearly interest a business owes on that day, or a Fault when the half-year's rate is not carried.
func (m *Market) LateInterest(on contracts.Date) (DatedRate, error) {
	for _, r := range m.LatePayment.KnownRates {
		if r.Covers(on) {
			return r, nil
		}
	}
	return DatedRate{}, contracts.Fault{Code: FaultNoRate, Message: fmt.Sprintf("no late-payment rate of %s is known for %s: a date without a rate", m.Name.EN, on),
		Remedy: "the rule is: " + m.LatePayment.Rule}
}

// Wording returns the mention of a kind in the language, or in the first of the node's languages that has it when the
// law knows none in that one. It is empty when the country has no such mention.
func (a *Adapter) Wording(kind WordingKind, language string) string {
	w := a.wording(kind)
	if w == nil {
		return ""
	}
	for _, lang := range slices.Concat([]string{language}, a.NodeLanguages, a.Languages) {
		if text := w.Text[lang]; text != "" {
			return text
		}
	}
	return ""
}

func (m *Market) wording(kind WordingKind) *Wording {
	for i := range m.Wordings {
		if m.Wordings[i].Kind == kind {
			return &m.Wordings[i]
		}
	}
	return nil
}

// Cite names the sources of a fact in full.
func (m *Market) Cite(e Evidence) string { return Cite(e, m.Sources) }

// Cite names the sources of a fact in full.
func Cite(e Evidence, sources map[string]Source) string {
	text := ""
	for i, key := range e.Src {
		if i > 0 {
			text += "; "
		}
		text += sources[key].String()
	}
	return text
}

// VerifyPaymentReference checks a structured payment reference of the country, such as Belgium's +++010/8068/17183+++, and
// returns it without separators.
func (a *Adapter) VerifyPaymentReference(s string) (string, error) {
	r := a.Invoice.PaymentReference
	if r == nil {
		return "", contracts.Fault{Code: FaultIdentifier, Message: a.Name.EN + " has no structured payment reference"}
	}
	number := strings.ReplaceAll(strip(s), "+", "")
	if !isDigits(number) {
		return "", contracts.Fault{Code: FaultIdentifier, Message: fmt.Sprintf("%q is no %s: it has digits only", clip(s), r.Name), Remedy: "write it like " + r.Example}
	}
	if err := a.checks[r.Check](number); err != nil {
		return "", contracts.Fault{Code: FaultIdentifier, Message: fmt.Sprintf("%q is no %s: %v", clip(s), r.Name, err), Remedy: "write it like " + r.Example}
	}
	return number, nil
}
