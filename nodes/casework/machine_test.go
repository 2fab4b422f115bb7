package casework

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"passerelle/contracts"
)

// machine drives one case with anything anybody may send, at any time, and remembers all that happened.
type machine struct {
	rules   Rules
	c       Case
	history []Entry
	today   contracts.Date
	known   Known
}

var datesEqual = cmp.AllowUnexported(contracts.Date{})

// TestHistoryOnlyGrows sends random events by random people on days that move forward: whatever is refused changes nothing, whatever is taken adds
// one version and one line, and no line that was written is ever another.
func TestHistoryOnlyGrows(t *testing.T) {
	r := rules(t)
	visited := map[State]int{}
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{rules: r, c: Case{ID: "00000000000000000000000000000001", Member: "m"}, today: day("2026-04-20"), known: Known{Papers: []Paper{{ID: "p", Kind: PaperTaxCertificate}}}}
		m.send(t, M, Create{Facts: lyon()})
		if rapid.Bool().Draw(t, "prepared") {
			for _, e := range []func() Event{func() Event { return Submit{m.c.Seen()} }, func() Event { return Take{m.c.Seen()} }, func() Event { return Decide{At: m.c.Seen()} }, func() Event { return StartPreparing{At: m.c.Seen()} }} {
				m.send(t, HA, e())
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"": m.holds,
			"days pass": func(t *rapid.T) {
				m.today = m.today.AddDays(rapid.IntRange(1, 20).Draw(t, "days"))
				m.settle(t)
			},
			"somebody acts": func(t *rapid.T) {
				who := rapid.SampledFrom([]Actor{M, HA, HA, XA}).Draw(t, "who")
				names := May(m.c.State, who)
				if rapid.IntRange(0, 9).Draw(t, "patience") > 0 { // else nearly every case would be given up early
					names = slices.DeleteFunc(names, func(n Name) bool { return n == nameCancel || n == nameReject })
				}
				if len(names) == 0 || rapid.IntRange(0, 9).Draw(t, "nonsense") == 0 {
					names = everyName()
				}
				m.send(t, who, m.event(t, rapid.SampledFrom(names).Draw(t, "event"), who))
			},
		})
		for _, e := range m.history {
			visited[e.To]++
		}
	})
	t.Logf("came through %v", visited)
	if len(visited) < 9 {
		t.Errorf("only these states were ever reached: %v", visited)
	}
}

func (m *machine) send(t *rapid.T, who Actor, e Event) {
	before := m.c.clone()
	after, entry, err := m.rules.Fire(m.c, e, By{Actor: who, Account: "a", Host: "FR", At: m.today.Time()}, m.known)
	if d := cmp.Diff(before, m.c, datesEqual); d != "" {
		t.Fatalf("%s changed the case it was given: %s", e.Name(), d)
	}
	if err != nil {
		if !contracts.IsFault(err) || contracts.FaultsOf(err)[0].Message == "" {
			t.Fatalf("%s in %s: %v", e.Name(), m.c.State, err)
		}
		return
	}
	m.took(t, after, entry)
	m.settle(t)
}

func (m *machine) settle(t *rapid.T) {
	after, entries := m.rules.Settle(m.c, m.today.Time(), m.known)
	if len(entries) > 8 {
		t.Fatalf("%d things followed by themselves", len(entries))
	}
	for i, e := range entries {
		if e.Actor != SYS || e.Version != m.c.Version+i+1 {
			t.Fatalf("line %+v after version %d", e, m.c.Version)
		}
	}
	m.history = append(m.history, entries...)
	m.c = after
}

func (m *machine) took(t *rapid.T, after Case, e Entry) {
	if after.Version != m.c.Version+1 || e.Version != after.Version || e.From != m.c.State || e.To != after.State || e.Said == nil {
		t.Fatalf("%+v after version %d in %s", e, m.c.Version, m.c.State)
	}
	if after.ID != m.c.ID || after.Member != m.c.Member {
		t.Fatal("the case is another's now")
	}
	if m.c.Outcome != nil && after.Outcome == nil || m.c.Assessed != nil && after.Assessed == nil || len(after.Interruptions) < len(m.c.Interruptions) || len(after.Flags) < len(m.c.Flags) {
		t.Fatalf("%s lost something", e.Event)
	}
	m.c, m.history = after, append(m.history, e)
}

// holds is what is true of every case at every time.
func (m *machine) holds(t *rapid.T) {
	if m.c.Version != len(m.history) {
		t.Fatalf("version %d with %d lines", m.c.Version, len(m.history))
	}
	at := none
	for i, e := range m.history {
		if e.Version != i+1 || e.From != at {
			t.Fatalf("line %d does not follow: %+v", i, e)
		}
		if at = e.To; i == len(m.history)-1 && e.Assessed != nil {
			if hash, err := Hash(e.Assessed.Input); err != nil || hash != e.InputHash {
				t.Fatalf("line %d rests on other facts than its hash says: %v", i, err)
			}
		}
	}
	if m.c.State == ready && len(m.c.Missing()) > 0 {
		t.Fatalf("ready without %v", m.c.Missing())
	}
	if m.c.State == active && m.c.BegunOn.IsZero() || m.c.State == closed && (m.c.ClosedOn.IsZero() || m.c.EndedOn.IsZero()) {
		t.Fatalf("%s without its day", m.c.State)
	}
	text, err := contracts.Encode(m.c)
	if err != nil {
		t.Fatal(err)
	}
	var back Case
	if err := contracts.Decode(text, &back); err != nil {
		t.Fatalf("cannot be read back: %v", err)
	}
}

// event draws what an event says, mostly with sense.
func (m *machine) event(t *rapid.T, n Name, who Actor) Event {
	seen := m.c.Seen()
	if rapid.IntRange(0, 19).Draw(t, "stale") == 0 {
		seen.Version--
	}
	say := rapid.SampledFrom([]string{"", "a reason", "a reason"}).Draw(t, "words")
	facts := lyon()
	facts.Input.Trips[0].End = rapid.SampledFrom([]contracts.Date{day("2026-06-13"), day("2026-08-31"), day("2028-06-30")}).Draw(t, "end")
	one := map[Name]Event{
		nameCreate: Create{Facts: facts}, nameEdit: Edit{seen, facts}, nameSubmit: Submit{seen}, nameTake: Take{seen}, nameAsk: Ask{At: seen, Of: rapid.SampledFrom([]Actor{M, XA}).Draw(t, "of"), Host: "FR", Text: "when?"},
		nameAnswer: Answer{At: seen, Text: "then", Facts: &facts}, nameDecide: Decide{At: seen}, nameRequestException: RequestException{seen, say}, nameExceptionGranted: ExceptionGranted{At: seen},
		nameExceptionRefused: ExceptionRefused{At: seen}, nameUseHostLegislation: UseHostLegislation{seen}, nameHostEngages: HostEngages{seen, rapid.SampledFrom([]Engages{HostEmploys, HomeRegisters}).Draw(t, "how")},
		nameStartPreparing: StartPreparing{At: seen}, nameHostAccept: HostAccept{At: seen}, nameHostDecline: HostDecline{seen, say}, nameHostContact: HostContact{seen, Contact{Name: "Somebody"}},
		nameChange: Change{seen, facts}, nameCloseReview: CloseReview{At: seen, To: rapid.SampledFrom([]State{active, exception, hostLaw}).Draw(t, "to")},
		nameInterrupt: Interrupt{At: seen, From: m.today}, nameResume: Resume{seen, m.today.AddDays(1)}, nameEnd: End{At: seen}, nameClose: Close{seen}, nameCancel: Cancel{At: seen}, nameReject: Reject{seen, say},
		nameReopen: Reopen{At: seen, Reason: say}, nameExpire: Expire{seen}, nameTracksOK: TracksOK{seen}, nameTracksLost: TracksLost{seen}, nameBegin: Begin{seen},
	}
	if n != nameTrackUpdate {
		return one[n]
	}
	u := TrackUpdate{At: seen, Track: rapid.SampledFrom(TrackKinds).Draw(t, "track"), State: contracts.TrackOK, Reference: "1", Note: say}
	if missing := m.c.Missing(); len(missing) > 0 && who == HA {
		u.Track = rapid.SampledFrom(missing).Draw(t, "missing").Kind
	}
	if rapid.IntRange(0, 5).Draw(t, "other") == 0 {
		u.State = rapid.SampledFrom(slices.Clone(contracts.TrackStates)).Draw(t, "state")
		u.Until = m.today.AddDays(rapid.IntRange(0, 60).Draw(t, "until"))
	}
	return u
}
