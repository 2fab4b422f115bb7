package nodes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/casework"
	"passerelle/nodes/correspondence"
	"passerelle/nodes/mobility"
	"passerelle/nodes/papers"
)

// homeWire is where the life of a case meets the network: it tells the hub how far a case is, and writes to the nodes of its host States. It
// implements casework.Wire.
type homeWire struct{ *Node }

// Told implements casework.Wire. The hub hears of a case once it is handed in.
func (w homeWire) Told(ctx context.Context, tx *storage.Tx, c casework.Case, e casework.Entry) error {
	if c.SubmittedOn.IsZero() {
		return nil
	}
	if err := w.progress(ctx, tx, c); err != nil {
		return err
	}
	for _, host := range hostsTold(c, e) {
		if !hasNode(host.State.Country()) || host.State.Country() == w.Adapter.Code {
			continue
		}
		if err := w.tellHost(ctx, tx, c, e, host); err != nil {
			return err
		}
	}
	return nil
}

// hostsTold lists the hosts that an event concerns: those that were asked, and before anybody is asked those of the trips.
func hostsTold(c casework.Case, e casework.Entry) (all []casework.Host) {
	switch e.Event {
	case "request_exception", "exception_refused":
		for _, s := range c.HostStates() {
			all = append(all, casework.Host{State: s})
		}
	case "use_host_legislation":
		all = []casework.Host{{State: c.Outcome.Legislation}}
	default:
		for _, h := range c.Hosts {
			if !h.AskedOn.IsZero() {
				all = append(all, h)
			}
		}
	}
	return all
}

func (w homeWire) progress(ctx context.Context, tx *storage.Tx, c casework.Case) error {
	pseudonym, err := w.Store.CasePseudonym(ctx, tx, access.Of(string(c.Member)), c.Member, c.Start().Year(), strings.ReplaceAll(uuid.NewString(), "-", ""))
	if err != nil {
		return err
	}
	p := contracts.CaseProgressed{Case: c.ID, Member: pseudonym, Home: w.Adapter.Code, Hosts: w.hostsOf(c), Start: c.Start(), End: c.End(), State: c.State, Warnings: warningsOf(c),
		Tracks: contracts.CaseTracks{A1: c.TrackState(casework.TrackA1), Declaration: c.TrackState(casework.TrackDeclaration), Documents: c.TrackState(casework.TrackDocuments),
			Insurance: c.TrackState(casework.TrackInsurance), Tax: c.TrackState(casework.TrackTax)},
		NextDeadline: w.Cases.Rules.NextDeadline(c, contracts.DateOf(w.Now().UTC())), Demonstration: c.Demonstration}
	if c.Outcome != nil {
		p.Article = contracts.CaseArticle(c.Outcome.Article)
	}
	for _, t := range c.Tracks {
		if t.Kind == casework.TrackA1 {
			p.A1Planned, p.A1Waited = waits(c, t)
		}
	}
	return w.tellHub(ctx, tx, p, "")
}

// waits are the days from asking for an A1 to the start of the work, which is the plan, and to the A1, which is what came of it.
func waits(c casework.Case, t casework.Track) (planned, waited *int) {
	if t.AskedOn.IsZero() {
		return nil, nil
	}
	if days := c.Start().Sub(t.AskedOn); days >= 0 {
		planned = &days
	}
	if !t.GotOn.IsZero() {
		days := t.GotOn.Sub(t.AskedOn)
		waited = &days
	}
	return planned, waited
}

// hostsOf lists the host countries of a case; what lies outside the area has no code here.
func (w homeWire) hostsOf(c casework.Case) []contracts.CountryCode {
	hosts := []contracts.CountryCode{}
	for _, s := range c.HostStates() {
		if code := s.Country(); code.Known() && code != w.Adapter.Code && !slices.Contains(hosts, code) {
			hosts = append(hosts, code)
		}
	}
	return hosts
}

// warningsOf lists the engine's warnings and the flags of a case, each once.
func warningsOf(c casework.Case) []contracts.CaseWarning {
	all := slices.Clone(c.Flags)
	if c.Assessed != nil {
		for _, f := range c.Assessed.Decision.Warnings {
			all = append(all, contracts.CaseWarning(f))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if all == nil {
		all = []contracts.CaseWarning{}
	}
	return all
}

// tellHost writes to one host node what an event means for it.
func (w homeWire) tellHost(ctx context.Context, tx *storage.Tx, c casework.Case, e casework.Entry, host casework.Host) error {
	switch e.Event {
	case "start_preparing", "host_engages":
		return errors.Join(w.request(ctx, tx, c, host), w.determination(ctx, tx, c, host))
	case "exception_granted":
		return errors.Join(w.exceptionResult(ctx, tx, c, host, true), w.request(ctx, tx, c, host))
	case "exception_refused":
		return w.exceptionResult(ctx, tx, c, host, false)
	case "request_exception":
		return w.exception(ctx, tx, c, e, host)
	case "use_host_legislation":
		return w.hostLegislation(ctx, tx, c, host)
	case "track_update":
		if u, err := toldBy[casework.TrackUpdate](e); err != nil || u.Track != casework.TrackA1 {
			return err
		}
		return w.a1(ctx, tx, c, host)
	case "ask":
		q := c.Question
		if q == nil || q.Of != casework.XA || q.Host != host.State {
			return nil
		}
		return w.write(ctx, tx, c, host, letter.InfoRequest{Words: letter.Words{Text: q.Text}})
	case "change":
		if trips := tripsIn(c, host.State); len(trips) > 0 && e.Actor != casework.XA {
			return w.write(ctx, tx, c, host, letter.ChangeNotice{Trips: trips})
		}
		return w.write(ctx, tx, c, host, letter.ChangeNotice{Cancelled: true})
	case "end":
		return w.write(ctx, tx, c, host, letter.ChangeNotice{EndedOn: c.EndedOn})
	case "cancel":
		return w.write(ctx, tx, c, host, letter.ChangeNotice{Cancelled: true})
	case "close":
		return w.write(ctx, tx, c, host, letter.Close{ClosedOn: c.ClosedOn})
	case "reopen":
		r, err := toldBy[casework.Reopen](e)
		if err != nil {
			return err
		}
		return w.write(ctx, tx, c, host, letter.Reopen{Words: letter.Words{Text: r.Reason}})
	}
	return nil
}

// toldBy reads what an event told, from its line of the history.
func toldBy[E casework.Event](e casework.Entry) (event E, err error) {
	if err := contracts.Decode(e.Said, &event); err != nil {
		return event, fmt.Errorf("read %s of the history: %w", e.Event, err)
	}
	return event, nil
}

// hasNode tells whether a country has a co-operative of the network.
func hasNode(c contracts.CountryCode) bool {
	a, err := adapters.For(c)
	return err == nil && a.Network.Left.IsZero()
}

func (w homeWire) address(c casework.Case, host casework.Host) correspondence.Address {
	a := correspondence.Address{Case: c.ID, Home: w.Adapter.Code, Peer: host.State.Country(), RuleSet: contracts.RuleSets[0]}
	if c.Assessed != nil {
		a.RuleSet = c.Assessed.RuleSet
	}
	return a
}

func (w homeWire) write(ctx context.Context, tx *storage.Tx, c casework.Case, host casework.Host, l letter.Letter, documents ...letter.Document) error {
	_, err := w.Letters.Send(ctx, tx, w.address(c, host), l, documents...)
	return err
}

// request asks a host for its help, in a new version when it was asked before.
func (w homeWire) request(ctx context.Context, tx *storage.Tx, c casework.Case, host casework.Host) error {
	a := w.address(c, host)
	before, asked, err := w.Store.LatestLetter(ctx, tx, access.Program(), a.Home, a.Peer, a.Case, contracts.KindHostRequest)
	if err != nil {
		return err
	}
	if asked {
		a.Message, a.Version = before.Message, before.Version+1
	}
	l, err := w.hostRequest(ctx, tx, c, host)
	if err != nil {
		return err
	}
	_, err = w.Letters.Send(ctx, tx, a, l)
	return err
}

// hostRequest is what a host is told of a case, and no more (docs/mobility.md, who may see what): contact without home address, a national number and
// pay only where the form the host files asks for them, pay where the host must weigh a tax.
func (w homeWire) hostRequest(ctx context.Context, tx *storage.Tx, c casework.Case, host casework.Host) (letter.HostRequest, error) {
	person, err := w.person(ctx, tx, c)
	if err != nil {
		return letter.HostRequest{}, err
	}
	l := letter.HostRequest{Person: person, Employer: w.Settings.Name, Trips: tripsIn(c, host.State), Law: lawOf(c), A1: a1Of(c)}
	if c.Outcome == nil {
		return l, nil
	}
	for _, n := range c.Outcome.Notices {
		if n.Host == host.State && n.Required && host.Delegated {
			l.Filings = append(l.Filings, filing(c, n))
		}
	}
	if slices.Contains(c.Outcome.Withholding, host.State) && c.Facts.Pay != nil {
		l.Withholding = &letter.Withholding{Pay: *c.Facts.Pay}
	}
	return l, nil
}

// person is what every host is told of who comes.
func (w homeWire) person(ctx context.Context, tx *storage.Tx, c casework.Case) (letter.Person, error) {
	own := access.Of(string(c.Member))
	m, _, err := w.Store.Member(ctx, tx, own, c.Member)
	if err != nil {
		return letter.Person{}, err
	}
	contact, err := w.Store.Contact(ctx, tx, own, c.Member)
	if err != nil {
		return letter.Person{}, err
	}
	p := letter.Person{Name: m.Name, BirthDate: c.Facts.Person.BirthDate, Email: contact.Email, Phone: contact.Phone}
	for _, n := range c.Facts.Input.Nationality {
		p.Nationality = append(p.Nationality, string(n))
	}
	return p, nil
}

// filing is what the host's form asks for.
func filing(c casework.Case, n casework.Notice) letter.Filing {
	f := letter.Filing{System: string(n.System), Trip: n.Trip, Latest: n.LatestDate}
	form, known := papers.DeclarationForm(string(n.System), c.Facts.Input.Trips[n.Trip-1].Start)
	if !known {
		return f
	}
	if form.AsksNumber() {
		f.NationalNumber = c.Facts.Person.NationalNumber
	}
	if form.AsksPay() {
		f.Pay = c.Facts.Pay
	}
	return f
}

func tripsIn(c casework.Case, state mobility.State) []letter.Trip {
	var trips []letter.Trip
	for i, t := range c.Facts.Input.Trips {
		if t.Host != state {
			continue
		}
		trip := letter.Trip{Trip: i + 1, Start: t.Start, End: t.End, Activity: string(t.Activity), Undertaking: t.HostUndertaking}
		for _, p := range c.Facts.Places {
			if p.Trip == i+1 {
				place := letter.Place{Name: p.Name, Street: p.Street, PostalCode: p.PostalCode, Town: p.Town}
				if p.Contact.Name != "" {
					place.Contact = &letter.Contact{Name: p.Contact.Name, Email: p.Contact.Email, Phone: p.Contact.Phone}
				}
				trip.Places = append(trip.Places, place)
			}
		}
		trips = append(trips, trip)
	}
	return trips
}

func lawOf(c casework.Case) letter.Law {
	l := letter.Law{Warnings: warningsOf(c)}
	if c.Outcome != nil {
		l.Legislation, l.Article = string(c.Outcome.Legislation), contracts.CaseArticle(c.Outcome.Article)
	}
	return l
}

func a1Of(c casework.Case) letter.A1Status {
	s := letter.A1Status{State: contracts.TrackNotNeeded}
	for _, t := range c.Tracks {
		if t.Kind == casework.TrackA1 {
			s = letter.A1Status{State: t.State, Reference: t.Reference, Until: t.Until}
		}
	}
	return s
}

// a1 tells a host how far the A1 is, with the paper when it is there.
func (w homeWire) a1(ctx context.Context, tx *storage.Tx, c casework.Case, host casework.Host) error {
	a := w.address(c, host)
	request, asked, err := w.Store.LatestLetter(ctx, tx, access.Program(), a.Home, a.Peer, a.Case, contracts.KindHostRequest)
	if err != nil || !asked {
		return err
	}
	a.InReplyTo = request.Message
	var files []letter.Document
	for _, t := range c.Tracks {
		if t.Kind != casework.TrackA1 || t.Paper == "" {
			continue
		}
		p, content, there, err := w.Store.PaperContent(ctx, tx, access.Of(string(c.Member)), c.ID, t.Paper)
		if err != nil {
			return err
		}
		if there && slices.Contains([]letter.DocumentKind{letter.A1, letter.A1Request}, letter.DocumentKind(p.Kind)) {
			files = append(files, letter.NewDocument(letter.DocumentKind(p.Kind), p.MediaType, content))
		}
	}
	_, err = w.Letters.Send(ctx, tx, a, a1Of(c), files...)
	return err
}
