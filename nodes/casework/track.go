package casework

import (
	"slices"

	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

// TrackKind is what a track of papers is about.
type TrackKind string

// The five tracks. There is one declaration for each trip and one tax track for each host State.
const (
	TrackA1          TrackKind = "a1"
	TrackDeclaration TrackKind = "declaration"
	TrackDocuments   TrackKind = "documents"
	TrackInsurance   TrackKind = "insurance"
	TrackTax         TrackKind = "tax"
)

// TrackKinds lists them.
var TrackKinds = []TrackKind{TrackA1, TrackDeclaration, TrackDocuments, TrackInsurance, TrackTax}

// Track is how far one paper is.
type Track struct {
	Kind       TrackKind            `json:"track"`
	Trip       int                  `json:"trip,omitzero"`   // of a declaration, from 1
	Host       mobility.State       `json:"host,omitzero"`   // of a declaration and of tax
	System     mobility.System      `json:"system,omitzero"` // of a declaration: limosa
	Latest     contracts.Date       `json:"latest_date,omitzero"`
	State      contracts.TrackState `json:"state"`
	Reference  string               `json:"reference,omitzero"`
	Paper      PaperID              `json:"paper,omitzero"`
	Until      contracts.Date       `json:"until,omitzero"`
	NotifiedOn contracts.Date       `json:"notified_on,omitzero"`
	AskedOn    contracts.Date       `json:"asked_on,omitzero"` // since when it is REQUESTED
	GotOn      contracts.Date       `json:"got_on,omitzero"`   // since when it is OK
	Before     string               `json:"before,omitzero"`   // reference of the paper it replaces, to be amended
	Note       string               `json:"note,omitzero"`
}

// Needed tells whether the paper is needed at all.
func (t Track) Needed() bool { return t.State != contracts.TrackNotNeeded }

// settled tells whether departure need not wait for it: it is there or not needed, or it is an A1 that has provably been asked for.
func (t Track) settled() bool {
	asked := t.Kind == TrackA1 && t.State == contracts.TrackRequested && (t.Paper != "" || t.Reference != "")
	return t.State == contracts.TrackOK || t.State == contracts.TrackNotNeeded || asked
}

// Missing lists the tracks that departure waits for.
func (c Case) Missing() (all []Track) {
	for _, t := range c.Tracks {
		if !t.settled() {
			all = append(all, t)
		}
	}
	return all
}

// worst orders the states of tracks from the most to the least urgent.
var worst = []contracts.TrackState{contracts.TrackRefused, contracts.TrackExpired, contracts.TrackTodo, contracts.TrackRequested, contracts.TrackOK, contracts.TrackNotNeeded}

// TrackState sums the tracks of a kind up: the state of the one that is least far. Before they are open nothing is needed.
func (c Case) TrackState(k TrackKind) contracts.TrackState {
	for _, s := range worst {
		if slices.ContainsFunc(c.Tracks, func(t Track) bool { return t.Kind == k && t.State == s }) {
			return s
		}
	}
	return contracts.TrackNotNeeded
}

// track finds the track an event means, by what it says of it.
func (c *Case) track(k TrackKind, trip int, host mobility.State) (*Track, error) {
	var found *Track
	for i := range c.Tracks {
		t := &c.Tracks[i]
		if t.Kind != k || trip != 0 && t.Trip != trip || host != "" && t.Host != "" && t.Host != host {
			continue
		}
		if found != nil {
			return nil, contracts.Fault{Code: contracts.FaultMissing, Field: "trip", Message: "there are several of this kind", Remedy: "say of which trip, or of which host State"}
		}
		found = t
	}
	if found == nil {
		return nil, contracts.Fault{Code: FaultUnknown, Field: "track", Message: "the case has no such track", Remedy: "choose one of the tracks of the case"}
	}
	return found, nil
}

// openTracks sets up the tracks by the decision. What was there before is kept as the paper to amend.
func (m *move) openTracks() {
	o := m.c.Outcome
	tracks := []Track{
		{Kind: TrackA1, State: todo(o.A1)},
		{Kind: TrackDocuments, State: contracts.TrackTodo},
		{Kind: TrackInsurance, State: todo(m.leavesHome())},
	}
	for _, n := range o.Notices {
		tracks = append(tracks, Track{Kind: TrackDeclaration, Trip: n.Trip, Host: n.Host, System: n.System, Latest: n.LatestDate, State: todo(n.Required)})
	}
	for _, host := range m.c.HostStates() {
		tracks = append(tracks, Track{Kind: TrackTax, Host: host, State: todo(slices.Contains(o.Withholding, host))})
	}
	for i := range tracks {
		for _, old := range m.c.Tracks {
			if old.Kind == tracks[i].Kind && old.Trip == tracks[i].Trip && old.Host == tracks[i].Host {
				tracks[i].Before = old.Before
				if old.Reference != "" {
					tracks[i].Before = old.Reference
				}
			}
		}
	}
	m.c.Tracks = tracks
}

func todo(needed bool) contracts.TrackState {
	if needed {
		return contracts.TrackTodo
	}
	return contracts.TrackNotNeeded
}

// leavesHome tells whether any work is outside the home State, which the cover at home ends with.
func (m *move) leavesHome() bool {
	return slices.ContainsFunc(m.c.HostStates(), func(s mobility.State) bool { return s != m.c.Facts.Input.Home })
}
