package federation_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/observe"
	"passerelle/internal/storage"
)

// watched is a party that does not run, with books as a test writes them and a clock of its own.
type watched struct {
	t   testing.TB
	db  *storage.DB
	log journal
	now atomic.Pointer[time.Time]
	*federation.Watch
	endpoint *federation.Endpoint
	ends     map[string]time.Time // of certificates
	metrics  http.Handler
	sums     atomic.Pointer[[]contracts.Money]
}

var nine = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// watch makes the hub of be and se, heard at nine o'clock.
func watch(t testing.TB, engine storage.Engine) *watched {
	t.Helper()
	w := &watched{t: t, db: openDatabase(t, engine)}
	w.at(0)
	w.sums.Store(&[]contracts.Money{contracts.Zero("EUR")})
	w.hears("be", 0)
	w.hears("se", 0)
	w.start()
	return w
}

// start makes the watch anew, as a new process would.
func (w *watched) start() {
	w.t.Helper()
	var members []federation.Member
	var keys []federation.Key
	for _, p := range []contracts.PartyID{contracts.Hub, "be", "se", "es"} {
		k, err := federation.NewKey(p)
		w.must(err)
		keys = append(keys, k)
		members = append(members, federation.Member{Party: p, Left: p == "es", Keys: []federation.PublicKey{k.Public()}})
	}
	directory, err := federation.NewDirectory("test", members...)
	w.must(err)
	telemetry, err := observe.Start(context.Background(), observe.Config{Service: "hub"})
	w.must(err)
	clock := func() time.Time { return *w.now.Load() }
	b := memoryBroker().connect(w.t, contracts.Hub)
	w.endpoint, err = federation.New(federation.Config{Key: keys[0], Directory: directory, DB: w.db, Publisher: b, Subscriber: b, Now: clock, Steady: clock, Log: w.log.logger(), Meter: telemetry.Meter,
		CertificateEnds: func() map[string]time.Time { return w.ends },
		Apply:           func(context.Context, *storage.Tx, contracts.PartyID, contracts.Event) error { return nil }})
	w.must(err)
	w.Watch, w.metrics = w.endpoint.Watch(func(context.Context, storage.Querier) ([]contracts.Money, error) { return *w.sums.Load(), nil }), telemetry.Metrics
}

func (w *watched) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *watched) at(d time.Duration) { now := nine.Add(d); w.now.Store(&now) }

func (w *watched) exec(query string, args ...any) error {
	return w.db.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// hears writes a standing of a peer that came so long after nine.
func (w *watched) hears(peer contracts.PartyID, d time.Duration) {
	w.t.Helper()
	w.must(w.exec(`INSERT INTO fed_standing (peer, agreement, consumed, written, registry, said_at, heard_at) VALUES ($1,'agreed',0,0,0,$2,$2)
		ON CONFLICT (peer) DO UPDATE SET said_at = excluded.said_at, heard_at = excluded.heard_at`, peer, storage.At(nine.Add(d))))
}

// look lets time pass, looks, and tells what stands.
func (w *watched) look(d time.Duration) string {
	w.t.Helper()
	w.at(d)
	w.Look(context.Background())
	c, err := w.Condition(context.Background())
	w.must(err)
	var all []string
	for _, a := range c.Alarms {
		all = append(all, strings.TrimSpace(fmt.Sprint(a.Code, " ", a.Peer)))
	}
	return strings.Join(all, ", ")
}

func (w *watched) page() string {
	r := httptest.NewRecorder()
	w.metrics.ServeHTTP(r, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return r.Body.String()
}

// run is the watch running, until the test ends.
func (w *watched) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	w.t.Cleanup(func() { cancel(); w.must(<-done) })
	for end := time.Now().Add(10 * time.Second); !strings.Contains(w.page(), "passerelle_federation_lag"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatal("nothing was looked at")
		}
	}
}

func TestAnAlarmIsRaisedOnceAndClearedOnce(t *testing.T) {
	inMemory(t, func(t *testing.T, engine storage.Engine, _ broker) {
		w := watch(t, engine)
		for _, step := range []struct {
			after time.Duration
			heard bool // be, just before
			want  string
		}{
			{0, true, ""}, {50 * time.Second, true, ""}, {100 * time.Second, false, ""}, {111 * time.Second, false, "silent be"},
			{121 * time.Second, false, "silent be"}, {10 * time.Minute, false, "silent be"}, {611 * time.Second, true, ""}, {621 * time.Second, true, ""},
		} {
			w.hears("se", step.after)
			if step.heard {
				w.hears("be", step.after)
			}
			if got := w.look(step.after); got != step.want {
				t.Errorf("after %s: %q, want %q", step.after, got, step.want)
			}
		}
		if raised, over := w.log.count("level=ERROR msg=\"ALARM: Silent for 1 minute\" party=hub code=silent peer=be"), w.log.count("level=INFO msg=\"alarm is over\" party=hub code=silent peer=be stood=8m20s"); raised != 1 || over != 1 {
			t.Errorf("raised %d times, over %d times:\n%s", raised, over, w.log.text.String())
		}
		c, err := w.Condition(t.Context())
		w.must(err)
		want := []federation.PastAlarm{{Code: "silent", Severity: "urgent", Peer: "be", Message: "Silent for 1 minute", Raised: nine.Add(111 * time.Second), Cleared: nine.Add(611 * time.Second)}}
		if diff := cmp.Diff(want, c.History); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnAlarmOutlivesTheProgram(t *testing.T) {
	inMemory(t, func(t *testing.T, engine storage.Engine, _ broker) {
		w := watch(t, engine)
		w.must(w.exec(`INSERT INTO fed_receiving (peer, epoch, next, head, frozen, waiting_for, heard_at) VALUES ('be', 1, 5, $1, $2, '', $3)`,
			federation.Hash{}.String(), true, storage.At(nine)))
		if got := w.look(0); got != "fork be" {
			t.Fatal(got)
		}
		w.start()
		w.hears("be", time.Hour)
		w.hears("se", time.Hour)
		if got := w.look(time.Hour); got != "fork be" {
			t.Fatal(got)
		}
		c, err := w.Condition(t.Context())
		w.must(err)
		if !c.Alarms[0].Since.Equal(nine) || w.log.count("ALARM") != 1 {
			t.Errorf("%+v\n%s", c.Alarms, w.log.text.String())
		}
		w.at(48 * time.Hour) // no program has looked since: the command says what the last one saw
		stored, err := federation.ConditionOf(t.Context(), w.db, contracts.Hub, *w.now.Load(), nil)
		w.must(err)
		if stored.Running || !stored.At.Equal(nine.Add(time.Hour)) || len(stored.Alarms) != 1 || !stored.Alarms[0].Since.Equal(nine) || len(stored.Channels) != 2 {
			t.Errorf("%+v", stored)
		}
		stored, err = federation.ConditionOf(t.Context(), w.db, contracts.Hub, nine.Add(time.Hour+30*time.Second), nil)
		w.must(err)
		if !stored.Running {
			t.Errorf("%+v", stored)
		}
	})
}

func TestTheHistoryOfAlarmsCannotBeChanged(t *testing.T) {
	inMemory(t, func(t *testing.T, engine storage.Engine, _ broker) {
		w := watch(t, engine)
		w.must(w.exec(`INSERT INTO fed_alarm (code, severity, peer, message, raised_at, cleared_at) VALUES ('gap','urgent','be','m','2026','')`))
		for _, change := range []string{`DELETE FROM fed_alarm`, `UPDATE fed_alarm SET message = 'n', cleared_at = '2027'`, `UPDATE fed_alarm SET raised_at = '2025'`} {
			if w.exec(change) == nil {
				t.Errorf("%s went through", change)
			}
		}
		w.must(w.exec(`UPDATE fed_alarm SET cleared_at = '2027'`))
		for _, change := range []string{`UPDATE fed_alarm SET cleared_at = ''`, `UPDATE fed_alarm SET cleared_at = '2028'`, `DELETE FROM fed_alarm`} {
			if w.exec(change) == nil {
				t.Errorf("%s of one that is over went through", change)
			}
		}
	})
}

// TestADatabaseThatTakesNoWritesIsAnAlarm sets a limit to the size of the file, which SQLite reports like a disk without room.
func TestADatabaseThatTakesNoWritesIsAnAlarm(t *testing.T) {
	w := watch(t, storage.SQLite)
	w.must(w.exec(`CREATE TABLE filler (b BLOB)`))
	most := func(pages int) {
		w.must(w.db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			var now int
			return tx.QueryRowContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&now)
		}))
	}
	if got := w.look(0); got != "" || w.Writes(t.Context()) != nil {
		t.Fatal(got, w.Writes(t.Context()))
	}
	most(1)
	for i := 0; i < 100 && w.exec(`INSERT INTO filler VALUES (zeroblob(500))`) == nil; i++ {
	}
	w.must(w.exec(`CREATE TRIGGER full BEFORE UPDATE ON fed_watch BEGIN INSERT INTO filler VALUES (zeroblob(100000)); END`))
	if got := w.look(10 * time.Second); got != "database" || !storage.IsFull(w.Writes(t.Context())) {
		t.Fatal(got, w.Writes(t.Context()))
	}
	w.look(20 * time.Second)
	most(1 << 20)
	if got := w.look(30 * time.Second); got != "" || w.Writes(t.Context()) != nil {
		t.Error(got, w.Writes(t.Context()))
	}
	if w.log.count("ALARM: The disk of the database is full") != 1 || w.log.count("alarm is over") != 1 {
		t.Error(w.log.text.String())
	}
	c, err := w.Condition(t.Context())
	w.must(err)
	if len(c.History) != 1 || c.History[0].Code != federation.AlarmDatabase || !c.History[0].Raised.Equal(nine.Add(10*time.Second)) || !c.History[0].Cleared.Equal(nine.Add(30*time.Second)) {
		t.Errorf("%+v", c.History)
	}
}

func TestADatabaseThatIsGoneKeepsTheOtherAlarms(t *testing.T) {
	w := watch(t, storage.SQLite)
	w.hears("be", -time.Hour)
	w.hears("se", 2*time.Minute)
	w.look(0)
	w.must(w.exec(`ALTER TABLE fed_standing RENAME TO elsewhere`))
	w.at(time.Second)
	w.Look(t.Context())
	if err := w.Writes(t.Context()); err == nil {
		t.Error("nothing was noticed")
	}
	if _, err := w.Condition(t.Context()); err == nil {
		t.Error("a condition was read")
	}
	if err := errors.Join(w.Tables(t.Context())); err != nil {
		t.Error(err)
	}
	w.must(w.exec(`DROP TABLE fed_watch`))
	if w.Tables(t.Context()) == nil {
		t.Error("a table is missing and nothing was noticed")
	}
}

func TestBooksAreWeighedAgainAfterAWhile(t *testing.T) {
	w := watch(t, storage.SQLite)
	w.look(0)
	w.sums.Store(&[]contracts.Money{contracts.FromMinor(-7, "EUR")})
	if got := w.look(29 * time.Second); got != "" {
		t.Error(got)
	}
	if got := w.look(30 * time.Second); got != "imbalance" {
		t.Errorf("%q", got)
	}
}

func TestMetricsHaveTheNamesThatOthersBuildOn(t *testing.T) {
	w := watch(t, storage.SQLite)
	w.hears("be", -time.Hour)
	w.must(w.exec(`INSERT INTO fed_receiving (peer, epoch, next, head, frozen, waiting_for, heard_at) VALUES ('se', 1, 5, $1, $2, '', $3)`,
		federation.Hash{}.String(), true, storage.At(nine)))
	w.must(w.exec(`INSERT INTO fed_parked (peer, epoch, sequence, hash, frame, parked_at) VALUES ('be', 1, 3, 'x', $1, $2)`, []byte("x"), storage.At(nine)))
	w.sums.Store(&[]contracts.Money{contracts.Zero("EUR"), contracts.FromMinor(-7, "SEK")})
	w.run()
	page := w.page()
	for _, want := range []string{
		`passerelle_alarm{code="fork",peer="se",severity="urgent"} 1`, `passerelle_alarm{code="imbalance",peer="",severity="urgent"} 1`,
		`passerelle_federation_parked{peer="be"} 1`, `passerelle_federation_open_gaps{peer="be"} 1`, `passerelle_federation_open_gaps{peer="se"} 0`,
		`passerelle_federation_lag{peer="be"} 0`, `passerelle_federation_quarantine{peer="be"} 0`,
		`passerelle_federation_chain_head{recipient="hub",sender="se"} 4`, `passerelle_federation_chain_head{recipient="se",sender="hub"} 0`,
		`passerelle_federation_heard_timestamp_seconds{peer="se"} 1.795338e+09`, `passerelle_registry_entries 0`, `passerelle_registry_age_seconds 0`,
		`passerelle_ledger_imbalance{currency="EUR"} 0`, `passerelle_ledger_imbalance{currency="SEK"} -7`,
	} {
		if !strings.Contains(page, "\n"+want+"\n") {
			t.Errorf("no line %s", want)
		}
	}
	if t.Failed() {
		for line := range strings.Lines(page) {
			if strings.HasPrefix(line, "passerelle") {
				t.Log(line)
			}
		}
	}
}

func TestStandingsAreSignsOfLife(t *testing.T) {
	inMemory(t, func(t *testing.T, engine storage.Engine, b broker) {
		n := newNetwork(t, engine, b, contracts.Hub, "be", "se")
		hub := n.parties[contracts.Hub]
		for end := time.Now().Add(20 * time.Second); hub.status("be").Heard.IsZero() || hub.status("be").Standing != federation.Agreed; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("a node that has nothing to say is not heard: %+v", hub.status("be"))
			}
		}
		if s := hub.status("be"); s.Received != 0 || !s.Moved.IsZero() || s.Unmet() {
			t.Errorf("%+v", s)
		}
	})
}
