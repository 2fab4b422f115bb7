package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"filippo.io/age"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
	"passerelle/nodes"
)

type backupCommand struct {
	Make backupMake `cmd:"" default:"withargs" help:"Copy the database of a party, running or not, into an encrypted and signed file."`
	Key  backupKey  `cmd:"" help:"Make a key for backups and print its recipient, which is no secret."`
}

type backupKey struct {
	Output string `help:"File for the secret key. Keep it apart from the backups: who has both reads everything." short:"o" placeholder:"FILE" required:""`
}

// Run makes the key, readable by its owner alone.
func (c backupKey) Run(o output) error {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.Output, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "# opens the backups made for %s\n%s\n", identity.Recipient(), identity)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(o.out, identity.Recipient())
	return err
}

type backupMake struct {
	stored
	Network string `help:"Folder with the network and the key of the party, which signs the backup." placeholder:"DIR" type:"existingdir" default:"passerelle-data/network"`
	To      string `help:"File with the recipients that passerelle backup key printed, one per line: who can open the backup." placeholder:"FILE" type:"existingfile" required:""`
	Output  string `help:"File to write; one that exists is refused." short:"o" placeholder:"FILE" required:""`
}

// backupSummary is what people want to know of a backup.
type backupSummary struct {
	backupHeader
	File   string `json:"file"`
	SHA256 string `json:"sha256"` // of the file
	Bytes  int64  `json:"bytes"`
}

// Run writes the backup of one consistent state. A file that could not be finished is removed.
func (c backupMake) Run(ctx context.Context, o output) error {
	recipients, err := readRecipients(c.To)
	if err != nil {
		return unable(err)
	}
	file, err := os.OpenFile(c.Output, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	s := backupSummary{File: c.Output}
	s.backupHeader, s.SHA256, err = c.write(ctx, file, recipients, o)
	if err == nil {
		s.Bytes, err = file.Seek(0, io.SeekCurrent)
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return unable(errors.Join(err, os.Remove(c.Output)))
	}
	if c.JSON {
		return printJSON(o, s)
	}
	fmt.Fprintf(o.out, "%s of network %s: %d rows of %d tables in %d bytes\nsha256 %s\n", s.Party, s.Network, s.Total(), len(s.Tables), s.Bytes, s.SHA256)
	return nil
}

func (c backupMake) write(ctx context.Context, file io.Writer, recipients []age.Recipient, o output) (h backupHeader, sum string, err error) {
	err = c.read(ctx, func(ctx context.Context, q storage.Querier, self contracts.PartyID) error {
		p, err := loadParty(self, c.Network)
		if err != nil {
			return err
		}
		h = backupHeader{Party: self, Network: p.directory.Network, Time: p.now().UTC().Truncate(time.Second)}
		if h.Channels, err = federation.Heads(ctx, q); err != nil {
			return err
		}
		if h.Contents, err = storage.Shape(ctx, migrationsOf(self)...); err != nil {
			return err
		}
		if err := h.Count(ctx, q); err != nil {
			return err
		}
		m := o.meter("rows", h.Total())
		sum, err = writeBackup(file, p, recipients, func(w io.Writer) error {
			return errors.Join(writeBackupHeader(w, h), h.WriteRows(ctx, q, w, func() { m.step(1) }))
		})
		m.end()
		return err
	})
	return h, sum, err
}

// migrationsOf are the tables of a party.
func migrationsOf(self contracts.PartyID) []storage.MigrationSet {
	if self == contracts.Hub {
		return hub.Migrations()
	}
	return nodes.Migrations()
}

// into names the database that a command makes, and the network it belongs to.
type into struct {
	DB      string `help:"Database to make: a SQLite file that is not there yet, or an empty one, postgres://user@host/name." placeholder:"DSN" required:""`
	Network string `help:"Folder with the network and the key of the party." placeholder:"DIR" type:"existingdir" default:"passerelle-data/network"`
	JSON    bool   `help:"Print JSON."`
}

type restoreCommand struct {
	File string `arg:"" help:"The backup." type:"existingfile"`
	into
	Identity string            `help:"File of the backup key." placeholder:"FILE" type:"existingfile" required:""`
	Party    contracts.PartyID `help:"Whose backup it must be, hub or a country such as be; default: any whose key is in the folder of the network."`
}

// Run restores the backup and then verifies the new database. A refused backup leaves no database; a finding of verify is exit code 1, and the
// database stays: it is what was saved.
func (c restoreCommand) Run(ctx context.Context, o output) error {
	identities, err := readIdentities(c.Identity)
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	h, p, err := c.restore(ctx, file, identities, o)
	if err = errors.Join(err, file.Close()); err != nil {
		return unable(fmt.Errorf("restore %s: %w", c.File, err))
	}
	return verified(ctx, o, p, c.into, verify, func() {
		fmt.Fprintf(o.out, "restored %s of network %s as of %s: %d rows of %d tables\n", h.Party, h.Network, h.Time.Format(time.RFC3339), h.Total(), len(h.Tables))
	})
}

func (c restoreCommand) restore(ctx context.Context, file *os.File, identities []age.Identity, o output) (h backupHeader, p party, err error) {
	b, p, err := c.check(ctx, file, o)
	if err != nil {
		return h, p, err
	}
	first, err := b.decrypt(ctx, identities)
	if err != nil {
		return h, p, err
	}
	h = first.header
	sets := migrationsOf(h.Party)
	if err := h.Fits(ctx, sets...); err != nil {
		return h, p, err
	}
	return h, p, storage.Fill(ctx, string(h.Party), c.DB, sets, func(ctx context.Context, db *storage.DB, tx *storage.Tx) error {
		inside, err := b.decrypt(ctx, identities) // anew, because a transaction may run twice
		if err != nil {
			return err
		}
		m := o.meter("rows", h.Total())
		err = db.Load(ctx, tx, h.Contents, inside.rows, func() { m.step(1) })
		m.end()
		if err != nil {
			return err
		}
		if err := federation.MarkRestored(ctx, tx, p.directory, p.self, p.now()); err != nil {
			return err
		}
		return inside.unchanged(first.line)
	})
}

// check finds out whose backup it is and whether that party made it.
func (c restoreCommand) check(ctx context.Context, file *os.File, o output) (b backupFile, p party, err error) {
	info, err := file.Stat()
	if err != nil {
		return b, p, err
	}
	directory, err := federation.LoadDirectory(c.Network)
	if err != nil {
		return b, p, err
	}
	m := o.meter("bytes checked", info.Size())
	b, err = checkBackup(ctx, file, info.Size(), directory, m.step)
	m.end()
	if err != nil {
		return b, p, err
	}
	if c.Party != "" && b.label.Party != c.Party {
		return b, p, contracts.Fault{Code: federation.FaultSender, Field: "--party", Message: fmt.Sprintf("it is a backup of %s", b.label.Party)}
	}
	p, err = loadParty(b.label.Party, c.Network)
	return b, p, err
}

// weigh is what is verified of a database.
type weigh func(ctx context.Context, q storage.Querier, self contracts.PartyID, directory *federation.Directory) ([]federation.Check, error)

// verified weighs a database that was just made, and shows what it finds after what was done.
func verified(ctx context.Context, o output, p party, into into, weigh weigh, done func()) error {
	var checks []federation.Check
	err := stored{DB: into.DB, Party: p.self}.read(ctx, func(ctx context.Context, q storage.Querier, self contracts.PartyID) (err error) {
		checks, err = weigh(ctx, q, self, p.directory)
		return err
	})
	if err != nil {
		return err
	}
	if !into.JSON {
		done()
	}
	return showChecks(o, checks, into.JSON)
}
