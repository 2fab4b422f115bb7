package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// vault is a backup key in a folder.
type vault struct{ dir, identity, recipients string }

func newVault(t *testing.T) vault {
	t.Helper()
	dir := t.TempDir()
	v := vault{dir, filepath.Join(dir, "backup.key"), filepath.Join(dir, "backup.pub")}
	code, out, errs := command(t, "backup", "key", "-o", v.identity)
	if code != exitGood {
		t.Fatal(errs)
	}
	if err := os.WriteFile(v.recipients, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	return v
}

// backup saves a party's database and returns the file.
func (v vault) backup(n *network, p contracts.PartyID) string {
	n.t.Helper()
	file := filepath.Join(v.dir, fmt.Sprintf("%s-%s.backup", p, n.engine))
	if code, _, errs := command(n.t.(*testing.T), "backup", "--db", n.dsn[p], "--network", n.dir, "--to", v.recipients, "-o", file); code != exitGood {
		n.t.Fatal(errs)
	}
	return file
}

// restore makes a database of an engine from a file and returns its address.
func (v vault) restore(n *network, file string, engine storage.Engine) string {
	n.t.Helper()
	dsn := storagetest.DSN(n.t, engine)
	if code, out, errs := command(n.t.(*testing.T), "restore", file, "--db", dsn, "--network", n.dir, "--identity", v.identity); code != exitGood {
		n.t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	return dsn
}

// contents is every row of a party's database, sorted within its table.
func contents(t *testing.T, p contracts.PartyID, dsn string) map[string][]string {
	t.Helper()
	db, err := storage.OpenReadOnly(t.Context(), dsn, migrationsOf(p)...)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	shape, err := storage.Shape(t.Context(), migrationsOf(p)...)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, table := range shape.Tables {
		one := storage.Contents{Tables: []storage.TableContents{table}}
		rows := &rowList{}
		if err := db.Read(t.Context(), func(ctx context.Context, q storage.Querier) error { return one.WriteRows(ctx, q, rows, func() {}) }); err != nil {
			t.Fatal(err)
		}
		slices.Sort(rows.all)
		all[table.Name] = rows.all
	}
	delete(all, "fed_restored") // what a copy knows of being one
	delete(all, "fed_standing") // a running party hears where its peers stand all the time
	delete(all, "fed_watch")    // and looks at itself
	return all
}

// rowList takes one row with each Write, as WriteRows makes them.
type rowList struct{ all []string }

func (l *rowList) Write(p []byte) (int, error) {
	l.all = append(l.all, string(p))
	return len(p), nil
}

func digestsOf(t *testing.T, p contracts.PartyID, dsn string) []federation.Digest {
	t.Helper()
	var digests []federation.Digest
	commandJSON(t, &digests, "digest", "--party", string(p), "--db", dsn)
	return digests
}

func TestBooksAreSavedAndMadeAgain(t *testing.T) {
	both(t, []string{"hub", "be", "se"}, func(t *testing.T, n *network) {
		n.trade()
		n.refused("se")
		t.Run("backups are restored on either engine, row by row", backupsAreRestored(n))
		t.Run("the hub is rebuilt from the logs of the nodes", hubIsRebuilt(n))
		t.Run("an imported log exports the same bytes", logsAreImported(n))
	})
}

// backupsAreRestored saves hub and node while they run, and compares what comes back.
func backupsAreRestored(n *network) func(t *testing.T) {
	return func(t *testing.T) {
		v := newVault(t)
		for _, p := range []contracts.PartyID{"hub", "be"} {
			file := v.backup(n, p)
			before, digests := contents(t, p, n.dsn[p]), digestsOf(t, p, n.dsn[p])
			for _, engine := range storagetest.Engines {
				restored := v.restore(n, file, engine)
				if d := cmp.Diff(before, contents(t, p, restored)); d != "" {
					t.Errorf("%s on %s: %s", p, engine, d)
				}
				if d := cmp.Diff(digests, digestsOf(t, p, restored)); d != "" {
					t.Errorf("%s on %s: %s", p, engine, d)
				}
			}
		}
	}
}

// TestAnOldBackupLearnsWhatItForgot restores a backup from before the last invoices. The hub has their messages, so the node takes them
// back before it writes anything new: no number is used twice.
func TestAnOldBackupLearnsWhatItForgot(t *testing.T) {
	both(t, []string{"hub", "be"}, func(t *testing.T, n *network) {
		activity := n.activity("be")
		n.issue("be", activity, "100.00")
		n.settle()
		v := newVault(t)
		file := v.backup(n, "be")
		for range 3 {
			n.issue("be", activity, "200.00")
		}
		n.settle()
		n.up["be"].stop()
		n.dsn["be"] = v.restore(n, file, n.engine)
		n.start("be")
		n.issueWhenAllowed("be", activity)
		n.settle()
		if hub, be := digestsOf(t, "hub", n.dsn["hub"]), digestsOf(t, "be", n.dsn["be"]); !cmp.Equal(hub, be) || hub[0].Facts < 6 {
			t.Errorf("the hub has %v, the node %v", hub, be)
		}
		var checks []federation.Check
		commandJSON(t, &checks, "verify", "--db", n.dsn["hub"], "--network", n.dir)
	})
}

// issueWhenAllowed waits until a restored node has heard from the hub.
func (n *network) issueWhenAllowed(p contracts.PartyID, activity string) {
	n.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var waiting int
		if err := n.up[p].node.DB.QueryRowContext(n.t.Context(), `SELECT COUNT(*) FROM fed_restored`).Scan(&waiting); err != nil {
			n.t.Fatal(err)
		}
		if waiting == 0 {
			n.issue(p, activity, "300.00")
			return
		}
		if time.Now().After(deadline) {
			n.t.Fatal("the hub was not heard")
		}
	}
}

// memoryNetwork is a network on SQLite whose messages travel in memory.
func memoryNetwork(t *testing.T, parties ...string) *network {
	t.Helper()
	b := memory.NewBroker()
	return newNetwork(t, storage.SQLite, parties, func(contracts.PartyID) transport { return sharedMemory{b} })
}
