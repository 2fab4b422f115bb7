package web

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/mobility"
	"passerelle/nodes/papers"
)

// A cover is held against the journey by the terms that the co-operative has on its list; of another the page says that they are not known.
func TestInsuranceIsReadByItsTerms(t *testing.T) {
	day := contracts.MustDate
	list := []papers.Cover{{Name: "Assist", Territory: []contracts.CountryCode{"FR"}, MostDays: 5}}
	trip := func(host mobility.State, start, end string) mobility.Trip {
		return mobility.Trip{Host: host, Start: day(start), End: day(end), Activity: "performance"}
	}
	for name, test := range map[string]struct {
		reference  string
		danger     string
		trips      []mobility.Trip
		gaps, days int
		unread     []string
	}{
		"where it holds":           {"Assist 114", "", []mobility.Trip{trip("FR", "2026-10-13", "2026-10-15")}, 0, 3, nil},
		"dangerous work":           {"Assist 114", "stunt", []mobility.Trip{trip("FR", "2026-10-13", "2026-10-15")}, 1, 3, nil},
		"elsewhere":                {"Assist 114", "", []mobility.Trip{trip("DE", "2026-10-13", "2026-10-15")}, 1, 3, nil},
		"longer than it allows":    {"Assist 114", "", []mobility.Trip{trip("FR", "2026-10-13", "2026-10-20")}, 1, 8, nil},
		"the second of two places": {"Assist 114", "", []mobility.Trip{trip("FR", "2026-10-13", "2026-10-13"), trip("DE", "2026-10-14", "2026-10-15")}, 1, 3, nil},
		"terms that nobody noted":  {"Other 7", "", []mobility.Trip{trip("DE", "2026-10-13", "2026-10-15")}, 0, 3, []string{"Other 7"}},
	} {
		k := casework.Case{Facts: casework.Facts{Input: mobility.Input{Trips: test.trips}, Danger: test.danger}, Tracks: []casework.Track{{Kind: casework.TrackInsurance, State: contracts.TrackOK, Reference: test.reference}}}
		v := insuranceOf(web.English, k, list)
		if len(v.Gaps) != test.gaps || v.Days != test.days || !cmp.Equal(v.Unread, test.unread) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}
