package store

import (
	"context"
	"database/sql"
	"time"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/internal/storage"
)

// KeepConfirmation keeps a node's word that money came.
func (w Writer) KeepConfirmation(ctx context.Context, e contracts.DisbursementConfirmed, at time.Time) error {
	return w.keepStatement(ctx, e, e.Tranche, 0, at)
}

// KeepEvidence keeps what a node gives for a condition.
func (w Writer) KeepEvidence(ctx context.Context, e contracts.ConditionEvidenced, at time.Time) error {
	return w.keepStatement(ctx, e, e.Tranche, e.Condition, at)
}

func (w Writer) keepStatement(ctx context.Context, e contracts.Event, tranche string, condition int, at time.Time) error {
	body, err := contracts.Encode(e)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO node_statement (country, type, tranche, condition, heard, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(e.Owner()), string(e.EventType()), tranche, condition, storage.At(at), string(body))
	return err
}

// Confirmations lists what nodes say came, in the order in which it was heard.
func (r Reader) Confirmations(ctx context.Context) ([]investment.Confirmation, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (c investment.Confirmation, err error) {
		var heard storage.Instant
		var body string
		if err = row.Scan(&heard, &body); err != nil {
			return c, err
		}
		c.Heard = heard.Time
		return c, contracts.Decode([]byte(body), &c.DisbursementConfirmed)
	}, `SELECT heard, body FROM node_statement WHERE type = $1 ORDER BY number`, string(contracts.TypeDisbursementConfirmed))
}

// EvidenceOf lists what a country gave for the conditions of a tranche, in the order in which it was heard.
func (r Reader) EvidenceOf(ctx context.Context, c contracts.CountryCode, tranche string) ([]investment.Evidence, error) {
	return storage.All(ctx, r.q, scanEvidence, `SELECT number, heard, body FROM node_statement WHERE type = $1 AND tranche = $2 AND country = $3 ORDER BY number`,
		string(contracts.TypeConditionEvidenced), tranche, string(c))
}

// Evidence returns one by its number.
func (r Reader) Evidence(ctx context.Context, number int64) (e investment.Evidence, found bool, err error) {
	all, err := storage.All(ctx, r.q, scanEvidence, `SELECT number, heard, body FROM node_statement WHERE type = $1 AND number = $2`, string(contracts.TypeConditionEvidenced), number)
	if err != nil || len(all) == 0 {
		return e, false, err
	}
	return all[0], true, nil
}

func scanEvidence(row *sql.Rows) (e investment.Evidence, err error) {
	var heard storage.Instant
	var body string
	if err = row.Scan(&e.Number, &heard, &body); err != nil {
		return e, err
	}
	e.Heard = heard.Time
	return e, contracts.Decode([]byte(body), &e.ConditionEvidenced)
}

// Statements lists the bodies of what a country said of the plan, in the order in which it was heard.
func (r Reader) Statements(ctx context.Context, c contracts.CountryCode) ([]string, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (body string, err error) { return body, row.Scan(&body) },
		`SELECT body FROM node_statement WHERE country = $1 ORDER BY number`, string(c))
}

// CountReports counts every version of every report.
func (r Reader) CountReports(ctx context.Context) (n int, err error) {
	err = r.q.QueryRowContext(ctx, `SELECT COUNT(*) FROM monthly_report`).Scan(&n)
	return n, err
}
