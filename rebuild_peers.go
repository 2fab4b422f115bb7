package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
)

// fromPeers runs the hub on an empty database until every node that runs has given back what it knows: its own messages, and those the
// hub had written to it.
func (c rebuildCommand) fromPeers(ctx context.Context, o output) error {
	p, err := loadParty(contracts.Hub, c.Network)
	if err != nil {
		return unable(err)
	}
	if err := c.mustBeEmpty(ctx, p); err != nil {
		return unable(err)
	}
	t, err := c.connect(contracts.Hub)
	if err != nil {
		return unable(err)
	}
	p.dsn, p.transport, p.log = c.DB, t, o.err
	prog, _, err := openHub(ctx, p)
	if err != nil {
		return unable(errors.Join(err, t.Close()))
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- prog.channel(running) }()
	total, silent, err := c.gather(ctx, o, prog)
	stop()
	if err := errors.Join(err, <-ended, t.Close(), prog.close()); err != nil {
		return unable(err)
	}
	err = verified(ctx, o, p, c.into, verify, func() {
		fmt.Fprintf(o.out, "rebuilt the hub from its nodes: %d messages\n", total)
		if len(silent) > 0 {
			fmt.Fprintf(o.out, "nothing was heard of %s: what they told is not there; it comes when they run and the hub does\n", strings.Join(silent, ", "))
		}
		fmt.Fprintln(o.out, ownOfHub)
	})
	if err == nil && len(silent) > 0 {
		return errFound
	}
	return err
}

// mustBeEmpty refuses a database that has exchanged a message: what is there would be mixed with what comes.
func (c rebuildCommand) mustBeEmpty(ctx context.Context, p party) error {
	db, err := storage.OpenFor(ctx, string(p.self), c.DB, migrationsOf(p.self)...)
	if err != nil {
		return err
	}
	peers, err := federation.Peers(ctx, db)
	if err == nil && len(peers) > 0 {
		err = contracts.Fault{Code: contracts.FaultInvalid, Field: "--db", Message: "this database holds messages already", Remedy: "name one that is not there yet; a hub that is behind only has to run"}
	}
	return errors.Join(err, db.Close())
}

// gather waits until nothing is missing, and returns how many messages came and which nodes said nothing.
func (c rebuildCommand) gather(ctx context.Context, o output, prog *program) (total int64, silent []string, err error) {
	m := o.meter("messages", 0)
	defer m.end()
	for moved := time.Now(); ; {
		condition, err := prog.watch.Condition(ctx)
		if err != nil {
			return total, nil, err
		}
		received, known, waiting, unheard := int64(0), int64(0), false, []string{}
		for _, s := range condition.Channels {
			received, known = received+s.Received, known+s.Received+s.Lag
			switch {
			case s.Left:
			case s.Heard.IsZero():
				unheard = append(unheard, string(s.Peer))
			case s.Lag > 0 || s.Standing != federation.Agreed:
				waiting = true
			}
		}
		if received > total {
			moved = time.Now()
		}
		m.total = known
		m.step(received - total)
		total = received
		late := time.Since(moved) > c.Wait
		switch {
		case !waiting && (len(unheard) == 0 || late):
			return total, unheard, nil
		case late:
			return total, nil, fmt.Errorf("nothing has come for %s, and something is missing: look at the log above, and begin anew with another database", c.Wait)
		}
		select {
		case <-ctx.Done():
			return total, nil, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}
