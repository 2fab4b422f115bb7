package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/correspondence"
)

func paperKind(k letter.DocumentKind) casework.PaperKind { return casework.PaperKind(k) }

// hostAct is something that a host answers from its page: the letter made of what was typed, and the kinds of letters it answers.
type hostAct struct {
	words   []web.Words // title, what it means, button
	answers []contracts.CaseKind
	in      []correspondence.HostState
	fields  func(l *web.Locale, in func(name, label string) field, file correspondence.File) []field
	letter  func(t typed) letter.Letter
	first   bool
	grave   bool
}

var (
	onRequest = []contracts.CaseKind{contracts.KindHostRequest}
	onAsked   = []correspondence.HostState{correspondence.Asked}
	onHelping = []correspondence.HostState{correspondence.Accepted}
	onAny     = []correspondence.HostState{correspondence.Asked, correspondence.Accepted, correspondence.Declined}
)

// hostActs lists what a host answers, in the order of the page, by the last part of its address.
var hostActs = []struct {
	name string
	hostAct
}{
	{"accept", hostAct{words: []web.Words{"We help", "You see to the declaration if you are asked to, name somebody who can be reached here, and look at tax.", "Accept"}, answers: onRequest, in: onAsked, fields: contactFields, first: true,
		letter: func(t typed) letter.Letter {
			a := letter.HostAccept{}
			if at := contactIn(t); at != (letter.Contact{}) {
				a.Contact = &at
			}
			return a
		}}},
	{"engage", hostAct{words: []web.Words{"How the person is insured here", "The law of this country holds.", "Tell home"}, answers: []contracts.CaseKind{contracts.KindHostLegislation}, in: onAny, first: true,
		fields: func(l *web.Locale, in func(string, string) field, _ correspondence.File) []field {
			return []field{in("how", l.T("How")).Of(choices{{letter.HostEmploys, "We employ the person"}, {letter.HomeRegisters, "The co-operative at home registers here"}}.in(l)).Required()}
		}, letter: func(t typed) letter.Letter { return letter.HostEngages{How: t.text("how")} }}},
	{"filed", hostAct{words: []web.Words{"The declaration is filed", "Home and the member get its number.", "It is filed"}, answers: onRequest, in: onHelping, fields: filedFields, first: true,
		letter: func(t typed) letter.Letter {
			trip, _ := strconv.Atoi(t.text("trip")) // none where there is one
			return letter.DeclarationFiled{Trip: trip, Reference: t.text("reference"), FiledOn: t.day("filed_on")}
		}}},
	{"tax", hostAct{words: []web.Words{"Tax on the fee", "Whether something is held back here, by whom, and how much.", "Send the note"}, answers: onRequest, in: onHelping,
		fields: func(l *web.Locale, in func(string, string) field, _ correspondence.File) []field {
			states := choices{{string(contracts.TrackOK), "It is settled"}, {string(contracts.TrackNotNeeded), "Nothing is held back"}, {string(contracts.TrackRequested), "It is being looked into"}}
			return []field{in("state", l.T("How far it is")).Of(states.in(l)).Required(), in("text", l.T("Note")).As("area").Required()}
		}, letter: func(t typed) letter.Letter {
			return letter.TaxNote{State: contracts.TrackState(t.text("state")), Text: t.text("text")}
		}}},
	{"contact", hostAct{words: []web.Words{"Who can be reached here", "The member gets it with his papers.", "Send the contact"}, answers: onRequest, in: onHelping, fields: contactFields,
		letter: func(t typed) letter.Letter { return letter.LocalContact{Contact: contactIn(t)} }}},
	{"agree", hostAct{words: []web.Words{"Agree with the decision", "Home has decided for somebody who works in several countries.", "Agree"}, answers: []contracts.CaseKind{contracts.KindDetermination}, in: onAny,
		letter: func(typed) letter.Letter { return letter.Agree{} }}},
	{"disagree", hostAct{words: []web.Words{"Propose another decision", "Home reads the proposal and the reason.", "Propose"}, answers: []contracts.CaseKind{contracts.KindDetermination}, in: onAny,
		fields: func(l *web.Locale, in func(string, string) field, _ correspondence.File) []field {
			return []field{in("proposal", l.T("Country whose law should hold")).Required(), in("reason", l.T("Reason")).As("area").Required()}
		}, letter: func(t typed) letter.Letter {
			return letter.Disagree{Proposal: t.text("proposal"), Reason: t.text("reason")}
		}}},
	{"view", hostAct{words: []web.Words{"Say what you think of the exception", "The authorities decide; home wants to know your view.", "Send it"}, answers: []contracts.CaseKind{contracts.KindExceptionRequested}, in: onAny,
		fields: func(l *web.Locale, in func(string, string) field, _ correspondence.File) []field {
			return []field{in("supports", l.T("Do you support it?")).Of(choices{{"yes", "yes"}, {"no", "no"}}.in(l)).Required(), in("text", l.T("Note")).As("area").Required()}
		}, letter: func(t typed) letter.Letter {
			return letter.HostView{Supports: t.text("supports") == "yes", Text: t.text("text")}
		}}},
	{"decline", hostAct{words: []web.Words{"We cannot help", "Home does it without us, or gives the case up.", "Decline"}, answers: []contracts.CaseKind{contracts.KindHostRequest, contracts.KindHostLegislation}, in: onAsked, grave: true,
		fields: func(l *web.Locale, in func(string, string) field, _ correspondence.File) []field {
			return []field{in("reason", l.T("Reason")).As("area").Required()}
		}, letter: func(t typed) letter.Letter { return letter.HostDecline{Reason: t.text("reason")} }}},
}

func contactFields(l *web.Locale, in func(name, label string) field, _ correspondence.File) []field {
	return []field{in("contact.name", l.T("Who can be reached here")), in("contact.phone", l.T("Telephone")), in("contact.email", l.T("E-mail")).As("email")}
}

func contactIn(t typed) letter.Contact {
	return letter.Contact{Name: t.text("contact.name"), Phone: t.text("contact.phone"), Email: t.text("contact.email")}
}

// filedFields ask for the trip only where there are several declarations.
func filedFields(l *web.Locale, in func(name, label string) field, file correspondence.File) []field {
	var trips []option
	for _, f := range latestFilings(file) {
		trips = append(trips, option{strconv.Itoa(f.Trip), l.T("trip %d", f.Trip)})
	}
	fields := []field{in("reference", l.T("Number")).Required(), in("filed_on", l.T("Filed on")).As("date").Required()}
	if len(trips) > 1 {
		fields = append([]field{in("trip", l.T("Trip")).Of(trips).Required()}, fields...)
	}
	return fields
}

// latestFilings are the declarations that home asks for.
func latestFilings(file correspondence.File) (all []letter.Filing) {
	for _, m := range file.Messages {
		if r, ok := m.Letter.(letter.HostRequest); ok && m.Invalid.IsZero() {
			all = r.Filings
		}
	}
	return all
}

// opener is the newest letter of some kinds that is still open to be answered.
func opener(file correspondence.File, kinds []contracts.CaseKind) (last correspondence.Message, found bool) {
	for _, m := range file.Messages {
		if m.Way == correspondence.Taken && slices.Contains(kinds, m.Kind) && m.Refused == "" && m.Invalid.IsZero() {
			last, found = m, true
		}
	}
	return last, found
}

// may tells whether an answer fits what home wrote and how far we are.
func (a hostAct) may(name string, file correspondence.File) bool {
	_, asked := opener(file, a.answers)
	return asked && slices.Contains(a.in, file.State) && (name != "filed" || len(latestFilings(file)) > 0)
}

// hostMoves are the forms of what can be answered now.
func hostMoves(l *web.Locale, file correspondence.File, f form) (all []deskMove) {
	for _, a := range hostActs {
		if !a.may(a.name, file) {
			continue
		}
		m := deskMove{Name: a.name, Action: hostPath + "/" + file.Ref() + "/" + a.name, Title: l.T(a.words[0]), Says: l.T(a.words[1]), Button: l.T(a.words[2]), First: a.first, Grave: a.grave}
		if a.fields != nil {
			m.Fields = a.fields(l, func(name, label string) field { return f.Field(a.name+"."+name, label) }, file)
		}
		all = append(all, m)
	}
	return all
}

// hostAct sends what a host answers.
func (s server) hostAct(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	name := c.Param("act")
	home, id, err := hostRef(c)
	if err != nil {
		return err
	}
	d, err := s.hostDraft(c, &in, home, id, name)
	if err != nil {
		return err
	}
	if len(in.Faults) == 0 {
		_, err = s.Hosting.Write(c.Request().Context(), web.ScopeOf(c), home, id, d)
		if err == nil {
			return c.Redirect(http.StatusSeeOther, hostPath+"/"+c.Param("id")+"?done="+name)
		}
		if err := (typed{&in, name}).refuse(noCase(err)); err != nil {
			return err
		}
	}
	return s.showHost(c, http.StatusUnprocessableEntity, in)
}

// hostDraft makes a letter of what was typed.
func (s server) hostDraft(c echo.Context, in *form, home contracts.CountryCode, id contracts.CaseID, name string) (d correspondence.Draft, err error) {
	ctx := c.Request().Context()
	k, there, err := s.Store.HostCase(ctx, s.db(), web.ScopeOf(c), home, id)
	if err != nil || !there {
		return d, orElse(err, web.NotFound("case"))
	}
	if name == "message" {
		_, answers, _ := strings.Cut(in.get("to"), "/")
		return wordsDraft(contracts.MessageID(answers), noteText(in))
	}
	messages, err := s.Store.Messages(ctx, s.db(), web.ScopeOf(c), home, id)
	if err != nil {
		return d, err
	}
	file := correspondence.File{HostCase: k, Messages: messages}
	for _, a := range hostActs {
		if a.name != name {
			continue
		}
		if !a.may(name, file) {
			return d, contracts.Fault{Code: casework.FaultState, Message: "this does not fit how far the case is", Remedy: "look at the case again"}
		}
		to, _ := opener(file, a.answers)
		if d, err = draftOf(a.letter(typed{in, name}), to.Message); err != nil {
			return d, err
		}
		d.Flow = to.Flow
		return d, nil
	}
	return d, web.NotFound("address")
}
