package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Contents says what a copy of a database holds: the version of each migration set, and the tables those migrations make, in the order
// in which their rows follow. What a database keeps of itself (its owner, its lease, its migrations) is no part of a copy.
type Contents struct {
	Versions map[string]int64 `json:"versions"`
	Tables   []TableContents  `json:"tables"`
}

// TableContents is one table of a copy.
type TableContents struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
}

// Total is the number of rows of all tables.
func (c Contents) Total() (n int64) {
	for _, t := range c.Tables {
		n += t.Rows
	}
	return n
}

// Shape returns the tables that the sets make, without rows. It makes them in memory and looks: so a copy names no other table or column
// than a migration does, and the same ones on both engines.
func Shape(ctx context.Context, sets ...MigrationSet) (c Contents, err error) {
	pool, err := sql.Open("sqlite", sqliteURI(":memory:", "_txlock=immediate"))
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	pool.SetMaxOpenConns(1) // each connection to ":memory:" would be a database of its own
	db := &DB{engine: SQLite, writer: pool, reader: pool}
	c.Versions = map[string]int64{}
	for _, set := range sets {
		if err := db.migrate(ctx, set); err != nil {
			return c, fmt.Errorf("look at the tables of %s: %w", set.Name, err)
		}
		var version int64
		if err := db.QueryRowContext(ctx, "SELECT MAX(version_id) FROM migration_"+set.Name).Scan(&version); err != nil {
			return c, err
		}
		c.Versions[set.Name] = version
	}
	return c, Each(ctx, db, c.add, `SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND t.name NOT LIKE 'migration\_%' ESCAPE '\' ORDER BY t.name, c.cid`)
}

func (c *Contents) add(r *sql.Rows) error {
	var table, column string
	if err := r.Scan(&table, &column); err != nil {
		return err
	}
	if len(c.Tables) == 0 || c.Tables[len(c.Tables)-1].Name != table {
		c.Tables = append(c.Tables, TableContents{Name: table})
	}
	last := &c.Tables[len(c.Tables)-1]
	last.Columns = append(last.Columns, column)
	return nil
}

// Fits tells whether a copy can be loaded into the tables that the sets make, and if not, why.
func (c Contents) Fits(ctx context.Context, sets ...MigrationSet) error {
	own, err := Shape(ctx, sets...)
	if err != nil {
		return err
	}
	if !maps.Equal(c.Versions, own.Versions) {
		return fmt.Errorf("the copy is of tables of version %v, this program makes version %v; use the program that made it", c.Versions, own.Versions)
	}
	same := func(a, b TableContents) bool {
		return a.Name == b.Name && slices.Equal(a.Columns, b.Columns) && a.Rows >= 0
	}
	if !slices.EqualFunc(c.Tables, own.Tables, same) {
		return errors.New("the copy has other tables or columns than this program makes; use the program that made it")
	}
	return nil
}

// Count fills in how many rows each table has in the state that q shows.
func (c Contents) Count(ctx context.Context, q Querier) error {
	for i, t := range c.Tables {
		if err := q.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+quoted(t.Name)).Scan(&c.Tables[i].Rows); err != nil {
			return fmt.Errorf("count rows of %s: %w", t.Name, err)
		}
	}
	return nil
}

// WriteRows writes every row of the tables, in the state that q shows and one row after the other, so that memory does not grow with
// the database. Call it in the same Read as Count. Progress is told after each row.
func (c Contents) WriteRows(ctx context.Context, q Querier, w io.Writer, progress func()) error {
	for _, t := range c.Tables {
		row := newArchiveRow(len(t.Columns))
		err := Each(ctx, q, func(r *sql.Rows) error {
			if err := row.read(r); err != nil {
				return err
			}
			progress()
			return row.write(w)
		}, "SELECT "+t.columns()+" FROM "+quoted(t.Name))
		if err != nil {
			return fmt.Errorf("copy %s: %w", t.Name, err)
		}
	}
	return nil
}

// quoted is a name as SQL reads it; names come from migrations alone.
func quoted(name string) string { return `"` + name + `"` }

func (t TableContents) columns() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = quoted(c)
	}
	return strings.Join(names, ", ")
}
