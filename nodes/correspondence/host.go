package correspondence

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// HostState is where another co-operative's case stands with us, the host.
type HostState string

// The states of a host's file.
const (
	Asked    HostState = "ASKED"
	Accepted HostState = "ACCEPTED"
	Declined HostState = "DECLINED"
	Closed   HostState = "CLOSED"
	Erased   HostState = "ERASED" // access has ended; that there was a case stays
)

// HostCase is another co-operative's case in which we help on the spot. What is known of it is in the letters.
type HostCase struct {
	Home     contracts.CountryCode `json:"home"`
	ID       contracts.CaseID      `json:"case"`
	State    HostState             `json:"state"`
	FirstDay contracts.Date        `json:"first_day,omitzero"`
	LastDay  contracts.Date        `json:"last_day,omitzero"`
	AskedAt  time.Time             `json:"asked_at"`
	ClosedOn contracts.Date        `json:"closed_on,omitzero"`
	EndsOn   contracts.Date        `json:"access_ends_on,omitzero"` // last day of the host's access
}

// accessDays is how long a host may look at a case after it was closed: product policy, no law.
const accessDays = 60

// Ref is the id of a host's file in addresses: be-<case>.
func (c HostCase) Ref() string { return string(contracts.NodeID(c.Home)) + "-" + string(c.ID) }

// ParseRef reads what Ref wrote; false for anything else.
func ParseRef(ref string) (home contracts.CountryCode, id contracts.CaseID, ok bool) {
	party, rest, ok := strings.Cut(ref, "-")
	home, known := contracts.PartyID(party).Country()
	return home, contracts.CaseID(rest), ok && known && contracts.CaseID(rest).Validate() == nil
}

// File is a host's file with everything in it.
type File struct {
	HostCase
	Messages []Message `json:"messages"`
}

// HostStore keeps the host's files. Its functions ask for a scope that leaves nothing out: they are for staff alone.
type HostStore interface {
	HostCase(ctx context.Context, q storage.Querier, s access.Scope, home contracts.CountryCode, id contracts.CaseID) (HostCase, bool, error)
	// HostCases lists them, those that end last first, after the given reference.
	HostCases(ctx context.Context, q storage.Querier, s access.Scope, limit int) ([]HostCase, error)
	SaveHostCase(ctx context.Context, tx *storage.Tx, s access.Scope, c HostCase) error
	// HostCasesClosedBefore lists the files closed before a day whose letters are still there.
	HostCasesClosedBefore(ctx context.Context, q storage.Querier, s access.Scope, day contracts.Date) ([]HostCase, error)
	EraseLetters(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID) error
}

// Host is the host's side. All fields must be set.
type Host struct {
	*Correspondence
	Cases HostStore
}

// ErrNotFound is returned when there is no such file, or it is not in scope.
var ErrNotFound = errors.New("not found")

// openers are the kinds that open a case at a host.
var openers = []contracts.CaseKind{contracts.KindHostRequest, contracts.KindDetermination, contracts.KindExceptionRequested, contracts.KindHostLegislation}

// Knows implements Desk for the cases of others: home opens a file with one of the openers, and everything else is about a file that is there.
func (h Host) Knows(ctx context.Context, tx *storage.Tx, a Address) error {
	c, there, err := h.Cases.HostCase(ctx, tx, access.Program(), a.Home, a.Case)
	switch {
	case err != nil:
		return err
	case a.Peer != a.Home || !there && !slices.Contains(openers, a.Kind):
		return contracts.Fault{Code: FaultParty, Field: "case", Message: "this node has no such case with you"}
	case there && c.State == Erased && !slices.Contains(openers, a.Kind) && a.Kind != contracts.KindReopen && a.Kind != contracts.KindAck:
		return contracts.Fault{Code: FaultErased, Field: "case", Message: "the file of this case has been erased here", Remedy: "reopen it with a new request"}
	}
	return nil
}

// Take implements Desk for the cases of others: the file follows what home says.
func (h Host) Take(ctx context.Context, tx *storage.Tx, m Message) error {
	c, there, err := h.Cases.HostCase(ctx, tx, access.Program(), m.Home, m.Case)
	if err != nil {
		return err
	}
	if !there {
		c = HostCase{Home: m.Home, ID: m.Case, State: Asked, AskedAt: m.At}
	}
	switch l := m.Letter.(type) {
	case letter.HostRequest:
		c.asked(l.Trips)
	case letter.HostLegislation:
		c.asked(l.Trips)
	case letter.ExceptionRequested:
		c.spans(l.Trips)
	case letter.Determination:
		c.FirstDay, c.LastDay = l.Start, l.End
	case letter.ChangeNotice:
		c.spans(l.Trips)
		if !l.EndedOn.IsZero() {
			c.LastDay = l.EndedOn
		}
	case letter.Close:
		c.State, c.ClosedOn, c.EndsOn = Closed, l.ClosedOn, contracts.DateOf(h.Now().UTC()).AddDays(accessDays)
	case letter.Reopen:
		c.asked(nil)
	default:
		return nil
	}
	return h.Cases.SaveHostCase(ctx, tx, access.Program(), c)
}

// asked opens the file, again if need be.
func (c *HostCase) asked(trips []letter.Trip) {
	c.State, c.ClosedOn, c.EndsOn = Asked, contracts.Date{}, contracts.Date{}
	c.spans(trips)
}

func (c *HostCase) spans(trips []letter.Trip) {
	for i, t := range trips {
		if i == 0 || t.Start.Before(c.FirstDay) {
			c.FirstDay = t.Start
		}
		if i == 0 || t.End.After(c.LastDay) {
			c.LastDay = t.End
		}
	}
}

// Draft is what somebody writes to the other node: the kind of letter with its text, and what it answers or corrects.
type Draft struct {
	Kind      contracts.CaseKind  `json:"kind"`
	Flow      contracts.CaseFlow  `json:"flow,omitzero"` // needed where a kind goes in several
	InReplyTo contracts.MessageID `json:"in_reply_to,omitzero"`
	Corrects  contracts.MessageID `json:"corrects,omitzero"` // a message of one's own, of which this is the next version
	Says      jsontext.Value      `json:"says"`
	Documents []Attached          `json:"documents,omitzero"`
}

// Attached is a file to send along.
type Attached struct {
	Kind      letter.DocumentKind `json:"kind"`
	MediaType string              `json:"media_type"`
	Content   []byte              `json:"content"`
}

// byHand lists the kinds that advisers of a host write. ACK and READ the program writes itself.
var byHand = []contracts.CaseKind{contracts.KindHostAccept, contracts.KindHostDecline, contracts.KindDeclarationFiled, contracts.KindTaxNote, contracts.KindLocalContact,
	contracts.KindAgree, contracts.KindDisagree, contracts.KindHostView, contracts.KindChangeNotice, contracts.KindHostEngages, contracts.KindInfoRequest, contracts.KindInfoReply,
	contracts.KindInvalidate, contracts.KindReminder, contracts.KindClarify, contracts.KindForward}

// Write sends a letter about a file in scope to its home.
func (h Host) Write(ctx context.Context, s access.Scope, home contracts.CountryCode, id contracts.CaseID, d Draft) (sent Message, err error) {
	err = h.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		c, there, err := h.Cases.HostCase(ctx, tx, s, home, id)
		if err != nil {
			return err
		}
		if !there || c.State == Erased {
			return ErrNotFound
		}
		if !slices.Contains(byHand, d.Kind) {
			return contracts.Fault{Code: contracts.FaultInvalid, Field: "kind", Message: fmt.Sprintf("%.40q is not for a host to write", string(d.Kind)), Remedy: "choose one of the host's kinds"}
		}
		a, l, files, err := h.drafted(ctx, tx, s, Address{Case: id, Home: home, Peer: home}, d)
		if err != nil {
			return err
		}
		if err := h.decided(ctx, tx, s, c, l); err != nil {
			return err
		}
		if sent.Address, err = h.Send(ctx, tx, a, l, files...); err != nil {
			return err
		}
		sent, _, err = h.Store.Message(ctx, tx, s, Sent, home, sent.Message, sent.Version)
		return err
	})
	return sent, err
}

// byHomeHand lists the kinds that advisers at home write beside what the life of a case writes by itself.
var byHomeHand = []contracts.CaseKind{contracts.KindInfoRequest, contracts.KindInfoReply, contracts.KindChangeNotice, contracts.KindInvalidate, contracts.KindReminder, contracts.KindClarify, contracts.KindForward}

// WriteToHost sends a letter about a case of our own to a node that was written to before. Who may see the case, the caller has checked.
func (c Correspondence) WriteToHost(ctx context.Context, s access.Scope, id contracts.CaseID, to contracts.CountryCode, d Draft) (sent Message, err error) {
	err = c.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if !slices.Contains(byHomeHand, d.Kind) {
			return contracts.Fault{Code: contracts.FaultInvalid, Field: "kind", Message: fmt.Sprintf("%.40q is not for home to write by hand", string(d.Kind)), Remedy: "choose one of its kinds; the others follow from what is done in the case"}
		}
		a := Address{Case: id, Home: c.Country, Peer: to}
		if err := c.Desk.Knows(ctx, tx, a); err != nil {
			return err
		}
		a, l, files, err := c.drafted(ctx, tx, s, a, d)
		if err != nil {
			return err
		}
		if sent.Address, err = c.Send(ctx, tx, a, l, files...); err != nil {
			return err
		}
		sent, _, err = c.Store.Message(ctx, tx, s, Sent, to, sent.Message, sent.Version)
		return err
	})
	return sent, err
}

// drafted reads a draft, and finds what it answers and corrects.
func (c Correspondence) drafted(ctx context.Context, tx *storage.Tx, s access.Scope, a Address, d Draft) (Address, letter.Letter, []letter.Document, error) {
	l, err := letter.Decode(d.Kind, d.Says)
	if err != nil {
		var fs contracts.Faults
		fs.Add("says", err)
		return a, nil, nil, fs.Err()
	}
	a.Kind, a.Flow, a.InReplyTo = d.Kind, d.Flow, d.InReplyTo
	if a.RuleSet, err = c.ruleSetOf(ctx, tx, s, a); err != nil {
		return a, nil, nil, err
	}
	if rule := contracts.CaseRules[d.Kind]; len(rule.Answers) > 0 && d.InReplyTo == "" {
		return a, nil, nil, contracts.Fault{Code: contracts.FaultMissing, Field: "in_reply_to", Message: "this is an answer", Remedy: "name the message it answers"}
	}
	if err := c.replies(ctx, tx, a); err != nil {
		return a, nil, nil, err
	}
	if inv, ok := l.(letter.Invalidate); ok {
		gone, err := c.Store.SetInvalid(ctx, tx, s, Sent, a.Peer, inv.Message, c.Now().UTC())
		if err != nil {
			return a, nil, nil, err
		}
		if !gone {
			return a, nil, nil, contracts.Fault{Code: FaultNotYours, Field: "says.message", Message: "only a message of one's own can be taken back", Remedy: "ask the other node to take it back"}
		}
	}
	if d.Corrects != "" {
		newest, err := c.Store.LatestVersion(ctx, tx, s, Sent, a.Peer, d.Corrects)
		if err != nil {
			return a, nil, nil, err
		}
		old, there, err := c.Store.Message(ctx, tx, s, Sent, a.Peer, d.Corrects, newest)
		if err != nil {
			return a, nil, nil, err
		}
		if !there || old.Case != a.Case || old.Kind != d.Kind {
			return a, nil, nil, contracts.Fault{Code: FaultReply, Field: "corrects", Message: "no message of this kind was sent in this case", Remedy: "name one of your own"}
		}
		a.Message, a.Version = d.Corrects, newest+1
	}
	var files []letter.Document
	for _, f := range d.Documents {
		files = append(files, letter.NewDocument(f.Kind, f.MediaType, f.Content))
	}
	return a, l, files, nil
}

// ruleSetOf is the rule set of the case, as home named it last.
func (c Correspondence) ruleSetOf(ctx context.Context, tx *storage.Tx, s access.Scope, a Address) (string, error) {
	all, err := c.Store.Messages(ctx, tx, s, a.Home, a.Case)
	set := contracts.RuleSets[0]
	for _, m := range all {
		set = m.RuleSet
	}
	return set, err
}

// decided moves the file by what its own adviser says.
func (h Host) decided(ctx context.Context, tx *storage.Tx, s access.Scope, c HostCase, l letter.Letter) error {
	switch l.(type) {
	case letter.HostAccept, letter.HostEngages:
		c.State = Accepted
	case letter.HostDecline:
		c.State = Declined
	default:
		return nil
	}
	return h.Cases.SaveHostCase(ctx, tx, s, c)
}

// Open returns a file in scope and tells home that the person of the context looked at it, and what for.
func (h Host) Open(ctx context.Context, s access.Scope, home contracts.CountryCode, id contracts.CaseID) (f File, err error) {
	err = h.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		c, there, err := h.Cases.HostCase(ctx, tx, s, home, id)
		if err != nil {
			return err
		}
		if !there {
			return ErrNotFound
		}
		f.HostCase = c
		if f.Messages, err = h.Store.Messages(ctx, tx, s, home, id); err != nil {
			return err
		}
		return h.looked(ctx, tx, s, c)
	})
	return f, err
}

// OpenDocument returns one document of a message of a file in scope, counted from 1, and tells home.
func (h Host) OpenDocument(ctx context.Context, s access.Scope, home contracts.CountryCode, id contracts.CaseID, w Way, message contracts.MessageID, version, n int) (d letter.Document, err error) {
	err = h.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		c, there, err := h.Cases.HostCase(ctx, tx, s, home, id)
		if err != nil {
			return err
		}
		m, found, err := h.Store.Message(ctx, tx, s, w, home, message, version)
		if err != nil {
			return err
		}
		if !there || c.State == Erased || !found || m.Case != id || m.Home != home || n < 1 || n > len(m.Documents) {
			return ErrNotFound
		}
		d = m.Documents[n-1]
		return h.looked(ctx, tx, s, c)
	})
	return d, err
}

// looked tells home of a look. The program's own are nobody's.
func (h Host) looked(ctx context.Context, tx *storage.Tx, s access.Scope, c HostCase) error {
	deed := access.DeedOf(ctx)
	if !deed.By.SignedIn() || c.State == Erased {
		return nil
	}
	roles := make([]string, len(deed.By.Roles))
	for i, r := range deed.By.Roles {
		roles[i] = string(r)
	}
	a := Address{Case: c.ID, Home: c.Home, Peer: c.Home}
	var err error
	if a.RuleSet, err = h.ruleSetOf(ctx, tx, s, a); err != nil {
		return err
	}
	_, err = h.Send(ctx, tx, a, letter.ReadNotice{Reads: []letter.Sight{{At: h.Now().UTC(), Account: deed.By.Account, Name: deed.By.Name, Roles: strings.Join(roles, " "), Purpose: deed.Purpose}}})
	return err
}

// Erase ends the host's access to every case that was closed sixty days ago and tells how many: letters and documents are emptied, the file and
// the fact of each message stay. What the host must keep by its own law it has filed elsewhere.
func (h Host) Erase(ctx context.Context) (n int, err error) {
	err = h.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		over, err := h.Cases.HostCasesClosedBefore(ctx, tx, access.Program(), contracts.DateOf(h.Now().UTC()))
		if err != nil {
			return err
		}
		for _, c := range over {
			if err := h.Cases.EraseLetters(ctx, tx, access.Program(), c.ID); err != nil {
				return err
			}
			c.State = Erased
			if err := h.Cases.SaveHostCase(ctx, tx, access.Program(), c); err != nil {
				return err
			}
		}
		n = len(over)
		return nil
	})
	return n, err
}
