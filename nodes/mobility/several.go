package mobility

import (
	"fmt"
	"slices"

	"passerelle/contracts"
)

// part is what an engagement has in a State, after marginal work is left out.
type part struct {
	*Engagement
	work Work
}

// normal is what somebody normally does in several States, as Art. 13 looks at it.
type normal struct {
	parts     []part
	residence State
}

const severalTable = "work in several States"

// severalStates decides by Art. 13 of Regulation 883/2004; the first row that fits answers.
func (d *decider) severalStates() (outcome, error) {
	if err := d.sharesGiven(); err != nil {
		return outcome{}, err
	}
	n := normal{d.substance(), d.in.Residence}
	states := d.statesOf(n.parts)
	employed, self, civil := n.of(Employed), n.of(SelfEmployed), n.of(CivilServant)
	asEmployee, asSelf := len(d.statesOf(employed.parts)) > 0, len(d.statesOf(self.parts)) > 0
	switch {
	case d.step(severalTable, "no work is left in the area", len(states) == 0):
		d.find("REGIME_NOT_COVERED", "no work in the area beyond the marginal")
		return d.adviser(), nil
	case d.step(severalTable, "civil servants of two administrations", len(d.seats(civil)) > 1):
		d.find("REGIME_NOT_COVERED", "two administrations of different States")
		return d.adviser(), nil
	case d.step(severalTable, "civil servant of one State and work in another", len(civil.parts) > 0 && others(states, civil.parts[0].Seat)):
		return d.provisional(civil.parts[0].Seat, "13.4"), nil
	case d.step(severalTable, "only one State is left", len(states) == 1):
		return d.provisional(states[0], "11.3a"), nil
	case d.step(severalTable, "employed in some States, self-employed in others", asEmployee && asSelf):
		return d.employedPart(employed), nil
	case asSelf:
		return d.selfEmployedIn(self)
	}
	state, article := d.employedIn(employed)
	if article == "13.1a" {
		if o, ok, err := d.telework(n); ok || err != nil {
			return o, err
		}
	}
	return d.provisional(state, article), nil
}

// provisional is an outcome that the institution of residence decides. A row may name a State outside the area, such as the
// residence of somebody who only works in it; then no legislation is determined.
func (d *decider) provisional(s State, a Article) outcome {
	if !d.inArea(s) {
		d.find("REGIME_NOT_COVERED", fmt.Sprintf("%s would lead to %s, which is outside the area", a, s))
		return d.adviser()
	}
	d.find("PROVISIONAL_2_MONTHS", "")
	return d.attest(s, a, ResidenceInstitution)
}

// sharesGiven is a fault for every engagement without shares, by which Art. 13 decides.
func (d *decider) sharesGiven() error {
	var fs contracts.Faults
	for i, g := range d.in.Engagements {
		must(&fs, len(g.Work) > 0, fmt.Sprintf("engagements[%d].work", i), "the shares of work per State, by which work in several States is decided")
	}
	return fs.Err()
}

// substance leaves out what is below 5 % of time and of pay, per engagement and State.
func (d *decider) substance() (parts []part) {
	var total Share
	for i := range d.in.Engagements {
		g := &d.in.Engagements[i]
		for _, w := range g.Work {
			total += *w.Time
			if d.marginal(g, w) {
				continue
			}
			parts = append(parts, part{g, w})
		}
	}
	if total < 100*percent {
		d.find("SHARES_INCOMPLETE", total.String())
	}
	return parts
}

func (d *decider) marginal(g *Engagement, w Work) bool {
	least := Share(d.law.Marginal) * percent
	detail := fmt.Sprintf("%s in %s: %s of time, %s of pay", g.ID, w.State, *w.Time, w.pay())
	switch {
	case !d.inArea(w.State) || *w.Time >= least && w.pay() >= least:
		return false
	case d.step("marginal work", detail, *w.Time < least && w.pay() < least):
		d.find("MARGINAL_IGNORED", detail)
		return true
	}
	d.find("MARGINAL_UNCLEAR", detail)
	return false
}

func (d *decider) inArea(s State) bool { return d.law.zone(s, d.on) != "" }

func (n normal) of(t EngagementType) normal {
	only := normal{residence: n.residence}
	for _, p := range n.parts {
		if p.Type == t {
			only.parts = append(only.parts, p)
		}
	}
	return only
}

// statesOf are the States of the area in which work is left.
func (d *decider) statesOf(parts []part) (states []State) {
	for _, p := range parts {
		if d.inArea(p.work.State) && !slices.Contains(states, p.work.State) {
			states = append(states, p.work.State)
		}
	}
	return states
}

func others(states []State, than State) bool {
	return slices.ContainsFunc(states, func(s State) bool { return s != than })
}

// atHome are the shares done in the State of residence.
func (n normal) atHome() (time, pay Share) {
	for _, p := range n.parts {
		if p.work.State == n.residence {
			time, pay = time+*p.work.Time, pay+p.work.pay()
		}
	}
	return time, pay
}

// substantial tells whether a quarter of time or of pay falls to the State of residence (Regulation 987/2009, Art. 14(8)).
func (d *decider) substantial(n normal) bool {
	time, pay := n.atHome()
	quarter := Share(d.law.Substantial) * percent
	if (time >= quarter) != (pay >= quarter) {
		d.find("CRITERIA_DIVERGE", fmt.Sprintf("%s of time and %s of pay in %s", time, pay, n.residence))
	}
	row := fmt.Sprintf("at least 25 %% in the State of residence: %s of time, %s of pay", time, pay)
	return d.step(severalTable, row, d.inArea(n.residence) && (time >= quarter || pay >= quarter))
}

// employedPart is Art. 13(3): the State of the employed work, by the rows for employees when there are several.
func (d *decider) employedPart(employed normal) outcome {
	states := d.statesOf(employed.parts)
	if len(states) == 1 {
		return d.provisional(states[0], "13.3")
	}
	if d.partDisagrees(employed) {
		d.find("EMPLOYED_PART_CHECK", "")
	}
	state, _ := d.employedIn(employed)
	return d.provisional(state, "13.3")
}

// partDisagrees tells whether a quarter of the employed part is not a quarter of all work.
func (d *decider) partDisagrees(employed normal) bool {
	var time, pay Share
	for _, p := range employed.parts {
		time, pay = time+*p.work.Time, pay+p.work.pay()
	}
	atHomeTime, atHomePay := employed.atHome()
	quarter := Share(d.law.Substantial)
	ofAll := atHomeTime >= quarter*percent || atHomePay >= quarter*percent
	ofPart := atHomeTime*100 >= quarter*time && time > 0 || atHomePay*100 >= quarter*pay && pay > 0
	return ofAll != ofPart
}

// employedIn runs the rows for employees: residence with a substantial part, else the seats.
func (d *decider) employedIn(n normal) (State, Article) {
	seats := d.seats(n)
	away := slices.DeleteFunc(slices.Clone(seats), func(s State) bool { return s == n.residence })
	switch {
	case d.substantial(n):
		return n.residence, "13.1a"
	case d.step(severalTable, "all seats are outside the area", len(seats) == 0):
		return n.residence, "987.14.11"
	case d.step(severalTable, "one employer", employers(n) == 1):
		return seats[0], "13.1b_i"
	case d.step(severalTable, "several employers, all seats in one State", len(seats) == 1):
		return seats[0], "13.1b_ii"
	case d.step(severalTable, "seats in two States, one of them the residence", len(away) == 1):
		return away[0], "13.1b_iii"
	}
	d.step(severalTable, "seats in at least two States other than the residence", true)
	return n.residence, "13.1b_iv"
}

// seats are the States of the area in which employers sit.
func (d *decider) seats(n normal) (seats []State) {
	for _, p := range n.parts {
		if d.inArea(p.Seat) && !slices.Contains(seats, p.Seat) {
			seats = append(seats, p.Seat)
		}
	}
	return seats
}

func employers(n normal) int {
	seen := map[string]bool{}
	for _, p := range n.parts {
		seen[name(p.Engagement)] = true
	}
	return len(seen)
}

func (d *decider) selfEmployedIn(n normal) (outcome, error) {
	if d.substantial(n) {
		return d.provisional(n.residence, "13.2a"), nil
	}
	centre := d.in.CentreOfInterest
	d.step(severalTable, "less than 25 %: the centre of interest", true)
	switch {
	case centre == "":
		return outcome{}, contracts.Fault{Code: contracts.FaultMissing, Field: "centre_of_interest", Message: "self-employed work in several States, less than 25 % of it in the State of residence, is decided by its centre of interest",
			Remedy: "enter the State where the centre of interest is (Regulation 987/2009, Art. 14(9))"}
	case !d.inArea(centre):
		return outcome{}, contracts.Fault{Code: FaultContradiction, Field: "centre_of_interest", Message: fmt.Sprintf("%s is outside the area", centre), Remedy: "enter a State in which the work is done"}
	}
	return d.provisional(centre, "13.2b"), nil
}

const teleworkTable = "telework"

// telework answers by the framework agreement where it applies: the State of the employer in place of the residence.
func (d *decider) telework(n normal) (o outcome, applies bool, err error) {
	t := d.in.Telework
	if t == nil {
		return outcome{}, false, nil
	}
	time, _ := n.atHome()
	share := given(t.ShareInResidence, time)
	seats := d.seats(n)
	for _, r := range []struct {
		row   string
		fails bool
	}{
		{"the regulations do not decide", d.out.Regime != EU883},
		{"employers do not sit in one other State", len(seats) != 1 || seats[0] == n.residence || d.outsideSeat(n)},
		{"one of both States has not signed", len(seats) > 0 && (!d.law.signedTelework(n.residence, d.on) || !d.law.signedTelework(seats[0], d.on))},
		{fmt.Sprintf("%s of telework is not under %d %%", share, d.law.Telework.Below), share >= Share(d.law.Telework.Below)*percent},
		{"other work in the State of residence", t.OtherActivityInResidence || time > share},
		{"work in a third State", d.thirdState(n, seats)},
		{"no request by agreement of both", !given(t.Requested, true)},
	} {
		if d.step(teleworkTable, r.row, r.fails) {
			d.find("TELEWORK_NOT_ELIGIBLE", r.row)
			return outcome{}, false, nil
		}
	}
	if t.Requested == nil {
		return outcome{}, false, contracts.Fault{Code: contracts.FaultMissing, Field: "telework.requested", Message: "the framework agreement would apply, and nothing is said of a request",
			Remedy: "say whether employer and person ask for it by agreement, true or false"}
	}
	d.find("TELEWORK_RENEW_3Y", "")
	return d.attest(seats[0], "fw_telework", Art16Authority), true, nil
}

func (d *decider) outsideSeat(n normal) bool {
	return slices.ContainsFunc(n.parts, func(p part) bool { return !d.inArea(p.Seat) })
}

// thirdState tells whether work is done elsewhere than in the State of residence and that of the employer.
func (d *decider) thirdState(n normal, seats []State) bool {
	return slices.ContainsFunc(n.parts, func(p part) bool {
		s := p.work.State
		return s != n.residence && !slices.Contains(seats, s) && (d.inArea(s) || *p.work.Time >= Share(d.law.Marginal)*percent)
	})
}
