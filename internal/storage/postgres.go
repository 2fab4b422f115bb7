package storage

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"net/netip"
	"net/url"
	"os"
	"strings"

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
	config, err := pgx.ParseConfig(withTLS(dsn))
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

// withTLS asks a server on another host for TLS and for a certificate made out to its name, where the address does not say otherwise; the default of
// PostgreSQL is to take what comes.
func withTLS(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil || os.Getenv("PGSSLMODE") != "" {
		return dsn
	}
	q := u.Query()
	if q.Has("sslmode") || onThisHost(cmp.Or(q.Get("host"), u.Hostname())) {
		return dsn
	}
	q.Set("sslmode", "verify-full")
	u.RawQuery = q.Encode()
	return u.String()
}

// onThisHost tells whether nobody stands between: a socket in the file system, or a loopback address.
func onThisHost(host string) bool {
	at, err := netip.ParseAddr(host)
	return host == "" || host == "localhost" || strings.HasPrefix(host, "/") || err == nil && at.IsLoopback()
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
