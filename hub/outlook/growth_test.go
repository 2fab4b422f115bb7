package outlook_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"passerelle/hub/outlook"
)

func TestGrowthIsTwelveMonthsOverTheTwelveBefore(t *testing.T) {
	rising := series(30, func(i int) float64 { return 100 + 5*float64(i/15) }, steady(1000))
	if g, ok := outlook.Growth(rising); !ok || !g.Equal(d("0.037")) { // 1260 over 1215: of months 6 to 17 three are a step up, of months 18 to 29 all
		t.Errorf("%s", g)
	}
	gap := append(rising[:20:20], rising[21:]...)
	for name, months := range map[string][]outlook.Month{"23 months": rising[:23], "a month is missing": gap, "nothing to grow from": series(24, func(i int) float64 { return float64(i / 12) }, steady(1))} {
		if g, ok := outlook.Growth(months); ok {
			t.Errorf("%s: %s", name, g)
		}
	}
}

func TestTheEffectOfARateIsWhatTheSameTurnoverGaveMore(t *testing.T) {
	months := series(24, steady(100), steady(1000)) // turnover 1000 a month, 10 %
	for i := range months[:12] {
		months[i].Contribution = d("85") // 8.5 %
	}
	e, ok := outlook.EffectOfRate(months)
	if !ok || !e.Before.Equal(d("0.085")) || !e.Now.Equal(d("0.1")) || !e.Brought.Equal(d("180")) || !e.Point.Equal(d("120")) {
		t.Errorf("%+v", e)
	}
	if _, ok := outlook.EffectOfRate(months[1:]); ok {
		t.Error("23 months are no two years")
	}
}

func TestSpreadTellsHowMuchHangsOnTheLargest(t *testing.T) {
	for _, c := range []struct {
		parts                     []string
		n                         int
		largest, three, effective string
	}{
		{[]string{"10", "70", "20"}, 3, "0.7", "1", "1.9"},
		{[]string{"25", "25", "25", "25", "-3", "0"}, 4, "0.25", "0.75", "4"},
		{[]string{"0.01"}, 1, "1", "1", "1"},
	} {
		var parts []decimal.Decimal
		for _, p := range c.parts {
			parts = append(parts, d(p))
		}
		s, ok := outlook.SpreadOf(parts)
		if !ok || s.Parts != c.n || !s.Largest.Equal(d(c.largest)) || !s.Three.Equal(d(c.three)) || !s.Effective.Equal(d(c.effective)) {
			t.Errorf("%v: %+v", c.parts, s)
		}
	}
	if s, ok := outlook.SpreadOf([]decimal.Decimal{d("-1"), decimal.Zero}); ok {
		t.Errorf("nothing is spread: %+v", s)
	}
}

// TestNoSpreadIsMoreThanItsParts: as many equal parts as there are at most, one at least, and the order in which they are told does not matter.
func TestNoSpreadIsMoreThanItsParts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var parts, turned []decimal.Decimal
		for _, v := range rapid.SliceOfN(rapid.Int64Range(1, 1_000_000), 1, 40).Draw(rt, "parts") {
			parts = append(parts, decimal.New(v, -2))
			turned = append([]decimal.Decimal{decimal.New(v, -2)}, turned...)
		}
		a, ok := outlook.SpreadOf(parts)
		b, _ := outlook.SpreadOf(turned)
		if !ok || a != b && (!a.Largest.Equal(b.Largest.Decimal) || !a.Effective.Equal(b.Effective.Decimal)) {
			rt.Fatalf("%+v, in another order %+v", a, b)
		}
		if a.Effective.LessThan(d("1")) || a.Effective.GreaterThan(decimal.NewFromInt(int64(len(parts)))) || a.Largest.GreaterThan(a.Three.Decimal) || a.Three.GreaterThan(d("1.0001")) {
			rt.Fatalf("%+v of %v", a, parts)
		}
	})
}

// TestTheFanIsTheForecastDrawn: its line reaches balance in the month that Forecast says, and so do the sides of its band.
func TestTheFanIsTheForecastDrawn(t *testing.T) {
	months := series(30, func(i int) float64 { return 500 + 12*float64(i) + 30*float64(i%3) }, steady(1000))
	b, fan := outlook.Forecast(months), outlook.Fan(months, 60)
	if b.Likely == nil || len(fan) != 30+60 || fan[29].Month != b.From {
		t.Fatalf("%+v, %d points", b, len(fan))
	}
	for name, side := range map[string]struct {
		at *int
		of func(outlook.FanPoint) float64
	}{"likely": {b.Likely, func(p outlook.FanPoint) float64 { return p.Likely }}, "earliest": {b.Earliest, func(p outlook.FanPoint) float64 { return p.High }}, "latest": {b.Latest, func(p outlook.FanPoint) float64 { return p.Low }}} {
		if at := 29 + *side.at; side.of(fan[at]) < 1-1e-9 || side.of(fan[at-1]) >= 1 {
			t.Errorf("%s: %v then %v", name, fan[at-1], fan[at])
		}
	}
	if fan := outlook.Fan(months[:11], 60); len(fan) != 0 {
		t.Errorf("11 months draw no line: %v", fan)
	}
}
