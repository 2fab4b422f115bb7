package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/registry"
	"passerelle/internal/storage"
)

// CurrentProfile implements registry.Store.
func (r Reader) CurrentProfile(ctx context.Context, c contracts.CountryCode) (contracts.NodeProfile, int, error) {
	var version int
	var body string
	err := r.q.QueryRowContext(ctx, `SELECT version, body FROM node_profile WHERE country = $1 ORDER BY version DESC LIMIT 1`, string(c)).Scan(&version, &body)
	if ok, err := found(err); !ok {
		return contracts.NodeProfile{}, 0, err
	}
	p, err := decodeProfile(body)
	return p, version, err
}

func decodeProfile(body string) (p contracts.NodeProfile, err error) {
	if err = contracts.Decode([]byte(body), &p); err != nil {
		return p, fmt.Errorf("stored profile: %w", err)
	}
	return p, nil
}

// AddProfile implements registry.Store.
func (w Writer) AddProfile(ctx context.Context, p contracts.NodeProfile, version int, at time.Time) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO node_profile (country, version, received, body) VALUES ($1, $2, $3, $4)`,
		string(p.Country), version, storage.At(at), string(body))
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO node (country, version, heard) VALUES ($1, $2, $3)
		ON CONFLICT (country) DO UPDATE SET version = excluded.version`, string(p.Country), version, storage.At(at))
	return err
}

// SetHeard implements registry.Store.
func (w Writer) SetHeard(ctx context.Context, c contracts.CountryCode, at time.Time) error {
	_, err := w.tx.ExecContext(ctx, `INSERT INTO node (country, version, heard) VALUES ($1, 0, $2)
		ON CONFLICT (country) DO UPDATE SET heard = excluded.heard`, string(c), storage.At(at))
	return err
}

// Nodes returns every node that was ever heard, in order of country.
func (r Reader) Nodes(ctx context.Context) ([]registry.Node, error) { return r.nodes(ctx, "") }

// Node returns one node, false when it was never heard.
func (r Reader) Node(ctx context.Context, c contracts.CountryCode) (registry.Node, bool, error) {
	ns, err := r.nodes(ctx, c)
	if err != nil || len(ns) == 0 {
		return registry.Node{}, false, err
	}
	return ns[0], true, nil
}

func (r Reader) nodes(ctx context.Context, only contracts.CountryCode) ([]registry.Node, error) {
	return storage.All(ctx, r.q, scanNode, `
		SELECT n.country, n.version, n.heard, p.body,
			CAST(COALESCE((SELECT SUM(b.invoices + b.credit_notes) FROM border_month b WHERE b.seller = n.country), 0) AS BIGINT),
			CAST(COALESCE((SELECT SUM(b.demonstration) FROM border_month b WHERE b.seller = n.country), 0) AS BIGINT)
		FROM node n LEFT JOIN node_profile p ON p.country = n.country AND p.version = n.version
		WHERE $1 = '' OR n.country = $1
		ORDER BY n.country`, string(only))
}

func scanNode(row *sql.Rows) (n registry.Node, err error) {
	var heard storage.Instant
	var body sql.NullString
	if err = row.Scan(&n.Country, &n.Version, &heard, &body, &n.Documents, &n.Demo); err != nil {
		return n, err
	}
	n.Heard = heard.Time
	if body.Valid {
		p, err := decodeProfile(body.String)
		n.Profile = &p
		return n, err
	}
	return n, nil
}

// CurrentProfiles implements consolidation.ComputedStore.
func (r Reader) CurrentProfiles(ctx context.Context) ([]consolidation.VersionedProfile, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (v consolidation.VersionedProfile, err error) {
		var body string
		if err = row.Scan(&v.Version, &body); err != nil {
			return v, err
		}
		v.NodeProfile, err = decodeProfile(body)
		return v, err
	}, `SELECT n.version, p.body FROM node n JOIN node_profile p ON p.country = n.country AND p.version = n.version ORDER BY n.country`)
}
