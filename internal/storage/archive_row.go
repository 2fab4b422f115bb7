package storage

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// A row of a copy is its values one after the other. A value is a byte for its kind and what follows it: an integer as a varint of
// encoding/binary, text and bytes as their length (uvarint) and themselves. The kinds keep exactly what both engines keep.
const (
	kindNull  = '-'
	kindInt   = 'i'
	kindText  = 't'
	kindBytes = 'b'
	kindFalse = '0'
	kindTrue  = '1'
)

// archiveRow takes the values of one row after the other.
type archiveRow struct {
	values  []any
	targets []any // pointers to the values, for Scan
	types   []*sql.ColumnType
	buffer  []byte
}

func newArchiveRow(columns int) *archiveRow {
	row := &archiveRow{values: make([]any, columns), targets: make([]any, columns)}
	for i := range row.values {
		row.targets[i] = &row.values[i]
	}
	return row
}

// read takes the values of the row at hand. SQLite keeps truth as an integer, and its driver says so of a value of no given type.
func (row *archiveRow) read(r *sql.Rows) error {
	if err := r.Scan(row.targets...); err != nil {
		return err
	}
	if row.types == nil {
		var err error
		if row.types, err = r.ColumnTypes(); err != nil {
			return err
		}
	}
	for i, t := range row.types {
		if n, ok := row.values[i].(int64); ok && t.DatabaseTypeName() == "BOOLEAN" {
			row.values[i] = n != 0
		}
	}
	return nil
}

func (row *archiveRow) write(w io.Writer) (err error) {
	row.buffer = row.buffer[:0]
	for _, v := range row.values {
		if row.buffer, err = appendValue(row.buffer, v); err != nil {
			return err
		}
	}
	_, err = w.Write(row.buffer)
	return err
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, kindNull), nil
	case int64:
		return binary.AppendVarint(append(b, kindInt), v), nil
	case string:
		return append(binary.AppendUvarint(append(b, kindText), uint64(len(v))), v...), nil
	case []byte:
		return append(binary.AppendUvarint(append(b, kindBytes), uint64(len(v))), v...), nil
	case bool:
		if v {
			return append(b, kindTrue), nil
		}
		return append(b, kindFalse), nil
	}
	return nil, fmt.Errorf("a value of type %T has no place in a copy", v)
}

// readValue reads what appendValue wrote. It takes no more memory than there are bytes, whatever length a value claims.
func readValue(r *bufio.Reader) (any, error) {
	kind, err := r.ReadByte()
	if err != nil {
		return nil, unexpected(err)
	}
	switch kind {
	case kindNull:
		return nil, nil
	case kindFalse, kindTrue:
		return kind == kindTrue, nil
	case kindInt:
		n, err := binary.ReadVarint(r)
		return n, unexpected(err)
	case kindText:
		b, err := readBytes(r)
		return string(b), err
	case kindBytes:
		return readBytes(r)
	}
	return nil, fmt.Errorf("%q is no kind of value", kind)
}

func readBytes(r *bufio.Reader) ([]byte, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return nil, unexpected(err)
	}
	if n > math.MaxInt32 {
		return nil, fmt.Errorf("a value of %d bytes is longer than any database keeps", n)
	}
	b := bytes.Buffer{}
	if _, err := io.CopyN(&b, r, int64(n)); err != nil {
		return nil, unexpected(err)
	}
	return append([]byte{}, b.Bytes()...), nil // never nil: empty bytes are not NULL
}

// unexpected names the end of the copy inside of a row for what it is.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
