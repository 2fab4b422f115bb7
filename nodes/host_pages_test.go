package nodes_test

import (
	"context"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/correspondence"
)

// asked puts a case of another co-operative onto a node's desk.
func (n *testNode) asked(letters ...letter.Letter) correspondence.HostCase {
	n.t.Helper()
	start := contracts.MustDate("2026-06-10")
	c := correspondence.HostCase{Home: "FR", ID: contracts.CaseID(correspondence.NewID()), State: correspondence.Asked, FirstDay: start, LastDay: start.AddDays(3), AskedAt: *n.now}
	err := n.DB.Write(n.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for _, l := range letters {
			m := correspondence.Message{Address: correspondence.Address{Case: c.ID, Home: "FR", Peer: "FR", Flow: contracts.CaseRules[l.Kind()].Flows[0], Kind: l.Kind(), Message: correspondence.NewID(), Version: 1, RuleSet: "eu-2010"}, Way: correspondence.Taken, At: *n.now, Letter: l}
			if err := n.Store.InsertMessage(ctx, tx, access.Program(), m); err != nil {
				return err
			}
		}
		return n.Store.SaveHostCase(ctx, tx, access.Program(), c)
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return c
}

// guest is what home asks of a host.
func guest() letter.HostRequest {
	start := contracts.MustDate("2026-06-10")
	return letter.HostRequest{Person: letter.Person{Name: "CanaryGuest", BirthDate: contracts.MustDate("1990-01-02"), Nationality: []string{"FR", "stateless"}}, Employer: "A co-operative",
		Trips: []letter.Trip{{Trip: 1, Start: start, End: start.AddDays(3), Activity: "performance", Undertaking: "Theatre"}}, Law: letter.Law{Legislation: "FR", Article: "12.1"}, A1: letter.A1Status{State: contracts.TrackRequested},
		Filings: []letter.Filing{{System: "limosa", Trip: 1, Latest: start}}}
}

// What a host may know is shown, what it answers goes home, and home is told of every look.
func TestAHostAnswersAndEveryLookIsToldHome(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		b := adviserOf(n)
		k := n.asked(guest(), letter.InfoRequest{Words: letter.Words{Text: "When does the hall open?"}})
		at := "/host-cases/" + k.Ref()
		if got := b.open("/host-cases").text(); strings.Contains(got, "CanaryGuest") || !strings.Contains(got, "1 unread message") {
			t.Errorf("the list says %s", got)
		}
		page := b.open(at).text()
		for _, want := range []string{"CanaryGuest", "France, Stateless", "Limosa", "On stage", "When does the hall open?", "until 60 days after home closes the case"} {
			if !strings.Contains(page, want) {
				t.Errorf("lacks %q: %s", want, page)
			}
		}
		b.refused(at+"/decline", "decline.reason", " ")
		b.follow(at+"/accept", "accept.contact.name", "Somebody here")
		if w := b.send(at+"/accept", "accept.contact.name", "Twice"); w.Code != 409 {
			t.Errorf("accepted twice: %d", w.Code)
		}
		b.refused(at+"/filed", "filed.reference", "", "filed.filed_on", "2026-06-01")
		_, after := b.follow(at+"/filed", "filed.reference", "L-1", "filed.filed_on", "2026-06-01")
		if !strings.Contains(after.text(), "Filed under number L-1.") {
			t.Errorf("filed: %s", after.text())
		}
		b.follow(at+"/tax", "tax.state", "NOT_NEEDED", "tax.text", "treaty")
		all, err := n.Store.Messages(t.Context(), n.DB, access.Program(), "FR", k.ID)
		if err != nil {
			t.Fatal(err)
		}
		sent := map[contracts.CaseKind]int{}
		var question contracts.MessageID
		for _, m := range all {
			if m.Way == correspondence.Sent {
				sent[m.Kind]++
			} else if m.Kind == contracts.KindInfoRequest {
				question = m.Message
			}
		}
		if sent[contracts.KindHostAccept] != 1 || sent[contracts.KindDeclarationFiled] != 1 || sent[contracts.KindTaxNote] != 1 || sent[contracts.KindRead] < 3 {
			t.Errorf("sent %v", sent)
		}
		_, after = b.follow(at+"/message", "to", "FR/"+string(question), "message", "At seven.")
		if !strings.Contains(after.text(), "At seven.") || strings.Contains(after.text(), "in answer to") {
			t.Errorf("answered: %s", after.text())
		}
		if w := b.send(at+"/invent", "x", "y"); w.Code != 404 {
			t.Errorf("an invented answer: %d", w.Code)
		}
		if w := b.do("GET", "/host-cases/fr-"+strings.Repeat("0", 32), "", ""); w.Code != 404 {
			t.Errorf("a case that is not there: %d", w.Code)
		}
	})
}
