// Package rules holds the rules that documents of EN 16931 are accepted or refused by, over the semantic model, so that
// they hold in every syntax: the business rules of the norm (BR-*), those of Peppol BIS Billing 3, XRechnung and NLCIUS,
// and a few of our own where the published rules accept what the law does not.
//
// A rule is an id and a small function. The id is the published one and becomes the code of the Fault, so that a person
// can look it up and a program can decide by it. Rules of syntax (UBL-*, CII-*) are not here: a writer of ours cannot
// break them, a reader refuses what does. Published warnings refuse nothing and are left out. docs/einvoicing.md lists
// what is covered, and what is not and why.
package rules

import (
	"slices"
	"strings"

	"passerelle/adapters/format/en16931"
	"passerelle/contracts"
)

// Rule is one thing that must hold.
type Rule struct {
	ID    string // as published; those of ours begin with PASSERELLE
	holds func(*look)
}

// Set is the rules of one publisher.
type Set struct {
	Name  string
	Rules []Rule
	// follows tells whether a document says that it keeps the set.
	follows func(en16931.Document) bool
}

// Sets are all of them; Norm stands first and is followed by every document.
var Sets = []Set{Norm, Peppol, XRechnung, NLCIUS, Own}

// Norm is EN 16931-1:2017 as its rules 1.3.16 of April 2026 have it.
var Norm = Set{Name: "EN 16931", follows: func(en16931.Document) bool { return true },
	Rules: slices.Concat(presence, consistency, sums, decimalRules(), categoryRules(), codeRules)}

// Peppol is BIS Billing 3, with the rules of the countries that have a node.
var Peppol = Set{Name: "Peppol BIS Billing 3", follows: isPeppol, Rules: slices.Concat(network, shared, peppolCodes, national, german("DE-R-"))}

// XRechnung is its version 3, rules 2.5.0; it takes over a part of Peppol's.
var XRechnung = Set{Name: "XRechnung 3", follows: says("xeinkauf.de:kosit:xrechnung_3"), Rules: slices.Concat(shared, german("BR-DE-"))}

// NLCIUS is version 1.0.3 for sellers in the Netherlands.
var NLCIUS = Set{Name: "NLCIUS 1.0", follows: says("nen.nl:nlcius:v1"), Rules: dutch}

// Own is what the law demands, or receivers still check, and the current published rules let pass.
var Own = Set{Name: "Passerelle", follows: func(en16931.Document) bool { return false }, Rules: own}

func says(part string) func(en16931.Document) bool {
	return func(d en16931.Document) bool { return strings.Contains(d.Specification, part) }
}

// Check returns a Fault for each place where the document breaks a published rule of a set that it says it keeps
// (BT-24): who receives it may refuse it. Field is the path of the term in the JSON of the document.
func Check(d en16931.Document) error { return check(&d, false) }

// CheckIssued is Check for what we issue ourselves: it demands the rules of Own as well.
func CheckIssued(d en16931.Document) error { return check(&d, true) }

func check(d *en16931.Document, issued bool) error {
	l := look{d: d, used: usage(d)}
	for i := range Sets {
		if Sets[i].follows(*d) || issued && Sets[i].Name == Own.Name {
			l.keeps(Sets[i].Rules)
		}
	}
	return l.faults.Err()
}

// Amounts holds the document against the rules of arithmetic and of VAT alone, whichever set it keeps: what matters to who has
// to pay it. Documents that were not written by the norm, as a FatturaPA, are only added up: their categories are ours.
func Amounts(d en16931.Document) error {
	l := look{d: &d, used: usage(&d)}
	l.keeps(sums)
	if d.Specification != "" {
		l.keeps(categoryRules())
	}
	return l.faults.Err()
}

// look is one examination of a document.
type look struct {
	d      *en16931.Document
	used   map[string]*use // what is sold in each VAT category
	id     string          // of the rule whose turn it is
	faults contracts.Faults
}

// mostFaults bounds the answer to a document of thousands of lines, each of them wrong.
const mostFaults = 200

func (l *look) keeps(all []Rule) {
	for _, r := range all {
		l.id = r.ID
		r.holds(l)
	}
}

func (l *look) add(field, remedy, format string, args ...any) {
	if len(l.faults) < mostFaults && !slices.ContainsFunc(l.faults, func(f contracts.Fault) bool { return string(f.Code) == l.id && f.Field == field }) {
		l.faults.Addf(contracts.FaultCode(l.id), field, remedy, format, args...)
	}
}

// Kept names the sets that a document says it keeps.
func Kept(d en16931.Document) []string {
	var names []string
	for _, s := range Sets {
		if s.follows(d) {
			names = append(names, s.Name)
		}
	}
	return names
}
