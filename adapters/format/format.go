// Package format puts the formats together: what may be written, by name, from one input; and what kind of document some
// bytes are. The formats stand in the folders below; each can be used alone.
package format

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"passerelle/adapters"
	"passerelle/adapters/format/cii"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/ubl"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// Input is what a format is written from: exactly one of the three, with the facts that an invoice of ours does not hold.
type Input struct {
	Invoice    *contracts.Invoice    `json:"invoice,omitzero"`
	CreditNote *contracts.CreditNote `json:"credit_note,omitzero"`
	Document   *en16931.Document     `json:"document,omitzero"` // as Read returned it, to write it in the other syntax
	Facts      en16931.Facts         `json:"facts,omitzero"`
	National
}

// MaxBytes is how large an input may be: what Read reads, as JSON.
const MaxBytes = 2 * xmltree.MaxBytes

// Decode reads an input from JSON, strictly. An invoice is added up; totals that were given must be those of its lines.
func Decode(b []byte) (Input, error) {
	var in Input
	if err := contracts.DecodeWithin(MaxBytes, b, &in); err != nil {
		return Input{}, err
	}
	given := 0
	for _, there := range []bool{in.Invoice != nil, in.CreditNote != nil, in.Document != nil} {
		if there {
			given++
		}
	}
	if given != 1 {
		return Input{}, contracts.Fault{Code: contracts.FaultMissing, Message: "an input is one invoice, one credit_note or one document", Remedy: "passerelle invoice example prints one"}
	}
	in.Facts.Atlas = adapters.Atlas()
	if in.Invoice != nil {
		return in, addUp(in.Invoice, "invoice")
	}
	if in.CreditNote != nil {
		return in, addUp(&in.CreditNote.Invoice, "credit_note")
	}
	return in, nil
}

// addUp computes nets and totals; those that were given must be the same, currency included.
func addUp(inv *contracts.Invoice, field string) error {
	given := *inv
	var fs contracts.Faults
	var err error
	if inv.Lines, inv.Totals, err = contracts.Compute(inv.Currency, inv.Lines); err != nil {
		fs.Add(field, err)
		return fs.Err()
	}
	if len(given.Totals.Breakdown) > 0 && !same(given, *inv) {
		fs.Addf(contracts.FaultAmount, field+".totals", "leave the totals out and they are computed", "the lines do not add up to the totals")
	}
	return fs.Err()
}

func same(a, b contracts.Invoice) bool {
	x, errX := contracts.Encode(a)
	y, errY := contracts.Encode(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// For returns the document of the norm as the target wants it told. One that was read keeps its terms, and claims to follow
// the target's rules when these are narrower than the norm's.
func (in Input) For(t en16931.Target) en16931.Document {
	switch {
	case in.Invoice != nil:
		return en16931.From(*in.Invoice, t, in.Facts)
	case in.CreditNote != nil:
		return en16931.FromCredit(*in.CreditNote, t, in.Facts)
	}
	d := *in.Document
	if t.Specification != en16931.Plain.Specification { // else it stays what it says it is, in another syntax
		d.Specification, d.Process = t.Specification, t.Process
	}
	return d
}

// writers are the formats by name.
var writers = map[string]func(Input) ([]byte, error){
	"en16931":            as(en16931.Plain, ubl.Write),
	"peppol":             as(en16931.Peppol, ubl.Write),
	"peppol-selfbilling": as(en16931.PeppolSelfBilling, ubl.Write),
	"xrechnung":          as(en16931.XRechnung, ubl.Write),
	"xrechnung-cii":      as(en16931.XRechnungCII, cii.Write),
	"nlcius":             as(en16931.NLCIUS, ubl.Write),
	"cii":                as(en16931.FacturX, cii.Write),
	"fatturapa":          writeFatturaPA,
	"facturae":           writeFacturae,
	"ebinterface":        writeEbInterface,
	"nav":                writeNAV,
}

func as(t en16931.Target, write func(en16931.Document) ([]byte, error)) func(Input) ([]byte, error) {
	return func(in Input) ([]byte, error) { return write(in.For(t)) }
}

// Names lists what Write knows.
func Names() []string { return slices.Sorted(maps.Keys(writers)) }

// Write returns the input in a format. What the format cannot say, or asks for and the input lacks, is a Fault.
func Write(name string, in Input) ([]byte, error) {
	write := writers[name]
	if write == nil {
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Field: "format", Message: fmt.Sprintf("there is no format %q", name), Remedy: "use one of " + strings.Join(Names(), ", ")}
	}
	return write(in)
}
