package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/casework"
	"passerelle/nodes/correspondence"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
	"passerelle/nodes/store"
)

// abroad is a case of a member of a node, with a word nobody else's data contain in every personal field.
type abroad struct {
	n    *network
	home contracts.PartyID
	id   contracts.CaseID
}

// canaries of a case. The hub may hold none of them.
var canaries = []string{"CanaryNaam", "canary.mail", "+32475000777", "CanaryStreet", "99.01.02-003.04", "CanaryTask", "CanaryStage", "CanaryTheatre", "CanaryPlace", "31415.92", "CanaryHostContact", "CanaryReference", "CanaryTax", "CanaryQuestion", "CanaryAnswer", "CanaryPaper"}

var pdf = []byte("%PDF-1.7\nCanaryPaper\n%%EOF\n")

// openAbroad takes a case of a new member of home to where its hosts are asked.
func openAbroad(t *testing.T, n *network, home contracts.PartyID, host mobility.State, delegate ...mobility.State) abroad {
	t.Helper()
	node, ctx := n.up[home].node, t.Context()
	var m member.Member
	err := node.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		if m, err = node.Members.Add(ctx, tx, member.Member{Reference: "M-" + rand32(), Name: "CanaryNaam"}); err != nil {
			return err
		}
		_, err = node.Store.SaveContact(ctx, tx, access.Program(), m.ID, member.Contact{Email: "canary.mail@example.org", Phone: "+32475000777", Street: "CanaryStreet 1", Country: "BE"}, time.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	start, pay := contracts.DateOf(time.Now()).AddDays(70), contracts.MustMoney("31415.92", contracts.EUR)
	c, err := node.Cases.Create(ctx, access.Program(), m.ID, casework.Facts{Task: "CanaryTask", Pay: &pay,
		Person: casework.Person{BirthDate: contracts.MustDate("1990-01-02"), NationalNumber: "99.01.02-003.04"},
		Places: []casework.Place{{Trip: 1, Name: "CanaryPlace", Town: "Lyon"}},
		Input: mobility.Input{Residence: mobility.State(node.Adapter.Code), Nationality: []mobility.Nationality{mobility.Nationality(node.Adapter.Code)},
			Engagements: []mobility.Engagement{{ID: "e1", Type: mobility.Employed, Employer: "CanaryStage", Seat: mobility.State(node.Adapter.Code)}},
			Trips:       []mobility.Trip{{Engagement: "e1", Host: host, HostUndertaking: "CanaryTheatre", Start: start, End: start.AddDays(120), Activity: "teaching"}},
			Checks:      mobility.Checks{HomeCoverSince: mobility.Cover{Given: true, Since: contracts.MustDate("2018-01-01")}}}})
	if err != nil {
		t.Fatal(err)
	}
	a := abroad{n, home, c.ID}
	a.fire(t, func(c casework.Case) casework.Event { return casework.Submit{At: c.Seen()} })
	a.fire(t, func(c casework.Case) casework.Event { return casework.Take{At: c.Seen()} })
	a.fire(t, func(c casework.Case) casework.Event { return casework.Decide{At: c.Seen()} })
	a.fire(t, func(c casework.Case) casework.Event { return casework.StartPreparing{At: c.Seen(), Delegate: delegate} })
	return a
}

func rand32() string { return string(correspondence.NewID()) }

func (a abroad) now(t *testing.T) casework.Case {
	t.Helper()
	node := a.n.up[a.home].node
	c, there, err := node.Store.Case(t.Context(), node.DB, access.Program(), a.id)
	if err != nil || !there {
		t.Fatal(there, err)
	}
	return c
}

func (a abroad) fire(t *testing.T, e func(casework.Case) casework.Event) casework.Case {
	t.Helper()
	event := e(a.now(t))
	c, err := a.n.up[a.home].node.Cases.Fire(t.Context(), access.Program(), a.id, event)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// file waits for the host's file and for a letter of a kind in it, and returns that.
func (a abroad) file(t *testing.T, host contracts.PartyID, way correspondence.Way, kind contracts.CaseKind) correspondence.Message {
	t.Helper()
	node := a.n.up[host].node
	home := a.n.up[a.home].node.Adapter.Code
	var found correspondence.Message
	inTime(t, "the host has "+string(kind), func() bool {
		all, err := node.Store.Messages(t.Context(), node.DB, access.Program(), home, a.id)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(m correspondence.Message) bool { return m.Way == way && m.Kind == kind })
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	})
	return found
}

// write has an adviser of the host write.
func (a abroad) write(t *testing.T, host contracts.PartyID, d correspondence.Draft, l letter.Letter) correspondence.Message {
	t.Helper()
	m, err := a.tryWrite(t, host, d, l)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (a abroad) tryWrite(t *testing.T, host contracts.PartyID, d correspondence.Draft, l letter.Letter) (correspondence.Message, error) {
	t.Helper()
	says, err := contracts.Encode(l)
	if err != nil {
		t.Fatal(err)
	}
	d.Kind, d.Says = l.Kind(), says
	return a.n.up[host].node.Hosting.Write(t.Context(), access.Program(), a.n.up[a.home].node.Adapter.Code, a.id, d)
}

func inTime(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 30 s", what)
		}
	}
}

// tap keeps everything that any party gave to the broker.
type tap struct {
	transport
	mu   *sync.Mutex
	seen *[][]byte
}

func (t tap) Publish(topic string, messages ...*message.Message) error {
	t.mu.Lock()
	for _, m := range messages {
		*t.seen = append(*t.seen, bytes.Clone(m.Payload))
	}
	t.mu.Unlock()
	return t.transport.Publish(topic, messages...)
}

// tapped runs a test on both set-ups with a tap on the broker.
func tapped(t *testing.T, parties []string, test func(t *testing.T, n *network, published func() [][]byte)) {
	both(t, []string{"hub"}, func(t *testing.T, n *network) {
		n.up[contracts.Hub].stop() // only its set-up is of use
		var mu sync.Mutex
		var seen [][]byte
		n = newNetwork(t, n.engine, parties, func(p contracts.PartyID) transport { return tap{n.broker(p), &mu, &seen} })
		test(t, n, func() [][]byte {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(seen)
		})
	})
}

var coded = regexp.MustCompile(`[A-Za-z0-9+/_-]{12,}`)

// leaks lists the canaries in bytes, and in whatever is base64 in them, however deep.
func leaks(b []byte, deep int) (found []string) {
	for _, c := range canaries {
		if bytes.Contains(b, []byte(c)) {
			found = append(found, c)
		}
	}
	if deep == 0 {
		return found
	}
	for _, text := range coded.FindAll(b, -1) {
		for _, alphabet := range []*base64.Encoding{base64.RawURLEncoding, base64.RawStdEncoding} {
			if plain, err := alphabet.DecodeString(string(text)); err == nil {
				found = append(found, leaks(plain, deep-1)...)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// held is every value in every table of a party's database.
func (n *network) held(t *testing.T, self contracts.PartyID) []byte {
	t.Helper()
	db := n.up[self].prog.db
	query := `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if db.Engine() == storage.Postgres {
		query = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
	}
	tables, err := storage.All(t.Context(), db, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }, query)
	if err != nil || len(tables) < 10 {
		t.Fatal(tables, err)
	}
	var all bytes.Buffer
	for _, table := range tables {
		rows, err := db.QueryContext(t.Context(), `SELECT * FROM `+table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				switch v := (*v.(*any)).(type) {
				case []byte:
					all.Write(v)
				default:
					fmt.Fprint(&all, v)
				}
				all.WriteByte('\n')
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return all.Bytes()
}

// TestHomeAndHostWorkOnACaseThroughAHubThatCannotRead follows a posting BE to FR over the real endpoints: request, yes, declaration, tax, contact, a question
// and its answer, the A1 with its paper, a look that the member sees, and the end of the host's access. Every personal field holds a word of its own; the hub's
// books and everything on the broker hold none of them.
func TestHomeAndHostWorkOnACaseThroughAHubThatCannotRead(t *testing.T) {
	tapped(t, []string{"hub", "be", "fr", "de"}, func(t *testing.T, n *network, published func() [][]byte) {
		be, fr := n.up["be"].node, n.up["fr"].node
		a := openAbroad(t, n, "be", "FR", "FR")
		request := a.file(t, "fr", correspondence.Taken, contracts.KindHostRequest)
		r := request.Letter.(letter.HostRequest)
		if r.Person.Name != "CanaryNaam" || r.Person.Email != "canary.mail@example.org" || r.Person.Phone != "+32475000777" || len(r.Trips) != 1 || r.Trips[0].Places[0].Name != "CanaryPlace" {
			t.Errorf("%+v", r)
		}
		if len(r.Filings) != 1 || r.Filings[0].System != "sipsi" || r.Filings[0].Pay == nil || r.Filings[0].NationalNumber != "" {
			t.Errorf("SIPSI asks for pay and for no national number: %+v", r.Filings)
		}
		reply := correspondence.Draft{InReplyTo: request.Message}
		a.write(t, "fr", reply, letter.HostAccept{Contact: &letter.Contact{Name: "CanaryHostContact", Phone: "+33"}})
		a.write(t, "fr", reply, letter.DeclarationFiled{Reference: "CanaryReference", FiledOn: contracts.DateOf(time.Now())})
		a.write(t, "fr", reply, letter.TaxNote{State: contracts.TrackNotNeeded, Text: "CanaryTax"})
		a.write(t, "fr", reply, letter.LocalContact{Contact: letter.Contact{Name: "CanaryHostContact", Phone: "+331"}})
		a.write(t, "fr", correspondence.Draft{}, letter.InfoRequest{Words: letter.Words{Text: "CanaryQuestion"}})
		inTime(t, "home has it all", func() bool {
			c := a.now(t)
			return c.TrackState(casework.TrackDeclaration) == contracts.TrackOK && len(c.Hosts) == 1 && c.Hosts[0].Answer == casework.HostAccepted && c.Hosts[0].Contact != nil && c.Hosts[0].Contact.Phone == "+331"
		})
		asked := a.file(t, "be", correspondence.Taken, contracts.KindInfoRequest)
		if _, err := be.Letters.WriteToHost(t.Context(), access.Program(), a.id, "FR", correspondence.Draft{Kind: contracts.KindInfoReply, InReplyTo: asked.Message, Says: []byte(`{"text":"CanaryAnswer"}`)}); err != nil {
			t.Fatal(err)
		}
		a.file(t, "fr", correspondence.Taken, contracts.KindInfoReply)

		scan := append(slices.Clone(pdf[:9]), bytes.Repeat([]byte("CanaryPaper in a long scan. "), 12_000)...)
		scan = append(scan, "%%EOF"...)
		paper, err := be.Cases.Upload(t.Context(), access.Program(), a.id, casework.PaperA1, scan)
		if err != nil {
			t.Fatal(err)
		}
		a.fire(t, func(c casework.Case) casework.Event {
			return casework.TrackUpdate{At: c.Seen(), Track: casework.TrackA1, State: contracts.TrackOK, Reference: "A1-1", Paper: paper.ID, Until: c.End()}
		})
		status := a.file(t, "fr", correspondence.Taken, contracts.KindA1Status)
		adviser := access.Deed{By: access.Principal{Account: "opaque", Name: "Camille", Roles: []access.Role{access.Adviser}}, Purpose: "read a case of another co-operative", At: time.Now()}
		doc, err := fr.Hosting.OpenDocument(adviser.Context(t.Context()), access.Program(), "BE", a.id, correspondence.Taken, status.Message, status.Version, 1)
		if err != nil || !bytes.Equal(doc.Content, scan) {
			t.Fatalf("%d bytes of %d: %v", len(doc.Content), len(scan), err)
		}
		inTime(t, "the member sees who looked", func() bool {
			trail, err := be.Store.Trail(t.Context(), be.DB, access.Program(), string(a.now(t).Member), 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(trail, func(s store.Step) bool { return s.Name == "Camille" && s.Account == "fr.opaque" && s.Kind == "case" })
		})
		inTime(t, "all is acknowledged", func() bool {
			open, err := be.Store.Unanswered(t.Context(), be.DB, access.Program(), time.Now().Add(time.Hour), 10)
			return err == nil && len(open) == 0
		})

		for _, canary := range canaries {
			if canary == "CanaryStreet" || canary == "99.01.02-003.04" || canary == "CanaryTask" || canary == "CanaryStage" {
				continue // no business of the host
			}
			if !slices.Contains(leaks(n.held(t, "fr"), 0), canary) {
				t.Errorf("the host has no %s: the search is blind", canary)
			}
		}
		for _, canary := range []string{"CanaryStreet", "99.01.02-003.04", "CanaryTask", "CanaryStage"} {
			if slices.Contains(leaks(n.held(t, "fr"), 0), canary) {
				t.Errorf("the host was told %s", canary)
			}
		}
		for _, party := range []contracts.PartyID{"hub", "de"} {
			if found := leaks(n.held(t, party), 4); len(found) > 0 {
				t.Errorf("%s holds %v", party, found)
			}
		}
		entries := published()
		if len(entries) < 20 {
			t.Errorf("%d entries seen", len(entries))
		}
		for _, e := range entries {
			if found := leaks(e, 4); len(found) > 0 {
				t.Fatalf("the broker carried %v", found)
			}
		}
	})
}
