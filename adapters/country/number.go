package country

import (
	"fmt"
	"regexp"
	"strings"

	"passerelle/contracts"
)

// FaultNumber is the fault of an invoice number that does not belong to its series.
const FaultNumber contracts.FaultCode = "invoice-number"

// MaxNumber is the longest invoice number, France's platforms being the strictest (BR-FR rules, 35 characters).
const MaxNumber = 35

// Series is the layout of a node's invoice numbers: prefix, year, hyphen, and a counter that starts at 1 each year:
// BE2026-000123. A node may keep several series, told apart by their prefixes.
type Series struct {
	Prefix string `yaml:"prefix"` // capitals, digits and hyphens; may be empty
	Digits int    `yaml:"digits"` // the counter is padded with zeros to this length, and may outgrow it
}

var seriesPrefix = regexp.MustCompile(`^([A-Z0-9-]*[A-Z-])?$`)

// Validate returns a Fault when numbers of the series could not be told apart from their year or would grow too long.
func (s Series) Validate() error {
	if !seriesPrefix.MatchString(s.Prefix) || len(s.Prefix) > 15 {
		return contracts.Fault{Code: FaultConfig, Field: "prefix", Message: fmt.Sprintf("%q cannot begin an invoice number", clip(s.Prefix)),
			Remedy: "use at most 15 capitals, digits and hyphens, the last of them no digit"}
	}
	if s.Digits < 1 || s.Digits > 12 {
		return contracts.Fault{Code: FaultConfig, Field: "digits", Message: fmt.Sprintf("%d digits are no length for a counter", s.Digits), Remedy: "use 1 to 12"}
	}
	return nil
}

// Number writes the nth number of the year, n counting from 1.
func Number(s Series, year int, n int64) string {
	return fmt.Sprintf("%s%04d-%0*d", s.Prefix, year, s.Digits, n)
}

// Parse reads a number of the series back into year and counter. It accepts nothing that Number would not write.
func (s Series) Parse(number string) (year int, n int64, err error) {
	rest, ok := strings.CutPrefix(number, s.Prefix)
	head, tail, cut := strings.Cut(rest, "-")
	if ok && cut && len(number) <= MaxNumber && len(head) == 4 && isDigits(head) && isDigits(tail) && len(tail) <= 18 {
		year, n = int(Int(head)), Int(tail)
		if n > 0 && Number(s, year, n) == number {
			return year, n, nil
		}
	}
	return 0, 0, contracts.Fault{Code: FaultNumber, Field: "number", Message: fmt.Sprintf("%q does not belong to the series", clip(number)),
		Remedy: "numbers of the series look like " + Number(s, 2026, 123)}
}

// Next returns the number after the last one given in the year, so that the series has no gap. last is empty before the
// first; a last number of an earlier year lets the counter start again; one of a later year is a Fault, because numbers
// follow the calendar.
func (s Series) Next(last string, year int) (string, error) {
	if last == "" {
		return Number(s, year, 1), nil
	}
	y, n, err := s.Parse(last)
	if err != nil {
		return "", err
	}
	if y > year {
		return "", contracts.Fault{Code: FaultNumber, Field: "issue_date", Message: fmt.Sprintf("%s is of %v, an invoice of %v cannot follow it", last, y, year),
			Remedy: "issue the invoice with today's date"}
	}
	if y < year {
		n = 0
	}
	return Number(s, year, n+1), nil
}

// Series returns the node's series: the configured one, or the country's default.
func (a *Adapter) Series(cfg Config) Series {
	if cfg.Series != nil {
		return *cfg.Series
	}
	return a.Invoice.Numbering.Series
}
