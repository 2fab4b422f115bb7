package federation_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// registered is a network whose parties go by a registry in folders of their own, as in production.
type registered struct {
	*network
	t      *testing.T
	roots  []federation.Key
	engine storage.Engine
}

func newRegistered(t *testing.T, engine storage.Engine, names ...contracts.PartyID) *registered {
	t.Helper()
	n := &registered{t: t, engine: engine, network: &network{broker: memoryBroker(), parties: map[contracts.PartyID]*party{}}}
	var keys []federation.Key
	for _, name := range names {
		keys = append(keys, n.add(name))
	}
	registry, roots, err := federation.Found("test", true, time.Now(), keys...)
	if err != nil {
		t.Fatal(err)
	}
	n.roots, n.directory = roots, registry.Directory()
	for _, name := range names {
		n.settle(n.parties[name], registry)
	}
	return n
}

func (n *registered) add(name contracts.PartyID) federation.Key {
	key, err := federation.NewKey(name)
	if err != nil {
		n.t.Fatal(err)
	}
	n.parties[name] = &party{t: n.t, network: n.network, key: key, db: openDatabase(n.t, n.engine), log: quiet, resend: 150 * time.Millisecond}
	return key
}

// settle gives a party its folder and starts it.
func (n *registered) settle(p *party, r *federation.Registry) {
	n.t.Helper()
	p.folder = n.t.TempDir()
	if err := errors.Join(r.Create(p.folder), p.key.Save(filepath.Join(p.folder, string(p.key.Party)+".key"))); err != nil {
		n.t.Fatal(err)
	}
	p.start()
}

func (p *party) registry() *federation.Registry {
	p.t.Helper()
	r, err := federation.LoadRegistry(p.folder)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// enter adds an entry to the registry in the folder of a party, signed by the keys given.
func (n *registered) enter(at contracts.PartyID, draft func(*federation.Registry) federation.RegistryEntry, keys ...federation.Key) {
	n.t.Helper()
	p := n.parties[at]
	line, err := draft(p.registry()).Sign(keys...)
	if err != nil {
		n.t.Fatal(err)
	}
	if _, err := federation.AppendRegistry(p.folder, line); err != nil {
		n.t.Fatal(err)
	}
}

// enrol lets a party begin anew with a key, in the next epoch.
func (n *registered) enrol(k federation.Key, why string) {
	j := federation.RequestJoin("test", k)
	n.enter(contracts.Hub, func(r *federation.Registry) federation.RegistryEntry { return r.Enrol(j, why, time.Now()) }, n.roots[0], n.roots[2])
}

// nextKey puts a new key of a party into its folder, as passerelle keys rotate does.
func (p *party) nextKey() federation.Key {
	p.t.Helper()
	k, err := federation.NewKey(p.key.Party)
	if err == nil {
		err = k.Save(filepath.Join(p.folder, string(k.ID)+".key"))
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return k
}

// knows waits until a party's registry has come to a state.
func (p *party) knows(what string, ok func(*federation.Directory) bool) {
	p.t.Helper()
	eventually(p.t, fmt.Sprintf("%s knows %s", p.key.Party, what), func() bool { return ok(p.registry().Directory()) })
}

func (p *party) reads(do func(ctx context.Context, q storage.Querier) error) {
	p.t.Helper()
	if err := p.db.Read(context.Background(), do); err != nil {
		p.t.Fatal(err)
	}
}

// verified is what passerelle verify says of the channels of a party.
func (p *party) verified() {
	p.t.Helper()
	p.reads(func(ctx context.Context, q storage.Querier) error {
		checks, err := federation.Verify(ctx, q, p.key.Party, p.registry().Directory())
		for _, c := range checks {
			if !c.OK {
				p.t.Errorf("%s: %+v", p.key.Party, c)
			}
		}
		return err
	})
}

// inStep expects hub and node to tell the same history, clean.
func (n *registered) inStep(node contracts.PartyID) {
	n.t.Helper()
	hub, p := n.parties[contracts.Hub], n.parties[node]
	hub.verified()
	p.verified()
	if theirs, own := hub.digest(node), p.digest(node); theirs != own {
		n.t.Errorf("digest of %s: the hub's %+v, its own %+v", node, theirs, own)
	}
}

func (p *party) digest(of contracts.PartyID) (d federation.Digest) {
	p.t.Helper()
	p.reads(func(ctx context.Context, q storage.Querier) error {
		all, err := federation.Digests(ctx, q, p.key.Party)
		for _, one := range all {
			if one.Country == of {
				d = one
			}
		}
		return err
	})
	return d
}

// copies keeps the books of a party as they are now, and puts them in the place of the later ones when asked: an SQLite file.
func (p *party) copies(t *testing.T) (restore func()) {
	t.Helper()
	p.stop()
	path := filepath.Join(t.TempDir(), "backup.db")
	file, err := sql.Open("sqlite", p.text(`SELECT file FROM pragma_database_list WHERE name = 'main'`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.ExecContext(t.Context(), "VACUUM INTO '"+path+"'"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	p.start()
	return func() {
		p.stop()
		db, err := storage.Open(context.Background(), path, federation.Migrations, effects)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		p.db = db
	}
}

// copied lets a node write, keeps its books as they are at a message, lets it write on to a later one, and returns what puts the old
// books back.
func (n *registered) copied(t *testing.T, node contracts.PartyID, at, last int) (restore func()) {
	t.Helper()
	p := n.parties[node]
	p.sendTogether(1, at)
	n.settled(t, node, at)
	restore = p.copies(t)
	p.sendTogether(at+1, last)
	n.settled(t, node, last)
	return restore
}

// onEach runs a test on each engine.
func onEach(t *testing.T, test func(t *testing.T, engine storage.Engine)) {
	for _, engine := range storagetest.Engines {
		t.Run(string(engine), func(t *testing.T) { t.Parallel(); test(t, engine) })
	}
}

// trySend writes one invoice, or says why not.
func (p *party) trySend(i int) error {
	return p.db.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
		return p.Send(ctx, tx, contracts.Hub, invoice(p.key.Party, i), "")
	})
}

func refusedWith(err error, code contracts.FaultCode) bool {
	return contracts.IsFault(err) && contracts.FaultsOf(err)[0].Code == code
}

func TestAnOldCopyGetsItsHistoryBackAndUsesNoNumberTwice(t *testing.T) {
	t.Parallel()
	n := newRegistered(t, storage.SQLite, contracts.Hub, "be")
	be := n.parties["be"]
	restore := n.copied(t, "be", 5, 1300)
	restore()
	if got := be.count(`SELECT COUNT(*) FROM fed_outbox`); got != 5 {
		t.Fatalf("the copy has %d messages", got)
	}
	be.start()
	eventually(t, "the copy has its history back", func() bool { return be.count(`SELECT COUNT(*) FROM fed_outbox`) == 1300 && be.pending() == 0 })
	be.send(1301, 1310)
	n.settled(t, "be", 1310)
	n.inStep("be")
}

func TestARestoredCopyWritesNothingBeforeItHasHeardThePeer(t *testing.T) {
	t.Parallel()
	n := newRegistered(t, storage.SQLite, contracts.Hub, "be")
	be := n.parties["be"]
	restore := n.copied(t, "be", 5, 9)
	n.parties[contracts.Hub].stop()
	restore()
	if err := be.db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return federation.MarkRestored(ctx, tx, n.directory, "be", time.Now())
	}); err != nil {
		t.Fatal(err)
	}
	be.start()
	if err := be.trySend(10); !refusedWith(err, federation.FaultRestored) {
		t.Fatalf("a restored copy that has heard nobody wrote: %v", err)
	}
	n.parties[contracts.Hub].start()
	eventually(t, "the copy may write again", func() bool { return be.trySend(10) == nil })
	n.settled(t, "be", 10)
	n.inStep("be")
}

func TestACopyThatWroteOnIsStoppedUntilANewEpoch(t *testing.T) {
	t.Parallel()
	n := newRegistered(t, storage.SQLite, contracts.Hub, "be", "de")
	be, hub := n.parties["be"], n.parties[contracts.Hub]
	restore := n.copied(t, "be", 5, 9)
	hub.stop()
	restore() // by hand: nothing marks it
	journal := &journal{}
	be.log = journal.logger()
	be.start()
	be.send(10, 12) // while nobody can tell it
	hub.start()
	eventually(t, "the copy sees that it diverged", func() bool { return journal.count("DIVERGED") > 0 })
	n.parties["de"].send(1, 3)
	n.settled(t, "de", 3)
	if s := hub.status("be"); s.Frozen || s.Received != 9 {
		t.Fatalf("the hub has taken something of a second history: %+v", s)
	}
	be.key = be.nextKey()
	n.enrol(be.key, "wrote on from an old copy")
	eventually(t, "what the copy wrote has arrived", func() bool { return len(hub.applied("be")) == 12 })
	eventually(t, "everything is receipted", func() bool { return be.pending() == 0 })
	if got, want := fmt.Sprint(hub.applied("be")), "[be-0001 be-0002 be-0003 be-0004 be-0005 be-0006 be-0007 be-0008 be-0009 be-0010 be-0011 be-0012]"; got != want {
		t.Errorf("effects: %s", got)
	}
	hub.verified()
	be.verified()
}

func TestAHubThatLostItsBooksGetsItsOwnMessagesBackToo(t *testing.T) {
	onEach(t, func(t *testing.T, engine storage.Engine) {
		n := newRegistered(t, engine, contracts.Hub, "be")
		be, hub := n.parties["be"], n.parties[contracts.Hub]
		be.send(1, 20)
		n.settled(t, "be", 20)
		next := hub.nextKey() // makes the hub write a message of its own
		eventually(t, "the hub's message has arrived", func() bool { return be.count(`SELECT COUNT(*) FROM fed_inbox`) == 1 })
		hub.restart(func() { hub.db, hub.key = openDatabase(t, engine), next })
		be.send(21, 22)
		n.settled(t, "be", 22)
		eventually(t, "the hub has its own message again", func() bool { return hub.count(`SELECT COUNT(*) FROM fed_outbox`) == 1 && hub.pending() == 0 })
		if key := hub.text(`SELECT key FROM fed_sending WHERE peer = 'be'`); key != string(next.ID) {
			t.Errorf("the hub speaks with %s, its next key was %s", key, next.ID)
		}
		n.inStep("be")
	})
}

func TestKeysRotateUnderLoad(t *testing.T) {
	onEach(t, func(t *testing.T, engine storage.Engine) {
		n := newRegistered(t, engine, contracts.Hub, "be", "de")
		be, hub := n.parties["be"], n.parties[contracts.Hub]
		ctx, stop := context.WithCancel(t.Context())
		sent := make(chan int)
		go func() {
			i := 1
			for ; ctx.Err() == nil; i++ {
				be.send(i, i)
				time.Sleep(5 * time.Millisecond)
			}
			sent <- i - 1
		}()
		old, next, hubs := be.key, be.nextKey(), hub.nextKey()
		for _, p := range n.parties {
			p.knows("both new keys", func(d *federation.Directory) bool {
				be, _ := d.Current("be")
				hub, _ := d.Current(contracts.Hub)
				return be == next.ID && hub == hubs.ID
			})
		}
		time.Sleep(100 * time.Millisecond)
		stop()
		last := <-sent
		n.settled(t, "be", last)
		be.key = next
		be.restart(func() {})
		be.send(last+1, last+3)
		n.settled(t, "be", last+3)
		n.inStep("be")
		n.inStep("de")

		be.stop() // and somebody comes with the key that was laid aside
		thief := n.rogue("be", contracts.Hub)
		thief.key = old
		var head federation.Hash
		if err := head.UnmarshalText([]byte(hub.text(`SELECT head FROM fed_receiving WHERE peer = 'be'`))); err != nil {
			t.Fatal(err)
		}
		number := hub.count(`SELECT next FROM fed_receiving WHERE peer = 'be'`)
		thief.say(thief.message(number, head, nil).frame)
		eventually(t, "it is rejected", func() bool { return hub.status("be").Rejected[federation.FaultKey] > 0 })
		if s := hub.status("be"); s.Frozen || s.Received != int64(number-1) {
			t.Errorf("the old key was believed: %+v", s)
		}
	})
}

func TestARevokedKeyIsRefusedWithinSeconds(t *testing.T) {
	onEach(t, func(t *testing.T, engine storage.Engine) {
		n := newRegistered(t, engine, contracts.Hub, "be")
		be, hub := n.parties["be"], n.parties[contracts.Hub]
		be.send(1, 3)
		n.settled(t, "be", 3)
		n.enter(contracts.Hub, func(r *federation.Registry) federation.RegistryEntry {
			return r.Revoke("be", be.key.ID, "stolen", time.Now())
		}, hub.key)
		began := time.Now()
		eventually(t, "the hub goes by the new entry", func() bool { return hub.count(`SELECT COUNT(*) FROM fed_registry`) == 3 })
		if d := time.Since(began); d > 30*time.Second {
			t.Errorf("it took %s", d)
		}
		be.send(4, 6)
		eventually(t, "what it signs is rejected", func() bool { return hub.status("be").Rejected[federation.FaultKey] > 0 })
		if got := len(hub.applied("be")); got != 3 {
			t.Fatalf("%d effects", got)
		}
		be.key = be.nextKey()
		n.enrol(be.key, "a new key after a theft")
		eventually(t, "what waited has arrived in the new epoch", func() bool { return len(hub.applied("be")) == 6 })
		n.settled(t, "be", 6)
		n.inStep("be")
	})
}

func TestAPartyJoinsAHubThatRuns(t *testing.T) {
	onEach(t, func(t *testing.T, engine storage.Engine) {
		n := newRegistered(t, engine, contracts.Hub, "be")
		n.enrol(n.add("de"), "joins")
		n.settle(n.parties["de"], n.parties[contracts.Hub].registry())
		n.parties["de"].send(1, 4)
		n.settled(t, "de", 4)
		n.inStep("de")
	})
}

func TestAPartyThatLeftKeepsItsHistoryAndSaysNothingNew(t *testing.T) {
	onEach(t, func(t *testing.T, engine storage.Engine) {
		n := newRegistered(t, engine, contracts.Hub, "nl", "be")
		nl, hub := n.parties["nl"], n.parties[contracts.Hub]
		nl.send(1, 3)
		n.settled(t, "nl", 3)
		n.enter(contracts.Hub, func(r *federation.Registry) federation.RegistryEntry { return r.Leave("nl", "closed", time.Now()) }, hub.key)
		nl.knows("that it left", func(d *federation.Directory) bool { return d.Left("nl") })
		eventually(t, "nothing new is written", func() bool { return refusedWith(nl.trySend(4), federation.FaultLeft) })
		if got := fmt.Sprint(hub.applied("nl")[:3]); got != "[nl-0001 nl-0002 nl-0003]" {
			t.Errorf("of its time remains %s", got)
		}
		n.parties["be"].send(1, 2)
		n.settled(t, "be", 2)
		hub.verified()
		nl.verified()
	})
}
