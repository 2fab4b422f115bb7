package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var named = regexp.MustCompile("`((?:[A-Za-z]+\\.)*[A-Za-z]+)`")

// TestTheLifeOfAnInvoiceNamesWhatIsThere keeps the page that newcomers follow in step with the code.
func TestTheLifeOfAnInvoiceNamesWhatIsThere(t *testing.T) {
	page, err := os.ReadFile("docs/life-of-an-invoice.md")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	err = filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return err
		}
		b, err := os.ReadFile(file)
		source.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	names := named.FindAllStringSubmatch(string(page), -1)
	if len(names) < 20 {
		t.Errorf("only %d names were found on the page", len(names))
	}
	for _, n := range names {
		last := n[1][strings.LastIndex(n[1], ".")+1:]
		if !regexp.MustCompile(`(func (\([^)]*\) )?|type )` + last + `\b`).MatchString(source.String()) {
			t.Errorf("the page speaks of %s, which is not there", n[1])
		}
	}
}
