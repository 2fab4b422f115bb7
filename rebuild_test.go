package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/hub/rates"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// exported writes a party's log and returns the file.
func exported(t *testing.T, p contracts.PartyID, dsn string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), string(p)+".log")
	if code, _, errs := command(t, "export-log", "--party", string(p), "--db", dsn, "-o", file); code != exitGood {
		t.Fatal(errs)
	}
	return file
}

// logFile is an exported log in pieces, for a test to change.
type logFile struct {
	header federation.LogHeader
	lines  []string
}

func readLog(t *testing.T, file string) logFile {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	l := logFile{lines: lines[1:]}
	if err := json.Unmarshal([]byte(lines[0]), &l.header); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l logFile) write(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "changed.log")
	header, err := contracts.Encode(l.header)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(string(header)+"\n"+strings.Join(l.lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// refused sends the hub something it refuses.
func (n *network) refused(p contracts.PartyID) {
	n.t.Helper()
	country, _ := p.Country()
	paid := contracts.InvoicePaid{ID: "nobody-knows-it", Seller: country, PaidOn: contracts.MustDate("2026-03-31"), Amount: contracts.MustMoney("1.00", contracts.EUR), Sequence: 1}
	node := n.up[p].node
	err := node.DB.Write(n.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return node.Channel.Send(ctx, tx, contracts.Hub, paid, "")
	})
	if err != nil {
		n.t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		var answered bool
		err := node.DB.QueryRowContext(n.t.Context(), `SELECT s.next = a.receipted + 1 FROM fed_sending s JOIN fed_answered a ON a.peer = s.peer`).Scan(&answered)
		if err != nil || time.Now().After(deadline) {
			n.t.Fatalf("no answer: %v", err)
		}
		if answered {
			return
		}
	}
}

// hubIsRebuilt makes the hub anew from what the nodes remember, with every answer in their logs and without the last.
func hubIsRebuilt(n *network) func(t *testing.T) {
	return func(t *testing.T) {
		original, digests := contents(t, "hub", n.dsn["hub"]), digestsOf(t, "hub", n.dsn["hub"])
		be, se := exported(t, "be", n.dsn["be"]), exported(t, "se", n.dsn["se"])
		lost := readLog(t, se) // the last answer never reached the node
		c := &lost.header.Channels[0]
		lost.lines = append(lost.lines[:c.Sent+c.Answers-1], lost.lines[c.Sent+c.Answers:]...)
		c.Answers--
		for name, log := range map[string]string{"every answer": se, "an answer lost": lost.write(t)} {
			rebuilt := storagetest.DSN(t, n.engine)
			code, out, errs := command(t, "rebuild", "--from-log", be, "--from-log", log, "--db", rebuilt, "--network", n.dir)
			if code != exitGood {
				t.Fatalf("%s: exit %d\n%s%s", name, code, out, errs)
			}
			if d := cmp.Diff(digests, digestsOf(t, "hub", rebuilt)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
			loadRates(t, rebuilt)
			compareRebuilt(t, original, contents(t, "hub", rebuilt))
			if again := exported(t, "hub", rebuilt); name == "every answer" && !sameFiles(t, again, exported(t, "hub", n.dsn["hub"])) {
				t.Error("the log of the rebuilt hub is another")
			}
		}
	}
}

// loadRates does what the operator does after a rebuild.
func loadRates(t *testing.T, dsn string) {
	t.Helper()
	db, err := storage.OpenFor(t.Context(), "hub", dsn, migrationsOf("hub")...)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	table, err := rates.Demonstration()
	if err != nil {
		t.Fatal(err)
	}
	if err := hub.New(db, hub.Options{}).LoadRates(t.Context(), table); err != nil {
		t.Fatal(err)
	}
}

// compareRebuilt compares the tables that hold figures.
func compareRebuilt(t *testing.T, want, got map[string][]string) {
	t.Helper()
	for _, table := range []string{"document", "border_month", "rate"} {
		if d := cmp.Diff(want[table], got[table]); d != "" || len(want[table]) == 0 {
			t.Errorf("%s: %d rows, %s", table, len(want[table]), d)
		}
	}
	for _, table := range []string{"node", "node_profile", "monthly_report"} { // they say when they came, to the microsecond
		if len(want[table]) != len(got[table]) {
			t.Errorf("%s: %d rows of %d", table, len(got[table]), len(want[table]))
		}
	}
}

func sameFiles(t *testing.T, a, b string) bool {
	t.Helper()
	x, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := os.ReadFile(b)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(x, y)
}

// forge signs with the key of a party what the party never said.
func (n *network) forge(p contracts.PartyID, sequence int, previous string) (frame, hash string) {
	n.t.Helper()
	keys, err := filepath.Glob(filepath.Join(n.dir, string(p)+"*.key"))
	if err != nil || len(keys) != 1 {
		n.t.Fatal(keys, err)
	}
	b, err := os.ReadFile(keys[0])
	if err != nil {
		n.t.Fatal(err)
	}
	block, _ := pem.Decode(b)
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		n.t.Fatal(err)
	}
	s := &stranger{network: "test", party: string(p), private: private.(ed25519.PrivateKey), sequence: sequence - 1, previous: previous}
	return s.sign(s.event(invoiceIssued, strangersInvoice("forged", strings.ToUpper(string(p)), "100.00")))
}

// fork puts a second history of be into the books of the hub, as if be had signed it.
func (n *network) fork() {
	n.t.Helper()
	forged, hash := n.forge("be", 1, strings.Repeat("0", 64))
	tx, err := n.raw("hub").BeginTx(n.t.Context(), nil)
	if err != nil {
		n.t.Fatal(err)
	}
	n.must(tx, `INSERT INTO fed_fork (peer, epoch, sequence, hash, frame, seen_at) VALUES ('be', 1, 1, $1, $2, '')`, hash, []byte(forged))
	n.must(tx, `UPDATE fed_receiving SET frozen = TRUE WHERE peer = 'be'`)
	if err := tx.Commit(); err != nil {
		n.t.Fatal(err)
	}
}

// logsAreImported imports the log of a party and exports it again.
func logsAreImported(n *network) func(t *testing.T) {
	return func(t *testing.T) {
		n.fork()
		for p, code := range map[contracts.PartyID]int{"hub": exitFinding, "be": exitGood} { // a fork stays a finding
			log, dsn := exported(t, p, n.dsn[p]), storagetest.DSN(t, n.engine)
			got, out, errs := command(t, "import-log", log, "--db", dsn, "--network", n.dir)
			if got != code || strings.Count(out, "BAD") != code {
				t.Fatalf("%s: exit %d\n%s%s", p, got, out, errs)
			}
			if !sameFiles(t, log, exported(t, p, dsn)) {
				t.Errorf("%s: another log", p)
			}
			if d := cmp.Diff(digestsOf(t, p, n.dsn[p]), digestsOf(t, p, dsn)); d != "" {
				t.Errorf("%s: %s", p, d)
			}
			if p == contracts.Hub {
				loadRates(t, dsn)
				compareRebuilt(t, contents(t, "hub", n.dsn["hub"]), contents(t, "hub", dsn))
			}
		}
	}
}

// TestLogsTellOfKeysAndEpochs: the log of a node that changed its key, lost it, and was enrolled anew.
func TestLogsTellOfKeysAndEpochs(t *testing.T) {
	n := memoryNetwork(t, "hub", "be")
	activity := n.activity("be")
	work := func() {
		n.issue("be", activity, "100.00")
		n.settle()
	}
	work()
	n.must0("keys", "rotate", "--network", n.dir, "--party", "be")
	n.await("be", `SELECT COUNT(*) FROM fed_outbox WHERE type LIKE '%key-rotated%'`)
	work()
	n.up["be"].stop()
	n.recover("be")
	n.start("be")
	n.await("be", `SELECT COUNT(*) FROM fed_sending WHERE epoch = 2`)
	work()
	n.up["be"].stop()

	rebuilt := filepath.Join(t.TempDir(), "rebuilt.db")
	be, hub := exported(t, "be", n.dsn["be"]), exported(t, "hub", n.dsn["hub"])
	for _, dsn := range n.dsn {
		n.must0("verify", "--db", dsn, "--network", n.dir)
	}
	n.must0("rebuild", "--from-log", be, "--db", rebuilt, "--network", n.dir)
	if !sameFiles(t, hub, exported(t, "hub", rebuilt)) {
		t.Error("the log of the rebuilt hub is another")
	}
	for p, log := range map[contracts.PartyID]string{"hub": hub, "be": be} {
		dsn := filepath.Join(t.TempDir(), "imported.db")
		n.must0("import-log", log, "--db", dsn, "--network", n.dir)
		if !sameFiles(t, log, exported(t, p, dsn)) {
			t.Errorf("%s: another log", p)
		}
		for _, table := range []string{"fed_sending", "fed_answered"} {
			if d := cmp.Diff(contents(t, p, n.dsn[p])[table], contents(t, p, dsn)[table]); d != "" {
				t.Errorf("%s: %s: %s", p, table, d)
			}
		}
		if want, got := digestsOf(t, "hub", n.dsn["hub"]), digestsOf(t, p, dsn); !cmp.Equal(want, got) || got[0].Facts < 4 {
			t.Errorf("%s: %v, want %v", p, got, want)
		}
	}
}

// must0 runs a command that must be good.
func (n *network) must0(args ...string) string {
	n.t.Helper()
	code, out, errs := command(n.t.(*testing.T), args...)
	if code != exitGood {
		n.t.Fatalf("%v: exit %d\n%s%s", args, code, out, errs)
	}
	return out
}

// await waits until a query gives something else than zero.
func (n *network) await(p contracts.PartyID, query string) {
	n.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var found int
		if err := n.up[p].prog.db.QueryRowContext(n.t.Context(), query).Scan(&found); err != nil || time.Now().After(deadline) {
			n.t.Fatalf("%s: %d, %v", query, found, err)
		}
		if found > 0 {
			return
		}
	}
}

// recover enrols a party that has lost its keys.
func (n *network) recover(p contracts.PartyID) {
	n.t.Helper()
	fresh := n.t.TempDir()
	anchor, err := os.ReadFile(filepath.Join(n.dir, "network.json"))
	if err == nil {
		err = os.WriteFile(filepath.Join(fresh, "network.json"), anchor, 0o600)
	}
	if err != nil {
		n.t.Fatal(err)
	}
	print := fingerprint.FindString(n.must0("keys", "new", "--party", string(p), "--out", fresh))
	n.must0("registry", "approve", filepath.Join(fresh, string(p)+".join"), "--network", n.dir, "--fingerprint", print, "--recover", "--reason", "Lost.",
		"--root", filepath.Join(n.dir, "roots", "root-1.key"), "--root", filepath.Join(n.dir, "roots", "root-2.key"))
	lost, err := filepath.Glob(filepath.Join(n.dir, string(p)+"*.key"))
	if err != nil {
		n.t.Fatal(err)
	}
	for _, file := range lost {
		if err := os.Remove(file); err != nil {
			n.t.Fatal(err)
		}
	}
	if err := os.Rename(filepath.Join(fresh, string(p)+".key"), filepath.Join(n.dir, string(p)+".key")); err != nil {
		n.t.Fatal(err)
	}
}

func TestABrokenLogIsRefusedWithItsLine(t *testing.T) {
	n := memoryNetwork(t, "hub", "be", "se")
	n.trade()
	whole := readLog(t, exported(t, "hub", n.dsn["hub"]))
	be := whole.header.Channels[0]
	if be.Peer != "be" || be.Received < 5 {
		t.Fatalf("%+v", be)
	}
	first := int(be.Sent + be.Answers) // index of the first message of be, behind what it was told of others
	given := first + int(be.Received)  // index of the first answer to be
	end := given + int(be.Given)
	foreign, _ := n.forge("se", 1, strings.Repeat("0", 64))
	for _, tc := range []struct {
		name   string
		change func(l *logFile)
		want   string
	}{
		{"cut", func(l *logFile) { l.lines = l.lines[:len(l.lines)-1] }, "more lines were announced"},
		{"appended", func(l *logFile) { l.lines = append(l.lines, l.lines[0]) }, "more lines follow"},
		{"an empty line", func(l *logFile) { l.lines[first+1] = "" }, fmt.Sprintf("line %d", first+3)},
		{"a letter", func(l *logFile) {
			l.lines[first+1] = strings.Replace(l.lines[first+1], `"payload":"e`, `"payload":"f`, 1)
		}, fmt.Sprintf("line %d", first+3)},
		{"a letter in an answer", func(l *logFile) {
			l.lines[given+1] = strings.Replace(l.lines[given+1], `"payload":"e`, `"payload":"f`, 1)
		}, fmt.Sprintf("line %d", given+3)},
		{"two messages change places", func(l *logFile) { l.lines[first+1], l.lines[first+2] = l.lines[first+2], l.lines[first+1] }, "number 2 is missing"},
		{"two answers change places", func(l *logFile) { l.lines[given], l.lines[given+1] = l.lines[given+1], l.lines[given] }, "no answer was given"},
		{"a message twice", func(l *logFile) { l.lines[first+2] = l.lines[first+1] }, "number 3 is missing"},
		{"an answer instead of a message", func(l *logFile) { l.lines[first+1] = l.lines[given] }, fmt.Sprintf("line %d", first+3)},
		{"a message instead of an answer", func(l *logFile) { l.lines[given] = l.lines[first] }, fmt.Sprintf("line %d", given+2)},
		{"another's message", func(l *logFile) { l.lines[first] = foreign }, "signed by se"},
		{"an answer is missing", func(l *logFile) {
			l.lines = append(l.lines[:given], l.lines[given+1:]...)
			l.header.Channels[0].Given--
		}, "no answer was given"},
		{"a message is missing", func(l *logFile) {
			l.lines = append(l.lines[:given-1], l.lines[given:]...)
			l.header.Channels[0].Received--
		}, "an answer to a message that is not there"},
		{"the first message as a fork", func(l *logFile) {
			l.lines = append(l.lines[:end], append([]string{l.lines[first]}, l.lines[end:]...)...)
			l.header.Channels[0].Forks++
		}, "no second message"},
		{"of another party", func(l *logFile) { l.header.Party = "se" }, "line 2"},
		{"of another format", func(l *logFile) { l.header.Format = "passerelle-log-v2" }, "not the first line of an exported log"},
		{"negative", func(l *logFile) { l.header.Channels[0].Sent = -1 }, "line"},
	} {
		l := readLog(t, whole.write(t))
		tc.change(&l)
		dsn := filepath.Join(t.TempDir(), "new.db")
		code, out, errs := command(t, "import-log", l.write(t), "--db", dsn, "--network", n.dir)
		if code != exitFinding || !strings.Contains(errs, tc.want) {
			t.Errorf("%s: exit %d, want %q\n%s%s", tc.name, code, tc.want, out, errs)
		}
		if left, _ := filepath.Glob(dsn + "*"); len(left) > 0 {
			t.Errorf("%s: %v is left", tc.name, left)
		}
	}
	for name, args := range map[string][]string{
		"two logs of one node":   {"rebuild", "--from-log", exported(t, "be", n.dsn["be"]), "--from-log", exported(t, "be", n.dsn["be"])},
		"the hub's own log":      {"rebuild", "--from-log", whole.write(t)},
		"a database that is not": {"import-log", whole.write(t)},
	} {
		dsn := filepath.Join(t.TempDir(), "new.db")
		if name == "a database that is not" {
			dsn = n.dsn["hub"]
		}
		if code, _, errs := command(t, append(args, "--db", dsn, "--network", n.dir)...); code != exitFailed {
			t.Errorf("%s: exit %d, %s", name, code, errs)
		}
	}
}
