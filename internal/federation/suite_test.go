package federation_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/redis/go-redis/v9"

	"passerelle/contracts"
	"passerelle/contracts/sample"
	"passerelle/internal/federation"
	"passerelle/internal/federation/memory"
	redistransport "passerelle/internal/federation/redis"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// effects is what the test parties do with an event: one row each, so that twice or never shows.
var effects = storage.MigrationSet{Name: "effects", Files: fstest.MapFS{"0001_effect.sql": {Data: []byte(
	`CREATE TABLE effect (n {{.Identity}} PRIMARY KEY, peer TEXT NOT NULL, id TEXT NOT NULL);`)}}}

// openDatabase gives a party its tables. On PostgreSQL that is a schema of its own: a database of its own takes twenty times
// as long to make.
func openDatabase(t testing.TB, engine storage.Engine) *storage.DB {
	t.Helper()
	server := os.Getenv("PASSERELLE_TEST_POSTGRES")
	if engine == storage.SQLite || server == "" {
		return storagetest.Open(t, engine, federation.Migrations, effects) // which says what to do about a missing server
	}
	name := "test_" + strings.ToLower(rand.Text())
	onServer(t, server, "CREATE SCHEMA "+name)
	t.Cleanup(func() { onServer(t, server, "DROP SCHEMA "+name+" CASCADE") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("PASSERELLE_TEST_POSTGRES is no address")
	}
	query := u.Query()
	query.Set("search_path", name)
	u.RawQuery = query.Encode()
	db, err := storage.Open(t.Context(), u.String(), federation.Migrations, effects)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return db
}

func onServer(t testing.TB, server, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), "SET client_min_messages = warning; "+statement); err != nil { // t.Context() has ended in a clean-up
		t.Fatal(err)
	}
}

// broker is what connects the parties of a test; wipe forgets everything in it.
type broker struct {
	connect func(t testing.TB, party contracts.PartyID) transport
	wipe    func(t testing.TB)
}

type transport interface {
	message.Publisher
	message.Subscriber
}

// everywhere runs a test on each pair of engine and transport.
func everywhere(t *testing.T, test func(t *testing.T, engine storage.Engine, b broker)) {
	for _, engine := range storagetest.Engines {
		t.Run(string(engine)+"/memory", func(t *testing.T) { t.Parallel(); test(t, engine, memoryBroker()) })
		t.Run(string(engine)+"/redis", func(t *testing.T) { t.Parallel(); test(t, engine, redisBroker(t)) })
	}
}

// shared lets every party close its transport while the memory it stands for goes on.
type shared struct{ *memory.Broker }

func (shared) Close() error { return nil }

func memoryBroker() broker {
	b := memory.NewBroker()
	return broker{
		connect: func(testing.TB, contracts.PartyID) transport { return shared{b} },
		wipe:    func(testing.TB) {}, // it keeps nothing for those who are away
	}
}

func redisBroker(t testing.TB) broker {
	url := storagetest.Redis(t)
	return broker{
		connect: func(t testing.TB, party contracts.PartyID) transport {
			tr, err := redistransport.Open(redistransport.Options{URL: url, Consumer: string(party), Trim: party == contracts.Hub, Log: quiet})
			if err != nil {
				t.Fatal(err)
			}
			return tr
		},
		wipe: func(t testing.TB) {
			o, err := redis.ParseURL(url)
			if err != nil {
				t.Fatal(err)
			}
			c := redis.NewClient(o)
			defer c.Close()
			if err := c.FlushDB(context.Background()).Err(); err != nil {
				t.Fatal(err)
			}
		},
	}
}

var quiet = slog.New(slog.DiscardHandler)

// network is a hub and nodes over one broker; any of them can be stopped and started.
type network struct {
	directory *federation.Directory
	broker    broker
	parties   map[contracts.PartyID]*party
}

type party struct {
	t       testing.TB
	network *network
	key     federation.Key
	db      *storage.DB
	apply   federation.ApplyFunc
	prepare func(*federation.Endpoint)
	log     *slog.Logger
	resend  time.Duration
	now     func() time.Time // the real clock when nil
	folder  string           // of the registry, when the network has one
	*federation.Endpoint
	stop func()
}

func newNetwork(t testing.TB, engine storage.Engine, b broker, names ...contracts.PartyID) *network {
	t.Helper()
	n := &network{broker: b, parties: map[contracts.PartyID]*party{}}
	var members []federation.Member
	for _, name := range names {
		key, err := federation.NewKey(name)
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, federation.Member{Party: name, Keys: []federation.PublicKey{key.Public()}})
		n.parties[name] = &party{t: t, network: n, key: key, db: openDatabase(t, engine), log: quiet, resend: 150 * time.Millisecond}
	}
	var err error
	if n.directory, err = federation.NewDirectory("test", members...); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		n.parties[name].start()
	}
	return n
}

// listening tells when a party has subscribed to all it reads: the memory broker keeps nothing for those who are away.
type listening struct {
	transport
	subscriptions sync.WaitGroup
	mu            sync.Mutex
	expected      int // one more, for somebody who joins, is no matter
}

func (l *listening) Subscribe(ctx context.Context, topic string) (<-chan *message.Message, error) {
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.expected--; l.expected >= 0 {
			l.subscriptions.Done()
		}
	}()
	return l.transport.Subscribe(ctx, topic)
}

// start runs the party on its database, as a new process would.
func (p *party) start() {
	p.t.Helper()
	tr := &listening{transport: p.network.broker.connect(p.t, p.key.Party)}
	tr.expected = 1
	if p.key.Party == contracts.Hub {
		tr.expected = len(p.network.directory.Members) - 1
	}
	tr.subscriptions.Add(tr.expected)
	apply := p.apply
	if apply == nil {
		apply = record
	}
	var err error
	config := federation.Config{Key: p.key, DB: p.db, Publisher: tr, Subscriber: tr, Apply: apply, Log: p.log, Now: p.now, Poll: 20 * time.Millisecond, Resend: p.resend}
	if p.folder == "" {
		config.Directory = p.network.directory
	} else {
		config.RegistryFolder = p.folder
		if config.Registry, err = federation.LoadRegistry(p.folder); err == nil {
			config.Keys, err = federation.LoadKeys(p.folder, p.key.Party)
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
	p.Endpoint, err = federation.New(config)
	if err != nil {
		p.t.Fatal(err)
	}
	if p.prepare != nil {
		p.prepare(p.Endpoint)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	tr.subscriptions.Wait()
	var once sync.Once
	p.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				p.t.Errorf("%s: %v", p.key.Party, err)
			}
			if err := tr.Close(); err != nil {
				p.t.Errorf("%s: close transport: %v", p.key.Party, err)
			}
		})
	}
	p.t.Cleanup(func() { p.stop() })
}

func record(ctx context.Context, tx *storage.Tx, from contracts.PartyID, e contracts.Event) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO effect (peer, id) VALUES ($1, $2)`, from, e.(contracts.InvoiceIssued).ID)
	return err
}

func invoice(from contracts.PartyID, n int) contracts.InvoiceIssued {
	d := sample.Document()
	d.ID = contracts.InvoiceID(fmt.Sprintf("%s-%04d", from, n))
	d.Seller, _ = from.Country()
	return contracts.InvoiceIssued{Document: d}
}

// send writes invoices first..last, each in a transaction of its own.
func (p *party) send(first, last int) {
	p.t.Helper()
	for n := first; n <= last; n++ {
		err := p.db.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
			return p.Send(ctx, tx, contracts.Hub, invoice(p.key.Party, n), "")
		})
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

// applied lists the ids that took effect from a peer, in order of effect.
func (p *party) applied(peer contracts.PartyID) []string {
	p.t.Helper()
	ids, err := storage.All(context.Background(), p.db, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) }, `SELECT id FROM effect WHERE peer = $1 ORDER BY n`, peer)
	if err != nil {
		p.t.Fatal(err)
	}
	return ids
}

func (p *party) count(query string, args ...any) (n int) {
	p.t.Helper()
	if err := p.db.QueryRowContext(context.Background(), query, args...).Scan(&n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p *party) pending() int {
	return p.count(`SELECT COALESCE(SUM(next - 1 - receipted), 0) FROM fed_sending s JOIN fed_answered a ON a.peer = s.peer`)
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// settled waits until the node holds a receipt for everything, then expects each of 1..last once and in order at the hub.
func (n *network) settled(t testing.TB, node contracts.PartyID, last int) {
	t.Helper()
	eventually(t, string(node)+" holds every receipt", func() bool { return n.parties[node].pending() == 0 })
	got := n.parties[contracts.Hub].applied(node)
	for i, id := range got {
		if want := string(invoice(node, i+1).ID); id != want {
			t.Fatalf("effect %d from %s is %s, want %s", i+1, node, id, want)
		}
	}
	if len(got) != last {
		t.Fatalf("%d effects from %s, want %d", len(got), node, last)
	}
}

func TestEverythingArrivesOnceAndInOrder(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be", "de")
		var both sync.WaitGroup
		both.Go(func() { n.parties["be"].send(1, 150) })
		both.Go(func() { n.parties["de"].send(1, 40) })
		both.Wait()
		n.settled(t, "be", 150)
		n.settled(t, "de", 40)
	})
}

func TestANodeWorksWhileTheHubIsGone(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		be, hub := n.parties["be"], n.parties[contracts.Hub]
		be.send(1, 5)
		n.settled(t, "be", 5)
		hub.stop()
		be.send(6, 30)
		be.stop() // and the node is restarted too
		be.start()
		be.send(31, 35)
		hub.start()
		n.settled(t, "be", 35)
	})
}

func TestAWipedBrokerCostsNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		done := make(chan struct{})
		go func() {
			defer close(done)
			n.parties["be"].send(1, 60)
		}()
		for range 5 {
			time.Sleep(15 * time.Millisecond)
			b.wipe(t)
		}
		<-done
		n.settled(t, "be", 60)
	})
}

func TestARefusalIsAnAnswer(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		hub, be := n.parties[contracts.Hub], n.parties["be"]
		hub.stop()
		hub.apply = func(ctx context.Context, tx *storage.Tx, from contracts.PartyID, e contracts.Event) error {
			if err := record(ctx, tx, from, e); err != nil || e.(contracts.InvoiceIssued).ID != "be-0002" {
				return err
			}
			return contracts.Fault{Code: "no-such-invoice", Message: "refused after its effect had begun"}
		}
		hub.start()
		be.send(1, 3)
		eventually(t, "be holds every receipt", func() bool { return be.pending() == 0 })
		if got := fmt.Sprint(hub.applied("be")); got != "[be-0001 be-0003]" {
			t.Errorf("effects: %s", got)
		}
		if refused := be.count(`SELECT COUNT(*) FROM fed_receipt WHERE outcome = 'refused' AND sequence = 2`); refused != 1 {
			t.Errorf("%d refusals on record at the sender", refused)
		}
	})
}

func TestAnAccidentIsTriedAgainAndLosesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		hub := n.parties[contracts.Hub]
		hub.stop()
		var accidents atomic.Int32
		hub.apply = func(ctx context.Context, tx *storage.Tx, from contracts.PartyID, e contracts.Event) error {
			if err := record(ctx, tx, from, e); err != nil {
				return err
			}
			if e.(contracts.InvoiceIssued).ID == "be-0003" && accidents.Add(1) <= 3 {
				return fmt.Errorf("disk on fire")
			}
			return nil
		}
		hub.start()
		n.parties["be"].send(1, 10)
		n.settled(t, "be", 10)
		if accidents.Load() < 4 {
			t.Errorf("tried %d times", accidents.Load())
		}
	})
}

func TestNobodySpeaksForAnother(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be", "de")
		be, hub := n.parties["be"], n.parties[contracts.Hub]
		err := be.db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			return be.Send(ctx, tx, contracts.Hub, invoice("de", 1), "")
		})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "be holds the answer", func() bool { return be.pending() == 0 })
		if got := hub.applied("be"); len(got) != 0 {
			t.Errorf("took effect: %v", got)
		}
		if refused := hub.count(`SELECT COUNT(*) FROM fed_inbox WHERE outcome = 'refused'`); refused != 1 {
			t.Errorf("%d refusals on record at the hub", refused)
		}
	})
}

func TestARolledBackChangeSendsNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be")
		be := n.parties["be"]
		err := be.db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			if err := be.Send(ctx, tx, contracts.Hub, invoice("be", 99), ""); err != nil {
				return err
			}
			return fmt.Errorf("the business change failed")
		})
		if err == nil {
			t.Fatal("the transaction passed")
		}
		be.send(1, 2)
		n.settled(t, "be", 2)
	})
}
