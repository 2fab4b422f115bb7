package ballot_test

import (
	"testing"

	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/hub/ballot"
)

var seven = []ballot.Country{"AT", "BE", "DE", "FR", "IT", "NL", "SE"}

func TestARuleSaysHowManyMustSayYes(t *testing.T) {
	for _, c := range []struct {
		rule  string
		count ballot.Count
		holds bool
		lost  bool
	}{
		{"2/3 of members", ballot.Count{Members: 7, Yes: 4}, false, false},
		{"2/3 of members", ballot.Count{Members: 7, Yes: 5}, true, false},
		{"2/3 of members", ballot.Count{Members: 6, Yes: 4}, true, false},
		{"2/3 of members", ballot.Count{Members: 7, Yes: 4, No: 2, Abstain: 1}, false, true},
		{"1/1 of members", ballot.Count{Members: 3, Yes: 2, No: 1}, false, true},
		{">1/2 of members", ballot.Count{Members: 4, Yes: 2}, false, false},
		{">1/2 of votes", ballot.Count{Members: 7, Yes: 2, No: 1}, true, false},
		{">1/2 of votes", ballot.Count{Members: 7, Yes: 2, No: 2}, false, false},
		{">1/2 of votes", ballot.Count{Members: 7, Abstain: 7}, false, true},
	} {
		r, err := ballot.ParseRule(c.rule)
		if err != nil || r.Holds(c.count) != c.holds || r.Lost(c.count) != c.lost {
			t.Errorf("%s of %+v: holds %v, lost %v, %v", c.rule, c.count, r.Holds(c.count), r.Lost(c.count), err)
		}
	}
	if n := ballot.TwoThirds.Needed(7); n != 5 {
		t.Errorf("two thirds of seven are %d", n)
	}
}

// TestOneCoOperativeHasOneVote for any votes: what is counted is one for each who may vote.
func TestOneCoOperativeHasOneVote(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		votes := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) ballot.Vote {
			return ballot.Vote{Country: rapid.SampledFrom(append(seven, "ES")).Draw(rt, "country"), Choice: rapid.SampledFrom(ballot.Choices).Draw(rt, "choice")}
		}), 0, 8).Draw(rt, "votes")
		seen, twice := map[ballot.Country]bool{"ES": true}, false
		for _, v := range votes {
			twice = twice || seen[v.Country]
			seen[v.Country] = true
		}
		c, err := ballot.Counted(seven, votes)
		if twice != contracts.IsFault(err) {
			rt.Fatalf("%v: %v", votes, err)
		}
		if err == nil && (c.Yes+c.No+c.Abstain != len(votes) || c.Silent() < 0) {
			rt.Fatalf("%+v", c)
		}
	})
}

// TestAMotionOfAllMembersStaysCarried whatever the rest votes, and is never carried and lost.
func TestAMotionOfAllMembersStaysCarried(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := rapid.SampledFrom([]ballot.Rule{ballot.TwoThirds, {Part: 1, Whole: 2, More: true}, {Part: 3, Whole: 4}, {Part: 1, Whole: 1}}).Draw(rt, "rule")
		c := ballot.Count{Members: rapid.IntRange(1, 12).Draw(rt, "members")}
		carried, lost := false, false
		for c.Silent() > 0 {
			switch rapid.SampledFrom(ballot.Choices).Draw(rt, "choice") {
			case ballot.Yes:
				c.Yes++
			case ballot.No:
				c.No++
			default:
				c.Abstain++
			}
			if carried && !r.Holds(c) || lost && !r.Lost(c) || r.Holds(c) && r.Lost(c) {
				rt.Fatalf("%s: %+v", r, c)
			}
			carried, lost = r.Holds(c), r.Lost(c)
		}
		if carried == lost {
			rt.Fatalf("%s is open when all have voted: %+v", r, c)
		}
	})
}

func FuzzParseRule(f *testing.F) {
	for _, s := range []string{"2/3 of members", ">1/2 of votes", "1/1 of members", "0/0 of votes", ">1/1 of members", "1/2 of votes"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ballot.ParseRule(s)
		if err != nil {
			return
		}
		if again, err := ballot.ParseRule(r.String()); err != nil || again != r {
			t.Fatalf("%q is read as %+v, then %+v, %v", s, r, again, err)
		}
		if r.Holds(ballot.Count{Members: 4, Yes: 1, No: 3}) || !r.Holds(ballot.Count{Members: 4, Yes: 4}) {
			t.Fatalf("%s: a quarter carries, or all do not", r)
		}
	})
}
