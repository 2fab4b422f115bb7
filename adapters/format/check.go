package format

import (
	"bytes"
	"fmt"
	"slices"

	"passerelle/adapters/format/ebinterface"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/facturae"
	"passerelle/adapters/format/fatturapa"
	"passerelle/adapters/format/nav"
	"passerelle/adapters/format/rules"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// Checked is what Check held a document against, and what it found.
type Checked struct {
	Number string           `json:"number"`
	Rules  []string         `json:"rules"`  // names of the sets of rules; none for a FatturaPA or a report to NAV, which only the schema judges here
	Faults contracts.Faults `json:"faults"` // their codes are the ids of the rules
}

// Check holds a document against the rules that it says it keeps: UBL or CII as it was received, be it inside a PDF, or the input of Write in
// JSON, which is held against what the format asks for and the rules of what we issue. An error means that it cannot be read.
func Check(b []byte, format string) (Checked, error) {
	if isJSON(b) {
		in, err := Decode(b)
		if err != nil {
			return Checked{}, err
		}
		return in.checked(format)
	}
	root, err := parse(b)
	if err != nil {
		return Checked{}, err
	}
	d, err := from(root)
	if !Usable(err) {
		return Checked{}, err
	}
	wrong := outOfOrder(err)
	if national := fatturapa.Is(root) || nav.Is(root) || ebinterface.Is(root) || facturae.Is(root); national { // its schema alone judges it
		return checked(d, wrong.Err(), nil), nil
	}
	wrong = append(wrong, contracts.FaultsOf(rules.Check(d))...)
	return checked(d, wrong.Err(), rules.Kept(d)), nil
}

// checked holds an input against a format. A document that was read keeps the rules that it says it keeps.
func (in Input) checked(format string) (Checked, error) {
	if in.Document != nil {
		return checked(*in.Document, rules.Check(*in.Document), rules.Kept(*in.Document)), nil
	}
	if t, err := Target(format); err == nil {
		d := in.For(t)
		return checked(d, rules.CheckIssued(d), append(rules.Kept(d), rules.Own.Name)), nil
	}
	_, err := Write(format, in)
	if err != nil && !contracts.IsFault(err) {
		return Checked{}, err
	}
	return checked(en16931.Document{Number: in.invoice().Number}, err, nil), nil
}

func checked(d en16931.Document, err error, kept []string) Checked {
	return Checked{Number: d.Number, Rules: append([]string{}, kept...), Faults: append(contracts.Faults{}, contracts.FaultsOf(err)...)}
}

func isJSON(b []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(b), []byte("{")) }

// outOfOrder leaves out what the norm has no place for: the rules do not forbid it.
func outOfOrder(err error) (fs contracts.Faults) {
	for _, f := range contracts.FaultsOf(err) {
		if f.Code == xmltree.FaultOrder {
			fs = append(fs, f)
		}
	}
	return fs
}

// Target finds a target by its name.
func Target(name string) (en16931.Target, error) {
	i := slices.IndexFunc(en16931.Targets, func(t en16931.Target) bool { return t.Name == name })
	if i < 0 {
		return en16931.Target{}, contracts.Fault{Code: contracts.FaultInvalid, Field: "--format", Message: fmt.Sprintf("%q has no rules here", name), Remedy: "use en16931, peppol, peppol-selfbilling, xrechnung, xrechnung-cii, nlcius or cii"}
	}
	return en16931.Targets[i], nil
}
