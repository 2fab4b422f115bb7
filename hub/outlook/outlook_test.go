package outlook_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/hub/outlook"
)

func d(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// series makes months from January 2021 on: contribution and costs of each by its number.
func series(n int, income, costs func(i int) float64) []outlook.Month {
	var all []outlook.Month
	for i := range n {
		c := decimal.NewFromFloat(costs(i)).Round(2)
		in := decimal.NewFromFloat(income(i)).Round(2)
		all = append(all, outlook.Month{Month: contracts.DateOf(contracts.MustDate("2021-01-01").Time().AddDate(0, i, 0)).Month(), Turnover: in.Mul(decimal.NewFromInt(10)), Contribution: in, Costs: &c})
	}
	return all
}

func steady(v float64) func(int) float64 { return func(int) float64 { return v } }

func TestCoverageIsContributionOverCosts(t *testing.T) {
	months := series(24, func(i int) float64 { return 500 + float64(i)*10 }, steady(1000))
	months[3].Costs = nil
	if c, ok := outlook.Coverage(months[:3]); !ok || !c.Equal(d("0.51")) {
		t.Errorf("%s", c)
	}
	if _, ok := outlook.Coverage(months[3:4]); ok {
		t.Error("coverage without costs")
	}
	path := outlook.Path(months)
	if len(path) != 9 || path[0].Month.String() != "2022-04" || !path[0].Coverage.Equal(d("0.595")) {
		t.Errorf("the path leaves out years in which a month is missing: %+v", path)
	}
}

func TestSupportPerUserAndPerEuro(t *testing.T) {
	support, turnover := contracts.MustMoney("100000.00", contracts.EUR), contracts.MustMoney("2183000.00", contracts.EUR)
	user, euro := outlook.SupportPer(support, 303, turnover)
	if user.Fixed() != "330.03" || !euro.Equal(d("0.0458")) {
		t.Errorf("%s %s", user, euro)
	}
	if user, euro := outlook.SupportPer(support, 0, contracts.MustMoney("1.00", contracts.SEK)); user != nil || euro != nil {
		t.Errorf("%v %v", user, euro)
	}
}

func TestRunwayIsCashOverWhatIsBurnt(t *testing.T) {
	burning := series(8, steady(600), steady(1000))
	for cash, want := range map[string]int{"2399.99": 5, "2400": 6, "0": 0, "-5": 0} {
		if got, endless, ok := outlook.Runway(d(cash), burning); !ok || endless || got != want {
			t.Errorf("%s lasts %d, want %d", cash, got, want)
		}
	}
	if _, endless, ok := outlook.Runway(d("1"), series(8, steady(1000), steady(1000))); !ok || !endless {
		t.Error("who burns nothing has no end")
	}
	if _, _, ok := outlook.Runway(d("1"), burning[:2]); ok {
		t.Error("two months say nothing")
	}
}

func TestAStraightLineIsForecastExactly(t *testing.T) {
	b := outlook.Forecast(series(24, func(i int) float64 { return 500 + 10*float64(i) }, steady(1000))) // 0.73 now, 0.01 more each month
	if !b.Known || b.Reached || b.Likely == nil || *b.Likely != 27 || *b.Earliest != 27 || *b.Latest != 27 || math.Abs(b.Slope-0.01) > 1e-9 {
		t.Errorf("%+v", b)
	}
	if b := outlook.Forecast(series(11, steady(5), steady(10))); b.Known {
		t.Errorf("11 months say nothing: %+v", b)
	}
	if b := outlook.Forecast(series(24, steady(500), steady(1000))); b.Likely != nil || b.Earliest != nil {
		t.Errorf("what does not rise never reaches balance: %+v", b)
	}
	if b := outlook.Forecast(series(24, steady(1100), steady(1000))); !b.Reached || *b.Likely != 0 {
		t.Errorf("%+v", b)
	}
}

// backTest forecasts many series whose truth is known: a line with noise and a season; it tells how often the truth lies in the band, and the
// middle of the months by which the likely month errs.
func backTest(months int, noise, season, alike float64) (hit float64, medianError int) {
	rnd := rand.New(rand.NewPCG(1, uint64(months)))
	const runs = 400
	hits, errors := 0, []int{}
	for range runs {
		slope := 0.004 + 0.008*rnd.Float64()
		start := 0.35 + 0.2*rnd.Float64()
		truth := int(math.Ceil((1-start)/slope)) - (months - 1)
		before := 0.0
		all := series(months, func(i int) float64 {
			before = alike*before + noise*rnd.NormFloat64()*math.Sqrt(1-alike*alike)
			return 10000 * (start + slope*float64(i) + before + season*math.Sin(float64(i)*math.Pi/6))
		}, steady(10000))
		b := outlook.Forecast(all)
		if b.Earliest != nil && *b.Earliest <= truth && (b.Latest == nil || *b.Latest >= truth) {
			hits++
		}
		if b.Likely == nil {
			errors = append(errors, 120)
			continue
		}
		errors = append(errors, max(*b.Likely-truth, truth-*b.Likely))
	}
	slices.Sort(errors)
	return float64(hits) / runs, errors[runs/2]
}

// TestTheBandHoldsTheTruthAsOftenAsItSays: 8 in 10, on series of known truth.
func TestTheBandHoldsTheTruthAsOftenAsItSays(t *testing.T) {
	for _, c := range []struct {
		name                 string
		months               int
		noise, season, alike float64
		least                float64
		most                 int // months by which half of the likely ones err at most
	}{
		{"a year, little noise", 12, 0.02, 0, 0, 0.78, 12},
		{"two years", 24, 0.04, 0, 0, 0.78, 8},
		{"three years with a season", 36, 0.04, 0.08, 0, 0.78, 6},
		{"three years whose months err alike", 36, 0.04, 0, 0.5, 0.78, 8},
	} {
		hit, errs := backTest(c.months, c.noise, c.season, c.alike)
		t.Logf("%s: the band holds the truth in %.0f%% of series, half of the likely months err by at most %d", c.name, hit*100, errs)
		if hit < c.least || errs > c.most {
			t.Errorf("%s: %.2f, want %.2f; %d months, want at most %d", c.name, hit, c.least, errs, c.most)
		}
	}
}

func TestWhatIfPlaysTheMonthsToCome(t *testing.T) {
	base, ok := outlook.BaseOf(series(12, steady(800), steady(1000))) // turnover 8000, rate 10 %
	if !ok || !base.Rate.Equal(d("0.1")) || !base.Costs.Equal(d("1000")) {
		t.Fatalf("%+v", base)
	}
	r, err := outlook.WhatIf(base, outlook.Change{Growth: d("0.25"), Support: d("100")}) // 800 x 1.25^(m/12) reaches 1000 after 12 months
	if err != nil || r.Balance == nil || *r.Balance != 12 || !r.Offered.Equal(d("1200")) {
		t.Errorf("%+v %v", r, err)
	}
	needed := decimal.Zero
	for m := range 12 {
		needed = needed.Add(d("1000").Sub(decimal.NewFromFloat(800 * math.Pow(1.25, float64(m)/12))))
	}
	if r.Needed.Sub(needed).Abs().GreaterThan(d("0.02")) {
		t.Errorf("needed %s, want %s", r.Needed, needed.Round(2))
	}
	rate := d("0.125")
	if r, err := outlook.WhatIf(base, outlook.Change{Rate: &rate}); err != nil || *r.Balance != 0 || !r.Needed.IsZero() {
		t.Errorf("a rate that pays all: %+v %v", r, err)
	}
	if r, err := outlook.WhatIf(base, outlook.Change{LostInYear: d("0.45")}); err != nil || r.Balance != nil || !r.Coverage[11].Equal(d("0.44")) {
		t.Errorf("45%% lost in a year: %+v %v", r, err)
	}
	bad := d("2")
	_, err = outlook.WhatIf(base, outlook.Change{Rate: &bad, Growth: d("-1"), LostAtOnce: d("1.5"), Support: d("-1")})
	var fields []string
	for _, f := range contracts.FaultsOf(err) {
		fields = append(fields, f.Field)
	}
	if diff := cmp.Diff([]string{"rate", "growth", "lost_at_once", "support"}, fields); diff != "" {
		t.Error(diff)
	}
}

// TestMoreHelpsAndLessHurts: a higher rate, more growth or lower costs never put balance off, and never need more support.
func TestMoreHelpsAndLessHurts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cents := func(name string) decimal.Decimal { return decimal.New(rapid.Int64Range(0, 50).Draw(rt, name), -2) }
		cd := func(v decimal.Decimal) contracts.Decimal { return contracts.Decimal{Decimal: v} }
		base := outlook.Base{Turnover: cd(d("8000")), Rate: cd(d("0.08")), Costs: cd(d("1000")), Grants: cd(decimal.NewFromInt(rapid.Int64Range(0, 200).Draw(rt, "grants")))}
		change := outlook.Change{Growth: cents("growth"), CostGrowth: cents("costs").Div(decimal.NewFromInt(5)), LostAtOnce: cents("lost")}
		better := change
		rate := base.Rate.Add(cents("rate").Div(decimal.NewFromInt(10)))
		better.Rate, better.Growth, better.LostAtOnce = &rate, change.Growth.Add(cents("more")), change.LostAtOnce.Div(decimal.NewFromInt(2))
		was, err := outlook.WhatIf(base, change)
		now, errNow := outlook.WhatIf(base, better)
		if err != nil || errNow != nil {
			rt.Fatal(err, errNow)
		}
		if now.Needed.GreaterThan(was.Needed.Decimal) || was.Balance != nil && (now.Balance == nil || *now.Balance > *was.Balance) {
			rt.Fatalf("%+v was %v %s, %+v is %v %s", change, was.Balance, was.Needed, better, now.Balance, now.Needed)
		}
	})
}

func TestEachWarningNamesItsRule(t *testing.T) {
	rules := func(w outlook.Watched) (fired []outlook.Rule) {
		for _, warning := range outlook.Warnings(w) {
			fired = append(fired, warning.Rule)
			if warning.Why == "" {
				t.Errorf("%s does not say why", warning.Rule)
			}
		}
		return fired
	}
	today := contracts.MustDate("2024-02-01") // 36 months from January 2021 end in December 2023
	good := series(36, func(i int) float64 { return 500 + 10*float64(i) }, steady(1000))
	noCosts := append(slices.Clone(good[:35]), good[35])
	noCosts[35].Costs = nil
	cash := d("1000")
	for name, c := range map[string]struct {
		w    outlook.Watched
		want []outlook.Rule
	}{
		"all is well":              {outlook.Watched{Months: good, Today: today, Ends: contracts.NewMonth(2025, 12)}, nil},
		"nothing reported":         {outlook.Watched{Today: today}, nil},
		"due on the 46th day":      {outlook.Watched{Months: good[:35], Today: contracts.MustDate("2024-02-14")}, []outlook.Rule(nil)},
		"a report is late":         {outlook.Watched{Months: good[:35], Today: contracts.MustDate("2024-02-15")}, []outlook.Rule{outlook.ReportLate}},
		"costs are missing":        {outlook.Watched{Months: noCosts, Today: today}, []outlook.Rule{outlook.CostsMissing}},
		"cash is short":            {outlook.Watched{Months: good, Today: today, Cash: &cash}, []outlook.Rule{outlook.CashShort}},
		"support ends too early":   {outlook.Watched{Months: good, Today: today, Ends: contracts.NewMonth(2024, 3)}, []outlook.Rule{outlook.NoBalanceAhead}},
		"turnover falls by half":   {outlook.Watched{Months: series(36, func(i int) float64 { return 900 - 450*float64(i/30) }, steady(1000)), Today: today}, []outlook.Rule{outlook.CoverageFell, outlook.TurnoverFell}},
		"costs outgrow the income": {outlook.Watched{Months: series(36, steady(900), func(i int) float64 { return 1000 + 2*float64(i) }), Today: today}, []outlook.Rule{outlook.CostsOutgrow}},
	} {
		if diff := cmp.Diff(c.want, rules(c.w)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
