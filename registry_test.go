package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/internal/federation"
)

// told is one command of a story: what is typed, how it ends, and what of the answer matters.
type told struct {
	rule string
	args string // HUB, DE and the like stand for folders, "…" for the fingerprint that was read last
	code int
	want string
}

// stage is where a story of commands is played.
type stage struct {
	t           *testing.T
	dir         string
	fingerprint string
}

var (
	folderNames = regexp.MustCompile(`\b[A-Z]{2,}\b`)
	fingerprint = regexp.MustCompile(`([0-9a-f]{4} ){7}[0-9a-f]{4}`)
)

// newStage has a network of hub and be in HUB.
func newStage(t *testing.T) *stage {
	s := &stage{t: t, dir: t.TempDir()}
	s.play(told{"a network is made", "network init --dir HUB --parties hub,be --name smart", exitGood, "move each to a place of its own"})
	return s
}

func (s *stage) path(name string) string {
	return folderNames.ReplaceAllStringFunc(name, func(folder string) string { return filepath.Join(s.dir, folder) })
}

func (s *stage) play(story ...told) {
	s.t.Helper()
	for _, tell := range story {
		args := strings.Fields(s.path(tell.args))
		for i, a := range args {
			if a == "…" {
				args[i] = s.fingerprint
			}
		}
		code, out, errs := command(s.t, args...)
		if code != tell.code || !strings.Contains(out+errs, tell.want) {
			s.t.Fatalf("%s: passerelle %s: exit %d, want %d and %q\n%s%s", tell.rule, tell.args, code, tell.code, tell.want, out, errs)
		}
		if read := fingerprint.FindString(out); read != "" && strings.HasPrefix(tell.args, "keys new") {
			s.fingerprint = read
		}
	}
}

func (s *stage) copy(from, to string) {
	s.t.Helper()
	b, err := os.ReadFile(s.path(from))
	if err == nil {
		err = os.MkdirAll(filepath.Dir(s.path(to)), 0o700)
	}
	if err == nil {
		err = os.WriteFile(s.path(to), b, 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) registry() *federation.Registry {
	s.t.Helper()
	r, err := federation.LoadRegistry(s.path("HUB"))
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *stage) current(party contracts.PartyID) string {
	id, _ := s.registry().Directory().Current(party)
	return string(id)
}

// signers is who signed an entry, as the list shows them.
func (s *stage) signers(number int) string {
	var names []string
	for _, id := range s.registry().Entries()[number-1].Signers {
		names = append(names, string(id))
	}
	return strings.Join(names, ", ")
}

func TestSecretsAreReadByTheirOwnerAlone(t *testing.T) {
	s := newStage(t)
	s.play(told{"a party makes a key", "keys new --party de --out HUB", exitGood, "de.join"},
		told{"and another", "keys rotate --party be --network HUB", exitGood, "announces it by itself"})
	secrets := 0
	err := filepath.WalkDir(s.path("HUB"), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".key" {
			return err
		}
		secrets++
		info, err := entry.Info()
		if err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %s", file, info.Mode())
		}
		return err
	})
	if err != nil || secrets != 7 {
		t.Errorf("%d secret keys: %v", secrets, err)
	}
	for _, public := range []string{"HUB/network.json", "HUB/registry.jsonl", "HUB/de.join"} {
		if b, err := os.ReadFile(s.path(public)); err != nil || strings.Contains(string(b), "PRIVATE") {
			t.Errorf("%s: %v", public, err)
		}
	}
}

func TestANodeJoinsWithTwoSignatures(t *testing.T) {
	s := newStage(t)
	root := func(n string) string { return " --root HUB/roots/root-" + n + ".key" }
	s.play(
		told{"a party that is none", "keys new --party belgium --out DE", exitFailed, "give hub, or a country"},
		told{"the node makes its key", "keys new --party de --out DE --name smart", exitGood, "the secret key; it stays here"},
		told{"and no second", "keys new --party de --out DE", exitFailed, "passerelle keys rotate"},
		told{"another fingerprint is not signed", "registry approve DE/de.join --network HUB --fingerprint 0000" + root("1"), exitFinding, "sign nothing before"},
		told{"nothing is recovered that is not there", "registry approve DE/de.join --network HUB --fingerprint … --recover" + root("1"), exitFinding, "nothing to recover"},
		told{"nor with a key that is no root", "registry approve DE/de.join --network HUB --fingerprint … --root HUB/hub.key", exitFinding, "no root"},
		told{"one signs", "registry approve DE/de.join --network HUB --fingerprint …" + root("1"), exitGood, "de.approval"},
		told{"not twice", "registry approve DE/de.approval --network HUB --fingerprint …" + root("1"), exitFinding, "has signed already"},
		told{"the second listens too", "registry approve DE/de.approval --network HUB --fingerprint 0000" + root("3"), exitFinding, "sign nothing before"},
		told{"nobody is enrolled yet", "registry check --network HUB", exitGood, "2 entries"},
		told{"the second completes it", "registry approve DE/de.approval --network HUB --fingerprint …" + root("3"), exitGood, "This is entry 3"},
		told{"it is there", "registry check --network HUB", exitGood, "3 entries"},
	)
	s.play(
		told{"and shown", "keys show --network HUB", exitGood, s.fingerprint},
		told{"with who signed", "registry list --network HUB", exitGood, s.signers(3)},
		told{"once is enough", "registry approve DE/de.approval --network HUB --fingerprint …" + root("2"), exitFinding, "entry 3 has been decided"},
		told{"enrolling again is recovering, and must be meant", "registry approve DE/de.join --network HUB --fingerprint …" + root("1"), exitFinding, "--recover"},
		told{"which takes a new key", "registry approve DE/de.join --network HUB --fingerprint … --recover" + root("1") + root("2"), exitFinding, "used before"},
		told{"no file", "registry approve DE/none.join --network HUB --fingerprint …" + root("1"), exitFailed, "none.join"},
		told{"a request for another network", "keys new --party fr --out FR --name other", exitGood, "fr.join"},
		told{"is not approved here", "registry approve FR/fr.join --network HUB --fingerprint …" + root("1") + root("2"), exitFinding, "has not signed that it belongs to fr"},
		told{"what is no request", "registry approve HUB/network.json --network HUB --fingerprint …" + root("1"), exitFinding, "neither a good join request"},
	)
}

func TestAPartyIsRecoveredWithANewKey(t *testing.T) {
	s := newStage(t)
	first := s.current("be")
	s.copy("HUB/network.json", "BE/network.json")
	s.play(
		told{"the network is the folder's", "keys new --party be --out BE --name other", exitFailed, "network \"smart\""},
		told{"a new key", "keys new --party be --out BE", exitGood, "join \"smart\""},
		told{"both roots at once", "registry approve BE/be.join --network HUB --fingerprint … --recover --reason Stolen. --root HUB/roots/root-1.key --root HUB/roots/root-2.key", exitGood, "BEGINS ANEW in epoch 2"},
		told{"the first key is shown as what it is", "keys show --network HUB", exitGood, "revoked"},
		told{"its holder can do nothing", "registry revoke --network HUB --party be --kid " + first + " --reason Why. --by HUB/be.key", exitFailed, "no root of this network"},
		told{"not even announce another", "keys rotate --network HUB --party be", exitFinding, "the key that be uses is not here"},
	)
	if d := s.registry().Directory(); d.Epoch("be") != 2 || s.current("be") == first {
		t.Errorf("epoch %d, key %s", d.Epoch("be"), s.current("be"))
	}
}

func TestKeysAreRevokedAndNodesLetGo(t *testing.T) {
	s := newStage(t)
	be := s.current("be")
	s.play(
		told{"a reason is asked for", "registry leave --network HUB --party be --by HUB/hub.key", exitFailed, "--reason"},
		told{"a node is not let go by its own key", "registry leave --network HUB --party be --reason Tired. --by HUB/be.key", exitFinding, "by the hub or a root"},
		told{"nor the hub", "registry leave --network HUB --party hub --reason Tired. --by HUB/hub.key", exitFinding, "no node of the network"},
		told{"a key that is not there", "registry revoke --network HUB --party be --kid be.0 --reason Lost. --by HUB/hub.key", exitFinding, "is no key of be"},
		told{"a key of its own", "registry revoke --network HUB --party be --kid " + be + " --reason Lost. --by HUB/be.key", exitGood, "is revoked"},
		told{"once", "registry revoke --network HUB --party be --kid " + be + " --reason Lost. --by HUB/hub.key", exitFinding, "revoked already"},
		told{"a root lets the node go", "registry leave --network HUB --party be --reason Decided. --by HUB/roots/root-2.key", exitGood, "its history stays"},
		told{"which is shown", "registry list --network HUB", exitGood, "Decided."},
	)
	if !s.registry().Directory().Left("be") {
		t.Error("be has not left")
	}
}

func TestANextKeyWaitsForItsProgram(t *testing.T) {
	s := newStage(t)
	s.play(
		told{"a next key", "keys rotate --network HUB --party be", exitGood, "announces it by itself"},
		told{"one at a time", "keys rotate --network HUB --party be", exitFinding, "waits to be announced"},
		told{"the hub's too", "keys rotate --network HUB --party hub", exitGood, "next key of hub"},
		told{"not without the first", "keys rotate --network HUB --party de", exitFailed, "de.key"},
	)
	keys, err := federation.LoadKeys(s.path("HUB"), "be")
	if err != nil || len(keys) != 2 {
		t.Errorf("%d keys: %v", len(keys), err)
	}
}

func TestEntriesTravelAsAFile(t *testing.T) {
	s := newStage(t)
	s.copy("HUB/network.json", "OFFLINE/network.json")
	s.copy("HUB/hub.key", "OFFLINE/hub.key")
	s.play(
		told{"whoever has the anchor takes the rest from anybody", "registry add HUB/registry.jsonl --network OFFLINE", exitGood, "2 entries added"},
		told{"decides", "registry leave --network OFFLINE --party be --reason Decided. --by OFFLINE/hub.key", exitGood, "entry 3"},
		told{"brings it back", "registry add OFFLINE/registry.jsonl --network HUB", exitGood, "1 entries added, 3 in all"},
		told{"once", "registry add OFFLINE/registry.jsonl --network HUB", exitGood, "0 entries added"},
	)
	s.copy("OFFLINE/network.json", "LIAR/network.json")
	b, err := os.ReadFile(s.path("HUB/registry.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(b), "\n")
	if err := os.WriteFile(s.path("LIAR/registry.jsonl"), []byte(lines[0]+lines[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	s.play(
		told{"somebody signs another history", "registry leave --network LIAR --party be --reason Otherwise. --by OFFLINE/hub.key", exitGood, "entry 3"},
		told{"which is found out", "registry add LIAR/registry.jsonl --network HUB", exitFinding, "both properly signed"},
		told{"and changes nothing", "registry list --network HUB", exitGood, "Decided."},
	)
}

func TestADamagedRegistryIsShown(t *testing.T) {
	s := newStage(t)
	var good struct {
		OK      bool
		Network string
		Entries int
	}
	if code, out, _ := command(t, "registry", "check", "--json", "--network", s.path("HUB")); code != exitGood || json.Unmarshal([]byte(out), &good) != nil || !good.OK || good.Entries != 2 {
		t.Errorf("exit %d, %s", code, out)
	}
	b, err := os.ReadFile(s.path("HUB/registry.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(b), "\n")
	if err := os.WriteFile(s.path("HUB/registry.jsonl"), []byte(lines[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	s.play(
		told{"check finds it", "registry check --network HUB", exitFinding, "entry 2 cannot follow entry 0"},
		told{"for programs too", "registry check --json --network HUB", exitFinding, `"code": "registry-number"`},
		told{"nothing is listed from it", "registry list --network HUB", exitFailed, "line 1"},
		told{"nor shown", "keys show --network HUB", exitFailed, "line 1"},
		told{"nor signed upon", "registry leave --network HUB --party be --reason Decided. --by HUB/hub.key", exitFailed, "line 1"},
		told{"a folder without a network", "registry check --network HUB/roots", exitFailed, "network.json"},
	)
}

func TestTheDirectoryIsPrintedForStrangers(t *testing.T) {
	s := newStage(t)
	code, out, errs := command(t, "keys", "show", "--json", "--network", s.path("HUB"))
	if code != exitGood {
		t.Fatal(errs)
	}
	file := s.path("HUB/directory.json")
	if err := os.WriteFile(file, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := federation.LoadDirectory(file)
	if err != nil || d.Network != "smart" || len(d.Members) != 2 {
		t.Errorf("%+v: %v", d, err)
	}
	frames := s.path("HUB/frames")
	if err := os.WriteFile(frames, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, network := range []string{file, s.path("HUB")} {
		if code, out, _ := command(t, "conform", "--network", network, frames); code != exitFinding || !strings.Contains(out, "line 1: rejected") {
			t.Errorf("%s: exit %d, %s", network, code, out)
		}
	}
}
