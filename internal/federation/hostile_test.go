package federation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
)

func TestAForkFreezesOneChannelAndNoOther(t *testing.T) {
	forks := map[string]func(be *rogue, chain []written) written{
		"the same number, other bytes": func(be *rogue, chain []written) written {
			return be.message(2, chain[0].hash, func(m *federation.Message) { m.ID = "another" })
		},
		"the next number, another history": func(be *rogue, chain []written) written {
			return be.message(3, chain[0].hash, nil)
		},
	}
	for name, forge := range forks {
		t.Run(name, func(t *testing.T) {
			everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
				n := newNetwork(t, engine, b, contracts.Hub, "be", "de")
				hub, be := n.parties[contracts.Hub], n.rogue("be", contracts.Hub)
				var log journal
				hub.restart(func() { hub.log = log.logger() })
				chain := be.chain(3)
				be.say(chain[0].frame, chain[1].frame)
				first := be.heard(2)
				second := forge(be, chain)
				be.say(second.frame)
				eventually(t, "the channel is frozen", func() bool { return hub.status("be").Frozen })

				be.say(chain[2].frame, be.message(2, chain[0].hash, func(m *federation.Message) { m.ID = "a third" }).frame, chain[0].frame)
				if again := be.heard(3)[2]; !bytes.Equal(again, first[0]) {
					t.Errorf("a duplicate is answered %s, at first %s", again, first[0])
				}
				if got := fmt.Sprint(hub.applied("be")); got != "[be-0001 be-0002]" {
					t.Errorf("effects after the fork: %s", got)
				}
				if kept := hub.count(`SELECT COUNT(*) FROM fed_fork WHERE peer = 'be' AND frame = $1`, second.frame); kept != 1 {
					t.Error("the second history is not kept")
				}
				if kept := hub.count(`SELECT COUNT(*) FROM fed_fork`); kept != 1 {
					t.Errorf("%d frames are kept of a fork", kept)
				}
				if kept := hub.count(`SELECT COUNT(*) FROM fed_inbox WHERE peer = 'be' AND frame = $1`, chain[1].frame); kept != 1 {
					t.Error("the first history is not kept")
				}
				if alarms := log.count("FORK"); alarms != 1 {
					t.Errorf("%d alarms", alarms)
				}
				n.parties["de"].send(1, 3)
				n.settled(t, "de", 3)
			})
		})
	}
}

func TestAGapIsParkedAskedForAndClosed(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		hub, be := n.parties[contracts.Hub], n.rogue("be", contracts.Hub)
		hub.restart(func() { hub.resend = time.Minute }) // so that it asks once
		chain := be.chain(6)
		be.say(chain[0].frame)
		be.heard(1)
		be.say(chain[2].frame, chain[4].frame)
		be.say(chain[3].frame, chain[2].frame)
		eventually(t, "three are parked", func() bool { return hub.status("be").Parked == 3 })
		be.asked(1)
		if got := len(hub.applied("be")); got != 1 {
			t.Errorf("%d effects before the gap is closed", got)
		}
		be.say(chain[1].frame)
		for i, line := range be.heard(5)[1:] {
			if r := payloadOf[federation.Receipt](t, line); r.Sequence != int64(i+2) || r.Outcome != federation.Applied {
				t.Errorf("answer %d is %+v", i, r)
			}
		}
		be.say(chain[5].frame)
		be.heard(6)
		if got := fmt.Sprint(hub.applied("be")); got != "[be-0001 be-0002 be-0003 be-0004 be-0005 be-0006]" {
			t.Errorf("effects: %s", got)
		}
		if s := hub.status("be"); s.Parked != 0 || s.Received != 6 || s.Frozen {
			t.Errorf("status %+v", s)
		}
	})
}

// payloadOf reads the payload of a frame, without looking at its signature.
func payloadOf[T any](t testing.TB, frame []byte) (v T) {
	t.Helper()
	var f struct{ Payload []byte }
	raw := bytes.ReplaceAll(bytes.ReplaceAll(frame, []byte("-"), []byte("+")), []byte("_"), []byte("/"))
	var outer map[string]string
	if err := json.Unmarshal(raw, &outer); err != nil {
		t.Fatal(err)
	}
	padded := outer["payload"] + strings.Repeat("=", (4-len(outer["payload"])%4)%4)
	if err := json.Unmarshal([]byte(`{"Payload":"`+padded+`"}`), &f); err != nil {
		t.Fatal(err)
	}
	if err := contracts.Decode(f.Payload, &v); err != nil {
		t.Fatalf("%s: %v", f.Payload, err)
	}
	return v
}

func TestParkedMessagesAreBounded(t *testing.T) {
	inMemory(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		hub, be := n.parties[contracts.Hub], n.rogue("be", contracts.Hub)
		chain := be.chain(1050)
		for i := 1; i < len(chain); i += 500 {
			be.say(framesOf(chain[i:min(i+500, len(chain))])...)
		}
		be.say([]byte("end"))
		eventually(t, "the entries are read", func() bool { return hub.status("be").Rejected[federation.FaultFrame] == 1 })
		if s := hub.status("be"); s.Parked != 1000 || s.Received != 0 {
			t.Errorf("parked %d, received %d", s.Parked, s.Received)
		}
		be.say(chain[0].frame)
		eventually(t, "the gap closes", func() bool { return hub.status("be").Received == 1001 })
		be.say(framesOf(chain[1001:])...)
		eventually(t, "the rest follows", func() bool { return hub.status("be").Received == 1050 })
		if s := hub.status("be"); s.Parked != 0 {
			t.Errorf("parked %d in the end", s.Parked)
		}
	})
}

func TestQuarantineCountsEverythingAndKeepsLittle(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be", "de")
		hub, be := n.parties[contracts.Hub], n.rogue("be", contracts.Hub)
		broken := bytes.Repeat([]byte("broken\n"), 29)
		for range 120 {
			be.inject(be.out(), append(broken, "broken"...))
		}
		good := be.chain(1)[0].frame
		be.say(bytes.Replace(good, []byte(`"signature":"`), []byte(`"signature":"AAAA`), 1))
		be.inject(be.out(), nil)
		be.inject(be.out(), bytes.Repeat([]byte("\n"), 100_000)) // beyond the lines of an entry: one
		be.inject(be.out(), bytes.Repeat([]byte("x"), 9<<20))    // beyond its bytes: one
		be.say(good)
		be.heard(1)
		s := hub.status("be")
		if s.Rejected[federation.FaultFrame] != 120*30+3 || s.Rejected[federation.FaultSignature] != 1 || s.Received != 1 {
			t.Errorf("status %+v", s)
		}
		if kept := hub.count(`SELECT COUNT(*) FROM fed_quarantine`); kept != 1000 {
			t.Errorf("%d samples", kept)
		}
		n.parties["de"].send(1, 1)
		n.settled(t, "de", 1)
		if s := hub.status("de"); len(s.Rejected) != 0 {
			t.Errorf("one peer's rubbish counts for another: %+v", s)
		}
	})
}

func TestADuplicateGetsTheFirstReceipt(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		hub, be := n.parties[contracts.Hub], n.rogue("be", contracts.Hub)
		chain := be.chain(2)
		be.say(chain[0].frame, chain[0].frame, chain[1].frame, chain[0].frame) // within one entry
		be.say(chain[0].frame)                                                 // and later
		be.heard(5)
		hub.stop()
		hub.start() // and after a restart
		be.say(chain[0].frame)
		lines := be.heard(6)
		for _, i := range []int{1, 3, 4, 5} {
			if !bytes.Equal(lines[i], lines[0]) {
				t.Errorf("answer %d is %s, the first was %s", i, lines[i], lines[0])
			}
		}
		if got := fmt.Sprint(hub.applied("be")); got != "[be-0001 be-0002]" {
			t.Errorf("effects: %s", got)
		}
	})
}

func TestWhatIsPlayedElsewhereHasNoEffect(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be", "de")
		hub, de := n.parties[contracts.Hub], n.parties["de"]
		be := n.rogue("be", contracts.Hub)
		m := be.message(1, federation.Hash{}, nil)
		be.inject(federation.OutStream("de"), m.frame) // another's stream
		be.inject(federation.InStream("de"), m.frame)  // another's ear
		be.say(be.message(1, federation.Hash{}, func(m *federation.Message) { m.Network = "other" }).frame)
		be.say(be.message(1, federation.Hash{}, func(m *federation.Message) { m.Recipient = "de" }).frame)
		be.say(be.message(1, federation.Hash{}, func(m *federation.Message) { m.Source = "de" }).frame)
		be.say(be.message(1, federation.Hash{}, func(m *federation.Message) { m.Epoch = 2 }).frame)
		eventually(t, "the hub has seen them all", func() bool {
			r := hub.status("be").Rejected
			return r[federation.FaultNetwork] == 1 && r[federation.FaultRecipient] == 1 && r[federation.FaultSender] == 1 && r[federation.FaultNumbering] == 1
		})
		eventually(t, "the stream's owner is asked for", func() bool { return hub.status("de").Rejected[federation.FaultSender] == 1 })
		eventually(t, "de has seen it", func() bool { return de.status(contracts.Hub).Rejected[federation.FaultRecipient] == 1 })
		if effects := hub.count(`SELECT COUNT(*) FROM effect`) + de.count(`SELECT COUNT(*) FROM effect`); effects != 0 {
			t.Errorf("%d effects", effects)
		}
		if got := len(be.heard(0)); got != 0 {
			t.Errorf("answered %d lines", got)
		}
		be.say(m.frame)
		be.heard(1)
		if got := fmt.Sprint(hub.applied("be")); got != "[be-0001]" {
			t.Errorf("effects where it belongs: %s", got)
		}
	})
}

func TestAnUnknownTypeWaitsForTheUpgrade(t *testing.T) {
	const newer contracts.EventType = "coop.passerelle.invoice-issued.v9"
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be", "de")
		hub, be := n.parties[contracts.Hub], n.rogue("be", contracts.Hub)
		first := be.message(1, federation.Hash{}, nil)
		second := be.message(2, first.hash, func(m *federation.Message) { m.Type = newer })
		third := be.message(3, second.hash, nil)
		be.say(first.frame, second.frame, third.frame)
		eventually(t, "it waits", func() bool { return hub.status("be").WaitingFor == newer })
		be.say(third.frame)
		be.say(second.frame)
		n.parties["de"].send(1, 2)
		n.settled(t, "de", 2)
		if s := hub.status("be"); s.Received != 1 || s.Parked != 1 || len(be.heard(1)) != 1 {
			t.Errorf("received %d, parked %d, answered %d", s.Received, s.Parked, len(be.heard(1)))
		}
		hub.restart(func() {
			hub.prepare = func(e *federation.Endpoint) {
				e.Learn(newer, func(m federation.Message) (contracts.Event, error) {
					return contracts.DecodeEvent(contracts.TypeInvoiceIssued, m.Data)
				})
			}
		})
		be.say(second.frame, third.frame) // the sender's next attempt
		be.heard(3)
		if got := fmt.Sprint(hub.applied("be")); got != "[be-0001 be-0002 be-0003]" {
			t.Errorf("effects after the upgrade: %s", got)
		}
		if s := hub.status("be"); s.WaitingFor != "" || s.Parked != 0 {
			t.Errorf("status %+v", s)
		}
	})
}

func TestAForgedReceiptClearsNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be", "de")
		be, hub := n.parties["be"], n.rogue(contracts.Hub, "be")
		de := n.rogue("de", contracts.Hub)
		be.send(1, 1)
		sent := payloadOf[federation.Message](t, hub.heard(1)[0])
		var hash federation.Hash
		if err := hash.UnmarshalText([]byte(be.text(`SELECT hash FROM fed_outbox WHERE sequence = 1`))); err != nil {
			t.Fatal(err)
		}
		good := federation.Receipt{Network: sent.Network, Source: contracts.Hub, Recipient: "be", Epoch: 1, Sequence: 1, Hash: hash, Outcome: federation.Applied, Time: sent.Time}
		forge := func(by *rogue, change func(*federation.Receipt)) []byte {
			r := good
			change(&r)
			frame, _ := by.seal(federation.TypeReceipt, r)
			return frame
		}
		hub.say(
			forge(hub, func(r *federation.Receipt) { r.Hash[0]++ }),
			forge(hub, func(r *federation.Receipt) { r.Sequence = 2 }),
			forge(hub, func(r *federation.Receipt) { r.Epoch = 2 }),
			forge(hub, func(r *federation.Receipt) { r.Outcome = federation.Refused }), // and no fault
			forge(hub, func(r *federation.Receipt) { r.Network = "other" }),
			forge(de, func(*federation.Receipt) {}),
		)
		want := map[contracts.FaultCode]int64{federation.FaultReceipt: 3, federation.FaultPayload: 1, federation.FaultNetwork: 1, federation.FaultSender: 1}
		eventually(t, "all are rejected", func() bool { return fmt.Sprint(be.status(contracts.Hub).Rejected) == fmt.Sprint(want) })
		if s := be.status(contracts.Hub); s.Pending != 1 || s.Receipted != 0 || s.PendingSince.IsZero() {
			t.Errorf("status %+v", s)
		}
		hub.say(forge(hub, func(*federation.Receipt) {}))
		eventually(t, "the real one counts", func() bool { return be.status(contracts.Hub).Pending == 0 })
	})
}

func (p *party) text(query string, args ...any) (s string) {
	p.t.Helper()
	if err := p.db.QueryRowContext(context.Background(), query, args...).Scan(&s); err != nil {
		p.t.Fatal(err)
	}
	return s
}

func TestReceiptsInAnyOrderLeaveNoHole(t *testing.T) {
	inMemory(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		be, hub := n.parties["be"], n.rogue(contracts.Hub, "be")
		receipt := func(sequence int64, h federation.Hash) []byte {
			frame, _ := hub.seal(federation.TypeReceipt, federation.Receipt{Network: "test", Source: contracts.Hub, Recipient: "be", Epoch: 1, Sequence: sequence, Hash: h, Outcome: federation.Applied})
			return frame
		}
		be.send(1, 4)
		hash := func(sequence int64) (h federation.Hash) {
			if err := h.UnmarshalText([]byte(be.text(`SELECT hash FROM fed_outbox WHERE sequence = $1`, sequence))); err != nil {
				t.Fatal(err)
			}
			return h
		}
		for _, step := range []struct{ sequence, receipted int64 }{{2, 0}, {4, 0}, {1, 2}, {1, 2}, {3, 4}} {
			hub.say(receipt(step.sequence, hash(step.sequence)), []byte("end"))
			eventually(t, "the entry is read", func() bool { return be.status(contracts.Hub).Rejected[federation.FaultFrame] > 0 })
			if got := be.status(contracts.Hub).Receipted; got != step.receipted {
				t.Errorf("after the receipt of %d all up to %d are answered, want %d", step.sequence, got, step.receipted)
			}
			if err := be.db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.ExecContext(ctx, `DELETE FROM fed_rejected`)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestOldRequestsPlayedAgainCostLittle(t *testing.T) {
	inMemory(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		be := n.parties["be"]
		be.send(1, 20)
		n.settled(t, "be", 20)
		hub := n.rogue(contracts.Hub, "be")
		old := hub.standing(federation.Point{Epoch: 1}, false)
		for range 50 {
			hub.say(old)
		}
		fresh := hub.standing(federation.Point{Epoch: 1}, true)
		if got := len(hub.heard(0)); got > 0 {
			t.Errorf("fifty requests that name no start of its made it send %d messages", got)
		}
		for range 50 {
			hub.say(fresh)
		}
		hub.heard(20)
		time.Sleep(200 * time.Millisecond)
		if got := len(hub.heard(20)); got > 40 {
			t.Errorf("fifty requests made it send %d messages", got)
		}
	})
}
