package federation

import (
	"bytes"
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"passerelle/contracts"
)

// registryFile is registry.json: a registry to follow, and lines that it must not take.
type registryFile struct {
	About     string         `json:"about"`
	Anchor    Anchor         `json:"anchor"`
	Lines     []string       `json:"lines"`
	Directory *Directory     `json:"directory"` // after all of them
	Refusing  []refusedEntry `json:"refusing"`
}

type refusedEntry struct {
	Name  string              `json:"name"`
	After int64               `json:"after"` // how many of the lines come before it
	Line  string              `json:"line"`
	Code  contracts.FaultCode `json:"code"`
}

// fixed is the same further key of a party at every run.
func fixed(party contracts.PartyID, n byte) Key {
	return keyFromSeed(party, bytes.Repeat([]byte{n}, 32))
}

func publishedRegistry(t *testing.T) registryFile {
	n := fixedRealm(t)
	refused := []refusedEntry{}
	refuse := func(name string, code contracts.FaultCode, e RegistryEntry, by ...Key) {
		refused = append(refused, refusedEntry{name, n.Number(), string(must(e.Sign(by...))), code})
	}
	changed := func(e RegistryEntry, change func(*RegistryEntry)) RegistryEntry { change(&e); return e }
	two, three, again := fixed("be", 12), fixed("be", 13), fixed("be", 14)

	refuse("one root", FaultApproval, n.enrol(deKey), n.roots[0])
	refuse("one root twice", FaultSigner, n.enrol(deKey), n.roots[0], n.roots[0])
	refuse("a root that is none", FaultSigner, n.enrol(deKey), n.roots[0], fixed(Root, 9))
	refuse("the number of another", FaultNumber, changed(n.enrol(deKey), func(e *RegistryEntry) { e.Number = 2 }), n.roots...)
	refuse("after another entry", FaultPrevious, changed(n.enrol(deKey), func(e *RegistryEntry) { e.Previous = Hash{1} }), n.roots...)
	refuse("for another network", FaultNetwork, changed(n.enrol(deKey), func(e *RegistryEntry) { e.Network = "other" }), n.roots...)
	refuse("in the second epoch at once", FaultEpoch, changed(n.enrol(deKey), func(e *RegistryEntry) { e.Epoch = 2 }), n.roots...)
	refuse("with the proof of another key", FaultEvidence, changed(n.enrol(deKey), func(e *RegistryEntry) { e.Evidence = beKey.prove("test") }), n.roots...)
	refuse("with the key of another party", FaultKeyUsed, n.enrol(keyOf("de", beKey.private)), n.roots...)
	n.add(n.enrol(deKey), n.roots[0], n.roots[2])
	refuse("a key announced by another party", FaultEvidence, n.Rotate("be", two.Public(), n.announcement(deKey, nil, two), clock()), hubKey)
	refuse("a key announced and not entered by the hub", FaultApproval, n.rotate(beKey, two), beKey)
	n.add(n.rotate(beKey, two), hubKey)
	refuse("a key announced by an earlier one", FaultEvidence, n.Rotate("be", three.Public(), n.announcement(beKey, nil, three), clock()), hubKey)
	refuse("revoked by another party", FaultApproval, n.Revoke("be", two.ID, "Says de.", clock()), deKey)
	n.add(n.Revoke("be", two.ID, "The machine was stolen.", clock()), n.roots[1])
	refuse("a key announced by a revoked one", FaultMembership, n.rotate(two, three), hubKey)
	n.add(n.Enrol(RequestJoin("test", again), "Begins anew after the theft.", clock()), n.roots[1], n.roots[2])
	refuse("left by itself", FaultApproval, n.Leave("de", "Says de.", clock()), deKey)
	n.add(n.Leave("de", "The assembly decided so.", clock()), hubKey)
	refuse("left twice", FaultMembership, n.Leave("de", "Again.", clock()), hubKey)
	n.add(n.RotateHub(fixed(contracts.Hub, 15), clock()), hubKey)
	refuse("signed by the hub's earlier key", FaultSigner, n.Revoke("be", again.ID, "Too late.", clock()), hubKey)

	f := registryFile{About: "A registry as it grows, and entries that must not be added to it.", Anchor: n.Anchor(), Directory: n.Directory(), Refusing: refused}
	for _, line := range n.Lines(0) {
		f.Lines = append(f.Lines, string(line))
	}
	return f
}

func TestRegistryVectorsFollowTheirTable(t *testing.T) {
	value := jsontext.Value(must(contracts.Encode(publishedRegistry(t))))
	if err := value.Indent(jsontext.WithIndent(" ")); err != nil {
		t.Fatal(err)
	}
	golden(t, "registry.json", append(value, '\n'))
}

func TestRegistryVectors(t *testing.T) {
	f := published[registryFile](t, "registry.json")
	r := must(NewRegistry(f.Anchor))
	for i := 0; ; i++ {
		for _, bad := range f.Refusing {
			if _, err := r.Append([]byte(bad.Line)); bad.After == int64(i) && !slices.Equal(codesOf(err), []contracts.FaultCode{bad.Code}) {
				t.Errorf("%s: %v, want %s", bad.Name, err, bad.Code)
			}
		}
		if i == len(f.Lines) {
			break
		}
		next, err := r.Append([]byte(f.Lines[i]))
		if err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		r = next
	}
	if diff := cmp.Diff(f.Directory, r.Directory(), cmpopts.IgnoreUnexported(Directory{})); diff != "" {
		t.Error(diff)
	}
}
