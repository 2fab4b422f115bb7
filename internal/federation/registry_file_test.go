package federation

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"passerelle/contracts"
)

// created is a folder with the realm's files.
func (n *realm) created() string {
	n.t.Helper()
	dir := n.t.(*testing.T).TempDir()
	if err := n.Create(dir); err != nil {
		n.t.Fatal(err)
	}
	return dir
}

func TestARegistryIsReadAsItWasWritten(t *testing.T) {
	n := newRealm(t)
	dir := n.created()
	again, err := LoadRegistry(dir)
	if err != nil || again.Head() != n.Head() || again.Number() != 2 || !again.Directory().Test {
		t.Errorf("read again: %v", err)
	}
	if d, err := LoadDirectory(dir); err != nil || len(d.Members) != 2 {
		t.Errorf("its directory: %v", err)
	}
	if err := n.Create(dir); err == nil {
		t.Error("a network was written over another")
	}
	if err := os.Remove(filepath.Join(dir, RegistryFile)); err != nil {
		t.Fatal(err)
	}
	if empty, err := LoadRegistry(dir); err != nil || empty.Number() != 0 {
		t.Errorf("who has been handed the anchor alone: %v", err)
	}
	if got, err := AppendRegistry(dir, n.Lines(0)...); err != nil || got.Head() != n.Head() {
		t.Errorf("takes the rest from anybody: %v", err)
	}
}

func TestADamagedRegistryIsNotBelieved(t *testing.T) {
	n := newRealm(t)
	n.add(n.enrol(mustKey(t, "de")), n.roots[0], n.roots[1])
	dir := n.created()
	file := filepath.Join(dir, RegistryFile)
	b := string(must(os.ReadFile(file)))
	lines := strings.SplitAfter(b, "\n")
	for rule, damaged := range map[string]string{
		"cut off":           b[:len(b)-1],
		"half a line":       b[:len(b)-40],
		"a line missing":    lines[0] + lines[2],
		"the first missing": lines[1] + lines[2],
		"two in each other": lines[0] + lines[2] + lines[1],
		"one twice":         lines[0] + lines[0] + lines[1],
		"an empty line":     b + "\n",
		"other line ends":   strings.ReplaceAll(b, "\n", "\r\n"),
	} {
		if err := os.WriteFile(file, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadRegistry(dir); !contracts.IsFault(err) {
			t.Errorf("%s: %v", rule, err)
		}
		if _, err := AppendRegistry(dir, n.Lines(0)...); !contracts.IsFault(err) {
			t.Errorf("%s, and one more: %v", rule, err)
		}
	}
}

func TestAnAnchorIsReadStrictly(t *testing.T) {
	n := newRealm(t)
	dir := n.created()
	file := filepath.Join(dir, AnchorFile)
	good := string(must(os.ReadFile(file)))
	for rule, text := range map[string]string{
		"a directory":           string(must(contracts.Encode(n.Directory()))),
		"a lower threshold":     strings.Replace(good, `"threshold":2`, `"threshold":1`, 1),
		"no threshold":          strings.Replace(good, `,"threshold":2`, "", 1),
		"one root for another":  strings.Replace(good, n.roots[0].Public().Key, n.roots[1].Public().Key, 1),
		"a member of something": strings.Replace(good, "{", `{"hub":1,`, 1),
	} {
		if text == good {
			t.Fatalf("%s: nothing was changed", rule)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadRegistry(dir); !contracts.IsFault(err) {
			t.Errorf("%s: %v", rule, err)
		}
	}
	if _, err := LoadRegistry(t.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder without a network: %v", err)
	}
}

func TestAppendingIsAllOrNothing(t *testing.T) {
	n := newRealm(t)
	dir := n.created()
	before := must(os.ReadFile(filepath.Join(dir, RegistryFile)))
	good := must(n.enrol(mustKey(t, "de")).Sign(n.roots[0], n.roots[1]))
	if _, err := AppendRegistry(dir, good, []byte("nonsense")); !contracts.IsFault(err) {
		t.Errorf("a good line and a bad one: %v", err)
	}
	if after := must(os.ReadFile(filepath.Join(dir, RegistryFile))); string(after) != string(before) {
		t.Error("half of it was written")
	}
	if r, err := AppendRegistry(dir, append(n.Lines(0), good)...); err != nil || r.Number() != 3 {
		t.Errorf("known lines and a new one: %v", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Errorf("left behind: %v", files)
	}
}

// TestTwoProcessesAppend lets many add the same entries and each its own: the file is whole at every moment, and of those who made
// an entry of the same number one wins.
func TestTwoProcessesAppend(t *testing.T) {
	n := newRealm(t)
	dir := n.created()
	var wait sync.WaitGroup
	won := make(chan bool, 20)
	for range 20 {
		line := must(n.enrol(mustKey(t, "de")).Sign(n.roots[0], n.roots[1]))
		wait.Go(func() {
			_, err := AppendRegistry(dir, line)
			if err != nil && !slices.Equal(codesOf(err), []contracts.FaultCode{FaultEquivocation}) {
				t.Error(err)
			}
			won <- err == nil
			if r, err := LoadRegistry(dir); err != nil || r.Number() != 3 {
				t.Errorf("read meanwhile: %v", err)
			}
		})
	}
	wait.Wait()
	close(won)
	winners := 0
	for w := range won {
		if w {
			winners++
		}
	}
	if winners != 1 {
		t.Errorf("%d entries of one number were added", winners)
	}
}

func TestKeyFilesOfAParty(t *testing.T) {
	dir := t.TempDir()
	first, second, other := mustKey(t, "be"), mustKey(t, "be"), mustKey(t, "hub")
	for name, k := range map[string]Key{"be": first, string(second.ID): second, "hub": other} {
		if err := k.Save(filepath.Join(dir, name+".key")); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := LoadKeys(dir, "be")
	if err != nil || len(keys) != 2 || keys[first.ID].ID != first.ID || keys[second.ID].Party != "be" {
		t.Errorf("%v: %v", keys, err)
	}
	if _, err := LoadKeys(dir, "de"); err == nil || !strings.Contains(err.Error(), "de.key") {
		t.Errorf("a party without keys: %v", err)
	}
	if err := mustKey(t, "be").Save(filepath.Join(dir, "be.0123456789abcdef.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKeys(dir, "be"); err == nil || !strings.Contains(err.Error(), "name the file after it") {
		t.Errorf("a file with the name of another key: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "be.0123456789abcdef.key")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "be.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKeys(dir, "be"); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others may read: %v", err)
	}
}
