package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/internal/federation"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
	"passerelle/nodes"
)

type importLogCommand struct {
	File string `arg:"" help:"What passerelle export-log wrote." type:"existingfile"`
	into
}

// Run makes the database of the party whose log it is. What is wrong with the log is a finding, and leaves no database.
func (c importLogCommand) Run(ctx context.Context, o output) error {
	logs, err := openLogs([]string{c.File})
	if err != nil {
		return unfit(o, err)
	}
	defer logs.close()
	self := logs.all[0].Header.Party
	p, err := loadParty(self, c.Network)
	if err != nil {
		return unable(err)
	}
	if err := c.importLogs(ctx, o, p, logs.all, federation.Import.Own); err != nil {
		return unfit(o, err)
	}
	weigh := verify
	if self != contracts.Hub {
		weigh = federation.Verify // a node's books are in no log
	}
	return verified(ctx, o, p, c.into, weigh, func() {
		fmt.Fprintf(o.out, "imported the log of %s: %d lines\n", self, logs.lines())
		if self != contracts.Hub {
			fmt.Fprintln(o.out, "members, documents and ledger are in no log: only a backup brings them back")
		}
	})
}

type rebuildCommand struct {
	FromLog   []string      `help:"Exported log of a node; one for each node." name:"from-log" placeholder:"FILE" type:"existingfile" xor:"source" required:""`
	FromPeers bool          `help:"Ask the nodes over the broker; they must run." name:"from-peers" xor:"source" required:""`
	Wait      time.Duration `help:"With --from-peers: how long to wait for a node that says nothing." default:"2m"`
	brokerFlags
	into
}

// Run makes the hub's database from what the nodes remember.
func (c rebuildCommand) Run(ctx context.Context, o output) error {
	if c.FromPeers {
		return c.fromPeers(ctx, o)
	}
	logs, err := openLogs(c.FromLog)
	if err != nil {
		return unfit(o, err)
	}
	defer logs.close()
	p, err := loadParty(contracts.Hub, c.Network)
	if err != nil {
		return unable(err)
	}
	missing, err := logs.ofNodes(p.directory)
	if err != nil {
		return err
	}
	if err := c.importLogs(ctx, o, p, logs.all, federation.Import.Mirror); err != nil {
		return unfit(o, err)
	}
	return verified(ctx, o, p, c.into, verify, func() {
		fmt.Fprintf(o.out, "rebuilt the hub from %d logs: %d lines\n", len(logs.all), logs.lines())
		if len(missing) > 0 {
			fmt.Fprintf(o.out, "no log of %s: what they told is not there\n", strings.Join(missing, ", "))
		}
		fmt.Fprintln(o.out, ownOfHub)
	})
}

// ownOfHub says what no node can give back.
const ownOfHub = `exchange rates are in no log: load them with passerelle rates load
accounts, the board's investments, the pot and the charter are in no log: only a backup brings them back`

// unfit shows what is wrong with a log, which is a finding; any other error is one of the command.
func unfit(o output, err error) error {
	if !contracts.IsFault(err) {
		return unable(err)
	}
	fmt.Fprintf(o.err, "passerelle: %v\n", err)
	return errFound
}

// importLogs fills the new database of p by doing one thing with each log.
func (c into) importLogs(ctx context.Context, o output, p party, logs []*federation.Log, do func(federation.Import, context.Context, *storage.Tx, *federation.Log) error) error {
	return storage.Fill(ctx, string(p.self), c.DB, migrationsOf(p.self), func(ctx context.Context, db *storage.DB, tx *storage.Tx) error {
		total := int64(0)
		for _, l := range logs {
			total += l.Lines()
		}
		m := o.meter("lines", total)
		defer m.end()
		im := federation.Import{Key: p.key, Directory: p.directory, Now: p.now, Progress: func() { m.step(1) }}
		var err error
		if im.Apply, im.Returned, err = effectOf(p, db, c.Network); err != nil {
			return err
		}
		for _, l := range logs {
			if err := do(im, ctx, tx, l); err != nil {
				return err
			}
		}
		return federation.MarkRestored(ctx, tx, p.directory, p.self, p.now()) // a log may be old
	})
}

// applyAt is what an Import does with an event.
type applyAt = func(ctx context.Context, tx *storage.Tx, from contracts.PartyID, event contracts.Event, at time.Time) error

// effectOf returns what the party's own program does with an event of others, on a clock that shows when it did, and with one of its own.
func effectOf(p party, db *storage.DB, network string) (applyAt, federation.ApplyFunc, error) {
	clock := p.now()
	now := func() time.Time { return clock }
	h := hub.New(db, hub.Options{Now: now})
	apply, returned := h.Apply, federation.ApplyFunc(h.Returned)
	if country, ok := p.self.Country(); ok {
		settings, err := nodes.LoadSettings(filepath.Join(network, string(p.self)+".yaml"))
		if err != nil {
			return nil, nil, err
		}
		nowhere := memory.NewBroker()
		n, err := nodes.New(nodes.Options{Country: country, Settings: settings, DB: db, Now: now,
			Network: federation.Config{Key: p.key, Directory: p.directory, Publisher: nowhere, Subscriber: nowhere}})
		if err != nil {
			return nil, nil, err
		}
		apply, returned = n.Apply, n.Returned
	}
	return func(ctx context.Context, tx *storage.Tx, from contracts.PartyID, event contracts.Event, at time.Time) error {
		clock = at
		return apply(ctx, tx, from, event)
	}, returned, nil
}

// logFiles are opened logs.
type logFiles struct {
	files []*os.File
	all   []*federation.Log
}

func openLogs(paths []string) (l logFiles, err error) {
	for _, path := range paths {
		if err = l.open(path); err != nil {
			l.close()
			return logFiles{}, fmt.Errorf("read log %s: %w", path, err)
		}
	}
	return l, nil
}

func (l *logFiles) open(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	l.files = append(l.files, file)
	info, err := file.Stat()
	if err != nil {
		return err
	}
	log, err := federation.OpenLog(file, info.Size())
	l.all = append(l.all, log)
	return err
}

func (l logFiles) close() {
	for _, f := range l.files {
		_ = f.Close() // it was only read
	}
}

func (l logFiles) lines() (n int64) {
	for _, log := range l.all {
		n += log.Lines()
	}
	return n
}

// ofNodes demands one log per node, and returns the nodes of the network that have none.
func (l logFiles) ofNodes(directory *federation.Directory) (missing []string, err error) {
	var fs contracts.Faults
	seen := map[contracts.PartyID]bool{}
	for _, log := range l.all {
		p := log.Header.Party
		if _, ok := p.Country(); !ok || seen[p] {
			fs.Addf(contracts.FaultInvalid, "--from-log", "give one log of each node", "a log of %s", p)
		}
		seen[p] = true
	}
	for _, p := range directory.Parties(contracts.Hub) {
		if !seen[p] {
			missing = append(missing, string(p))
		}
	}
	return missing, fs.Err()
}
