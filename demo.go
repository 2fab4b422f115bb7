package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/hub/rates"
	"passerelle/internal/federation"
	"passerelle/internal/federation/memory"
	"passerelle/nodes"
	"passerelle/nodes/seed"
)

type demoCommand struct {
	Addr  string `help:"Address of the hub; the nodes take the ports after it." default:"127.0.0.1:8080"`
	Data  string `help:"Folder for the databases. A second start goes on with what is there." default:"passerelle-data" type:"path"`
	Scale string `help:"Turnover of the demonstration for each published euro." default:"0.005"`
}

// The demonstration's nodes, in the order of their ports, and those that left the network: their history is there, they are not.
var (
	here = []contracts.PartyID{"be", "de", "fr", "at", "it", "nl", "se"}
	gone = []contracts.PartyID{"es", "hu"}
)

// Run starts the network, seeds it on the first start, and runs until the process is asked to stop.
func (c demoCommand) Run(ctx context.Context, o output) error {
	scale, err := decimal.NewFromString(c.Scale)
	if err != nil || !scale.IsPositive() || scale.GreaterThan(decimal.New(1, 0)) {
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "--scale", Message: fmt.Sprintf("%q is no scale", c.Scale), Remedy: "give a number above 0 and at most 1, such as 0.01"}
	}
	listeners, err := listenAll(ctx, c.Addr, 1+len(here))
	if err != nil {
		return err
	}
	d := &demo{listeners: listeners, dir: c.Data, scale: scale, out: o, broker: memory.NewBroker()}
	err = d.run(ctx)
	for _, l := range listeners {
		err = errors.Join(err, ignoreClosed(l.Close())) // those that never served
	}
	return err
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// listenAll opens n ports in a row, before anything is written, so that a taken port costs nothing.
func listenAll(ctx context.Context, addr string, n int) ([]net.Listener, error) {
	host, first, err := net.SplitHostPort(addr)
	port, errPort := strconv.Atoi(first)
	if err := errors.Join(err, errPort); err != nil {
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Field: "--addr", Message: fmt.Sprintf("%q is no address", addr), Remedy: "give host:port, such as 127.0.0.1:8080"}
	}
	var all []net.Listener
	for i := range n {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port+i)))
		if err != nil {
			for _, open := range all {
				err = errors.Join(err, open.Close())
			}
			return nil, fmt.Errorf("the demonstration needs %d ports from %s on: %w; choose others with --addr", n, addr, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// demo is the network in one process.
type demo struct {
	listeners []net.Listener // of the hub and of here
	dir       string
	scale     decimal.Decimal
	begun     contracts.Date // the day of the first start: a seeding that was interrupted goes on with its months
	out       output
	broker    *memory.Broker
	log       *os.File
	hub       *program
	nodes     map[contracts.PartyID]*demoNode
}

type demoNode struct {
	*program
	node *nodes.Node
}

func (d *demo) path(name string) string { return filepath.Join(d.dir, name) }

func (d *demo) run(ctx context.Context) (err error) {
	seeded, err := d.state()
	if err != nil {
		return err
	}
	if err := d.open(ctx, seeded); err != nil {
		return errors.Join(err, d.close())
	}
	defer func() { err = errors.Join(err, d.close()) }()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.hub.serve(ctx, d.listeners[0]) })
	for i, p := range here {
		g.Go(func() error { return d.nodes[p].serve(ctx, d.listeners[i+1]) })
	}
	g.Go(func() error {
		if err := d.seedAll(ctx, seeded); err != nil {
			return err
		}
		if err := d.personas(ctx); err != nil {
			return err
		}
		d.announce()
		return nil
	})
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	fmt.Fprintln(d.out.err, "stopped")
	return nil
}

// state tells whether the folder holds a complete demonstration of the same scale. Another scale is refused: its figures would be
// mixed with these.
func (d *demo) state() (seeded bool, err error) {
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return false, err
	}
	b, err := os.ReadFile(d.path("scale"))
	if errors.Is(err, os.ErrNotExist) {
		b = fmt.Appendf(nil, "%s seeding %s\n", d.scale, contracts.DateOf(time.Now().UTC()))
		err = os.WriteFile(d.path("scale"), b, 0o600)
	}
	if err != nil {
		return false, err
	}
	var was, state, day string
	if _, err := fmt.Sscan(string(b), &was, &state, &day); err != nil {
		return false, fmt.Errorf("read %s: %w; remove the folder and start again", d.path("scale"), err)
	}
	if d.begun, err = contracts.ParseDate(day); err != nil {
		return false, fmt.Errorf("read %s: %w; remove the folder and start again", d.path("scale"), err)
	}
	if was != d.scale.String() {
		return false, contracts.Fault{Code: contracts.FaultInvalid, Field: "--scale", Message: fmt.Sprintf("%s was seeded at scale %s", d.dir, was), Remedy: "use that scale, another folder with --data, or remove the folder"}
	}
	return state == "ready", nil
}

func (d *demo) open(ctx context.Context, seeded bool) (err error) {
	if d.log, err = os.OpenFile(d.path("demo.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(d.log, nil)))
	network := d.path("network")
	if _, err := os.Stat(filepath.Join(network, federation.AnchorFile)); errors.Is(err, os.ErrNotExist) {
		all := slices.Concat([]contracts.PartyID{contracts.Hub}, here, gone)
		names := make([]string, len(all))
		for i, p := range all {
			names[i] = string(p)
		}
		if err := initNetwork(network, "demonstration", false, names); err != nil {
			return err
		}
	}
	var h *hub.Hub
	p, err := d.party(contracts.Hub)
	if err != nil {
		return err
	}
	if d.hub, h, err = openHub(ctx, p); err != nil {
		return err
	}
	demonstration, err := rates.Demonstration()
	if err != nil {
		return err
	}
	if err := errors.Join(h.LoadRates(ctx, demonstration), h.LoadDemonstrationPlan(ctx), h.LoadDemonstrationMeetings(ctx), h.LoadDemonstrationCommons(ctx)); err != nil {
		return err
	}
	parties := here
	if !seeded {
		parties = slices.Concat(here, gone)
	}
	return d.openNodes(ctx, parties)
}

func (d *demo) party(self contracts.PartyID) (party, error) {
	p, err := loadParty(self, d.path("network"))
	p.dsn, p.transport, p.log = "sqlite:"+d.path(string(self)+".db"), d.broker, d.log
	if at := slices.Index(here, self); at >= 0 || self == contracts.Hub {
		p.door = demonstrationDoor(d.listeners[at+1])
	}
	return p, err
}

func (d *demo) openNodes(ctx context.Context, parties []contracts.PartyID) error {
	d.nodes = map[contracts.PartyID]*demoNode{}
	for _, self := range parties {
		p, err := d.party(self)
		if err != nil {
			return err
		}
		settings, err := nodes.LoadSettings(filepath.Join(d.path("network"), string(self)+".yaml"))
		if err != nil {
			return err
		}
		prog, n, err := openNode(ctx, p, settings)
		if err != nil {
			return err
		}
		d.nodes[self] = &demoNode{prog, n}
	}
	return nil
}

func (d *demo) close() (err error) {
	if d.hub != nil {
		err = errors.Join(err, d.hub.close())
	}
	for _, n := range d.nodes {
		err = errors.Join(err, n.close())
	}
	err = errors.Join(err, d.broker.Close())
	if d.log != nil {
		err = errors.Join(err, d.log.Close())
	}
	return err
}

// seedAll fills the nodes, two at a time, while their events already flow, and waits until the hub has answered for all of them. What
// is there is left alone, so an interrupted seeding goes on at the next start.
func (d *demo) seedAll(ctx context.Context, seeded bool) error {
	if seeded {
		return nil
	}
	began := time.Now()
	fmt.Fprintf(d.out.err, "seeding demonstration data in %s: published turnover x %s\n", d.dir, d.scale)
	left, stop := context.WithCancel(ctx)
	defer stop()
	var visitors errgroup.Group // the nodes that left speak once more, to tell their history
	for _, p := range gone {
		visitors.Go(func() error { return d.nodes[p].channel(left) })
	}
	if err := d.seedNodes(ctx); err != nil {
		return err
	}
	if err := d.drain(ctx); err != nil {
		return err
	}
	stop()
	if err := visitors.Wait(); err != nil {
		return err
	}
	if err := d.letGo(); err != nil {
		return err
	}
	fmt.Fprintf(d.out.err, "seeded in %.1f s\n", time.Since(began).Seconds())
	return os.WriteFile(d.path("scale"), fmt.Appendf(nil, "%s ready %s\n", d.scale, d.begun), 0o600)
}

// letGo enters into the registry that the nodes that left have left: nobody waits for a sign of life of theirs.
func (d *demo) letGo() error {
	hub, err := d.party(contracts.Hub)
	if err != nil {
		return err
	}
	for _, p := range gone {
		if hub.registry.Directory().Left(p) {
			continue // an interrupted seeding came this far
		}
		line, err := hub.registry.Leave(p, "left the network years ago; its history stays", time.Now()).Sign(hub.key)
		if err != nil {
			return fmt.Errorf("let %s go: %w", p, err)
		}
		if hub.registry, err = federation.AppendRegistry(d.path("network"), line); err != nil {
			return fmt.Errorf("let %s go: %w", p, err)
		}
	}
	return nil
}

// until is the last month of a party's data: the one before the first start, and for those that left the last of the reports.
func (d *demo) until(p contracts.PartyID) contracts.Month {
	if slices.Contains(gone, p) {
		return contracts.Month{}
	}
	return d.begun.Month().First().AddDays(-1).Month()
}

func (d *demo) seedNodes(ctx context.Context) error {
	var work errgroup.Group
	work.SetLimit(2)
	for _, p := range slices.Concat(here, gone) {
		work.Go(func() error {
			n := d.nodes[p].node
			documents, err := seed.Fill(ctx, n, d.scale, demonstrationRate, d.until(p))
			if err != nil {
				return fmt.Errorf("seed %s: %w", p, err)
			}
			fmt.Fprintf(d.out.err, "  %s  %5d documents\n", n.Adapter.Code, documents)
			return nil
		})
	}
	return work.Wait()
}

// demonstrationRate looks into the hub's demonstration table, so that amounts made from EUR convert back to the cent.
func demonstrationRate(c contracts.Currency, on contracts.Date) (decimal.Decimal, error) {
	all, err := rates.Demonstration()
	if err != nil {
		return decimal.Zero, err
	}
	for _, r := range all {
		if r.Currency == c && !on.Before(r.Since) && !on.After(r.Until) {
			return r.PerEUR, nil
		}
	}
	return decimal.Zero, fmt.Errorf("the demonstration has no rate of %s on %s", c, on)
}

// drain waits until every node holds a receipt for all it sent.
func (d *demo) drain(ctx context.Context) error {
	for _, n := range d.nodes {
		for {
			status, err := n.node.Channel.Status(ctx)
			if err != nil {
				return err
			}
			waiting := int64(0)
			for _, s := range status {
				waiting += s.Pending
			}
			if waiting == 0 {
				break
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	return nil
}

func (d *demo) announce() {
	fmt.Fprintf(d.out.out, "\nPasserelle demonstration: invented invoices, published totals x %s\n\n  hub  %s\n", d.scale, d.hub.accounts.URL)
	for _, p := range here {
		n := d.nodes[p].node
		fmt.Fprintf(d.out.out, "  %s   %s  %s\n", p, n.Accounts.URL, n.Adapter.Name.EN)
	}
	fmt.Fprintf(d.out.out, "\nThe pages ask who you are: choose a persona. Data in %s. Ctrl-C stops; the next start goes on with them.\n", d.dir)
}
