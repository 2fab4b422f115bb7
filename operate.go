package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/internal/federation"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/nodes"
)

// stored names the database of a party that a command reads, whether the party runs or not. The command never writes to it.
type stored struct {
	DB    string            `help:"Database of the hub or a node: a file for SQLite, or postgres://user@host/name. It is only read." placeholder:"DSN" required:""`
	Party contracts.PartyID `help:"Whose database it is, hub or a country such as be; default: what its messages say."`
	JSON  bool              `help:"Print JSON."`
}

// unable turns every error into exit code 2: what a person got wrong is no finding in the data.
func unable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%v", err)
}

// open opens the database with the tables its party has.
func (s stored) open(ctx context.Context) (*storage.DB, contracts.PartyID, error) {
	self, err := s.owner(ctx)
	if err != nil {
		return nil, "", unable(err)
	}
	sets := hub.Migrations()
	if self != contracts.Hub {
		sets = nodes.Migrations()
	}
	db, err := storage.OpenReadOnly(ctx, s.DB, sets...)
	return db, self, unable(err)
}

func (s stored) owner(ctx context.Context) (contracts.PartyID, error) {
	if s.Party == contracts.Hub {
		return s.Party, nil
	}
	if s.Party != "" {
		return nodeParty(string(s.Party))
	}
	db, err := storage.OpenReadOnly(ctx, s.DB, federation.Migrations)
	if err != nil {
		return "", err
	}
	self, err := federation.Owner(ctx, db)
	return self, errors.Join(err, db.Close())
}

// read runs do on one consistent state of the database.
func (s stored) read(ctx context.Context, do func(ctx context.Context, q storage.Querier, self contracts.PartyID) error) error {
	db, self, err := s.open(ctx)
	if err != nil {
		return err
	}
	err = db.Read(ctx, func(ctx context.Context, q storage.Querier) error { return do(ctx, q, self) })
	return unable(errors.Join(err, db.Close()))
}

type digestCommand struct{ stored }

// Run prints the digest of each country. Hub and node are in step when theirs are equal.
func (c digestCommand) Run(ctx context.Context, o output) error {
	var digests []federation.Digest
	err := c.read(ctx, func(ctx context.Context, q storage.Querier, self contracts.PartyID) (err error) {
		digests, err = federation.Digests(ctx, q, self)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(o, digests)
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "country\tsequence\tfacts\tdigest")
	for _, d := range digests {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", d.Country, d.Sequence, d.Facts, d.Digest)
	}
	return w.Flush()
}

type exportLogCommand struct {
	stored
	Output string `help:"File to write; one that exists is refused." short:"o" placeholder:"FILE" required:""`
}

// Run writes the exact frames of every channel into a new file. A file that could not be finished is removed.
func (c exportLogCommand) Run(ctx context.Context, o output) error {
	file, err := os.OpenFile(c.Output, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	var header federation.LogHeader
	err = c.read(ctx, func(ctx context.Context, q storage.Querier, self contracts.PartyID) (err error) {
		header, err = federation.ExportLog(ctx, q, self, file)
		return err
	})
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(c.Output))
	}
	if c.JSON {
		return printJSON(o, header)
	}
	for _, ch := range header.Channels {
		fmt.Fprintf(o.out, "%s: %d sent, %d answered, %d received\n", ch.Peer, ch.Sent, ch.Answers, ch.Received)
	}
	return nil
}

type peersCommand struct{ stored }

// Run shows how the channels stand, as the running program sees them or the last one saw them. An urgent alarm is a finding.
func (c peersCommand) Run(ctx context.Context, o output) error {
	db, self, err := c.open(ctx)
	if err != nil {
		return err
	}
	weigh := federation.WeighFunc(ledger.Sums)
	if self == contracts.Hub {
		weigh = nil
	}
	condition, err := federation.ConditionOf(ctx, db, self, time.Now(), weigh)
	if err := errors.Join(err, db.Close()); err != nil {
		return unable(err)
	}
	var result error
	if slices.ContainsFunc(condition.Alarms, func(a federation.Alarm) bool { return a.Severity == federation.Urgent }) {
		result = errFound
	}
	if c.JSON {
		return errors.Join(printJSON(o, condition), result)
	}
	return errors.Join(showPeers(o, condition), result)
}

func showPeers(o output, c federation.Condition) error {
	switch {
	case c.Started.IsZero():
		fmt.Fprintln(o.out, "no program has worked on these books yet")
	case !c.Running:
		fmt.Fprintf(o.out, "no program works on these books; as of %s\n", instant(c.At))
	}
	for _, a := range c.Alarms {
		fmt.Fprintf(o.out, "%s %s %s, since %s: %s\n  %s\n", strings.ToUpper(string(a.Severity)), a.Code, a.Peer, instant(a.Since), a.Message, a.Remedy)
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "peer\tepoch\tstanding\theard\tsent\tpending\trefused\treceived\tlag\tparked\trejected\tregistry\t")
	for _, s := range c.Channels {
		rejected, note := int64(0), ""
		for _, times := range s.Rejected {
			rejected += times
		}
		switch {
		case s.Left:
			note = "has left the network"
		case s.Unmet():
			note = "has not connected yet"
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", s.Peer, s.Epoch, s.Standing, instant(s.Heard), s.Sent, s.Pending, s.Refused, s.Received, s.Lag, s.Parked, rejected, s.Registry, note)
	}
	fmt.Fprintf(w, "registry\t%d entries\n", c.Registry.Number)
	return w.Flush()
}

// instant writes a moment for people, and for never says so.
func instant(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}
