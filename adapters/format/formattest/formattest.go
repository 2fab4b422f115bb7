// Package formattest holds what the tests of several formats need: the published documents, and a way to compare XML by
// what it says.
package formattest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
)

// Same compares documents: dates by their day, numbers with their decimals.
var Same = cmp.Comparer(func(a, b contracts.Date) bool { return a == b })

// Published returns the published documents of a syntax ("ubl", "cii") by file name, from the folder testdata/published.
func Published(t testing.TB, folder fs.FS, syntax string) map[string][]byte {
	t.Helper()
	files, err := fs.Glob(folder, "*."+syntax+".xml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no published documents in %s: %v", syntax, err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		if all[file], err = fs.ReadFile(folder, file); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// Values lists each text of a document in order, with its path and attributes, as the standard library reads them.
func Values(t testing.TB, b []byte) (all []string) {
	t.Helper()
	decoder, path, attrs := xml.NewDecoder(bytes.NewReader(b)), []string{}, ""
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path, attrs = append(path, token.Name.Local), attributes(token.Attr)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if strings.TrimSpace(string(token)) != "" {
				all = append(all, strings.Join(path, "/")+attrs+"="+string(token))
			}
		}
	}
}

func attributes(attrs []xml.Attr) (s string) {
	for _, a := range attrs {
		if a.Name.Space == "" && a.Name.Local != "xmlns" {
			s += fmt.Sprintf(" %s=%s", a.Name.Local, a.Value)
		}
	}
	return s
}
