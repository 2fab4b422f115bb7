package storage

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Codes of PostgreSQL: appendix A of its manual.
const (
	pgSerializationFailure = "40001"
	pgDeadlock             = "40P01"
	pgDiskFull             = "53100"
)

// pgAway are the codes of a server that ends, starts or has no connection left.
var pgAway = []string{"57P01", "57P02", "57P03", "53300", "08000", "08003", "08006"}

// IsFull tells whether an error means that the disk of the database has no room. The transaction changed nothing; it may go well
// later. A limit to the size of a file counts too: SQLite reports it as a write that failed.
func IsFull(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return slices.Contains([]int{sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}, e.Code())
	}
	return postgresCode(err) == pgDiskFull
}

// IsAway tells whether an error means that the database server does not answer. A change that was just being committed may have been
// made or not.
func IsAway(err error) bool {
	if slices.Contains(pgAway, postgresCode(err)) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err) {
		return true
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[*net.OpError](err)
	return connecting || network
}

// isConflict tells whether the same transaction may succeed when it runs again.
func isConflict(err error) bool {
	code := postgresCode(err)
	return code == pgSerializationFailure || code == pgDeadlock
}

func postgresCode(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}
