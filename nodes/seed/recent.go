package seed

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// What no report prints yet is made up whole, so that the board's pages have months to show: turnover that goes on from the last published
// year, with enough people at work that a month is no figure about one of them, and costs that tell a story in each country.

// growth is how turnover goes on each year, in percent.
var growth = map[contracts.CountryCode]int64{"BE": 2, "FR": 9, "DE": 7, "AT": 11, "IT": -4, "NL": 5, "SE": 6}

// A month has at least so many invoices, each of another member, and at most so many: a demonstration starts in seconds.
const (
	fewest = 6
	most   = 16
)

// recent writes the file of a year after the reports, to the given month.
func recent(a *country.Adapter, year int, scale decimal.Decimal, rate Rate, until contracts.Month) ([]byte, error) {
	last, published := latest(a)
	if last == 0 {
		return nil, fmt.Errorf("no report prints a turnover of %s", a.Code)
	}
	total := published.Amount.Mul(scale)
	for range year - last {
		total = total.Mul(decimal.NewFromInt(100 + growth[a.Code])).Shift(-2)
	}
	f := newFile(a, year, rate, until.Last(), published)
	turn := 0
	f.who = func() int { turn++; return turn % most }
	end := earlier(contracts.NewMonth(year, time.December), until)
	return f.whole(func(f *file) error {
		for m := contracts.NewMonth(year, time.January); !end.First().Before(m.First()); m = m.Next() {
			if err := f.month(m, total.DivRound(decimal.NewFromInt(12), 2)); err != nil {
				return err
			}
		}
		return nil
	})
}

// latest is the last published turnover, and its year; 0 when there is none.
func latest(a *country.Adapter) (year int, turnover contracts.Money) {
	for _, y := range Years {
		if published, ok := Published(a, y); ok {
			year, turnover = y, published
		}
	}
	return year, turnover
}

// month writes the invoices of a month, whose total swings by a tenth around the given one.
func (f *file) month(m contracts.Month, total decimal.Decimal) error {
	f.rand = random(fmt.Sprintf("%s %s", f.adapter.Code, m)) // each by itself: a later start makes the same months
	eur := contracts.Money{Amount: total.Mul(decimal.NewFromInt(int64(90 + f.rand.IntN(21)))).Shift(-2), Currency: contracts.EUR}.Round()
	amounts, err := f.split(eur, min(max(invoicesIn(eur), fewest), most))
	if err != nil {
		return err
	}
	days := f.days(m.First(), 28, len(amounts))
	for i, amount := range amounts {
		if err := f.invoice(amount, days[i]); err != nil {
			return err
		}
	}
	return nil
}

// reported is the last month whose report is filed: one co-operative is late.
func reported(c contracts.CountryCode, until contracts.Month) contracts.Month {
	if c == "AT" {
		return contracts.DateOf(until.First().Time().AddDate(0, -2, 0)).Month()
	}
	return until
}

func earlier(a, b contracts.Month) contracts.Month {
	if b.First().Before(a.First()) {
		return b
	}
	return a
}

// story is what part of its costs an example co-operative's contribution pays in January of a published year, in percent, which grows by a point
// a month in that year, and by how many hundredths of a point it goes on each month after the last report.
type story struct{ begins, goesOn int64 }

var stories = map[contracts.CountryCode]story{"BE": {101, -12}, "FR": {88, 30}, "DE": {61, 70}, "AT": {54, 45}, "IT": {66, -30}, "SE": {72, 55}, "HU": {49, 0}, "NL": {45, 35}, "ES": {58, 0}}

// covered is what part of its costs the contribution of a month pays, in percent; 0 where nothing is made up.
func covered(c contracts.CountryCode, m contracts.Month) int64 {
	s, known := stories[c]
	if !known {
		return 0
	}
	last := Years[len(Years)-1]
	if m.Year() <= last {
		return s.begins + int64(m.First().Time().Month()) - 1
	}
	months := int64(m.Year()-last-1)*12 + int64(m.First().Time().Month())
	return s.begins + 11 + (months*s.goesOn+50)/100 + int64(random(fmt.Sprintf("costs %s %s", c, m)).IntN(7)) - 3
}
