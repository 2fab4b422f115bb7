package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/hub/rates"
	"passerelle/internal/federation/memory"
	"passerelle/internal/federation/redis"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes"
	"passerelle/nodes/outbound"
	"passerelle/nodes/seed"
)

// network is a whole federation for a test: each party on its own database, started and stopped at will.
type network struct {
	t      testing.TB
	dir    string
	engine storage.Engine
	broker func(contracts.PartyID) transport
	dsn    map[contracts.PartyID]string
	up     map[contracts.PartyID]*running
	now    func() time.Time // the clock of every party; the machine's when nil
}

type running struct {
	url  string
	hub  *hub.Hub
	node *nodes.Node
	prog *program
	stop func()
}

// sharedMemory lets every party close its transport while the memory goes on.
type sharedMemory struct{ *memory.Broker }

func (sharedMemory) Close() error { return nil }

// both runs a test on the two set-ups that ship: SQLite with memory, and PostgreSQL with Redis Streams.
func both(t *testing.T, parties []string, test func(t *testing.T, n *network)) {
	t.Run("sqlite and memory", func(t *testing.T) {
		b := memory.NewBroker()
		test(t, newNetwork(t, storage.SQLite, parties, func(contracts.PartyID) transport { return sharedMemory{b} }))
	})
	t.Run("postgres and redis", func(t *testing.T) {
		url := storagetest.Redis(t)
		test(t, newNetwork(t, storage.Postgres, parties, func(p contracts.PartyID) transport {
			tr, err := redis.Open(redis.Options{URL: url, Consumer: string(p), Trim: p == contracts.Hub})
			if err != nil {
				t.Fatal(err)
			}
			return tr
		}))
	})
}

func newNetwork(t testing.TB, engine storage.Engine, parties []string, broker func(contracts.PartyID) transport) *network {
	t.Helper()
	return newNetworkAt(t, engine, parties, broker, nil)
}

// newNetworkAt is a network whose parties all look at one clock.
func newNetworkAt(t testing.TB, engine storage.Engine, parties []string, broker func(contracts.PartyID) transport, now func() time.Time) *network {
	t.Helper()
	n := &network{t: t, dir: filepath.Join(t.TempDir(), "network"), engine: engine, broker: broker, dsn: map[contracts.PartyID]string{}, up: map[contracts.PartyID]*running{}, now: now}
	if err := initNetwork(n.dir, "test", true, parties); err != nil {
		t.Fatal(err)
	}
	for _, p := range parties {
		n.dsn[contracts.PartyID(p)] = storagetest.DSN(t, engine)
		n.start(contracts.PartyID(p))
	}
	return n
}

// start runs a party on its database, as a new process would.
func (n *network) start(self contracts.PartyID) *running {
	n.t.Helper()
	p, err := loadParty(self, n.dir)
	if err != nil {
		n.t.Fatal(err)
	}
	p.dsn, p.transport, p.log = n.dsn[self], n.broker(self), io.Discard
	if n.now != nil {
		p.now = n.now
	}
	r := &running{}
	ctx, cancel := context.WithCancel(context.Background())
	if self == contracts.Hub {
		r.prog, r.hub, err = openHub(ctx, p)
	} else {
		settings, errSettings := nodes.LoadSettings(filepath.Join(n.dir, string(self)+".yaml"))
		if errSettings != nil {
			n.t.Fatal(errSettings)
		}
		r.prog, r.node, err = openNode(ctx, p, settings)
	}
	if err != nil {
		n.t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		n.t.Fatal(err)
	}
	r.url = "http://" + l.Addr().String()
	done := make(chan error, 1)
	go func() { done <- r.prog.serve(ctx, l) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			n.t.Errorf("%s: %v", self, err)
		}
		if err := p.transport.Close(); err != nil {
			n.t.Errorf("%s: %v", self, err)
		}
		if err := r.prog.close(); err != nil {
			n.t.Errorf("%s: %v", self, err)
		}
	})
	knows(n.t, l.Addr().String(), r.prog.accounts)
	n.t.Cleanup(r.stop)
	n.up[self] = r
	return r
}

// settle waits until the nodes hold a receipt for everything they sent.
func (n *network) settle() {
	n.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		waiting := int64(0)
		for _, r := range n.up {
			if r.node == nil {
				continue
			}
			status, err := r.node.Channel.Status(context.Background())
			if err != nil {
				n.t.Fatal(err)
			}
			for _, s := range status {
				waiting += s.Pending
				if s.Refused > 0 {
					n.t.Fatalf("the hub refused %d messages of %s", s.Refused, r.node.Adapter.Code)
				}
			}
		}
		if waiting == 0 {
			return
		}
		if time.Now().After(deadline) {
			n.t.Fatalf("%d messages still wait", waiting)
		}
	}
}

// get reads JSON.
func get(t testing.TB, url string, into any) {
	t.Helper()
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %s", url, res.StatusCode, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("GET %s: %v in %s", url, err, body)
	}
}

// post sends JSON and reads the answer.
func post(t testing.TB, url string, body any) (int, string) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Post(url, "application/json", bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

// matrix is what the test reads of /api/crossborder.
type matrix struct {
	Total   struct{ Amount string }
	Sellers []struct {
		Country string
		Amount  string
	}
}

// turnoverByLedger adds up a node's books, apart from everything the hub does: each revenue posting of the year, converted at its day's
// rate from the same published table.
func turnoverByLedger(t *testing.T, db *storage.DB, year int) decimal.Decimal {
	t.Helper()
	type posting struct {
		on       contracts.Date
		minor    int64
		currency contracts.Currency
	}
	postings, err := storage.All(t.Context(), db, func(r *sql.Rows) (p posting, err error) { return p, r.Scan(&p.on, &p.minor, &p.currency) },
		`SELECT date, amount, currency FROM ledger_posting WHERE account = $1 AND date BETWEEN $2 AND $3`, outbound.Revenue, fmt.Sprintf("%d-01-01", year), fmt.Sprintf("%d-12-31", year))
	if err != nil {
		t.Fatal(err)
	}
	table, err := rates.Demonstration()
	if err != nil {
		t.Fatal(err)
	}
	sum := decimal.Zero
	for _, p := range postings {
		amount := decimal.New(-p.minor, -2)
		for _, r := range table {
			if p.currency == r.Currency && !p.on.Before(r.Since) && !p.on.After(r.Until) {
				amount = amount.DivRound(r.PerEUR, 2)
			}
		}
		sum = sum.Add(amount)
	}
	return sum
}

func TestTheBorderMatrixIsTheSumOfTheLedgers(t *testing.T) {
	both(t, []string{"hub", "be", "se", "hu"}, func(t *testing.T, n *network) {
		table, err := rates.Demonstration()
		if err != nil {
			t.Fatal(err)
		}
		if err := n.up[contracts.Hub].hub.LoadRates(t.Context(), table); err != nil {
			t.Fatal(err)
		}
		for _, p := range []contracts.PartyID{"be", "se", "hu"} {
			if _, err := seed.Fill(t.Context(), n.up[p].node, decimal.RequireFromString("0.001"), demonstrationRate, contracts.Month{}); err != nil {
				t.Fatal(err)
			}
		}
		n.settle()
		for _, year := range seed.Years {
			var m matrix
			get(t, fmt.Sprintf("%s/api/crossborder?year=%d", n.up[contracts.Hub].url, year), &m)
			total := decimal.Zero
			for _, p := range []contracts.PartyID{"be", "se", "hu"} {
				own := turnoverByLedger(t, n.up[p].prog.db, year)
				total = total.Add(own)
				shown := "0"
				for _, s := range m.Sellers {
					if strings.EqualFold(s.Country, string(p)) {
						shown = s.Amount
					}
				}
				if !decimal.RequireFromString(shown).Equal(own) {
					t.Errorf("%d: the hub shows %s EUR of %s, its ledger holds %s", year, shown, p, own)
				}
				if published, ok := seed.Published(n.up[p].node.Adapter, year); ok && !own.Equal(published.Amount.Shift(-3).Round(2)) {
					t.Errorf("%d: the ledger of %s holds %s EUR, a thousandth of the report's %s was asked for", year, p, own, published)
				}
			}
			if !decimal.RequireFromString(m.Total.Amount).Equal(total) || total.IsZero() {
				t.Errorf("%d: the hub's total is %s, the ledgers' %s", year, m.Total.Amount, total)
			}
		}
	})
}

// issue writes an invoice through the node's API.
func (n *network) issue(p contracts.PartyID, activity string, net string) {
	n.t.Helper()
	status, answer := post(n.t, n.up[p].url+"/api/invoices", map[string]any{
		"activity": activity, "service": "general", "supply_date": contracts.DateOf(time.Now().UTC()).String(),
		"buyer": map[string]any{"name": "Buyer", "kind": "business", "vat_id": "FR40303265045", "address": map[string]any{"country": "FR"}},
		"lines": []map[string]any{{"description": "Work", "quantity": "1", "price": net}},
	})
	if status != http.StatusCreated && status != http.StatusOK {
		n.t.Fatalf("issue at %s: %d %s", p, status, answer)
	}
}

// activity registers a member with an activity through the API.
func (n *network) activity(p contracts.PartyID) string {
	n.t.Helper()
	var made struct{ ID string }
	for _, step := range []struct {
		path string
		body func() map[string]any
	}{
		{"/api/members", func() map[string]any { return map[string]any{"reference": "M1", "name": "Member"} }},
		{"/api/activities", func() map[string]any {
			return map[string]any{"reference": "A1", "name": "Sound", "member": made.ID}
		}},
	} {
		status, answer := post(n.t, n.up[p].url+step.path, step.body())
		if status >= 300 {
			n.t.Fatalf("%s: %d %s", step.path, status, answer)
		}
		if err := json.Unmarshal([]byte(answer), &made); err != nil {
			n.t.Fatal(err)
		}
	}
	return made.ID
}

func TestTheHubIsStoppedAndEverythingArrivesOnce(t *testing.T) {
	both(t, []string{"hub", "be"}, func(t *testing.T, n *network) {
		activity := n.activity("be")
		n.issue("be", activity, "100.00")
		n.settle()
		n.up[contracts.Hub].stop()
		for range 20 {
			n.issue("be", activity, "10.01")
		}
		n.up["be"].stop()
		n.start("be")
		n.issue("be", activity, "1.00")
		n.start(contracts.Hub)
		n.settle()
		var m struct {
			Total struct {
				Amount    string
				Documents int
			}
		}
		get(t, fmt.Sprintf("%s/api/crossborder?year=%d", n.up[contracts.Hub].url, time.Now().UTC().Year()), &m)
		if m.Total.Amount != "301.20" || m.Total.Documents != 22 {
			t.Errorf("the hub shows %s EUR in %d documents, want 301.20 in 22", m.Total.Amount, m.Total.Documents)
		}
	})
}

func TestBadRequestsAreProblemsAndLeaveNothing(t *testing.T) {
	n := func() *network {
		b := memory.NewBroker()
		return newNetwork(t, storage.SQLite, []string{"hub", "be"}, func(contracts.PartyID) transport { return sharedMemory{b} })
	}()
	activity := n.activity("be")
	within(t, time.Minute, func() error { // a node that has started says who it is, and how to seal for it
		status, err := n.up["be"].node.Channel.Status(t.Context())
		if err == nil && (len(status) != 1 || status[0].Sent < 2) {
			err = fmt.Errorf("it has not told the hub who it is: %+v", status)
		}
		return err
	})
	n.settle()
	before := countRows(t, n.up["be"].prog.db)
	good := fmt.Sprintf(`{"activity":%q,"service":"general","supply_date":"2026-03-20","buyer":{"name":"B","kind":"business","vat_id":"FR40303265045","address":{"country":"FR"}},"lines":[{"description":"x","quantity":"1","price":"10"}]}`, activity)
	for name, tc := range map[string]struct{ body, field string }{
		"wrong VAT number": {strings.Replace(good, "FR40303265045", "FR40303265046", 1), "buyer.vat_id"},
		"unknown country":  {strings.Replace(good, `{"country":"FR"}`, `{"country":"ZZ"}`, 1), "buyer.address.country"},
		"seven decimals":   {strings.Replace(good, `"price":"10"`, `"price":"10.1234567"`, 1), "lines[0].price"},
		"unknown member":   {strings.Replace(good, `"service"`, `"colour":"red","service"`, 1), "colour"},
		"another currency": {strings.Replace(good, `"service"`, `"currency":"SEK","service"`, 1), "currency"},
		"50 MB":            {`{"activity":"` + strings.Repeat("a", 50<<20) + `"}`, ""},
	} {
		res, err := client.Post(n.up["be"].url+"/api/invoices", "application/json", strings.NewReader(tc.body))
		if err != nil {
			if name == "50 MB" {
				continue // the connection was cut, which is an answer too
			}
			t.Fatal(err)
		}
		var p contracts.Problem
		err = json.NewDecoder(res.Body).Decode(&p)
		res.Body.Close()
		if err != nil || res.StatusCode < 400 || res.StatusCode >= 500 || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s %v", name, res.StatusCode, res.Header.Get("Content-Type"), err)
			continue
		}
		if tc.field != "" && (len(p.Faults) == 0 || p.Faults[0].Field != tc.field || p.Faults[0].Remedy == "") {
			t.Errorf("%s: %+v, want a fault of %s with a remedy", name, p, tc.field)
		}
	}
	if after := countRows(t, n.up["be"].prog.db); after != before {
		t.Errorf("before: %s\nafter:  %s", before, after)
	}
}

func countRows(t *testing.T, db *storage.DB) string {
	t.Helper()
	var all []string
	for _, table := range []string{"document", "draft", "buyer", "ledger_transaction", "fed_outbox", "number_series"} {
		var c int
		if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&c); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %d", table, c))
	}
	return strings.Join(all, ", ")
}
