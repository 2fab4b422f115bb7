package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
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
	o := &ordeal{t: t, engine: engine, network: filepath.Join(t.TempDir(), "network"), random: seeded(t), broker: startRedis(t), names: []string{"hub", "be", "de"}, parties: map[string]*process{}}
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

// binary builds the program once for all ordeals.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "passerelle-ordeal")
	if err != nil {
		return "", err
	}
	built = dir
	program := filepath.Join(dir, "passerelle")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return program, nil
})

// built is the folder of the binary, once there is one.
var built string

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(code)
}

// process is the real program, run by the operating system.
type process struct {
	t               *testing.T
	name, addr, dsn string
	clock           string // file of its test clock
	args, env       []string

	mu   sync.Mutex
	cmd  *exec.Cmd
	log  tail
	done chan error // nil while it does not run
}

func (p *process) url() string { return "http://" + p.addr }

// start runs the program; it may still be reading its database when this returns.
func (p *process) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	program, err := binary()
	if err != nil {
		p.t.Fatal(err)
	}
	p.cmd = exec.Command(program, p.args...)
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.done = make(chan error, 1)
	go func(cmd *exec.Cmd, done chan error) { done <- cmd.Wait() }(p.cmd, p.done)
}

// kill ends it as a power cut would: no word, no chance to finish.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == nil {
		return
	}
	_ = p.cmd.Process.Kill() // it may have ended by itself, which the test then sees
	<-p.done                 // "signal: killed" is what was asked for
	p.done = nil
}

// stop asks it to end, as an operator does, and expects a clean exit.
func (p *process) stop() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == nil {
		return
	}
	err := p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case end := <-p.done:
		err = errors.Join(err, end)
	case <-time.After(30 * time.Second):
		err = errors.Join(errors.New("it does not end when asked to"), p.cmd.Process.Kill(), <-p.done)
	}
	p.done = nil
	if err != nil {
		p.t.Errorf("stop %s: %v\n%s", p.name, err, p.log.String())
	}
}

// alive fails when the program has ended by itself.
func (p *process) alive() {
	p.t.Helper()
	select {
	case err := <-p.done:
		p.t.Fatalf("%s has ended: %v\n%s", p.name, err, p.log.String())
	default:
	}
}

func (p *process) awaitHealth() {
	p.t.Helper()
	within(p.t, 30*time.Second, func() error {
		p.alive()
		status, _ := fetch(p.url()+"/health", nil)
		if status != 200 {
			return fmt.Errorf("%s is not healthy: %d\n%s", p.name, status, p.log.String())
		}
		return nil
	})
}

// setClock has the program's clock run ahead of the real one, or behind it.
func (p *process) setClock(offset time.Duration) {
	p.t.Helper()
	fresh := p.clock + ".new"
	if err := errors.Join(os.WriteFile(fresh, []byte(offset.String()), 0o600), os.Rename(fresh, p.clock)); err != nil {
		p.t.Fatal(err)
	}
}

// within tries until it goes well or the time is over.
func within(t *testing.T, patience time.Duration, try func() error) {
	t.Helper()
	err := try()
	for end := time.Now().Add(patience); err != nil; err = try() {
		if time.Now().After(end) {
			t.Fatalf("after %s: %v", patience, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// tail keeps the end of what a program wrote.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailBytes = 8 << 10

func (w *tail) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, b...)
	w.text = w.text[max(0, len(w.text)-tailBytes):]
	return len(b), nil
}

func (w *tail) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(slices.Clone(w.text))
}
