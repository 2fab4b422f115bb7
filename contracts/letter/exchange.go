package letter

import (
	"fmt"
	"time"

	"passerelle/contracts"
)

// Determination says which law holds for somebody who works in several States. It tells a host its own State's part alone.
type Determination struct {
	Person      Person         `json:"person"`
	Law         Law            `json:"law"`
	Start       contracts.Date `json:"start"`
	End         contracts.Date `json:"end"`
	Provisional bool           `json:"provisional"`
	NotifiedOn  contracts.Date `json:"notified_on,omitzero"`
	Share       *Share         `json:"share,omitzero"` // in the host's State
}

// Share is the part of all work that is done in the host's State.
type Share struct {
	Time contracts.Percent  `json:"time"`
	Pay  *contracts.Percent `json:"pay,omitzero"`
}

// Validate checks person and period.
func (d Determination) Validate() error {
	var fs contracts.Faults
	fs.Add("person", d.Person.validate())
	span(&fs, "end", d.Start, d.End)
	return fs.Err()
}

// Agree accepts a determination.
type Agree struct{}

// Validate accepts.
func (Agree) Validate() error { return nil }

// Disagree proposes another law.
type Disagree struct {
	Proposal string `json:"proposal"` // State
	Reason   string `json:"reason"`
}

// Validate checks proposal and reason.
func (d Disagree) Validate() error {
	var fs contracts.Faults
	line(&fs, "proposal", d.Proposal)
	text(&fs, "reason", d.Reason)
	return fs.Err()
}

// ExceptionRequested says that the authorities are asked for an agreement under Art. 16.
type ExceptionRequested struct {
	Person Person         `json:"person"`
	Trips  []Trip         `json:"trips"`
	Until  contracts.Date `json:"until,omitzero"`
	Reason string         `json:"reason"`
}

// Validate checks person, trips and reason.
func (e ExceptionRequested) Validate() error {
	var fs contracts.Faults
	fs.Add("person", e.Person.validate())
	fs.Add("", validTrips(e.Trips))
	text(&fs, "reason", e.Reason)
	return fs.Err()
}

// ExceptionResult says what became of it.
type ExceptionResult struct {
	Granted   bool           `json:"granted"`
	Reference string         `json:"reference,omitzero"`
	Until     contracts.Date `json:"until,omitzero"`
}

// Validate checks the reference.
func (r ExceptionResult) Validate() error {
	var fs contracts.Faults
	short(&fs, "reference", r.Reference, longestLine)
	return fs.Err()
}

// HostView is what the host thinks of it.
type HostView struct {
	Supports bool   `json:"supports"`
	Text     string `json:"text"`
}

// Validate checks the text.
func (v HostView) Validate() error { return reasonAt("text", v.Text) }

func reasonAt(field, v string) error {
	var fs contracts.Faults
	text(&fs, field, v)
	return fs.Err()
}

// ChangeNotice says that something changed: the trips as they are now, an earlier end, or that nobody comes.
type ChangeNotice struct {
	Trips     []Trip         `json:"trips,omitzero"`
	EndedOn   contracts.Date `json:"ended_on,omitzero"`
	Cancelled bool           `json:"cancelled,omitzero"`
	Text      string         `json:"text,omitzero"`
}

// Validate checks that it says something.
func (n ChangeNotice) Validate() error {
	var fs contracts.Faults
	if len(n.Trips) == 0 && n.EndedOn.IsZero() && !n.Cancelled && n.Text == "" {
		fs.Addf(contracts.FaultMissing, "text", "say what changed", "nothing")
	}
	if len(n.Trips) > 0 {
		fs.Add("", validTrips(n.Trips))
	}
	short(&fs, "text", n.Text, longestText)
	return fs.Err()
}

// HostLegislation says that the host's law applies, and asks whether the host engages the person.
type HostLegislation struct {
	Person Person `json:"person"`
	Trips  []Trip `json:"trips"`
	Law    Law    `json:"law"`
}

// Validate checks person and trips.
func (h HostLegislation) Validate() error {
	var fs contracts.Faults
	fs.Add("person", h.Person.validate())
	fs.Add("", validTrips(h.Trips))
	return fs.Err()
}

// Ways of being insured under the host's law.
const (
	HostEmploys   = "host_employs"
	HomeRegisters = "home_registers" // as a foreign employer (Regulation 987/2009, Art. 21)
)

// HostEngages says how.
type HostEngages struct {
	How string `json:"how"`
}

// Validate checks the way.
func (e HostEngages) Validate() error {
	var fs contracts.Faults
	oneOf(&fs, "how", e.How, []string{HostEmploys, HomeRegisters})
	return fs.Err()
}

// Words is a text that one adviser writes to the other.
type Words struct {
	Text string `json:"text"`
}

// Validate checks that there is one.
func (w Words) Validate() error { return reasonAt("text", w.Text) }

// The letters that are words alone.
type (
	InfoRequest struct{ Words } // asks
	InfoReply   struct{ Words } // answers
	Reminder    struct{ Words } // waits for an answer
	Clarify     struct{ Words } // explains
	Reopen      struct{ Words } // takes a closed case up again
	Forward     struct{ Words } // hands on a paper that reached the wrong side
)

// Close says that the case is closed. The host's access ends sixty days later.
type Close struct {
	ClosedOn contracts.Date `json:"closed_on"`
}

// Validate checks the day.
func (c Close) Validate() error {
	var fs contracts.Faults
	if c.ClosedOn.IsZero() {
		fs.Addf(contracts.FaultMissing, "closed_on", "", "no day")
	}
	return fs.Err()
}

// Invalidate takes a message back. It stays on file, and counts no more.
type Invalidate struct {
	Message contracts.MessageID `json:"message"`
	Reason  string              `json:"reason,omitzero"`
}

// Validate checks the id.
func (i Invalidate) Validate() error {
	var fs contracts.Faults
	fs.Add("message", contracts.CaseID(i.Message).Validate())
	short(&fs, "reason", i.Reason, longestText)
	return fs.Err()
}

// Ack is a node's own answer to a message: it has it, or does not take it. Nobody writes it by hand.
type Ack struct {
	Version int                 `json:"version"`          // of the message it answers
	Refused contracts.FaultCode `json:"refused,omitzero"` // why it was not taken; none when it was
}

// Validate checks the version.
func (a Ack) Validate() error {
	var fs contracts.Faults
	if a.Version < 1 {
		fs.Addf(contracts.FaultInvalid, "version", "", "%d", a.Version)
	}
	short(&fs, "refused", string(a.Refused), longestLine)
	return fs.Err()
}

// ReadNotice tells home who looked at the case at the host, and at what.
type ReadNotice struct {
	Reads []Sight `json:"reads"`
}

// Sight is one look.
type Sight struct {
	At      time.Time `json:"at"`
	Account string    `json:"account"` // opaque id at the host
	Name    string    `json:"name"`
	Roles   string    `json:"roles"`
	Purpose string    `json:"purpose"`
}

// mostSights bounds a notice.
const mostSights = 500

// Validate checks the list.
func (n ReadNotice) Validate() error {
	var fs contracts.Faults
	if len(n.Reads) == 0 || len(n.Reads) > mostSights {
		fs.Addf(contracts.FaultMissing, "reads", "", "%d reads", len(n.Reads))
	}
	for i, r := range n.Reads {
		at := fmt.Sprintf("reads[%d]", i)
		line(&fs, at+".account", r.Account)
		short(&fs, at+".name", r.Name, longestLine)
		short(&fs, at+".roles", r.Roles, longestLine)
		short(&fs, at+".purpose", r.Purpose, longestLine)
	}
	return fs.Err()
}

// Kind implements Letter.
func (Determination) Kind() contracts.CaseKind      { return contracts.KindDetermination }
func (Agree) Kind() contracts.CaseKind              { return contracts.KindAgree }
func (Disagree) Kind() contracts.CaseKind           { return contracts.KindDisagree }
func (ExceptionRequested) Kind() contracts.CaseKind { return contracts.KindExceptionRequested }
func (ExceptionResult) Kind() contracts.CaseKind    { return contracts.KindExceptionResult }
func (HostView) Kind() contracts.CaseKind           { return contracts.KindHostView }
func (ChangeNotice) Kind() contracts.CaseKind       { return contracts.KindChangeNotice }
func (HostLegislation) Kind() contracts.CaseKind    { return contracts.KindHostLegislation }
func (HostEngages) Kind() contracts.CaseKind        { return contracts.KindHostEngages }
func (InfoRequest) Kind() contracts.CaseKind        { return contracts.KindInfoRequest }
func (InfoReply) Kind() contracts.CaseKind          { return contracts.KindInfoReply }
func (Close) Kind() contracts.CaseKind              { return contracts.KindClose }
func (Invalidate) Kind() contracts.CaseKind         { return contracts.KindInvalidate }
func (Reminder) Kind() contracts.CaseKind           { return contracts.KindReminder }
func (Clarify) Kind() contracts.CaseKind            { return contracts.KindClarify }
func (Reopen) Kind() contracts.CaseKind             { return contracts.KindReopen }
func (Forward) Kind() contracts.CaseKind            { return contracts.KindForward }
func (Ack) Kind() contracts.CaseKind                { return contracts.KindAck }
func (ReadNotice) Kind() contracts.CaseKind         { return contracts.KindRead }
