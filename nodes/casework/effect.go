package casework

import (
	"slices"

	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

func (m *move) create() error {
	e := m.event.(Create)
	m.c.Source = e.Source
	return m.take(e.Facts)
}

func (m *move) edit() error { return m.take(m.event.(Edit).Facts) }

// take replaces the facts by others that are well-formed.
func (m *move) take(f Facts) error {
	var fs contracts.Faults
	fs.Add("facts", f.check())
	if f.Input.Home != "" && f.Input.Home != m.home() {
		fs.Addf(contracts.FaultInvalid, "facts.input.home", "leave it out: the case is of this co-operative", "the home is %s", m.home())
	}
	f.Input.Home = m.home()
	m.c.Facts = f
	return fs.Err()
}

func (m *move) home() mobility.State { return mobility.StateOf(m.Home.Code) }

func (m *move) submit() error {
	m.c.SubmittedOn = m.today()
	if m.today().After(m.SubmitBy(m.c.Start())) {
		m.flag("LATE")
	}
	return nil
}

func (m *move) flag(flag contracts.CaseWarning) {
	if !m.c.Has(flag) {
		m.c.Flags = append(m.c.Flags, flag)
	}
}

func (m *move) editAndAssess() error {
	if err := m.edit(); err != nil {
		return err
	}
	return m.assess()
}

// consult asks the engine about the facts, with days and shares counted from all the person's work.
func (m *move) consult() (*Assessment, error) {
	in := Fill(m.c.Facts.Input, m.known.Spells, m.Home)
	hash, err := Hash(in)
	if err != nil {
		return nil, err
	}
	result := m.Engine.Decide(mobility.Case{ID: string(m.c.ID), Input: in}, mobility.Options{On: m.today()})
	if result.Decision == nil {
		var fs contracts.Faults
		fs.Add("facts.input", result.Faults)
		return nil, fs.Err()
	}
	return &Assessment{At: m.by.At.UTC(), RuleSet: result.RuleSet, InputHash: hash, Input: in, Decision: *result.Decision}, nil
}

// takeUp notes whose case it is from now on.
func (m *move) takeUp() error {
	m.c.Adviser, m.c.TakenBy = m.by.Account, m.by.Name
	return m.assess()
}

// assess has the engine run and keeps its answer, in the case and in the history.
func (m *move) assess() error {
	a, err := m.consult()
	if err != nil {
		return err
	}
	m.c.Assessed, m.entry.Assessed = a, a
	return nil
}

func (m *move) ask() error {
	e := m.event.(Ask)
	var fs contracts.Faults
	fs.Add("", text("text", e.Text))
	if e.Of != M && e.Of != XA {
		fs.Addf(contracts.FaultInvalid, "of", "write member or host_adviser", "%.30q cannot be asked", string(e.Of))
	}
	if e.Of == XA && !slices.Contains(m.c.HostStates(), e.Host) {
		fs.Addf(contracts.FaultInvalid, "host", "name one of the host States of the case", "%.20q is none of them", string(e.Host))
	}
	m.c.Question = &Question{Of: e.Of, Host: e.Host, Text: e.Text, On: m.today()}
	return fs.Err()
}

func (m *move) answer() error {
	e := m.event.(Answer)
	if err := text("text", e.Text); err != nil {
		return err
	}
	m.c.Question.Answer = e.Text
	if e.Facts == nil {
		return m.assess()
	}
	if err := m.take(*e.Facts); err != nil {
		return err
	}
	return m.assess()
}

func (m *move) reasoned() error {
	reason := ""
	switch e := m.event.(type) {
	case RequestException:
		reason = e.Reason
	case Reject:
		reason = e.Reason
	case Reopen:
		reason = e.Reason
	}
	return text("reason", reason)
}

func (m *move) grantException() error {
	e := m.event.(ExceptionGranted)
	if err := line(e.Reference); err != nil {
		return err
	}
	home := m.home()
	m.settleFor(home, mobility.ByAgreement, true)
	m.c.Outcome.Reference, m.c.Outcome.Until = e.Reference, e.Until
	return m.prepare(e.Delegate)
}

// settleFor changes whose law applies after the decision.
func (m *move) settleFor(s mobility.State, a mobility.Article, a1 bool) {
	o := *m.c.Outcome
	o.Legislation, o.Article, o.A1 = s, a, a1
	m.attest(&o, mobility.Art16Authority)
	m.c.Outcome, m.entry.Outcome = &o, &o
}

func (m *move) useHostLaw() error {
	article := mobility.Article("11.3a")
	if m.c.Assessed.Decision.Regime == mobility.TCAUK {
		article = "SSC.10.3a"
	}
	m.settleFor(m.c.Facts.Input.Trips[0].Host, article, false)
	return nil
}

func (m *move) engage() error {
	e := m.event.(HostEngages)
	if e.How != HostEmploys && e.How != HomeRegisters {
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "how", Message: "neither of the two ways", Remedy: "write host_employs or home_registers"}
	}
	if err := m.prepare(nil); err != nil {
		return err
	}
	if h := m.c.host(m.c.Outcome.Legislation); h != nil {
		h.Engages = e.How
	}
	return nil
}

func (m *move) startPreparing() error { return m.prepare(m.event.(StartPreparing).Delegate) }

// prepare opens the tracks and asks every host node anew.
func (m *move) prepare(delegate []mobility.State) error {
	hosts := m.c.HostStates()
	for _, d := range delegate {
		if !slices.Contains(hosts, d) {
			return contracts.Fault{Code: contracts.FaultInvalid, Field: "delegate", Message: "not a host State of the case", Remedy: "name host States only"}
		}
	}
	m.openTracks()
	m.c.Hosts = nil
	for _, s := range hosts {
		h := Host{State: s}
		if m.Asks == nil || m.Asks(s) {
			h.AskedOn, h.Delegated = m.today(), slices.Contains(delegate, s)
		}
		m.c.Hosts = append(m.c.Hosts, h)
	}
	return nil
}

func (m *move) hostAccept() error {
	h, e := m.c.host(m.by.Host), m.event.(HostAccept)
	h.Answer, h.Reason = HostAccepted, ""
	if e.Contact != nil {
		h.Contact = e.Contact
		return e.Contact.check()
	}
	return nil
}

func (m *move) hostDecline() error {
	h, e := m.c.host(m.by.Host), m.event.(HostDecline)
	h.Answer, h.Reason, h.Delegated = HostDeclined, e.Reason, false
	return text("reason", e.Reason)
}

func (m *move) hostContact() error {
	if err := m.hostWasAsked(); err != nil {
		return err
	}
	contact := m.event.(HostContact).Contact
	m.c.host(m.by.Host).Contact = &contact
	return contact.check()
}

func (c Contact) check() error {
	var fs contracts.Faults
	for field, v := range map[string]string{"name": c.Name, "email": c.Email, "phone": c.Phone} {
		fs.Add("contact."+field, line(v))
	}
	if c == (Contact{}) {
		fs.Addf(contracts.FaultMissing, "contact", "give a name and a telephone number or an address", "nobody is named")
	}
	return fs.Err()
}

// updateTrack notes how far a paper is. What says that it is there names it.
func (m *move) updateTrack() error {
	u := m.event.(TrackUpdate)
	host := u.Host
	if m.by.Actor == XA {
		host = m.by.Host
	}
	t, err := m.c.track(u.Track, u.Trip, host)
	if err != nil {
		return err
	}
	if err := m.checkUpdate(u); err != nil {
		return err
	}
	t.State, t.Note = u.State, u.Note
	t.Reference, t.Paper = keep(t.Reference, u.Reference), keep(t.Paper, u.Paper)
	t.Until, t.NotifiedOn = keep(t.Until, u.Until), keep(t.NotifiedOn, u.NotifiedOn)
	switch {
	case u.State == contracts.TrackRequested && t.AskedOn.IsZero():
		t.AskedOn = m.today()
	case u.State == contracts.TrackOK && t.GotOn.IsZero():
		t.GotOn = m.today()
	case u.State == contracts.TrackTodo: // what was there was wrong
		t.Reference, t.Paper, t.AskedOn, t.GotOn = u.Reference, u.Paper, contracts.Date{}, contracts.Date{}
	}
	return nil
}

// keep is the new value, or the old one where nothing new is said.
func keep[T comparable](old, new T) T {
	var nothing T
	if new == nothing {
		return old
	}
	return new
}

func (m *move) checkUpdate(u TrackUpdate) error {
	var fs contracts.Faults
	switch {
	case !slices.Contains(contracts.TrackStates, u.State):
		fs.Addf(contracts.FaultInvalid, "state", "write TODO, REQUESTED, OK, REFUSED or NOT_NEEDED", "%.30q is not in the list", string(u.State))
	case u.State == contracts.TrackExpired:
		fs.Addf(contracts.FaultInvalid, "state", "give the last day it holds instead", "a paper expires by itself")
	case u.State == contracts.TrackNotNeeded || u.State == contracts.TrackRefused:
		fs.Add("", reason("note", u.Note))
	case u.State == contracts.TrackOK && (u.Track == TrackA1 || u.Track == TrackDeclaration) && u.Reference == "" && u.Paper == "":
		fs.Addf(contracts.FaultMissing, "reference", "give its number, or the uploaded document", "nothing shows that it is there")
	}
	if u.Paper != "" && !slices.ContainsFunc(m.known.Papers, func(p Paper) bool { return p.ID == u.Paper && !p.Invalid() }) {
		fs.Addf(FaultUnknown, "paper", "upload it to this case first", "the case has no such document")
	}
	fs.Add("reference", line(u.Reference))
	fs.Add("note", line(u.Note))
	return fs.Err()
}

// reason demands a reason.
func reason(field, s string) error {
	if text(field, s) == nil {
		return nil
	}
	return contracts.Fault{Code: FaultReason, Field: field, Message: "no reason is given", Remedy: "say why in a sentence"}
}

func (m *move) expire() error {
	for i := range m.c.Tracks {
		switch t := &m.c.Tracks[i]; {
		case m.isWrong(*t):
			t.State, t.Paper = contracts.TrackTodo, ""
		case m.hasExpired(*t):
			t.State = contracts.TrackExpired
		}
	}
	return nil
}

func (m *move) begin() error {
	m.c.BegunOn = keep(m.today(), m.c.BegunOn)
	if m.c.State == contracts.CasePreparing {
		m.flag("STARTED_NOT_READY")
	}
	return nil
}

// change takes new facts and has them decided anew. The papers filed for the old ones are to be amended.
func (m *move) change() error {
	if err := m.take(m.event.(Change).Facts); err != nil {
		return err
	}
	if err := m.c.Facts.complete(); err != nil {
		return err
	}
	m.c.ChangedOn = m.today()
	return m.assess()
}

func (m *move) changeAtWork() error {
	m.c.ReviewOpen = true
	return m.change()
}

func (m *move) interrupt() error {
	e := m.event.(Interrupt)
	switch last := len(m.c.Interruptions) - 1; {
	case e.From.IsZero():
		return contracts.Fault{Code: contracts.FaultMissing, Field: "from", Message: "not given", Remedy: "give the first day of the break"}
	case !e.Until.IsZero() && e.Until.Before(e.From):
		return contracts.Fault{Code: contracts.FaultDate, Field: "until", Message: "before its first day", Remedy: "give the last day of the break, on or after the first"}
	case e.From.Before(m.c.Start()) || e.From.After(m.c.End()):
		return contracts.Fault{Code: contracts.FaultDate, Field: "from", Message: "not a day of the work", Remedy: "give a day between the first and the last day of work"}
	case last >= 0 && m.c.Interruptions[last].Until.IsZero():
		return guard("a break is open already", "say first when the work went on")
	}
	m.c.Interruptions = append(m.c.Interruptions, Interruption{e.From, e.Until})
	return nil
}

func (m *move) resume() error {
	last := len(m.c.Interruptions) - 1
	if last < 0 || !m.c.Interruptions[last].Until.IsZero() {
		return guard("no break is open", "look at the case again")
	}
	on := m.event.(Resume).On
	if on.IsZero() || !on.After(m.c.Interruptions[last].From) {
		return contracts.Fault{Code: contracts.FaultDate, Field: "on", Message: "not after the first day of the break", Remedy: "give the first day of work after it"}
	}
	m.c.Interruptions[last].Until = on.AddDays(-1)
	return nil
}

func (m *move) end() error {
	m.c.EndedOn = keep(m.c.End(), m.event.(End).On)
	if m.c.EndedOn.After(m.today()) {
		m.c.EndedOn = m.today()
	}
	return nil
}

func (m *move) close() error {
	m.c.ClosedOn = m.today()
	return nil
}

func (m *move) reopen() error {
	if err := m.reasoned(); err != nil {
		return err
	}
	m.c.ClosedOn, m.c.EndedOn = contracts.Date{}, contracts.Date{}
	if f := m.event.(Reopen).Facts; f != nil {
		if err := m.take(*f); err != nil {
			return err
		}
	}
	return m.assess()
}
