package main

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
	"passerelle/internal/web/webtest"
	"passerelle/nodes/seed"
)

// On a phone the accountant enters what the ledger does not know, sees what the report will say, signs it and corrects it; the manager sees the plan,
// gives evidence and signs that money came.
func TestTheAccountantFilesAndTheManagerSignsOnAPhone(t *testing.T) {
	b, broker := webtest.Open(t), memory.NewBroker()
	n := newNetwork(t, storage.SQLite, []string{"hub", "it"}, func(contracts.PartyID) transport { return sharedMemory{broker} })
	if _, err := seed.Fill(t.Context(), n.up["it"].node, decimal.New(5, -4), demonstrationRate, contracts.Month{}); err != nil {
		t.Fatal(err)
	}
	n.plan("it")
	cookies := n.cookies("it")
	p := person{t, b, n.up["it"].url}
	p.does(b.Set(webtest.View{Name: "phone", Width: 360}), b.Be(p.home, cookies[access.Accountant]))

	month := contracts.DateOf(time.Now().UTC()).Month().First().AddDays(-1).Month().String()
	p.opens(p.home + "/reports/" + month)
	p.fills("Operating costs", "2100.50")
	p.fills("of which permanent staff", "2200")
	p.presses("See what the report will say")
	p.sees("Operating costs include the staff")
	p.fills("of which permanent staff", "1500")
	p.fills("Cash on the last day", "-12.30")
	p.presses("See what the report will say")
	p.sees("What the report will say", "2,100.50", "−12.30")
	p.fitsThePhone()
	p.presses("Change the figures")
	p.fills("Users", "12")
	p.presses("See what the report will say")
	p.presses("File the report")
	p.sees("The report is filed", "Version 1, signed on")
	p.fills("Users", "13")
	p.presses("See what the report will say")
	p.sees("Version before", "Difference", "+1")
	p.fitsThePhone()
	p.presses("File a new version")
	p.sees("The report is filed", "Version 2, signed on", "Version 1, signed on")
	p.opens(p.home + "/plan")
	p.sees("A manager confirms that it came.")

	p.does(b.Be(p.home, cookies[access.Manager]))
	p.opens(p.home + "/plan")
	p.fitsThePhone()
	p.presses("Give evidence")
	p.fills("Why it holds", "The accounts of the half-year say 66%.")
	p.fills("Link", "https://www.example.org/accounts")
	p.fitsThePhone()
	p.presses("Sign and send")
	p.sees("Signed and on its way to the board", "The accounts of the half-year say 66%.")
	p.presses("Confirm that it came")
	p.fills("On the account since", "2026-03-11")
	p.fills("Amount", "45000.10")
	p.presses("Sign that it came")
	p.sees("Nothing was stored or sent", "45000.10 EUR confirmed, and 45000.00 EUR sent")
	p.fills("Amount", "45000.00")
	p.presses("Sign that it came")
	p.sees("confirmed, on its way to the board", "signed by this co-operative")
	p.fitsThePhone()
	n.settle()
}

// fitsThePhone demands that nothing has to be read sideways.
func (p person) fitsThePhone() {
	p.t.Helper()
	fits, err := webtest.Ask[bool](p.b, `document.documentElement.scrollWidth <= innerWidth`)
	if p.does(err); !fits {
		p.t.Error("the page is wider than the phone")
	}
}
