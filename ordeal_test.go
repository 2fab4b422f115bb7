package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// An ordeal is a network of the real programs, each a process on its own database, with a Redis of its own, that is put to work over
// HTTP while something is done to it. Afterwards all ordeals meet the same judgement, see judge. A run that fails prints its seed;
// PASSERELLE_SEED replays its choices.
type ordeal struct {
	t       *testing.T
	engine  storage.Engine
	network string
	random  *rand.Rand
	broker  *redisServer
	names   []string // hub first
	parties map[string]*process
	pace    time.Duration // between a node's documents
}

// long tells whether this is make soak.
func long() bool { return os.Getenv("PASSERELLE_LONG") != "" }

// times is how often something is done: a few in make test, many in make soak.
func times(few, many int) int {
	if long() {
		return many
	}
	return few
}

// eachEngine runs an ordeal of hub, Belgium and Germany on both engines.
func eachEngine(t *testing.T, run func(t *testing.T, o *ordeal)) {
	onEngines(t, storagetest.Engines, run)
}

// oneEngine is for an ordeal that has little to do with the database: both engines in make soak, the given one in make test.
func oneEngine(t *testing.T, engine storage.Engine, run func(t *testing.T, o *ordeal)) {
	if long() {
		eachEngine(t, run)
		return
	}
	onEngines(t, []storage.Engine{engine}, run)
}

func onEngines(t *testing.T, engines []storage.Engine, run func(t *testing.T, o *ordeal)) {
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			run(t, newOrdeal(t, engine, func(*testing.T, string) string { return storagetest.DSN(t, engine) }))
		})
	}
}

// newOrdeal starts the programs; dsn says where a party keeps its database.
func newOrdeal(t *testing.T, engine storage.Engine, dsn func(t *testing.T, party string) string) *ordeal {
	t.Helper()
	o := &ordeal{t: t, engine: engine, network: filepath.Join(t.TempDir(), "network"), random: seeded(t), broker: startRedis(t), names: []string{"hub", "be", "de"}, parties: map[string]*process{}, pace: 5 * time.Millisecond}
	if err := initNetwork(o.network, "test", true, o.names); err != nil {
		t.Fatal(err)
	}
	for _, name := range o.names {
		p := &process{t: t, name: name, addr: freePort(t), dsn: dsn(t, name), clock: filepath.Join(t.TempDir(), "clock")}
		p.setClock(0)
		role := []string{"hub"}
		if name != "hub" {
			role = []string{"node", "--country", name}
		}
		p.args = append(role, "--network", o.network, "--db", p.dsn, "--addr", p.addr, "--test-hooks", "--test-clock", p.clock)
		p.env = []string{"PASSERELLE_BROKER=" + o.broker.url(), "CI="}
		o.parties[name] = p
		p.letIn()
		p.start()
		t.Cleanup(p.kill)
	}
	for _, name := range o.names {
		o.parties[name].awaitHealth()
	}
	return o
}

func (o *ordeal) hub() *process { return o.parties["hub"] }

// nodes are the parties that issue.
func (o *ordeal) nodes() []string { return o.names[1:] }

// anyone picks a party.
func (o *ordeal) anyone() *process { return o.parties[o.names[o.random.IntN(len(o.names))]] }

// pause waits up to most milliseconds.
func (o *ordeal) pause(most int) { time.Sleep(time.Duration(o.random.IntN(most+1)) * time.Millisecond) }

func seeded(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("PASSERELLE_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("PASSERELLE_SEED is %q, not a number", text)
		}
		seed = n
	}
	t.Logf("PASSERELLE_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
