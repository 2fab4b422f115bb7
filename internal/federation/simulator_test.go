package federation

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The simulator runs the protocol of channel.go, the same two Steps that serve the network, in a world that is made from one number.
// A hub and nine nodes write to each other through a broker that loses, repeats, reorders, delays and is wiped; programs die between
// any two steps, are cut off for days, are upgraded, get new keys and old books; somebody replays, alters and forges. Then the world
// is healed, and a judge who has seen everything says whether each fact took effect once, in order, and nothing else did.
//
// Where to read: simulator_world_test.go is what happens, _broker_ and _mischief_ what happens on the way, _books_ what a
// party is, _sending_ and _receiving_ what the shell does around the Steps, _judge_ what is promised, _bugs_ what would be found.
//
//	go test ./internal/federation -run 'Simulator$'                       300 worlds
//	PASSERELLE_SEEDS=10000 go test ./internal/federation -run 'Simulator$'
//	go test ./internal/federation -run 'Simulator$' -seed 17              one of them, with its story

var simSeed = flag.Uint64("seed", 0, "the one world for the simulator, with its story")

const noBug simBug = ""

// simulate runs the world of a seed and returns it with the promise that was broken, if one was.
func simulate(seed uint64, bug simBug, recording bool) (w *simWorld, broken *simViolation) {
	w = newWorld(seed, bug, recording)
	defer func() {
		switch r := recover().(type) {
		case nil:
		case simViolation:
			broken = &r
		default:
			panic(r)
		}
	}()
	w.run()
	return w, nil
}

func TestSimulator(t *testing.T) {
	if *simSeed > 0 {
		tell(t, *simSeed, 1_000_000)
		return
	}
	for seed := uint64(1); seed <= seeds(); seed++ {
		if _, v := simulate(seed, noBug, false); v != nil {
			tell(t, seed, 30)
		}
	}
}

// seeds is how many worlds to run: 300, in make soak 10,000, or as many as PASSERELLE_SEEDS says.
func seeds() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("PASSERELLE_SEEDS"), 10, 64); err == nil {
		return n
	}
	if os.Getenv("PASSERELLE_LONG") != "" {
		return 10_000
	}
	return 300
}

// tell runs a world again and reports what happened last to the channel that failed, or to everybody when none did.
func tell(t *testing.T, seed uint64, most int) {
	t.Helper()
	w, v := simulate(seed, noBug, true)
	var story []string
	for _, e := range w.story {
		if v == nil || e.concerns(v.node) {
			story = append(story, e.text)
		}
	}
	story = story[max(0, len(story)-most):]
	if v == nil {
		t.Log(strings.Join(story, "\n"))
		return
	}
	t.Errorf("seed %d: %s (again: -seed %d)\n%s", seed, v.text, seed, strings.Join(story, "\n"))
}

func TestSimulatorRepeatsItself(t *testing.T) {
	for seed := uint64(1); seed <= 20; seed++ {
		a, _ := simulate(seed, noBug, false)
		b, _ := simulate(seed, noBug, true)
		if a.digest != b.digest || a.rand.Uint64() != b.rand.Uint64() {
			t.Errorf("seed %d ran in two ways", seed)
		}
		other, _ := simulate(seed+1000, noBug, false)
		if a.digest == other.digest {
			t.Errorf("seeds %d and %d ran alike", seed, seed+1000)
		}
	}
}

// TestAPeerAwayForAMonthCostsTheBrokerLittle: what lies in the broker grows with the time a peer is away, by one message in the longest
// wait for a receipt and a word on where we stand, never with what is written meanwhile; and all is delivered when it returns.
func TestAPeerAwayForAMonthCostsTheBrokerLittle(t *testing.T) {
	const away = 30 * 24 * time.Hour
	w := newQuietWorld()
	hub, node := w.hub().ends[0], w.parties[1]
	w.pass(time.Minute)
	node.cut = w.now.Add(away)
	for range 2000 {
		hub.write(plain)
	}
	for w.now.Before(node.cut) {
		w.now = w.now.Add(20 * time.Second)
		hub.relay()
	}
	left := w.streamOf(0, 1).unread
	if most := fullWindow + int(away/mostPatient) + int(away/simMostQuiet) + 100; len(left) > most {
		t.Errorf("%d entries lie in the broker, over %d", len(left), most)
	}
	w.heal()
	if got := len(node.ends[0].applied); got != 2000 {
		t.Errorf("%d of 2000 took effect", got)
	}
}
