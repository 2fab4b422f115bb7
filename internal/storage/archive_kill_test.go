package storage_test

import (
	"context"
	"errors"
	"os"
	osexec "os/exec"
	"strings"
	"syscall"
	"testing"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

const toKill = "PASSERELLE_TEST_FILL" // address of the database that this process fills until it dies

// TestAKilledFillingLeavesADatabaseThatRefusesToStart kills a process, as a power cut would, with half of the rows written.
func TestAKilledFillingLeavesADatabaseThatRefusesToStart(t *testing.T) {
	if dsn := os.Getenv(toKill); dsn != "" {
		fillAndDie(t, dsn)
	}
	for _, engine := range storagetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			dsn := storagetest.DSN(t, engine)
			child := osexec.Command(os.Args[0], "-test.run", "^TestAKilledFillingLeavesADatabaseThatRefusesToStart$")
			child.Env = append(os.Environ(), toKill+"="+dsn)
			out, err := child.CombinedOutput()
			if exit, ok := errors.AsType[*osexec.ExitError](err); !ok || !exit.Sys().(syscall.WaitStatus).Signaled() {
				t.Fatalf("it was not killed: %v\n%s", err, out)
			}
			if db, err := storage.OpenFor(t.Context(), "be", dsn, kept); err == nil || !strings.Contains(err.Error(), "begin anew") {
				t.Errorf("it opens: %v, %v", db, err)
			}
			if err := storage.Fill(t.Context(), "be", dsn, []storage.MigrationSet{kept}, nil); !errors.Is(err, storage.ErrNotEmpty) {
				t.Errorf("it is filled over what is left: %v", err)
			}
			db, err := storage.OpenReadOnly(t.Context(), dsn, kept)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if c, _ := copied(t, db); c.Total() != 0 {
				t.Errorf("%d rows are left", c.Total())
			}
		})
	}
}

func fillAndDie(t *testing.T, dsn string) {
	err := storage.Fill(t.Context(), "be", dsn, []storage.MigrationSet{kept}, func(ctx context.Context, _ *storage.DB, tx *storage.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO kept_parent (id, flag, body) VALUES ('a', TRUE, 'x')`); err != nil {
			return err
		}
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	})
	t.Fatalf("still alive: %v", err)
}
