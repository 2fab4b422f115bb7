package main_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

// The house has floors, and a floor uses only those listed for it. "" is the program itself, which joins them all.
var floors = map[string][]string{
	"":          {"contracts", "adapters", "internal", "hub", "nodes"},
	"contracts": {},
	"adapters":  {"contracts"},
	"internal":  {"contracts"},
	"hub":       {"contracts", "internal"},
	"nodes":     {"contracts", "internal", "adapters"},
}

// why explains each floor to whoever broke the rule.
var why = map[string]string{
	"contracts": "contracts is the language that everybody speaks, other people's programs included; it depends on nobody",
	"adapters":  "an adapter is what differs between countries, pure and usable alone; give it what it needs as an argument",
	"internal":  "internal is plumbing that hub and nodes share; what knows the trade belongs to one of them",
	"hub":       "the hub knows no country's rules and no node, so that a new country joins without a change at the hub; they meet in an event",
	"nodes":     "a node works with the hub gone for a month; they meet in an event",
}

// impure are packages that a rule has no use for: contracts and adapters have no store, network, disk or chance.
var impure = []string{"database/sql", "net", "net/http", "os", "os/exec", "math/rand", "math/rand/v2", "crypto/rand"}

// broken returns the rule that file breaks by importing imported (both seen from the root of the module), or nothing.
func broken(file, imported string) string {
	folder := strings.Trim(path.Dir(file), ".")
	from, _, _ := strings.Cut(folder, "/")
	if _, known := floors[from]; !known {
		return fmt.Sprintf("the folder %s has no place in the house; say in imports_test.go what it may import", from)
	}
	target, ours := strings.CutPrefix(imported, "passerelle/")
	if !ours {
		return brokenPurity(file, from, imported)
	}
	to, _, _ := strings.Cut(target, "/")
	if to == from {
		return brokenWithin(from, folder, target)
	}
	for _, allowed := range floors[from] {
		if to == allowed {
			return ""
		}
	}
	return fmt.Sprintf("%s may not import %s: %s", from, to, why[from])
}

func brokenPurity(file, from, imported string) string {
	if from != "contracts" && from != "adapters" || strings.HasSuffix(file, "_test.go") || strings.HasSuffix(path.Dir(file), "test") { // a suite that others call
		return ""
	}
	for _, p := range impure {
		if imported == p {
			return fmt.Sprintf("%s may not import %s: its rules are plain functions, which anybody can run a million times; pass in what they need", from, imported)
		}
	}
	return ""
}

// brokenWithin keeps the features of a program, and the countries, apart from each other.
func brokenWithin(floor, folder, target string) string {
	from, to := room(folder), room(target)
	switch {
	case from == "" || from == to: // the package that wires the floor, or a part of the same feature
		return ""
	case floor == "adapters" && isCountry(to):
		return fmt.Sprintf("adapters/%s may not import the country %s: only the list in adapters names countries; what two share goes to adapters/country", from, to)
	case floor != "hub" && floor != "nodes":
		return ""
	case from == "seed": // fills a whole node through its own doors, as its users would
		return ""
	case to == "":
		return fmt.Sprintf("%s may not import %s, which wires it", folder, floor)
	case from == "store" && to != "web", from == "web", from == "boardpack" && to != "store": // web, and the board's pack on paper, show what features know; nothing below shows itself
		return ""
	case floor == "nodes" && to == "member": // who works is what every feature of a node speaks of, as the ledger speaks of accounts
		return ""
	case floor == "hub" && to == "ballot": // how co-operatives vote is what charter and pot speak in
		return ""
	case floor == "nodes" && to == "mobility": // rules alone, and the words of the law that cases, papers and messages speak in
		return ""
	}
	return fmt.Sprintf("%s/%s may not import %s/%s: features meet in an event, in the ledger, or in the function that wires them", floor, from, floor, to)
}

// room is the folder below the floor: outbound for nodes/outbound/series, nothing for nodes itself.
func room(folder string) string {
	_, rest, _ := strings.Cut(folder, "/")
	first, _, _ := strings.Cut(rest, "/")
	return first
}

func isCountry(room string) bool { return len(room) == 2 }

func TestImports(t *testing.T) {
	files := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && name != "." && (strings.HasPrefix(name, ".") || name == "testdata") {
			return fs.SkipDir
		}
		if path.Ext(file) != ".go" {
			return nil
		}
		files++
		imports, err := importsOf(file)
		for _, imported := range imports {
			if rule := broken(file, imported); rule != "" {
				t.Errorf("%s imports %s\n\t%s (the import rule)", file, imported, rule)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Errorf("only %d Go files were looked at", files)
	}
}

func importsOf(file string) ([]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var imports []string
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		imports = append(imports, imported)
	}
	return imports, nil
}

func TestTheImportRule(t *testing.T) {
	cases := []struct{ file, imported, want string }{
		{"main.go", "passerelle/hub", ""},
		{"main.go", "passerelle/nodes", ""},
		{"contracts/money.go", "fmt", ""},
		{"contracts/money.go", "database/sql/driver", ""},
		{"contracts/money.go", "database/sql", "may not import database/sql"},
		{"contracts/money.go", "passerelle/internal/storage", "depends on nobody"},
		{"contracts/money_test.go", "os", ""},
		{"adapters/be/be.go", "passerelle/contracts", ""},
		{"adapters/be/be.go", "passerelle/adapters/country", ""},
		{"adapters/be/be.go", "passerelle/adapters/fr", "the country fr"},
		{"adapters/country/tax.go", "passerelle/adapters/fr", "the country fr"},
		{"adapters/adapters.go", "passerelle/adapters/fr", ""},
		{"adapters/be/be.go", "net/http", "may not import net/http"},
		{"adapters/be/be.go", "passerelle/internal/storage", "usable alone"},
		{"internal/ledger/store.go", "passerelle/internal/storage", ""},
		{"internal/ledger/store.go", "passerelle/nodes", "internal may not import nodes"},
		{"hub/registry/registry.go", "passerelle/internal/federation", ""},
		{"hub/registry/registry.go", "passerelle/adapters/country", "without a change at the hub"},
		{"hub/registry/registry_test.go", "passerelle/adapters/country", "without a change at the hub"},
		{"hub/hub.go", "passerelle/nodes", "hub may not import nodes"},
		{"hub/hub.go", "passerelle/hub/store", ""},
		{"hub/store/registry.go", "passerelle/hub/registry", ""},
		{"hub/web/registry.go", "passerelle/hub/registry", ""},
		{"hub/web/registry.go", "passerelle/hub/store", ""},
		{"hub/store/registry.go", "passerelle/hub/web", "features meet"},
		{"hub/exchange/exchange.go", "passerelle/hub/registry", "features meet"},
		{"hub/charter/apply.go", "passerelle/hub/ballot", ""},
		{"nodes/outbound/issue.go", "passerelle/adapters", ""},
		{"nodes/outbound/issue.go", "passerelle/nodes/outbound/series", ""},
		{"nodes/outbound/issue.go", "passerelle/nodes/member", ""},
		{"nodes/casework/fire.go", "passerelle/nodes/mobility", ""},
		{"nodes/outbound/issue.go", "passerelle/nodes/report", "features meet"},
		{"nodes/outbound/issue.go", "passerelle/nodes/store", "features meet"},
		{"nodes/outbound/issue.go", "passerelle/nodes", "which wires it"},
		{"nodes/seed/fill.go", "passerelle/nodes", ""},
		{"nodes/outbound/issue.go", "passerelle/nodes/seed", "features meet"},
		{"nodes/outbound/issue.go", "passerelle/hub/exchange", "hub gone for a month"},
		{"helpers/strings.go", "fmt", "no place in the house"},
	}
	for _, c := range cases {
		got := broken(c.file, c.imported)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s imports %s: %q, want %q", c.file, c.imported, got, c.want)
		}
	}
}
