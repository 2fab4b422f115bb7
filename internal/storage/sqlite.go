package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// oldestSQLite is the first release without the checkpoint race that loses committed pages (sqlite.org, WAL-reset
// bug, fixed in 3.51.3).
var oldestSQLite = [3]int{3, 51, 3}

// sqliteReaders bounds the connections that read beside the writer; each carries its own page cache.
const sqliteReaders = 4

// sqlitePragmas hold on every connection. FULL syncs the log at each commit: with NORMAL a power cut takes back
// transactions that were already answered for.
const sqlitePragmas = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(1)&_pragma=recursive_triggers(1)&_defensive=1&_dqs=0"

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	db := &DB{engine: SQLite, path: path}
	var errW, errR error
	db.writer, errW = sql.Open("sqlite", sqliteURI(path, "_txlock=immediate"))
	db.reader, errR = sql.Open("sqlite", sqliteURI(path, "_query_only=1"))
	if err := errors.Join(errW, errR); err != nil {
		return nil, err
	}
	db.writer.SetMaxOpenConns(1) // SQLite has one writer; queueing here is fairer and faster than busy retries in the file
	db.reader.SetMaxOpenConns(sqliteReaders)
	db.reader.SetMaxIdleConns(sqliteReaders)
	if err := checkSQLite(ctx, db.writer); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func sqliteURI(path, extra string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: sqlitePragmas + "&" + extra}
	return u.String()
}

// createPrivate makes the data file before SQLite does, because SQLite would follow the umask; its log files take
// over the mode of the data file.
func createPrivate(path string) error {
	if path == "" || path == ":memory:" {
		return errors.New("SQLite needs the path of a file")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// checkSQLite refuses to work on a database that could lose what it confirmed.
func checkSQLite(ctx context.Context, conn *sql.DB) error {
	var version, journal string
	var synchronous, foreignKeys int
	err := errors.Join(
		conn.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version),
		conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&journal),
		conn.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous),
		conn.QueryRowContext(ctx, "PRAGMA foreign_keys").Scan(&foreignKeys),
	)
	switch {
	case err != nil:
		return err
	case !atLeast(version, oldestSQLite):
		return fmt.Errorf("SQLite %s may lose committed data; build with %d.%d.%d or newer",
			version, oldestSQLite[0], oldestSQLite[1], oldestSQLite[2])
	case journal != "wal" || synchronous != 2 || foreignKeys != 1:
		return fmt.Errorf("SQLite runs with journal_mode %s, synchronous %d, foreign_keys %d instead of wal, 2, 1; is the file on a network drive?",
			journal, synchronous, foreignKeys)
	}
	return nil
}

// atLeast compares "3.51.3" with the oldest version allowed; what cannot be read is too old.
func atLeast(version string, oldest [3]int) bool {
	var v [3]int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2]); err != nil {
		return false
	}
	for i := range v {
		if v[i] != oldest[i] {
			return v[i] > oldest[i]
		}
	}
	return true
}
