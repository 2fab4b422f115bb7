package papers

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

//go:embed forms.yaml
var formsYAML []byte

// Kind tells what a form is for.
type Kind string

// The kinds of forms.
const (
	A1Request   Kind = "a1"
	Declaration Kind = "declaration"
)

// Label is a text in English and in the language of the form; Own is empty where that is English or not known.
type Label struct {
	English string `json:"en" yaml:"en"`
	Own     string `json:"own,omitzero" yaml:"own,omitempty"`
}

// Form is what an institution or a host State asks.
type Form struct {
	country.Period   `yaml:",inline"`
	country.Evidence `yaml:",inline"`
	Key              string                `yaml:"key"`
	Kind             Kind                  `yaml:"kind"`
	Of               contracts.CountryCode `yaml:"of,omitempty"`    // whose form it is; empty for a common one
	Under            string                `yaml:"under,omitempty"` // the form whose fields this one begins with
	Institution      map[Who]string        `yaml:"institution,omitempty,flow"`
	Name             Label                 `yaml:"name"`
	URL              string                `yaml:"url,omitempty"`
	Language         string                `yaml:"language,omitempty"` // of Own, ISO 639-1
	InForce          *bool                 `yaml:"in_force,omitempty"` // missing is true
	Says             string                `yaml:"says,omitempty"`
	Unknown          string                `yaml:"unknown,omitempty"` // what the sources do not tell
	Fields           []Field               `yaml:"fields"`
}

// Need is whether a field must be filled in.
type Need string

// The needs. If: only where the note says so.
const (
	Needed   Need = "yes"
	Optional Need = "no"
	NeededIf Need = "if"
)

// Field is one question of a form.
type Field struct {
	Label            `yaml:",inline"`
	country.Evidence `yaml:",inline"`
	Key              string `yaml:"key"`
	From             string `yaml:"from"` // the fact it is filled from
	Need             Need   `yaml:"needed"`
	Who              Who    `yaml:"who,omitempty"`    // only of these people; empty is everybody
	Pay              bool   `yaml:"pay,omitempty"`    // asks what somebody earns
	Number           bool   `yaml:"number,omitempty"` // asks a national number, which a host is told only where its form wants it
}

var forms, sources = mustForms(formsYAML)

// mustForms panics on data that do not hold together: they are part of the program.
func mustForms(data []byte) ([]Form, map[string]country.Source) {
	all, sources, err := loadForms(data)
	if err != nil {
		panic(err)
	}
	return all, sources
}

func loadForms(data []byte) ([]Form, map[string]country.Source, error) {
	var file struct {
		Forms   []Form                    `yaml:"forms"`
		Sources map[string]country.Source `yaml:"sources"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, nil, fmt.Errorf("load forms: %w", err)
	}
	for i := range file.Forms {
		f := &file.Forms[i]
		if err := f.check(file.Sources); err != nil {
			return nil, nil, fmt.Errorf("load forms: %s: %w", f.Key, err)
		}
		if under := find(file.Forms[:i], f.Under); under != nil {
			f.Fields = over(under.Fields, f.Fields)
		}
	}
	return file.Forms, file.Sources, nil
}

func (f *Form) check(sources map[string]country.Source) error {
	cited := slices.Clone(f.Src)
	for _, field := range f.Fields {
		if facts[field.From] == nil || field.English == "" || field.Need != Needed && field.Need != Optional && field.Need != NeededIf {
			return fmt.Errorf("field %s needs a label, a known fact and yes, no or if", field.Key)
		}
		if field.Need == NeededIf && field.Note == "" {
			return fmt.Errorf("field %s: a note says when it is needed", field.Key)
		}
		cited = append(cited, field.Src...)
	}
	if len(f.Src) == 0 || f.Name.English == "" {
		return fmt.Errorf("a form has a name and a source")
	}
	for _, key := range cited {
		if sources[key].Name == "" {
			return fmt.Errorf("unknown source %q", key)
		}
	}
	return nil
}

func find(all []Form, key string) *Form {
	i := slices.IndexFunc(all, func(f Form) bool { return f.Key == key })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// over puts fields of the same key in the place of those below, and the others behind.
func over(below, above []Field) []Field {
	out := slices.Clone(below)
	for _, field := range above {
		if i := slices.IndexFunc(out, func(f Field) bool { return f.Key == field.Key }); i >= 0 {
			field.Note, field.Src = or(field.Note, out[i].Note), orList(field.Src, out[i].Src)
			out[i] = field
			continue
		}
		out = append(out, field)
	}
	return out
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func orList(a, b []string) []string {
	if len(a) > 0 {
		return a
	}
	return b
}

// A1Form is the form for an A1 that a State's institution issues; the common content where nothing more is known of it.
func A1Form(of contracts.CountryCode) Form {
	if f := find(forms, "a1_"+lower(of)); f != nil {
		return *f
	}
	return *find(forms, "a1")
}

func lower(c contracts.CountryCode) string { return string(bytes.ToLower([]byte(c))) }

// DeclarationForm is the form of a host's notice by the name of its system, such as limosa, as it stands on a day; false for one that is
// not carried.
func DeclarationForm(system string, on contracts.Date) (Form, bool) {
	f := find(forms, system)
	if f == nil || f.Kind != Declaration || !f.Covers(on) {
		return Form{}, false
	}
	return *f, true
}

// DeclarationForms lists the forms of hosts' notices.
func DeclarationForms() []Form {
	return slices.DeleteFunc(slices.Clone(forms), func(f Form) bool { return f.Kind != Declaration })
}

// Asks tells whether a form has a field filled from a fact, such as "person.host_number": a host node is told what its form asks and no
// more.
func (f Form) Asks(fact string) bool {
	return slices.ContainsFunc(f.Fields, func(field Field) bool { return field.From == fact })
}

// AsksPay tells whether the form wants to know what somebody earns.
func (f Form) AsksPay() bool {
	return slices.ContainsFunc(f.Fields, func(field Field) bool { return field.Pay })
}

// AsksNumber tells whether the form wants a national number of the person.
func (f Form) AsksNumber() bool {
	return slices.ContainsFunc(f.Fields, func(field Field) bool { return field.Number })
}
