package mobility

import (
	"strconv"
	"time"

	"passerelle/contracts"
)

// AddMonths moves a day by whole months and stays in the month it arrives in: 31 January and a month is 28 or 29 February
// (Regulation (EEC, Euratom) No 1182/71, Art. 3).
func AddMonths(d contracts.Date, n int) contracts.Date {
	first := contracts.NewDate(d.Year(), d.Time().Month()+time.Month(n), 1)
	last := first.Month().Last()
	if moved := first.AddDays(d.Time().Day() - 1); moved.Before(last) {
		return moved
	}
	return last
}

// Limit is the last day of n months that begin on start.
func Limit(start contracts.Date, n int) contracts.Date { return AddMonths(start, n).AddDays(-1) }

// over tells whether a stay lasts longer than n months.
func over(start, end contracts.Date, n int) bool { return end.After(Limit(start, n)) }

// months says a number of months.
func months(n int) string {
	if n == 1 {
		return "a month"
	}
	return strconv.Itoa(n) + " months"
}

// workDays counts Monday to Friday.
func workDays(start, end contracts.Date) (n int) {
	for d := start; !d.After(end); d = d.AddDays(1) {
		if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
			n++
		}
	}
	return n
}
