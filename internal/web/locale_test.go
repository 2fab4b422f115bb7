package web

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

func TestEnglishFormats(t *testing.T) {
	l := English
	dec := decimal.RequireFromString
	for _, c := range []struct{ rule, got, want string }{
		{"money has the decimals of its currency", l.Money(contracts.MustMoney("1234567.5", "EUR")), "1,234,567.50 EUR"},
		{"a currency without minor units", l.Money(contracts.MustMoney("1234", "JPY")), "1,234 JPY"},
		{"a minus is a minus sign", l.Amount(contracts.MustMoney("-0.05", "EUR")), "−0.05"},
		{"nothing is not negative", l.Decimal(dec("-0.001"), 2), "0.00"},
		{"half away from zero", l.Decimal(dec("0.125"), 2), "0.13"},
		{"the largest amount of the books", l.Amount(contracts.FromMinor(1_000_000_000_000_000, "EUR")), "10,000,000,000,000.00"},
		{"beyond 64 bits the digits stay", l.Decimal(dec("12345678901234567890123"), 0), "12345678901234567890123"},
		{"a count", l.Number(-1234), "−1,234"},
		{"a rate in its shortest form", l.Percent(dec("8.50"), 2), "8.5%"},
		{"a whole rate", l.Percent(dec("10"), 2), "10%"},
		{"a share lines up", l.Share(dec("3.2"), 2), "3.20%"},
		{"a rise has its sign", l.Change(dec("14")), "+14%"},
		{"a fall has its sign", l.Change(dec("-26.04")), "−26%"},
		{"no change has none", l.Change(dec("0.04")), "0%"},
		{"a day", l.Date(contracts.MustDate("2026-03-31")), "31 March 2026"},
		{"no day", l.Date(contracts.Date{}), ""},
		{"a month", l.Month(contracts.NewMonth(2026, 12)), "December 2026"},
		{"an instant", l.Instant(time.Date(2026, 3, 31, 16, 5, 0, 0, time.FixedZone("", 7200))), "31 March 2026, 14:05 UTC"},
		{"never", l.Instant(time.Time{}), ""},
		{"a country", l.Country("NL"), "Netherlands"},
		{"a language", l.Language("nl"), "Dutch"},
		{"millions", l.Compact(contracts.MustMoney("1234567", "EUR")), "1.2 M"},
		{"just below a million", l.Compact(contracts.MustMoney("999600", "EUR")), "1.0 M"},
		{"thousands", l.Compact(contracts.MustMoney("-34567", "EUR")), "−35 k"},
		{"a few thousands", l.Compact(contracts.MustMoney("1250", "EUR")), "1.3 k"},
		{"hundreds", l.Compact(contracts.MustMoney("999.4", "EUR")), "999"},
	} {
		if got := strings.ReplaceAll(c.got, nbsp, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.rule, got, c.want)
		}
	}
}

func TestASentenceBeginsWithACapital(t *testing.T) {
	for in, want := range map[string]string{"": "", "guarantee_fund": "Guarantee fund", "état": "État", "co-operative": "Co-operative"} {
		if got := English.Sentence(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestACountryInARetoldSentenceIsNamedInTheReadersLanguage(t *testing.T) {
	const note = "a business in United States: keep proof that it is one (Regulation 282/2011 Art. 18(3))"
	for code, want := range map[string]string{"fr": "États-Unis", "hu": "Egyesült Államok", "en": "United States"} {
		if got := LocaleNamed(code).Retell(note); !strings.Contains(got, want) {
			t.Errorf("%s: %s", code, got)
		}
	}
}
