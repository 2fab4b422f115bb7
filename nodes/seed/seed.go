// Package seed makes the demonstration's data: the settings of an example co-operative in each country, and a file of past
// invoices, in the documented columns, whose total is the published turnover of a year times a scale. Buyers, members and single
// amounts are made up and say so; the totals are the reports'. What came after the last report is made up whole (recent.go). The same
// country, year and scale give the same file.
package seed

import (
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"sort"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/nodes/outbound"
)

//go:embed settings/*.yaml
var settings embed.FS

// SettingsFile is the demonstration's settings of a country, as YAML.
func SettingsFile(c contracts.CountryCode) ([]byte, error) {
	b, err := settings.ReadFile("settings/" + string(contracts.NodeID(c)) + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("demonstration settings of %s: %w", c, err)
	}
	return b, nil
}

// Rate tells what one euro was worth on a day, in units of the currency.
type Rate func(c contracts.Currency, on contracts.Date) (decimal.Decimal, error)

// Published returns the turnover a report prints for the country and year, without VAT, in EUR, and false when it prints none.
func Published(a *country.Adapter, year int) (contracts.Money, bool) {
	for _, r := range a.Reports {
		if r.Year != year || r.Turnover == nil {
			continue
		}
		m, err := contracts.ParseMoney(r.Turnover.Amount, r.Turnover.Currency)
		return m, err == nil && m.Currency == contracts.EUR
	}
	return contracts.Money{}, false
}

// Years are the years the reports print figures of.
var Years = []int{2016, 2023}

// typical is the size of an invoice the generator aims at, in EUR; the sources print none.
const typical = 1400

// file is one generated year of one country.
type file struct {
	adapter *country.Adapter
	year    int
	rand    *rand.Rand
	rate    Rate
	buyers  []buyer
	who     func() int     // the member whose invoice is next
	known   contracts.Date // what buyers paid later is still open
	out     *csv.Writer
	n       int
}

// Invoices writes the file of past invoices of a country and a year of the reports, with what was paid on them until a day. Its total in EUR,
// credit notes taken off, is the published turnover times scale, rounded to the cent; in another currency each amount is converted at the rate
// of its day.
func Invoices(a *country.Adapter, year int, scale decimal.Decimal, rate Rate, known contracts.Date) ([]byte, error) {
	published, ok := Published(a, year)
	if !ok {
		return nil, fmt.Errorf("no report prints a turnover of %s for %d", a.Code, year)
	}
	total := contracts.Money{Amount: published.Amount.Mul(scale), Currency: contracts.EUR}.Round()
	if !total.Amount.IsPositive() {
		return nil, fmt.Errorf("%s %d at scale %s: nothing is left of %s", a.Code, year, scale, published)
	}
	return newFile(a, year, rate, known, published).whole(func(f *file) error { return f.yearOf(total) })
}

// newFile begins the file of a year, with as many members at work as go with the published turnover: from 4 to 60.
func newFile(a *country.Adapter, year int, rate Rate, known contracts.Date, published contracts.Money) *file {
	f := &file{adapter: a, year: year, rand: random(fmt.Sprintf("%s %d", a.Code, year)), rate: rate, known: known, buyers: buyersOf(a)}
	members := min(60, 4+int(published.Amount.IntPart()/400_000))
	f.who = func() int { return f.rand.IntN(members) }
	return f
}

// random gives the same numbers for the same seed.
func random(seed string) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, seed)
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

// whole is the file with its header and what write puts into it.
func (f *file) whole(write func(*file) error) ([]byte, error) {
	var b bytes.Buffer
	f.out = csv.NewWriter(&b)
	header := make([]string, len(outbound.Columns))
	for i, c := range outbound.Columns {
		header[i] = c.Name
	}
	if err := errors.Join(f.out.Write(header), write(f)); err != nil {
		return nil, err
	}
	f.out.Flush()
	return b.Bytes(), f.out.Error()
}

func (f *file) yearOf(total contracts.Money) error {
	amounts, err := f.split(total, max(3, invoicesIn(total)))
	if err != nil {
		return err
	}
	days := f.days(contracts.NewDate(f.year, time.January, 1), 365, len(amounts))
	for i, amount := range amounts {
		if err := f.invoice(amount, days[i]); err != nil {
			return err
		}
	}
	return nil
}

// invoicesIn is how many invoices of the typical size a total is.
func invoicesIn(total contracts.Money) int {
	return int(total.Amount.DivRound(decimal.New(typical, 0), 0).IntPart())
}

// split cuts a total into n amounts of uneven size.
func (f *file) split(total contracts.Money, n int) ([]contracts.Money, error) {
	weights := make([]decimal.Decimal, n)
	for i := range weights {
		weights[i] = decimal.New(int64(20+f.rand.IntN(180)), 0)
	}
	return total.Split(weights...)
}

// days spreads n invoices over some days from the first on, in order, so that numbers follow the calendar.
func (f *file) days(first contracts.Date, over, n int) []contracts.Date {
	days := make([]contracts.Date, n)
	for i := range days {
		days[i] = first.AddDays(f.rand.IntN(over))
	}
	sort.Slice(days, func(i, j int) bool { return days[i].Before(days[j]) })
	return days
}

// takenBack is how often, in a hundred, an invoice is issued wrongly first, taken back by a credit note, and issued again.
const takenBack = 2

func (f *file) invoice(eur contracts.Money, day contracts.Date) error {
	net, err := f.convert(eur, day)
	if err != nil || net.IsZero() {
		return err
	}
	r, err := f.row(f.pick(), net, day)
	if err != nil {
		return err
	}
	if f.rand.IntN(100) < takenBack {
		wrong := maps.Clone(r)
		wrong["paid_on"] = ""
		note := maps.Clone(wrong)
		note["credits"], note["description"] = f.next(), "Demonstration: wrong order number"
		if err := errors.Join(f.emit(wrong), f.emit(note)); err != nil {
			return err
		}
	}
	return f.emit(r)
}

// pick chooses a buyer by weight.
func (f *file) pick() buyer {
	left := f.rand.IntN(1000)
	for _, b := range f.buyers {
		if left -= b.weight; left < 0 {
			return b
		}
	}
	return f.buyers[len(f.buyers)-1]
}

// next is the number the coming line gets.
func (f *file) next() string { return fmt.Sprintf("D%d/%05d", f.year, f.n+1) }

// emit writes a line under the next number.
func (f *file) emit(r map[string]string) error {
	r["number"] = f.next()
	f.n++
	cells := make([]string, len(outbound.Columns))
	for i, c := range outbound.Columns {
		cells[i] = r[c.Name]
	}
	return f.out.Write(cells)
}

// convert gives the amount in the node's currency such that converting it back at the same rate gives the EUR amount again.
func (f *file) convert(eur contracts.Money, day contracts.Date) (contracts.Money, error) {
	c := f.adapter.Currency.Code
	if c == contracts.EUR {
		return eur, nil
	}
	rate, err := f.rate(c, day)
	if err != nil {
		return contracts.Money{}, err
	}
	return contracts.Money{Amount: eur.Amount.Mul(rate), Currency: c}.Round(), nil
}

var trades = []string{"Illustration", "Sound design", "Translation", "Web design", "Photography", "Film editing", "Journalism", "Dramaturgy", "Costume design", "Bicycle workshop"}

// row is one invoice by the names of the columns.
func (f *file) row(b buyer, net contracts.Money, day contracts.Date) (map[string]string, error) {
	who := f.who()
	trade := trades[(who+f.rand.IntN(2))%len(trades)]
	tax, err := b.tax(f.adapter, day)
	if err != nil {
		return nil, err
	}
	r := map[string]string{
		"issue_date": day.String(), "supply_date": day.AddDays(-f.rand.IntN(14)).String(),
		"member": fmt.Sprintf("M%03d", who+1), "member_name": fmt.Sprintf("Demonstration member %d", who+1), "member_kind": "individual",
		"activity": fmt.Sprintf("A%03d-%s", who+1, strings.ToLower(strings.ReplaceAll(trade, " ", "-"))), "activity_name": trade,
		"buyer_name": b.name, "buyer_country": string(b.country), "buyer_kind": string(b.kind), "buyer_vat_id": b.vatID, "buyer_sector": string(b.sector),
		"service": string(contracts.ServiceGeneral), "description": trade, "net": net.Fixed(), "currency": string(net.Currency),
		"vat_category": string(tax.Category), "vat": "0",
	}
	if tax.Category == contracts.StandardRated {
		r["vat_rate"], r["vat"] = tax.Rate.String(), tax.Rate.Of(net).Fixed()
	}
	if paid := day.AddDays(14 + f.rand.IntN(50)); !paid.After(f.known) {
		r["paid_on"] = paid.String()
	}
	return r, nil
}
