package country

import (
	"testing"

	"passerelle/contracts"
)

func TestEasterSunday(t *testing.T) {
	// The latest possible day, and years anybody can look up.
	for year, want := range map[int]string{1943: "1943-04-25", 2000: "2000-04-23", 2008: "2008-03-23", 2016: "2016-03-27",
		2019: "2019-04-21", 2023: "2023-04-09", 2024: "2024-03-31", 2025: "2025-04-20", 2026: "2026-04-05", 2038: "2038-04-25"} {
		if got := EasterSunday(year); got != contracts.MustDate(want) {
			t.Errorf("%d: %s, want %s", year, got, want)
		}
	}
}

func TestHolidayRules(t *testing.T) {
	easter := 39
	tests := []struct {
		rule string
		h    Holiday
		year int
		want string
	}{
		{"a fixed day", Holiday{Day: MonthDay{7, 21}}, 2026, "2026-07-21"},
		{"Ascension, 39 days after Easter", Holiday{Easter: &easter}, 2026, "2026-05-14"},
		{"the Saturday from 20 June", Holiday{Day: MonthDay{6, 20}, Weekday: "Saturday"}, 2026, "2026-06-20"},
		{"the Saturday from 20 June", Holiday{Day: MonthDay{6, 20}, Weekday: "Saturday"}, 2025, "2025-06-21"},
		{"the Saturday from 31 October", Holiday{Day: MonthDay{10, 31}, Weekday: "Saturday"}, 2027, "2027-11-06"},
		{"King's Day on a Saturday because 27 April is a Sunday", Holiday{Day: MonthDay{4, 27}, IfSunday: -1}, 2025, "2025-04-26"},
		{"King's Day", Holiday{Day: MonthDay{4, 27}, IfSunday: -1}, 2026, "2026-04-27"},
	}
	for _, tt := range tests {
		if got := tt.h.In(tt.year); got != contracts.MustDate(tt.want) {
			t.Errorf("%s: %s, want %s", tt.rule, got, tt.want)
		}
	}
}
