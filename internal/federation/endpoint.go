package federation

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"passerelle/contracts"
	"passerelle/internal/observe"
	"passerelle/internal/storage"
)

// ApplyFunc puts the effect of a verified event into the books, inside the transaction that also records it as consumed. It
// is called once per event and in the order the peer sent them. A contracts.Fault refuses the event: its effect is undone, its
// number is used, the fault goes back signed. Any other error is an accident: everything is undone and tried again.
type ApplyFunc func(ctx context.Context, tx *storage.Tx, from contracts.PartyID, event contracts.Event) error

// Config is what an Endpoint is made of. Key, DB, Publisher, Subscriber, Apply, and one of Registry and Directory must be given.
type Config struct {
	Key            Key           // the party's current one
	Keys           map[KeyID]Key // all it holds: those it used before, or was enrolled with and does not use yet, among them
	Registry       *Registry     // who belongs to the network
	RegistryFolder string        // where operators put new entries and keys while the program runs; may be empty
	Directory      *Directory    // instead of Registry: a list that never changes
	DB             *storage.DB   // opened with Migrations
	Publisher      message.Publisher
	Subscriber     message.Subscriber
	Apply          ApplyFunc

	// Returned takes in an event of our own that our books had lost and a peer sent back; may be nil.
	Returned ApplyFunc

	Now    func() time.Time // for people: what is written down; default time.Now
	Steady func() time.Time // for waiting alone: a wall clock that is set right must not move it; default time.Now, whose reading is monotonic
	Log    *slog.Logger     // default slog.Default()
	Tracer trace.Tracer     // continues the sender's trace around each effect; default the global one
	Meter  metric.Meter     // counts what the channels do; default the global one
	Poll   time.Duration    // how often the outbox is read when nobody nudges; default 250ms
	Resend time.Duration    // first wait for a receipt before sending again, doubled up to a minute; default 2s

	// CertificateEnds tells when the certificates of the connection with the broker end; may be nil, and is empty without TLS.
	CertificateEnds func() map[string]time.Time

	Heartbeat time.Duration // how often a peer that speaks hears where we stand; default 15s
}

// Endpoint is one party's end of all its channels. Send may be called at any time; nothing moves until Run.
type Endpoint struct {
	Config
	self    contracts.PartyID
	metrics metrics
	read    func(Message) (contracts.Event, error) // readEvent; a test of upgrades knows more types

	mark string // of this start

	registry  atomic.Pointer[Registry]
	directory atomic.Pointer[Directory]

	refreshing sync.Mutex // guards the two below, and the order of what is new
	stored     int64      // entries of the registry in the books
	seen       string     // state of its file when last read

	mu      sync.Mutex
	relays  map[contracts.PartyID]*relay
	answers map[contracts.PartyID][][]byte // receipts and standings to go out; lost ones are made again
	marks   map[contracts.PartyID]string   // of the peers' starts
	copies  map[contracts.PartyID]bool     // channels that wait for the peer's word after a restore
	keys    map[KeyID]Key
}

// New checks the configuration and reads what the books know of the network.
func New(c Config) (*Endpoint, error) {
	if (c.Directory == nil) == (c.Registry == nil) || c.DB == nil || c.Publisher == nil || c.Subscriber == nil || c.Apply == nil {
		return nil, errors.New("federation: registry or directory, database, publisher, subscriber and apply must be given")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Tracer == nil {
		c.Tracer = otel.Tracer(scope)
	}
	if c.Meter == nil {
		c.Meter = otel.Meter(scope)
	}
	if c.Steady == nil {
		c.Steady = time.Now
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = 15 * time.Second
	}
	if c.Poll == 0 {
		c.Poll = 250 * time.Millisecond
	}
	if c.Resend == 0 {
		c.Resend = 2 * time.Second
	}
	e := &Endpoint{Config: c, self: c.Key.Party, read: readEvent, mark: rand.Text(), relays: map[contracts.PartyID]*relay{},
		answers: map[contracts.PartyID][][]byte{}, marks: map[contracts.PartyID]string{}, copies: map[contracts.PartyID]bool{}, keys: map[KeyID]Key{}}
	e.Log = e.Log.With("party", string(e.self))
	maps.Copy(e.keys, c.Keys)
	e.keys[c.Key.ID] = c.Key
	e.directory.Store(c.Directory)
	ctx := context.Background() // reads of our own books, before anything runs
	if c.Registry != nil {
		if err := e.loadRegistry(ctx); err != nil {
			return nil, fmt.Errorf("federation: %w", err)
		}
	}
	if k, ok := e.dir().key(c.Key.ID); !ok || k.party != e.self {
		return nil, fmt.Errorf("federation: the directory of network %q does not list the key %s of %s", e.dir().Network, c.Key.ID, e.self)
	}
	if err := e.loadRestored(ctx); err != nil {
		return nil, fmt.Errorf("federation: %w", err)
	}
	for _, peer := range e.peers() {
		e.relays[peer] = newRelay(e, peer)
	}
	return e, e.metrics.register(c.Meter)
}

// peers are those this party has channels with.
func (e *Endpoint) peers() []contracts.PartyID { return e.dir().channels(e.self) }

// Send writes an event to a peer into the outbox, inside the transaction of the business change it tells of: both are
// committed or neither. It is numbered, chained and signed here, and goes out after the commit. Cause may name the message or
// request it follows from: up to 64 printable ASCII characters.
func (e *Endpoint) Send(ctx context.Context, tx *storage.Tx, to contracts.PartyID, event contracts.Event, cause string) error {
	return e.SendAll(ctx, tx, to, []contracts.Event{event}, cause)
}

// SendAll is Send for many events at once, with the round trips of one.
func (e *Endpoint) SendAll(ctx context.Context, tx *storage.Tx, to contracts.PartyID, events []contracts.Event, cause string) error {
	if len(events) == 0 {
		return nil
	}
	r := e.relay(to)
	if r == nil {
		return fmt.Errorf("send %s: %s has no channel to %s", events[0].EventType(), e.self, to)
	}
	if err := e.mayWrite(to); err != nil {
		return fmt.Errorf("send %s: %w", events[0].EventType(), err)
	}
	data, err := encodeEvents(events, cause)
	if err != nil {
		return err
	}
	head, err := e.takeNumbers(ctx, tx, to, len(events))
	if err != nil {
		return fmt.Errorf("send to %s: take number: %w", to, err)
	}
	out := make([]outgoing, len(events))
	for i, event := range events {
		if out[i], err = e.write(ctx, to, head, event.EventType(), data[i], cause); err != nil {
			return fmt.Errorf("send %s: %w", event.EventType(), err)
		}
		head.next, head.head = head.next+1, out[i].hash
	}
	if err := insertOutgoing(ctx, tx, to, out, e.Now()); err != nil {
		return fmt.Errorf("send to %s: %w", to, err)
	}
	tx.AfterCommit(r.nudge)
	return nil
}

// FaultRestored is raised while books that were restored from a backup wait for the peers' word on what they hold.
const FaultRestored = contracts.FaultRestored

// mayWrite refuses what could not be sent: from or to a party that has left, and from a copy of old books that does not know yet
// how far the peer has come.
func (e *Endpoint) mayWrite(to contracts.PartyID) error {
	switch dir := e.dir(); {
	case dir.Left(e.self), dir.Left(to):
		return contracts.Fault{Code: FaultLeft, Message: "this co-operative has left the network: its books can be read, nothing new is written", Remedy: "have it enrolled again, if it is to come back"}
	case e.restored(to):
		return contracts.Fault{Code: FaultRestored, Message: fmt.Sprintf("these books come from a backup, and %s has not yet said what it holds of what was written after it", to),
			Remedy: "try again when the connection stands; no number may be used twice"}
	}
	return nil
}

// write signs the message of a number.
func (e *Endpoint) write(ctx context.Context, to contracts.PartyID, number sending, typ contracts.EventType, data jsontext.Value, cause string) (outgoing, error) {
	return e.sign(Message{
		SpecVersion: "1.0", ID: uuid.NewString(), Source: e.self, Type: typ, Time: e.Now().UTC().Truncate(time.Microsecond), DataContentType: "application/json",
		Network: e.dir().Network, Recipient: to, Epoch: number.epoch, Sequence: number.next, Previous: number.head, Cause: cause, Data: data,
	}, number.key, observe.Traceparent(ctx))
}

// encodeEvents refuses what the receiver would: a message that cannot be accepted would block its channel.
func encodeEvents(events []contracts.Event, cause string) ([]jsontext.Value, error) {
	if cause != "" && !printable(cause, maxID) {
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Field: "cause", Message: fmt.Sprintf("a cause is up to %d printable ASCII characters", maxID)}
	}
	all := make([]jsontext.Value, len(events))
	for i, event := range events {
		data, err := encodeEvent(event)
		if err != nil {
			return nil, fmt.Errorf("send %s: %w", event.EventType(), err)
		}
		all[i] = data
	}
	return all, nil
}

func encodeEvent(event contracts.Event) (jsontext.Value, error) {
	if err := event.Validate(); err != nil {
		return nil, err
	}
	data, err := contracts.Encode(event)
	if err != nil {
		return nil, err
	}
	if holdsNUL(data) {
		return nil, errNUL
	}
	return data, nil
}

// relay returns the one to a peer, nil for a stranger.
func (e *Endpoint) relay(peer contracts.PartyID) *relay {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.relays[peer]
}

// Run moves messages until ctx ends: it reads what arrives and sends what waits. It returns when both have stopped. A party that
// joins meanwhile is spoken with as soon as the registry lists it.
func (e *Endpoint) Run(ctx context.Context) error {
	router, err := message.NewRouter(message.RouterConfig{CloseTimeout: 5 * time.Second}, watermill.NewSlogLogger(e.Log))
	if err != nil {
		return fmt.Errorf("federation: %w", err)
	}
	if err := e.DB.Write(ctx, forgetParked); err != nil {
		return fmt.Errorf("federation: forget what is parked: %w", err)
	}
	unobserve, err := e.observeOutbox()
	if err != nil {
		return fmt.Errorf("federation: %w", err)
	}
	defer unobserve()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var others sync.WaitGroup
	met := map[contracts.PartyID]bool{}
	meet := func() (somebody bool) {
		for _, peer := range e.peers() {
			if !met[peer] {
				met[peer], somebody = true, true
				e.meet(ctx, router, peer, &others)
			}
		}
		return somebody
	}
	meet()
	if e.Registry != nil {
		others.Go(func() {
			<-router.Running()
			e.watchRegistry(ctx, func() error {
				if !meet() {
					return nil
				}
				return router.RunHandlers(ctx)
			})
		})
	}
	closing := context.AfterFunc(ctx, func() {
		if err := router.Close(); err != nil {
			e.Log.WarnContext(ctx, "federation: messages were still being handled", "err", err)
		}
	})
	defer closing()
	err = router.Run(ctx) // ends with its handlers, and so would never end where there is no peer yet
	cancel()              // a router that could not start must not leave the others running
	others.Wait()
	if err != nil {
		return fmt.Errorf("federation: %w", err)
	}
	return nil
}

// meet begins to read from a peer and to send to it.
func (e *Endpoint) meet(ctx context.Context, router *message.Router, peer contracts.PartyID, others *sync.WaitGroup) {
	in := &inbox{e: e, peer: peer, stream: e.inbound(peer)}
	router.AddConsumerHandler("inbox."+in.stream, in.stream, borrowed{e.Subscriber}, in.handle)
	e.mu.Lock()
	if e.relays[peer] == nil {
		e.relays[peer] = newRelay(e, peer)
	}
	r := e.relays[peer]
	e.mu.Unlock()
	others.Go(func() { r.run(ctx) })
}

// borrowed keeps the router from closing a subscriber that the caller opened and others may use; ending the context ends the
// subscriptions.
type borrowed struct{ message.Subscriber }

func (borrowed) Close() error { return nil }

// OutStream is what a node writes, and only it; InStream what it reads. The hub reads all the first and writes all the second.
func OutStream(node contracts.PartyID) string { return "fed:out:" + string(node) }

// InStream is the stream a node reads.
func InStream(node contracts.PartyID) string { return "fed:in:" + string(node) }

func (e *Endpoint) inbound(from contracts.PartyID) string {
	if e.self != contracts.Hub {
		return InStream(e.self)
	}
	return OutStream(from)
}

func (e *Endpoint) outbound(to contracts.PartyID) string {
	if e.self != contracts.Hub {
		return OutStream(e.self)
	}
	return InStream(to)
}
