// Package consolidation makes the network table: per country legal form, age, offices, staff, users, turnover, its change
// and the contribution. There are two, side by side and never mixed: the table a report published, kept word for word, and the
// one computed from what the nodes sent.
package consolidation

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"time"

	"passerelle/contracts"
)

// Table is a published table as it was filed: text, exactly as the file has it.
type Table struct {
	Year    int        `json:"year"`
	Source  string     `json:"source"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// Filing is a table with its place in the history of its year.
type Filing struct {
	Table
	Version int // from 1; the newest one counts
	Filed   time.Time
}

// PublishedStore keeps published tables, every version.
type PublishedStore interface {
	// PublishedTable returns the newest version of a year, false when there is none.
	PublishedTable(ctx context.Context, year int) (Filing, bool, error)
	// AddPublishedTable keeps a new version.
	AddPublishedTable(ctx context.Context, f Filing) error
}

// File keeps a published table. The table that is already the newest of its year changes nothing; any other becomes a
// new version, and the old one is kept.
func File(ctx context.Context, s PublishedStore, t Table, at time.Time) error {
	if t.Source == "" || t.Year < 1900 || t.Year > 2199 {
		return contracts.Fault{Code: contracts.FaultMissing, Field: "source", Message: "a published table has a year and a source",
			Remedy: "say where it was published"}
	}
	newest, found, err := s.PublishedTable(ctx, t.Year)
	if err != nil {
		return fmt.Errorf("file table of %d: %w", t.Year, err)
	}
	if found && newest.equal(t) {
		return nil
	}
	if err := s.AddPublishedTable(ctx, Filing{Table: t, Version: newest.Version + 1, Filed: at}); err != nil {
		return fmt.Errorf("file table of %d: %w", t.Year, err)
	}
	return nil
}

func (t Table) equal(o Table) bool {
	return t.Source == o.Source && slices.Equal(t.Columns, o.Columns) && slices.EqualFunc(t.Rows, o.Rows, slices.Equal)
}

// Column returns the place of a column, -1 when the table has none of that name.
func (t Table) Column(name string) int { return slices.Index(t.Columns, name) }

// Report is a published table that comes with the program.
type Report struct {
	Year   int
	Source string
	CSV    []byte
}

//go:embed published/network-2016.csv
var table2016 []byte

//go:embed published/network-2023.csv
var table2023 []byte

// Reports lists the tables of the annual reports, carried over by hand; the note columns say where the print is unclear.
var Reports = []Report{
	{2016, "SMart annual report 2016 (Dutch), chapter VI, table of the eight European entities", table2016},
	{2023, "Smart annual report 2023 (Dutch), 'Europees netwerk', table version 30/04/24", table2023},
}
