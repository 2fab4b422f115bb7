package contracts

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a calendar day without time zone, such as a supply date. The zero Date means "none". Dates compare with ==,
// Before and After. Years 1900 to 2199 are accepted: anything else on an invoice is a typing mistake.
type Date struct {
	year  int16
	month int8
	day   int8
}

// DateOf returns the day of an instant in that instant's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{int16(y), int8(m), int8(d)}
}

// NewDate returns a day; an impossible one (30 February) is normalised as time.Date does.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// ParseDate reads "2006-01-02".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2199 {
		return Date{}, Fault{Code: FaultDate, Message: fmt.Sprintf("%q is not a date", clip(s)),
			Remedy: "write year-month-day, such as 2026-03-31"}
	}
	return DateOf(t), nil
}

// MustDate is ParseDate for constants in code and tests; it panics on a bad one.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Time returns the start of the day in UTC.
func (d Date) Time() time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, time.UTC)
}

// IsZero tells whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Year returns the calendar year.
func (d Date) Year() int { return int(d.year) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// AddDays returns the day n days later.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// Before tells whether d is earlier than o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After tells whether d is later than o.
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }

// Compare returns -1, 0 or 1.
func (d Date) Compare(o Date) int { return d.Time().Compare(o.Time()) }

// Sub returns the number of days from o to d.
func (d Date) Sub(o Date) int { return int(d.Time().Sub(o.Time()) / (24 * time.Hour)) }

// Month returns the month the day lies in.
func (d Date) Month() Month { return Month{d.year, d.month} }

func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalText writes "2006-01-02", and nothing for no date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "2006-01-02"; an empty text is no date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Value stores the date as text, which sorts as dates do on both engines.
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads what Value stored.
func (d *Date) Scan(v any) error {
	s, err := scanText(v)
	if err != nil {
		return err
	}
	return d.UnmarshalText([]byte(s))
}

// Month is a calendar month, written "2026-03". The zero Month means "none".
type Month struct {
	year  int16
	month int8
}

// NewMonth returns a month of a year.
func NewMonth(year int, month time.Month) Month { return NewDate(year, month, 1).Month() }

// ParseMonth reads "2006-01".
func ParseMonth(s string) (Month, error) {
	d, err := ParseDate(s + "-01")
	if err != nil {
		return Month{}, Fault{Code: FaultDate, Message: fmt.Sprintf("%q is not a month", clip(s)),
			Remedy: "write year-month, such as 2026-03"}
	}
	return d.Month(), nil
}

// First returns the first day of the month.
func (m Month) First() Date { return Date{m.year, m.month, 1} }

// Last returns the last day of the month.
func (m Month) Last() Date { return NewDate(int(m.year), time.Month(m.month)+1, 0) }

// Next returns the month after.
func (m Month) Next() Month { return m.Last().AddDays(1).Month() }

// Year returns the calendar year.
func (m Month) Year() int { return int(m.year) }

// IsZero tells whether there is no month.
func (m Month) IsZero() bool { return m == Month{} }

func (m Month) String() string {
	if m.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", m.year, m.month)
}

// MarshalText writes "2006-01".
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads "2006-01"; an empty text is no month.
func (m *Month) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*m = Month{}
		return nil
	}
	v, err := ParseMonth(string(b))
	if err != nil {
		return err
	}
	*m = v
	return nil
}

// Value stores the month as text.
func (m Month) Value() (driver.Value, error) { return m.String(), nil }

// Scan reads what Value stored.
func (m *Month) Scan(v any) error {
	s, err := scanText(v)
	if err != nil {
		return err
	}
	return m.UnmarshalText([]byte(s))
}

func scanText(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	}
	return "", fmt.Errorf("scan: %T is no text", v)
}
