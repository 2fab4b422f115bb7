package adapters_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/contracts"
)

func set(service contracts.Service, percent string) country.Config {
	return country.Config{Contribution: map[contracts.Service]contracts.Percent{service: contracts.MustPercent(percent)}}
}

// The figures are those printed in the annual reports of 2016 and 2023.
func TestContribution(t *testing.T) {
	general, rights := contracts.ServiceGeneral, contracts.ServiceRights
	tests := []struct {
		rule    string
		code    contracts.CountryCode
		on      string
		kind    contracts.MemberKind
		service contracts.Service
		cfg     country.Config
		want    string // percent, or words of the fault
	}{
		{"Belgium 2016", "BE", "2016-06-01", contracts.Individual, general, country.Config{}, "6.5"},
		{"Belgium 2023", "BE", "2023-06-01", contracts.Individual, general, country.Config{}, "6.5"},
		{"France 2016, individuals", "FR", "2016-06-01", contracts.Individual, general, country.Config{}, "8.5"},
		{"France 2016, legal persons", "FR", "2016-06-01", contracts.LegalPerson, general, country.Config{}, "6.5"},
		{"France 2023 as the node sets it", "FR", "2023-06-01", contracts.Individual, general, set(country.AnyService, "10"), "10"},
		{"France 2023, a service of its own", "FR", "2023-06-01", contracts.Individual, rights, set(rights, "13"), "13"},
		{"France 2023 without a setting", "FR", "2023-06-01", contracts.Individual, general, country.Config{}, "set contribution.general or contribution.any in the node's settings, from 10 to 13"},
		{"France 2023 below the range", "FR", "2023-06-01", contracts.Individual, general, set(country.AnyService, "9.9"), "outside the published range"},
		{"France 2023 above the range", "FR", "2023-06-01", contracts.Individual, general, set(general, "13.1"), "outside the published range"},
		{"Germany 2016", "DE", "2016-06-01", contracts.Individual, general, country.Config{}, "7"},
		{"Germany on the last day of the old rate", "DE", "2022-12-31", contracts.Individual, general, country.Config{}, "7"},
		{"Germany 2023", "DE", "2023-01-01", contracts.Individual, general, country.Config{}, "9"},
		{"Austria 2016", "AT", "2016-06-01", contracts.Individual, general, country.Config{}, "7.5"},
		{"Austria 2023", "AT", "2023-06-01", contracts.Individual, general, country.Config{}, "10"},
		{"Italy 2016", "IT", "2016-06-01", contracts.Individual, general, country.Config{}, "8.5"},
		{"Italy 2016, copyright", "IT", "2016-06-01", contracts.Individual, rights, country.Config{}, "5"},
		{"Italy 2023, copyright like all", "IT", "2023-06-01", contracts.Individual, rights, country.Config{}, "9.5"},
		{"Netherlands 2016", "NL", "2016-06-01", contracts.Individual, general, country.Config{}, "6.5"},
		{"Netherlands 2023", "NL", "2023-06-01", contracts.Individual, general, country.Config{}, "6.5"},
		{"Sweden 2016", "SE", "2016-06-01", contracts.Individual, general, country.Config{}, "6.5"},
		{"Sweden 2023 as the node sets it", "SE", "2023-06-01", contracts.Individual, general, set(country.AnyService, "7.8"), "7.8"},
		{"Spain 2016", "ES", "2016-06-01", contracts.Individual, general, country.Config{}, "7.5"},
		{"Hungary 2016", "HU", "2016-06-01", contracts.Individual, general, country.Config{}, "8.5"},
		{"before the schedule", "HU", "2015-12-31", contracts.Individual, general, country.Config{}, "a date without a rate; the schedule begins on 2016-01-01"},
	}
	for _, tt := range tests {
		p, term, err := node(t, tt.code).Contribution(contracts.MustDate(tt.on), tt.kind, tt.service, tt.cfg)
		if err != nil {
			if !contracts.IsFault(err) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v, want %s", tt.rule, err, tt.want)
			}
			continue
		}
		if p.String() != tt.want || !strings.Contains(term.Source, "annual report") {
			t.Errorf("%s: %s (%s), want %s", tt.rule, p, term.Source, tt.want)
		}
	}
}

func TestConfigIsCheckedAtOnce(t *testing.T) {
	on := contracts.MustDate("2023-06-01")
	tests := []struct {
		rule string
		code contracts.CountryCode
		cfg  country.Config
		want string // field of the fault, empty for none
	}{
		{"Belgium needs nothing", "BE", country.Config{}, ""},
		{"France must say its rate", "FR", country.Config{}, "contribution.general"},
		{"France has said it", "FR", set(country.AnyService, "11"), ""},
		{"France has said it for one service only", "FR", set(contracts.ServiceRights, "11"), "contribution.general"},
		{"beyond the range", "FR", set(country.AnyService, "20"), "contribution.any"},
		{"no range to choose from", "DE", set(country.AnyService, "8"), "contribution.any"},
		{"the Netherlands must say when they pay", "NL", country.Config{}, "payout"},
		{"the Netherlands have said it", "NL", country.Config{Payout: &country.Payout{Rule: country.WithinDays, Days: 7, DayKind: country.Calendar}}, ""},
		{"a payout rule without days", "BE", country.Config{Payout: &country.Payout{Rule: country.WithinDays}}, "payout"},
		{"a line to confirm", "BE", country.Config{Confirmed: []string{"performer_exempt"}}, ""},
		{"no such line", "BE", country.Config{Confirmed: []string{"magic"}}, "confirmed[0]"},
		{"a line that is never applied", "ES", country.Config{Confirmed: []string{"natural_person_performer"}}, "confirmed[0]"},
		{"no such currency", "BE", country.Config{Currencies: []contracts.Currency{"XXX"}}, "currencies[0]"},
		{"a series that cannot be read", "BE", country.Config{Series: &country.Series{Prefix: "be", Digits: 6}}, "series.prefix"},
	}
	for _, tt := range tests {
		err := node(t, tt.code).CheckConfig(tt.cfg, on)
		got := ""
		if err != nil {
			got = contracts.FaultsOf(err)[0].Field
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q (%v)", tt.rule, got, tt.want, err)
		}
	}
}

func TestCurrencies(t *testing.T) {
	se, be := node(t, "SE"), node(t, "BE")
	if !se.NeedsAccountingTax("EUR") || se.NeedsAccountingTax("SEK") || be.NeedsAccountingTax("EUR") || !be.NeedsAccountingTax("USD") {
		t.Error("VAT must also stand in the seller's own currency, Art. 230")
	}
	if err := se.AllowsCurrency("SEK", country.Config{}); err != nil {
		t.Error(err)
	}
	if err := se.AllowsCurrency("EUR", country.Config{}); !contracts.IsFault(err) {
		t.Errorf("not configured: %v", err)
	}
	if err := se.AllowsCurrency("EUR", country.Config{Currencies: []contracts.Currency{"EUR"}}); err != nil {
		t.Error(err)
	}
}

func TestPayoutDate(t *testing.T) {
	tests := []struct {
		rule, code, performed, want string
	}{
		{"Belgium, 7 working days", "BE", "2026-03-02", "2026-03-11"},
		{"Belgium, over Easter Monday", "BE", "2026-04-01", "2026-04-13"},
		{"Belgium, over 1 May, a Friday", "BE", "2026-04-30", "2026-05-12"},
		{"Belgium, over Christmas and New Year", "BE", "2026-12-23", "2027-01-05"},
		{"Belgium, performed on a Saturday", "BE", "2026-07-18", "2026-07-29"},
		{"France, 7 days of unspecified kind are calendar days", "FR", "2026-04-30", "2026-05-07"},
		{"Italy, the 10th of the next month", "IT", "2026-12-31", "2027-01-10"},
		{"Spain, the 10th of the next month", "ES", "2026-01-01", "2026-02-10"},
		{"Hungary, the 10th of the next month", "HU", "2026-02-28", "2026-03-10"},
	}
	for _, tt := range tests {
		got, err := node(t, contracts.CountryCode(tt.code)).PayoutDate(contracts.MustDate(tt.performed), country.Config{})
		if err != nil || got != contracts.MustDate(tt.want) {
			t.Errorf("%s: %s, %v, want %s", tt.rule, got, err, tt.want)
		}
	}
	if _, err := node(t, "NL").PayoutDate(contracts.MustDate("2023-06-01"), country.Config{}); !contracts.IsFault(err) {
		t.Errorf("the sources do not say: %v", err)
	}
}

func TestWorkingDaysAreCountedOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(adapters.All()).Draw(t, "country")
		from := contracts.MustDate("2016-01-01").AddDays(rapid.IntRange(0, 4000).Draw(t, "day"))
		n := rapid.IntRange(1, 30).Draw(t, "n")
		to := a.AddWorkingDays(from, n)
		count := 0
		for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
			if a.IsWorkingDay(d) {
				count++
			}
		}
		if count != n || !a.IsWorkingDay(to) {
			t.Fatalf("from %s to %s are %d working days, not %d", from, to, count, n)
		}
	})
}

// Days that every calendar of the country shows.
func TestPublicHolidays(t *testing.T) {
	tests := []struct {
		code, day string
		want      bool
	}{
		{"BE", "2026-07-21", true}, {"BE", "2026-05-14", true}, {"BE", "2026-12-26", false},
		{"FR", "2026-07-14", true}, {"FR", "2026-04-03", false}, {"DE", "2026-10-03", true}, {"DE", "2017-10-31", true}, {"DE", "2018-10-31", false},
		{"AT", "2026-06-04", true}, {"IT", "2026-04-25", true}, {"IT", "2025-10-04", false}, {"NL", "2025-04-26", true}, {"NL", "2025-04-27", false},
		{"SE", "2025-06-21", true}, {"ES", "2026-10-12", true}, {"HU", "2016-03-25", false}, {"HU", "2017-04-14", true},
	}
	for _, tt := range tests {
		if _, got := node(t, contracts.CountryCode(tt.code)).Holidays.On(contracts.MustDate(tt.day)); got != tt.want {
			t.Errorf("%s on %s: %v", tt.code, tt.day, got)
		}
	}
}

func TestDatedFacts(t *testing.T) {
	years := func(code contracts.CountryCode, on string) int {
		r, err := node(t, code).Retention(contracts.MustDate(on))
		if err != nil {
			t.Fatal(err)
		}
		return r.Years
	}
	for _, tt := range []struct {
		code contracts.CountryCode
		on   string
		want int
	}{{"BE", "2022-12-31", 7}, {"BE", "2023-01-01", 10}, {"DE", "2024-12-31", 10}, {"DE", "2025-01-01", 8}, {"ES", "2023-06-01", 6}} {
		if got := years(tt.code, tt.on); got != tt.want {
			t.Errorf("%s keeps documents of %s for %d years, want %d", tt.code, tt.on, got, tt.want)
		}
	}
	if f, err := node(t, "BE").LegalForm(contracts.MustDate("2016-12-01")); err != nil || f.ELF != "2QSA" {
		t.Errorf("%+v, %v", f, err)
	}
	if r, err := node(t, "BE").LateInterest(contracts.MustDate("2023-07-01")); err != nil || r.Percent.String() != "12" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := node(t, "BE").LateInterest(contracts.MustDate("2024-07-01")); !contracts.IsFault(err) {
		t.Errorf("a half-year that is not carried: %v", err)
	}
}

func TestProfileKeepsWhatTheReportsPrint(t *testing.T) {
	in := func(code contracts.CountryCode, on string) contracts.NodeProfile {
		p, err := node(t, code).Profile(contracts.MustDate(on))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := in("FR", "2016-06-01"); p.Founded != "2008" || len(p.Offices) != 14 || !strings.Contains(p.LegalForm, "SCIC") {
		t.Errorf("%+v", p)
	}
	if p := in("FR", "2023-06-01"); p.Founded != "2009" || p.PayoutTerm != "within 7 days after the performance" {
		t.Errorf("%+v", p)
	}
	if p := in("ES", "2023-06-01"); p.Left.IsZero() || p.Founded != "2013" || p.PayoutTerm != "on the 10th of the month after the performance" {
		t.Errorf("%+v", p)
	}
	if p := in("BE", "2023-06-01"); p.Founded != "1998" || p.PayoutTerm != "within 7 working days after the performance" {
		t.Errorf("%+v", p)
	}
}
