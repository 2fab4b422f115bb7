package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/hub/boardpack"
	"passerelle/hub/store"
	"passerelle/internal/storage"
	"passerelle/internal/web"
)

type planPack struct {
	DB       string   `help:"The hub's database: a file for SQLite, or postgres://user@host/name." placeholder:"DSN" required:""`
	Meeting  string   `help:"Day of the meeting, such as 2026-11-26. The pack that was issued for it is made again and compared; where none was, one is made of what is there now." placeholder:"DAY" required:""`
	Out      string   `help:"Folder into which the files are written." type:"path" default:"."`
	Title    string   `help:"What the meeting is called, where no pack was issued."`
	Since    string   `help:"Day of the meeting before, where no pack was issued. By default the latest one with a decision." placeholder:"DAY"`
	Language []string `help:"Languages of the files." default:"nl,fr,en"`
	JSON     bool     `help:"Print what was made as JSON."`
}

// packOutput is what --json prints.
type packOutput struct {
	Issued bool `json:"issued"` // for this meeting, at this moment
	boardpack.Issue
	Differ []string `json:"differ"` // files whose bytes are not those that were issued
}

// Run writes the files of a meeting's pack.
func (c planPack) Run(ctx context.Context, o output) error {
	m, languages, err := c.asked()
	if err != nil {
		return err
	}
	db, err := storage.OpenReadOnly(ctx, c.DB, hub.Migrations()...)
	if err != nil {
		return unable(err)
	}
	made, err := packOf(ctx, store.Read(db), m, languages, time.Now())
	if err := errors.Join(err, db.Close()); err != nil {
		return unable(err)
	}
	for _, f := range made.Files {
		if err := os.WriteFile(filepath.Join(c.Out, f.Name), f.Data, 0o600); err != nil {
			return unable(err)
		}
	}
	if c.JSON {
		err = printJSON(o, made)
	} else {
		err = made.print(o)
	}
	if err == nil && len(made.Differ) > 0 {
		return errFound
	}
	return err
}

func (c planPack) asked() (m boardpack.Meeting, languages []*web.Locale, err error) {
	var fs contracts.Faults
	m.Title = c.Title
	if m.Day, err = contracts.ParseDate(c.Meeting); err != nil {
		fs.Addf(contracts.FaultDate, "--meeting", "write it as 2026-11-26", "%.40q is no day", c.Meeting)
	}
	if c.Since != "" {
		if m.Since, err = contracts.ParseDate(c.Since); err != nil {
			fs.Addf(contracts.FaultDate, "--since", "write it as 2026-10-22", "%.40q is no day", c.Since)
		}
	}
	for _, code := range c.Language {
		l := web.LocaleNamed(code)
		if l.Code() != code {
			fs.Addf(contracts.FaultInvalid, "--language", "choose of en, nl, fr, de, it, es, sv, hu", "%.40q is no language of the pages", code)
		}
		languages = append(languages, l)
	}
	return m, languages, fs.Err()
}

// packOf makes the pack that was issued last for the meeting again; where none was, one of now.
func packOf(ctx context.Context, r store.Reader, m boardpack.Meeting, languages []*web.Locale, now time.Time) (out packOutput, err error) {
	issued, err := r.Packs(ctx)
	if err != nil {
		return out, err
	}
	out.Issue = boardpack.Issue{AsOf: now, Meeting: m}
	for _, i := range issued {
		if i.Day == m.Day {
			out.Issued, out.Issue = true, i
		}
	}
	pack, err := out.Again(ctx, r)
	if err != nil {
		return out, err
	}
	files, err := pack.All(languages)
	if err != nil {
		return out, err
	}
	out.Differ = []string{}
	if out.Issued {
		out.Differ = append(out.Differ, out.Same(files)...)
	}
	out.AsOf, out.Meeting, out.Files = pack.AsOf, pack.Meeting, files
	return out, nil
}

func (p packOutput) print(o output) error {
	for _, f := range p.Files {
		fmt.Fprintf(o.out, "%s  %s\n", f.SHA256, f.Name)
	}
	switch {
	case len(p.Differ) > 0:
		fmt.Fprintf(o.err, "passerelle: %d files are not those that were issued as pack %d: this program writes otherwise, or the data of the moment changed\n", len(p.Differ), p.Number)
	case p.Issued:
		fmt.Fprintf(o.err, "pack %d of %s, byte for byte\n", p.Number, p.AsOf.Format(time.RFC3339))
	default:
		fmt.Fprintln(o.err, "no pack was issued for this day: this is what is there now")
	}
	return nil
}
