package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// Act tells what was done with a record.
type Act string

// What the trail keeps. Nobody's look at his own data is in it; his changes are.
const (
	ActSaw     Act = "saw"
	ActChanged Act = "changed"
)

// Step is one line of the trail.
type Step struct {
	At      storage.Instant `json:"at"`
	Act     Act             `json:"act"`
	Account string          `json:"account"`
	Name    string          `json:"name"`
	Roles   string          `json:"roles"`
	Purpose string          `json:"purpose"`
	Kind    string          `json:"kind"`
	Record  string          `json:"record"`
	Member  string          `json:"member"`
	Request string          `json:"request"`
	ID      int64           `json:"id"`
}

// stepsAtOnce keeps a statement below the parameters that the engines take.
const stepsAtOnce = 500

// Saw writes that the person of the context is shown these records.
func (st Store) Saw(ctx context.Context, tx *storage.Tx, sights []access.Sight) error {
	for len(sights) > 0 {
		n := min(len(sights), stepsAtOnce)
		if err := st.tread(ctx, tx, ActSaw, sights[:n]); err != nil {
			return err
		}
		sights = sights[n:]
	}
	return nil
}

// trailed writes that the person of the context changed a record; what the program does by itself has its own records.
func (st Store) trailed(ctx context.Context, tx *storage.Tx, kind, record, member string) error {
	if !access.DeedOf(ctx).By.SignedIn() {
		return nil
	}
	return st.tread(ctx, tx, ActChanged, []access.Sight{{Kind: kind, Record: record, Member: member}})
}

func (Store) tread(ctx context.Context, tx *storage.Tx, act Act, sights []access.Sight) error {
	d := access.DeedOf(ctx)
	roles := make([]string, len(d.By.Roles))
	for i, r := range d.By.Roles {
		roles[i] = string(r)
	}
	args := []any{storage.At(d.At), act, d.By.Account, d.By.Name, strings.Join(roles, ", "), d.Purpose, d.Request}
	rows := make([]string, len(sights))
	for i, s := range sights {
		n := len(args)
		rows[i] = fmt.Sprintf("($1, $2, $3, $4, $5, $6, $7, $%d, $%d, $%d)", n+1, n+2, n+3)
		args = append(args, s.Kind, s.Record, s.Member)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO trail (at, act, account, name, roles, purpose, request, kind, record, member) VALUES `+strings.Join(rows, ", "), args...)
	return err
}

// Trail lists what was seen and changed of a member's data, the newest first, at most limit, before the line with that id; from the newest when
// it is 0.
func (Store) Trail(ctx context.Context, q storage.Querier, s access.Scope, member string, before int64, limit int) ([]Step, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (t Step, err error) {
		return t, r.Scan(&t.ID, &t.At, &t.Act, &t.Account, &t.Name, &t.Roles, &t.Purpose, &t.Kind, &t.Record, &t.Member, &t.Request)
	}, `SELECT id, at, act, account, name, roles, purpose, kind, record, member, request FROM trail
		WHERE member = $1 AND (CAST($2 AS BIGINT) = 0 OR id < CAST($2 AS BIGINT)) AND `+s.Where("member", 4)+` ORDER BY id DESC LIMIT $3`, member, before, limit, s.Arg())
}
