package storage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// mostValues bounds the parameters of one INSERT; both engines take many more.
const mostValues = 1000

// Load puts the rows that WriteRows wrote into the empty tables of tx, exactly as they were. Values travel as parameters only, names are
// those of the sets (see Fits). Triggers rest meanwhile and foreign keys are checked at the end, as when PostgreSQL's own tools
// restore: the rows passed both when they were written. Progress is told after each row.
func (db *DB) Load(ctx context.Context, tx *Tx, c Contents, r io.Reader, progress func()) error {
	guards, err := db.lowerGuards(ctx, tx)
	if err != nil {
		return fmt.Errorf("rest triggers: %w", err)
	}
	rows := bufio.NewReaderSize(r, 1<<16)
	for _, t := range c.Tables {
		if err := loadTable(ctx, tx, t, rows, progress); err != nil {
			return fmt.Errorf("load %s: %w", t.Name, err)
		}
	}
	if _, err := rows.ReadByte(); !errors.Is(err, io.EOF) {
		return errors.Join(errors.New("load: more rows follow than were announced"), err)
	}
	if err := db.raiseGuards(ctx, tx, guards); err != nil {
		return fmt.Errorf("restore triggers and foreign keys: %w", err)
	}
	return db.continueCounting(ctx, tx)
}

func loadTable(ctx context.Context, tx *Tx, t TableContents, r *bufio.Reader, progress func()) error {
	perInsert := int64(max(1, mostValues/len(t.Columns)))
	values := make([]any, 0, mostValues)
	for left := t.Rows; left > 0; {
		n := min(left, perInsert)
		values = values[:0]
		for range n {
			for range t.Columns {
				v, err := readValue(r)
				if err != nil {
					return fmt.Errorf("row %d of %d: %w", t.Rows-left+1, t.Rows, err)
				}
				values = append(values, v)
			}
			progress()
		}
		if _, err := tx.ExecContext(ctx, insertion(t, int(n)), values...); err != nil {
			return err
		}
		left -= n
	}
	var stored int64 // a row that vanished on the way would be a fault of ours, and must not pass
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+quoted(t.Name)).Scan(&stored); err != nil {
		return err
	}
	if stored != t.Rows {
		return fmt.Errorf("%d rows were announced, %d are there", t.Rows, stored)
	}
	return nil
}

// insertion is one statement of n rows.
func insertion(t TableContents, n int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + quoted(t.Name) + " (" + t.columns() + ") VALUES ")
	for i := range n * len(t.Columns) {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%len(t.Columns) == 0:
			b.WriteString("),(")
		default:
			b.WriteByte(',')
		}
		b.WriteString("$" + strconv.Itoa(i+1))
	}
	return b.String() + ")"
}

// guards are the statements that put triggers and foreign keys back as the migrations made them.
type guards []string

func (db *DB) lowerGuards(ctx context.Context, tx *Tx) (guards, error) {
	if db.engine == Postgres {
		return lowerPostgres(ctx, tx)
	}
	return lowerSQLite(ctx, tx)
}

func lowerSQLite(ctx context.Context, tx *Tx) (guards, error) {
	back, err := All(ctx, tx, scanText, `SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	down, err := All(ctx, tx, scanText, `SELECT 'DROP TRIGGER "' || name || '"' FROM sqlite_master WHERE type = 'trigger' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	return back, execute(ctx, tx, append(down, "PRAGMA defer_foreign_keys = ON")) // until the commit, which checks them
}

// ofThisSchema are the foreign keys that are checked with each statement; those that are deferred already stay so.
const ofThisSchema = ` FROM pg_constraint WHERE contype = 'f' AND NOT condeferrable AND connamespace = current_schema()::regnamespace ORDER BY conname`

func lowerPostgres(ctx context.Context, tx *Tx) (guards, error) {
	const triggers = ` FROM pg_trigger WHERE NOT tgisinternal AND (SELECT relnamespace FROM pg_class WHERE oid = tgrelid) = current_schema()::regnamespace ORDER BY 1`
	var back, down []string
	for _, part := range []struct {
		into  *[]string
		query string
	}{
		{&down, `SELECT DISTINCT 'ALTER TABLE ' || tgrelid::regclass || ' DISABLE TRIGGER USER'` + triggers},
		{&down, `SELECT 'ALTER TABLE ' || conrelid::regclass || ' ALTER CONSTRAINT ' || quote_ident(conname) || ' DEFERRABLE INITIALLY DEFERRED'` + ofThisSchema},
		{&back, `SELECT DISTINCT 'ALTER TABLE ' || tgrelid::regclass || ' ENABLE TRIGGER USER'` + triggers},
		{&back, `SELECT 'ALTER TABLE ' || conrelid::regclass || ' ALTER CONSTRAINT ' || quote_ident(conname) || ' NOT DEFERRABLE'` + ofThisSchema},
	} {
		statements, err := All(ctx, tx, scanText, part.query)
		if err != nil {
			return nil, err
		}
		*part.into = append(*part.into, statements...)
	}
	return back, execute(ctx, tx, down)
}

func (db *DB) raiseGuards(ctx context.Context, tx *Tx, back guards) error {
	if db.engine == Postgres { // checks the foreign keys now: a table with checks outstanding cannot be altered
		back = append(guards{"SET CONSTRAINTS ALL IMMEDIATE"}, back...)
	}
	return execute(ctx, tx, back)
}

// continueCounting lets PostgreSQL go on after the numbers that were loaded; SQLite does so by itself.
func (db *DB) continueCounting(ctx context.Context, tx *Tx) error {
	if db.engine == SQLite {
		return nil
	}
	statements, err := All(ctx, tx, scanText, `SELECT format('SELECT setval(pg_get_serial_sequence(%L, %L), MAX(%I)) FROM %I', quote_ident(table_name), column_name, column_name, table_name)
		FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES' ORDER BY table_name`)
	if err != nil {
		return err
	}
	return execute(ctx, tx, statements) // of an empty table MAX is NULL, and setval leaves the sequence alone
}

func execute(ctx context.Context, tx *Tx, statements []string) error {
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}
