package storage

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Connections of one party. Ten parties on one server stay below PostgreSQL's default of a hundred.
const (
	postgresWriters = 6
	postgresReaders = 3
)

func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	writer, err := postgresPool(dsn, postgresWriters, nil)
	if err != nil {
		return nil, err
	}
	reader, err := postgresPool(dsn, postgresReaders, map[string]string{"default_transaction_read_only": "on"})
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	db := &DB{engine: Postgres, writer: writer, reader: reader}
	if err := checkPostgres(ctx, writer); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func postgresPool(dsn string, size int, settings map[string]string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	if _, set := config.RuntimeParams["synchronous_commit"]; !set {
		config.RuntimeParams["synchronous_commit"] = "on" // a default of the server or the role may be weaker
	}
	config.RuntimeParams["timezone"] = "UTC"
	for k, v := range settings {
		config.RuntimeParams[k] = v
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

// checkPostgres refuses a connection that answers before the commit is on disk.
func checkPostgres(ctx context.Context, conn *sql.DB) error {
	var synchronous string
	if err := conn.QueryRowContext(ctx, "SHOW synchronous_commit").Scan(&synchronous); err != nil {
		return err
	}
	if synchronous == "off" {
		return errors.New("synchronous_commit is off: a crash would lose committed data; remove it from the address")
	}
	return nil
}
