package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/internal/federation"
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
	sets := []storage.MigrationSet{hub.Migrations, federation.Migrations}
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

// Run shows how the channels stand. A frozen channel, or one that waits for a newer program, is a finding.
func (c peersCommand) Run(ctx context.Context, o output) error {
	db, self, err := c.open(ctx)
	if err != nil {
		return err
	}
	status, err := federation.StatusOf(ctx, db, self)
	if err := errors.Join(err, db.Close()); err != nil {
		return unable(err)
	}
	return showPeers(o, status, c.JSON)
}

func showPeers(o output, status []federation.ChannelStatus, asJSON bool) error {
	var result error
	for _, s := range status {
		if s.Frozen || s.WaitingFor != "" {
			result = errFound
		}
	}
	if asJSON {
		return errors.Join(printJSON(o, status), result)
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "peer\tsent\tpending\trefused\treceived\tparked\trejected\theard\t")
	for _, s := range status {
		rejected, heard, note := int64(0), "never", ""
		for _, times := range s.Rejected {
			rejected += times
		}
		if !s.Heard.IsZero() {
			heard = s.Heard.UTC().Format(time.RFC3339)
		}
		switch {
		case s.Frozen:
			note = "FROZEN: two histories were signed"
		case s.WaitingFor != "":
			note = "waits for a program that knows " + string(s.WaitingFor)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", s.Peer, s.Sent, s.Pending, s.Refused, s.Received, s.Parked, rejected, heard, note)
	}
	return errors.Join(w.Flush(), result)
}
