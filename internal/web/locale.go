package web

import (
	"html/template"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/message"

	"passerelle/contracts"
)

// Locale writes texts, numbers, money, dates and the names of countries as one language does. Every word and figure on a page goes
// through it.
type Locale struct {
	Tag   language.Tag
	Name  string // of the language, in itself: "Français"
	style style

	point    string // between units and decimals
	print    *message.Printer
	regions  display.Namer
	tongues  display.Namer
	texts    map[string]wording // by the English text
	patterns func() []pattern   // of the texts with values in them, the most telling first
}

// newLocale panics on a catalogue that cannot be read: it is part of the program.
func newLocale(tag language.Tag, name string, s style) *Locale {
	print := message.NewPrinter(tag)
	l := &Locale{Tag: tag, Name: name, style: s, print: print, regions: display.Regions(tag), tongues: display.Languages(tag)}
	l.point = strings.Trim(print.Sprintf("%.1f", 0.5), "05")
	l.texts = readCatalogue(l.Code())
	l.patterns = sync.OnceValue(func() []pattern { return patternsOf(l.texts, readCatalogue("en")) })
	return l
}

// Code is the language as ISO 639-1: "fr".
func (l *Locale) Code() string {
	base, _ := l.Tag.Base()
	return base.String()
}

func (l *Locale) funcs() template.FuncMap {
	return template.FuncMap{"t": l.T, "retell": l.Retell, "sentence": l.Sentence,
		"money": l.Money, "amount": l.Amount, "number": l.Number, "decimal": l.Decimal, "percent": l.Percent,
		"date": l.Date, "month": l.Month, "monthName": l.MonthName, "monthShort": l.MonthShort, "instant": l.Instant,
		"country": l.Country, "service": l.Service, "tongue": l.Language, "compact": l.Compact, "change": l.Change, "share": l.Share}
}

// nbsp keeps a figure and its unit on one line.
const nbsp = "\u00a0"

// Decimal writes d with exactly places decimals, half away from zero: "1,234.50". A minus is a true minus sign.
func (l *Locale) Decimal(d decimal.Decimal, places int32) string {
	digits := d.Abs().StringFixed(places)
	whole, fraction, _ := strings.Cut(digits, ".")
	out := l.group(whole)
	if fraction != "" {
		out += l.point + fraction
	}
	if d.IsNegative() && strings.Trim(digits, "0.") != "" {
		return "−" + out
	}
	return out
}

// group sets the thousands separators of the locale; what is beyond 64 bits stays as it is.
func (l *Locale) group(whole string) string {
	n, err := decimal.NewFromString(whole)
	if err != nil || n.GreaterThan(decimal.New(1, 18)) {
		return whole
	}
	return l.print.Sprint(n.IntPart())
}

// Number writes a count: "1,234".
func (l *Locale) Number(n int) string { return l.Decimal(decimal.NewFromInt(int64(n)), 0) }

// Amount writes the bare amount with the decimals of its currency: "1,234.50".
func (l *Locale) Amount(m contracts.Money) string {
	units, _ := m.Currency.MinorUnits()
	return l.Decimal(m.Amount, units)
}

// Money writes amount and currency: "1,234.50 EUR".
func (l *Locale) Money(m contracts.Money) string { return l.Amount(m) + nbsp + string(m.Currency) }

// Compact writes a large amount for a picture, in thousands or millions of its currency: "1.2 M", "345 k".
func (l *Locale) Compact(m contracts.Money) string {
	abs := m.Amount.Abs()
	switch {
	case abs.GreaterThanOrEqual(decimal.New(999_500, 0)):
		return l.Decimal(m.Amount.Shift(-6), 1) + nbsp + l.style.millions
	case abs.GreaterThanOrEqual(decimal.New(9_995, 0)):
		return l.Decimal(m.Amount.Shift(-3), 0) + nbsp + l.style.thousands
	case abs.GreaterThanOrEqual(decimal.New(1_000, 0)):
		return l.Decimal(m.Amount.Shift(-3), 1) + nbsp + l.style.thousands
	}
	return l.Decimal(m.Amount, 0)
}

// Percent writes a rate or share with at most places decimals: "8.5%".
func (l *Locale) Percent(d decimal.Decimal, places int32) string {
	d = d.Round(places)
	_, fraction, _ := strings.Cut(d.String(), ".") // String leaves out zeros at the end
	return l.Decimal(d, int32(len(fraction))) + l.style.percent
}

// Share writes a part of a whole with exactly places decimals, so that a column lines up: "3.20%".
func (l *Locale) Share(d decimal.Decimal, places int32) string {
	return l.Decimal(d, places) + l.style.percent
}

// Change writes a difference in percent with its sign: "+8.4%", "−26%", "0%".
func (l *Locale) Change(d decimal.Decimal) string {
	if d.Round(1).IsPositive() {
		return "+" + l.Percent(d, 1)
	}
	return l.Percent(d, 1)
}

// Date writes "31 March 2026", and nothing for no date.
func (l *Locale) Date(d contracts.Date) string {
	if d.IsZero() {
		return ""
	}
	return l.style.date(strconv.Itoa(d.Time().Day()), l.MonthName(d.Month()), strconv.Itoa(d.Year()))
}

// Month writes "March 2026".
func (l *Locale) Month(m contracts.Month) string {
	if m.IsZero() {
		return ""
	}
	return l.style.month(l.MonthName(m), strconv.Itoa(m.Year()))
}

// MonthName writes "March".
func (l *Locale) MonthName(m contracts.Month) string {
	return l.style.months[m.First().Time().Month()-1]
}

// MonthShort writes "Mar", for a picture.
func (l *Locale) MonthShort(m contracts.Month) string {
	return l.style.short[m.First().Time().Month()-1]
}

// Instant writes "31 March 2026, 14:05 UTC", and nothing for never.
func (l *Locale) Instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.Date(contracts.DateOf(t.UTC())) + ", " + t.UTC().Format("15:04") + nbsp + "UTC"
}

// Country writes the name of a country: "Belgium".
func (l *Locale) Country(c contracts.CountryCode) string {
	if c == "ZZ" { // nobody's code: several that are summed up
		return l.T("Several countries")
	}
	region, err := language.ParseRegion(string(c))
	if err != nil {
		return string(c)
	}
	return l.regions.Name(region)
}

// Service says what is sold in words: "Training and courses".
func (l *Locale) Service(s contracts.Service) string { return l.T(services[s]) }

// services says what is sold in words.
var services = map[contracts.Service]Words{
	contracts.ServiceGeneral:     "Services in general",
	contracts.ServicePerformance: "Performance of an artist, billed to an organiser",
	contracts.ServiceAdmission:   "Admission to an event on the spot",
	contracts.ServiceStreaming:   "Admission to a streamed event",
	contracts.ServiceRights:      "Cession or licence of copyright",
	contracts.ServiceTeaching:    "Training and courses",
	contracts.ServiceElectronic:  "Electronic service",
	contracts.ServiceProperty:    "Work on a building or land",
	contracts.ServiceTransport:   "Passenger transport",
	contracts.ServiceCatering:    "Catering",
	contracts.ServiceHire:        "Short-term hire of a vehicle",
}

// Language writes the name of a language given as ISO 639-1: "Dutch".
func (l *Locale) Language(code string) string {
	tag, err := language.Parse(code)
	if err != nil {
		return code
	}
	return l.tongues.Name(tag)
}
