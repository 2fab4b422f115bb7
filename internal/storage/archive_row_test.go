package storage

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzValuesOfACopy reads bytes of anybody's as values: what can be read is no longer than the bytes it came from, and reads the same once
// written again; an end inside a value is never taken for the end of the copy.
func FuzzValuesOfACopy(f *testing.F) {
	f.Add([]byte("-01i\x0et\x01ab\x00"))
	f.Add([]byte("b\xff\xff\xff\xff\x07x"))
	f.Add([]byte("t\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Add([]byte("i\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bufio.NewReader(bytes.NewReader(b))
		for {
			v, err := readValue(r)
			if errors.Is(err, io.EOF) {
				t.Fatal("the end inside a value reads as the end")
			}
			if err != nil {
				return
			}
			written, err := appendValue(nil, v)
			if err != nil || len(written) > len(b) {
				t.Fatalf("%v of %d bytes is written as %d: %v", v, len(b), len(written), err)
			}
			again, err := readValue(bufio.NewReader(bytes.NewReader(written)))
			if d := cmp.Diff(v, again); err != nil || d != "" {
				t.Fatalf("%v: %s", err, d)
			}
		}
	})
}
