package country

import (
	"os"
	"strings"
	"testing"
)

// anything stands in for Belgium's own check digits.
var anything = Funcs{Checks: map[string]Check{
	"be_mod97": func(string) error { return nil }, "be_niss": func(string) error { return nil }, "be_ogm": func(string) error { return nil }}}

func belgium(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../be/be.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestLoadRefusesWhatDoesNotHoldTogether(t *testing.T) {
	good := belgium(t)
	if _, err := Load([]byte(good), anything); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ rule, old, new, want string }{
		{"unknown key", "timezone: Europe/Brussels", "timezone: Europe/Brussels\ntime_zone: x", "time_zone not found"},
		{"key twice", "timezone: Europe/Brussels", "timezone: Europe/Brussels\ntimezone: x", "already defined"},
		{"unknown key deep inside", "kind: standard, percent: '21'", "kind: standard, percentage: '21'", "percentage not found"},
		{"fraction without quotes", "percent: '6.5'", "percent: 6.5", "between quotes"},
		{"percentage without quotes", "percent: '21'", "percent: 21", "between quotes"},
		{"percentage that is none", "percent: '21'", "percent: 'a fifth'", "not a decimal number"},
		{"unknown source", "src: [be_mar]", "src: [be_marr]", `unknown source "be_marr"`},
		{"unknown confidence", "confidence: medium", "confidence: maybe", "is no confidence"},
		{"reversed period", "until: 2022-12-31", "until: 2012-12-31", "reversed"},
		{"overlapping contribution", "since: 2023-01-01\n    percent: '6.5'", "since: 2022-01-01\n    percent: '6.5'", "overlap"},
		{"day that is none", "joined: 1998-01-01", "joined: 1998-02-30", "is not a date"},
		{"expression that does not compile", `'^[01]\d{9}$'`, `'^[01\d{9}$'`, "missing closing"},
		{"unknown check digits", "check: be_niss", "check: be_nis", `unknown check "be_nis"`},
		{"no shape in words", "shape: '11 digits'", "shape: ''", "shape must be given"},
		{"unknown service", "services: [rights]", "services: [right]", "no kind of service"},
		{"unknown way of applying a line", "when: confirmed", "when: perhaps", "always, confirmed or shown"},
		{"rate kind the country has not", "rate: reduced", "rate: parking", "no parking rate"},
		{"notice with an unknown moment", "latest: before_start", "latest: in_time", "needs key, latest"},
		{"notice for an unknown kind of work", "work: [construction, meat, cleaning]", "work: [building]", "no kind of work"},
		{"notice limited by unknown days", "at_most: {host_days_quarter: 21}", "at_most: {days: 21}", "no limit"},
		{"notice for unknown people", "who: self_employed, need: not_required", "who: freelancers, need: not_required", "who is employed"},
		{"exemption without wording", "wording: performer", "wording: performers", "no wording"},
		{"payout rule without days", "  days: 7\n", "  days: 0\n", "no complete rule"},
		{"holiday without a day", "{name: Noël, day: '12-25'}", "{name: Noël}", "either day or easter"},
		{"holiday on no day", "day: '12-25'", "day: '12-32'", "no day of the year"},
		{"series that cannot be read back", "prefix: BE", "prefix: BE20", "cannot begin an invoice number"},
		{"a second document", "# Sources of this file.", "---", "one document"},
		{"unknown country", "country: BE", "country: XB", "is not a country"},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			if !strings.Contains(good, tt.old) {
				t.Fatalf("the file does not contain %q any more", tt.old)
			}
			_, err := Load([]byte(strings.Replace(good, tt.old, tt.new, 1)), anything)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestBuyersRefusesTheSameCountryTwice(t *testing.T) {
	twice := strings.Replace(string(buyersYAML), "country: LU\n", "country: CH\n", 1)
	if _, err := loadBuyers([]byte(twice)); err == nil || !strings.Contains(err.Error(), "CH stands there twice") {
		t.Errorf("got %v", err)
	}
}
