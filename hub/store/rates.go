package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/rates"
)

// RateOn implements rates.Store. No rate holds longer than a month, so the index range is short.
func (r Reader) RateOn(ctx context.Context, c contracts.Currency, on contracts.Date) (rates.Rate, bool, error) {
	rate := rates.Rate{Currency: c}
	var perEUR string
	err := r.q.QueryRowContext(ctx, `SELECT since, until, per_eur, source, demonstration FROM rate
		WHERE currency = $1 AND since BETWEEN $2 AND $3 AND until >= $3
		ORDER BY demonstration, since DESC, source LIMIT 1`, string(c), on.AddDays(-rates.MostDays), on).
		Scan(&rate.Since, &rate.Until, &perEUR, &rate.Source, &rate.Demonstration)
	if ok, err := found(err); !ok {
		return rates.Rate{}, false, err
	}
	rate.PerEUR, err = decimal.NewFromString(perEUR)
	return rate, err == nil, err
}

// ratesAtOnce rows of six values stay far below the parameter limits of both engines.
const ratesAtOnce = 200

// AddRates implements rates.Store.
func (w Writer) AddRates(ctx context.Context, rs []rates.Rate) (*rates.Rate, error) {
	for len(rs) > 0 {
		n := min(ratesAtOnce, len(rs))
		if conflict, err := w.addRates(ctx, rs[:n]); conflict != nil || err != nil {
			return conflict, err
		}
		rs = rs[n:]
	}
	return nil, nil
}

func (w Writer) addRates(ctx context.Context, rs []rates.Rate) (*rates.Rate, error) {
	var values []string
	var args []any
	for i, r := range rs {
		values = append(values, fmt.Sprintf("($%d, $%d, $%d, $%d, $%d, $%d)", 6*i+1, 6*i+2, 6*i+3, 6*i+4, 6*i+5, 6*i+6))
		args = append(args, string(r.Currency), r.Since, r.Source, r.Until, r.PerEUR.String(), r.Demonstration)
	}
	result, err := w.tx.ExecContext(ctx, `INSERT INTO rate (currency, since, source, until, per_eur, demonstration) VALUES `+
		strings.Join(values, ", ")+` ON CONFLICT DO NOTHING`, args...)
	if err != nil {
		return nil, err
	}
	added, err := result.RowsAffected()
	if err != nil || added == int64(len(rs)) {
		return nil, err
	}
	return w.firstConflict(ctx, rs)
}

// firstConflict returns the first rate that is stored with other content.
func (w Writer) firstConflict(ctx context.Context, rs []rates.Rate) (*rates.Rate, error) {
	for _, r := range rs {
		var same bool
		err := w.tx.QueryRowContext(ctx, `SELECT until = $4 AND per_eur = $5 AND demonstration = $6 FROM rate WHERE currency = $1 AND since = $2 AND source = $3`,
			string(r.Currency), r.Since, r.Source, r.Until, r.PerEUR.String(), r.Demonstration).Scan(&same)
		if err != nil {
			return nil, err
		}
		if !same {
			return &r, nil
		}
	}
	return nil, nil
}
