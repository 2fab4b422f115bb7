package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/internal/federation"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
)

// TestABackupThatWaitsIsAliveAndNotReady puts a node's books back whose hub cannot be reached.
func TestABackupThatWaitsIsAliveAndNotReady(t *testing.T) {
	n := newNetwork(t, storage.SQLite, []string{"hub", "se"}, func(contracts.PartyID) transport { return memory.NewBroker() })
	ask := func(address string) (int, string) {
		w := httptest.NewRecorder()
		n.up["se"].prog.mux().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil))
		return w.Code, w.Body.String()
	}
	if code, body := ask("/ready"); code != http.StatusOK {
		t.Fatal(code, body)
	}
	introduced := func() bool {
		status, err := n.up["se"].node.Channel.Status(t.Context())
		return err == nil && status[0].Sent == 1
	}
	for end := time.Now().Add(20 * time.Second); !introduced() && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	n.up["se"].stop()
	db, err := storage.Open(t.Context(), n.dsn["se"])
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO fed_restored (peer, restored_at) VALUES ('hub', $1)`, storage.At(time.Now()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	n.start("se")
	want := `{"backup":"books from a backup wait for the word of their peers","database":"ok","tables":"ok","writing":"ok"}` + "\n"
	if code, body := ask("/ready"); code != http.StatusServiceUnavailable || body != want {
		t.Error(code, body)
	}
	if code, body := ask("/health"); code != http.StatusOK {
		t.Error(code, body)
	}
}

// TestPeersFindWhatTheProgramsFind looks at a party that has stopped with a frozen channel, as the program last saw it.
func TestPeersFindWhatTheProgramsFind(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "hub.db")
	db, err := storage.Open(t.Context(), dsn, hub.Migrations()...)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO fed_receiving (peer, epoch, next, head, frozen, waiting_for, heard_at) VALUES ('be', 1, 5, $1, $2, '', $3)`, federation.Hash{}.String(), true, storage.At(time.Now()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	var c federation.Condition
	code, out, errs := command(t, "peers", "--json", "--party", "hub", "--db", dsn)
	if code != exitFinding {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if err := contracts.Decode([]byte(out), &c); err != nil || len(c.Alarms) != 1 || c.Alarms[0].Code != federation.AlarmFork || c.Running {
		t.Errorf("%v %+v", err, c)
	}
}

// TestAHubWithoutNodesStops: it has nobody to listen to, and ends like any other when it is told to.
func TestAHubWithoutNodesStops(t *testing.T) {
	n := newNetwork(t, storage.SQLite, []string{"hub"}, func(contracts.PartyID) transport { return memory.NewBroker() })
	time.Sleep(500 * time.Millisecond) // until it listens; sooner, it has not begun and ends all the more
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		n.up[contracts.Hub].stop()
	}()
	select {
	case <-stopped:
	case <-time.After(20 * time.Second):
		t.Fatal("it does not stop")
	}
}
