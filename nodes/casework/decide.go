package casework

import (
	"fmt"
	"slices"
	"time"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

// Outcome is what an adviser decided: the engine's answer, or his own beside it. The engine's stays in the Assessment.
type Outcome struct {
	Legislation mobility.State      `json:"legislation"`
	Article     mobility.Article    `json:"article"`
	A1          bool                `json:"a1"`
	Issuer      mobility.State      `json:"issuer,omitzero"`
	StatusCode  mobility.StatusCode `json:"status_code,omitzero"`
	Route       mobility.Route      `json:"route,omitzero"`
	Notices     []Notice            `json:"declarations"`
	Withholding []mobility.State    `json:"withholding_check"` // host States where tax may be held back
	Override    *Override           `json:"override,omitzero"`
	Reference   string              `json:"reference,omitzero"` // of an exception
	Until       contracts.Date      `json:"until,omitzero"`
	Account     string              `json:"account"` // of the adviser
	Name        string              `json:"name"`
	At          time.Time           `json:"at"`
}

// Notice is whether a host wants a declaration of a trip.
type Notice struct {
	Trip       int             `json:"trip"` // from 1
	Host       mobility.State  `json:"host"`
	System     mobility.System `json:"system,omitzero"`
	Required   bool            `json:"required"`
	LatestDate contracts.Date  `json:"latest_date,omitzero"`
}

func (m *move) decide() error { return m.conclude(m.event.(Decide).Override) }

// conclude makes the adviser's decision out of the engine's and his own word.
func (m *move) conclude(v *Override) error {
	if m.c.Assessed == nil {
		return guard("the engine has not run", "take the case first")
	}
	d := m.c.Assessed.Decision
	o := &Outcome{Legislation: d.Legislation, Article: d.Article, A1: d.A1.Needed == mobility.A1Needed, Issuer: d.A1.Issuer, StatusCode: d.A1.StatusCode, Route: d.A1.Route,
		Override: v, Account: m.by.Account, Name: m.by.Name, At: m.by.At.UTC(), Notices: []Notice{}, Withholding: []mobility.State{}}
	var open contracts.Faults
	if d.Legislation == "" && (v == nil || v.Legislation == "") {
		open.Addf(FaultGuard, "override.legislation", "decide whose law applies, with the reason", "the engine leaves it to the adviser")
	}
	if d.Article == "" && (v == nil || v.Article == "") {
		open.Addf(FaultGuard, "override.article", "decide the article, with the reason", "the engine leaves it to the adviser")
	}
	if d.A1.Needed == mobility.A1Adviser && (v == nil || v.A1 == nil) {
		open.Addf(FaultGuard, "override.a1", "decide whether an A1 is needed, with the reason", "the engine leaves it to the adviser")
	}
	m.notices(o, v, &open)
	if v != nil {
		m.override(o, *v, &open)
	}
	if err := open.Err(); err != nil {
		return err
	}
	m.c.Outcome, m.entry.Outcome = o, o
	return nil
}

// notices takes over whether each trip is declared and taxed at its host.
func (m *move) notices(o *Outcome, v *Override, open *contracts.Faults) {
	d := m.c.Assessed.Decision
	for i, t := range m.c.Assessed.Input.Trips {
		declaration, withholding := d.Declaration, d.WithholdingCheck
		if len(d.Trips) > 0 {
			declaration, withholding = d.Trips[i].Declaration, d.Trips[i].WithholdingCheck
		}
		n := Notice{Trip: i + 1, Host: t.Host}
		need := country.NotRequired
		if declaration != nil {
			n.System, n.LatestDate, need = declaration.System, declaration.LatestDate, declaration.Need
		}
		if by := v.notice(n.Trip); by != "" {
			need = by
		}
		if n.Required = need == country.Required; need == country.Adviser {
			open.Addf(FaultGuard, "override.declarations", "decide whether it is needed, with the reason", "the engine leaves the declaration of trip %d to the adviser", n.Trip)
		}
		o.Notices = append(o.Notices, n)
		if withholding && !slices.Contains(o.Withholding, t.Host) {
			o.Withholding = append(o.Withholding, t.Host)
		}
	}
}

// notice is what the adviser says of the declaration of a trip; nothing when he says nothing.
func (v *Override) notice(trip int) country.Need {
	if v == nil {
		return ""
	}
	for _, n := range v.Notices {
		if n.Trip == trip {
			return n.Need
		}
	}
	return ""
}

func (m *move) override(o *Outcome, v Override, fs *contracts.Faults) {
	fs.Add("override", reason("reason", v.Reason))
	for i, n := range v.Notices {
		if n.Trip < 1 || n.Trip > len(o.Notices) || n.Need != country.Required && n.Need != country.NotRequired {
			fs.Addf(contracts.FaultInvalid, fmt.Sprintf("override.declarations[%d]", i), "name a trip from 1, and required or not_required", "not a decision on a trip")
		}
	}
	if _, known := m.Engine.StatusOf(v.Article); v.Article != "" && !known {
		fs.Addf(contracts.FaultInvalid, "override.article", "write it as the engine does, such as 12.1", "%.20q is no article", string(v.Article))
	}
	o.Legislation, o.Article = keep(o.Legislation, v.Legislation), keep(o.Article, v.Article)
	if v.A1 != nil {
		o.A1 = *v.A1
	}
	if v.Legislation != "" || v.Article != "" || v.A1 != nil {
		m.attest(o, mobility.AdviserRoute)
	}
	if v.Withholding == nil {
		return
	}
	if o.Withholding = []mobility.State{}; *v.Withholding {
		o.Withholding = m.c.HostStates()
	}
}

// attest says which A1 goes with a decision that is not the engine's.
func (m *move) attest(o *Outcome, route mobility.Route) {
	o.Issuer, o.StatusCode, o.Route = "", "", mobility.NoRoute
	if o.A1 {
		o.Issuer, o.Route = o.Legislation, route
		o.StatusCode, _ = m.Engine.StatusOf(o.Article) // checked where it came in
	}
}

// closeReview confirms or overrides what the engine says of the changed facts. The decision before it stays in the history.
func (m *move) closeReview() error {
	if err := m.conclude(m.event.(CloseReview).Override); err != nil {
		return err
	}
	m.c.ReviewOpen = false
	m.amend()
	return nil
}

func (m *move) closeReviewForHostLaw() error {
	if err := m.closeReview(); err != nil {
		return err
	}
	return m.useHostLaw()
}

// amend opens the tracks of the new decision and keeps what was there: papers of the same kind are to be amended, not begun anew.
func (m *move) amend() {
	before := m.c.Tracks
	m.openTracks()
	for i := range m.c.Tracks {
		t := &m.c.Tracks[i]
		if t.Kind == TrackDocuments || t.Kind == TrackTax {
			for _, old := range before {
				if old.Kind == t.Kind && old.Host == t.Host && old.State == contracts.TrackOK && t.Needed() {
					*t = old
				}
			}
		}
	}
}
