package boardpack

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"passerelle/contracts"
	"passerelle/internal/web"
)

// Issue is a pack that was made for a meeting: which moment it shows, and the digest of each of its files.
type Issue struct {
	Number int       `json:"number"` // 1 is the first
	By     string    `json:"by"`     // opaque id of who made it
	AsOf   time.Time `json:"as_of"`
	Meeting
	Files []File `json:"files"` // a PDF and a workbook in each language
}

// File is one file of a pack.
type File struct {
	Name   string `json:"name"` // board-pack-2026-11-26-fr.pdf
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
	Data   []byte `json:"-"`
}

// Store keeps which packs were issued.
type Store interface {
	Reader
	// Packs lists the packs that were issued, by number.
	Packs(ctx context.Context) ([]Issue, error)
	// AddPack notes a pack, whose number must not be taken.
	AddPack(ctx context.Context, i Issue) error
}

// Check returns the faults of a meeting's day.
func (m Meeting) Check(today contracts.Date) error {
	var fs contracts.Faults
	switch {
	case m.Day.IsZero():
		fs.Addf(contracts.FaultMissing, "day", "give the day of the meeting", "no day")
	case m.Day.After(today.AddDays(366)):
		fs.Addf(contracts.FaultDate, "day", "make the pack when the meeting is near", "the meeting is more than a year away")
	case !m.Since.IsZero() && !m.Since.Before(m.Day):
		fs.Addf(contracts.FaultDate, "since", "give an earlier day, or none", "the meeting before is not before the meeting")
	}
	if len(m.Title) > 200 {
		fs.Addf(contracts.FaultTooLarge, "title", "a few words are enough", "too long")
	}
	return fs.Err()
}

// Make writes a file of a pack: kind is "pdf" or "xlsx".
func (p Pack) Make(l *web.Locale, kind string) (File, error) {
	write := p.PDF
	if kind == "xlsx" {
		write = p.XLSX
	}
	data, err := write(l)
	if err != nil {
		return File{}, err
	}
	sum := sha256.Sum256(data)
	return File{Name: fmt.Sprintf("board-pack-%s-%s.%s", p.Meeting.Day, l.Code(), kind), Bytes: len(data), SHA256: hex.EncodeToString(sum[:]), Data: data}, nil
}

// All writes every file of a pack, in each of some languages.
func (p Pack) All(languages []*web.Locale) (files []File, err error) {
	for _, l := range languages {
		for _, kind := range []string{"pdf", "xlsx"} {
			f, err := p.Make(l, kind)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
	}
	return files, nil
}

// Again makes the pack of an issue again, from the data of its moment.
func (i Issue) Again(ctx context.Context, r Reader) (Pack, error) {
	d, err := Read(ctx, r, i.AsOf)
	if err != nil {
		return Pack{}, err
	}
	return New(i.Meeting, d)
}

// File finds a file of the issue by its name.
func (i Issue) File(name string) (File, bool) {
	at := slices.IndexFunc(i.Files, func(f File) bool { return f.Name == name })
	if at < 0 {
		return File{}, false
	}
	return i.Files[at], true
}

// Language is the language and the kind that the name of a file ends on.
func (f File) Language() (l *web.Locale, kind string) {
	name, kind, _ := strings.Cut(f.Name, ".")
	return web.LocaleNamed(name[strings.LastIndex(name, "-")+1:]), kind
}

// Same compares files that were made again with those that were issued, by their names.
func (i Issue) Same(again []File) (differ []string) {
	for _, f := range again {
		if issued, found := i.File(f.Name); !found || issued.SHA256 != f.SHA256 {
			differ = append(differ, f.Name)
		}
	}
	return differ
}

// SameSources tells whether two readings of a moment found as much: what the hub keeps only grows, so that more means other.
func (d Data) SameSources(o Data) bool {
	return cmp.Or(cmp.Compare(len(d.Entries), len(o.Entries)), cmp.Compare(len(d.Reports), len(o.Reports)), cmp.Compare(len(d.Profiles), len(o.Profiles)), cmp.Compare(len(d.Published), len(o.Published))) == 0
}
