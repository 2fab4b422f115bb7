package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/rates"
	"passerelle/internal/storage"
)

// RateOn implements rates.Store. No rate holds longer than a month, so the index range is short.
func (r Reader) RateOn(ctx context.Context, c contracts.Currency, on contracts.Date) (rates.Rate, bool, error) {
	rs, err := storage.All(ctx, r.q, scanRate, `SELECT currency, since, until, per_eur, source, demonstration FROM rate
		WHERE currency = $1 AND since BETWEEN $2 AND $3 AND until >= $3
		ORDER BY demonstration, since DESC, source LIMIT 1`, string(c), on.AddDays(-rates.MostDays), on)
	if err != nil || len(rs) == 0 {
		return rates.Rate{}, false, err
	}
	return rs[0], true, nil
}

// AddRates implements rates.Store.
func (w Writer) AddRates(ctx context.Context, rs []rates.Rate) (fresh []rates.Rate, conflict *rates.Rate, err error) {
	known, err := w.knownRates(ctx, rs)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rs {
		switch old, ok := known[keyOf(r)]; {
		case !ok:
			fresh = append(fresh, r)
		case old.Until != r.Until || old.Demonstration != r.Demonstration || !old.PerEUR.Equal(r.PerEUR):
			return nil, &r, nil
		}
	}
	for batch := range slices.Chunk(fresh, ratesAtOnce) {
		if err := w.insertRates(ctx, batch); err != nil {
			return nil, nil, err
		}
	}
	return fresh, nil, nil
}

// rateKey is the primary key of a rate.
type rateKey struct {
	currency contracts.Currency
	since    contracts.Date
	source   string
}

func keyOf(r rates.Rate) rateKey { return rateKey{r.Currency, r.Since, r.Source} }

// knownRates returns what is stored of the currencies and days of rs.
func (r Reader) knownRates(ctx context.Context, rs []rates.Rate) (map[rateKey]rates.Rate, error) {
	known := map[rateKey]rates.Rate{}
	for c, days := range rates.Spans(rs) {
		stored, err := storage.All(ctx, r.q, scanRate, `SELECT currency, since, until, per_eur, source, demonstration FROM rate
			WHERE currency = $1 AND since BETWEEN $2 AND $3`, string(c), days.First, days.Last)
		if err != nil {
			return nil, err
		}
		for _, rate := range stored {
			known[keyOf(rate)] = rate
		}
	}
	return known, nil
}

func scanRate(row *sql.Rows) (r rates.Rate, err error) {
	var perEUR string
	if err = row.Scan(&r.Currency, &r.Since, &r.Until, &perEUR, &r.Source, &r.Demonstration); err != nil {
		return r, err
	}
	r.PerEUR, err = decimal.NewFromString(perEUR)
	return r, err
}

// ratesAtOnce rows of six values stay far below the parameter limits of both engines.
const ratesAtOnce = 200

func (w Writer) insertRates(ctx context.Context, rs []rates.Rate) error {
	var values []string
	var args []any
	for i, r := range rs {
		values = append(values, fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d)", 6*i+1, 6*i+2, 6*i+3, 6*i+4, 6*i+5, 6*i+6))
		args = append(args, string(r.Currency), r.Since, r.Source, r.Until, r.PerEUR.String(), r.Demonstration)
	}
	_, err := w.tx.ExecContext(ctx, `INSERT INTO rate (currency, since, source, until, per_eur, demonstration) VALUES `+strings.Join(values, ", "), args...)
	return err
}
