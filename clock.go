package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"passerelle/contracts"
	"passerelle/internal/federation"
)

// hookFlags let a test hold the clock of a running program. A network that serves members refuses them.
type hookFlags struct {
	TestHooks bool   `help:"Allow the hooks for tests. Only on a network that is marked as one for tests." env:"PASSERELLE_TEST_HOOKS"`
	TestClock string `help:"File with what to add to the clock, such as 72h30m or -24h; followed while the program runs. Needs --test-hooks." placeholder:"FILE" type:"path"`
}

// hook gives a party the clock it was asked to run by.
func (f hookFlags) hook(p *party) (err error) {
	p.now, err = f.clock(p.directory)
	p.hooks = f.TestHooks
	return err
}

// clock returns the clock of a program on a network, or refuses hooks that have no place there.
func (f hookFlags) clock(d *federation.Directory) (func() time.Time, error) {
	switch {
	case f.TestClock != "" && !f.TestHooks:
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Field: "--test-clock", Message: "the clock is not to be changed", Remedy: "leave it out, or add --test-hooks on a network for tests"}
	case f.TestHooks && !d.Test:
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Field: "--test-hooks", Message: fmt.Sprintf("the network %q is none for tests", d.Network),
			Remedy: "leave the hooks out (and PASSERELLE_TEST_HOOKS), or make another network for tests"}
	case f.TestClock == "":
		return time.Now, nil
	}
	c := &testClock{file: f.TestClock, real: time.Now}
	if err := c.read(); err != nil {
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Field: "--test-clock", Message: err.Error(), Remedy: "write a duration such as 72h30m into the file"}
	}
	return c.now, nil
}

// testClock is the real clock and what a file says to add to it.
type testClock struct {
	file string
	real func() time.Time

	mu     sync.Mutex
	looked time.Time // at the file, by the real clock
	offset time.Duration
}

// reread is how long an offset is believed before the file is read again.
const reread = 50 * time.Millisecond

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.real()
	if now.Sub(c.looked) >= reread {
		_ = c.read() // a file that is just being written keeps the offset of before
		c.looked = now
	}
	return now.Add(c.offset)
}

func (c *testClock) read() error {
	text, err := os.ReadFile(c.file)
	if err != nil {
		return err
	}
	offset, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	c.offset = offset
	return nil
}
