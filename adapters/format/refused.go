package format

import (
	"regexp"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/rules"
	"passerelle/contracts"
)

// Formats are what a choice is written in: the invoice, as data beside the paper where that is what the buyer gets, and the report.
func (c Choice) Formats() []string {
	all := []string{c.Data()}
	if c.Report != "" {
		all = append(all, c.Report)
	}
	return all
}

// Data is what the invoice itself is written in: inside paper it is CII, with which paper is a Factur-X invoice.
func (c Choice) Data() string {
	if c.Buyer == paper {
		return en16931.FacturX.Name
	}
	return c.Buyer
}

// Refused returns a Fault for all that the outside would refuse of the input in one of the formats: the rules that a document of
// the norm is held against by who receives it, and what a format cannot be written without. Each fault is named once.
//
// Field is where it lies in an Invoice (the terms of the norm keep their own names, such as buyer.address.post_code), or in
// Facts or National with the name of its format before it, such as fatturapa.regime. An error that is no fault is a defect.
func (in Input) Refused(formats ...string) error {
	var fs contracts.Faults
	for _, name := range formats {
		err := in.refusedAs(name)
		if err != nil && !contracts.IsFault(err) {
			return err
		}
		for _, f := range contracts.FaultsOf(err) {
			if !has(fs, f) {
				fs = append(fs, f)
			}
		}
	}
	return fs.Err()
}

func has(fs contracts.Faults, f contracts.Fault) bool {
	for _, o := range fs {
		if o.Field == f.Field && o.Message == f.Message {
			return true
		}
	}
	return false
}

func (in Input) refusedAs(name string) error {
	if t, err := Target(name); err == nil {
		if err := in.keeps(in.For(t)); err != nil {
			return err
		}
	}
	_, err := Write(name, in)
	return withinInvoice(err)
}

// keeps holds a document against the rules. Those of our own are for invoices: a part of one that is taken back has its share of the VAT,
// which may be a cent from the rate's, so that all parts together are the whole.
func (in Input) keeps(d en16931.Document) error {
	if in.CreditNote != nil {
		return rules.Check(d)
	}
	return rules.CheckIssued(d)
}

var memberOf = regexp.MustCompile(`^(invoice|credit_note)\.`)

// withinInvoice takes the member of the input off the faults of a writer.
func withinInvoice(err error) error {
	if err == nil || !contracts.IsFault(err) {
		return err
	}
	fs := append(contracts.Faults{}, contracts.FaultsOf(err)...)
	for i := range fs {
		fs[i].Field = memberOf.ReplaceAllString(fs[i].Field, "")
	}
	return fs
}
