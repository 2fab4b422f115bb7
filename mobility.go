package main

import (
	"fmt"
	"strings"
	"time"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

type mobilityCommand struct {
	Decide mobilityDecide `cmd:"" help:"Say which law applies to work abroad, which papers it needs, and why. Exit code 1 when a case has faults."`
}

type mobilityDecide struct {
	File    string `arg:"" help:"Cases in YAML or JSON: one, a list, or a document with cases; - reads them from the standard input."`
	JSON    bool   `help:"Print a JSON array, one object a case."`
	Explain bool   `help:"Show the path through the tables: every row that was looked at."`
	RuleSet string `help:"Decide by this rule set, also one that is not in force: eu-2010, eu-2028. Else the first day of work chooses." placeholder:"NAME"`
	On      string `help:"The day of a case without trips, year-month-day; today when not given." placeholder:"DATE"`
}

// Help is what passerelle mobility decide --help says beyond the flags.
func (mobilityDecide) Help() string {
	return "The engine advises, an adviser confirms. docs/mobility.md describes the file, the tables and how to add a host's rule."
}

// Run decides every case of the file.
func (c mobilityDecide) Run(o output) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	in, err := openInput(c.File)
	if err != nil {
		return fmt.Errorf("mobility: %w", err)
	}
	defer in.Close()
	cases, err := mobility.Read(in)
	if contracts.IsFault(err) {
		return c.show(o, []mobility.Result{{Faults: contracts.FaultsOf(err)}})
	}
	if err != nil {
		return fmt.Errorf("mobility: %w", err)
	}
	engine := mobility.New(adapters.Atlas())
	results := make([]mobility.Result, len(cases))
	for i := range cases {
		results[i] = engine.Decide(cases[i], options)
	}
	return c.show(o, results)
}

func (c mobilityDecide) options() (mobility.Options, error) {
	o := mobility.Options{RuleSet: c.RuleSet, On: contracts.DateOf(time.Now().UTC()), Explain: c.Explain}
	if c.On != "" {
		on, err := contracts.ParseDate(c.On)
		if err != nil {
			return o, contracts.FaultsOf(err)[0].At("--on")
		}
		o.On = on
	}
	return o, mobility.KnownRuleSet(c.RuleSet, "--rule-set")
}

func (c mobilityDecide) show(o output, results []mobility.Result) error {
	if c.JSON {
		if err := printJSON(o, results); err != nil {
			return err
		}
	}
	faulty := false
	for _, r := range results {
		faulty = faulty || len(r.Faults) > 0
		if !c.JSON {
			printCase(o, r)
		}
	}
	if faulty {
		return errFound
	}
	return nil
}

func printCase(o output, r mobility.Result) {
	fmt.Fprintf(o.out, "%s\n", r.ID)
	for _, f := range r.Faults {
		fmt.Fprintf(o.out, "  fault %s: %s\n", f.Code, f)
	}
	if r.Decision != nil {
		printDecision(o, r.Decision)
	}
	fmt.Fprintln(o.out)
}

func printDecision(o output, d *mobility.Decision) {
	for _, l := range [][2]string{
		{"regime", fmt.Sprintf("%s (%s)", d.Regime, d.RuleSet)}, {"legislation", orDash(string(d.Legislation))}, {"article", orDash(string(d.Article))},
		{"a1", describeA1(d.A1)}, {"declaration", describeDeclaration(d.Declaration)},
		{"withholding check", yesNo(d.WithholdingCheck)}, {"health card valid", yesNo(d.EHICValid)}, {"warnings", orDash(joined(d.Warnings))},
	} {
		fmt.Fprintf(o.out, "  %-18s %s\n", l[0], l[1])
	}
	for _, t := range d.Trips {
		fmt.Fprintf(o.out, "  %-18s %s\n", fmt.Sprintf("trip %d to %s", t.Trip, t.Host),
			fmt.Sprintf("%s by %s; A1 %s; declaration %s", orDash(string(t.Legislation)), orDash(string(t.Article)), describeA1(t.A1), describeDeclaration(t.Declaration)))
	}
	fmt.Fprintln(o.out, "  because")
	for _, r := range d.Reasons {
		trip := ""
		if r.Trip > 0 {
			trip = fmt.Sprintf(", trip %d", r.Trip)
		}
		fmt.Fprintf(o.out, "    %s%s: %s\n        %s | confidence %s\n", r.For, trip, r.Says, r.Source, r.Confidence)
	}
	if len(d.Path) > 0 {
		fmt.Fprintln(o.out, "  path")
	}
	for _, s := range d.Path {
		fmt.Fprintf(o.out, "    %-4s %s: %s\n", yesNo(s.Holds), s.Table, s.Row)
	}
}

func describeA1(a mobility.A1) string {
	switch a.Needed {
	case mobility.A1Needed:
		return strings.Join(nonEmpty("needed, issued by "+string(a.Issuer), "code "+string(a.StatusCode), string(a.Route), a.Institution), ", ")
	case mobility.A1NotNeeded:
		return "not needed"
	}
	return "an adviser decides"
}

func describeDeclaration(d *mobility.Declaration) string {
	if d == nil {
		return "no trip"
	}
	latest := ""
	if !d.LatestDate.IsZero() {
		latest = fmt.Sprintf("latest on %s (%s)", d.LatestDate, d.LatestRule)
	}
	return strings.Join(nonEmpty(fmt.Sprintf("%s: %s", d.Host, orDash(string(d.System))), string(d.Need), latest), ", ")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func joined(all []mobility.Finding) string {
	texts := make([]string, len(all))
	for i, f := range all {
		texts[i] = string(f)
	}
	return strings.Join(texts, " ")
}
