package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"passerelle/internal/federation"
)

func TestTheTestClockFollowsItsFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clock")
	at := time.Date(2026, 3, 31, 8, 0, 0, 0, time.UTC)
	c := testClock{file: file, real: func() time.Time { return at }}
	for _, step := range []struct {
		rule, text string
		wait       time.Duration
		want       time.Duration
	}{
		{"forward", "72h30m\n", reread, 72*time.Hour + 30*time.Minute},
		{"not read again at once", "-24h", reread / 2, 72*time.Hour + 30*time.Minute},
		{"back, a tenth of a second later", "-24h", reread, -24 * time.Hour},
		{"half written", "-", reread, -24 * time.Hour},
		{"nothing to add", "0s", reread, 0},
	} {
		if err := os.WriteFile(file, []byte(step.text), 0o600); err != nil {
			t.Fatal(err)
		}
		at = at.Add(step.wait)
		if got := c.now().Sub(at); got != step.want {
			t.Errorf("%s: the clock is off by %s, want %s", step.rule, got, step.want)
		}
	}
}

func TestHooksAreRefusedWhereMembersAreServed(t *testing.T) {
	dir := t.TempDir()
	file, nonsense := filepath.Join(dir, "clock"), filepath.Join(dir, "nonsense")
	for name, text := range map[string]string{file: "1h", nonsense: "tomorrow"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		rule string
		f    hookFlags
		test bool
		want string // in the refusal; empty when allowed
	}{
		{"no hooks", hookFlags{}, false, ""},
		{"no hooks on a test network", hookFlags{}, true, ""},
		{"hooks without a clock", hookFlags{TestHooks: true}, true, ""},
		{"a clock on a test network", hookFlags{TestHooks: true, TestClock: file}, true, ""},
		{"a clock without hooks", hookFlags{TestClock: file}, true, "--test-clock"},
		{"hooks in production", hookFlags{TestHooks: true}, false, "--test-hooks"},
		{"a clock in production", hookFlags{TestHooks: true, TestClock: file}, false, "--test-hooks"},
		{"a file that is not there", hookFlags{TestHooks: true, TestClock: file + "x"}, true, "no such file"},
		{"a file with nonsense", hookFlags{TestHooks: true, TestClock: nonsense}, true, "duration"},
	} {
		now, err := tc.f.clock(&federation.Directory{Network: "smart", Test: tc.test})
		if tc.want == "" && (err != nil || now == nil) || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v, want %q", tc.rule, err, tc.want)
		}
	}
}

func TestAProgramWithHooksInProductionDoesNotStart(t *testing.T) {
	network := filepath.Join(t.TempDir(), "network")
	if err := initNetwork(network, "smart", false, []string{"hub", "be"}); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PASSERELLE_TEST_HOOKS", "1")
	for _, args := range [][]string{{"hub"}, {"node", "--country", "be"}} {
		args = append(args, "--network", network, "--broker", "redis://127.0.0.1:1", "--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "x.db"))
		if code, _, errs := command(t, args...); code != exitFailed || !strings.Contains(errs, "none for tests") {
			t.Errorf("%s: exit %d, %s", args[0], code, errs)
		}
	}
}
