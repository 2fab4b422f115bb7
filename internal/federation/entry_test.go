package federation

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/ThreeDotsLabs/watermill/message"

	"passerelle/contracts"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// storyReader is the inbox of a party for the frames of be, and a function that gives it one frame and tells the verdict.
func storyReader(t testing.TB, dir *Directory, reader contracts.PartyID) (*inbox, func(frame []byte) Action) {
	t.Helper()
	transport := memory.NewBroker()
	e, err := New(Config{Key: testKeyOf(reader), Directory: dir, DB: storagetest.Open(t, storage.SQLite, Migrations), Publisher: transport, Subscriber: transport, Now: clock,
		Apply: func(context.Context, *storage.Tx, contracts.PartyID, contracts.Event) error { return nil }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	in := &inbox{e: e, peer: "be", stream: e.inbound("be")}
	return in, func(frame []byte) (v Action) {
		p := in.parse(frame)
		if p.event == nil {
			t.Fatalf("not accepted: %v", p.fault)
		}
		undo := errors.New("only to see the verdict")
		err := e.DB.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) (err error) {
			work := &taking{inbox: in, tx: tx}
			if v, err = work.arrive(ctx, *p.event); err != nil {
				return err
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		if err := in.take(context.Background(), []parsed{p}); err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// FuzzEntry gives entries of any bytes, frames among them, to the whole receiver: it takes each, and a good message after it.
func FuzzEntry(f *testing.F) {
	dir := publishedDirectory(f)
	in, _ := storyReader(f, dir, contracts.Hub)
	next, previous := 1, zeros
	f.Add([]byte(""), "", true)
	f.Add([]byte("\n\n{}\nx"), ",,00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)
	f.Add([]byte(told(maxSequence, someHash, "far ahead")), "00-x", false)
	f.Add([]byte(receiptFrame(receipt1().String())), "", true)
	f.Fuzz(func(t *testing.T, payload []byte, trace string, withGood bool) {
		good := told(next, previous, "m")
		if withGood {
			payload = bytes.Join([][]byte{payload, []byte(good)}, newline)
		}
		m := message.NewMessage("1", payload)
		m.Metadata.Set(traceKey, trace)
		if err := in.handle(m); err != nil {
			t.Fatal(err)
		}
		c, err := readChannel(t.Context(), in.e.DB, in.peer, Start(1, "", 0))
		if err != nil {
			t.Fatal(err)
		}
		if withGood && bytes.Count(payload, newline) < maxFrames && c.Next == int64(next) && !c.Frozen {
			t.Errorf("the good message after %q was not taken", payload)
		}
		next, previous = int(c.Next), c.Head.String()
	})
}
