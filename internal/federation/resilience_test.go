package federation_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConcurrentSendersLeaveNoHole(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		const senders, each = 8, 15
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		be, hub := n.parties["be"], n.parties[contracts.Hub]
		var wg sync.WaitGroup
		for s := range senders {
			wg.Go(func() { be.send(s*each+1, (s+1)*each) })
		}
		wg.Wait()
		eventually(t, "be holds every receipt", func() bool { return be.pending() == 0 })
		if s := hub.status("be"); s.Received != senders*each || s.Frozen || len(s.Rejected) != 0 {
			t.Errorf("status %+v", s)
		}
		distinct := map[string]bool{}
		for _, id := range hub.applied("be") {
			distinct[id] = true
		}
		if len(distinct) != senders*each {
			t.Errorf("%d of %d took effect", len(distinct), senders*each)
		}
	})
}

func TestAPanicInApplyIsAnAccident(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		hub := n.parties[contracts.Hub]
		var panics atomic.Int32
		hub.restart(func() {
			hub.apply = func(ctx context.Context, tx *storage.Tx, from contracts.PartyID, e contracts.Event) error {
				if err := record(ctx, tx, from, e); err != nil {
					return err
				}
				if panics.Add(1) <= 2 {
					panic("a bug")
				}
				return nil
			}
		})
		n.parties["be"].send(1, 3)
		n.settled(t, "be", 3)
	})
}

func TestAHubThatLostItsBooksGetsThemBack(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		hub := n.parties[contracts.Hub]
		n.parties["be"].send(1, 250)
		n.settled(t, "be", 250)
		hub.restart(func() { hub.db = openDatabase(t, engine) })
		n.parties["be"].send(251, 251)
		eventually(t, "the hub has everything again", func() bool { return len(hub.applied("be")) == 251 })
		n.settled(t, "be", 251)
	})
}

func TestAnAbsentPeerCostsTheBrokerLittle(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		be, hub := n.parties["be"], n.parties[contracts.Hub]
		hub.stop()
		be.restart(func() {}) // it knows of no receipt yet
		ear := n.rogue(contracts.Hub, "be")
		be.sendTogether(1, 200)
		time.Sleep(600 * time.Millisecond) // the time of two resends, at 150 ms doubling
		if got := len(ear.heard(1)); got > 8 {
			t.Errorf("%d messages lie in the broker for a peer that is not there", got)
		}
	})
}

// sendTogether writes invoices first..last in one transaction.
func (p *party) sendTogether(first, last int) {
	p.t.Helper()
	var events []contracts.Event
	for n := first; n <= last; n++ {
		events = append(events, invoice(p.key.Party, n))
	}
	err := p.db.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
		return p.SendAll(ctx, tx, contracts.Hub, events, "")
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestManyAtOnceAreWrittenLikeOneByOne(t *testing.T) {
	inMemory(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		be := n.parties["be"]
		be.sendTogether(1, 250) // also opens the channel
		be.send(251, 251)
		be.sendTogether(252, 253)
		be.sendTogether(1, 0)
		n.settled(t, "be", 253)
		bad := invoice("be", 255)
		bad.Seller = ""
		err := be.db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			return be.SendAll(ctx, tx, contracts.Hub, []contracts.Event{invoice("be", 254), bad}, "")
		})
		if !contracts.IsFault(err) {
			t.Errorf("one of them is wrong: %v", err)
		}
		be.send(254, 254)
		n.settled(t, "be", 254)
	})
}

func TestLargeMessagesTravelInEntriesOfTheirSize(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		be, hub := n.parties["be"], n.parties[contracts.Hub]
		err := be.db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			for i := 1; i <= 30; i++ { // in one entry they would be beyond its bounds
				large := invoice("be", i)
				large.Member = strings.Repeat("m", 240_000)
				if err := be.Send(ctx, tx, contracts.Hub, large, ""); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		n.settled(t, "be", 30)
		if s := hub.status("be"); len(s.Rejected) != 0 {
			t.Errorf("rejected: %v", s.Rejected)
		}
	})
}

func TestWhatTheReceiverWouldRejectIsNotSent(t *testing.T) {
	inMemory(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be", "de")
		be := n.parties["be"]
		large, nul, invalid, text := invoice("be", 1), invoice("be", 1), invoice("be", 1), invoice("be", 1)
		large.Member = strings.Repeat("m", contracts.MaxBytes)
		nul.Member = "a\x00b"
		invalid.Seller = ""
		text.Member = "\xff"
		for _, tc := range []struct {
			name  string
			to    contracts.PartyID
			event contracts.Event
			cause string
		}{
			{"too large", contracts.Hub, large, ""}, {"U+0000", contracts.Hub, nul, ""}, {"invalid", contracts.Hub, invalid, ""}, {"no UTF-8", contracts.Hub, text, ""},
			{"a long cause", contracts.Hub, invoice("be", 1), strings.Repeat("c", 65)}, {"a cause with a space", contracts.Hub, invoice("be", 1), "a b"}, {"no channel", "de", invoice("be", 1), ""},
		} {
			err := be.db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return be.Send(ctx, tx, tc.to, tc.event, tc.cause) })
			if err == nil {
				t.Errorf("%s: sent", tc.name)
			}
		}
		if written := be.count(`SELECT COUNT(*) FROM fed_outbox`); written != 0 {
			t.Errorf("%d messages were written", written)
		}
		be.send(1, 1)
		n.settled(t, "be", 1)
	})
}

func TestATraceFollowsAMessage(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(provider)
	t.Cleanup(func() { otel.SetTracerProvider(before) })
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		hub, be := n.parties[contracts.Hub], n.parties["be"]
		applied := make(chan trace.SpanContext, 1)
		hub.restart(func() {
			hub.apply = func(ctx context.Context, tx *storage.Tx, from contracts.PartyID, e contracts.Event) error {
				select {
				case applied <- trace.SpanContextFromContext(ctx):
				default:
				}
				return record(ctx, tx, from, e)
			}
		})
		ctx, request := provider.Tracer("test").Start(t.Context(), "request")
		err := be.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
			return be.Send(ctx, tx, contracts.Hub, invoice("be", 1), "")
		})
		if err != nil {
			t.Fatal(err)
		}
		request.End()
		n.settled(t, "be", 1)
		if got := <-applied; got.TraceID() != request.SpanContext().TraceID() || got.SpanID() == request.SpanContext().SpanID() {
			t.Errorf("applied in trace %s, sent in %s", got.TraceID(), request.SpanContext().TraceID())
		}
		found := false
		for _, s := range recorder.Ended() {
			found = found || s.Name() == "federation.Apply" && s.Parent().SpanID() == request.SpanContext().SpanID()
		}
		if !found {
			t.Error("no span continues the request")
		}
	})
}

func TestStatusTellsBothDirections(t *testing.T) {
	inMemory(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be", "de")
		hub, be := n.parties[contracts.Hub], n.parties["be"]
		hub.restart(func() {
			hub.apply = func(ctx context.Context, tx *storage.Tx, from contracts.PartyID, e contracts.Event) error {
				if e.(contracts.InvoiceIssued).ID == "be-0002" {
					return contracts.Fault{Code: "no-such-invoice", Message: "no"}
				}
				return record(ctx, tx, from, e)
			}
		})
		be.send(1, 3)
		eventually(t, "be holds every receipt", func() bool { return be.pending() == 0 })
		s := be.status(contracts.Hub)
		if s.Sent != 3 || s.Receipted != 3 || s.Pending != 0 || s.Refused != 1 || s.Moved.IsZero() || !s.PendingSince.IsZero() || s.Received != 0 {
			t.Errorf("at the node %+v", s)
		}
		all, err := hub.Status(t.Context())
		if err != nil || len(all) != 2 || all[0].Peer != "be" || all[1].Peer != "de" {
			t.Fatalf("at the hub %+v, %v", all, err)
		}
		if s := all[0]; s.Received != 3 || s.Sent != 0 || s.Moved.IsZero() {
			t.Errorf("at the hub %+v", s)
		}
		if s := all[1]; s.Received != 0 || !s.Moved.IsZero() || s.Rejected == nil {
			t.Errorf("of a silent node %+v", s)
		}
	})
}

func TestTheLogIsAChain(t *testing.T) {
	inMemory(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		be := n.parties["be"]
		be.send(1, 5)
		n.settled(t, "be", 5)
		type link struct {
			frame []byte
			hash  string
		}
		scan := func(r *sql.Rows) (l link, err error) { return l, r.Scan(&l.frame, &l.hash) }
		links, err := storage.All(t.Context(), be.db, scan, `SELECT frame, hash FROM fed_outbox ORDER BY sequence`)
		if err != nil {
			t.Fatal(err)
		}
		previous := federation.Hash{}.String()
		for i, l := range links {
			m := payloadOf[federation.Message](t, l.frame)
			if m.Sequence != int64(i+1) || m.Previous.String() != previous {
				t.Errorf("message %d follows %s, want %s", m.Sequence, m.Previous, previous)
			}
			previous = l.hash
		}
		if len(links) != 5 {
			t.Errorf("%d messages", len(links))
		}
		for _, change := range []string{`UPDATE fed_outbox SET frame = frame`, `DELETE FROM fed_outbox`, `DELETE FROM fed_receipt`} {
			err := be.db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.ExecContext(ctx, change)
				return err
			})
			if err == nil {
				t.Errorf("%s passed", change)
			}
		}
	})
}

func TestAnEndpointNeedsItsParts(t *testing.T) {
	key, err := federation.NewKey("be")
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := federation.NewKey("be")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := federation.NewDirectory("test", federation.Member{Party: "be", Keys: []federation.PublicKey{key.Public()}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := federation.New(federation.Config{Key: key, Directory: dir}); err == nil {
		t.Error("made without a database")
	}
	b := shared{}
	if _, err := federation.New(federation.Config{Key: stranger, Directory: dir, DB: &storage.DB{}, Publisher: b, Subscriber: b, Apply: record}); err == nil || !strings.Contains(err.Error(), fmt.Sprint(stranger.ID)) {
		t.Errorf("made with a key that nobody knows: %v", err)
	}
}
