package casework

import (
	"slices"

	"passerelle/contracts"
)

// Transition is one row of the table of a case's life: Event moves it From one state To another when one of By sends it, its guard holds and
// its effect finds what it needs.
type Transition struct {
	No    string // of the row in docs/mobility.md; those with a + are ours
	Event Name
	From  State // none: there is no case yet
	To    State
	By    []Actor

	guard  func(*move) error // nil: always
	effect func(*move) error // nil: nothing but the state
}

// Short names of the states, for the table alone.
const (
	none      State = ""
	draft           = contracts.CaseDraft
	submitted       = contracts.CaseSubmitted
	assessing       = contracts.CaseAssessing
	needsInfo       = contracts.CaseNeedsInfo
	decided         = contracts.CaseDecided
	exception       = contracts.CaseExceptionPending
	hostLaw         = contracts.CaseHostLegislation
	preparing       = contracts.CasePreparing
	ready           = contracts.CaseReady
	active          = contracts.CaseActive
	ended           = contracts.CaseEnded
	closed          = contracts.CaseClosed
	cancelled       = contracts.CaseCancelled
	rejected        = contracts.CaseRejected
)

// Sends tells whether an actor can send an event in any state.
func Sends(actor Actor, e Name) bool {
	return slices.ContainsFunc(Table, func(row Transition) bool { return row.Event == e && slices.Contains(row.By, actor) })
}

func by(all ...Actor) []Actor { return all }

// Table is the whole life of a case. What is not in it is refused.
var Table = []Transition{
	{"1", nameCreate, none, draft, by(M, HA, SYS), nil, (*move).create},
	{"1+", nameEdit, draft, draft, by(M, HA), nil, (*move).edit},
	{"2", nameSubmit, draft, submitted, by(M, HA), (*move).isComplete, (*move).submit},
	{"3", nameTake, submitted, assessing, by(HA), nil, (*move).takeUp},
	{"3+", nameEdit, assessing, assessing, by(HA), nil, (*move).editAndAssess},
	{"4", nameAsk, assessing, needsInfo, by(HA), nil, (*move).ask},
	{"4", nameAnswer, needsInfo, assessing, by(M, XA), (*move).isAsked, (*move).answer},
	{"5", nameDecide, assessing, decided, by(HA), nil, (*move).decide},
	{"6", nameRequestException, decided, exception, by(HA), (*move).needsException, (*move).reasoned},
	{"7", nameExceptionGranted, exception, preparing, by(HA), nil, (*move).grantException},
	{"7", nameExceptionRefused, exception, hostLaw, by(HA), nil, (*move).useHostLaw},
	{"8", nameUseHostLegislation, decided, hostLaw, by(HA), nil, (*move).useHostLaw},
	{"8", nameUseHostLegislation, exception, hostLaw, by(HA), nil, (*move).useHostLaw},
	{"9", nameHostEngages, hostLaw, preparing, by(XA), nil, (*move).engage},
	{"9+", nameHostEngages, hostLaw, preparing, by(HA), (*move).registersItself, (*move).engage},
	{"10", nameStartPreparing, decided, preparing, by(HA), (*move).staysInsured, (*move).startPreparing},
	{"11", nameHostAccept, preparing, preparing, by(XA), (*move).hostWasAsked, (*move).hostAccept},
	{"11", nameHostDecline, preparing, preparing, by(XA), (*move).hostWasAsked, (*move).hostDecline},
	{"12", nameTrackUpdate, preparing, preparing, by(HA, XA), (*move).ownsTrack, (*move).updateTrack},
	{"12", nameTrackUpdate, ready, ready, by(HA, XA), (*move).ownsTrack, (*move).updateTrack},
	{"12", nameTrackUpdate, active, active, by(HA, XA), (*move).ownsTrack, (*move).updateTrack},
	{"12+", nameTrackUpdate, ended, ended, by(HA, XA), (*move).ownsTrack, (*move).updateTrack}, // an A1 may be issued late
	{"12", nameHostContact, preparing, preparing, by(XA), nil, (*move).hostContact},
	{"12", nameHostContact, ready, ready, by(XA), nil, (*move).hostContact},
	{"12", nameHostContact, active, active, by(XA), nil, (*move).hostContact},
	{"12+", nameExpire, preparing, preparing, by(SYS), (*move).somethingExpired, (*move).expire},
	{"12+", nameExpire, ready, ready, by(SYS), (*move).somethingExpired, (*move).expire},
	{"12+", nameExpire, active, active, by(SYS), (*move).somethingExpired, (*move).expire},
	{"13", nameTracksOK, preparing, ready, by(SYS), (*move).papersThere, nil},
	{"13+", nameTracksLost, ready, preparing, by(SYS), (*move).papersMissing, nil},
	{"14", nameBegin, ready, active, by(SYS), (*move).startReached, (*move).begin},
	{"14", nameBegin, preparing, active, by(SYS), (*move).startReached, (*move).begin},
	{"15", nameChange, preparing, assessing, by(M, HA, XA), nil, (*move).change},
	{"15", nameChange, ready, assessing, by(M, HA, XA), nil, (*move).change},
	{"15", nameChange, active, active, by(M, HA, XA), nil, (*move).changeAtWork},
	{"15b", nameCloseReview, active, active, by(HA), (*move).underReview, (*move).closeReview},
	{"15b", nameCloseReview, active, exception, by(HA), (*move).underReviewForException, (*move).closeReview},
	{"15b", nameCloseReview, active, hostLaw, by(HA), (*move).underReview, (*move).closeReviewForHostLaw},
	{"16", nameInterrupt, active, active, by(M, HA), nil, (*move).interrupt},
	{"16", nameResume, active, active, by(M, HA), nil, (*move).resume},
	{"17", nameEnd, active, ended, by(M, HA, SYS), (*move).mayEnd, (*move).end},
	{"18", nameClose, ended, closed, by(HA), (*move).filed, (*move).close},
	{"19", nameCancel, draft, cancelled, by(M, HA), (*move).notBegun, nil},
	{"19", nameCancel, submitted, cancelled, by(M, HA), (*move).notBegun, nil},
	{"19", nameCancel, assessing, cancelled, by(M, HA), (*move).notBegun, nil},
	{"19", nameCancel, needsInfo, cancelled, by(M, HA), (*move).notBegun, nil},
	{"19", nameCancel, decided, cancelled, by(M, HA), (*move).notBegun, nil},
	{"19", nameCancel, exception, cancelled, by(M, HA), (*move).notBegun, nil},
	{"19", nameCancel, hostLaw, cancelled, by(M, HA), (*move).notBegun, nil},
	{"19", nameCancel, preparing, cancelled, by(M, HA), (*move).notBegun, nil},
	{"19", nameCancel, ready, cancelled, by(M, HA), (*move).notBegun, nil},
	{"20", nameReject, submitted, rejected, by(HA), nil, (*move).reasoned},
	{"20", nameReject, assessing, rejected, by(HA), nil, (*move).reasoned},
	{"21", nameReopen, ended, assessing, by(HA), nil, (*move).reopen},
	{"21", nameReopen, closed, assessing, by(HA), nil, (*move).reopen},
}
