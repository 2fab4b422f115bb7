package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/correspondence"
	"passerelle/nodes/store"
)

// threadView is the questions and answers about a case, the newest last.
type threadView struct {
	Lines  []threadLine
	Unread int
	To     []option // whom an adviser writes to
	Papers []option // that an adviser may send along to a host
	Action string   // where the form goes; empty for who only reads
	Form   form
}

// threadLine is one message.
type threadLine struct {
	Who   string
	At    time.Time
	Text  string
	New   bool
	Mine  bool
	Waits bool                  // not acknowledged by the other node yet
	Asks  contracts.CountryCode // whose question it is that nobody has answered; empty of anything else
	ID    contracts.MessageID
}

// mostNote is how long a message may be.
const mostNote = 4000

// thread gathers what member, advisers and hosts wrote about a case, marks what is new to a side, and notes that it has been read.
func (s server) thread(c echo.Context, k casework.Case, side store.Side) (v threadView, err error) {
	l, scope := web.LocaleOf(c), web.ScopeOf(c)
	var notes []store.Note
	var letters []correspondence.Message
	var history []casework.Entry
	var read time.Time
	err = s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) (err error) {
		if notes, err = s.Store.Notes(ctx, q, scope, k.ID); err != nil {
			return err
		}
		if history, err = s.Store.History(ctx, q, scope, k.ID); err != nil {
			return err
		}
		if read, err = s.Store.ReadUpTo(ctx, q, scope, s.adapter().Code, k.ID, side); err != nil {
			return err
		}
		// The case is in scope, so what was written about it is the member's to see.
		letters, err = s.Store.Messages(ctx, q, access.Program(), s.adapter().Code, k.ID)
		return err
	})
	if err != nil {
		return v, err
	}
	for _, n := range notes {
		v.Lines = append(v.Lines, threadLine{Who: or(n.Name, l.T(actorNames[sideActor[n.Side]])), At: n.At, Text: n.Text, Mine: n.Side == side})
	}
	v.Lines = append(v.Lines, askedInThread(l, history, side)...)
	v.Lines = append(v.Lines, lettersInThread(l, letters)...)
	v.mark(read)
	if side == store.AdviserSide {
		v.To = append(askedHosts(l, k), v.answers(l)...)
	}
	return v, s.noteRead(c, s.adapter().Code, k.ID, side, string(k.Member))
}

var sideActor = map[store.Side]casework.Actor{store.MemberSide: casework.M, store.AdviserSide: casework.HA}

// mark orders the lines and says which are new.
func (v *threadView) mark(read time.Time) {
	slices.SortStableFunc(v.Lines, func(a, b threadLine) int { return a.At.Compare(b.At) })
	for i := range v.Lines {
		if one := &v.Lines[i]; !one.Mine && one.At.After(read) {
			one.New = true
			v.Unread++
		}
	}
}

// noteRead keeps that a side has seen everything up to now. Who may only look, an auditor, reads for nobody.
func (s server) noteRead(c echo.Context, home contracts.CountryCode, id contracts.CaseID, side store.Side, member string) error {
	p := web.PrincipalOf(c)
	if side != store.MemberSide && !advisers.Lets(p) {
		return nil
	}
	return s.db().Write(c.Request().Context(), func(ctx context.Context, tx *storage.Tx) error {
		return s.Store.SetRead(ctx, tx, web.ScopeOf(c), home, id, side, member, s.Outbound.Now())
	})
}

// askedInThread are the questions of a case that waited for the member, and his answers.
func askedInThread(l *web.Locale, history []casework.Entry, side store.Side) (all []threadLine) {
	toHost := false
	for _, e := range history {
		var said struct {
			Of casework.Actor `json:"of"`
		}
		if e.Event == "ask" && decodeSaid(e.Said, &said) == nil {
			toHost = said.Of == casework.XA
		}
		if e.Event != "ask" && e.Event != "answer" || toHost || textOfEntry(e) == "" {
			continue
		}
		line := threadLine{Who: or(e.Name, l.T(actorNames[e.Actor])), At: e.At, Text: textOfEntry(e), Mine: (e.Actor == casework.M) == (side == store.MemberSide)}
		all = append(all, line)
	}
	return all
}

// lettersInThread are the letters that are words between nodes.
func lettersInThread(l *web.Locale, letters []correspondence.Message) (all []threadLine) {
	answered := map[contracts.MessageID]bool{}
	for _, m := range letters {
		if m.Way == correspondence.Sent && m.InReplyTo != "" {
			answered[m.InReplyTo] = true
		}
	}
	for _, m := range letters {
		text := wordsOf(m.Letter)
		if text == "" || m.Refused != "" || !m.Invalid.IsZero() {
			continue
		}
		line := threadLine{Who: m.Name, At: m.At, Text: text, Mine: m.Way == correspondence.Sent, Waits: m.Way == correspondence.Sent && m.Answered.IsZero()}
		if m.Way == correspondence.Taken || m.Name == "" {
			line.Who = l.T("adviser, %s", l.Country(m.Peer))
		}
		if line.ID = m.Message; m.Kind == contracts.KindInfoRequest && !line.Mine && !answered[m.Message] {
			line.Asks = m.Peer
		}
		all = append(all, line)
	}
	return all
}

// wordsOf is the text of a letter that is words.
func wordsOf(l letter.Letter) string {
	switch l := l.(type) {
	case letter.InfoRequest:
		return l.Text
	case letter.InfoReply:
		return l.Text
	case letter.Reminder:
		return l.Text
	case letter.Clarify:
		return l.Text
	case letter.Forward:
		return l.Text
	}
	return ""
}

// askedHosts are whom an adviser can write to: the member, and the hosts that were asked for help.
func askedHosts(l *web.Locale, k casework.Case) []option {
	all := []option{{"", l.T("the member")}}
	for _, h := range k.Hosts {
		if !h.AskedOn.IsZero() && hasNode(h.State.Country()) {
			all = append(all, option{iso(h.State), l.T("the co-operative in %s", stateIn(l, h.State))})
		}
	}
	return all
}

// answers are the open questions, to be answered.
func (v threadView) answers(l *web.Locale) (all []option) {
	for _, line := range v.Lines {
		if line.Asks != "" {
			all = append(all, option{string(line.Asks) + "/" + string(line.ID), l.T("%s, in answer to: %s", line.Who, web.Clip(line.Text))})
		}
	}
	return all
}

// noteText reads the text of a message.
func noteText(f *form) string {
	text := f.get("message")
	switch {
	case text == "":
		f.Faults.Addf(contracts.FaultMissing, "message", "write what you want to say", "nothing is written")
	case len([]rune(text)) > mostNote:
		f.Faults.Addf(contracts.FaultTooLarge, "message", "say it in fewer words, or add a paper", "the message is longer than %d characters", mostNote)
	}
	return text
}

// addNote keeps a message of a side.
func (s server) addNote(ctx context.Context, c echo.Context, k casework.Case, side store.Side, text string) error {
	by := access.DeedOf(ctx).By
	n := store.Note{ID: strings.ReplaceAll(uuid.NewString(), "-", ""), Side: side, Account: by.Account, Name: by.Name, At: s.Outbound.Now(), Text: text}
	return s.db().Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return s.Store.AddNote(ctx, tx, web.ScopeOf(c), k.ID, n)
	})
}

// memberWrites takes a message of the member in.
func (s server) memberWrites(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	text := noteText(&in)
	if len(in.Faults) > 0 {
		return s.showCase(c, http.StatusUnprocessableEntity, k, &in)
	}
	if err := s.addNote(c.Request().Context(), c, k, store.MemberSide, text); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/cases/"+string(k.ID)+"?done=written#thread")
}

// adviserWrites takes a message of an adviser in: to the member, or to the node of a host.
func (s server) adviserWrites(c echo.Context) error {
	in, err := readForm(c)
	if err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	text, ctx := noteText(&in), c.Request().Context()
	if len(in.Faults) == 0 {
		if to, answers, _ := strings.Cut(in.get("to"), "/"); to != "" {
			err = s.writeToHost(c, k, contracts.CountryCode(to), contracts.MessageID(answers), text, casework.PaperID(in.get("paper")))
		} else {
			err = s.addNote(ctx, c, k, store.AdviserSide, text)
		}
		if err == nil {
			return c.Redirect(http.StatusSeeOther, deskPath+"/"+string(k.ID)+"?done=written#thread")
		}
		if err := in.refused(noCase(err)); err != nil {
			return err
		}
	}
	return s.showDesk(c, http.StatusUnprocessableEntity, k, &in)
}

// writeToHost asks a host something, or answers what it asked, and sends a paper along where one is named.
func (s server) writeToHost(c echo.Context, k casework.Case, to contracts.CountryCode, answers contracts.MessageID, text string, paper casework.PaperID) error {
	d, err := wordsDraft(answers, text)
	if err != nil {
		return err
	}
	if paper != "" {
		p, content, found, err := s.Store.PaperContent(c.Request().Context(), s.db(), web.ScopeOf(c), k.ID, paper)
		if err != nil || !found {
			return orElse(err, contracts.Fault{Code: casework.FaultUnknown, Field: "paper", Message: "the case has no such document", Remedy: "choose one that is on file"})
		}
		d.Documents = []correspondence.Attached{{Kind: letter.DocumentKind(p.Kind), MediaType: p.MediaType, Content: content}}
	}
	_, err = s.Hosting.WriteToHost(c.Request().Context(), web.ScopeOf(c), k.ID, to, d)
	return err
}

// papersToSend are those that an inspector may ask for: they may go to the host.
func papersToSend(l *web.Locale, papers []paperLine) []option {
	all := []option{{"", l.T("none")}}
	for _, p := range papers {
		if !p.Invalid() && slices.Contains(letter.Documents, letter.DocumentKind(p.Kind)) {
			all = append(all, option{string(p.ID), p.Says + ", " + l.Instant(p.AddedAt)})
		}
	}
	return all
}

// wordsDraft is a question, or the answer to one.
func wordsDraft(answers contracts.MessageID, text string) (d correspondence.Draft, err error) {
	var l letter.Letter = letter.InfoRequest{Words: letter.Words{Text: text}}
	if answers != "" {
		l = letter.InfoReply{Words: letter.Words{Text: text}}
	}
	return draftOf(l, answers)
}

// draftOf is a letter as an adviser writes it.
func draftOf(l letter.Letter, answers contracts.MessageID) (d correspondence.Draft, err error) {
	d = correspondence.Draft{Kind: l.Kind(), InReplyTo: answers}
	d.Says, err = contracts.Encode(l)
	return d, err
}
