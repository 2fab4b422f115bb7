package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"passerelle/hub/assembly"
	"passerelle/internal/storage"
)

var _ assembly.Store = Writer{}

// AssemblyActs implements assembly.Store.
func (r Reader) AssemblyActs(ctx context.Context) ([]assembly.Act, error) {
	return storage.All(ctx, r.q, func(row *sql.Rows) (a assembly.Act, err error) {
		var body string
		if err = row.Scan(&body); err != nil {
			return a, err
		}
		return a, json.Unmarshal([]byte(body), &a)
	}, `SELECT body FROM assembly_account ORDER BY number`)
}

// AddAssemblyAct implements assembly.Store.
func (w Writer) AddAssemblyAct(ctx context.Context, a assembly.Act) error {
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO assembly_account (number, year, at, body) VALUES ($1, $2, $3, $4)`, a.Number, a.Year, storage.At(a.At), string(body))
	return err
}
