package adapters

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

func numbers(s *sheet, m *country.Market) {
	if m.VATID != nil {
		s.add("numbers", "VAT number", number(*m.VATID), m.VATID.Evidence)
	}
	for _, id := range m.Identifiers {
		s.add("numbers", id.ID, number(id), id.Evidence)
	}
	if m.IBAN != nil {
		s.each("numbers", m.IBAN.Evidence, "IBAN", fmt.Sprintf("%d characters, %s, such as %s", m.IBAN.Length, m.IBAN.BBAN, m.IBAN.Example),
			"IBAN, national check", m.IBAN.NationalCheck)
	}
}

func number(id country.Identifier) string {
	parts := []string{id.LocalName, id.Shape}
	if id.LocalName == "" {
		parts = parts[1:]
	}
	if id.Issuer != "" {
		parts = append(parts, "given by "+id.Issuer)
	}
	if id.Check != "" {
		parts = append(parts, "check digits")
	}
	if id.Structure != "" {
		parts = append(parts, id.Structure)
	}
	if id.UniqueKey != "" {
		parts = append(parts, "unique: "+id.UniqueKey)
	}
	if id.EAS != "" {
		parts = append(parts, "Peppol "+id.EAS)
	}
	if id.PersonalData {
		parts = append(parts, "personal data")
	}
	return strings.Join(parts, "; ")
}

func vat(s *sheet, m *country.Market) {
	for _, r := range m.VATRates {
		e := r.Evidence
		if r.SinceConfidence != "" {
			e.Note = join(e.Note, "the first day is of "+string(r.SinceConfidence)+" confidence")
		}
		s.dated("VAT", string(r.Kind)+" rate", join(percent(r.Percent), r.Use), r.Period, e)
	}
	for _, t := range m.Territories {
		s.add("VAT territory", t.Name, join(t.Tax, prefixed("standard ", t.Standard), prefixed("reduced ", t.Reduced)), t.Evidence)
	}
}

func vatLines(s *sheet, a *country.Adapter) {
	for _, l := range a.VATServices {
		e := l.Evidence
		e.Note = join(e.Note, prefixed("not for: ", l.NotFor))
		s.dated("VAT by service", lineName(l), join(lineRate(a, l, s.on), howFar[l.When], l.Applies), l.Period, e)
	}
	for _, b := range a.SmallBusiness {
		s.dated("VAT", "small business: "+b.Name, join(b.Threshold+" "+string(b.Currency)+" a year", b.Legal), b.Period, b.Evidence)
	}
}

func lineName(l country.VATLine) string {
	name := strings.ReplaceAll(l.ID, "_", " ")
	for i := len(l.Services) - 1; i >= 0; i-- {
		name = string(l.Services[i]) + ", " + name
	}
	return name
}

var howFar = map[country.When]string{country.Always: "applied", country.Confirmed: "applied once the node confirms it", country.Shown: "never applied by itself"}

func lineRate(a *country.Adapter, l country.VATLine, on contracts.Date) string {
	switch {
	case l.Exempt:
		return "exempt"
	case l.Rate == "":
		return ""
	}
	rate, err := a.VATRate(l.Rate, on)
	if err != nil {
		return string(l.Rate) + " rate, not known on this day"
	}
	return percent(rate)
}

func wordings(s *sheet, m *country.Market) {
	for _, w := range m.Wordings {
		e := w.Evidence
		e.Note = join(e.Note, w.Legal, prefixed("code ", w.Code), alternatives(w.Alternatives))
		for _, lang := range slices.Sorted(maps.Keys(w.Text)) {
			s.add("wording", fmt.Sprintf("%s (%s)", strings.ReplaceAll(string(w.Kind), "_", " "), lang), w.Text[lang], e)
		}
	}
}

func alternatives(texts map[string]string) string {
	var all []string
	for _, lang := range slices.Sorted(maps.Keys(texts)) {
		all = append(all, fmt.Sprintf("or %q (%s)", texts[lang], lang))
	}
	return strings.Join(all, "; ")
}

func invoice(s *sheet, a *country.Adapter) {
	in := a.Invoice
	s.add("invoice", "numbering", join(in.Numbering.Rule, "without gaps: "+in.Numbering.Gapless, in.Numbering.Legal,
		"such as "+country.Number(in.Numbering.Series, s.on.Year(), 123)), within(in.Numbering.Evidence, in.Evidence))
	s.add("invoice", "mandatory mentions", strings.Join(in.Mandatory, "; "), in.Evidence)
	s.add("invoice", "issue deadline", in.IssueDeadline, in.Evidence)
	s.add("invoice", "currency", in.CurrencyRule, in.Evidence)
	for _, r := range in.Retention {
		s.dated("invoice", "retention", join(fmt.Sprintf("%d years", r.Years), prefixed("from ", r.From)), r.Period, within(r.Evidence, in.Evidence))
	}
	if p := in.PaymentReference; p != nil {
		s.add("invoice", "payment reference", p.Name+", such as "+p.Example, p.Evidence)
	}
	s.add("invoice", "corrections", in.Corrections, in.Evidence)
	s.add("invoice", "income tax withheld", in.IncomeWithholding, in.Evidence)
}

func eInvoicing(s *sheet, m *country.Market) {
	const topic = "e-invoicing"
	in := m.EInvoicing
	for _, f := range in.Flows {
		flow(s, topic, f, in.Evidence)
	}
	s.add(topic, "network", in.Network, in.Evidence)
	for _, f := range in.Formats {
		s.add(topic, "format", join(f.Name, f.Syntax, f.Version, f.Use, f.CustomizationID, f.ProfileID, details(f.Codes)), within(f.Evidence, in.Evidence))
	}
	s.add(topic, "formats", in.FormatsNote, in.Evidence)
	for _, e := range in.EAS {
		s.add(topic, "address scheme "+e.Code, orElse(e.Use, "in use"), in.Evidence)
	}
	s.each(topic, in.Evidence, "national rules", in.NationalRules, "document types", details(in.DocumentTypes), "Natura codes", details(in.Natura))
}

func flow(s *sheet, topic string, f country.Flow, block country.Evidence) {
	e := within(f.Evidence, block)
	year := ""
	if f.Year != 0 {
		year = fmt.Sprint(f.Year)
	}
	s.dated(topic, strings.ReplaceAll(f.Flow, "_", " "), join(f.Name, f.Status, year, f.Scope, f.Platform, f.Routing, f.Basis, prefixed("exempt: ", f.Exempt), f.Plan, details(f.Details)), country.Period{Since: f.Since}, e)
	for _, p := range f.Phases {
		who := p.Who
		if !p.Expected.IsZero() {
			who = fmt.Sprintf("%s: %s, expected on %s", p.Rule, p.Who, p.Expected)
		}
		s.dated(topic, f.Flow+", step", who, country.Period{Since: p.Since}, within(p.Evidence, e))
	}
}

func latePayment(s *sheet, m *country.Market) {
	const topic = "late payment"
	l := m.LatePayment
	s.add(topic, "rule", join(l.Rule, l.Legal), l.Evidence)
	for _, r := range l.BaseRates {
		s.dated(topic, "base rate", percent(r.Percent), r.Period, within(r.Evidence, l.Evidence))
	}
	for _, r := range l.KnownRates {
		s.dated(topic, "rate a year", percent(r.Percent), r.Period, within(r.Evidence, l.Evidence))
	}
	if l.LumpSum != nil {
		s.add(topic, "recovery costs", join(l.LumpSum.Amount+" "+string(l.LumpSum.Currency), l.LumpSum.Note), country.Evidence{Src: l.Src, Confidence: l.Confidence})
	}
	margin := ""
	if l.MarginPoints != nil {
		margin = l.MarginPoints.String() + " points above the base rate"
	}
	printed := ""
	if l.MustBePrinted {
		printed = "yes"
	}
	s.each(topic, country.Evidence{Src: l.Src, Confidence: l.Confidence}, "margin", margin, "rounding", l.Rounding, "default term", count(l.DefaultTermDays, "days"),
		"longest term", join(count(l.MaxTermDays, "days"), l.AlternativeMax), "longest term towards small sellers", count(l.SMEMaxTermDays, "days"), "must be printed on invoices", printed)
}

func abroad(s *sheet, m *country.Market) {
	ss, pw, w := m.SocialSecurity, m.PostedWorkers, m.Withholding
	s.each("social security", ss.Evidence, "A1 for employees", ss.A1Employee, "A1 for the self-employed", ss.A1SelfEmployed, "A1 for several states", ss.A1MultiState,
		"exceptions (Art. 16)", ss.Exceptions, "liaison", ss.Liaison, "portal", ss.Portal, "time to issue", ss.IssueTime, "older sources say", ss.OlderSources)
	s.each("posted workers", pw.Evidence, "system", pw.System, "address", sure(pw.URL, pw.URLConfidence), "authority", pw.Authority, "who", pw.Who, "when", pw.When,
		"longest period", count(pw.MaxPeriodMonths, "months"), "proof", pw.Proof, "representative", pw.Representative, "contact person", pw.ContactPerson,
		"client's duty", pw.ClientDuty, "in force since", pw.InForceSince, "fine", pw.FineNote, "legal", pw.Legal, "documents", pw.Documents)
	declarations(s, pw)
	if x := pw.Artists; x != nil {
		s.add("posted workers", "artists", join(x.Rule, x.DaysNote, x.Legal), within(x.Evidence, pw.Evidence))
	}
	s.each("artist withholding", w.Evidence, "rate", inPercent(w.Rate), "rate for EU and EEA residents", inPercent(w.RateEUEEA), "surcharge", w.Surcharge,
		"final", w.Final, "base", sure(w.Base, w.BaseConfidence), "threshold", details(w.Threshold), "net option", w.NetOption, "scope", w.Scope, "payer", w.Payer,
		"registration", w.Registration, "reduction", w.Reduction, "forms", strings.Join(w.Forms, ", "), "opting in", w.OptIn, "simplified", w.Simplified,
		"annual return", w.AnnualReturn, "look-through", w.LookThrough, "legal", w.Legal, "treaty", w.Treaty, "hint", w.Hint)
	for _, p := range m.Particular {
		s.add("particularities", "note", p.Fact, p.Evidence)
	}
}

// declarations adds the dated rules on notices, exceptions first, as they are decided.
func declarations(s *sheet, pw country.PostedWorkers) {
	for _, r := range pw.Rules {
		for _, row := range r.Rows {
			s.dated("posted workers", fmt.Sprintf("notice %s, %s", r.System, strings.ReplaceAll(string(row.Need), "_", " ")), row.Says, r.Period, within(row.Evidence, r.Evidence))
		}
		s.dated("posted workers", fmt.Sprintf("notice %s, else %s", r.System, strings.ReplaceAll(string(r.Otherwise), "_", " ")), r.Says, r.Period, r.Evidence)
	}
}

// european adds the rules of the whole EU that are in force.
func european(s *sheet) {
	rules, sources := country.MustEURules()
	eu := &sheet{on: s.on, cite: func(e country.Evidence) string { return country.Cite(e, sources) }}
	for _, r := range rules {
		eu.dated("EU: "+r.Topic, r.Name, join(r.Rule, r.Legal), country.Period{Since: r.Since}, r.Evidence)
	}
	s.facts = append(s.facts, eu.facts...)
}

func join(parts ...string) string {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return p == "" })
	return strings.Join(parts, "; ")
}

// sure adds the confidence of a part to it where that is less than the whole's.
func sure(text string, c country.Confidence) string {
	if c == "" {
		return text
	}
	return fmt.Sprintf("%s (%s confidence)", text, c)
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func inPercent(rate string) string {
	if rate == "" {
		return ""
	}
	return rate + " %"
}

func orElse(text, fallback string) string {
	if text != "" {
		return text
	}
	return fallback
}

func details(m map[string]string) string {
	var all []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all = append(all, strings.ReplaceAll(k, "_", " ")+": "+m[k])
	}
	return strings.Join(all, ", ")
}
