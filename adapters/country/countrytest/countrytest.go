// Package countrytest is the suite that every country adapter passes. A country's own test is one call of Run; what a
// country cannot do is said in its data (a payout rule "unknown", a report "absent"), not skipped here.
package countrytest

import (
	"testing"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// Days of the two annual reports, and the last day the data claim to know.
var (
	in2016 = contracts.MustDate("2016-06-01")
	in2023 = contracts.MustDate("2023-06-01")
	asOf   = contracts.MustDate("2026-11-22")
)

// Run checks a country's data and functions against everything the network relies on.
func Run(t *testing.T, a *country.Adapter) {
	t.Run("every example number is told right from wrong", func(t *testing.T) { examples(t, a) })
	t.Run("the standard VAT rate has no gap since 2016", func(t *testing.T) { standardRate(t, a) })
	t.Run("invoices can say in every node language why they carry no VAT", func(t *testing.T) { mentions(t, a) })
	t.Run("the chart names every common account", func(t *testing.T) { chart(t, a) })
	t.Run("the IBAN example passes", func(t *testing.T) { iban(t, a) })
	t.Run("the standard sales are treated as the directive says", func(t *testing.T) { sales(t, a) })
	t.Run("the country's own sales are treated as its table says", func(t *testing.T) { ownSales(t, a) })
	t.Run("the contribution is known in 2016 and 2023", func(t *testing.T) { contribution(t, a) })
	t.Run("members are paid on a day that can be named", func(t *testing.T) { payout(t, a) })
	t.Run("documents are kept for years that are known", func(t *testing.T) { retention(t, a) })
	t.Run("the notice of posted workers is known", func(t *testing.T) { declarations(t, a) })
	t.Run("the file lists the sources it uses and no others", func(t *testing.T) { sources(t, a) })
	t.Run("the profile is one the network accepts", func(t *testing.T) { profile(t, a) })
	t.Run("the default number series works", func(t *testing.T) { series(t, a) })
}

func examples(t *testing.T, a *country.Adapter) {
	for _, id := range a.Identifiers {
		if len(id.Valid) == 0 && id.Check != "" {
			t.Errorf("%s has a check digit and no example", id.ID)
		}
		for _, v := range id.Valid {
			if _, err := a.Verify(id.ID, v); err != nil {
				t.Errorf("%s %s: %v", id.ID, v, err)
			}
		}
		for _, x := range id.Invalid {
			if got, err := a.Verify(id.ID, x.Value); err == nil {
				t.Errorf("%s accepts %s as %s (%s)", id.ID, x.Value, got, x.Why)
			}
		}
		if id.Display != "" && len(id.Valid) > 0 && id.Check == "" {
			if _, err := a.Verify(id.ID, id.Display); err != nil {
				t.Errorf("%s cannot read its own display form: %v", id.ID, err)
			}
		}
	}
	atlas := country.MustAtlas([]*country.Adapter{a})
	if len(a.VATID.Valid) == 0 || len(a.VATID.Invalid) == 0 {
		t.Error("the VAT number has no examples")
	}
	for _, v := range a.VATID.Valid {
		if got, err := atlas.CheckVATID(v); err != nil || got != v {
			t.Errorf("VAT number %s: %s, %v", v, got, err)
		}
	}
	for _, x := range a.VATID.Invalid {
		if _, err := atlas.CheckVATID(x.Value); !contracts.IsFault(err) {
			t.Errorf("VAT number %s (%s): %v", x.Value, x.Why, err)
		}
	}
}

func standardRate(t *testing.T, a *country.Adapter) {
	for d := contracts.MustDate("2016-01-01"); !d.After(asOf); d = d.AddDays(1) {
		if _, err := a.VATRate(country.Standard, d); err != nil {
			t.Fatal(err)
		}
	}
}

func mentions(t *testing.T, a *country.Adapter) {
	for _, w := range a.Wordings {
		if w.Kind != country.WordingReverseCharge && w.Kind != country.WordingOutsideScope {
			continue
		}
		for _, lang := range a.NodeLanguages {
			if w.Text[lang] == "" {
				t.Errorf("no %s in %s", w.Kind, lang)
			}
		}
	}
	for _, kind := range []country.WordingKind{country.WordingReverseCharge, country.WordingOutsideScope, country.WordingSelfBilling} {
		if a.Wording(kind, a.NodeLanguages[0]) == "" {
			t.Errorf("no wording %s", kind)
		}
	}
	if len(a.Invoice.Mandatory) == 0 || a.Invoice.IssueDeadline == "" || a.Invoice.CurrencyRule == "" {
		t.Error("mandatory mentions, issue deadline and currency rule must be given")
	}
}

func chart(t *testing.T, a *country.Adapter) {
	for _, role := range country.Roles {
		if a.Chart.Accounts[role].Number == "" {
			t.Errorf("no account for %s", role)
		}
	}
}

func iban(t *testing.T, a *country.Adapter) {
	atlas := country.Atlas{a.Code: &a.Market}
	if _, err := atlas.ParseIBAN(a.IBAN.Example); err != nil {
		t.Error(err)
	}
	b := []byte(a.IBAN.Example)
	b[2], b[3] = '0', '0' // 00 is never a check
	if _, err := atlas.ParseIBAN(string(b)); !contracts.IsFault(err) {
		t.Errorf("%s passes", b)
	}
}

// sales are the cases that come out alike in every country.
func sales(t *testing.T, a *country.Adapter) {
	atlas := country.MustAtlas([]*country.Adapter{a})
	lu := country.Buyer{Country: "LU", Kind: contracts.Business, VATID: "LU15027442", Registration: country.Valid}
	tests := []struct {
		name  string
		buyer country.Buyer
		want  contracts.TaxCategory
		code  string
	}{
		{"consumer at home", country.Buyer{Country: a.Code, Kind: contracts.Consumer}, contracts.StandardRated, ""},
		{"business at home", country.Buyer{Country: a.Code, Kind: contracts.Business}, contracts.StandardRated, ""},
		{"business in the EU, Art. 44 and 196", lu, contracts.ReverseCharge, "VATEX-EU-AE"},
		{"consumer in the EU, Art. 45", country.Buyer{Country: "LU", Kind: contracts.Consumer}, contracts.StandardRated, ""},
		{"business outside the EU, Art. 44", country.Buyer{Country: "CH", Kind: contracts.Business}, contracts.OutsideScope, "VATEX-EU-O"},
		{"consumer outside the EU, Art. 45", country.Buyer{Country: "US", Kind: contracts.Consumer}, contracts.StandardRated, ""},
	}
	for _, tt := range tests {
		got, err := country.Treat(a, country.Config{}, atlas, country.Sale{On: in2023, Service: contracts.ServiceGeneral, Buyer: tt.buyer, Language: a.NodeLanguages[0]})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got.Tax.Category != tt.want || got.Tax.ReasonCode != tt.code {
			t.Errorf("%s: %s %q, want %s %q", tt.name, got.Tax.Category, got.Tax.ReasonCode, tt.want, tt.code)
		}
		if got.Tax.Category != contracts.StandardRated && got.Tax.Reason == "" {
			t.Errorf("%s: no wording", tt.name)
		}
	}
}

func contribution(t *testing.T, a *country.Adapter) {
	for _, on := range []contracts.Date{in2016, in2023} {
		line, cfg := a.Contributions[0], country.Config{Contribution: map[contracts.Service]contracts.Percent{}}
		for _, c := range a.Contributions {
			if c.Covers(on) && c.Min != nil {
				line, cfg.Contribution[country.AnyService] = c, *c.Min
			}
		}
		if line.Min != nil {
			if _, _, err := a.Contribution(on, contracts.Individual, contracts.ServiceGeneral, country.Config{}); !contracts.IsFault(err) {
				t.Errorf("%s: a range without a setting must be a Fault, got %v", on, err)
			}
		}
		p, term, err := a.Contribution(on, contracts.Individual, contracts.ServiceGeneral, cfg)
		if err != nil || !p.IsPositive() || term.Source == "" {
			t.Errorf("%s: %s %%, %+v, %v", on, p, term, err)
		}
	}
	if _, _, err := a.Contribution(contracts.MustDate("2015-12-31"), contracts.Individual, contracts.ServiceGeneral, country.Config{}); !contracts.IsFault(err) {
		t.Errorf("a day before the schedule must be a Fault, got %v", err)
	}
}

func payout(t *testing.T, a *country.Adapter) {
	day, err := a.PayoutDate(in2023, country.Config{})
	if a.PayoutRule.Rule == country.PayoutUnknown {
		if !contracts.IsFault(err) || a.PayoutRule.Alternative == "" {
			t.Errorf("an unknown rule must be a Fault that names the other reading, got %v", err)
		}
		return
	}
	if err != nil || !day.After(in2023) || a.PayoutTerm() == "" {
		t.Errorf("paid on %s (%s), %v", day, a.PayoutTerm(), err)
	}
	if len(a.Holidays.Days) == 0 {
		t.Error("no public holidays")
	}
}

func retention(t *testing.T, a *country.Adapter) {
	for _, on := range []contracts.Date{in2016, in2023, asOf} {
		if r, err := a.Retention(on); err != nil || r.Years < 1 {
			t.Errorf("%s: %+v, %v", on, r, err)
		}
	}
}

// declarations asks for everybody's notice: the answer and its source are always known, an employee in building is not exempt beyond a week,
// and whoever is exempt for some days is so for fewer.
func declarations(t *testing.T, a *country.Adapter) {
	for _, kind := range country.WorkKinds {
		for _, who := range []country.Who{country.Employees, country.SelfEmployed} {
			needs := map[country.Need]bool{}
			for _, days := range []int{1, 5, 8, 9, 21, 22, 42, 43, 90, 91, 366} {
				w := country.HostWork{Start: asOf, Who: who, Work: kind, Days: map[country.DayCount]int{}}
				for _, count := range country.DayCounts {
					w.Days[count] = days
				}
				r, known := a.PostedWorkers.Declaration(w)
				if !known || r.Says == "" || len(r.Src) == 0 {
					t.Fatalf("%s %s for %d days: %+v", who, kind, days, r)
				}
				if r.Need == country.NotRequired && needs[country.Required] {
					t.Errorf("%s %s: %d days are exempt, fewer are not", who, kind, days)
				}
				needs[r.Need] = true
				if kind == country.Construction && who == country.Employees && days > 8 && r.Need != country.Required {
					t.Errorf("building for %d days: %s", days, r.Need)
				}
				if r.Need == country.Required && r.Rule.Latest.Day(asOf).IsZero() {
					t.Errorf("%s %s: no last day to file", who, kind)
				}
			}
		}
	}
	if a.Withholding.Hint == "" || a.SocialSecurity.A1Employee == "" || a.SocialSecurity.A1SelfEmployed == "" {
		t.Error("the hint on withholding and the institutions of the A1 must be given")
	}
}

func sources(t *testing.T, a *country.Adapter) {
	used := a.SourcesUsed()
	for key, s := range a.Sources {
		if !used[key] {
			t.Errorf("source %s is not used", key)
		}
		if s.Name == "" {
			t.Errorf("source %s has no name", key)
		}
	}
	for key := range used {
		if _, ok := a.Sources[key]; !ok {
			t.Errorf("source %s is missing", key)
		}
	}
}

func profile(t *testing.T, a *country.Adapter) {
	for _, on := range []contracts.Date{in2016, in2023} {
		p, err := a.Profile(on)
		if err != nil {
			t.Fatal(err)
		}
		if err := (contracts.NodeProfilePublished{Profile: p}).Validate(); err != nil {
			t.Errorf("%s: %v", on, err)
		}
		if p.LegalForm == "" || p.LegalFormEN == "" || p.Founded == "" || len(p.Contribution) == 0 {
			t.Errorf("%s: something is missing in %+v", on, p)
		}
	}
}

func series(t *testing.T, a *country.Adapter) {
	s := a.Series(country.Config{})
	first, err := s.Next("", 2026)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Next(first, 2026)
	if err != nil || second != country.Number(s, 2026, 2) {
		t.Errorf("%s follows %s, %v", second, first, err)
	}
}
