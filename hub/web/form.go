package web

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
)

// form is what a person typed, and what is wrong with it. A field has the name that the faults use.
type form struct {
	values url.Values
	Faults contracts.Faults
}

func readForm(c echo.Context) (form, error) {
	values, err := web.Posted(c)
	return form{values: values}, err
}

func (f form) get(name string) string { return strings.TrimSpace(f.values.Get(name)) }

// refused adds the faults of err to the form. What is no fault is returned: it is not the person's to mend.
func (f *form) refused(err error) error {
	if !contracts.IsFault(err) {
		return err
	}
	f.Faults = append(f.Faults, contracts.FaultsOf(err)...)
	return nil
}

func (f *form) date(name string) contracts.Date {
	d := contracts.Date{}
	if f.get(name) != "" {
		var err error
		d, err = contracts.ParseDate(f.get(name))
		f.Faults.Add(name, err)
	}
	return d
}

// number reads a whole number; an empty field is 0.
func (f *form) number(name string) int {
	if f.get(name) == "" {
		return 0
	}
	d, err := contracts.ParseDecimal(f.get(name), 0)
	if err != nil || d.Abs().IntPart() > 1_000_000 {
		f.Faults.Addf(contracts.FaultInvalid, name, "write a whole number, such as 12", "%q is no whole number", web.Clip(f.get(name)))
	}
	return int(d.IntPart())
}

// money reads an amount; a decimal comma where nothing else can be meant, so that 12,500 is asked back; spaces are left out. An empty field is nothing of the currency.
func (f *form) money(name string, c contracts.Currency) contracts.Money {
	text := web.WithPoint(strings.NewReplacer(" ", "", "\u00a0", "").Replace(f.get(name)))
	if text == "" {
		return contracts.Zero(c)
	}
	m, err := contracts.ParseMoney(text, c)
	f.Faults.Add(name, err)
	return m
}

// option is one choice of a field.
type option struct{ Value, Text string }

// field is one input of a page with its label, what was typed, and what is wrong with it.
type field struct {
	Name, Label, Value, Help string
	Kind                     string // text, decimal, date, choice, area, hidden
	Needed                   bool
	Options                  []option
	Faults                   contracts.Faults
}

func (f form) field(name, label, kind string) field {
	out := field{Name: name, Label: label, Value: f.values.Get(name), Kind: kind}
	for _, fault := range f.Faults {
		if fault.Field == name {
			out.Faults = append(out.Faults, fault)
		}
	}
	return out
}

// Shown is what was typed as the question before an entry shows it: the words of a choice.
func (f field) Shown() string {
	for _, o := range f.Options {
		if o.Value == f.Value {
			return o.Text
		}
	}
	return f.Value
}
