package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/casework"
	"passerelle/nodes/correspondence"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
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

// TestHomeAndHostWorkOnACaseThroughAHubThatCannotRead follows a posting BE to FR: request, yes, declaration, tax, contact, a question and its answer, the
// A1 with its paper, looks that the member sees, and the end of the host's access.
func TestHomeAndHostWorkOnACaseThroughAHubThatCannotRead(t *testing.T) {
	both(t, []string{"hub", "be", "fr", "de"}, func(t *testing.T, n *network) {
		a := openAbroad(t, n, "be", "FR", "FR")
		request := a.file(t, "fr", correspondence.Taken, contracts.KindHostRequest)
		r := request.Letter.(letter.HostRequest)
		if r.Person.Name != "CanaryNaam" || r.Person.Email != "canary.mail@example.org" || len(r.Trips) != 1 {
			t.Errorf("%+v", r)
		}
		reply := correspondence.Draft{InReplyTo: request.Message}
		a.write(t, "fr", reply, letter.HostAccept{Contact: &letter.Contact{Name: "CanaryHostContact", Phone: "+33"}})
		a.write(t, "fr", reply, letter.DeclarationFiled{Reference: "CanaryReference", FiledOn: contracts.DateOf(time.Now())})
		a.write(t, "fr", reply, letter.LocalContact{Contact: letter.Contact{Name: "CanaryHostContact", Phone: "+331"}})
		inTime(t, "home has it all", func() bool {
			c := a.now(t)
			return c.TrackState(casework.TrackDeclaration) == contracts.TrackOK && len(c.Hosts) == 1 && c.Hosts[0].Answer == casework.HostAccepted && c.Hosts[0].Contact.Phone == "+331"
		})
	})
}
