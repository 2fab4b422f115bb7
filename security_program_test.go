package main

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"passerelle/internal/account"
	"passerelle/internal/observe"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// dangerous is what the programs do without, and the files that may have it all the same.
var dangerous = []struct {
	what   string // an import, or a pattern in the source
	why    string
	except []string
}{
	{`"os/exec"`, "starts other programs", nil},
	{`"plugin"`, "loads code", nil},
	{`"unsafe"`, "leaves memory safety", nil},
	{`"C"`, "leaves memory safety", nil},
	{`"encoding/gob"`, "lets the sender choose types", nil},
	{`"net/http/pprof"`, "shows the inside of a program", nil},
	{`"expvar"`, "shows the inside of a program", nil},
	{`"crypto/md5"`, "is broken", nil},
	{`"crypto/sha1"`, "is broken", nil},
	{`"crypto/des"`, "is broken", nil},
	{`"crypto/rc4"`, "is broken", nil},
	{`"crypto/dsa"`, "is broken", nil},
	{`"crypto/cipher"`, "block modes are for those who write libraries", nil},
	{`"crypto/elliptic"`, "points of curves are for those who write libraries", nil},
	{`"math/rand"`, "can be guessed", nil},
	{`"math/rand/v2"`, "can be guessed: for pauses and invented figures alone", []string{"nodes/seed/seed.go", "internal/federation/relay.go", "nodes/node.go", "internal/federation/redis/subscribe.go", "internal/storage/tx.go"}},
	{`"text/template"`, "escapes nothing: for our own migrations alone", []string{"internal/storage/migrate.go"}},
	{`template\.(HTML|JS|CSS|URL|HTMLAttr|JSStr|Srcset)\(`, "is not escaped: for a field with a random key alone", []string{"internal/web/once.go"}},
	{`http\.(Get|Post|PostForm|Head|DefaultClient|DefaultTransport|NewRequest|NewRequestWithContext|Client)\b`, "calls an address: the identity provider, the invoice provider and the tax authority that the operator names, and publishers of Peppol at public addresses, alone", []string{"internal/account/provider.go", "nodes/delivery/endpoint.go", "nodes/delivery/nav.go", "nodes/delivery/sdi.go", "nodes/peppol/fetch.go"}},
	{`InsecureSkipVerify`, "believes any certificate", nil},
	{`regexp\.(Must)?Compile(POSIX)?\([^` + "`" + `"]`, "makes a pattern: from data files of the program alone", []string{"adapters/country/market.go"}},
}

func TestTheProgramsDoWithoutWhatIsDangerous(t *testing.T) {
	sources := programSources(t)
	if len(sources) < 200 {
		t.Fatalf("only %d files were found", len(sources))
	}
	used := map[string]bool{}
	for file, source := range sources {
		imports := importsOf(t, file, source)
		for _, d := range dangerous {
			there := slices.Contains(imports, d.what)
			if !strings.HasPrefix(d.what, `"`) {
				there = regexp.MustCompile(d.what).MatchString(source)
			}
			if there && !slices.Contains(d.except, file) {
				t.Errorf("%s has %s, which %s", file, d.what, d.why)
			}
			used[d.what+file] = there
		}
	}
	for _, d := range dangerous {
		for _, file := range d.except {
			if !used[d.what+file] {
				t.Errorf("%s needs no exception for %s any more", file, d.what)
			}
		}
	}
}

// programSources is every file that becomes part of the program: neither tests nor what only they use.
func programSources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(".", func(file string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || strings.HasSuffix(entry.Name(), "test")) {
			return filepath.SkipDir
		}
		if filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(file)
		all[filepath.ToSlash(file)] = string(source)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func importsOf(t *testing.T, file, source string) (imports []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range f.Imports {
		imports = append(imports, i.Path.Value)
	}
	return imports
}

// What a browser keeps, somebody else who sits down before it can read; what comes from another window, anybody may have sent.
func TestScriptsKeepNothing(t *testing.T) {
	never := regexp.MustCompile(`localStorage|sessionStorage|indexedDB|document\.cookie|postMessage|"message"|\beval\b|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|Object\.assign|__proto__`)
	found := 0
	for _, pattern := range []string{"internal/*/assets/*.js", "internal/*/*/assets/*.js", "nodes/*/assets/*.js", "hub/*/assets/*.js"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			found++
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if bad := never.FindString(string(source)); bad != "" {
				t.Errorf("%s has %s", file, bad)
			}
		}
	}
	t.Logf("%d scripts", found)
}

// oldest are the first versions without a hole that was made public; an older one must not come back by some other module's wish.
var oldest = map[string]struct{ version, hole string }{
	"github.com/labstack/echo/v4":         {"v4.15.4", "CVE-2026-55677: an escaped slash passes the guards of static files"},
	"github.com/jackc/pgx/v5":             {"v5.5.4", "CVE-2024-27304: a message of 4 GiB becomes another query"},
	"github.com/redis/go-redis/v9":        {"v9.7.3", "CVE-2025-29923: answers out of order after a time-out"},
	"golang.org/x/crypto":                 {"v0.45.0", "CVE-2025-58181: memory without bounds"},
	"golang.org/x/net":                    {"v0.38.0", "CVE-2025-22872: markup read wrongly"},
	"golang.org/x/text":                   {"v0.3.8", "CVE-2022-32149: languages that take for ever"},
	"filippo.io/age":                      {"v1.2.1", "CVE-2024-56327: a name that runs a program"},
	"google.golang.org/protobuf":          {"v1.33.0", "CVE-2024-24786: reading without end"},
	"github.com/prometheus/client_golang": {"v1.11.1", "CVE-2022-21698: metrics without bounds"},
}

func TestModulesAreNotOlderThanTheirLastKnownHole(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Path}} {{.Version}}", "all").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		path, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		least, known := oldest[path]
		if !known {
			continue
		}
		seen++
		if older(t, version, least.version) {
			t.Errorf("%s %s is older than %s, which closed %s", path, version, least.version, least.hole)
		}
	}
	if seen != len(oldest) {
		t.Errorf("%d of %d modules were found; take out what is not used any more", seen, len(oldest))
	}
	if !older(t, "v1.9.3", "v1.10.0") || older(t, "v2.0.0", "v1.99.99") || older(t, "v1.2.3", "v1.2.3") {
		t.Error("versions are compared wrongly")
	}
}

// older compares versions such as v1.10.2.
func older(t *testing.T, a, b string) bool {
	t.Helper()
	read := func(v string) []int {
		n := make([]int, 3)
		if _, err := fmt.Sscanf(v, "v%d.%d.%d", &n[0], &n[1], &n[2]); err != nil {
			t.Fatalf("%s: %v", v, err)
		}
		return n
	}
	return slices.Compare(read(a), read(b)) < 0
}

// TestTheProgramNamesItsModules holds what `passerelle version --json` says against go.mod. What is built for tests does not know its modules'
// versions, so that only a built program can be asked.
func TestTheProgramNamesItsModules(t *testing.T) {
	program := filepath.Join(t.TempDir(), "passerelle")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), program, "version", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var said struct {
		Modules map[string]string `json:"modules"`
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range []string{"github.com/labstack/echo/v4", "modernc.org/sqlite", "golang.org/x/crypto", "filippo.io/age"} {
		if said.Modules[module] == "" || !strings.Contains(string(mod), module+" "+said.Modules[module]+"\n") {
			t.Errorf("%s: the program says %q", module, said.Modules[module])
		}
	}
}

// bareProgram answers operators and has nothing else.
func bareProgram(t *testing.T) *program {
	t.Helper()
	telemetry, err := observe.Start(t.Context(), observe.Config{Service: "hub"})
	if err != nil {
		t.Fatal(err)
	}
	return &program{db: storagetest.Open(t, storage.SQLite), telemetry: telemetry, handler: http.NotFoundHandler(),
		accounts: &account.Accounts{Options: account.Options{URL: &url.URL{Scheme: "https", Host: "hub.example.coop"}}}}
}

func TestWhatOperatorsReadIsProtectedToo(t *testing.T) {
	prog := bareProgram(t)
	for _, path := range []string{"/metrics", "/health", "//health", "/nowhere"} {
		w := httptest.NewRecorder()
		prog.mux().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "frame-ancestors 'none'", "Strict-Transport-Security": "includeSubDomains", "Cache-Control": "no-store"} {
			if !strings.Contains(w.Header().Get(name), want) {
				t.Errorf("%s, status %d: %s is %q", path, w.Code, name, w.Header().Get(name))
			}
		}
	}
}

func TestWhatOperatorsReadDoesNotLeaveThroughTheProxy(t *testing.T) {
	mux := bareProgram(t).mux()
	for _, path := range []string{"/metrics", "/health", "/ready"} {
		for _, name := range []string{"X-Forwarded-For", "Forwarded"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			r.Header.Set(name, "for=198.51.100.1")
			w := httptest.NewRecorder()
			if mux.ServeHTTP(w, r); w.Code != http.StatusNotFound {
				t.Errorf("%s with %s: %d", path, name, w.Code)
			}
		}
	}
	for _, path := range []string{"/metrics", "/health"} {
		w := httptest.NewRecorder()
		if mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)); w.Code != http.StatusOK {
			t.Errorf("%s inside: %d", path, w.Code)
		}
	}
}
