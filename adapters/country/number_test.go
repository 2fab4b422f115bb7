package country

import (
	"testing"

	"pgregory.net/rapid"

	"passerelle/contracts"
)

var be = Series{Prefix: "BE", Digits: 6}

func TestNumberIsReadable(t *testing.T) {
	tests := []struct {
		s    Series
		year int
		n    int64
		want string
	}{
		{be, 2026, 123, "BE2026-000123"},
		{be, 2026, 1234567, "BE2026-1234567"},
		{Series{Prefix: "FR-A-", Digits: 4}, 2026, 1, "FR-A-2026-0001"},
		{Series{Digits: 1}, 2026, 7, "2026-7"},
	}
	for _, tt := range tests {
		if got := Number(tt.s, tt.year, tt.n); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

func TestNextLeavesNoGap(t *testing.T) {
	tests := []struct {
		rule, last string
		year       int
		want       string
	}{
		{"the first", "", 2026, "BE2026-000001"},
		{"the one after", "BE2026-000009", 2026, "BE2026-000010"},
		{"beyond the padding", "BE2026-999999", 2026, "BE2026-1000000"},
		{"again from 1 in a new year", "BE2026-000123", 2027, "BE2027-000001"},
	}
	for _, tt := range tests {
		got, err := be.Next(tt.last, tt.year)
		if err != nil || got != tt.want {
			t.Errorf("%s: %s, %v", tt.rule, got, err)
		}
	}
	for _, last := range []string{"BE2027-000001", "NL2026-000001", "BE2026-1", "BE2026-000000", "BE2026-0000012", "BE26-000001", "x"} {
		if got, err := be.Next(last, 2026); !contracts.IsFault(err) {
			t.Errorf("after %s: %s, %v", last, got, err)
		}
	}
}

func TestSeriesReadsBackWhatItWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Series{Prefix: rapid.StringMatching(`([A-Z0-9-]{0,14}[A-Z-])?`).Draw(t, "prefix"), Digits: rapid.IntRange(1, 12).Draw(t, "digits")}
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		year, n := rapid.IntRange(1990, 2199).Draw(t, "year"), rapid.Int64Range(1, 999_999_999_999).Draw(t, "n")
		number := Number(s, year, n)
		y, m, err := s.Parse(number)
		if err != nil || y != year || m != n || len(number) > MaxNumber {
			t.Fatalf("%s reads back as %d, %d, %v", number, y, m, err)
		}
		next, err := s.Next(number, year)
		if _, after, perr := s.Parse(next); err != nil || perr != nil || after != n+1 {
			t.Fatalf("%s follows %s: %v %v", next, number, err, perr)
		}
	})
}
