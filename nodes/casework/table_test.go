package casework

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/nodes/mobility"
)

// law is section 2 of docs/mobility.md once more, written by hand: event, from > to, by whom.
const law = `
create                 > DRAFT                                M HA SYS
edit                   DRAFT > DRAFT                          M HA
submit                 DRAFT > SUBMITTED                      M HA
take                   SUBMITTED > ASSESSING                  HA
edit                   ASSESSING > ASSESSING                  HA
ask                    ASSESSING > NEEDS_INFO                 HA
answer                 NEEDS_INFO > ASSESSING                 M XA
decide                 ASSESSING > DECIDED                    HA
request_exception      DECIDED > EXCEPTION_PENDING            HA
exception_granted      EXCEPTION_PENDING > PREPARING          HA
exception_refused      EXCEPTION_PENDING > HOST_LEGISLATION   HA
use_host_legislation   DECIDED > HOST_LEGISLATION             HA
use_host_legislation   EXCEPTION_PENDING > HOST_LEGISLATION   HA
host_engages           HOST_LEGISLATION > PREPARING           XA HA
start_preparing        DECIDED > PREPARING                    HA
host_accept            PREPARING > PREPARING                  XA
host_decline           PREPARING > PREPARING                  XA
host_contact           PREPARING > PREPARING                  XA
host_contact           READY > READY                          XA
host_contact           ACTIVE > ACTIVE                        XA
track_update           PREPARING > PREPARING                  HA XA
track_update           READY > READY                          HA XA
track_update           ACTIVE > ACTIVE                        HA XA
track_update           ENDED > ENDED                          HA XA
expire                 PREPARING > PREPARING                  SYS
expire                 READY > READY                          SYS
expire                 ACTIVE > ACTIVE                        SYS
all_tracks_ok          PREPARING > READY                      SYS
tracks_lost            READY > PREPARING                      SYS
begin                  READY > ACTIVE                         SYS
begin                  PREPARING > ACTIVE                     SYS
change                 PREPARING > ASSESSING                  M HA XA
change                 READY > ASSESSING                      M HA XA
change                 ACTIVE > ACTIVE                        M HA XA
close_review           ACTIVE > ACTIVE                        HA
close_review           ACTIVE > EXCEPTION_PENDING             HA
close_review           ACTIVE > HOST_LEGISLATION              HA
interrupt              ACTIVE > ACTIVE                        M HA
resume                 ACTIVE > ACTIVE                        M HA
end                    ACTIVE > ENDED                         M HA SYS
close                  ENDED > CLOSED                         HA
cancel                 DRAFT > CANCELLED                      M HA
cancel                 SUBMITTED > CANCELLED                  M HA
cancel                 ASSESSING > CANCELLED                  M HA
cancel                 NEEDS_INFO > CANCELLED                 M HA
cancel                 DECIDED > CANCELLED                    M HA
cancel                 EXCEPTION_PENDING > CANCELLED          M HA
cancel                 HOST_LEGISLATION > CANCELLED           M HA
cancel                 PREPARING > CANCELLED                  M HA
cancel                 READY > CANCELLED                      M HA
reject                 SUBMITTED > REJECTED                   HA
reject                 ASSESSING > REJECTED                   HA
reopen                 ENDED > ASSESSING                      HA
reopen                 CLOSED > ASSESSING                     HA
`

var short = map[string]Actor{"M": M, "HA": HA, "XA": XA, "SYS": SYS}

// allowed reads law: "event from actor" leads to these states.
func allowed() map[string][]State {
	all := map[string][]State{}
	for line := range strings.Lines(strings.TrimSpace(law)) {
		left, right, _ := strings.Cut(line, ">")
		head, tail := strings.Fields(left), strings.Fields(right)
		from := ""
		if len(head) > 1 {
			from = head[1]
		}
		for _, who := range tail[1:] {
			key := fmt.Sprintf("%s %s %s", head[0], from, short[who])
			all[key] = append(all[key], State(tail[0]))
		}
	}
	return all
}

// fit is a case in a state, and an event, such that nothing but the table stands in the way.
func fit(t testing.TB, state State, name Name, actor Actor, to State) (Rules, Case, Event, By, Known) {
	l := prepared(t)
	c := l.c.clone()
	c.State = state
	seen, now, known := c.Seen(), at("2026-06-11"), Known{Papers: []Paper{{ID: "p", Kind: PaperTaxCertificate}}}
	for i := range c.Tracks {
		c.Tracks[i].State = contracts.TrackOK
	}
	reviewed := *c.Assessed
	needsException := func() {
		reviewed.Decision.Warnings = append(slices.Clone(reviewed.Decision.Warnings), "EXCEPTION_NEEDED")
		c.Assessed = &reviewed
	}
	var e Event
	switch name {
	case nameCreate:
		e = Create{Facts: lyon()}
	case nameEdit:
		e = Edit{seen, lyon()}
	case nameSubmit:
		e = Submit{seen}
	case nameTake:
		e = Take{seen}
	case nameAsk:
		e = Ask{At: seen, Of: M, Text: "when?"}
	case nameAnswer:
		c.Question = &Question{Of: actor, Text: "when?"}
		if actor == XA {
			c.Question.Host = "FR"
		}
		e = Answer{At: seen, Text: "then"}
	case nameDecide:
		e = Decide{At: seen}
	case nameRequestException:
		needsException()
		e = RequestException{seen, "in his interest"}
	case nameExceptionGranted:
		e = ExceptionGranted{At: seen}
	case nameExceptionRefused:
		e = ExceptionRefused{At: seen}
	case nameUseHostLegislation:
		e = UseHostLegislation{seen}
	case nameHostEngages:
		e = HostEngages{seen, map[Actor]Engages{XA: HostEmploys, HA: HomeRegisters}[actor]}
	case nameStartPreparing:
		e = StartPreparing{At: seen}
	case nameHostAccept:
		e = HostAccept{At: seen}
	case nameHostDecline:
		e = HostDecline{seen, "no room"}
	case nameHostContact:
		e = HostContact{seen, Contact{Name: "Somebody"}}
	case nameTrackUpdate:
		u := TrackUpdate{At: seen, Track: TrackA1, State: contracts.TrackOK, Reference: "1"}
		if actor == XA {
			c.Hosts[0].Answer, u.Track = HostAccepted, TrackTax
		}
		e = u
	case nameExpire:
		c.Tracks[0].Until = day("2026-06-10")
		e = Expire{seen}
	case nameTracksOK:
		e = TracksOK{seen}
	case nameTracksLost:
		c.Tracks[0].State = contracts.TrackRefused
		e = TracksLost{seen}
	case nameBegin:
		e = Begin{seen}
	case nameChange:
		e = Change{seen, lyon()}
	case nameCloseReview:
		needsException()
		c.ReviewOpen = true
		e = CloseReview{At: seen, To: to}
	case nameInterrupt:
		e = Interrupt{At: seen, From: day("2026-06-11")}
	case nameResume:
		c.Interruptions = []Interruption{{From: day("2026-06-10")}}
		e = Resume{seen, day("2026-06-12")}
	case nameEnd:
		e = End{At: seen}
		if actor == SYS {
			now = at("2026-06-14")
		}
	case nameClose:
		e = Close{seen}
	case nameCancel:
		e = Cancel{At: seen}
	case nameReject:
		e = Reject{seen, "not ours"}
	case nameReopen:
		e = Reopen{At: seen, Reason: "an inspection"}
	default:
		t.Fatalf("nothing fits %s", name)
	}
	return l.rules, c, e, By{Actor: actor, Account: "a", Host: "FR", At: now}, known
}

// everyName lists the events of the table.
func everyName() (all []Name) {
	for _, row := range Table {
		if !slices.Contains(all, row.Event) {
			all = append(all, row.Event)
		}
	}
	return all
}

// Each state, each event, each actor: what the table has happens, and nothing else.
func TestEveryTransitionAndEveryForbiddenOne(t *testing.T) {
	may, tried, taken := allowed(), 0, 0
	for _, state := range append([]State{none}, contracts.CaseStates...) {
		for _, name := range everyName() {
			for _, actor := range Actors {
				want := may[fmt.Sprintf("%s %s %s", name, state, actor)]
				for _, to := range append(slices.Clone(want), "nowhere") {
					if len(want) > 0 && to == "nowhere" {
						continue
					}
					tried++
					rules, c, e, by, known := fit(t, state, name, actor, to)
					after, entry, err := rules.Fire(c, e, by, known)
					if len(want) == 0 {
						code := contracts.FaultsOf(err)
						if err == nil || !slices.Contains([]contracts.FaultCode{FaultState, FaultActor, FaultStale}, code[0].Code) || code[0].Remedy == "" || code[0].Code == FaultStale && name != nameCreate {
							t.Errorf("%s in %q by %s: %v", name, state, actor, err)
						}
						if after.Version != c.Version || after.State != c.State {
							t.Errorf("%s in %q by %s: refused and moved", name, state, actor)
						}
						continue
					}
					taken++
					if err != nil || after.State != to || after.Version != c.Version+1 || entry.From != state || entry.To != to || entry.Version != after.Version || entry.Actor != actor {
						t.Errorf("%s in %q by %s: %v, to %q, want %q", name, state, actor, err, after.State, to)
					}
				}
			}
		}
	}
	if len(Table) != strings.Count(law, ">")+1 { // host_engages stands in two rows: one for each way
		t.Errorf("the table has %d rows, the law %d", len(Table), strings.Count(law, ">"))
	}
	t.Logf("%d tried, %d taken", tried, taken)
}

func TestGuardsSayWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		state  State
		event  Name
		actor  Actor
		spoil  func(*Case, *Event, *By, *Known)
		code   contracts.FaultCode
		remedy string
	}{
		"a stale form":                           {submitted, nameTake, HA, func(c *Case, e *Event, _ *By, _ *Known) { *e = Take{At{c.Version - 1}} }, FaultStale, "look at the case again"},
		"a draft without a trip":                 {draft, nameSubmit, M, func(c *Case, _ *Event, _ *By, _ *Known) { c.Facts.Input.Trips = nil }, contracts.FaultMissing, "where and when"},
		"a draft without an engagement":          {draft, nameSubmit, M, func(c *Case, _ *Event, _ *By, _ *Known) { c.Facts.Input.Engagements = nil }, contracts.FaultMissing, "for whom"},
		"a draft of which the engine needs more": {draft, nameSubmit, M, func(c *Case, _ *Event, _ *By, _ *Known) { c.Facts.Input.Checks.HomeCoverSince = mobility.Cover{} }, contracts.FaultMissing, ""},
		"an answer of whom was not asked":        {needsInfo, nameAnswer, M, func(c *Case, _ *Event, _ *By, _ *Known) { c.Question.Of = XA }, FaultActor, "leave the answer"},
		"an answer of another host":              {needsInfo, nameAnswer, XA, func(_ *Case, _ *Event, b *By, _ *Known) { b.Host = "DE" }, FaultActor, "leave the answer"},
		"an override without a reason":           {assessing, nameDecide, HA, func(c *Case, e *Event, _ *By, _ *Known) { *e = Decide{c.Seen(), &Override{Article: "11.3a"}} }, FaultReason, "say why"},
		"an override with no article":            {assessing, nameDecide, HA, func(c *Case, e *Event, _ *By, _ *Known) { *e = Decide{c.Seen(), &Override{Reason: "r", Article: "99"}} }, contracts.FaultInvalid, "as the engine does"},
		"a case the engine leaves open": {assessing, nameDecide, HA, func(c *Case, _ *Event, _ *By, _ *Known) {
			a := *c.Assessed
			a.Decision.Legislation = ""
			c.Assessed = &a
		}, FaultGuard, "decide whose law"},
		"an exception nobody needs": {decided, nameRequestException, HA, func(c *Case, _ *Event, _ *By, _ *Known) { a := *c.Assessed; a.Decision.Warnings = nil; c.Assessed = &a }, FaultGuard, "start preparing"},
		"papers of a person under the host's law": {decided, nameStartPreparing, HA, func(c *Case, _ *Event, _ *By, _ *Known) {
			o := *c.Outcome
			o.Legislation, o.Article = "FR", "11.3a"
			c.Outcome = &o
		}, FaultGuard, "ask for an exception"},
		"an adviser who says that the host engages": {hostLaw, nameHostEngages, HA, func(c *Case, e *Event, _ *By, _ *Known) { *e = HostEngages{c.Seen(), HostEmploys} }, FaultActor, "wait for its answer"},
		"a host that was not asked":                 {preparing, nameHostAccept, XA, func(_ *Case, _ *Event, b *By, _ *Known) { b.Host = "DE" }, FaultActor, "send nothing"},
		"a host that updates the A1": {preparing, nameTrackUpdate, XA, func(c *Case, e *Event, _ *By, _ *Known) {
			*e = TrackUpdate{At: c.Seen(), Track: TrackA1, State: contracts.TrackOK, Reference: "1"}
		}, FaultActor, "its own"},
		"a host that was not delegated the declaration": {preparing, nameTrackUpdate, XA, func(c *Case, e *Event, _ *By, _ *Known) {
			*e = TrackUpdate{At: c.Seen(), Track: TrackDeclaration, State: contracts.TrackOK, Reference: "1"}
		}, FaultActor, "its own"},
		"an adviser who does an accepted host's track": {preparing, nameTrackUpdate, HA, func(c *Case, e *Event, _ *By, _ *Known) {
			c.Hosts[0].Answer = HostAccepted
			*e = TrackUpdate{At: c.Seen(), Track: TrackTax, State: contracts.TrackOK}
		}, FaultActor, "its own"},
		"an A1 that nothing shows": {preparing, nameTrackUpdate, HA, func(c *Case, e *Event, _ *By, _ *Known) {
			*e = TrackUpdate{At: c.Seen(), Track: TrackA1, State: contracts.TrackOK}
		}, contracts.FaultMissing, "its number"},
		"a paper of another case": {preparing, nameTrackUpdate, HA, func(c *Case, e *Event, _ *By, _ *Known) {
			*e = TrackUpdate{At: c.Seen(), Track: TrackA1, State: contracts.TrackOK, Paper: "x"}
		}, FaultUnknown, "upload it"},
		"a paper not needed for no reason": {preparing, nameTrackUpdate, HA, func(c *Case, e *Event, _ *By, _ *Known) {
			*e = TrackUpdate{At: c.Seen(), Track: TrackInsurance, State: contracts.TrackNotNeeded}
		}, FaultReason, "say why"},
		"an end before the work": {active, nameEnd, HA, func(c *Case, e *Event, _ *By, _ *Known) { *e = End{c.Seen(), day("2026-06-09")} }, contracts.FaultDate, "last day"},
		"a break of another time": {active, nameInterrupt, M, func(c *Case, e *Event, _ *By, _ *Known) {
			*e = Interrupt{c.Seen(), day("2026-07-01"), contracts.Date{}}
		}, contracts.FaultDate, "between"},
		"a second break":                      {active, nameInterrupt, M, func(c *Case, _ *Event, _ *By, _ *Known) { c.Interruptions = []Interruption{{From: day("2026-06-10")}} }, FaultGuard, "when the work went on"},
		"work that went on before it stopped": {active, nameResume, M, func(c *Case, e *Event, _ *By, _ *Known) { *e = Resume{c.Seen(), day("2026-06-10")} }, contracts.FaultDate, "first day of work"},
		"a file without its documents":        {ended, nameClose, HA, func(c *Case, _ *Event, _ *By, _ *Known) { c.Tracks[1].State = contracts.TrackTodo }, FaultGuard, "file contract"},
		"a file without its A1":               {ended, nameClose, HA, func(c *Case, _ *Event, _ *By, _ *Known) { c.Tracks[0].State = contracts.TrackRequested }, FaultGuard, "record the refusal"},
		"a file without its tax certificate":  {ended, nameClose, HA, func(_ *Case, _ *Event, _ *By, k *Known) { k.Papers = nil }, FaultGuard, "held back"},
		"a case given up that had begun":      {preparing, nameCancel, M, func(c *Case, _ *Event, _ *By, _ *Known) { c.BegunOn = day("2026-06-10") }, FaultGuard, "end the case"},
		"a rejection without a reason":        {submitted, nameReject, HA, func(c *Case, e *Event, _ *By, _ *Known) { *e = Reject{At: c.Seen()} }, contracts.FaultMissing, "write a sentence"},
		"another home":                        {draft, nameEdit, M, func(c *Case, e *Event, _ *By, _ *Known) { f := lyon(); f.Input.Home = "FR"; *e = Edit{c.Seen(), f} }, contracts.FaultInvalid, "leave it out"},
		"a trip that ends before it starts": {draft, nameEdit, M, func(c *Case, e *Event, _ *By, _ *Known) {
			f := lyon()
			f.Input.Trips[0].End = day("2026-06-01")
			*e = Edit{c.Seen(), f}
		}, contracts.FaultDate, "on or after"},
	} {
		rules, k, e, by, known := fit(t, c.state, c.event, c.actor, active)
		c.spoil(&k, &e, &by, &known)
		after, _, err := rules.Fire(k, e, by, known)
		if err == nil || after.Version != k.Version {
			t.Errorf("%s: taken", name)
			continue
		}
		fs := contracts.FaultsOf(err)
		if !slices.ContainsFunc(fs, func(f contracts.Fault) bool { return f.Code == c.code && strings.Contains(f.Remedy, c.remedy) }) {
			t.Errorf("%s: %+v", name, fs)
		}
	}
}
