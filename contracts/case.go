package contracts

import (
	"fmt"
	"regexp"
	"slices"
)

// CaseID is a mobility case: 32 small hexadecimal digits, random, made by its home node. It says nothing of the person.
type CaseID string

// CaseState is where a case stands in its life.
type CaseState string

// The states, as section 2 of docs/mobility.md tells them.
const (
	CaseDraft            CaseState = "DRAFT"
	CaseSubmitted        CaseState = "SUBMITTED"
	CaseAssessing        CaseState = "ASSESSING"
	CaseNeedsInfo        CaseState = "NEEDS_INFO"
	CaseDecided          CaseState = "DECIDED"
	CaseExceptionPending CaseState = "EXCEPTION_PENDING"
	CaseHostLegislation  CaseState = "HOST_LEGISLATION"
	CasePreparing        CaseState = "PREPARING"
	CaseReady            CaseState = "READY"
	CaseActive           CaseState = "ACTIVE"
	CaseEnded            CaseState = "ENDED"
	CaseClosed           CaseState = "CLOSED"
	CaseCancelled        CaseState = "CANCELLED"
	CaseRejected         CaseState = "REJECTED"
)

// CaseStates lists every state in the order of a case's life.
var CaseStates = []CaseState{CaseDraft, CaseSubmitted, CaseAssessing, CaseNeedsInfo, CaseDecided, CaseExceptionPending, CaseHostLegislation, CasePreparing,
	CaseReady, CaseActive, CaseEnded, CaseClosed, CaseCancelled, CaseRejected}

// TrackState is how far one of the five parallel tracks of a case has come.
type TrackState string

// The states of a track.
const (
	TrackNotNeeded TrackState = "NOT_NEEDED"
	TrackTodo      TrackState = "TODO"
	TrackRequested TrackState = "REQUESTED"
	TrackOK        TrackState = "OK"
	TrackRefused   TrackState = "REFUSED"
	TrackExpired   TrackState = "EXPIRED"
)

// TrackStates lists every state of a track.
var TrackStates = []TrackState{TrackNotNeeded, TrackTodo, TrackRequested, TrackOK, TrackRefused, TrackExpired}

// CaseTracks is the state of the five tracks of a case.
type CaseTracks struct {
	A1          TrackState `json:"a1"`
	Declaration TrackState `json:"declaration"`
	Documents   TrackState `json:"documents"`
	Insurance   TrackState `json:"insurance"`
	Tax         TrackState `json:"tax"`
}

// Validate returns a fault for each track whose state is none.
func (t CaseTracks) Validate() error {
	var fs Faults
	listed(&fs, "a1", t.A1, TrackStates)
	listed(&fs, "declaration", t.Declaration, TrackStates)
	listed(&fs, "documents", t.Documents, TrackStates)
	listed(&fs, "insurance", t.Insurance, TrackStates)
	listed(&fs, "tax", t.Tax, TrackStates)
	return fs.Err()
}

// CaseArticle is the article a decision rests on, as the engine names it: 12.1 of Regulation (EC) 883/2004.
type CaseArticle string

// CaseArticles lists every article of the rule sets.
var CaseArticles = []CaseArticle{"11.3a", "11.3b", "12.1", "12.2", "13.1a", "13.1b_i", "13.1b_ii", "13.1b_iii", "13.1b_iv", "13.2a", "13.2b", "13.3", "13.4", "16.1",
	"987.14.11", "fw_telework", "SSC.10.3a", "SSC.10.3b", "SSC.11.1a", "SSC.11.1b"}

// CaseWarning is the code of something an adviser must look at.
type CaseWarning string

// CaseWarnings lists every warning of the engine and of the case's life. A list, because a free text could carry a name.
var CaseWarnings = []CaseWarning{"A1_BEFORE_START", "CH_OVER_90_DAYS", "CRITERIA_DIVERGE", "DECLARATION_EXEMPT", "DIRECT_LINK_MISSING", "EHIC_NOT_VALID", "EMPLOYED_PART_CHECK",
	"EMPLOYER_NO_SUBSTANCE", "EMPLOYER_SUBSTANCE_CHECK", "EXCEPTION_NEEDED", "GAP_LT_2_MONTHS", "HOST_CONTRACT", "LATE", "LONG_TERM_12", "LONG_TERM_18", "MARGINAL_IGNORED",
	"MARGINAL_UNCLEAR", "NOT_SIMILAR_ACTIVITY", "NO_EXCEPTION_ROUTE", "OVERLAPPING_TRIPS", "OVER_24_MONTHS", "PATTERN_CHECK_ART13", "PRIOR_COVER_LT_1_MONTH",
	"PRIOR_COVER_LT_3_MONTHS", "PRIOR_COVER_MISSING", "PROVISIONAL_2_MONTHS", "REGIME_NOT_COVERED", "REPLACEMENT", "REPLACEMENT_TOTAL_CHECK", "SEAT_NOT_HOME",
	"SE_ACTIVITY_LT_2_MONTHS", "SE_BASE_GIVEN_UP", "SHARES_INCOMPLETE", "STARTED_NOT_READY", "TCN_PERMIT_CHECK", "TELEWORK_NOT_ELIGIBLE", "TELEWORK_RENEW_3Y", "UK_IMMIGRATION_CHECK"}

// CaseProgressed says: this is where a case of mine stands. It is all the hub learns of a case: no name, no free text, no document. A later
// one replaces it.
type CaseProgressed struct {
	Case          CaseID        `json:"case"`
	Member        string        `json:"member"` // random, per member and calendar year; not that of his invoices
	Home          CountryCode   `json:"home"`
	Hosts         []CountryCode `json:"hosts"` // in the order of the trips, each once; empty for work in third countries alone
	Start         Date          `json:"start"`
	End           Date          `json:"end"`
	State         CaseState     `json:"state"`
	Tracks        CaseTracks    `json:"tracks"`
	Article       CaseArticle   `json:"article,omitzero"` // none until decided, or where an adviser decides
	Warnings      []CaseWarning `json:"warnings"`
	NextDeadline  Date          `json:"next_deadline,omitzero"`
	A1Planned     *int          `json:"a1_planned_days,omitzero"` // from request to A1, as planned
	A1Waited      *int          `json:"a1_waited_days,omitzero"`  // as it was; absent until the A1 is there
	Demonstration bool          `json:"demonstration,omitzero"`
}

// mostHosts bounds the host countries of a case, mostWait its days of waiting.
const (
	mostHosts = 40
	mostWait  = 3650
)

// EventType is the name on the wire.
func (CaseProgressed) EventType() EventType { return TypeCaseProgressed }

// Owner is the home country.
func (e CaseProgressed) Owner() CountryCode { return e.Home }

// Validate checks that every member is of its list or range.
func (e CaseProgressed) Validate() error {
	var fs Faults
	fs.Add("case", e.Case.Validate())
	fs.random("member", e.Member)
	fs.Add("home", e.Home.Validate())
	if len(e.Hosts) > mostHosts {
		fs.Addf(FaultTooLarge, "hosts", "", "%d is out of range", len(e.Hosts))
	}
	for i, h := range e.Hosts {
		at := fmt.Sprintf("hosts[%d]", i)
		fs.Add(at, h.Validate())
		if h == e.Home || slices.Index(e.Hosts, h) != i {
			fs.Addf(FaultInvalid, at, "", "named twice")
		}
	}
	fs.span("end", e.Start, e.End)
	listed(&fs, "state", e.State, CaseStates)
	fs.Add("tracks", e.Tracks.Validate())
	if e.Article != "" {
		listed(&fs, "article", e.Article, CaseArticles)
	}
	for i, w := range e.Warnings {
		listed(&fs, fmt.Sprintf("warnings[%d]", i), w, CaseWarnings)
		if slices.Index(e.Warnings, w) != i {
			fs.Addf(FaultInvalid, fmt.Sprintf("warnings[%d]", i), "", "named twice")
		}
	}
	fs.waited("a1_planned_days", e.A1Planned)
	fs.waited("a1_waited_days", e.A1Waited)
	return fs.Err()
}

// randomID is what an id that says nothing looks like.
var randomID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// Validate refuses what is no random id.
func (c CaseID) Validate() error {
	var fs Faults
	fs.random("", string(c))
	return fs.Err()
}

func (fs *Faults) random(field, id string) {
	if !randomID.MatchString(id) {
		fs.Addf(FaultInvalid, field, "", "not a random id")
	}
}

func (fs *Faults) span(field string, from, to Date) {
	if from.IsZero() || to.IsZero() {
		fs.Addf(FaultMissing, field, "", "no date")
	} else if to.Before(from) {
		fs.Addf(FaultDate, field, "", "the last day is before the first")
	}
}

func (fs *Faults) waited(field string, days *int) {
	if days != nil && (*days < 0 || *days > mostWait) {
		fs.Addf(FaultInvalid, field, "", "%d is out of range", *days)
	}
}

// listed adds a fault when v is not of its list.
func listed[T ~string](fs *Faults, field string, v T, all []T) {
	if !slices.Contains(all, v) {
		fs.Addf(FaultInvalid, field, "", "%q is not known", clip(string(v)))
	}
}
