// Package seed makes the demonstration's data: the settings of an example co-operative in each country, and a file of past
// invoices, in the documented columns, whose total is the published turnover of a year times a scale. Buyers, members and single
// amounts are made up and say so; the totals are the reports'. The same country, year and scale give the same file.
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
	out     *csv.Writer
	n       int
}

// Invoices writes the file of past invoices of a country and year. Its total in EUR, credit notes taken off, is the
// published turnover times scale, rounded to the cent; in another currency each amount is converted at the rate of its day.
func Invoices(a *country.Adapter, year int, scale decimal.Decimal, rate Rate) ([]byte, error) {
	published, ok := Published(a, year)
	if !ok {
		return nil, fmt.Errorf("no report prints a turnover of %s for %d", a.Code, year)
	}
	total := contracts.Money{Amount: published.Amount.Mul(scale), Currency: contracts.EUR}.Round()
	if !total.Amount.IsPositive() {
		return nil, fmt.Errorf("%s %d at scale %s: nothing is left of %s", a.Code, year, scale, published)
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", a.Code, year)
	var b bytes.Buffer
	f := &file{adapter: a, year: year, rand: rand.New(rand.NewPCG(h.Sum64(), 1)), rate: rate, out: csv.NewWriter(&b)}
	f.buyers = buyersOf(a)
	if err := f.write(total); err != nil {
		return nil, err
	}
	f.out.Flush()
	return b.Bytes(), f.out.Error()
}

func (f *file) write(total contracts.Money) error {
	header := make([]string, len(outbound.Columns))
	for i, c := range outbound.Columns {
		header[i] = c.Name
	}
	if err := f.out.Write(header); err != nil {
		return err
	}
	amounts, err := f.split(total)
	if err != nil {
		return err
	}
	days := f.days(len(amounts))
	for i, amount := range amounts {
		if err := f.invoice(amount, days[i]); err != nil {
			return err
		}
	}
	return nil
}

// split cuts the year's total into invoices of uneven size.
func (f *file) split(total contracts.Money) ([]contracts.Money, error) {
	n := int(total.Amount.DivRound(decimal.New(typical, 0), 0).IntPart())
	weights := make([]decimal.Decimal, max(n, 3))
	for i := range weights {
		weights[i] = decimal.New(int64(20+f.rand.IntN(180)), 0)
	}
	return total.Split(weights...)
}

// days spreads the invoices over the year, in order, so that numbers follow the calendar.
func (f *file) days(n int) []contracts.Date {
	days := make([]contracts.Date, n)
	first := contracts.NewDate(f.year, time.January, 1)
	for i := range days {
		days[i] = first.AddDays(f.rand.IntN(365))
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
	who := f.rand.IntN(f.members())
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
	if paid := day.AddDays(14 + f.rand.IntN(50)); f.year < Years[len(Years)-1] || paid.Year() == f.year {
		r["paid_on"] = paid.String() // what the last year's buyers would have paid in the next is still open
	}
	return r, nil
}

// members is how many people work in the demonstration: it grows with the published turnover, from 4 to 60.
func (f *file) members() int {
	published, _ := Published(f.adapter, f.year)
	return min(60, 4+int(published.Amount.IntPart()/400_000))
}
