package papers

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// Pack is a form filled in as far as the case knows it.
type Pack struct {
	Form        string                `json:"form"`
	Kind        Kind                  `json:"kind"`
	Name        Label                 `json:"name"`
	Of          contracts.CountryCode `json:"of,omitzero"`
	Institution string                `json:"institution,omitzero"`
	URL         string                `json:"url,omitzero"`
	Language    string                `json:"language,omitzero"`
	InForce     bool                  `json:"in_force"`
	Says        string                `json:"says,omitzero"`
	Unknown     string                `json:"unknown,omitzero"`
	Source      string                `json:"source"`
	Confidence  country.Confidence    `json:"confidence"`
	Rows        []Row                 `json:"rows"`
}

// Row is one question with its answer.
type Row struct {
	Key        string             `json:"key"`
	Label      Label              `json:"label"`
	Need       Need               `json:"need"`
	Value      string             `json:"value"` // dates as 2026-03-10, States as ISO 3166-1
	Missing    bool               `json:"missing,omitzero"`
	Note       string             `json:"note,omitzero"`
	Source     string             `json:"source"`
	Confidence country.Confidence `json:"confidence"`
}

// Fill answers a form from the facts. Fields that are not for these people are left out.
func (f Form) Fill(with Facts) Pack {
	p := Pack{Form: f.Key, Kind: f.Kind, Name: f.Name, Of: f.Of, Institution: or(f.Institution[with.Who], f.Institution[Employed]), URL: f.URL,
		Language: f.Language, InForce: f.InForce == nil || *f.InForce, Says: f.Says, Unknown: f.Unknown, Source: country.Cite(f.Evidence, sources), Confidence: f.Confidence.Or()}
	for _, field := range f.Fields {
		if field.Who != "" && field.Who != with.Who {
			continue
		}
		value := facts[field.From](with)
		p.Rows = append(p.Rows, Row{Key: field.Key, Label: field.Label, Need: field.Need, Value: value, Missing: value == "" && field.Need == Needed,
			Note: field.Note, Source: country.Cite(f.evidence(field), sources), Confidence: f.evidence(field).Confidence.Or()})
	}
	return p
}

// evidence is the field's own, and the form's for what it does not say.
func (f Form) evidence(field Field) country.Evidence {
	e := field.Evidence
	if len(e.Src) == 0 {
		e.Src = f.Src
	}
	if e.Confidence == "" && len(field.Src) == 0 {
		e.Confidence = f.Confidence
	}
	return e
}

// Missing lists what must be filled in and is not known.
func (p Pack) Missing() []Row {
	return slices.DeleteFunc(slices.Clone(p.Rows), func(r Row) bool { return !r.Missing })
}

// JSON is the pack for a program; the same facts give the same bytes.
func (p Pack) JSON() ([]byte, error) {
	b, err := contracts.Encode(p)
	if err != nil {
		return nil, fmt.Errorf("write %s as JSON: %w", p.Form, err)
	}
	return b, nil
}

// CSV is the pack for a spreadsheet: UTF-8 with a byte order mark, commas (RFC 4180). What a spreadsheet would take for a formula begins with an
// apostrophe.
func (p Pack) CSV() ([]byte, error) {
	out := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(out)
	w.UseCRLF = true
	lines := [][]string{{"key", "label", "label in the form's language", "needed", "value", "missing", "note"}}
	for _, r := range p.Rows {
		missing := ""
		if r.Missing {
			missing = "missing"
		}
		lines = append(lines, []string{r.Key, r.Label.English, harmless(r.Label.Own), string(r.Need), harmless(r.Value), missing, harmless(r.Note)})
	}
	if err := w.WriteAll(lines); err != nil {
		return nil, fmt.Errorf("write %s as CSV: %w", p.Form, err)
	}
	return out.Bytes(), nil
}

// phone is a number of digits, which no spreadsheet computes with.
var phone = regexp.MustCompile(`^\+[0-9 ]+$`)

func harmless(text string) string {
	if text != "" && !phone.MatchString(text) && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
