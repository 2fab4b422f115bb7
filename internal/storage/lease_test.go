package storage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

func TestOnlyOneProcessHoldsTheLease(t *testing.T) {
	for _, engine := range storagetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			dsn := storagetest.DSN(t, engine)
			first, second := openDSN(t, dsn), openDSN(t, dsn)
			lease, err := first.Lease(t.Context(), "first")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := second.Lease(t.Context(), "second"); !errors.Is(err, storage.ErrInUse) {
				t.Fatalf("the second got %v", err)
			}
			if err := write(first, 1); err != nil {
				t.Errorf("the holder cannot write: %v", err)
			}
			if err := lease.Release(); err != nil {
				t.Fatal(err)
			}
			again, err := second.Lease(t.Context(), "second")
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := again.Release(); err != nil {
					t.Error(err)
				}
			}()
			if err := write(second, 2); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAHolderThatLostItsLeaseCannotCommit is what fencing is for: on PostgreSQL a lock ends with its connection, which the
// process may not notice.
func TestAHolderThatLostItsLeaseCannotCommit(t *testing.T) {
	dsn := storagetest.DSN(t, storage.Postgres)
	first, second := openDSN(t, dsn), openDSN(t, dsn)
	lost, err := first.Lease(t.Context(), "first")
	if err != nil {
		t.Fatal(err)
	}
	if err := lost.Release(); err != nil { // as when the connection breaks
		t.Fatal(err)
	}
	if err := write(first, 1); err != nil {
		t.Errorf("nobody took over yet: %v", err)
	}
	taken, err := second.Lease(t.Context(), "second")
	if err != nil {
		t.Fatal(err)
	}
	if err := write(first, 2); !errors.Is(err, storage.ErrInUse) {
		t.Errorf("the old holder's write: %v", err)
	}
	if err := write(second, 3); err != nil {
		t.Error(err)
	}
	if err := taken.Release(); err != nil {
		t.Error(err)
	}
}

// TestALeaseIsTakenAgainAfterTheServerForgotIt restarts what a restarted server restarts, the session with the lock.
func TestALeaseIsTakenAgainAfterTheServerForgotIt(t *testing.T) {
	dsn := storagetest.DSN(t, storage.Postgres)
	first, second := openDSN(t, dsn), openDSN(t, dsn)
	lease, err := first.Lease(t.Context(), "first")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	kept := make(chan error, 1)
	go func() { kept <- lease.Keep(ctx) }()
	forget(t, second)
	for end := time.Now().Add(10 * time.Second); locks(t, second) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the lease was not taken again")
		}
	}
	if _, err := second.Lease(t.Context(), "second"); !errors.Is(err, storage.ErrInUse) {
		t.Errorf("the second got %v", err)
	}
	if err := write(first, 1); err != nil {
		t.Errorf("the holder cannot write: %v", err)
	}
	cancel()
	if err := errors.Join(<-kept, lease.Release()); err != nil {
		t.Error(err)
	}
}

func TestAHolderLearnsThatAnotherTookOver(t *testing.T) {
	dsn := storagetest.DSN(t, storage.Postgres)
	first, second := openDSN(t, dsn), openDSN(t, dsn)
	lost, err := first.Lease(t.Context(), "first")
	if err != nil {
		t.Fatal(err)
	}
	forget(t, second)
	taken, err := second.Lease(t.Context(), "second") // quicker than the first, which has not looked yet
	if err != nil {
		t.Fatal(err)
	}
	if err := taken.Release(); err != nil { // and gone again: what it wrote stays
		t.Fatal(err)
	}
	if err := lost.Keep(t.Context()); !errors.Is(err, storage.ErrInUse) {
		t.Errorf("the first was told %v", err)
	}
}

func TestALeaseWhoseSessionIsGoneIsReleased(t *testing.T) {
	dsn := storagetest.DSN(t, storage.Postgres)
	first, second := openDSN(t, dsn), openDSN(t, dsn)
	lease, err := first.Lease(t.Context(), "first")
	if err != nil {
		t.Fatal(err)
	}
	forget(t, second)
	if err := lease.Release(); err != nil {
		t.Error(err)
	}
}

// theLock are the sessions that hold the lease of this database.
const theLock = ` FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted`

func locks(t *testing.T, db *storage.DB) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*)"+theLock).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// forget ends the session that holds the lease.
func forget(t *testing.T, db *storage.DB) {
	t.Helper()
	var ended int
	if err := db.QueryRowContext(t.Context(), "SELECT COUNT(pg_terminate_backend(l.pid, 5000))"+theLock).Scan(&ended); err != nil || ended != 1 {
		t.Fatalf("%d sessions ended: %v", ended, err)
	}
}

func openDSN(t *testing.T, dsn string) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), dsn, grouping...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func write(db *storage.DB, n int) error {
	return db.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO given (n, who) VALUES ($1, 'x')`, n)
		return err
	})
}
