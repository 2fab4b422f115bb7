package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
	"passerelle/internal/web/webtest"
)

// person is somebody in front of a browser, who stops at what does not go as it should.
type person struct {
	t    *testing.T
	b    *webtest.Browser
	home string
}

func (p person) does(steps ...error) {
	p.t.Helper()
	for _, err := range steps {
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p person) fills(label, text string) { p.t.Helper(); p.does(p.b.Fill(label, text)) }
func (p person) presses(text string)      { p.t.Helper(); p.does(p.b.Press(text)) }
func (p person) sees(texts ...string)     { p.t.Helper(); p.does(p.b.Says(texts...)) }

func (p person) opens(address string) {
	p.t.Helper()
	status, err := p.b.Go(address)
	if err != nil || status != http.StatusOK {
		p.t.Fatalf("%s: %d %v", address, status, err)
	}
}

const journeyPassword = "wide river under the old bridge"

// later is by how much the clock of the parties and of people's authenticators is ahead of the machine's.
var later atomic.Int64

func journeyClock() time.Time { return time.Now().Add(time.Duration(later.Load())) }

// code is what the person's authenticator shows for a secret; each code counts once, so time goes on until it is another.
func (p person) code(secret, used string) string {
	p.t.Helper()
	for {
		code, err := totp.GenerateCode(secret, journeyClock())
		if err != nil {
			p.t.Fatal(err)
		}
		if code != used {
			return code
		}
		later.Add(int64(10 * time.Second))
	}
}

// takesUp follows an invitation to the end: a password, and for staff a second factor. It returns the authenticator's secret and the code
// that was used, both empty for a member and for who takes a passkey.
func (p person) takesUp(link string, staff, passkey bool) (secret, used string) {
	p.t.Helper()
	p.opens(link)
	p.fills("New password", journeyPassword)
	p.presses("Begin")
	if !staff {
		return "", ""
	}
	if passkey {
		p.presses("Add a passkey")
		return "", ""
	}
	p.presses("Set up an authenticator")
	secret, err := webtest.Ask[string](p.b, `document.querySelector('.secret').textContent.replace(/\s/g, '')`)
	p.does(err)
	used = p.code(secret, "")
	p.fills("One-time code", used)
	p.presses("Confirm")
	p.presses("I have kept them")
	return secret, used
}

func (p person) signsOut() {
	p.t.Helper()
	p.presses("Signed in as")
	p.presses("Sign out")
	p.opens(p.home + "/")
	p.sees("E-mail address", "Password")
}

// journey is a role's way through a party: what it does first.
type journey struct {
	role    access.Role
	passkey bool
	first   func(p person)
}

var journeys = map[contracts.PartyID][]journey{
	"be": {
		{access.Member, false, func(p person) {
			p.presses("New invoice")
			option, err := webtest.Ask[string](p.b, `document.querySelector('#activity-list option').value`)
			p.does(err)
			p.fills("Activity", option)
			p.fills("Buyer", "a new buyer")
			p.presses("A new buyer")
			p.fills("Name", "Example Ltd")
			p.fills("Country", "France")
			p.fills("Day the work was done", time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly))
			p.fills("What was done", "Two drawings")
			p.fills("Quantity", "2")
			p.fills("Price", "250")
			p.presses("See what it becomes")
			p.sees("500.00", "Example Ltd")
		}},
		{access.Adviser, true, func(p person) {
			p.opens(p.home + "/members")
			p.fills("Name", "Somebody new")
			p.fills("Reference", "M-new")
			p.presses("Register")
			p.sees("Somebody new")
		}},
		{access.Accountant, false, func(p person) {
			p.opens(p.home + "/ledger")
			p.sees("Trade receivables", "Guarantee fund")
		}},
		{access.Manager, true, func(p person) {
			p.opens(p.home + "/people")
			p.sees("Invite")
		}},
		{access.Auditor, false, func(p person) {
			p.opens(p.home + "/read-log")
			p.sees("Belgium")
		}},
	},
	contracts.Hub: {
		{access.Board, true, func(p person) { p.sees("The network in", "You see totals") }},
		{access.Operator, false, func(p person) {
			p.opens(p.home + "/operations")
			p.sees("Belgium")
		}},
		{access.Auditor, false, func(p person) {
			p.opens(p.home + "/security-log")
			p.sees("signed in")
		}},
	},
}

// Each person takes up an invitation, does the first thing he is there for, signs out, and comes in again by what he has chosen.
func TestEachPersonComesInDoesHisFirstTaskAndLeaves(t *testing.T) {
	b := webtest.Open(t)
	broker := memory.NewBroker()
	n := newNetwork(t, storage.SQLite, []string{"hub", "be"}, func(contracts.PartyID) transport { return sharedMemory{broker} })
	n.furnish("be")
	n.settle()
	for party, all := range journeys {
		accounts := n.up[party].prog.accounts
		accounts.Now = journeyClock
		home := strings.Replace(n.up[party].url, "127.0.0.1", "localhost", 1) // passkeys know names, not numbers
		var err error
		if accounts.URL, err = url.Parse(home); err != nil {
			t.Fatal(err)
		}
		for _, j := range all {
			t.Run(fmt.Sprintf("%s %s", party, j.role), func(t *testing.T) {
				p := person{t, b, home}
				p.does(b.Be(p.home, nil))
				p.does(b.Passkeys(true))
				who := account.Person{Name: "Somebody", Email: string(j.role) + "@" + string(party) + ".example", Roles: []access.Role{j.role}}
				if j.role == access.Member {
					who.Member = n.member(party)
				}
				invited, err := accounts.Invite(t.Context(), account.Asker{}, who)
				if err != nil {
					t.Fatal(err)
				}
				staff := j.role != access.Member
				secret, used := p.takesUp(invited.Link, staff, j.passkey)
				j.first(p)
				p.signsOut()
				if j.passkey {
					p.presses("Use a passkey")
				} else {
					p.fills("E-mail address", who.Email)
					p.fills("Password", journeyPassword)
					p.presses("Sign in")
					if staff {
						p.fills("One-time code", p.code(secret, used))
						p.presses("Go on")
					}
				}
				p.opens(p.home + "/account")
				p.sees(who.Email)
				p.signsOut()
			})
		}
	}
}
