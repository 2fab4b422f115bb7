package storage

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// Codes of PostgreSQL: appendix A of its manual.
const (
	pgSerializationFailure = "40001"
	pgDeadlock             = "40P01"
)

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
