package store

import (
	"context"
	"database/sql"
	"fmt"

	"passerelle/contracts"
	"passerelle/hub/mobility"
	"passerelle/internal/storage"
)

// SealingKey is the latest key of a country, in the frame in which its node signed it.
type SealingKey struct {
	Country contracts.CountryCode
	Number  int
	ID      contracts.SealingID
	Frame   contracts.SignedFrame
}

// SealingKeys lists the latest key of every country, in order of country.
func (r Reader) SealingKeys(ctx context.Context) ([]SealingKey, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (k SealingKey, err error) {
		return k, row.Scan(&k.Country, &k.Number, &k.ID, &k.Frame.Protected, &k.Frame.Payload, &k.Frame.Signature)
	}, `SELECT country, number, id, protected, payload, signature FROM sealing_key ORDER BY country`)
}

// KeepSealingKey keeps a key, unless a later one of its country is there.
func (w Writer) KeepSealingKey(ctx context.Context, k contracts.SealingKeyPublished, f contracts.SignedFrame) error {
	_, err := w.tx.ExecContext(ctx, `INSERT INTO sealing_key (country, number, id, protected, payload, signature) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (country) DO UPDATE SET number = excluded.number, id = excluded.id, protected = excluded.protected, payload = excluded.payload, signature = excluded.signature
		WHERE excluded.number >= sealing_key.number`, string(k.Country), k.Number, string(k.ID), f.Protected, f.Payload, f.Signature)
	return err
}

// KeepProgress implements mobility.Store.
func (w Writer) KeepProgress(ctx context.Context, p contracts.CaseProgressed) error {
	body, err := contracts.Encode(p)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO mobility_case (home, id, state, last_day, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (home, id) DO UPDATE SET state = excluded.state, last_day = excluded.last_day, body = excluded.body`,
		string(p.Home), string(p.Case), string(p.State), p.End, string(body))
	return err
}

// CasesSince implements mobility.Reader.
func (r Reader) CasesSince(ctx context.Context, day contracts.Date) ([]contracts.CaseProgressed, error) {
	return storage.All(ctx, r.q, scanProgress, `SELECT body FROM mobility_case WHERE last_day >= $1 ORDER BY home, id`, day)
}

// CasesOf lists every case of a home country, in order of its id.
func (r Reader) CasesOf(ctx context.Context, home contracts.CountryCode) ([]contracts.CaseProgressed, error) {
	return storage.All(ctx, r.q, scanProgress, `SELECT body FROM mobility_case WHERE home = $1 ORDER BY id`, string(home))
}

func scanProgress(row *sql.Rows) (p contracts.CaseProgressed, err error) {
	var body string
	if err = row.Scan(&body); err != nil {
		return p, err
	}
	if err = contracts.Decode([]byte(body), &p); err != nil {
		return p, fmt.Errorf("stored case: %w", err)
	}
	return p, nil
}

var _ mobility.Store = Writer{}
