package federation

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// This file keeps the registry of a running party up to date: from its folder, where operators put what they approved, and from its
// peers. What the registry comes to is the directory by which frames are read.

// FaultLeft is raised when a party that has left the network would say something new, or be told something.
const FaultLeft = contracts.FaultLeft

// registryPoll is how often the folder is looked at, so that a key that is revoked there is refused within seconds.
const registryPoll = 2 * time.Second

// registryGoodFor is how long a node believes its copy of the registry without the hub's word that it is whole (security.md C13).
// After that it takes in no event, which waits at its sender; it works on by itself, writes to its outbox, answers again what it took
// in before, and takes receipts, standings and entries of the registry.
const registryGoodFor = 7 * 24 * time.Hour

// dir is the directory as of now.
func (e *Endpoint) dir() *Directory { return e.directory.Load() }

// epoch is that of the channels with a peer: it grows when either of the two is enrolled anew.
func (e *Endpoint) epoch(peer contracts.PartyID) int64 {
	d := e.dir()
	return max(1, d.Epoch(e.self)+d.Epoch(peer)-1)
}

// opening is the key of a sender at the moment the registry opened the present epoch of its channel: both ends begin with it, whatever
// they know of later keys.
func (e *Endpoint) opening(sender, recipient contracts.PartyID) KeyID {
	r := e.registry.Load()
	if r == nil {
		return e.dir().first(sender)
	}
	return r.opening(sender, recipient)
}

// opening finds the later enrolment of the two parties.
func (r *Registry) opening(sender, recipient contracts.PartyID) KeyID {
	for ; r.before != nil; r = r.before {
		if r.last.Action == ActEnrol && (r.last.Party == sender || r.last.Party == recipient) {
			break
		}
	}
	return r.dir.first(sender)
}

func (e *Endpoint) registryNumber() int64 {
	if r := e.registry.Load(); r != nil {
		return r.Number()
	}
	return 0
}

// speaking is the key we sign with what has no number: the one that everybody knows as our current.
func (e *Endpoint) speaking(contracts.PartyID) Key {
	if id, ok := e.dir().Current(e.self); ok {
		if k, ok := e.key(id); ok {
			return k
		}
	}
	return e.Key
}

func (e *Endpoint) key(id KeyID) (Key, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	k, ok := e.keys[id]
	return k, ok
}

// signing is the key of a number: the one the channel speaks with.
func (e *Endpoint) signing(peer contracts.PartyID, id KeyID) (Key, error) {
	if id == "" {
		return e.speaking(peer), nil
	}
	if k, ok := e.key(id); ok {
		return k, nil
	}
	return Key{}, fmt.Errorf("the channel to %s speaks with the key %s, whose file is not here: put it back into the folder of the network", peer, id)
}

// loadRegistry adds to the registry that was given what the books know.
func (e *Endpoint) loadRegistry(ctx context.Context) error {
	lines, err := storage.All(ctx, e.DB, func(r *sql.Rows) (line []byte, err error) { return line, r.Scan(&line) }, `SELECT line FROM fed_registry ORDER BY number`)
	if err != nil {
		return err
	}
	r, err := e.Registry.Extend(lines...)
	if err != nil {
		return fmt.Errorf("the registry in the database does not fit the one given: %w", err)
	}
	e.take(r)
	return e.DB.QueryRowContext(ctx, `SELECT COUNT(*) FROM fed_registry`).Scan(&e.stored)
}

// take makes a registry the one we go by.
func (e *Endpoint) take(r *Registry) {
	e.registry.Store(r)
	e.directory.Store(r.Directory())
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, relay := range e.relays {
		relay.standNow()
	}
}

// keepRegistry writes entries that the books do not have.
func keepRegistry(ctx context.Context, tx *storage.Tx, r *Registry, after int64, now time.Time) error {
	for i, line := range r.Lines(after) {
		if _, err := tx.ExecContext(ctx, `INSERT INTO fed_registry (number, line, known_at) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING`, after+int64(i)+1, line, storage.At(now)); err != nil {
			return err
		}
	}
	return nil
}

// watchRegistry reads the folder again and again until ctx ends, and meets whoever has joined.
func (e *Endpoint) watchRegistry(ctx context.Context, meet func() error) {
	tick := time.NewTicker(registryPoll)
	defer tick.Stop()
	for said := ""; ; {
		if err := errors.Join(e.refreshRegistry(ctx), meet()); err != nil && ctx.Err() == nil && err.Error() != said {
			said = err.Error()
			e.Log.ErrorContext(ctx, "registry", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// refreshRegistry takes in what is new in the folder: entries, and key files.
func (e *Endpoint) refreshRegistry(ctx context.Context) error {
	e.refreshing.Lock()
	defer e.refreshing.Unlock()
	r := e.registry.Load()
	if e.RegistryFolder != "" && e.changed(filepath.Join(e.RegistryFolder, RegistryFile)) {
		there, err := LoadRegistry(e.RegistryFolder)
		if err != nil {
			return err
		}
		if r, err = r.Extend(there.Lines(0)...); err != nil {
			return err
		}
	}
	if err := e.adopt(ctx, r); err != nil {
		return err
	}
	return e.refreshKeys(ctx)
}

// changed tells whether a file is another than when last asked.
func (e *Endpoint) changed(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false // no file, no news
	}
	now := fmt.Sprint(info.Size(), info.ModTime())
	if now == e.seen {
		return false
	}
	e.seen = now
	return true
}

// adopt makes a registry durable, goes by it, and tells the peers.
func (e *Endpoint) adopt(ctx context.Context, r *Registry) error {
	if r.Number() > e.stored {
		if err := e.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error { return keepRegistry(ctx, tx, r, e.stored, e.Now()) }); err != nil {
			return fmt.Errorf("keep registry: %w", err)
		}
		e.stored = r.Number()
	}
	before := e.registryNumber()
	if r.Number() <= before {
		return nil
	}
	e.take(r)
	for _, peer := range e.peers() {
		e.answer(peer, r.Lines(before))
	}
	e.Log.InfoContext(ctx, "registry", "entries", r.Number())
	if e.RegistryFolder != "" {
		if _, err := AppendRegistry(e.RegistryFolder, r.Lines(0)...); err != nil {
			e.Log.WarnContext(ctx, "registry: the folder could not be brought up to date; the database was", "err", err)
		}
	}
	return nil
}

// refreshKeys takes in new key files of ours. One that nobody has heard of is the next to speak.
func (e *Endpoint) refreshKeys(ctx context.Context) error {
	if e.RegistryFolder == "" {
		return nil
	}
	keys, err := LoadKeys(e.RegistryFolder, e.self)
	if err != nil {
		return err
	}
	var next []Key
	e.mu.Lock()
	for _, k := range keys {
		e.keys[k.ID] = k
		if !e.dir().Lists(k.ID) {
			next = append(next, k)
		}
	}
	e.mu.Unlock()
	if len(next) > 1 {
		return fmt.Errorf("%s holds %d new keys of %s: leave one, and the next when the registry lists it", e.RegistryFolder, len(next), e.self)
	}
	for _, k := range next {
		return e.Rotate(ctx, k)
	}
	return e.speakAsListed(ctx)
}

// speakAsListed announces our current key where an older one still speaks: an epoch begins with the key that opened it, and books from
// a backup have forgotten what was announced after it. Heads must agree first, or two announcements would claim one number.
func (e *Endpoint) speakAsListed(ctx context.Context) error {
	now := e.speaking("")
	for _, peer := range e.peers() {
		r := e.relay(peer)
		if r == nil || r.agreement() != Agreed || e.restored(peer) {
			continue
		}
		s, err := readSending(ctx, e.DB, peer)
		if err != nil {
			return err
		}
		if s.epoch != e.epoch(peer) || s.key == now.ID || !e.dir().Lists(s.key) {
			continue
		}
		if err := e.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
			_, err := e.announce(ctx, tx, peer, now)
			return err
		}); err != nil {
			return fmt.Errorf("announce %s to %s: %w", now.ID, peer, err)
		}
	}
	return nil
}

// entry takes in an entry of the registry that a peer brought. Its own signatures count, not the peer's.
func (t *taking) entry(ctx context.Context, line []byte) error {
	before := t.e.registry.Load()
	if t.registry == nil {
		t.registry = before
	}
	if t.registry == nil {
		t.reject(ctx, contracts.Fault{Code: FaultFrame, Message: "this party goes by a fixed directory"}, line)
		return nil
	}
	next, err := t.registry.Extend(line)
	if err != nil {
		if contracts.FaultsOf(err)[0].Code == FaultEquivocation {
			t.after = append(t.after, func() {
				t.e.Log.ErrorContext(ctx, "EQUIVOCATION: two registries are signed", "peer", t.peer, "err", err)
			})
		}
		t.reject(ctx, err, line)
		return nil
	}
	if next.Number() == t.registry.Number() {
		return nil
	}
	t.registry = next
	if err := keepRegistry(ctx, t.tx, next, before.Number(), t.e.Now()); err != nil {
		return err
	}
	t.after = append(t.after, func() {
		t.e.refreshing.Lock()
		defer t.e.refreshing.Unlock()
		t.e.stored = max(t.e.stored, next.Number()) // with this entry's transaction
		if err := t.e.adopt(ctx, next); err != nil {
			t.e.Log.ErrorContext(ctx, "registry", "err", err)
		}
	})
	return nil
}

// stale tells whether the registry by which events are read may have lost touch. The hub's own never does, nor does a fixed directory.
func (t *taking) stale(ctx context.Context) (bool, error) {
	if t.e.self == contracts.Hub || t.e.registry.Load() == nil {
		return false, nil
	}
	confirmed, err := readInstant(ctx, t.tx, `SELECT said_at FROM fed_standing WHERE peer = $1`, contracts.Hub)
	return t.e.Now().Sub(confirmed) >= registryGoodFor, err
}

// confirms is when a standing says that our registry has all entries its sender knows of; no time when some are missing.
func (t *taking) confirms(s Standing) time.Time {
	r := cmp.Or(t.registry, t.e.registry.Load())
	if r != nil && s.Registry > r.Number() {
		return time.Time{}
	}
	return s.Time
}

// isEntry tells an entry of the registry from a frame: only it has several signatures.
func isEntry(line []byte) bool { return bytes.Contains(line, []byte(`"signatures"`)) }

// shareRegistry gives a peer the entries it has not got.
func (t *taking) shareRegistry(s Standing) {
	if r := t.e.registry.Load(); r != nil && s.Registry < r.Number() {
		t.answers = append(t.answers, r.Lines(s.Registry)...)
	}
}
