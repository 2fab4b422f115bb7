package country

import (
	"fmt"
	"reflect"

	"passerelle/contracts"
)

func (a *Adapter) validate() error {
	var p problems
	a.Market.validate(&p)
	if len(a.NodeLanguages) == 0 || a.Timezone == "" || a.Network.Joined.IsZero() {
		p.addf("node_languages, timezone and network.joined must be given")
	}
	apart(&p, "legal form", a.LegalForms, func(f LegalForm) (string, Period) { return "", f.Period })
	apart(&p, "contribution", a.Contributions, func(c ContributionLine) (string, Period) {
		return string(c.MemberKind) + "/" + string(c.Service), c.Period
	})
	apart(&p, "retention", a.Invoice.Retention, func(r Retention) (string, Period) { return "", r.Period })
	for _, c := range a.Contributions {
		if (c.Percent == nil) != (c.Min != nil && c.Max != nil) {
			p.addf("contribution since %s: give either percent, or min and max", c.Since)
		}
	}
	a.validateVATLines(&p)
	a.validatePayout(&p)
	if err := a.Invoice.Numbering.Series.Validate(); err != nil {
		p.addf("invoice.numbering.series: %v", err)
	}
	if r := a.Invoice.PaymentReference; r != nil && a.checks[r.Check] == nil {
		p.addf("payment_reference: unknown check %q", r.Check)
	}
	checkSources(&p, reflect.ValueOf(a).Elem(), a.Sources)
	return p.err()
}

func (m *Market) validate(p *problems) {
	if err := m.Code.Validate(); err != nil {
		p.addf("country: %v", err)
	}
	if err := m.Currency.Code.Validate(); err != nil {
		p.addf("currency: %v", err)
	}
	if (!m.EU.Until.IsZero() && m.EU.Until.Before(m.EU.Since)) || (!m.EU.VATUntil.IsZero() && m.EU.VATUntil.Before(m.EU.Until)) {
		p.addf("eu: the dates are reversed")
	}
	for _, id := range m.Identifiers {
		m.validateIdentifier(p, id)
	}
	if m.VATID != nil {
		m.validateIdentifier(p, *m.VATID)
		if len(m.VATID.Prefixes) == 0 {
			p.addf("vat_id: no prefix")
		}
	}
	apart(p, "VAT rate", m.VATRates, func(r VATRate) (string, Period) { return string(r.Kind), r.Period })
	apart(p, "late payment rate", m.LatePayment.KnownRates, func(r DatedRate) (string, Period) { return "", r.Period })
	m.PostedWorkers.validate(p)
	apart(p, "base rate", m.LatePayment.BaseRates, func(r DatedRate) (string, Period) { return "", r.Period })
	for _, r := range m.VATRates {
		if r.Percent.IsNegative() || (r.Percent.IsZero() && r.Kind != ZeroRate) {
			p.addf("vat_rates: %s %% is no %s rate", r.Percent, r.Kind)
		}
	}
}

func (m *Market) validateIdentifier(p *problems, id Identifier) {
	name := id.ID
	if name == "" {
		name = "vat_id"
	}
	if id.Regex.Regexp == nil || id.Shape == "" {
		p.addf("%s: regex and shape must be given", name)
	}
	if id.Check != "" && m.checks[id.Check] == nil {
		p.addf("%s: unknown check %q", name, id.Check)
	}
}

func (a *Adapter) validateVATLines(p *problems) {
	for i, l := range a.VATServices {
		for _, s := range l.Services {
			if err := s.Validate(); err != nil {
				p.addf("vat_services %s: %v", l.ID, err)
			}
		}
		switch {
		case l.When != Always && l.When != Confirmed && l.When != Shown:
			p.addf("vat_services %s: write when: always, confirmed or shown", l.ID)
		case l.When != Shown && l.Exempt == (l.Rate != ""):
			p.addf("vat_services %s: give either a rate or exempt", l.ID)
		case l.When != Shown && l.Rate != "" && !a.hasRate(l.Rate):
			p.addf("vat_services %s: there is no %s rate", l.ID, l.Rate)
		case l.When != Shown && l.Exempt && a.wording(WordingKind(l.Wording)) == nil:
			p.addf("vat_services %s: no wording %q states the exemption", l.ID, l.Wording)
		}
		for _, o := range a.VATServices[:i] {
			if l.When == o.When && l.When != Shown && l.Exempt == o.Exempt && share(l.Services, o.Services) && l.Overlaps(o.Period) {
				p.addf("vat_services %s and %s overlap", o.ID, l.ID)
			}
		}
	}
}

func share(a, b []contracts.Service) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}

func (a *Adapter) hasRate(k RateKind) bool {
	for _, r := range a.VATRates {
		if r.Kind == k {
			return true
		}
	}
	return false
}

func (a *Adapter) validatePayout(p *problems) {
	if err := a.PayoutRule.validate(); err != nil && a.PayoutRule.Rule != PayoutUnknown {
		p.addf("payout: %v", err)
	}
	for _, h := range a.Holidays.Days {
		if err := h.validate(); err != nil {
			p.addf("holidays: %s: %v", h.Name, err)
		}
	}
}

// apart adds a problem for every reversed period and for two of the same key that share a day.
func apart[T any](p *problems, what string, items []T, of func(T) (string, Period)) {
	for i, item := range items {
		key, period := of(item)
		if err := period.check(); err != nil {
			p.addf("%s %s: %v", what, key, err)
		}
		for _, other := range items[:i] {
			if k, o := of(other); k == key && period.Overlaps(o) {
				p.addf("%s %s: the periods from %q and from %q overlap", what, key, o.Since, period.Since)
			}
		}
	}
}

// checkSources visits every Evidence under v: each key it names must be among the sources.
func checkSources(p *problems, v reflect.Value, sources map[string]Source) {
	eachEvidence(v, func(e Evidence) {
		for _, key := range e.Src {
			if _, ok := sources[key]; !ok {
				p.addf("unknown source %q", key)
			}
		}
	})
}

func eachEvidence(v reflect.Value, visit func(Evidence)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachEvidence(v.Elem(), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachEvidence(v.Index(i), visit)
		}
	case reflect.Struct:
		if !v.CanInterface() {
			return
		}
		if e, ok := v.Interface().(Evidence); ok {
			visit(e)
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachEvidence(v.Field(i), visit)
			}
		}
	}
}

// SourcesUsed returns the keys that the country's facts name, for the test that a file carries no others.
func (a *Adapter) SourcesUsed() map[string]bool {
	used := map[string]bool{identitySource: true}
	eachEvidence(reflect.ValueOf(a).Elem(), func(e Evidence) {
		for _, key := range e.Src {
			used[key] = true
		}
	})
	return used
}

// identitySource covers name, codes, currency, languages and time zone, which carry no evidence of their own.
const identitySource = "iso"

func (p Payout) validate() error {
	switch {
	case p.Rule == WithinDays && p.Days > 0 && (p.DayKind == Calendar || p.DayKind == Working || p.DayKind == Unspecified):
		return nil
	case p.Rule == DayOfNextMonth && p.Day >= 1 && p.Day <= 28:
		return nil
	}
	return fmt.Errorf("%q is no complete rule: within_days needs days and day_kind, day_of_next_month a day from 1 to 28", p.Rule)
}
