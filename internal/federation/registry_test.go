package federation

import (
	"testing"

	"passerelle/contracts"
)

func mustKey(t testing.TB, party contracts.PartyID) Key {
	t.Helper()
	k, err := NewKey(party)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAFoundedNetworkListsItsParties(t *testing.T) {
	hub, be := mustKey(t, contracts.Hub), mustKey(t, "be")
	r, roots, err := Found("test", true, clock(), hub, be)
	if err != nil {
		t.Fatal(err)
	}
	if len(roots) != 3 || r.Number() != 2 || !r.Directory().Test {
		t.Errorf("%d roots, %d entries", len(roots), r.Number())
	}
	if id, ok := r.Directory().Current("be"); !ok || id != be.ID {
		t.Errorf("the key of be is %s", id)
	}
	dir := t.TempDir()
	if err := r.Create(dir); err != nil {
		t.Fatal(err)
	}
	again, err := LoadRegistry(dir)
	if err != nil || again.Head() != r.Head() {
		t.Errorf("read again: %v", err)
	}
}
