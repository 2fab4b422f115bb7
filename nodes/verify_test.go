package nodes

import (
	"testing"

	"passerelle/internal/federation"
)

func TestNumberSeriesOfAYear(t *testing.T) {
	own := func(n int64) number { return number{"BE", "2026", n, true} }
	past := func(prefix string, n int64) number { return number{prefix, "2026", n, false} }
	for name, tc := range map[string]struct {
		numbers []number
		last    int64
		bad     string
	}{
		"without a gap":                       {[]number{own(1), own(2), own(3)}, 3, ""},
		"a gap":                               {[]number{own(1), own(3)}, 3, "series 2026 number 2"},
		"does not begin with 1":               {[]number{own(2)}, 2, "series 2026 number 1"},
		"goes on after what was imported":     {[]number{past("BE", 400), own(401)}, 401, ""},
		"imported numbers may have gaps":      {[]number{past("BE", 400), past("BE", 402), own(403)}, 403, ""},
		"a gap after what was imported":       {[]number{past("BE", 400), own(402)}, 402, "series 2026 number 401"},
		"numbers of another series count not": {[]number{own(1), past("", 2), own(3)}, 3, "series 2026 number 2"},
		"the last is gone":                    {[]number{own(1)}, 2, "number_series 2026"},
		"the last will be given again":        {[]number{own(1), own(2)}, 1, "number_series 2026"},
		"all is gone":                         {nil, 2, "number_series 2026"},
		"only imported":                       {[]number{past("BE", 7)}, 7, ""},
	} {
		c := federation.NewCheck("number series")
		seriesOf(tc.numbers)["2026"].check(c, "2026", tc.last)
		if c.OK != (tc.bad == "") || c.FirstBad != tc.bad {
			t.Errorf("%s: %+v, want %q", name, *c, tc.bad)
		}
	}
}
