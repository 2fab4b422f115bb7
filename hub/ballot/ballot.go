// Package ballot counts the votes of co-operatives: one co-operative, one vote, whatever its size. A rule says how many must say yes for a motion
// to be carried.
//
// It knows no motion. Who may vote is named with each ballot, so that a co-operative that joins later changes nothing of the past.
package ballot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"passerelle/contracts"
)

// Country stands for the co-operative of a country.
type Country = contracts.CountryCode

// Choice is what a co-operative voted.
type Choice string

// The choices.
const (
	Yes     Choice = "yes"
	No      Choice = "no"
	Abstain Choice = "abstain"
)

// Choices lists them all.
var Choices = []Choice{Yes, No, Abstain}

// The faults of this package.
const (
	FaultTwice  contracts.FaultCode = "voted-before" // one co-operative, one vote
	FaultVoter  contracts.FaultCode = "no-voter"     // a co-operative that is not named as one that may vote
	FaultChoice contracts.FaultCode = "no-choice"
)

// Vote is what a co-operative said.
type Vote struct {
	Country Country        `json:"country"`
	Choice  Choice         `json:"choice"`
	Day     contracts.Date `json:"day"`
	Minutes string         `json:"minutes"` // reference of its minutes
}

// Count is how a ballot stands.
type Count struct {
	Members int `json:"members"` // may vote
	Yes     int `json:"yes"`
	No      int `json:"no"`
	Abstain int `json:"abstain"`
}

// Silent is how many have not voted.
func (c Count) Silent() int { return c.Members - c.Yes - c.No - c.Abstain }

// Counted counts votes. A Fault names a second vote of one co-operative, and one that may not vote.
func Counted(members []Country, votes []Vote) (Count, error) {
	c := Count{Members: len(members)}
	var fs contracts.Faults
	fs.Add("members", Members(members))
	for i, v := range votes {
		switch {
		case !slices.Contains(members, v.Country):
			fs.Addf(FaultVoter, "country", "choose one of the co-operatives that may vote", "%s may not vote on this", v.Country)
		case slices.ContainsFunc(votes[:i], func(o Vote) bool { return o.Country == v.Country }):
			fs.Addf(FaultTwice, "country", "one co-operative has one vote", "%s has voted already", v.Country)
		}
		switch v.Choice {
		case Yes:
			c.Yes++
		case No:
			c.No++
		case Abstain:
			c.Abstain++
		default:
			fs.Addf(FaultChoice, "choice", "choose yes, no or abstain", "%.40q is no vote", string(v.Choice))
		}
	}
	return c, fs.Err()
}

// Members checks the list of those who may vote: some, each once.
func Members(all []Country) error {
	if len(all) == 0 {
		return contracts.Fault{Code: contracts.FaultMissing, Message: "no co-operative may vote", Remedy: "name the countries, such as AT, DE"}
	}
	var fs contracts.Faults
	for i, c := range all {
		fs.Add("", c.Validate())
		if slices.Contains(all[:i], c) {
			fs.Addf(FaultTwice, "", "name each country once", "%s twice", c)
		}
	}
	return fs.Err()
}

// Rule says how many must say yes: at least (or more than) a part of all that may vote, or of those who said yes or no. As text it is
// "2/3 of members" or ">1/2 of votes".
type Rule struct {
	Part, Whole int
	More        bool // more than the part, not just the part
	OfVotes     bool // of those who said yes or no, where votes are cast together; otherwise of all that may vote
}

// TwoThirds of all co-operatives, and more than half of the votes cast.
var (
	TwoThirds = Rule{Part: 2, Whole: 3}
	Majority  = Rule{Part: 1, Whole: 2, More: true, OfVotes: true}
)

// Holds tells whether a motion is carried. Of all members it stays carried whatever the rest votes.
func (r Rule) Holds(c Count) bool {
	whole := c.Members
	if r.OfVotes {
		whole = c.Yes + c.No
	}
	if r.More {
		return c.Yes*r.Whole > whole*r.Part
	}
	return c.Yes > 0 && c.Yes*r.Whole >= whole*r.Part
}

// Lost tells whether a motion cannot be carried any more, whatever the rest votes.
func (r Rule) Lost(c Count) bool {
	best := c
	best.Yes += c.Silent()
	return !r.Holds(best)
}

// Needed is how many of so many members must say yes; 0 where it depends on how many vote.
func (r Rule) Needed(members int) int {
	for n := 1; n <= members && !r.OfVotes; n++ {
		if r.Holds(Count{Members: members, Yes: n}) {
			return n
		}
	}
	return 0
}

// String writes the rule as ParseRule reads it.
func (r Rule) String() string {
	text := fmt.Sprintf("%d/%d of ", r.Part, r.Whole)
	if r.More {
		text = ">" + text
	}
	if r.OfVotes {
		return text + "votes"
	}
	return text + "members"
}

// ParseRule reads a rule. A Fault says what it may be: at least half, at most all.
func ParseRule(s string) (Rule, error) {
	fault := contracts.Fault{Code: contracts.FaultInvalid, Message: fmt.Sprintf("%.40q is no rule of voting", s), Remedy: "write it as 2/3 of members or >1/2 of votes"}
	fraction, of, _ := strings.Cut(s, " of ")
	fraction, more := strings.CutPrefix(fraction, ">")
	part, whole, _ := strings.Cut(fraction, "/")
	r := Rule{More: more, OfVotes: of == "votes"}
	var err, errWhole error
	r.Part, err = strconv.Atoi(part)
	r.Whole, errWhole = strconv.Atoi(whole)
	if err != nil || errWhole != nil || r.String() != s {
		return Rule{}, fault
	}
	if r.Part < 1 || r.Whole > 100 || r.Part > r.Whole || 2*r.Part < r.Whole || !r.More && 2*r.Part == r.Whole || r.More && r.Part == r.Whole {
		return Rule{}, fault
	}
	return r, nil
}

// MarshalText writes the rule as String does; no rule is nothing.
func (r Rule) MarshalText() ([]byte, error) {
	if r == (Rule{}) {
		return nil, nil
	}
	return []byte(r.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (r *Rule) UnmarshalText(b []byte) (err error) {
	*r = Rule{}
	if len(b) > 0 {
		*r, err = ParseRule(string(b))
	}
	return err
}
