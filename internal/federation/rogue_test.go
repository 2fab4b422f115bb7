package federation_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
)

// rogue holds the key of a party and keeps to no rule: it says what a test wants, and hears what it is told.
type rogue struct {
	t       testing.TB
	network *network
	key     federation.Key
	to      contracts.PartyID
	transport
	mu        sync.Mutex
	lines     [][]byte // events and receipts
	standings []federation.Standing
}

// rogue takes the place of a party of the network, which is stopped.
func (n *network) rogue(party, to contracts.PartyID) *rogue {
	n.parties[party].stop()
	r := &rogue{t: n.parties[party].t, network: n, key: n.parties[party].key, to: to, transport: n.broker.connect(n.parties[party].t, party)}
	ctx, cancel := context.WithCancel(context.Background())
	entries, err := r.Subscribe(ctx, r.in())
	if err != nil {
		r.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for m := range entries {
			for _, line := range bytes.Split(m.Payload, []byte("\n")) {
				r.hear(line)
			}
			m.Ack()
		}
	}()
	r.t.Cleanup(func() {
		cancel()
		<-done
		if err := r.Close(); err != nil {
			r.t.Errorf("rogue %s: %v", party, err)
		}
	})
	return r
}

func (r *rogue) hear(line []byte) {
	var s federation.Standing
	isStanding := federation.TypeOf(line) == federation.TypeStanding
	if isStanding {
		s = payloadOf[federation.Standing](r.t, line)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if isStanding {
		r.standings = append(r.standings, s)
		if s.Asks && r.key.Party == contracts.Hub { // a node speaks once it has heard where the hub stands
			frame, _ := r.seal(federation.TypeStanding, federation.Standing{Network: "test", Source: r.key.Party, Recipient: r.to, Consumed: federation.Point{Epoch: 1}, Written: federation.Point{Epoch: 1},
				Mark: "ROGUE", Repeats: s.Mark, Time: time.Now().UTC()})
			go r.say(frame)
		}
		return
	}
	r.lines = append(r.lines, line)
}

// asked waits for a standing that asks for what follows a message.
func (r *rogue) asked(after int64) (s federation.Standing) {
	r.t.Helper()
	eventually(r.t, fmt.Sprintf("%s is asked for what follows %d", r.key.Party, after), func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, s = range r.standings {
			if s.Asks && s.Consumed.Sequence == after {
				return true
			}
		}
		return false
	})
	return s
}

// standing signs one of the rogue's own, as an answer to the last it heard, or to none.
func (r *rogue) standing(consumed federation.Point, fresh bool) []byte {
	r.t.Helper()
	s := federation.Standing{Network: "test", Source: r.key.Party, Recipient: r.to, Consumed: consumed, Written: federation.Point{Epoch: 1}, Asks: true, Mark: "ROGUE", Time: time.Now().UTC()}
	if fresh {
		eventually(r.t, "a standing is heard", func() bool {
			r.mu.Lock()
			defer r.mu.Unlock()
			if len(r.standings) > 0 {
				s.Repeats = r.standings[len(r.standings)-1].Mark
			}
			return s.Repeats != ""
		})
	}
	frame, _ := r.seal(federation.TypeStanding, s)
	return frame
}

func (r *rogue) in() string {
	if r.key.Party == contracts.Hub {
		return federation.OutStream(r.to)
	}
	return federation.InStream(r.key.Party)
}

func (r *rogue) out() string {
	if r.key.Party == contracts.Hub {
		return federation.InStream(r.to)
	}
	return federation.OutStream(r.key.Party)
}

// heard waits for a number of lines and returns all there are.
func (r *rogue) heard(n int) [][]byte {
	r.t.Helper()
	var lines [][]byte
	eventually(r.t, fmt.Sprintf("%s hears %d lines", r.key.Party, n), func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		lines = append([][]byte{}, r.lines...)
		return len(lines) >= n
	})
	return lines
}

// say publishes one entry into the stream of the rogue.
func (r *rogue) say(lines ...[]byte) {
	r.t.Helper()
	r.inject(r.out(), bytes.Join(lines, []byte("\n")))
}

func (r *rogue) inject(stream string, payload []byte) {
	r.t.Helper()
	if err := r.Publish(stream, newEntry(payload)); err != nil {
		r.t.Fatal(err)
	}
}

func newEntry(payload []byte) *message.Message { return message.NewMessage(uuid.NewString(), payload) }

// written is a message with its frame and hash.
type written struct {
	federation.Message
	frame []byte
	hash  federation.Hash
}

// message writes the n-th message of the channel as the protocol wants it; change may make it wrong before it is signed.
func (r *rogue) message(n int, previous federation.Hash, change func(*federation.Message)) written {
	r.t.Helper()
	event := invoice(r.key.Party, n)
	data, err := contracts.Encode(event)
	if err != nil {
		r.t.Fatal(err)
	}
	m := federation.Message{SpecVersion: "1.0", ID: fmt.Sprintf("%s-%d", r.key.Party, n), Source: r.key.Party, Type: event.EventType(), Time: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC),
		DataContentType: "application/json", Network: r.network.directory.Network, Recipient: r.to, Epoch: 1, Sequence: int64(n), Previous: previous, Data: jsontext.Value(data)}
	if change != nil {
		change(&m)
	}
	frame, hash := r.seal(federation.TypeEvent, m)
	return written{m, frame, hash}
}

func (r *rogue) seal(typ federation.FrameType, v any) ([]byte, federation.Hash) {
	r.t.Helper()
	payload, err := contracts.Encode(v)
	if err != nil {
		r.t.Fatal(err)
	}
	frame, hash, err := federation.Seal(r.key, typ, payload)
	if err != nil {
		r.t.Fatal(err)
	}
	return frame, hash
}

// chain writes messages 1..n, each linked to the one before.
func (r *rogue) chain(n int) []written {
	ws, previous := make([]written, n), federation.Hash{}
	for i := range ws {
		ws[i] = r.message(i+1, previous, nil)
		previous = ws[i].hash
	}
	return ws
}

func framesOf(ws []written) [][]byte {
	frames := make([][]byte, len(ws))
	for i, w := range ws {
		frames[i] = w.frame
	}
	return frames
}

// status is how a party's channels with a peer stand.
func (p *party) status(peer contracts.PartyID) federation.ChannelStatus {
	p.t.Helper()
	all, err := p.Status(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	for _, s := range all {
		if s.Peer == peer {
			return s
		}
	}
	p.t.Fatalf("no status of %s", peer)
	return federation.ChannelStatus{}
}

func (p *party) restart(change func()) {
	p.t.Helper()
	p.stop()
	change()
	p.start()
}

// journal keeps what is logged.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) count(s string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.text.String(), s)
}

func (j *journal) logger() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

// inMemory runs a test on each engine, over the memory transport: for what the transport does not touch.
func inMemory(t *testing.T, test func(t *testing.T, engine storage.Engine, b broker)) {
	for _, engine := range []storage.Engine{storage.SQLite, storage.Postgres} {
		t.Run(string(engine), func(t *testing.T) { t.Parallel(); test(t, engine, memoryBroker()) })
	}
}
