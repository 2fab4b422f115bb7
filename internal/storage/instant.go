package storage

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Instant is a moment as the store keeps it: text in UTC with microseconds ("2026-03-31T08:00:00.000000Z"), which
// sorts as time does and reads the same on both engines. The zero Instant is stored as empty text and means "never".
type Instant struct{ time.Time }

const instantLayout = "2006-01-02T15:04:05.000000Z"

// At returns t as the store keeps it, cut to microseconds, so that a value equals itself after being read back.
func At(t time.Time) Instant {
	if t.IsZero() {
		return Instant{}
	}
	return Instant{t.UTC().Truncate(time.Microsecond)}
}

// Value writes the text.
func (i Instant) Value() (driver.Value, error) {
	if i.IsZero() {
		return "", nil
	}
	return At(i.Time).Format(instantLayout), nil
}

// Scan reads what Value wrote.
func (i *Instant) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("scan instant: %T is no text", v)
	}
	if text == "" {
		*i = Instant{}
		return nil
	}
	t, err := time.Parse(instantLayout, text)
	if err != nil {
		return fmt.Errorf("scan instant: %w", err)
	}
	*i = Instant{t}
	return nil
}
