package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"passerelle/contracts"
	"passerelle/hub/boardpack"
	"passerelle/hub/consolidation"
	"passerelle/internal/storage"
)

var _ boardpack.Reader = Reader{}

// ReportsUntil implements boardpack.Reader.
func (r Reader) ReportsUntil(ctx context.Context, at time.Time) ([]boardpack.Report, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (m boardpack.Report, err error) {
		var received storage.Instant
		var body string
		if err = row.Scan(&m.Version, &received, &body); err != nil {
			return m, err
		}
		m.At = received.Time
		return m, contracts.Decode([]byte(body), &m.MonthlyReport)
	}, `SELECT version, received, body FROM monthly_report WHERE received <= $1 ORDER BY country, currency, month, version`, storage.At(at))
}

// ProfilesUntil implements boardpack.Reader.
func (r Reader) ProfilesUntil(ctx context.Context, at time.Time) ([]contracts.NodeProfile, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (p contracts.NodeProfile, err error) {
		var body string
		if err = row.Scan(&body); err != nil {
			return p, err
		}
		return p, json.Unmarshal([]byte(body), &p)
	}, `SELECT p.body FROM node_profile p WHERE p.version = (SELECT MAX(o.version) FROM node_profile o WHERE o.country = p.country AND o.received <= $1) ORDER BY p.country`, storage.At(at))
}

// PublishedUntil implements boardpack.Reader.
func (r Reader) PublishedUntil(ctx context.Context, at time.Time) ([]consolidation.Filing, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (f consolidation.Filing, err error) {
		var filed storage.Instant
		var body string
		if err = row.Scan(&f.Version, &filed, &body); err != nil {
			return f, err
		}
		f.Filed = filed.Time
		return f, json.Unmarshal([]byte(body), &f.Table)
	}, `SELECT p.version, p.filed, p.body FROM published_table p WHERE p.version = (SELECT MAX(o.version) FROM published_table o WHERE o.year = p.year AND o.filed <= $1) ORDER BY p.year`, storage.At(at))
}

var _ boardpack.Store = Writer{}

// Packs implements boardpack.Store.
func (r Reader) Packs(ctx context.Context) ([]boardpack.Issue, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (i boardpack.Issue, err error) {
		var body string
		if err = row.Scan(&body); err != nil {
			return i, err
		}
		return i, json.Unmarshal([]byte(body), &i)
	}, `SELECT body FROM board_pack ORDER BY number`)
}

// AddPack implements boardpack.Store.
func (w Writer) AddPack(ctx context.Context, i boardpack.Issue) error {
	body, err := json.Marshal(i)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO board_pack (number, day, as_of, body) VALUES ($1, $2, $3, $4)`, i.Number, i.Day, storage.At(i.AsOf), string(body))
	return err
}
