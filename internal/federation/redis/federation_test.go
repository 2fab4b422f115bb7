package redis

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"testing"
	"testing/fstest"
	"time"

	"passerelle/contracts"
	"passerelle/contracts/sample"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// TestTheFederationWorksOverTheBrokerThatDeployMakes sends from a node to the hub while the broker is wiped and exchanged: each
// event takes effect once and in order, and the node holds a receipt for each.
func TestTheFederationWorksOverTheBrokerThatDeployMakes(t *testing.T) {
	const events = 200
	s := newServer(t)
	effects := storage.MigrationSet{Name: "effects", Files: fstest.MapFS{"0001_effect.sql": {Data: []byte(
		`CREATE TABLE effect (n {{.Identity}} PRIMARY KEY, id TEXT NOT NULL);`)}}}
	keys, members := map[contracts.PartyID]federation.Key{}, []federation.Member{}
	for _, party := range []contracts.PartyID{contracts.Hub, "be"} {
		key, err := federation.NewKey(party)
		if err != nil {
			t.Fatal(err)
		}
		keys[party] = key
		members = append(members, federation.Member{Party: party, Keys: []federation.PublicKey{key.Public()}})
	}
	directory, err := federation.NewDirectory("test", members...)
	if err != nil {
		t.Fatal(err)
	}
	start := func(party contracts.PartyID, user string) (*federation.Endpoint, *storage.DB) {
		db, transport := storagetest.Open(t, storage.SQLite, federation.Migrations, effects), s.open(user)
		endpoint, err := federation.New(federation.Config{Key: keys[party], Directory: directory, DB: db, Publisher: transport, Subscriber: transport,
			Apply: func(ctx context.Context, tx *storage.Tx, _ contracts.PartyID, e contracts.Event) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO effect (id) VALUES ($1)`, e.(contracts.InvoiceIssued).ID)
				return err
			},
			Log: slog.New(slog.DiscardHandler), Poll: 20 * time.Millisecond, Resend: 150 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- endpoint.Run(ctx) }()
		t.Cleanup(func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
		return endpoint, db
	}
	_, hub := start(contracts.Hub, "hub")
	be, db := start("be", "node-be")
	operator := s.plain("operator")
	for n := range events {
		invoice := sample.Document()
		invoice.ID, invoice.Seller = contracts.InvoiceID(fmt.Sprintf("be-%04d", n)), "BE"
		err := db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			return be.Send(ctx, tx, contracts.Hub, contracts.InvoiceIssued{Document: invoice}, "")
		})
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case n == events/2:
			s.exchange()
		case n%10 == 0:
			operator.FlushAll(t.Context()) // the broker may be away just now
		}
	}
	b := &bench{t: t}
	b.eventually("the node holds every receipt", func() bool {
		status, err := be.Status(t.Context())
		return err == nil && len(status) == 1 && status[0].Receipted == events
	})
	ids, err := storage.All(t.Context(), hub, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) }, `SELECT id FROM effect ORDER BY n`)
	if err != nil {
		t.Fatal(err)
	}
	for n, id := range ids {
		if want := fmt.Sprintf("be-%04d", n); id != want {
			t.Fatalf("effect %d is %s, want %s", n, id, want)
		}
	}
	if len(ids) != events {
		t.Errorf("%d effects of %d", len(ids), events)
	}
}
