package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/contracts"
)

type countryCommand struct {
	List    countryList    `cmd:"" help:"List the countries with a node."`
	Show    countryShow    `cmd:"" help:"Print what holds in a country on a day, and its source."`
	CheckID countryCheckID `cmd:"" name:"check-id" help:"Say whether a VAT or registration number is right, and why not. Exit code 1 when it is none."`
}

type countryList struct {
	JSON bool `help:"Print JSON."`
}

// Run lists the countries.
func (c countryList) Run(o output) error {
	type line struct {
		Country contracts.CountryCode `json:"country"`
		Name    string                `json:"name"`
		Joined  contracts.Date        `json:"joined"`
		Left    contracts.Date        `json:"left,omitzero"`
	}
	var lines []line
	for _, a := range adapters.All() {
		lines = append(lines, line{a.Code, a.Name.EN, a.Network.Joined, a.Network.Left})
	}
	if c.JSON {
		return printJSON(o, lines)
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	for _, l := range lines {
		left := ""
		if !l.Left.IsZero() {
			left = "left " + l.Left.String()
		}
		fmt.Fprintf(w, "%s\t%s\tsince %s\t%s\n", l.Country, l.Name, l.Joined, left)
	}
	return w.Flush()
}

type countryShow struct {
	Country string `arg:"" help:"Two letters: be de fr at it nl se es hu, or a country where only buyers live."`
	On      string `help:"The day, year-month-day; today when not given." placeholder:"DATE"`
	Topic   string `help:"Only this topic, such as vat." placeholder:"TOPIC"`
	JSON    bool   `help:"Print JSON."`
}

// Run prints the facts of the day.
func (c countryShow) Run(o output) error {
	on := contracts.DateOf(time.Now().UTC())
	if c.On != "" {
		var err error
		if on, err = contracts.ParseDate(c.On); err != nil {
			return contracts.FaultsOf(err)[0].At("--on")
		}
	}
	facts, err := factsOf(contracts.CountryCode(strings.ToUpper(c.Country)), on)
	if err != nil {
		return err
	}
	var shown adapters.Facts
	for _, f := range facts {
		if c.Topic == "" || strings.EqualFold(f.Topic, c.Topic) {
			shown = append(shown, f)
		}
	}
	if len(shown) == 0 {
		return contracts.Fault{Code: contracts.FaultMissing, Field: "--topic", Message: fmt.Sprintf("nothing is known of %q on %s", c.Topic, on), Remedy: "leave --topic out to see what there is"}
	}
	if c.JSON {
		return printJSON(o, shown)
	}
	printFacts(o, c.Country, on, shown)
	return nil
}

func factsOf(code contracts.CountryCode, on contracts.Date) (adapters.Facts, error) {
	a, err := adapters.For(code)
	if err == nil {
		return adapters.Show(a, on), nil
	}
	if m := adapters.Atlas()[code]; m != nil {
		return adapters.ShowMarket(m, on), nil
	}
	return nil, err
}

func printFacts(o output, name string, on contracts.Date, facts adapters.Facts) {
	fmt.Fprintf(o.out, "%s on %s\n", strings.ToUpper(name), on)
	topic := ""
	for _, f := range facts {
		if f.Topic != topic {
			topic = f.Topic
			fmt.Fprintf(o.out, "\n%s\n", strings.ToUpper(topic))
		}
		fmt.Fprintf(o.out, "  %s: %s%s\n", f.Name, f.Value, during(f))
		fmt.Fprintf(o.out, "      %s\n", strings.Join(nonEmpty(f.Source, confidence(f), f.Note), " | "))
	}
}

func during(f adapters.Fact) string {
	switch {
	case f.Since.IsZero() && f.Until.IsZero():
		return ""
	case f.Until.IsZero():
		return fmt.Sprintf("  [since %s]", f.Since)
	}
	return fmt.Sprintf("  [%s to %s]", cmp.Or(f.Since.String(), "…"), f.Until)
}

func confidence(f adapters.Fact) string {
	if f.Confidence == country.High {
		return ""
	}
	return "confidence " + string(f.Confidence)
}

func nonEmpty(texts ...string) (all []string) {
	for _, t := range texts {
		if t != "" {
			all = append(all, t)
		}
	}
	return all
}

type countryCheckID struct {
	Country string `arg:"" help:"Two letters."`
	Number  string `arg:"" help:"The number, as it was given to you."`
	JSON    bool   `help:"Print JSON."`
}

// Run tries the number as each kind the country has.
func (c countryCheckID) Run(o output) error {
	findings, err := adapters.CheckID(contracts.CountryCode(strings.ToUpper(c.Country)), c.Number)
	if err != nil {
		return err
	}
	valid := false
	for _, f := range findings {
		valid = valid || f.Valid
	}
	if c.JSON {
		err = printJSON(o, findings)
	} else {
		printFindings(o, findings)
	}
	if err == nil && !valid {
		return errFound
	}
	return err
}

func printFindings(o output, findings []country.Finding) {
	for _, f := range findings {
		if f.Valid {
			fmt.Fprintf(o.out, "yes  %s: %s\n", f.Name, f.Normalised)
			continue
		}
		fmt.Fprintf(o.out, "no   %s: %s\n", f.Name, f.Why)
	}
}

func printJSON(o output, v any) error {
	e := json.NewEncoder(o.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
