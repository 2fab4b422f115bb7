package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	asvsFile     = "docs/security/asvs.csv"
	securityPage = "docs/security.md"
	asvsHeading  = "## OWASP ASVS 5.0, levels 1 and 2, item by item\n"
)

// asvsItems are the items of levels 1 and 2 of the OWASP Application Security Verification Standard 5.0.0, without its chapters V10 (OAuth and
// OpenID Connect) and V17 (WebRTC), section by section.
const asvsItems = `
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2
2.1:1-3 2.2:1-3 2.3:1-4 2.4:1
3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2
4.1:1-3 4.2:1 4.3:1-2 4.4:1-4
5.1:1 5.2:1-3 5.3:1-2 5.4:1-3
6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4
7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2
8.1:1-2 8.2:1-3 8.3:1 8.4:1
9.1:1-3 9.2:1-4
11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1
12.1:1-3 12.2:1-2 12.3:1-4
13.1:1 13.2:1-5 13.3:1-2 13.4:1-5
14.1:1-2 14.2:1-4 14.3:1-3
15.1:1-3 15.2:1-3 15.3:1-7
16.1:1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3`

// asvsCount is how many they are.
const asvsCount = 217

// asvsChapters are named in our words.
var asvsChapters = map[string]string{
	"V1": "Text that becomes something else: encoding, injection, deserialising", "V2": "Checking what comes in, and the order of business", "V3": "The browser",
	"V4": "HTTP and interfaces", "V5": "Files", "V6": "Signing in", "V7": "Sessions", "V8": "Who may do what", "V9": "Tokens that carry their own proof", "V11": "Cryptography",
	"V12": "Transport", "V13": "Configuration and secrets", "V14": "Personal data", "V15": "How the code is made", "V16": "Logs and errors",
}

// asvsItem is a line of the table.
type asvsItem struct {
	id, level, subject, status, evidence string
	tests                                []string
}

func (i asvsItem) chapter() string { return i.id[:strings.Index(i.id, ".")] }

// TestThePageOfSecurity holds the table against the standard's list, the files and the tests it names, and the page against the table.
func TestThePageOfSecurity(t *testing.T) {
	items := readASVS(t)
	where := testFunctions(t)
	checkEachItemStandsOnce(t, items)
	for _, i := range items {
		for _, fault := range i.faults(where) {
			t.Errorf("%s, %s: %s", asvsFile, i.id, fault)
		}
	}
	page, err := os.ReadFile(securityPage)
	if err != nil {
		t.Fatal(err)
	}
	written, _, found := strings.Cut(string(page), asvsHeading)
	if !found {
		t.Fatalf("%s has no heading %q, below which the table is made", securityPage, asvsHeading)
	}
	want := written + asvsHeading + asvsTable(items, where)
	if *update {
		if err := os.WriteFile(securityPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, string(page)); d != "" {
		t.Errorf("%s is out of date; go test -run TestThePageOfSecurity . -update writes its table anew:\n%s", securityPage, d)
	}
}

func readASVS(t *testing.T) []asvsItem {
	t.Helper()
	f, err := os.Open(asvsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = 6
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"id", "level", "subject", "status", "evidence", "tests"}, lines[0]); d != "" {
		t.Fatal(d)
	}
	items := make([]asvsItem, 0, len(lines))
	for _, l := range lines[1:] {
		items = append(items, asvsItem{l[0], l[1], l[2], l[3], l[4], strings.Fields(l[5])})
	}
	return items
}

func checkEachItemStandsOnce(t *testing.T, items []asvsItem) {
	t.Helper()
	var want, got []string
	for _, section := range strings.Fields(asvsItems) {
		name, numbers, _ := strings.Cut(section, ":")
		for _, span := range strings.Split(numbers, ",") {
			from, to, is := strings.Cut(span, "-")
			if !is {
				to = from
			}
			for n := number(t, from); n <= number(t, to); n++ {
				want = append(want, fmt.Sprintf("V%s.%d", name, n))
			}
		}
	}
	for _, i := range items {
		got = append(got, i.id)
	}
	if d := cmp.Diff(want, got); d != "" || len(want) != asvsCount {
		t.Fatalf("%d items are wanted, each once and in the standard's order:\n%s", len(want), d)
	}
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// quotedFile is a file of this repository that the evidence names.
var quotedFile = regexp.MustCompile("`([\\w.-]+/[\\w./-]+|[\\w-]+\\.(?:md|go|yml|yaml|mod|sum))`")

// faults says what is wrong with a line.
func (i asvsItem) faults(where map[string][]string) []string {
	var fs []string
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			fs = append(fs, fmt.Sprintf(format, args...))
		}
	}
	words := len(strings.Fields(i.evidence))
	add(i.subject == "", "it has no subject")
	add(i.level != "1" && i.level != "2", "level %q", i.level)
	add(!slices.Contains([]string{"met", "not applicable", "open"}, i.status), "status %q is none of met, not applicable, open", i.status)
	add(i.status == "not applicable" && words < 3, "it says of no reason why it does not apply")
	add(i.status == "open" && words < 4, "it does not say what is open")
	add(i.status == "met" && words == 0 && len(i.tests) == 0, "neither evidence nor test")
	for _, m := range quotedFile.FindAllStringSubmatch(i.evidence, -1) {
		_, err := os.Stat(m[1])
		add(err != nil, "there is no file %s", m[1])
	}
	for _, name := range i.tests {
		add(len(where[name]) == 0, "there is no test %s", name)
		add(len(where[name]) > 1, "%s is the name of %d tests", name, len(where[name]))
	}
	return fs
}

var testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(\w+ \*testing\.[TF]\)`)

// testFunctions says in which files each test stands, by its name and by that of its folder with it, as in hub.TestX, for a name that several have.
func testFunctions(t *testing.T) map[string][]string {
	t.Helper()
	where := map[string][]string{}
	err := filepath.WalkDir(".", func(file string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		source, err := os.ReadFile(file)
		for _, m := range testFunction.FindAllStringSubmatch(string(source), -1) {
			where[m[1]] = append(where[m[1]], filepath.ToSlash(file))
			if dir := path.Dir(filepath.ToSlash(file)); dir != "." {
				where[dir+"."+m[1]] = append(where[dir+"."+m[1]], filepath.ToSlash(file))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return where
}

// asvsTable writes what stands below the heading.
func asvsTable(items []asvsItem, where map[string][]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, asvsIntroduction, asvsFile[len("docs/"):], tally(items))
	b.WriteString("| chapter | items | met | not applicable | open |\n|---|---|---|---|---|\n")
	for _, chapter := range chaptersOf(items) {
		of := itemsOf(items, chapter)
		fmt.Fprintf(&b, "| %s %s | %d | %d | %d | %d |\n", chapter, asvsChapters[chapter], len(of), count(of, "met"), count(of, "not applicable"), count(of, "open"))
	}
	for _, chapter := range chaptersOf(items) {
		fmt.Fprintf(&b, "\n### %s %s\n\n| item | level | what | status | how, or why not |\n|---|---|---|---|---|\n", chapter, asvsChapters[chapter])
		for _, i := range itemsOf(items, chapter) {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", i.id, i.level, i.subject, i.status, i.shown(where))
		}
	}
	return b.String()
}

const asvsIntroduction = `
Subjects are our own words for what the items of the [OWASP Application Security Verification Standard 5.0.0](https://github.com/OWASP/ASVS/tree/v5.0.0_release) (CC BY-SA 4.0) ask;
read the items there. The list is [%s](%[1]s). ` + "`go test -run TestThePageOfSecurity . -update`" + ` makes this part from it, and the test fails when an item is missing or stands twice,
when a test or file it names is not there, when something does not apply without a reason. *Open* is what is not there, or not as far as the item asks.

V10 (OAuth and OpenID Connect) is left out: its items are for those who build authorisation servers, and clients that call the interfaces of others. The one use here is that a co-operative lets its people sign in at its own
identity provider, with the code flow, PKCE, state and nonce; V6.8 and V7.6 say what is checked. V17 is left out: nothing here speaks WebRTC.

**%s**

`

func tally(items []asvsItem) string {
	return fmt.Sprintf("%d items: %d met, %d not applicable, %d open.", len(items), count(items, "met"), count(items, "not applicable"), count(items, "open"))
}

func count(items []asvsItem, status string) (n int) {
	for _, i := range items {
		if i.status == status {
			n++
		}
	}
	return n
}

func chaptersOf(items []asvsItem) []string {
	var all []string
	for _, i := range items {
		all = append(all, i.chapter())
	}
	return slices.Compact(all)
}

func itemsOf(items []asvsItem, chapter string) []asvsItem {
	return slices.DeleteFunc(slices.Clone(items), func(i asvsItem) bool { return i.chapter() != chapter })
}

// shown is the evidence with links to the files and the tests.
func (i asvsItem) shown(where map[string][]string) string {
	text := quotedFile.ReplaceAllStringFunc(i.evidence, func(quoted string) string {
		file := strings.Trim(quoted, "`")
		return fmt.Sprintf("[%s](../%s)", path.Base(file), file)
	})
	text = strings.ReplaceAll(text, "|", `\|`)
	var tests []string
	for _, name := range i.tests {
		if files := where[name]; len(files) > 0 {
			tests = append(tests, fmt.Sprintf("[%s](../%s)", name[strings.LastIndex(name, ".")+1:], files[0]))
		}
	}
	if text != "" && len(tests) > 0 {
		text += "<br>"
	}
	return text + strings.Join(tests, ", ")
}

// A line that is wrong must be told: this holds the check itself to account.
func TestAWrongLineOfTheTableIsSeen(t *testing.T) {
	where := map[string][]string{"TestThere": {"a_test.go"}, "TestTwice": {"a_test.go", "b_test.go"}}
	good := asvsItem{"V1.1.1", "1", "something", "met", "see `docs/security.md`", []string{"TestThere"}}
	if fs := good.faults(where); len(fs) > 0 {
		t.Errorf("a good line: %v", fs)
	}
	for name, change := range map[string]func(*asvsItem){
		"a test that is not there":         func(i *asvsItem) { i.tests = []string{"TestGone"} },
		"a test of which there are two":    func(i *asvsItem) { i.tests = []string{"TestTwice"} },
		"a file that is not there":         func(i *asvsItem) { i.evidence = "see `docs/gone.md`" },
		"met by nothing":                   func(i *asvsItem) { i.evidence, i.tests = "", nil },
		"not applicable without a reason":  func(i *asvsItem) { i.status, i.evidence = "not applicable", "no" },
		"open without a sentence":          func(i *asvsItem) { i.status, i.evidence = "open", "" },
		"a status that nobody knows":       func(i *asvsItem) { i.status = "nearly" },
		"a level that is not asked for":    func(i *asvsItem) { i.level = "3" },
		"an item of which nothing is said": func(i *asvsItem) { i.subject = "" },
	} {
		i := good
		if change(&i); len(i.faults(where)) == 0 {
			t.Errorf("%s is not seen", name)
		}
	}
}
