package rules

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
)

// The sentences. Rules of one kind share one, with the term put in.

func (l *look) missing(bt, at string) {
	l.add(at, "give it", "%s (%s) is missing", terms[bt], bt)
}

// need is missing unless there.
func (l *look) need(there bool, bt, at string) {
	if !there {
		l.missing(bt, at)
	}
}

func (l *look) mustNotBe(bt, at string) {
	l.add(at, "leave it out", "%s (%s) may not be given here", terms[bt], bt)
}

// should compares an amount with what it should be.
func (l *look) should(bt, at string, is en16931.Number, want decimal.Decimal) {
	if is == nil {
		l.missing(bt, at)
	} else if !is.Equal(want) {
		l.add(at, "add up again", "%s (%s) is %s, and should be %s", terms[bt], bt, xmltree.Digits(*is), want)
	}
}

func (l *look) wrong(bt, at, value string) {
	l.add(at, "check what was typed", "%s (%s): %q is not right", terms[bt], bt, clip(value))
}

func (l *look) noCode(bt, at, value string) {
	l.add(at, "choose a code of the list", "%s (%s): %q is not in the list of codes", terms[bt], bt, clip(value))
}

func (l *look) negative(bt, at string) {
	l.add(at, "make the quantity negative instead", "%s (%s) is below zero", terms[bt], bt)
}

func (l *look) ends(at string) {
	l.add(at, "exchange the days", "the period ends before it begins")
}

func clip(s string) string { return fmt.Sprintf("%.40s", s) }

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// value is the number, zero when it is absent.
func value(n en16931.Number) decimal.Decimal {
	if n == nil {
		return decimal.Zero
	}
	return n.Decimal
}

func item(list string, i int, field string) string {
	if field == "" {
		return fmt.Sprintf("%s[%d]", list, i)
	}
	return fmt.Sprintf("%s[%d].%s", list, i, field)
}

// allowances calls f for each allowance and charge: those of the document, or those of its lines.
func (l *look) allowances(ofLines bool, f func(a *en16931.AllowanceCharge, at string)) {
	if !ofLines {
		for i := range l.d.AllowanceCharges {
			f(&l.d.AllowanceCharges[i], item("allowance_charges", i, ""))
		}
		return
	}
	for i := range l.d.Lines {
		for j := range l.d.Lines[i].AllowanceCharges {
			f(&l.d.Lines[i].AllowanceCharges[j], item("lines", i, item("allowance_charges", j, "")))
		}
	}
}
