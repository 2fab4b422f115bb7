package adapters

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

func identity(s *sheet, m *country.Market) {
	s.add("identity", "name", localNames(m.Name), iso)
	s.add("identity", "ISO 3166-1", fmt.Sprintf("%s, %s, %s", m.Code, m.Alpha3, m.Numeric), iso)
	e := m.EU.Evidence
	e.Src = append(slices.Clone(iso.Src), e.Src...)
	member := "not in the VAT area"
	if m.InVATArea(s.on) {
		member = "in the VAT area"
	}
	s.facts = append(s.facts, Fact{Topic: "identity", Name: "European Union", Value: member, Since: m.EU.Since, Until: m.EU.Until,
		Source: s.cite(e), Confidence: e.Confidence.Or(), Note: e.Note})
	money := fmt.Sprintf("%s, %d decimals", m.Currency.Code, m.Currency.MinorUnits)
	if m.Currency.PracticalUnits != nil {
		money += fmt.Sprintf(", in practice %d", *m.Currency.PracticalUnits)
	}
	if m.Currency.CashRounding != "" {
		money += ", cash rounded to " + m.Currency.CashRounding
	}
	s.add("identity", "currency", money, country.Evidence{Src: iso.Src, Note: m.Currency.Note})
	s.add("identity", "languages", strings.Join(m.Languages, ", "), iso)
}

func localNames(n country.Name) string {
	names := []string{n.EN}
	for _, lang := range slices.Sorted(maps.Keys(n.Local)) {
		if !slices.Contains(names, n.Local[lang]) {
			names = append(names, n.Local[lang])
		}
	}
	return strings.Join(names, " / ")
}

func cooperative(s *sheet, a *country.Adapter) {
	const topic = "co-operative"
	n := a.Network
	s.dated(topic, "in the network", "since "+n.Joined.String(), country.Period{Since: n.Joined, Until: before(n.Left)}, n.Evidence)
	s.add(topic, "founded", strings.TrimSpace(strconv.Itoa(a.Founding.Year)+" "+a.Founding.As), a.Founding.Evidence)
	for _, f := range a.LegalForms {
		s.dated(topic, "legal form", f.Local+" ("+f.EN+")", f.Period, f.Evidence)
		s.dated(topic, "ELF code (ISO 20275)", elf(f), f.Period, country.Evidence{Src: []string{"elf"}, Confidence: f.Confidence})
	}
	s.each(topic, a.Registry.Evidence, "register", a.Registry.Name, "mention", a.Registry.Mention, "court", a.Registry.Court)
	for _, r := range a.Reports {
		if r.Year <= s.on.Year() {
			report(s, r)
		}
	}
}

// before is the day before, and no day for none.
func before(d contracts.Date) contracts.Date {
	if d.IsZero() {
		return d
	}
	return d.AddDays(-1)
}

func elf(f country.LegalForm) string {
	text := strings.TrimSpace(f.ELF + " " + f.ELFName)
	for _, code := range slices.Sorted(maps.Keys(f.ELFOthers)) {
		text += fmt.Sprintf("; perhaps %s %s", code, f.ELFOthers[code])
	}
	return strings.TrimPrefix(text, "; ")
}

func report(s *sheet, r country.Report) {
	topic := fmt.Sprintf("report %d", r.Year)
	if r.Absent {
		s.add(topic, "listed", "no", r.Evidence)
		return
	}
	turnover := ""
	if t := r.Turnover; t != nil {
		turnover = fmt.Sprintf("%s %s (%s)", t.Amount, t.Currency, t.Of)
		if t.Estimate {
			turnover += ", an estimate"
		}
	}
	change := r.Change
	if change != "" {
		change += " %"
	}
	s.each(topic, r.Evidence, "name", r.Name, "founded", r.Founded, "constituted", r.Constituted, "shares open from", r.SharesOpenFrom,
		"before", r.Before, "operational", r.Operational, "offices", strings.Join(r.Offices, ", "), "part-time desks", strings.Join(r.PartTimeDesks, ", "),
		"number of offices", strings.TrimSuffix(count(r.OfficesCount, ""), " "), "permanent staff", r.Staff, "users", r.Users, "members", r.Members,
		"turnover", turnover, "change of turnover", change, "beside", r.Extra)
}

func pay(s *sheet, a *country.Adapter) {
	for _, c := range a.Contributions {
		name := "contribution"
		if c.MemberKind != "" {
			name += ", " + strings.ReplaceAll(string(c.MemberKind), "_", " ")
		}
		if c.Service != "" {
			name += ", " + string(c.Service)
		}
		s.dated("members", name, rateOrRange(c)+" of "+c.Base, c.Period, c.Evidence)
	}
	term := a.PayoutTerm()
	if term == "" {
		term = "not stated in the sources; the node configures it (" + a.PayoutRule.Alternative + ")"
	}
	s.add("members", "payout", term, a.PayoutRule.Evidence)
	s.add("members", "guarantee fund", promise(a.GuaranteeFund), a.GuaranteeFund.Evidence)
	s.add("members", "legal assistance", promise(a.LegalAssistance), a.LegalAssistance.Evidence)
	var days []string
	for _, h := range a.Holidays.Days {
		if d := h.In(s.on.Year()); h.Covers(d) {
			days = append(days, d.String()+" "+h.Name)
		}
	}
	s.add("members", fmt.Sprintf("public holidays %d", s.on.Year()), strings.Join(days, ", "), a.Holidays.Evidence)
}

func rateOrRange(c country.ContributionLine) string {
	if c.Percent != nil {
		return percent(*c.Percent)
	}
	text := fmt.Sprintf("%s to %s, as the node sets it,", *c.Min, percent(*c.Max))
	if c.Average != nil {
		text = fmt.Sprintf("%s on average %s,", text, percent(*c.Average))
	}
	return text
}

func promise(p country.Promise) string {
	text := "no"
	if p.Given {
		text = "yes"
	}
	if p.Kind != "" {
		text += ", " + p.Kind
	}
	return text
}

func accounts(s *sheet, a *country.Adapter) {
	s.add("accounts", "chart", a.Chart.Standard, a.Chart.Evidence)
	chart(s, "accounts", a.Chart.Accounts, a.Chart.Evidence)
	for _, name := range slices.Sorted(maps.Keys(a.Chart.Alternatives)) {
		chart(s, "accounts "+name, a.Chart.Alternatives[name], a.Chart.Evidence)
	}
}

func chart(s *sheet, topic string, accounts map[country.Role]country.Account, e country.Evidence) {
	for _, role := range slices.Sorted(maps.Keys(accounts)) {
		account := accounts[role]
		e.Note = account.Note
		if account.Suggested {
			e.Note = strings.TrimSuffix("our proposal, the chart has no line of its own; "+account.Note, "; ")
		}
		text := account.Number
		if account.Scheme != "" {
			text += " (balance sheet " + account.Scheme + ")"
		}
		s.add(topic, strings.ReplaceAll(string(role), "_", " "), text, e)
	}
}
