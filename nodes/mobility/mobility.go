// Package mobility decides what law applies to somebody who works abroad for a time: which State's social security, under
// which article, which A1 from whom, whether the host wants a declaration and until when, and what an adviser must look at.
// Every answer carries its reason and its source.
//
// It is the rules alone: pure functions of the facts and of dated data, without clock, store or network. It opens no case, files
// nothing and writes no paper; an adviser confirms what it says. European law is in law.yaml, the host countries' rules are data
// of the adapters.
package mobility

import (
	"passerelle/adapters/country"
	"passerelle/contracts"
)

// Engine holds the law and the host countries' rules. It is never changed after New and safe for concurrent use.
type Engine struct {
	law   *law
	hosts country.Atlas
}

// New returns an engine that reads host rules from the atlas. It panics when the embedded law does not hold together.
func New(hosts country.Atlas) *Engine { return &Engine{mustLaw(), hosts} }

// Options is how a decision is made.
type Options struct {
	RuleSet string         // by name, also one that is not in force; empty: the one in force on the first day of work
	On      contracts.Date // the day of a case without trips; zero: the law as it stands last
	Explain bool           // keep the path through the tables
}

// RuleSets names the rule sets, those in force first.
func (e *Engine) RuleSets() (names []string) {
	for _, set := range e.law.RuleSets {
		names = append(names, set.Name)
	}
	return names
}

// Decide answers a case. A case with faults is not decided: the faults are the answer.
func (e *Engine) Decide(c Case, o Options) Result {
	faults := append(contracts.Faults{}, c.faults...)
	set, err := e.ruleSet(c, o)
	faults.Add("rule_set", err)
	if len(faults) == 0 {
		faults = append(faults, e.check(&c.Input)...)
	}
	if len(faults) > 0 {
		return Result{ID: c.ID, Faults: faults}
	}
	d := &decider{engine: e, law: e.law, set: set, in: &c.Input, on: firstDay(&c.Input, o.On), explain: o.Explain}
	decision, err := d.decide()
	if err != nil {
		return Result{ID: c.ID, Faults: contracts.FaultsOf(err)}
	}
	return Result{ID: c.ID, Decision: decision, Faults: contracts.Faults{}}
}

// firstDay is the first day of the work, by which the law is chosen.
func firstDay(in *Input, on contracts.Date) contracts.Date {
	for i, t := range in.Trips {
		if i == 0 || t.Start.Before(on) {
			on = t.Start
		}
	}
	return on
}

func (e *Engine) ruleSet(c Case, o Options) (*ruleSet, error) {
	if o.RuleSet != "" {
		return e.law.named(o.RuleSet, true)
	}
	set, err := e.law.inForce(firstDay(&c.Input, o.On))
	if c.ruleSet != "" && err == nil {
		return e.law.named(c.ruleSet, false)
	}
	return set, err
}
