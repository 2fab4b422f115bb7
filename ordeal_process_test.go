package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

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
	go func(cmd *exec.Cmd, done chan error) {
		defer close(done)
		done <- cmd.Wait()
	}(p.cmd, p.done)
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
