package main

import (
	"fmt"
	"strings"

	"passerelle/adapters/format"
)

type invoiceCheck struct {
	File   string `arg:"" help:"A document as read takes it, the input of write as JSON, or - for standard input."`
	Format string `default:"en16931" enum:"${written}" help:"What an input in JSON is checked for: ${enum}." placeholder:"NAME"`
	JSON   bool   `help:"Print the report as JSON."`
}

// Run lists the rules that the document breaks, with exit code 1 when there are any.
func (c invoiceCheck) Run(o output) error {
	b, err := readDocument(c.File)
	if err != nil {
		return err
	}
	report, err := format.Check(b, c.Format)
	if err != nil {
		return found(o, err)
	}
	if err := c.print(o, report); err != nil {
		return err
	}
	if len(report.Faults) > 0 {
		return errFound
	}
	return nil
}

func (c invoiceCheck) print(o output, report format.Checked) error {
	if c.JSON {
		return printJSON(o, report)
	}
	for _, f := range report.Faults {
		fmt.Fprintf(o.out, "%s  %s\n", f.Code, f)
	}
	_, err := fmt.Fprintf(o.out, "%s: %s by %s\n", report.Number, counted(len(report.Faults)), judges(report.Rules))
	return err
}

func counted(faults int) string {
	if faults == 1 {
		return "1 fault"
	}
	return fmt.Sprintf("%d faults", faults)
}

func judges(sets []string) string {
	if len(sets) == 0 {
		return "its schema"
	}
	return "its schema and the rules of " + strings.Join(sets, ", ")
}
