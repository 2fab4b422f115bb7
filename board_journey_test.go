package main

import (
	"errors"
	"testing"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
	"passerelle/internal/web/webtest"
	"passerelle/nodes/seed"
)

// A member of the board sees how Europe stands, opens a country, compares what would be if, and reads a meeting; what the contribution paid for is
// read by everybody from the moment it is published, on a phone.
func TestTheBoardSeesTriesAndPublishes(t *testing.T) {
	b, broker := webtest.Open(t), memory.NewBroker()
	n := newNetwork(t, storage.SQLite, []string{"hub", "be"}, func(contracts.PartyID) transport { return sharedMemory{broker} })
	h, ctx := n.up[contracts.Hub].hub, t.Context()
	if err := errors.Join(h.LoadDemonstrationPlan(ctx), h.LoadDemonstrationMeetings(ctx)); err != nil {
		t.Fatal(err)
	}
	if _, err := seed.Fill(ctx, n.up["be"].node, decimal.New(5, -4), demonstrationRate, contracts.Month{}); err != nil {
		t.Fatal(err)
	}
	n.settle()
	cookies := n.cookies(contracts.Hub)
	p := person{t, b, n.up[contracts.Hub].url}
	p.does(b.Set(webtest.View{Name: "desktop", Width: 1280}), b.Be(p.home, cookies[access.Board]))

	p.opens(p.home + "/")
	p.sees("The state of Europe", "Country by country", "Who must bring what by when", "Example")
	p.opens(p.home + "/board/countries/BE")
	p.sees("Coverage and its path", "Countries of the buyers", "Monthly reports")
	p.presses("What would be if …")
	p.fills("Growth of costs a year, in percent", "25")
	p.presses("See what would be")
	p.sees("What it comes to", "+25%")
	p.fills("Name of the scenario", "Dearer")
	p.presses("Save the scenario")
	p.presses("Lose 45% of turnover in a year")
	p.fills("Name of the scenario", "Half the work")
	p.presses("Save the scenario")
	p.sees("Saved scenarios", "Dearer", "Half the work")
	p.opens(p.home + "/board/meetings/2024-09-19")
	p.sees("Agenda", "Decisions taken", "Minutes", "minutes wait for approval")

	p.does(b.Set(webtest.View{Name: "phone", Width: 360}), b.Be(p.home, nil))
	p.opens(p.home + "/assembly")
	p.sees("Nothing is published yet")
	p.does(b.Be(p.home, cookies[access.Operator]))
	p.opens(p.home + "/board/assembly?year=2023")
	p.fitsThePhone()
	p.presses("Publish")
	p.sees("published")
	p.does(b.Be(p.home, nil))
	p.opens(p.home + "/assembly")
	p.sees("What the contribution of 2023 paid for", "Support abroad", "Where these figures come from")
	p.fitsThePhone()
}
