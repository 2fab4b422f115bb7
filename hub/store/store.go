// Package store is the SQL of the hub, for both engines. It implements the small store interfaces that the features declare, and
// holds no rule: what a row means is said there.
package store

import (
	"database/sql"
	"embed"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations is the tables of the hub.
var Migrations = storage.Embedded("hub", files)

// Reader answers questions, on the last committed state or within a transaction.
type Reader struct{ q storage.Querier }

// Writer changes rows within a transaction, and reads what it wrote.
type Writer struct {
	Reader
	tx *storage.Tx
}

// Read returns a Reader of a database or a transaction.
func Read(q storage.Querier) Reader { return Reader{q} }

// In returns a Writer of a transaction.
func In(tx *storage.Tx) Writer { return Writer{Reader{tx}, tx} }

// money turns what a row holds into an amount.
func money(minor int64, c contracts.Currency) contracts.Money { return contracts.FromMinor(minor, c) }

// found turns "no rows" into false.
func found(err error) (bool, error) {
	if err == sql.ErrNoRows {
		return false, nil
	}
	return err == nil, err
}
