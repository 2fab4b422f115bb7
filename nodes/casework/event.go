package casework

import (
	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

// Name names an event.
type Name string

// Event is something that moves a case: a value of one of the types below.
type Event interface {
	Name() Name
	seen() int
}

// At says which version of the case somebody looked at when he decided to move it. When the case has moved on since, the event is refused.
type At struct {
	Version int `json:"version"`
}

func (a At) seen() int { return a.Version }

// The events, with what each needs to be told. Those of the clock and of what follows by itself have no members but At.
type (
	// Create opens a case with what is known already.
	Create struct {
		Facts  Facts  `json:"facts"`
		Source string `json:"-"` // what it is proposed for
	}
	// Edit replaces the facts of a draft, or of a case an adviser is assessing.
	Edit struct {
		At
		Facts Facts `json:"facts"`
	}
	// Submit hands a draft to the advisers.
	Submit struct{ At }
	// Take begins the assessment.
	Take struct{ At }
	// Ask asks the member, or the adviser of a host State, for something.
	Ask struct {
		At
		Of   Actor          `json:"of"`
		Host mobility.State `json:"host,omitzero"` // of XA
		Text string         `json:"text"`
	}
	// Answer answers it, with corrected facts where they change.
	Answer struct {
		At
		Text  string `json:"text"`
		Facts *Facts `json:"facts,omitzero"`
	}
	// Decide confirms what the engine says, or overrides it.
	Decide struct {
		At
		Override *Override `json:"override,omitzero"`
	}
	// RequestException asks the authorities for an agreement under Art. 16.
	RequestException struct {
		At
		Reason string `json:"reason"` // why it is in the person's interest
	}
	// ExceptionGranted records the agreement.
	ExceptionGranted struct {
		At
		Reference string           `json:"reference,omitzero"`
		Until     contracts.Date   `json:"until,omitzero"`
		Delegate  []mobility.State `json:"delegate,omitzero"`
	}
	// ExceptionRefused records the refusal.
	ExceptionRefused struct {
		At
		Reason string `json:"reason,omitzero"`
	}
	// UseHostLegislation puts the person under the law of the host.
	UseHostLegislation struct{ At }
	// HostEngages says how he is insured there (Regulation 987/2009, Art. 21).
	HostEngages struct {
		At
		How Engages `json:"how"`
	}
	// StartPreparing opens the tracks and asks the host nodes; those of delegate are asked to file the declaration too.
	StartPreparing struct {
		At
		Delegate []mobility.State `json:"delegate,omitzero"`
	}
	// HostAccept is a host node's yes, HostDecline its no.
	HostAccept struct {
		At
		Contact *Contact `json:"contact,omitzero"`
	}
	HostDecline struct {
		At
		Reason string `json:"reason"`
	}
	// HostContact names who can be reached in the host State.
	HostContact struct {
		At
		Contact Contact `json:"contact"`
	}
	// TrackUpdate says how far a track is.
	TrackUpdate struct {
		At
		Track      TrackKind            `json:"track"`
		Trip       int                  `json:"trip,omitzero"` // of a declaration, from 1; may be left out when there is one
		Host       mobility.State       `json:"host,omitzero"` // of tax; may be left out when there is one
		State      contracts.TrackState `json:"state"`
		Reference  string               `json:"reference,omitzero"`   // number of the A1, of the notice, of the policy
		Paper      PaperID              `json:"paper,omitzero"`       // an uploaded document: the A1 itself, or the proof of its filing
		Until      contracts.Date       `json:"until,omitzero"`       // last day it holds
		NotifiedOn contracts.Date       `json:"notified_on,omitzero"` // a provisional determination (Regulation 987/2009, Art. 16(3))
		Note       string               `json:"note,omitzero"`
	}
	// Change replaces the facts after the decision.
	Change struct {
		At
		Facts Facts `json:"facts"`
	}
	// CloseReview ends the review of changed facts during the work. To is ACTIVE, EXCEPTION_PENDING or HOST_LEGISLATION.
	CloseReview struct {
		At
		To       State     `json:"to"`
		Override *Override `json:"override,omitzero"`
	}
	// Interrupt notes the days of a break, Resume its end.
	Interrupt struct {
		At
		From  contracts.Date `json:"from"`
		Until contracts.Date `json:"until,omitzero"`
	}
	Resume struct {
		At
		On contracts.Date `json:"on"` // first day of work again
	}
	// End says that the work is over, on a day that may be earlier than planned.
	End struct {
		At
		On contracts.Date `json:"on,omitzero"` // last day of work; the planned one when missing
	}
	// Close puts the file away.
	Close struct{ At }
	// Cancel gives a case up before the work began.
	Cancel struct {
		At
		Reason string `json:"reason,omitzero"`
	}
	// Reject refuses a request.
	Reject struct {
		At
		Reason string `json:"reason"`
	}
	// Reopen takes a file up again: an inspection, a dispute about the A1, an extension.
	Reopen struct {
		At
		Reason string `json:"reason"`
		Facts  *Facts `json:"facts,omitzero"`
	}

	// TracksOK, TracksLost, Expire and Begin are the clock's, and so is End when its day has passed.
	TracksOK   struct{ At }
	TracksLost struct{ At }
	Expire     struct{ At }
	Begin      struct{ At }
)

// Engages is how a person under the host's law is insured there.
type Engages string

// The ways.
const (
	HostEmploys   Engages = "host_employs"   // the host co-operative engages him
	HomeRegisters Engages = "home_registers" // the home co-operative registers there as a foreign employer (987 Art. 21)
)

// Override is what an adviser decides other than the engine. What is left out stays as the engine says.
type Override struct {
	Reason      string           `json:"reason"`
	Legislation mobility.State   `json:"legislation,omitzero"`
	Article     mobility.Article `json:"article,omitzero"`
	A1          *bool            `json:"a1,omitzero"`
	Notices     []NoticeOverride `json:"declarations,omitzero"`
	Withholding *bool            `json:"withholding_check,omitzero"`
}

// NoticeOverride says of one trip whether the host's declaration is needed.
type NoticeOverride struct {
	Trip int          `json:"trip"` // from 1
	Need country.Need `json:"need"` // required or not_required
}

// Names of the events, as routes, messages and the history use them.
const (
	nameCreate, nameEdit, nameSubmit, nameTake, nameAsk, nameAnswer, nameDecide       Name = "create", "edit", "submit", "take", "ask", "answer", "decide"
	nameRequestException, nameExceptionGranted, nameExceptionRefused                  Name = "request_exception", "exception_granted", "exception_refused"
	nameUseHostLegislation, nameHostEngages, nameStartPreparing                       Name = "use_host_legislation", "host_engages", "start_preparing"
	nameHostAccept, nameHostDecline, nameHostContact, nameTrackUpdate                 Name = "host_accept", "host_decline", "host_contact", "track_update"
	nameTracksOK, nameTracksLost, nameExpire, nameBegin, nameChange, nameCloseReview  Name = "all_tracks_ok", "tracks_lost", "expire", "begin", "change", "close_review"
	nameInterrupt, nameResume, nameEnd, nameClose, nameCancel, nameReject, nameReopen Name = "interrupt", "resume", "end", "close", "cancel", "reject", "reopen"
)

func (Create) seen() int { return 0 }

func (Create) Name() Name             { return nameCreate }
func (Edit) Name() Name               { return nameEdit }
func (Submit) Name() Name             { return nameSubmit }
func (Take) Name() Name               { return nameTake }
func (Ask) Name() Name                { return nameAsk }
func (Answer) Name() Name             { return nameAnswer }
func (Decide) Name() Name             { return nameDecide }
func (RequestException) Name() Name   { return nameRequestException }
func (ExceptionGranted) Name() Name   { return nameExceptionGranted }
func (ExceptionRefused) Name() Name   { return nameExceptionRefused }
func (UseHostLegislation) Name() Name { return nameUseHostLegislation }
func (HostEngages) Name() Name        { return nameHostEngages }
func (StartPreparing) Name() Name     { return nameStartPreparing }
func (HostAccept) Name() Name         { return nameHostAccept }
func (HostDecline) Name() Name        { return nameHostDecline }
func (HostContact) Name() Name        { return nameHostContact }
func (TrackUpdate) Name() Name        { return nameTrackUpdate }
func (Change) Name() Name             { return nameChange }
func (CloseReview) Name() Name        { return nameCloseReview }
func (Interrupt) Name() Name          { return nameInterrupt }
func (Resume) Name() Name             { return nameResume }
func (End) Name() Name                { return nameEnd }
func (Close) Name() Name              { return nameClose }
func (Cancel) Name() Name             { return nameCancel }
func (Reject) Name() Name             { return nameReject }
func (Reopen) Name() Name             { return nameReopen }
func (TracksOK) Name() Name           { return nameTracksOK }
func (TracksLost) Name() Name         { return nameTracksLost }
func (Expire) Name() Name             { return nameExpire }
func (Begin) Name() Name              { return nameBegin }

// Events is one zero value of each event that a person or a host node sends, in the order of a case's life.
var Events = []Event{Edit{}, Submit{}, Take{}, Ask{}, Answer{}, Decide{}, RequestException{}, ExceptionGranted{}, ExceptionRefused{}, UseHostLegislation{}, HostEngages{},
	StartPreparing{}, HostAccept{}, HostDecline{}, HostContact{}, TrackUpdate{}, Change{}, CloseReview{}, Interrupt{}, Resume{}, End{}, Close{}, Cancel{}, Reject{}, Reopen{}}
