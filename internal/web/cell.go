package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"golang.org/x/text/collate"

	"passerelle/contracts"
)

// text writes a value of a table for a page.
func (l *Locale) text(v any, bare bool) string {
	switch v := v.(type) {
	case nil:
		return ""
	case contracts.Money:
		if bare {
			return l.Amount(v)
		}
		return l.Money(v)
	case contracts.Date:
		return l.Date(v)
	case contracts.Month:
		return l.Month(v)
	case contracts.Decimal:
		return l.Decimal(v.Decimal, max(0, -v.Exponent()))
	case time.Time:
		return l.Instant(v)
	case int:
		return l.Number(v)
	}
	return fmt.Sprint(v)
}

// plain writes a value for a program: numbers with a point and no separators, dates as ISO 8601. words tells text, which a spreadsheet
// must not take for anything else.
func plain(v any) (text string, words bool) {
	switch v := v.(type) {
	case nil:
		return "", false
	case contracts.Money:
		return v.Fixed(), false
	case contracts.Decimal:
		return v.String(), false
	case int:
		return strconv.Itoa(v), false
	case contracts.Date:
		return v.String(), false
	case contracts.Month:
		return v.String(), false
	case time.Time:
		if v.IsZero() {
			return "", false
		}
		return v.UTC().Format(time.RFC3339), false
	}
	return fmt.Sprint(v), true
}

// RowsOf is a list that was read whole: sorted as asked for, words in the order of the language.
func RowsOf[R any](l *Locale, t Table[R], a Asked, all []R) Rows[R] {
	if i := slices.IndexFunc(t.Columns, func(col Column[R]) bool { return col.Name == a.Sort }); a.Sort != "" && i >= 0 {
		words := collate.New(l.Tag, collate.IgnoreCase)
		all = slices.Clone(all)
		slices.SortStableFunc(all, func(x, y R) int {
			order := compare(words, t.Columns[i].Cell(x).Value, t.Columns[i].Cell(y).Value)
			if a.Down {
				return -order
			}
			return order
		})
	}
	return func(offset, limit int) ([]R, error) {
		from := min(offset, len(all))
		return all[from:min(from+limit, len(all))], nil
	}
}

// compare orders two values of a column. Nothing comes first; amounts stand by currency, because they cannot be compared across.
func compare(words *collate.Collator, a, b any) int {
	switch a := a.(type) {
	case contracts.Money:
		if b, ok := b.(contracts.Money); ok {
			return cmp.Or(cmp.Compare(a.Currency, b.Currency), a.Amount.Cmp(b.Amount))
		}
	case contracts.Decimal:
		if b, ok := b.(contracts.Decimal); ok {
			return a.Cmp(b.Decimal)
		}
	case int:
		if b, ok := b.(int); ok {
			return cmp.Compare(a, b)
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	}
	x, _ := plain(a)
	y, _ := plain(b)
	return words.CompareString(x, y)
}
