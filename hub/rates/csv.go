package rates

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// maxFile bounds a rate file; the ECB's whole history since 1999 is a third of it.
const maxFile = 32 << 20

// Read reads a file of the ECB's reference rates, CSV or XML.
func Read(file []byte) ([]Rate, error) {
	if bytes.HasPrefix(bytes.TrimSpace(file), []byte("<")) {
		return ReadXML(file)
	}
	return ReadCSV(file)
}

// ReadCSV reads eurofxref.csv (one day) or eurofxref-hist.csv (all days since 1999) as the ECB publishes them: a
// header "Date, USD, JPY, ..." with a comma at the end of each line, and N/A where a day has no rate. One fault, with its line, refuses the file.
func ReadCSV(file []byte) ([]Rate, error) {
	if err := checkFile(file); err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(file))
	r.FieldsPerRecord, r.TrimLeadingSpace, r.ReuseRecord = -1, true, true
	header, err := r.Read()
	if err != nil {
		return nil, csvFault(err)
	}
	currencies, err := readHeader(header)
	if err != nil {
		return nil, err
	}
	t := table{seen: map[key]bool{}}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, csvFault(err)
		}
		line, _ := r.FieldPos(0)
		if err := t.addDay(line, currencies, record); err != nil {
			return nil, err
		}
	}
	return t.all()
}

func checkFile(file []byte) error {
	if len(file) > maxFile {
		return contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("%d MiB are more than a rate file has", len(file)>>20)}
	}
	return nil
}

func csvFault(err error) error {
	if pe, ok := errors.AsType[*csv.ParseError](err); ok {
		return fault(pe.Line, contracts.FaultMalformed, "not CSV: %v", pe.Err)
	}
	if errors.Is(err, io.EOF) {
		return contracts.Fault{Code: contracts.FaultMalformed, Message: "the file is empty", Remedy: "take eurofxref.csv or eurofxref-hist.csv"}
	}
	return err
}

func fault(line int, code contracts.FaultCode, format string, args ...any) error {
	return contracts.Fault{Code: code, Field: fmt.Sprintf("line %d", line), Message: fmt.Sprintf(format, args...)}
}

var currencyShape = regexp.MustCompile(`^[A-Z]{3}$`)

func readHeader(header []string) ([]contracts.Currency, error) {
	header = trimEnd(header)
	if len(header) < 2 || header[0] != "Date" {
		return nil, contracts.Fault{Code: contracts.FaultMalformed, Field: "line 1", Message: "the header does not begin with Date and a currency",
			Remedy: "take eurofxref.csv or eurofxref-hist.csv"}
	}
	seen := map[string]bool{}
	currencies := make([]contracts.Currency, len(header)-1)
	for i, name := range header[1:] {
		name = strings.TrimSpace(name)
		if !currencyShape.MatchString(name) {
			return nil, fault(1, contracts.FaultCurrency, "column %d: %q is no currency code", i+2, clip(name))
		}
		if seen[name] {
			return nil, fault(1, FaultDuplicate, "column %d: %s stands here twice", i+2, name)
		}
		seen[name] = true
		currencies[i] = contracts.Currency(name)
	}
	return currencies, nil
}

// trimEnd takes off the one empty field that the comma at the end of a line makes.
func trimEnd(fields []string) []string {
	if n := len(fields); n > 0 && strings.TrimSpace(fields[n-1]) == "" {
		return fields[:n-1]
	}
	return fields
}

// table gathers rates and refuses a day's currency a second time.
type table struct {
	rates []Rate
	seen  map[key]bool
}

type key struct {
	currency contracts.Currency
	on       contracts.Date
}

func (t *table) addDay(line int, currencies []contracts.Currency, record []string) error {
	if len(record) == len(currencies)+2 {
		record = trimEnd(record)
	}
	if len(record) != len(currencies)+1 {
		return fault(line, contracts.FaultMalformed, "%d values for %d currencies", len(record)-1, len(currencies))
	}
	on, err := readDay(record[0])
	if err != nil {
		return fault(line, contracts.FaultDate, "%q is no date", clip(record[0]))
	}
	for i, c := range currencies {
		value := strings.TrimSpace(record[i+1])
		if value == "N/A" {
			continue
		}
		if err := t.add(line, c, on, value); err != nil {
			return err
		}
	}
	return nil
}

// readDay reads the date as the history file writes it (2026-11-20) or as the daily file does (20 November 2026).
func readDay(s string) (contracts.Date, error) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse("2 January 2006", s); err == nil {
		s = t.Format(time.DateOnly)
	}
	return contracts.ParseDate(s)
}

var rateShape = regexp.MustCompile(`^\d{1,9}(\.\d{1,8})?$`)

func (t *table) add(line int, c contracts.Currency, on contracts.Date, value string) error {
	if t.seen[key{c, on}] {
		return fault(line, FaultDuplicate, "%s of %s stands here twice", c, on)
	}
	t.seen[key{c, on}] = true
	rate, err := readRate(value)
	if err != nil {
		return fault(line, FaultRate, "%s: %q is no rate", c, clip(value))
	}
	t.rates = append(t.rates, Published(c, on, rate, ECB))
	return nil
}

func (t *table) all() ([]Rate, error) {
	if len(t.rates) == 0 {
		return nil, contracts.Fault{Code: contracts.FaultMissing, Message: "there is no rate in the file"}
	}
	return t.rates, nil
}

func readRate(s string) (decimal.Decimal, error) {
	if !rateShape.MatchString(s) {
		return decimal.Zero, errors.New("not a plain decimal")
	}
	d, err := decimal.NewFromString(s)
	if err == nil && !d.IsPositive() {
		return decimal.Zero, errors.New("not above zero")
	}
	return d, err
}

func clip(s string) string {
	if len(s) > 20 {
		return strings.ToValidUTF8(s[:20], "") + "…"
	}
	return s
}
