package main

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/internal/web/webtest"
	"passerelle/nodes/casework"
	"passerelle/nodes/correspondence"
	"passerelle/nodes/member"
)

// traveller is somebody with a part in a case: at a party, in a role, with a language.
type traveller struct {
	person
	n     *network
	party contracts.PartyID
	role  access.Role
	l     *web.Locale
}

// comes has somebody come in, in his language.
func (w traveller) comes() {
	w.t.Helper()
	a := w.n.up[w.party].prog.accounts
	personas, err := a.Personas(w.t.Context())
	w.does(err)
	for _, p := range personas {
		if p.Roles[0] == w.role {
			token, err := a.Become(w.t.Context(), account.Asker{}, p.ID, "")
			w.does(err, w.b.Be(w.home, a.Cookie(token)), w.b.Speak(w.home, w.l.Code()))
		}
	}
}

// The same by the English words of the program, in the person's language.
func (w traveller) enters(label web.Words, text string) { w.t.Helper(); w.fills(w.l.T(label), text) }
func (w traveller) chooses(label, option web.Words) {
	w.t.Helper()
	named, _, _ := strings.Cut(w.l.T(label), "%")
	w.fills(named, w.l.T(option))
}
func (w traveller) goes(button web.Words, args ...any) {
	w.t.Helper()
	w.presses(w.l.T(button, args...))
}
func (w traveller) reads(texts ...web.Words) {
	w.t.Helper()
	for _, text := range texts {
		w.sees(w.l.T(text))
	}
}

// notes says how far a paper is.
func (w traveller) notes(track web.Words, country, state web.Words, number string) {
	w.t.Helper()
	what := w.l.T("Note how far it is") + ": " + w.l.T(track)
	if country != "" {
		what += " " + w.l.Country(contracts.CountryCode(country))
	}
	w.presses(what)
	w.chooses("How far it is", state)
	if number != "" {
		w.enters("Number", number)
	}
	w.goes("Note it")
	w.reads("Noted.")
}

// A member of Belgium works in Lyon: he asks on his telephone, his adviser decides and prepares, the co-operative in France helps and files, and
// each of them reads his own language from the first question to the closed file.
func TestTheLifeOfACaseOnATelephone(t *testing.T) {
	b := webtest.Open(t)
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	broker := memory.NewBroker()
	n := newNetworkAt(t, storage.SQLite, []string{"hub", "be", "fr"}, func(contracts.PartyID) transport { return sharedMemory{broker} }, now)
	who := n.addMember("be", "Lou Janssens")
	n.addMember("fr", "Camille Martin")
	n.cookies("be")
	n.cookies("fr")
	n.settle()
	if err := b.Set(webtest.View{Name: "phone", Width: 360}); err != nil {
		t.Fatal(err)
	}
	is := func(party contracts.PartyID, role access.Role, language string) traveller {
		return traveller{person{t, b, n.up[party].url}, n, party, role, web.LocaleNamed(language)}
	}
	lou, adviser, host := is("be", access.Member, "nl"), is("be", access.Adviser, "fr"), is("fr", access.Adviser, "fr")
	start := contracts.DateOf(now().UTC()).AddDays(60)

	lou.asksFor(start, start.AddDays(9))
	k := n.onlyCase("be", who)
	adviser.takesOn(k.ID)
	inTime(t, "the host has the case", func() bool { return len(n.hostFilesOf("fr")) == 1 })
	n.hosts("fr", host)
	inTime(t, "home has the number of the declaration", func() bool { return n.onlyCase("be", who).TrackState(casework.TrackDeclaration) == contracts.TrackOK })
	adviser.gathersPapers(k.ID)
	if k = n.onlyCase("be", who); k.State != contracts.CaseReady {
		t.Fatalf("%s, missing %+v", k.State, k.Missing())
	}
	lou.comes()
	lou.opens(lou.home + "/cases/" + string(k.ID))
	lou.reads("Everything is ready.")
	lou.sees("SIPSI-42", "Sans faute")

	n.reaches(&ahead, start)
	lou.comes()
	lou.opens(lou.home + "/cases/" + string(k.ID))
	lou.reads("The work is going on.")
	n.reaches(&ahead, start.AddDays(10))
	adviser.comes()
	adviser.opens(adviser.home + "/casework/" + string(k.ID))
	adviser.goes("Close")
	adviser.reads("The case is closed.")
	inTime(t, "the host knows that it is closed", func() bool { return n.hostFilesOf("fr")[0].State == "CLOSED" })
	host.comes()
	host.opens(host.home + "/host-cases/" + n.hostFilesOf("fr")[0].Ref())
	host.reads("The case is closed")
	n.reaches(&ahead, start.AddDays(90))
	host.comes()
	host.opens(host.home + "/host-cases/" + n.hostFilesOf("fr")[0].Ref())
	host.reads("Access has ended")
	if page, err := webtest.Ask[string](b, "document.body.innerText"); err != nil || strings.Contains(page, "Janssens") {
		t.Errorf("the host still knows who it was: %v %s", err, page)
	}
}

// asksFor answers the questions on the telephone and hands in.
func (w traveller) asksFor(start, end contracts.Date) {
	w.t.Helper()
	w.comes()
	w.opens(w.home + "/cases")
	w.goes("I work in another country")
	w.enters("Country", w.l.Country("FR"))
	w.enters("Town", "Lyon")
	w.enters("Customer there", "Théâtre")
	w.goes("Go on")
	w.enters("First day of work", start.String())
	w.enters("Last day of work", end.String())
	w.goes("Go on")
	w.chooses("What kind of work?", "Stage and light crew, sound, rigging")
	w.chooses("How are you engaged?", "The co-operative employs me")
	w.enters("In your words", "licht en geluid")
	w.goes("Go on")
	w.enters("Nationality", w.l.Country("BE"))
	w.enters("Where do you live?", w.l.Country("BE"))
	w.fills(w.l.T("Insured in %s since", w.l.Country("BE")), "2018-01-01")
	w.enters("Date of birth", "1990-01-02")
	w.goes("Go on")
	w.sees(w.l.T("You stay insured in %s.", w.l.Country("BE")))
	w.goes("Hand it in")
	w.reads("Handed in.")
}

// takesOn takes a case up, decides it as the rules say, and asks the host for help and for the declaration.
func (w traveller) takesOn(id contracts.CaseID) {
	w.t.Helper()
	w.comes()
	w.opens(w.home + "/casework")
	w.sees("Lou Janssens")
	w.presses("Lou Janssens")
	w.goes("Take it up")
	w.reads("The case is yours.")
	w.goes("Decide so") // whether crew is declared in France, the rules leave to him
	w.chooses("Declaration in %s, %s", "yes")
	w.enters("Reason", "prudence")
	w.goes("Decide so")
	w.reads("It is decided.")
	w.sees("prudence")
	_, err := webtest.Ask[bool](w.b, `(document.querySelector('[name="start_preparing.delegate"]').click(), true)`)
	w.does(err)
	w.goes("Begin")
	w.reads("What the host knows")
}

// hosts has the host accept, file the declaration and ask something.
func (n *network) hosts(p contracts.PartyID, w traveller) {
	n.t.Helper()
	w.comes()
	w.opens(w.home + "/host-cases")
	if page, err := webtest.Ask[string](w.b, "document.querySelector('main').innerText"); err != nil || strings.Contains(page, "Janssens") {
		n.t.Errorf("the list names somebody: %v %s", err, page)
	}
	w.opens(w.home + "/host-cases/" + n.hostFilesOf(p)[0].Ref())
	w.sees("Lou Janssens", "Théâtre", "Lyon")
	w.enters("Who can be reached here", "Sans faute")
	w.goes("Accept")
	w.reads("Home is told that we help.")
	w.enters("Number", "SIPSI-42")
	w.enters("Filed on", contracts.DateOf(n.now().UTC()).String())
	w.goes("It is filed")
	w.reads("Home has the number of the declaration.")
	w.enters("Message", "À quelle heure arrive-t-on ?")
	w.goes("Send")
	w.reads("The message is sent.")
	w.sees("À quelle heure arrive-t-on ?")
}

// gathersPapers notes that every other paper is there, and reads what the host asked.
func (w traveller) gathersPapers(id contracts.CaseID) {
	w.t.Helper()
	w.comes()
	inTime(w.t, "the adviser reads the question", func() bool {
		w.opens(w.home + "/casework/" + string(id))
		return w.b.Says("À quelle heure arrive-t-on ?") == nil
	})
	w.notes("A1 certificate", "", "there", "A1-7")
	w.notes("Documents", "", "there", "")
	w.notes("Insurance", "", "there", "P-9")
}

// reaches puts the clock forward to the morning of a day, on which every node looks at its cases.
func (n *network) reaches(ahead *atomic.Int64, day contracts.Date) {
	n.t.Helper()
	ahead.Store(int64(time.Until(day.Time().Add(8 * time.Hour))))
	for _, r := range n.up {
		if r.node == nil {
			continue
		}
		if _, err := r.node.Cases.Run(n.t.Context()); err != nil {
			n.t.Fatal(err)
		}
		if _, err := r.node.Hosting.Erase(n.t.Context()); err != nil {
			n.t.Fatal(err)
		}
	}
}

func (n *network) addMember(p contracts.PartyID, name string) (m member.Member) {
	n.t.Helper()
	node := n.up[p].node
	err := node.DB.Write(n.t.Context(), func(ctx context.Context, tx *storage.Tx) (err error) {
		m, err = node.Members.Add(ctx, tx, member.Member{Reference: "M-1", Name: name})
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return m
}

func (n *network) onlyCase(p contracts.PartyID, m member.Member) casework.Case {
	n.t.Helper()
	node := n.up[p].node
	all, err := node.Store.CasesOf(n.t.Context(), node.DB, access.Program(), m.ID)
	if err != nil || len(all) != 1 {
		n.t.Fatalf("%d cases, %v", len(all), err)
	}
	return all[0]
}

// hostFilesOf lists the cases of others at a node.
func (n *network) hostFilesOf(p contracts.PartyID) []correspondence.HostCase {
	n.t.Helper()
	node := n.up[p].node
	all, err := node.Store.HostCases(n.t.Context(), node.DB, access.Program(), 10)
	if err != nil {
		n.t.Fatal(err)
	}
	return all
}
