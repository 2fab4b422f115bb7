package country

import (
	"fmt"

	"passerelle/contracts"
)

// Confidence says how sure a fact is.
type Confidence string

// High is what a fact is that says nothing: read in a listed source, or computed and cross-checked. Medium is
// established law or practice whose text was not re-read. Low is uncertain: a node must be able to configure it and no
// rule may rest on it alone.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// UnmarshalText reads one of the three words.
func (c *Confidence) UnmarshalText(b []byte) error {
	switch v := Confidence(b); v {
	case High, Medium, Low:
		*c = v
		return nil
	}
	return fmt.Errorf("%q is no confidence: write high, medium or low", b)
}

// Or returns the confidence, High when nothing is said.
func (c Confidence) Or() Confidence {
	if c == "" {
		return High
	}
	return c
}

// Evidence is where a fact comes from and how sure it is. Evidence on a block covers what lies in it and has none of its
// own.
type Evidence struct {
	Src        []string   `yaml:"src,omitempty,flow"`   // keys of the file's sources
	Confidence Confidence `yaml:"confidence,omitempty"` // empty is high
	Note       string     `yaml:"note,omitempty"`
}

// Source is a document facts were taken from.
type Source struct {
	Name string `yaml:"name"`
	URL  string `yaml:"url,omitempty"`
	Note string `yaml:"note,omitempty"`
}

// String is the name and the address.
func (s Source) String() string {
	if s.URL == "" {
		return s.Name
	}
	return s.Name + " <" + s.URL + ">"
}

// Period is from its first to its last day, both included. An empty Since means the start is unknown or older than the
// network; an empty Until means it is still in force.
type Period struct {
	Since contracts.Date `yaml:"since,omitempty"`
	Until contracts.Date `yaml:"until,omitempty"`
}

// Covers tells whether the day lies in the period.
func (p Period) Covers(on contracts.Date) bool {
	return !on.Before(p.Since) && (p.Until.IsZero() || !on.After(p.Until))
}

// Overlaps tells whether some day lies in both.
func (p Period) Overlaps(o Period) bool {
	return (p.Until.IsZero() || !o.Since.After(p.Until)) && (o.Until.IsZero() || !p.Since.After(o.Until))
}

func (p Period) check() error {
	if !p.Until.IsZero() && p.Until.Before(p.Since) {
		return fmt.Errorf("the period from %s to %s is reversed", p.Since, p.Until)
	}
	return nil
}
