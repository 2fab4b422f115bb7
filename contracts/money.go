package contracts

import (
	"fmt"
	"regexp"

	"github.com/shopspring/decimal"
)

// Currency is an ISO 4217 code, such as EUR.
type Currency string

// The currencies that the network's nodes keep their books in.
const (
	EUR Currency = "EUR"
	SEK Currency = "SEK"
	HUF Currency = "HUF"
)

// minorUnits lists the currencies an invoice may be written in, with their ISO 4217 minor units. HUF has two there
// although no fillér has circulated since 1999; the rounding of cash is a matter of the Hungarian adapter.
var minorUnits = map[Currency]int32{
	EUR: 2, SEK: 2, HUF: 2, "CHF": 2, "GBP": 2, "USD": 2, "NOK": 2, "DKK": 2, "ISK": 0, "PLN": 2, "CZK": 2,
	"RON": 2, "BGN": 2, "CAD": 2, "AUD": 2, "JPY": 0,
}

// MinorUnits returns the number of decimals of the currency, and whether the currency is known.
func (c Currency) MinorUnits() (int32, bool) {
	n, ok := minorUnits[c]
	return n, ok
}

// Validate returns a Fault when the currency is not one an invoice may be written in.
func (c Currency) Validate() error {
	if _, ok := minorUnits[c]; !ok {
		return Fault{Code: FaultCurrency, Message: fmt.Sprintf("%q is not a currency of the network", string(c)),
			Remedy: "use an ISO 4217 code such as EUR, SEK or HUF"}
	}
	return nil
}

// Money is an amount in a currency, never with more decimals than the currency's minor unit. The zero Money has no
// currency and is not valid on the wire. Compare with Equal: 1.5 and 1.50 are the same amount.
type Money struct {
	Amount   decimal.Decimal `json:"amount"`
	Currency Currency        `json:"currency"`
}

// maxMinor bounds every amount so that it and sums of thousands of it fit the store's 64-bit integers.
const maxMinor = 1_000_000_000_000_000

var amountShape = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,10})?$`)

// ParseDecimal reads a plain decimal such as "1234.56": no exponent, no thousands separator, at most 15 digits before
// and maxDecimals (0 to 10) after the point.
func ParseDecimal(s string, maxDecimals int32) (decimal.Decimal, error) {
	if !amountShape.MatchString(s) {
		return decimal.Zero, Fault{Code: FaultAmount, Message: fmt.Sprintf("%q is not a decimal number", clip(s)),
			Remedy: "write digits with a point, such as 1234.56"}
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Zero, Fault{Code: FaultAmount, Message: fmt.Sprintf("%q is not a decimal number", clip(s))}
	}
	if -d.Exponent() > maxDecimals && !d.Equal(d.Truncate(maxDecimals)) {
		return decimal.Zero, Fault{Code: FaultAmount, Message: fmt.Sprintf("%s has more than %d decimals", s, maxDecimals),
			Remedy: fmt.Sprintf("round it to %d decimals", maxDecimals)}
	}
	return d, nil
}

// ParseMoney reads an amount such as "1234.56" in a currency. More decimals than the currency has are refused, never
// rounded away.
func ParseMoney(amount string, c Currency) (Money, error) {
	units, ok := c.MinorUnits()
	if !ok {
		return Money{}, c.Validate()
	}
	d, err := ParseDecimal(amount, units)
	if err != nil {
		return Money{}, err
	}
	m := Money{d, c}
	if _, err := m.Minor(); err != nil {
		return Money{}, err
	}
	return m, nil
}

// MustMoney is ParseMoney for constants in code and tests; it panics on a bad one.
func MustMoney(amount string, c Currency) Money {
	m, err := ParseMoney(amount, c)
	if err != nil {
		panic(err)
	}
	return m
}

// FromMinor returns the money of n minor units (cents): FromMinor(1234, EUR) is 12.34 EUR.
func FromMinor(n int64, c Currency) Money {
	units := minorUnits[c]
	return Money{decimal.New(n, -units), c}
}

// Zero returns nothing, in a currency.
func Zero(c Currency) Money { return Money{decimal.Zero, c} }

// Minor returns the amount in minor units (cents), as the store keeps it. It refuses an unknown currency, a fraction
// of a minor unit and an amount beyond 10^15 minor units.
func (m Money) Minor() (int64, error) {
	units, ok := m.Currency.MinorUnits()
	if !ok {
		return 0, m.Currency.Validate()
	}
	d := m.Amount.Shift(units)
	if !d.IsInteger() {
		return 0, Fault{Code: FaultAmount, Message: fmt.Sprintf("%s has more than %d decimals", m, units), Remedy: fmt.Sprintf("round it to %d decimals", units)}
	}
	if d.Abs().GreaterThan(decimal.New(maxMinor, 0)) {
		return 0, Fault{Code: FaultAmount, Message: fmt.Sprintf("%s is beyond what the books can hold", m), Remedy: "check the amount"}
	}
	return d.IntPart(), nil
}

// Round returns the amount rounded to the currency's minor unit, half away from zero (EN 16931, BR-DEC; the rounding of
// VAT per category).
func (m Money) Round() Money {
	return Money{m.Amount.Round(minorUnits[m.Currency]), m.Currency}
}

// Add returns m + o. Different currencies are a Fault: nothing is ever converted by accident.
func (m Money) Add(o Money) (Money, error) {
	if m.Currency != o.Currency {
		return Money{}, Fault{Code: FaultCurrency, Message: fmt.Sprintf("cannot add %s to %s", o.Currency, m.Currency),
			Remedy: "convert with a dated rate first"}
	}
	return Money{m.Amount.Add(o.Amount), m.Currency}, nil
}

// Sub returns m - o, with the same condition as Add.
func (m Money) Sub(o Money) (Money, error) { return m.Add(o.Neg()) }

// Neg returns -m.
func (m Money) Neg() Money { return Money{m.Amount.Neg(), m.Currency} }

// IsZero tells whether the amount is nothing.
func (m Money) IsZero() bool { return m.Amount.IsZero() }

// Sign returns -1, 0 or 1.
func (m Money) Sign() int { return m.Amount.Sign() }

// Equal tells whether both are the same amount in the same currency.
func (m Money) Equal(o Money) bool { return m.Currency == o.Currency && m.Amount.Equal(o.Amount) }

// String is the amount with the currency's decimals and the code: "1234.50 EUR". For people, pages use the locale.
func (m Money) String() string { return m.Fixed() + " " + string(m.Currency) }

// Fixed is the bare amount with exactly the currency's decimals: "1234.50". It is the form on the wire.
func (m Money) Fixed() string {
	units := minorUnits[m.Currency]
	if -m.Amount.Exponent() > units && !m.Amount.Equal(m.Amount.Truncate(units)) {
		return m.Amount.String() // an unrounded intermediate value shows itself as such
	}
	return m.Amount.StringFixed(units)
}

// MarshalJSON writes {"amount":"12.50","currency":"EUR"}; a value that is no valid money is an error, not a document.
func (m Money) MarshalJSON() ([]byte, error) {
	if _, err := m.Minor(); err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, `{"amount":%q,"currency":%q}`, m.Fixed(), string(m.Currency)), nil
}

// UnmarshalJSON reads what MarshalJSON writes, strictly.
func (m *Money) UnmarshalJSON(b []byte) error {
	var w struct {
		Amount   string   `json:"amount"`
		Currency Currency `json:"currency"`
	}
	if err := Decode(b, &w); err != nil {
		return err
	}
	v, err := ParseMoney(w.Amount, w.Currency)
	if err != nil {
		return err
	}
	*m = v
	return nil
}

// Split divides m in proportion to weights (not negative, at least one above zero) so that the parts sum to m exactly.
// Each part is rounded toward zero and the minor units left over go, one each, to the largest remainders; equal
// remainders are served in the order given.
func (m Money) Split(weights ...decimal.Decimal) ([]Money, error) {
	total := decimal.Zero
	for _, w := range weights {
		if w.IsNegative() {
			return nil, fmt.Errorf("split %s: weight %s is negative", m, w)
		}
		total = total.Add(w)
	}
	if !total.IsPositive() {
		return nil, fmt.Errorf("split %s: no weight above zero", m)
	}
	minor, err := m.Minor()
	if err != nil {
		return nil, err
	}
	whole := decimal.New(minor, 0)
	parts := make([]int64, len(weights))
	remainders := make([]decimal.Decimal, len(weights))
	left := minor
	for i, w := range weights {
		// Quotient and remainder of whole*w/total are exact; a rounded division would lose the order of the remainders.
		q, r := whole.Mul(w).QuoRem(total, 0)
		parts[i], remainders[i] = q.IntPart(), r.Abs()
		left -= parts[i]
	}
	for ; left != 0; left -= int64(m.Sign()) {
		largest := 0
		for i := range remainders {
			if remainders[i].GreaterThan(remainders[largest]) {
				largest = i
			}
		}
		parts[largest] += int64(m.Sign())
		remainders[largest] = decimal.New(-1, 0)
	}
	out := make([]Money, len(parts))
	for i, p := range parts {
		out[i] = FromMinor(p, m.Currency)
	}
	return out, nil
}

// Decimal is a quantity, a unit price or a head count: any number of at most six decimals. On the wire it is a string.
type Decimal struct{ decimal.Decimal }

// MustDecimal reads a constant of code or tests; it panics on a bad one.
func MustDecimal(s string) Decimal {
	d, err := ParseDecimal(s, 6)
	if err != nil {
		panic(err)
	}
	return Decimal{d}
}

// MarshalJSON writes the number as a string.
func (d Decimal) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%q", d.String()), nil }

// UnmarshalJSON reads a decimal string; numbers with an exponent, which may stand for gigabytes of digits, are refused.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	var s string
	if err := Decode(b, &s); err != nil {
		return err
	}
	v, err := ParseDecimal(s, 6)
	if err != nil {
		return err
	}
	d.Decimal = v
	return nil
}

// Percent is a rate in percent points: "8.5" means 8.5 %. On the wire and in data files it is a decimal string.
type Percent struct{ decimal.Decimal }

// ParsePercent reads "8.5": at most four decimals, from -100 to 1000.
func ParsePercent(s string) (Percent, error) {
	d, err := ParseDecimal(s, 4)
	if err != nil {
		return Percent{}, err
	}
	if d.LessThan(decimal.New(-100, 0)) || d.GreaterThan(decimal.New(1000, 0)) {
		return Percent{}, Fault{Code: FaultInvalid, Message: fmt.Sprintf("%s %% is not a rate", s)}
	}
	return Percent{d}, nil
}

// MustPercent is ParsePercent for constants in code and tests; it panics on a bad one.
func MustPercent(s string) Percent {
	p, err := ParsePercent(s)
	if err != nil {
		panic(err)
	}
	return p
}

// Of returns p percent of m, rounded to the minor unit, half away from zero.
func (p Percent) Of(m Money) Money {
	return Money{m.Amount.Mul(p.Decimal).Shift(-2), m.Currency}.Round()
}

// Equal tells whether both are the same rate: 25 and 25.00 are one.
func (p Percent) Equal(o Percent) bool { return p.Decimal.Equal(o.Decimal) }

// String is the bare number in its shortest form: "8.5".
func (p Percent) String() string { return p.Decimal.String() }

// MarshalJSON writes the number as a string.
func (p Percent) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%q", p.String()), nil }

// UnmarshalJSON reads a decimal string.
func (p *Percent) UnmarshalJSON(b []byte) error {
	var s string
	if err := Decode(b, &s); err != nil {
		return err
	}
	return p.UnmarshalText([]byte(s))
}

// UnmarshalText reads a decimal string, as data files hold it.
func (p *Percent) UnmarshalText(b []byte) error {
	v, err := ParsePercent(string(b))
	if err != nil {
		return err
	}
	*p = v
	return nil
}

// clip shortens foreign text before it goes into a message.
func clip(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
