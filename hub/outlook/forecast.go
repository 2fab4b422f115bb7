package outlook

import (
	"math"

	"passerelle/contracts"
)

// Method says how Forecast reckons, for whoever reads its answer.
const Method = "A straight line through the coverage of each month, at least 12 of the latest 36; with two years, the season is taken out first. " +
	"The band holds the line's own uncertainty with 8 chances in 10, widened when neighbouring months err alike. It supposes that things go on as they did."

// Bounds of a forecast.
const (
	fewestMonths = 12
	mostMonths   = 36
	horizon      = 120 // months ahead; what lies beyond is not said
)

// Balance is when a co-operative's contributions will pay its costs. Months count from the last reported one; nil is "not within ten years".
type Balance struct {
	Known    bool            `json:"known"`                          // enough months to say anything
	Reached  bool            `json:"reached"`                        // the line is at balance already
	Earliest *int            `json:"earliest" jsonschema:"nullable"` // the hopeful side of the band
	Likely   *int            `json:"likely" jsonschema:"nullable"`   // the line
	Latest   *int            `json:"latest" jsonschema:"nullable"`   // the careful side
	From     contracts.Month `json:"from,omitzero"`
	Months   int             `json:"months_used"`
	Slope    float64         `json:"coverage_per_month"`
	Now      float64         `json:"coverage_now"`
	Method   string          `json:"method"`
}

// Forecast reckons by Method when coverage reaches 1.
func Forecast(all []Month) Balance {
	l, months := fitted(all)
	out := Balance{Months: len(months), Method: Method}
	if len(months) < fewestMonths {
		return out
	}
	out.Known, out.From, out.Slope, out.Now, out.Reached = true, months[len(months)-1].Month, l.slope, l.at, l.at >= 1
	out.Earliest, out.Likely, out.Latest = l.reaches(1, +1), l.reaches(1, 0), l.reaches(1, -1)
	return out
}

// FanPoint is a month of the line that Forecast draws, with its band. Shares: 1 is balance.
type FanPoint struct {
	Month  contracts.Month `json:"month"`
	Low    float64         `json:"low"`
	Likely float64         `json:"likely"`
	High   float64         `json:"high"`
}

// Fan is the line of Forecast through the months it was made from and some months beyond the last one; none where Forecast knows nothing.
func Fan(all []Month, beyond int) []FanPoint {
	l, months := fitted(all)
	fan := []FanPoint{}
	if len(months) < fewestMonths {
		return fan
	}
	last := months[len(months)-1].Month
	for x := index(months[0].Month) - index(last); x <= min(beyond, horizon); x++ {
		at := float64(x)
		fan = append(fan, FanPoint{ahead(last, x), l.side(at, -1), l.value(at), l.side(at, +1)})
	}
	return fan
}

// fitted is the line through the latest months whose costs are known, and those months; there is no line with too few of them.
func fitted(all []Month) (line, []Month) {
	months := known(all)
	months = months[max(0, len(months)-mostMonths):]
	if len(months) < fewestMonths {
		return line{}, months
	}
	last := months[len(months)-1].Month
	xs, ys := make([]float64, len(months)), make([]float64, len(months))
	for i, m := range months {
		xs[i] = float64(index(m.Month) - index(last)) // 0 is the last month
		ys[i] = m.Contribution.Div(*m.Costs).InexactFloat64()
	}
	l := fit(xs, ys, 0)
	if len(months) >= 24 {
		l = fit(xs, withoutSeason(months, xs, ys, l), 11)
	}
	return l, months
}

// withoutSeason takes out of each month what its calendar month usually lies above or below the line.
func withoutSeason(months []Month, xs, ys []float64, l line) []float64 {
	var sum, count [12]float64
	for i, m := range months {
		at := index(m.Month) % 12
		sum[at], count[at] = sum[at]+ys[i]-l.value(xs[i]), count[at]+1
	}
	out := make([]float64, len(ys))
	for i, m := range months {
		at := index(m.Month) % 12
		out[i] = ys[i] - sum[at]/count[at]*(1-1/count[at]) // a month is no judge of itself
	}
	return out
}

// line is a line fitted by least squares, with what is needed for its band.
type line struct {
	at, slope  float64 // value at x = 0
	mean, sxx  float64 // of the xs
	n          float64
	error      float64 // standard error of one month, widened for months that err alike
	confidence float64 // quantile
}

// fit fits a line; spent is how many values were taken from the months before.
func fit(xs, ys []float64, spent float64) line {
	n := float64(len(xs))
	var mx, my, sxx, sxy float64
	for i := range xs {
		mx, my = mx+xs[i]/n, my+ys[i]/n
	}
	for i := range xs {
		sxx, sxy = sxx+(xs[i]-mx)*(xs[i]-mx), sxy+(xs[i]-mx)*(ys[i]-my)
	}
	l := line{slope: sxy / sxx, mean: mx, sxx: sxx, n: n, confidence: quantile(n - 2 - spent)}
	l.at = my - l.slope*mx
	var squares, neighbours, before float64
	for i := range xs {
		r := ys[i] - l.value(xs[i])
		squares += r * r
		if i > 0 {
			neighbours += r * before
		}
		before = r
	}
	alike := 0.0
	if squares > 0 {
		alike = neighbours / squares
		alike = min(max(alike+(1+3*alike)/n, 0), 0.8) // a short series shows less of it than there is (Kendall)
	}
	l.error = math.Sqrt(squares/(n-2-spent)) * math.Sqrt((1+alike)/(1-alike))
	return l
}

// quantile is Student's t for a band of 8 in 10 (two-sided), by the expansion of Cornish and Fisher to 1/f².
func quantile(f float64) float64 {
	const z = 1.2815515655446004
	return z + (z*z*z+z)/(4*f) + (5*math.Pow(z, 5)+16*z*z*z+3*z)/(96*f*f)
}

func (l line) value(x float64) float64 { return l.at + l.slope*x }

// side is the line, or its band above (+1) or below (-1).
func (l line) side(x, sign float64) float64 {
	return l.value(x) + sign*l.confidence*l.error*math.Sqrt(1/l.n+(x-l.mean)*(x-l.mean)/l.sxx)
}

// reaches is the first month from now on at which a side is at a level, nil within the horizon.
func (l line) reaches(level, sign float64) *int {
	for x := range horizon + 1 {
		if l.side(float64(x), sign) >= level-1e-9 {
			return &x
		}
	}
	return nil
}
