package casework

import (
	"errors"
	"slices"

	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

// errNotYet keeps the clock waiting; people never see it.
var errNotYet = errors.New("not yet")

func (m *move) isComplete() error {
	var fs contracts.Faults
	fs.Add("facts", m.c.Facts.complete())
	if err := fs.Err(); err != nil {
		return err
	}
	_, err := m.consult()
	return err
}

// isAsked lets only him answer who was asked.
func (m *move) isAsked() error {
	q := m.c.Question
	if q == nil || q.Of != m.by.Actor || q.Of == XA && q.Host != m.by.Host {
		return contracts.Fault{Code: FaultActor, Message: "the question was put to somebody else", Remedy: "leave the answer to whom was asked"}
	}
	return nil
}

func (m *move) needsException() error {
	if m.c.Warns("EXCEPTION_NEEDED") {
		return nil
	}
	return guard("the decision needs no exception", "start preparing, or use the host's legislation")
}

// registersItself is the way into the host's system without a host co-operative.
func (m *move) registersItself() error {
	if m.event.(HostEngages).How == HomeRegisters {
		return nil
	}
	return contracts.Fault{Code: FaultActor, Field: "how", Message: "that the host co-operative engages him is for its own adviser to say", Remedy: "wait for its answer, or register there as a foreign employer (987 Art. 21)"}
}

// staysInsured demands that the decision leaves nothing to arrange with the host's social security.
func (m *move) staysInsured() error {
	o := m.c.Outcome
	if o.Article.LocalWork() && slices.Contains(m.c.HostStates(), o.Legislation) && o.Legislation != m.c.Facts.Input.Home {
		return guard("the person falls under the law of %s", "ask for an exception, or use the host's legislation", o.Legislation)
	}
	return nil
}

func (m *move) hostWasAsked() error {
	h := m.c.host(m.by.Host)
	if h == nil || h.AskedOn.IsZero() {
		return contracts.Fault{Code: FaultActor, Message: "this node was not asked in this case", Remedy: "send nothing"}
	}
	return nil
}

// ownsTrack keeps home and host to their tracks: a host that accepted does tax, and the declaration where it was delegated; the home
// adviser does the rest, and all of it where a host declined, was not asked or has not answered.
func (m *move) ownsTrack() error {
	u := m.event.(TrackUpdate)
	host := u.Host
	if m.by.Actor == XA {
		host = m.by.Host
	}
	t, err := m.c.track(u.Track, u.Trip, host)
	if err != nil {
		return err
	}
	if m.hostDoes(t) == (m.by.Actor == XA) && (m.by.Actor == HA || t.Host == m.by.Host) {
		return nil
	}
	return contracts.Fault{Code: FaultActor, Field: "track", Message: "this track is kept by the other side", Remedy: "ask for it; a track that a host node accepted is its own"}
}

func (m *move) hostDoes(t *Track) bool {
	h := m.c.host(t.Host)
	if h == nil || h.Answer != HostAccepted {
		return false
	}
	return t.Kind == TrackTax || t.Kind == TrackDeclaration && h.Delegated
}

func (c *Case) host(s mobility.State) *Host {
	for i := range c.Hosts {
		if c.Hosts[i].State == s && s != "" {
			return &c.Hosts[i]
		}
	}
	return nil
}

func (m *move) somethingExpired() error {
	if slices.ContainsFunc(m.c.Tracks, m.hasExpired) {
		return nil
	}
	return errNotYet
}

// hasExpired tells whether a paper that was there holds no longer: its last day is over while the work goes on, or somebody marked it as wrong.
func (m *move) hasExpired(t Track) bool {
	return m.isWrong(t) || t.State == contracts.TrackOK && !t.Until.IsZero() && t.Until.Before(m.today()) && !m.today().After(m.c.End())
}

func (m *move) isWrong(t Track) bool {
	return t.Paper != "" && slices.ContainsFunc(m.known.Papers, func(p Paper) bool { return p.ID == t.Paper && p.Invalid() })
}

func (m *move) papersThere() error {
	if len(m.c.Missing()) > 0 {
		return errNotYet
	}
	return nil
}

func (m *move) papersMissing() error {
	if m.papersThere() != nil {
		return nil
	}
	return errNotYet
}

func (m *move) startReached() error {
	if m.today().Before(m.c.Start()) {
		return errNotYet
	}
	return nil
}

func (m *move) underReview() error {
	if m.c.ReviewOpen {
		return nil
	}
	return guard("no review is open", "a change of the facts opens one")
}

func (m *move) underReviewForException() error {
	if err := m.underReview(); err != nil {
		return err
	}
	return m.needsException()
}

// mayEnd lets the clock end a case when the last day of work is over, and people on any day of it.
func (m *move) mayEnd() error {
	if m.by.Actor == SYS && !m.today().After(m.c.End()) {
		return errNotYet
	}
	on := m.event.(End).On
	if !on.IsZero() && (on.Before(m.c.Start()) || on.After(m.today())) {
		return contracts.Fault{Code: contracts.FaultDate, Field: "on", Message: "not a day of the work so far", Remedy: "give the last day that was worked"}
	}
	return nil
}

// filed demands what an inspector asks for later.
func (m *move) filed() error {
	if s := m.c.TrackState(TrackDocuments); s != contracts.TrackOK && s != contracts.TrackNotNeeded {
		return guard("the documents are not all filed", "file contract, payslips and time sheets, and set the track to OK")
	}
	switch m.c.TrackState(TrackA1) {
	case contracts.TrackTodo, contracts.TrackRequested, contracts.TrackExpired:
		return guard("the A1 is not settled", "file it, or record the refusal")
	}
	if m.c.Outcome != nil && len(m.c.Outcome.Withholding) > 0 && !slices.ContainsFunc(m.known.Papers, func(p Paper) bool { return p.Kind == PaperTaxCertificate && !p.Invalid() }) {
		return guard("the tax certificate is missing", "upload what the payer gave for the tax it held back")
	}
	return nil
}

func (m *move) notBegun() error {
	if m.c.BegunOn.IsZero() {
		return nil
	}
	return guard("the work has begun", "end the case instead")
}
