package main

import (
	"fmt"
	"strings"

	"passerelle/adapters/format"
)

type invoiceCheck struct {
	File   string `arg:"" help:"A document as read takes it, the input of write as JSON, or - for standard input."`
	Format string `default:"en16931" help:"What an input in JSON is checked for: en16931, peppol, peppol-selfbilling, xrechnung, xrechnung-cii, nlcius or cii." placeholder:"NAME"`
	JSON   bool   `help:"Print the report as JSON."`
}

// Run lists the rules that the document breaks, with exit code 1 when there are any.
func (c invoiceCheck) Run(o output) error {
	target, err := format.Target(c.Format)
	if err != nil {
		return found(o, err)
	}
	b, err := readDocument(c.File)
	if err != nil {
		return err
	}
	report, err := format.Check(b, target)
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
	_, err := fmt.Fprintf(o.out, "%s: %d faults by the rules of %s\n", report.Number, len(report.Faults), strings.Join(append(report.Rules, "its schema"), ", "))
	return err
}
