package pages

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
)

// form is what somebody typed, and what is wrong with it. Passwords and codes are never shown again.
type form struct {
	values url.Values
	Faults contracts.Faults
}

func readForm(c echo.Context) (form, error) {
	values, err := web.Posted(c)
	return form{values: values}, err
}

func blankForm(pairs ...string) form { return form{values: web.Pairs(pairs...)} }

// get is the text of a field without the spaces around it; of a password take secret.
func (f form) get(name string) string { return strings.TrimSpace(f.values.Get(name)) }

func (f form) secret(name string) string { return f.values.Get(name) }

// refused adds the faults of err to the form. What is no fault is returned: it is not the person's to mend.
func (f *form) refused(err error) error {
	if !contracts.IsFault(err) {
		return err
	}
	f.Faults = append(f.Faults, contracts.FaultsOf(err)...)
	return nil
}

// input is one field with its label, what was typed, and what is wrong with it. The methods return a changed copy.
type input struct {
	Name, Label, Value, Help, Kind, Auto string
	Free                                 bool // may stay empty
	Faults                               contracts.Faults
}

// Input is a field for text.
func (f form) Input(name, label string) input {
	in := input{Name: name, Label: label, Value: f.values.Get(name), Kind: "text"}
	for _, fault := range f.Faults {
		if fault.Field == name {
			in.Faults = append(in.Faults, fault)
		}
	}
	return in
}

// As sets the kind of input: text, email, password, code.
func (i input) As(kind string) input {
	if i.Kind = kind; kind == "password" || kind == "code" {
		i.Value = ""
	}
	return i
}

// Hint adds a line between label and input.
func (i input) Hint(text string) input { i.Help = text; return i }

// Filled says what a browser may fill in: a name of the HTML standard.
func (i input) Filled(auto string) input { i.Auto = auto; return i }

// Optional is a field that may stay empty.
func (i input) Optional() input { i.Free = true; return i }
