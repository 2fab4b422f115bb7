package country

import (
	"errors"
	"fmt"
	"time"

	"passerelle/contracts"
)

// MonthDay is a day of the year, written "07-21".
type MonthDay struct {
	Month time.Month
	Day   int
}

// UnmarshalText reads "07-21".
func (m *MonthDay) UnmarshalText(b []byte) error {
	d, err := contracts.ParseDate("2000-" + string(b))
	if err != nil {
		return fmt.Errorf("%q is no day of the year: write month-day, such as 07-21", b)
	}
	m.Month, m.Day = d.Time().Month(), d.Time().Day()
	return nil
}

func (m MonthDay) in(year int) contracts.Date { return contracts.NewDate(year, m.Month, m.Day) }

var weekdays = map[string]time.Weekday{"Monday": time.Monday, "Tuesday": time.Tuesday, "Wednesday": time.Wednesday,
	"Thursday": time.Thursday, "Friday": time.Friday, "Saturday": time.Saturday, "Sunday": time.Sunday}

// On returns the public holiday a day is, and whether it is one.
func (h Holidays) On(d contracts.Date) (Holiday, bool) {
	for _, day := range h.Days {
		if day.Covers(d) && day.In(d.Year()) == d {
			return day, true
		}
	}
	return Holiday{}, false
}

// In returns the day of the holiday in a year.
func (h Holiday) In(year int) contracts.Date {
	if h.Easter != nil {
		return EasterSunday(year).AddDays(*h.Easter)
	}
	d := h.Day.in(year)
	if h.Weekday != "" {
		return d.AddDays((int(weekdays[h.Weekday]-d.Weekday()) + 7) % 7)
	}
	if h.IfSunday != 0 && d.Weekday() == time.Sunday {
		return d.AddDays(h.IfSunday)
	}
	return d
}

func (h Holiday) validate() error {
	if (h.Easter == nil) == (h.Day == MonthDay{}) {
		return errors.New("give either day or easter")
	}
	if _, ok := weekdays[h.Weekday]; h.Weekday != "" && !ok {
		return fmt.Errorf("%q is no weekday", h.Weekday)
	}
	return h.Period.check()
}

// EasterSunday returns the day of Easter in the Gregorian calendar, by the anonymous algorithm published in Nature, 20
// April 1876 (also Meeus, Astronomical Algorithms, chapter 8).
func EasterSunday(year int) contracts.Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return contracts.NewDate(year, time.Month(n/31), n%31+1)
}
