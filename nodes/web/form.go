package web

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
)

// form is what a person typed, and what is wrong with it. A field of the page has the name that the faults use, such as
// "lines[0].price", so that each fault finds its field.
type form struct {
	values url.Values
	Faults contracts.Faults
}

// readForm reads a posted form, with every text in it checked.
func readForm(c echo.Context) (form, error) {
	values, err := web.Posted(c)
	if err != nil {
		return form{}, err
	}
	f := form{values: values}
	for name, values := range f.values {
		for _, v := range values {
			f.Faults.Add("", checkText(name, v))
		}
	}
	return f, f.Faults.Err()
}

// blankForm is a form with values to begin with: name, value, name, value.
func blankForm(pairs ...string) form { return form{values: web.Pairs(pairs...)} }

func (f form) get(name string) string { return strings.TrimSpace(f.values.Get(name)) }

// refused adds the faults of err to the form. What is no fault is returned: it is not the person's to mend.
func (f *form) refused(err error) error {
	if err == nil {
		return nil
	}
	if !contracts.IsFault(err) {
		return err
	}
	for _, fault := range contracts.FaultsOf(err) {
		if strings.HasPrefix(fault.Field, outbound.Settings) {
			fault.Field = "" // it lies on no field of the page
		}
		f.Faults = append(f.Faults, fault)
	}
	return nil
}

func (f *form) date(name string) contracts.Date {
	if f.get(name) == "" {
		return contracts.Date{}
	}
	d, err := contracts.ParseDate(f.get(name))
	f.Faults.Add(name, err)
	return d
}

// decimal reads a number. A missing one is a fault.
func (f *form) decimal(name string) (d contracts.Decimal) {
	if f.get(name) == "" {
		f.Faults.Addf(contracts.FaultMissing, name, "write digits with a point, such as 12.5", "no number")
		return d
	}
	v, err := contracts.ParseDecimal(web.WithPoint(strings.ReplaceAll(f.get(name), " ", "")), 6)
	f.Faults.Add(name, err)
	d.Decimal = v
	return d
}

// money reads an amount. A missing one is a fault.
func (f *form) money(name string, c contracts.Currency) contracts.Money {
	if f.get(name) == "" {
		f.Faults.Addf(contracts.FaultMissing, name, "write digits with a point, such as 1234.56", "no amount")
		return contracts.Money{}
	}
	m, err := contracts.ParseMoney(web.WithPoint(f.get(name)), c)
	f.Faults.Add(name, err)
	return m
}

// Given is what was typed, to be carried along by a page that asks once more.
func (f form) Given() (all []field) {
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		if !slices.Contains([]string{"do", "shown", "once"}, name) {
			all = append(all, field{Name: name, Value: f.get(name)})
		}
	}
	return all
}

// option is one choice of a field.
type option struct{ Value, Text string }

// field is one input of a page with its label, what was typed, and what is wrong with it. The methods return a changed copy, so that a
// template reads: (.Form.Field "amount" "Amount").As "decimal".
type field struct {
	Name, Label, Value, Help string
	Kind                     string // text, decimal, date, email, choice, suggest, area
	Needed                   bool
	Home                     string // the choice that opens what is asked of buyers at home
	Options                  []option
	Faults                   contracts.Faults
}

// Field is an input for text.
func (f form) Field(name, label string) field {
	out := field{Name: name, Label: label, Value: f.values.Get(name), Kind: "text"}
	for _, fault := range f.Faults {
		if fault.Field != name {
			continue
		}
		out.Faults = append(out.Faults, fault)
	}
	return out
}

// As sets the kind of input.
func (f field) As(kind string) field { f.Kind = kind; return f }

// Required marks an input that cannot stay empty.
func (f field) Required() field { f.Needed = true; return f }

// Hint adds a line between label and input.
func (f field) Hint(text string) field { f.Help = text; return f }

// Of makes it a choice.
func (f field) Of(options []option) field { f.Kind, f.Options = "choice", options; return f }

// AtHome names the choice that opens what is asked of buyers at home.
func (f field) AtHome(value any) field { f.Home = fmt.Sprint(value); return f }

// Suggest keeps it an input for text and offers what may be meant.
func (f field) Suggest(options []option) field { f.Kind, f.Options = "suggest", options; return f }

// lineField is the name of an input of a line: lineField(0, "price") is "lines[0].price".
func lineField(i int, name string) string { return fmt.Sprintf("lines[%d].%s", i, name) }
