// Package storagetest runs a test on every engine the product supports, each time on a fresh database, and hands out
// Redis databases. It is for tests only.
//
// The servers come from the environment: PASSERELLE_TEST_POSTGRES is the address of a PostgreSQL server on which
// databases may be created, PASSERELLE_TEST_REDIS that of a Redis that may be emptied. `make test` starts both.
package storagetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/redis/go-redis/v9"

	"passerelle/internal/storage"
)

// Engines lists what Each runs through.
var Engines = []storage.Engine{storage.SQLite, storage.Postgres}

// Each runs test once per engine, as a subtest named after it, on a new database holding sets.
func Each(t *testing.T, sets []storage.MigrationSet, test func(t *testing.T, db *storage.DB)) {
	t.Helper()
	for _, engine := range Engines {
		t.Run(string(engine), func(t *testing.T) { test(t, Open(t, engine, sets...)) })
	}
}

// Open returns a new database of the engine, closed and removed when the test ends.
func Open(t testing.TB, engine storage.Engine, sets ...storage.MigrationSet) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), DSN(t, engine), sets...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return db
}

// DSN returns the address of a new, empty database for a test that starts the whole program; it is removed when the
// test ends.
func DSN(t testing.TB, engine storage.Engine) string {
	t.Helper()
	if engine == storage.SQLite {
		return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	}
	server := fromEnvironment(t, "PASSERELLE_TEST_POSTGRES", "PostgreSQL (Debian package postgresql)")
	name := "test_" + strings.ToLower(rand.Text())
	onServer(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { onServer(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("PASSERELLE_TEST_POSTGRES is no address")
	}
	u.Path = "/" + name
	return u.String()
}

func onServer(t testing.TB, server, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), statement); err != nil { // t.Context() has ended in a clean-up
		t.Fatal(err)
	}
}

// Redis returns the address of an empty Redis database that no other running test uses. The test may empty it
// (FLUSHDB), not the server (FLUSHALL).
func Redis(t testing.TB) string {
	t.Helper()
	address := fromEnvironment(t, "PASSERELLE_TEST_REDIS", "Redis (Debian package redis-server)")
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	server := redis.NewClient(options)
	defer server.Close()
	options.DB = nextDatabase(t, server)
	own := redis.NewClient(options)
	defer own.Close()
	if err := own.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(address, "/") + "/" + strconv.Itoa(options.DB)
}

// nextDatabase takes numbers in turn, from a counter that all test processes share in database 0.
func nextDatabase(t testing.TB, server *redis.Client) int {
	t.Helper()
	setting, err := server.ConfigGet(t.Context(), "databases").Result()
	if err != nil {
		t.Fatal(err)
	}
	databases, err := strconv.Atoi(setting["databases"])
	if err != nil || databases < 2 {
		t.Fatalf("Redis offers %q databases; the tests need several", setting["databases"])
	}
	n, err := server.Incr(t.Context(), "passerelle:test:database").Result()
	if err != nil {
		t.Fatal(err)
	}
	return 1 + int(n)%(databases-1)
}

// fromEnvironment skips the test on a developer's machine without the server, and fails it where all must run.
func fromEnvironment(t testing.TB, name, server string) string {
	t.Helper()
	address := os.Getenv(name)
	switch {
	case address != "":
		return address
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is not set: run the tests with .ci/services", name)
	default:
		t.Skipf("needs %s: install it and run `make test`, which starts it and sets %s", server, name)
	}
	return ""
}
