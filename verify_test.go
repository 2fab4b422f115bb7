package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub/rates"
	"passerelle/internal/access"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
	"passerelle/nodes/outbound"
	"passerelle/nodes/seed"
)

// trade fills a network with all that verify weighs: imported years in two currencies, invoices of today, one of them
// partly paid and partly credited.
func (n *network) trade() {
	n.t.Helper()
	ctx := n.t.Context()
	table, err := rates.Demonstration()
	if err != nil {
		n.t.Fatal(err)
	}
	if err := n.up[contracts.Hub].hub.LoadRates(ctx, table); err != nil {
		n.t.Fatal(err)
	}
	for _, p := range []contracts.PartyID{"be", "se"} {
		if _, err := seed.Fill(ctx, n.up[p].node, decimal.RequireFromString("0.0002"), demonstrationRate, contracts.Month{}); err != nil {
			n.t.Fatal(err)
		}
	}
	be := n.up["be"].node
	activity := n.activity("be")
	for range 3 {
		n.issue("be", activity, "100.00")
	}
	var invoice string
	if err := be.DB.QueryRowContext(ctx, `SELECT MAX(id) FROM document WHERE origin = $1`, outbound.Issued).Scan(&invoice); err != nil {
		n.t.Fatal(err)
	}
	euros := func(s string) contracts.Money {
		return contracts.Money{Amount: decimal.RequireFromString(s), Currency: contracts.EUR}
	}
	doc, err := be.Outbound.Pay(ctx, access.Program(), contracts.InvoiceID(invoice), contracts.DateOf(be.Now().UTC()), euros("30.00"))
	if err != nil {
		n.t.Fatal(err)
	}
	part := euros("20.00")
	if _, err := be.Outbound.Credit(ctx, access.Program(), doc.Invoice.ID, &part, "less work"); err != nil {
		n.t.Fatal(err)
	}
	n.settle()
}

// raw opens a party's database past the program.
func (n *network) raw(p contracts.PartyID) *sql.DB {
	n.t.Helper()
	driver, dsn := "pgx", n.dsn[p]
	if n.engine == storage.SQLite {
		driver, dsn = "sqlite", strings.TrimPrefix(dsn, "sqlite:")
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { db.Close() })
	return db
}

// unguarded begins a transaction in which no trigger and no foreign key protects history, as for somebody with the file and a tool.
func (n *network) unguarded(db *sql.DB) *sql.Tx {
	n.t.Helper()
	tx, err := db.BeginTx(n.t.Context(), nil)
	if err != nil {
		n.t.Fatal(err)
	}
	if n.engine == storage.Postgres {
		n.must(tx, `SET LOCAL session_replication_role = replica`)
		return tx
	}
	triggers := texts(n.t, tx, `SELECT name FROM sqlite_master WHERE type = 'trigger'`)
	for _, name := range triggers {
		n.must(tx, "DROP TRIGGER "+name)
	}
	return tx
}

func (n *network) must(tx *sql.Tx, statement string, args ...any) {
	n.t.Helper()
	r, err := tx.ExecContext(n.t.Context(), statement, args...)
	if err != nil {
		n.t.Fatalf("%s: %v", statement, err)
	}
	if changed, err := r.RowsAffected(); err == nil && changed == 0 && !strings.HasPrefix(statement, "SET") && !strings.HasPrefix(statement, "DROP") {
		n.t.Fatalf("%s: changed nothing", statement)
	}
}

func texts(t testing.TB, q storage.Querier, query string) []string {
	t.Helper()
	all, err := storage.All(t.Context(), q, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }, query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}

// tampering is something done to a database past the program, and where verify must see it first.
type tampering struct {
	name    string
	party   contracts.PartyID
	do      []string
	check   string
	row     string // or a query that gives it
	message string
}

// first names a row of a table.
const (
	firstDocument = `(SELECT MIN(id) FROM document)`
	firstAtHub    = `(SELECT MIN(id) FROM document WHERE seller = 'SE')`
	firstPayment  = `(SELECT MIN(invoice) FROM payment)`
	noHash        = `'0000000000000000000000000000000000000000000000000000000000000000'`
)

var tamperings = []tampering{
	{"a sent message is gone", "be", []string{`DELETE FROM fed_outbox WHERE sequence = 3`}, "outbox", "fed_outbox hub/1/4", "number 3 is missing"},
	{"a sent message is another's", "be", []string{`UPDATE fed_outbox SET frame = (SELECT frame FROM fed_outbox WHERE sequence = 4) WHERE sequence = 3`}, "outbox", "fed_outbox hub/1/3", "it continues"},
	{"bytes of the peer instead of ours", "be", []string{`UPDATE fed_outbox SET frame = (SELECT frame FROM fed_receipt WHERE sequence = 3) WHERE sequence = 3`}, "outbox", "fed_outbox hub/1/3", ""},
	{"the hash on record", "be", []string{`UPDATE fed_outbox SET hash = ` + noHash + ` WHERE sequence = 3`}, "outbox", "fed_outbox hub/1/3", "on record is 000000000000"},
	{"the type on record", "be", []string{`UPDATE fed_outbox SET type = 'another' WHERE sequence = 3`}, "outbox", "fed_outbox hub/1/3", "differ from what was signed"},
	{"the last sent message is gone", "be", []string{`DELETE FROM fed_outbox WHERE sequence = (SELECT MAX(sequence) FROM fed_outbox)`}, "outbox heads", "fed_sending hub", "the log ends with"},
	{"a number is about to be used twice", "be", []string{`UPDATE fed_sending SET next = next - 1`}, "outbox heads", "fed_sending hub", ""},
	{"the channel is forgotten", "be", []string{`DELETE FROM fed_sending`}, "outbox heads", "fed_sending hub", ""},
	{"a receipt for another message", "be", []string{`UPDATE fed_receipt SET frame = (SELECT frame FROM fed_receipt WHERE sequence = 3) WHERE sequence = 2`}, "receipts", "fed_receipt hub/1/2", "names another message"},
	{"another answer than was signed", "be", []string{`UPDATE fed_receipt SET outcome = 'refused' WHERE sequence = 2`}, "receipts", "fed_receipt hub/1/2", `the receipt says "applied"`},
	{"a receipt without a message", "be", []string{`DELETE FROM fed_outbox WHERE sequence = 2`}, "receipts", "fed_receipt hub/1/2", "is not there"},
	{"a receipt is gone", "be", []string{`DELETE FROM fed_receipt WHERE sequence = 2`}, "watermarks", "fed_answered hub", "reach 1"},
	{"more counts as receipted than is", "be", []string{`UPDATE fed_answered SET receipted = receipted + 1`}, "watermarks", "fed_answered hub", ""},

	{"a received message is gone", contracts.Hub, []string{`DELETE FROM fed_inbox WHERE peer = 'be' AND sequence = 3`}, "inbox", "fed_inbox be/1/4", "number 3 is missing"},
	{"a message of another peer", contracts.Hub, []string{`UPDATE fed_inbox SET frame = (SELECT frame FROM fed_inbox WHERE peer = 'be' AND sequence = 3) WHERE peer = 'se' AND sequence = 3`}, "inbox", "fed_inbox se/1/3", "signed by be"},
	{"the receipt that was given", contracts.Hub, []string{`UPDATE fed_inbox SET receipt = (SELECT receipt FROM fed_inbox WHERE peer = 'be' AND sequence = 2) WHERE peer = 'be' AND sequence = 3`}, "inbox", "fed_inbox be/1/3", "names another message"},
	{"the answer that was given", contracts.Hub, []string{`UPDATE fed_inbox SET outcome = 'refused' WHERE peer = 'be' AND sequence = 3`}, "inbox", "fed_inbox be/1/3", `"refused"`},
	{"the position of a peer", contracts.Hub, []string{`UPDATE fed_receiving SET next = next + 1 WHERE peer = 'se'`}, "inbox heads", "fed_receiving se", ""},
	{"the head of a peer", contracts.Hub, []string{`UPDATE fed_receiving SET head = ` + noHash + ` WHERE peer = 'se'`}, "inbox heads", "fed_receiving se", ""},
	{"a consumed message is parked", contracts.Hub, []string{`INSERT INTO fed_parked (peer, epoch, sequence, hash, frame) SELECT peer, epoch, sequence, hash, frame FROM fed_inbox WHERE peer = 'be' AND sequence = 2`}, "parked", "fed_parked be/1/2", "consumed already"},
	{"a fork is on record", contracts.Hub, []string{`INSERT INTO fed_fork (peer, epoch, sequence, hash, frame, seen_at) SELECT peer, epoch, sequence, hash, frame, consumed_at FROM fed_inbox WHERE peer = 'be' AND sequence = 2`}, "forks", "fed_fork be/1/2", "second message"},
	{"a channel is frozen", contracts.Hub, []string{`UPDATE fed_receiving SET frozen = TRUE WHERE peer = 'se'`}, "forks", "fed_receiving se", "frozen"},

	{"a cent more in a posting", "be", []string{`UPDATE ledger_posting SET amount = amount + 1 WHERE id = (SELECT MIN(id) FROM ledger_posting)`}, "ledger",
		`SELECT 'ledger_transaction ' || transaction_id FROM ledger_posting ORDER BY id LIMIT 1`, "sum to zero"},
	{"the accounts do not balance", "be", []string{`UPDATE ledger_posting SET amount = amount + 1 WHERE id = (SELECT MIN(id) FROM ledger_posting)`}, "trial balance", "EUR", "0.01"},
	{"a document is not booked", "be", []string{
		`DELETE FROM ledger_posting WHERE transaction_id = (SELECT id FROM ledger_transaction WHERE reference = 'document/' || ` + firstDocument + `)`,
		`DELETE FROM ledger_transaction WHERE reference = 'document/' || ` + firstDocument}, "documents booked", `SELECT 'document ' || ` + firstDocument, "not in the ledger"},
	{"a balanced change of a booking", "be", []string{`UPDATE ledger_posting SET amount = 2 * amount WHERE transaction_id = (SELECT id FROM ledger_transaction WHERE reference = 'document/' || ` + firstDocument + `)`},
		"documents booked", `SELECT 'document ' || ` + firstDocument, "the ledger holds"},
	{"a booking without a document", "be", []string{`DELETE FROM document WHERE id = ` + firstDocument}, "documents booked", `SELECT 'ledger_transaction document/' || ` + firstDocument, "its document is not there"},
	{"a payment that was booked otherwise", "be", []string{`UPDATE payment SET amount = amount + 1 WHERE invoice = ` + firstPayment}, "payments booked", `SELECT 'payment ' || ` + firstPayment + ` || '/1'`, "lowered by"},
	{"a cent more is open", "be", []string{`UPDATE document SET open = open + 1 WHERE id = ` + firstDocument}, "open amounts", `SELECT 'document ' || ` + firstDocument, "are open"},
	{"the network was told another amount", "be", []string{`UPDATE document SET net = net + 1 WHERE id = ` + firstDocument}, "events", `SELECT 'document ' || ` + firstDocument, "was told"},
	{"a payment was told and is gone", "be", []string{`DELETE FROM payment WHERE invoice = ` + firstPayment}, "events", `SELECT 'payment ' || ` + firstPayment + ` || '/1'`, "not in the books"},
	{"an event is gone", "be", []string{`DELETE FROM fed_outbox WHERE type LIKE '%credit-note-issued%'`}, "events", `SELECT 'document ' || MIN(id) FROM document WHERE kind = 'credit_note'`, "no event"},
	{"an event cannot be read", "be", []string{`UPDATE fed_outbox SET frame = (SELECT frame FROM fed_receipt WHERE sequence = 3) WHERE sequence = 3`}, "events", "message hub/1/3", "cannot be read"},
	{"a number was skipped", "be", []string{`DELETE FROM document WHERE origin = 'issued' AND number LIKE '%-000002'`}, "number series", `SELECT 'series ' || MAX(series) || ' number 2' FROM number_series`, "skipped"},
	{"a number was given and is gone", "be", []string{`UPDATE number_series SET last = last + 1 WHERE series = (SELECT MAX(series) FROM number_series)`}, "number series", `SELECT 'number_series ' || MAX(series) FROM number_series`, "last number given"},

	{"a cent more paid at the hub", contracts.Hub, []string{`UPDATE document SET paid_minor = paid_minor + 1 WHERE seller = 'SE' AND id = ` + firstAtHub}, "documents", `SELECT 'document SE/' || ` + firstAtHub, "differs"},
	{"a cent more in euros", contracts.Hub, []string{`UPDATE document SET eur_minor = eur_minor + 1 WHERE seller = 'SE' AND id = ` + firstAtHub}, "documents", `SELECT 'document SE/' || ` + firstAtHub, "differs"},
	{"a rate that is not on file", contracts.Hub, []string{`DELETE FROM rate WHERE currency = 'SEK'`}, "documents", `SELECT 'document SE/' || ` + firstAtHub, "differs"},
	{"a document is gone at the hub", contracts.Hub, []string{`DELETE FROM document WHERE seller = 'SE' AND id = ` + firstAtHub}, "documents", `SELECT 'document SE/' || ` + firstAtHub, "not there"},
	{"a document nobody sent", contracts.Hub, []string{`UPDATE document SET id = '0' WHERE seller = 'SE' AND id = ` + firstAtHub}, "documents", "document SE/0", "no event brought it"},
	{"a country nobody heard", contracts.Hub, []string{`UPDATE border_month SET seller = 'FR' WHERE seller = 'SE'`}, "documents", "document FR", "nothing was received"},
	{"a sum is a cent too high", contracts.Hub, []string{`UPDATE border_month SET eur_minor = eur_minor + 1 WHERE seller = 'SE' AND month = (SELECT MIN(month) FROM border_month WHERE seller = 'SE')`},
		"border matrix", `SELECT 'border_month ' || month || ' SE-' || buyer || ' ' || currency FROM border_month WHERE seller = 'SE' ORDER BY month, buyer, currency LIMIT 1`, "the events sum to"},
	{"a filed report says something else", contracts.Hub, []string{`UPDATE monthly_report SET body = '{}' WHERE country = 'SE' AND version = 1 AND month = (SELECT MIN(month) FROM monthly_report WHERE country = 'SE')`},
		"profiles and reports", `SELECT 'monthly_report SE ' || month || ' ' || currency || ' version 1' FROM monthly_report WHERE country = 'SE' ORDER BY month, currency LIMIT 1`, "differs from what was filed"},
	{"a filed report is gone", contracts.Hub, []string{`DELETE FROM monthly_report WHERE country = 'SE' AND month = (SELECT MIN(month) FROM monthly_report WHERE country = 'SE')`},
		"profiles and reports", `SELECT 'monthly_report SE ' || month || ' ' || currency FROM monthly_report WHERE country = 'SE' ORDER BY month, currency LIMIT 1`, "not there"},
	{"a profile says something else", contracts.Hub, []string{`UPDATE node_profile SET body = REPLACE(body, '"SE"', '"BE"') WHERE country = 'SE'`}, "profiles and reports", "node_profile SE", "published last"},
	{"a sum is gone", contracts.Hub, []string{`DELETE FROM border_month WHERE seller = 'SE' AND month = (SELECT MIN(month) FROM border_month WHERE seller = 'SE')`},
		"border matrix", `SELECT 'border_month ' || month || ' SE-' || buyer || ' ' || currency FROM border_month WHERE seller = 'SE' ORDER BY month, buyer, currency LIMIT 1`, "not there"},
}

func TestVerifyFindsAndLocatesEachTampering(t *testing.T) {
	both(t, []string{"hub", "be", "se"}, func(t *testing.T, n *network) {
		n.trade()
		n.stop()
		directory, err := federation.LoadDirectory(n.dir)
		if err != nil {
			t.Fatal(err)
		}
		databases := map[contracts.PartyID]*sql.DB{contracts.Hub: n.raw(contracts.Hub), "be": n.raw("be")}
		for _, tc := range tamperings {
			t.Run(tc.name, func(t *testing.T) {
				tx := n.unguarded(databases[tc.party])
				defer tx.Rollback()
				row := tc.row
				if strings.HasPrefix(row, "SELECT") {
					row = texts(t, tx, row)[0]
				}
				for _, statement := range tc.do {
					n.must(tx, statement)
				}
				found := checkNamed(t, tx, tc.party, directory, tc.check)
				if found.OK || found.FirstBad != row || !strings.Contains(found.Message, tc.message) {
					t.Errorf("%+v, want %s: %s", found, row, tc.message)
				}
			})
		}
	})
}

func checkNamed(t *testing.T, q storage.Querier, self contracts.PartyID, directory *federation.Directory, name string) federation.Check {
	t.Helper()
	checks, err := verify(t.Context(), q, self, directory)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no check %q", name)
	return federation.Check{}
}

func TestVerifyFindsAForgedSignature(t *testing.T) {
	both(t, []string{"hub", "be"}, func(t *testing.T, n *network) {
		n.issue("be", n.activity("be"), "100.00")
		n.settle()
		n.stop()
		db := n.raw("be")
		tx := n.unguarded(db)
		var frame []byte
		if err := tx.QueryRowContext(t.Context(), `SELECT frame FROM fed_outbox WHERE sequence = 2`).Scan(&frame); err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(frame, []byte(`"signature":"`)) + len(`"signature":"`)
		if frame[at]++; frame[at] == 'Z'+1 || frame[at] == 'z'+1 || frame[at] == '9'+1 {
			frame[at] = 'A' // stays in the alphabet, whatever stood there
		}
		n.must(tx, `UPDATE fed_outbox SET frame = $1 WHERE sequence = 2`, frame)
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		args := []string{"verify", "--db", n.dsn["be"], "--network", n.dir}
		if code, out, errs := command(t, args...); code != exitFinding || !strings.Contains(out, "BAD fed_outbox hub/1/2") {
			t.Errorf("exit %d\n%s%s", code, out, errs)
		}
	})
}

// commandJSON runs a command that must be good and reads what it printed.
func commandJSON(t *testing.T, into any, args ...string) {
	t.Helper()
	code, out, errs := command(t, append(args, "--json")...)
	if code != exitGood {
		t.Fatalf("%s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	if err := json.Unmarshal([]byte(out), into); err != nil {
		t.Fatalf("%s: %v in %s", strings.Join(args, " "), err, out)
	}
}

func TestOperatorsReadDatabasesInUse(t *testing.T) {
	both(t, []string{"hub", "be", "se"}, func(t *testing.T, n *network) {
		n.trade()
		digests := map[contracts.PartyID]federation.Digest{}
		for p, dsn := range n.dsn {
			var checks []federation.Check
			commandJSON(t, &checks, "verify", "--db", dsn, "--network", n.dir)
			if len(checks) < 11 {
				t.Errorf("%s: %d checks", p, len(checks))
			}
			for _, c := range checks {
				if !c.OK {
					t.Errorf("%s: %+v", p, c)
				}
			}
			if p != contracts.Hub {
				var own []federation.Digest
				commandJSON(t, &own, "digest", "--db", dsn)
				digests[p] = own[0]
			}
			checkPeers(t, n, p)
			checkExport(t, n, p)
		}
		var atHub []federation.Digest
		commandJSON(t, &atHub, "digest", "--db", n.dsn[contracts.Hub])
		for _, d := range atHub {
			if d != digests[d.Country] || d.Facts == 0 {
				t.Errorf("the hub has %+v, the node %+v", d, digests[d.Country])
			}
		}
		if len(atHub) != 2 || atHub[0].Digest == atHub[1].Digest {
			t.Errorf("two countries in one state: %+v", atHub)
		}
	})
}

func checkPeers(t *testing.T, n *network, p contracts.PartyID) {
	t.Helper()
	var condition federation.Condition
	commandJSON(t, &condition, "peers", "--db", n.dsn[p])
	var peers []string
	for _, s := range condition.Channels {
		peers = append(peers, string(s.Peer))
		if s.Pending != 0 || s.Sent+s.Received == 0 {
			t.Errorf("%s: %+v", p, s)
		}
	}
	want := "hub"
	if p == contracts.Hub {
		want = "be se"
	}
	if strings.Join(peers, " ") != want {
		t.Errorf("%s: peers %v, want %s", p, peers, want)
	}
}

// checkExport compares the lines of the file with its header and the rows of the database, byte for byte.
func checkExport(t *testing.T, n *network, p contracts.PartyID) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "log")
	var header federation.LogHeader
	commandJSON(t, &header, "export-log", "--db", n.dsn[p], "-o", file)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	first := federation.LogHeader{}
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil || first.Party != p || first.Format != federation.LogFormat {
		t.Errorf("first line %s: %v", lines[0], err)
	}
	frames := []string{}
	for _, c := range header.Channels {
		for _, from := range []string{"frame FROM fed_outbox", "frame FROM fed_receipt", "frame FROM fed_inbox", "receipt FROM fed_inbox"} {
			frames = append(frames, texts(t, n.up[p].prog.db, fmt.Sprintf("SELECT %s WHERE peer = '%s' ORDER BY sequence", from, c.Peer))...)
		}
		if c.Sent != c.Answers || c.Received != c.Given {
			t.Errorf("%s: %+v", p, c)
		}
	}
	if strings.Join(lines[1:], "\n") != strings.Join(frames, "\n") {
		t.Errorf("%s: %d lines in the file, %d frames in the database, or not the same", p, len(lines)-1, len(frames))
	}
	if code, _, _ := command(t, "export-log", "--db", n.dsn[p], "-o", file); code != exitFailed {
		t.Errorf("a file that exists: exit %d", code)
	}
}

func TestWhatCannotBeReadIsNoFinding(t *testing.T) {
	dir := t.TempDir()
	if code, _, errs := command(t, "network", "init", "--dir", filepath.Join(dir, "network"), "--parties", "hub,be"); code != 0 {
		t.Fatal(errs)
	}
	empty := filepath.Join(dir, "empty.db")
	db, err := storage.Open(context.Background(), empty, federation.Migrations)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ args, want string }{
		{"digest --db " + filepath.Join(dir, "none.db"), "none.db"},
		{"digest --db " + empty, "say hub or the country"},
		{"digest --party be --db " + empty, "no tables of ledger"},
		{"digest --party belgium --db " + empty, "two letters"},
		{"peers", "--db"},
		{"verify --db " + empty, "--network"},
		{"verify --party hub --db " + empty + " --network " + dir, "network.json"},
	} {
		code, out, errs := command(t, strings.Fields(tc.args)...)
		if code != exitFailed || !strings.Contains(out+errs, tc.want) {
			t.Errorf("passerelle %s: exit %d, want %d and %q\n%s%s", tc.args, code, exitFailed, tc.want, out, errs)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "none.db")); err == nil {
		t.Error("a database was made")
	}
}
