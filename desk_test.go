package main

import (
	"context"
	"time"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/correspondence"
)

// hostFiles gives a node cases of another co-operative in the states a host's file has, and names the page of each.
func (n *network) hostFiles(p contracts.PartyID) (pages []string) {
	n.t.Helper()
	node := n.up[p].node
	start := contracts.DateOf(time.Now().UTC()).AddDays(20)
	pay := contracts.MustMoney("1250.00", contracts.EUR)
	request := letter.HostRequest{Person: letter.Person{Name: "A guest with a rather long name", BirthDate: contracts.MustDate("1990-01-02"), Nationality: []string{"FR"}, Email: "guest@example.org", Phone: "+33 1 23 45 67 89"},
		Employer: "A co-operative", Trips: []letter.Trip{{Trip: 1, Start: start, End: start.AddDays(4), Activity: "performance", Undertaking: "Theatre", Places: []letter.Place{{Name: "Great hall", Street: "Rue 1", PostalCode: "1000", Town: "Brussels"}}}},
		Law: letter.Law{Legislation: "FR", Article: "12.1"}, A1: letter.A1Status{State: contracts.TrackRequested}, Filings: []letter.Filing{{System: "limosa", Trip: 1, Latest: start, NationalNumber: "1 90 01 75 000 000 00"}}, Withholding: &letter.Withholding{Pay: pay}}
	for _, state := range []correspondence.HostState{correspondence.Asked, correspondence.Accepted, correspondence.Closed, correspondence.Erased} {
		c := correspondence.HostCase{Home: "FR", ID: contracts.CaseID(correspondence.NewID()), State: state, FirstDay: start, LastDay: start.AddDays(4), AskedAt: time.Now().UTC()}
		if state == correspondence.Closed {
			c.ClosedOn, c.EndsOn = start, start.AddDays(60)
		}
		err := node.DB.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
			for _, l := range []letter.Letter{request, letter.InfoRequest{Words: letter.Words{Text: "At what time does the hall open?"}}} {
				m := correspondence.Message{Address: correspondence.Address{Case: c.ID, Home: "FR", Peer: "FR", Flow: contracts.CaseRules[l.Kind()].Flows[0], Kind: l.Kind(), Message: correspondence.NewID(), Version: 1, RuleSet: "eu-2010"}, Way: correspondence.Taken, At: time.Now().UTC(), Letter: l,
					Documents: []letter.Document{letter.NewDocument(letter.A1Request, "application/pdf", pdf)}}
				if err := node.Store.InsertMessage(ctx, tx, access.Program(), m); err != nil {
					return err
				}
			}
			return node.Store.SaveHostCase(ctx, tx, access.Program(), c)
		})
		if err != nil {
			n.t.Fatal(err)
		}
		pages = append(pages, "/host-cases/"+c.Ref())
	}
	return pages
}
