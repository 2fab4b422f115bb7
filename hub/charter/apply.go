package charter

import (
	"fmt"
	"slices"

	"passerelle/contracts"
	"passerelle/hub/ballot"
)

// longestText is what a person may type, the charter apart.
const longestText = 2000

func text(s string) error {
	switch {
	case s == "":
		return contracts.Fault{Code: contracts.FaultMissing, Message: "nothing is written here", Remedy: "a sentence is enough"}
	case len(s) > longestText:
		return contracts.Fault{Code: contracts.FaultTooLarge, Message: "too long", Remedy: "write what matters; the minutes have the rest"}
	}
	return nil
}

func (a Proposed) apply(c *Charter, on contracts.Date) error {
	var fs contracts.Faults
	_, err := ReadText(a.Text)
	fs.Add("text", err)
	fs.Add("by", a.By.Validate())
	fs.Add("reason", text(a.Reason))
	fs.Add("members", ballot.Members(a.Members))
	if a.Rule.Whole == 0 || a.Rule.OfVotes {
		fs.Addf(FaultVote, "rule", "choose how many of all co-operatives must say yes", "a charter is adopted by a part of all co-operatives")
	}
	if i := slices.IndexFunc(c.Versions, func(v Version) bool { return v.State == Open }); i >= 0 {
		fs.Addf(FaultOpen, "text", "wait for its votes, or withdraw it", "version %d is still to be decided", i+1)
	}
	if old, ok := c.InForceOn(on); ok && old.Text == a.Text {
		fs.Addf(FaultText, "text", "propose something that changes", "this is the text in force")
	}
	if err := fs.Err(); err != nil {
		return err
	}
	c.Versions = append(c.Versions, Version{Number: len(c.Versions) + 1, Text: a.Text, Proposed: on, By: a.By, Reason: a.Reason, Rule: a.Rule, Members: slices.Sorted(slices.Values(a.Members)),
		From: a.From, Votes: []ballot.Vote{}, Count: ballot.Count{Members: len(a.Members)}, State: Open, Acceded: []Accession{}, Example: a.Example})
	return nil
}

// version finds one for an act.
func (c *Charter) version(number int) (*Version, error) {
	if number < 1 || number > len(c.Versions) {
		return nil, contracts.Fault{Code: FaultUnknown, Field: "version", Message: fmt.Sprintf("there is no version %d by that day", number), Remedy: "enter the proposal first"}
	}
	return &c.Versions[number-1], nil
}

func (a Voted) apply(c *Charter, on contracts.Date) error {
	v, err := c.version(a.Version)
	if err != nil {
		return err
	}
	var fs contracts.Faults
	fs.Add("minutes", text(a.Minutes))
	fs.Add("", v.takes(a))
	votes := append(slices.DeleteFunc(slices.Clone(v.Votes), func(o ballot.Vote) bool { return a.Corrects != "" && o.Country == a.Country }),
		ballot.Vote{Country: a.Country, Choice: a.Choice, Day: on, Minutes: a.Minutes})
	count, err := ballot.Counted(v.Members, votes)
	fs.Add("", err)
	if err := fs.Err(); err != nil {
		return err
	}
	v.Votes, v.Count = votes, count
	v.decide(on)
	return nil
}

// takes tells why a vote comes at the wrong time. A version that was decided still takes the votes that were missing, for its history.
func (v Version) takes(a Voted) error {
	_, voted := v.Vote(a.Country)
	switch {
	case v.State == Withdrawn:
		return contracts.Fault{Code: FaultDone, Field: "version", Message: "the proposal was withdrawn", Remedy: "vote on another one"}
	case a.Corrects != "" && !voted:
		return contracts.Fault{Code: FaultVote, Field: "corrects", Message: fmt.Sprintf("%s has not voted yet: there is nothing to correct", a.Country), Remedy: "leave it empty"}
	case a.Corrects != "" && v.State != Open:
		return contracts.Fault{Code: FaultDone, Field: "corrects", Message: "the version is decided, and its votes stand", Remedy: "propose a new version"}
	case len(a.Corrects) > longestText:
		return contracts.Fault{Code: contracts.FaultTooLarge, Field: "corrects", Message: "too long", Remedy: "write what matters; the minutes have the rest"}
	}
	return nil
}

// decide sees whether the last vote settled an open version.
func (v *Version) decide(on contracts.Date) {
	switch {
	case v.State != Open:
	case v.Rule.Holds(v.Count):
		v.State, v.InForce = Adopted, on
		if v.From.After(on) {
			v.InForce = v.From
		}
	case v.Rule.Lost(v.Count):
		v.State = Rejected
	}
}

func (a Acceded) apply(c *Charter, on contracts.Date) error {
	v, err := c.version(a.Version)
	if err != nil {
		return err
	}
	var fs contracts.Faults
	fs.Add("minutes", text(a.Minutes))
	fs.Add("country", a.Country.Validate())
	switch {
	case v.State != Adopted:
		fs.Addf(FaultVote, "version", "accede to the version in force", "version %d was not adopted", a.Version)
	case slices.Contains(v.Members, a.Country):
		fs.Addf(FaultVote, "country", "enter its vote", "%s may vote on this version", a.Country)
	case slices.ContainsFunc(v.Acceded, func(o Accession) bool { return o.Country == a.Country }):
		fs.Addf(FaultDone, "country", "nothing is left to do", "%s acceded already", a.Country)
	}
	if err := fs.Err(); err != nil {
		return err
	}
	v.Acceded = append(slices.Clone(v.Acceded), Accession{a.Country, on, a.Minutes})
	return nil
}

func (a TakenBack) apply(c *Charter, on contracts.Date) error {
	v, err := c.version(a.Version)
	if err != nil {
		return err
	}
	var fs contracts.Faults
	fs.Add("reason", text(a.Reason))
	if v.State != Open {
		fs.Addf(FaultDone, "version", "choose a version that is open", "version %d is decided", a.Version)
	}
	if err := fs.Err(); err != nil {
		return err
	}
	v.State, v.Ended = Withdrawn, on
	return nil
}
