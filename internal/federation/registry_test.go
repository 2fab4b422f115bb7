package federation

import (
	"slices"
	"strings"
	"testing"
	"time"

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

// realm is a network with a hub and be, and everybody's secret keys.
type realm struct {
	t testing.TB
	*Registry
	roots   []Key
	hub, be Key
}

func newRealm(t testing.TB) *realm {
	t.Helper()
	n := &realm{t: t, hub: mustKey(t, contracts.Hub), be: mustKey(t, "be")}
	var err error
	if n.Registry, n.roots, err = Found("test", true, clock(), n.hub, n.be); err != nil {
		t.Fatal(err)
	}
	return n
}

// add appends an entry that must be good.
func (n *realm) add(e RegistryEntry, by ...Key) {
	n.t.Helper()
	next, err := n.Append(must(e.Sign(by...)))
	if err != nil {
		n.t.Fatalf("%s %s: %v", e.Action, e.Party, err)
	}
	n.Registry = next
}

// refuse appends an entry that must have exactly these faults.
func (n *realm) refuse(rule string, e RegistryEntry, by []Key, want ...contracts.FaultCode) {
	n.t.Helper()
	_, err := n.Append(must(e.Sign(by...)))
	if got := codesOf(err); !slices.Equal(got, want) {
		n.t.Errorf("%s: %v (%v), want %v", rule, got, err, want)
	}
}

func codesOf(err error) (codes []contracts.FaultCode) {
	for _, f := range contracts.FaultsOf(err) {
		codes = append(codes, f.Code)
	}
	return codes
}

// announcement is the frame by which a party announces a key, signed by whoever.
func (n *realm) announcement(by Key, change func(*Message), next Key) []byte {
	m := Message{SpecVersion: "1.0", ID: "1", Source: by.Party, Type: TypeKeyRotated, Time: clock(), DataContentType: "application/json",
		Network: "test", Recipient: contracts.Hub, Epoch: 1, Sequence: 1, Data: must(contracts.Encode(RotateTo("test", next)))}
	if change != nil {
		change(&m)
	}
	frame, _, err := seal(by, TypeEvent, Encoded(m))
	if err != nil {
		n.t.Fatal(err)
	}
	return frame
}

func (n *realm) enrol(k Key) RegistryEntry { return n.Enrol(RequestJoin("test", k), "", clock()) }

func (n *realm) rotate(by, next Key) RegistryEntry {
	return n.Rotate(by.Party, next.Public(), n.announcement(by, nil, next), clock())
}

func TestAFoundedNetworkListsItsParties(t *testing.T) {
	n := newRealm(t)
	if len(n.roots) != 3 || n.Number() != 2 || !n.Directory().Test || n.Directory().Network != "test" {
		t.Errorf("%d roots, %d entries, %+v", len(n.roots), n.Number(), n.Directory())
	}
	for _, k := range []Key{n.hub, n.be} {
		if id, ok := n.Directory().Current(k.Party); !ok || id != k.ID || n.Directory().Epoch(k.Party) != 1 || n.Directory().Left(k.Party) {
			t.Errorf("%s signs with %s in epoch %d", k.Party, id, n.Directory().Epoch(k.Party))
		}
	}
	if d := n.Directory(); d.Epoch("fr") != 0 || d.Left("fr") || d.Lists("fr.0000000000000000") {
		t.Error("a stranger is listed")
	}
}

func TestWhoMustSign(t *testing.T) {
	n := newRealm(t)
	de, fr, next := mustKey(t, "de"), mustKey(t, "fr"), mustKey(t, "be")
	n.add(n.enrol(fr), n.roots[0], n.roots[2])
	a, b, c, hub, be := n.roots[0], n.roots[1], n.roots[2], n.hub, n.be
	stranger := mustKey(t, Root)
	revoke := n.Revoke("be", be.ID, "Stolen.", clock())
	leave := n.Leave("be", "The assembly decided so.", clock())
	for _, tc := range []struct {
		rule string
		e    RegistryEntry
		by   []Key
		want contracts.FaultCode // none when it is admitted
	}{
		{"two roots enrol", n.enrol(de), []Key{a, b}, ""},
		{"any two", n.enrol(de), []Key{c, b}, ""},
		{"three are welcome", n.enrol(de), []Key{a, b, c}, ""},
		{"one root is not enough", n.enrol(de), []Key{a}, FaultApproval},
		{"one root twice is one root", n.enrol(de), []Key{a, a}, FaultSigner},
		{"a root and the hub are not two roots", n.enrol(de), []Key{a, hub}, FaultApproval},
		{"the hub alone enrols nobody", n.enrol(de), []Key{hub}, FaultApproval},
		{"a root of another network has no say", n.enrol(de), []Key{a, stranger}, FaultSigner},
		{"nor has the party itself", n.enrol(de), []Key{a, b, de}, FaultSigner},
		{"nor are other parties roots", n.enrol(de), []Key{hub, be, fr}, FaultApproval},
		{"recovering takes as much as enrolling", n.enrol(next), []Key{a}, FaultApproval},
		{"the hub cannot recover a party", n.enrol(next), []Key{hub}, FaultApproval},
		{"nor a party itself", n.enrol(next), []Key{be}, FaultApproval},
		{"two roots recover", n.enrol(next), []Key{a, c}, ""},

		{"the hub enters a rotation", n.rotate(be, next), []Key{hub}, ""},
		{"roots do not enter rotations", n.rotate(be, next), []Key{a, b, c}, FaultApproval},
		{"nor the party itself", n.rotate(be, next), []Key{be}, FaultApproval},
		{"nor another party", n.rotate(be, next), []Key{fr}, FaultApproval},
		{"nor the new key", n.rotate(be, next), []Key{hub, next}, FaultSigner},

		{"the hub revokes", revoke, []Key{hub}, ""},
		{"one root revokes", revoke, []Key{b}, ""},
		{"a party revokes its own", revoke, []Key{be}, ""},
		{"another party does not", revoke, []Key{fr}, FaultApproval},
		{"nor a stranger", revoke, []Key{stranger}, FaultSigner},

		{"the hub lets a node go", leave, []Key{hub}, ""},
		{"one root lets a node go", leave, []Key{c}, ""},
		{"a node does not leave by itself", leave, []Key{be}, FaultApproval},
		{"nor is it put out by another", leave, []Key{fr}, FaultApproval},
	} {
		_, err := n.Append(must(tc.e.Sign(tc.by...)))
		if codes := codesOf(err); tc.want == "" && err != nil || tc.want != "" && !slices.Equal(codes, []contracts.FaultCode{tc.want}) {
			t.Errorf("%s: %v, want %q", tc.rule, err, tc.want)
		}
	}
}

func TestWhatCannotBeEntered(t *testing.T) {
	n := newRealm(t)
	de, fr, next := mustKey(t, "de"), mustKey(t, "fr"), mustKey(t, "be")
	n.add(n.enrol(fr), n.roots[0], n.roots[1])
	ab, hub := n.roots[:2], []Key{n.hub}
	with := func(e RegistryEntry, change func(*RegistryEntry)) RegistryEntry { change(&e); return e }
	borrowed := keyOf("de", n.be.private) // the key of be, under the name of de
	rooted := keyOf("de", n.roots[2].private)

	n.refuse("a number that is taken", with(n.enrol(de), func(e *RegistryEntry) { e.Number-- }), ab, FaultNumber)
	n.refuse("a number that has not come", with(n.enrol(de), func(e *RegistryEntry) { e.Number++ }), ab, FaultNumber)
	n.refuse("after another entry", with(n.enrol(de), func(e *RegistryEntry) { e.Previous[3]++ }), ab, FaultPrevious)
	n.refuse("of another network", with(n.enrol(de), func(e *RegistryEntry) { e.Network = "live" }), ab, FaultNetwork)
	n.refuse("a party that is none", with(n.enrol(de), func(e *RegistryEntry) { e.Party = "xx" }), ab, FaultMembership)
	n.refuse("a root as a party", n.enrol(mustKey(t, Root)), ab, FaultMembership)
	n.refuse("an epoch left out", with(n.enrol(next), func(e *RegistryEntry) { e.Epoch++ }), ab, FaultEpoch)
	n.refuse("an epoch again", with(n.enrol(next), func(e *RegistryEntry) { e.Epoch-- }), ab, FaultEpoch)
	n.refuse("the key of another party", n.enrol(borrowed), ab, FaultKeyUsed)
	n.refuse("a root's key", n.enrol(rooted), ab, FaultKeyUsed)
	n.refuse("the same key again", n.enrol(n.be), ab, FaultKeyUsed)
	n.refuse("a swapped key, with the proof of the first", with(n.enrol(de), func(e *RegistryEntry) { e.Key = mustKey(t, "de").Public() }), ab, FaultEvidence)
	n.refuse("a swapped party", with(n.enrol(de), func(e *RegistryEntry) { e.Party = "at" }), ab, contracts.FaultInvalid, FaultEvidence)
	n.refuse("a proof for another network", n.Enrol(RequestJoin("live", de), "", clock()), ab, FaultEvidence)
	weakOne := PublicKey{Key: b64.EncodeToString(make([]byte, 32))}
	weakOne.ID = keyID("de", make([]byte, 32))
	n.refuse("a weak key", with(n.enrol(de), func(e *RegistryEntry) { e.Key = weakOne }), ab, contracts.FaultInvalid, FaultEvidence)

	n.refuse("an announcement for another key", n.Rotate("be", mustKey(t, "be").Public(), n.announcement(n.be, nil, next), clock()), hub, FaultEvidence)
	n.refuse("an announcement by another party", n.Rotate("be", next.Public(), n.announcement(fr, func(m *Message) { m.Source = "be" }, next), clock()), hub, FaultEvidence)
	n.refuse("by a key nobody knows", n.rotate(mustKey(t, "be"), next), hub, FaultEvidence)
	n.refuse("meant for another party", n.Rotate("be", next.Public(), n.announcement(n.be, func(m *Message) { m.Recipient = "fr" }, next), clock()), hub, FaultEvidence)
	n.refuse("meant for another network", n.Rotate("be", next.Public(), n.announcement(n.be, func(m *Message) { m.Network = "live" }, next), clock()), hub, FaultEvidence)
	n.refuse("another event", n.Rotate("be", next.Public(), n.announcement(n.be, func(m *Message) { m.Type = contracts.TypeInvoiceIssued }, next), clock()), hub, FaultEvidence)
	n.refuse("a key the party does not hold", n.Rotate("be", next.Public(), n.announcement(n.be, func(m *Message) {
		m.Data = must(contracts.Encode(KeyRotated{Key: next.Public(), Proof: n.be.prove("test")}))
	}, next), clock()), hub, FaultEvidence)
	n.refuse("one key announced with the proof of another", n.Rotate("be", next.Public(), n.announcement(n.be, func(m *Message) {
		m.Data = must(contracts.Encode(KeyRotated{Key: mustKey(t, "be").Public(), Proof: next.prove("test")}))
	}, next), clock()), hub, FaultEvidence)
	n.refuse("no frame at all", n.Rotate("be", next.Public(), []byte("trust me"), clock()), hub, FaultEvidence)
	n.refuse("a rotation to the key in use", n.rotate(n.be, n.be), hub, FaultKeyUsed)
	n.refuse("of a party that is not there", n.Rotate("de", de.Public(), n.announcement(de, nil, de), clock()), hub, FaultMembership)
	n.refuse("of the hub without proof", n.Rotate(contracts.Hub, mustKey(t, contracts.Hub).Public(), []byte(n.hub.prove("test")), clock()), hub, FaultEvidence)

	n.refuse("revoking a key of another", n.Revoke("fr", n.be.ID, "Stolen.", clock()), hub, FaultMembership)
	n.refuse("letting a stranger go", n.Leave("de", "Never came.", clock()), hub, FaultMembership)
	n.refuse("letting the hub go", n.Leave(contracts.Hub, "Who would read this?", clock()), hub, FaultMembership)
}

// TestALife follows be through everything that can happen to it.
func TestALife(t *testing.T) {
	n := newRealm(t)
	second, third, fourth, fifth := mustKey(t, "be"), mustKey(t, "be"), mustKey(t, "be"), mustKey(t, "be")
	expect := func(what string, epoch int64, left bool, current KeyID, revoked ...Key) {
		t.Helper()
		d := n.Directory()
		id, ok := d.Current("be")
		if d.Epoch("be") != epoch || d.Left("be") != left || id != current && ok || ok != (current != "") {
			t.Errorf("%s: epoch %d, left %v, current %q %v", what, d.Epoch("be"), d.Left("be"), id, ok)
		}
		for _, k := range []Key{n.be, second, third, fourth, fifth} {
			if got, listed := d.key(k.ID); listed && got.revoked != slices.ContainsFunc(revoked, func(r Key) bool { return r.ID == k.ID }) {
				t.Errorf("%s: %s revoked: %v", what, k.ID, got.revoked)
			}
		}
	}
	n.add(n.rotate(n.be, second), n.hub)
	expect("both are listed, the new one is in use", 1, false, second.ID)
	n.refuse("the earlier key announces nothing more", n.rotate(n.be, third), []Key{n.hub}, FaultEvidence)
	n.refuse("and signs nothing here", n.Revoke("be", second.ID, "By the old key.", clock()), []Key{n.be}, FaultSigner)
	n.add(n.Revoke("be", second.ID, "A disk was lost.", clock()), second)
	expect("an older key does not come back", 1, false, "", second)
	n.refuse("twice revoked", n.Revoke("be", second.ID, "Again.", clock()), []Key{n.hub}, FaultMembership)
	n.refuse("without a key nothing is announced", n.rotate(second, third), []Key{n.hub}, FaultMembership)
	n.add(n.enrol(third), n.roots[1], n.roots[2])
	expect("recovered", 2, false, third.ID, n.be, second)
	n.add(n.Leave("be", "The assembly decided so.", clock()), n.roots[0])
	expect("gone", 2, true, "", n.be, second)
	n.refuse("gone twice", n.Leave("be", "Again.", clock()), []Key{n.hub}, FaultMembership)
	n.refuse("who is gone announces nothing", n.rotate(third, fourth), []Key{n.hub}, FaultMembership)
	n.refuse("who is gone signs nothing", n.Revoke("be", third.ID, "By itself.", clock()), []Key{third}, FaultSigner)
	n.add(n.enrol(fourth), n.roots[0], n.roots[2])
	expect("back", 3, false, fourth.ID, n.be, second, third)
	n.refuse("a key of an earlier life", n.enrol(second), n.roots[:2], FaultKeyUsed)
	n.add(n.rotate(fourth, fifth), n.hub)
	expect("at home again", 3, false, fifth.ID, n.be, second, third)
}

func TestTheHubChangesItsKeyAndIsRecovered(t *testing.T) {
	n := newRealm(t)
	second, third := mustKey(t, contracts.Hub), mustKey(t, contracts.Hub)
	n.add(n.RotateHub(second, clock()), n.hub)
	n.refuse("the earlier key enters nothing", n.rotate(n.be, mustKey(t, "be")), []Key{n.hub}, FaultSigner)
	n.add(n.Revoke(contracts.Hub, second.ID, "The machine was stolen.", clock()), n.roots[0])
	n.refuse("nor does a revoked one", n.Leave("be", "Says a thief.", clock()), []Key{second}, FaultSigner)
	n.add(n.enrol(third), n.roots[0], n.roots[1])
	n.add(n.rotate(n.be, mustKey(t, "be")), third)
	if n.Directory().Epoch(contracts.Hub) != 2 {
		t.Error("the hub is not in its second epoch")
	}
}

func TestOneSignsAfterTheOther(t *testing.T) {
	n := newRealm(t)
	half := must(n.enrol(mustKey(t, "de")).Sign(n.roots[0]))
	if _, err := n.Append(half); !slices.Equal(codesOf(err), []contracts.FaultCode{FaultApproval}) {
		t.Errorf("half signed: %v", err)
	}
	whole := must(Cosign(half, n.roots[2]))
	next, err := n.Append(whole)
	if err != nil {
		t.Fatal(err)
	}
	if e := next.Entries()[2]; !slices.Equal(e.Signers, []KeyID{n.roots[0].ID, n.roots[2].ID}) || e.Party != "de" || e.Hash != next.Head() {
		t.Errorf("%+v", e)
	}
	again, err := Cosign(half, n.roots[1])
	if err != nil {
		t.Fatal(err)
	}
	if same, err := next.Extend(again); err != nil || same.Number() != 3 {
		t.Errorf("the same entry with other good signatures: %v", err)
	}
}

func TestTwoRegistriesAreOneOrSomebodyLied(t *testing.T) {
	n := newRealm(t)
	short := n.Registry
	n.add(n.enrol(mustKey(t, "de")), n.roots[0], n.roots[1])
	here := n.Registry
	n.Registry = short
	n.add(n.enrol(mustKey(t, "de")), n.roots[0], n.roots[1])
	n.add(n.Leave("be", "Only there.", clock()), n.hub)
	there := n.Registry

	for name, r := range map[string]*Registry{"nothing": must(NewRegistry(n.Anchor())), "a part": short, "all": here} {
		if whole, err := r.Extend(here.Lines(0)...); err != nil || whole.Head() != here.Head() {
			t.Errorf("who has %s takes the rest: %v", name, err)
		}
	}
	if same, err := here.Extend(short.Lines(0)...); err != nil || same != here {
		t.Errorf("who has more keeps it: %v", err)
	}
	if _, err := here.Extend(there.Lines(0)...); !slices.Equal(codesOf(err), []contracts.FaultCode{FaultEquivocation}) {
		t.Errorf("two histories: %v", err)
	}
	if _, err := here.Extend(there.Lines(3)...); !slices.Equal(codesOf(err), []contracts.FaultCode{FaultPrevious}) {
		t.Errorf("the end of another history: %v", err)
	}
	forged := must(n.enrol(mustKey(t, "fr")).Sign(n.roots[0]))
	if _, err := there.Extend(forged); slices.Contains(codesOf(err), FaultEquivocation) || err == nil {
		t.Errorf("who did not sign has not lied: %v", err)
	}
	other := newRealm(t)
	if _, err := here.Extend(other.Lines(0)...); err == nil || slices.Contains(codesOf(err), FaultEquivocation) {
		t.Errorf("a network of the same name with other roots: %v", err)
	}
}

func TestLinesAreKeptAsTheyCame(t *testing.T) {
	n := newRealm(t)
	n.add(n.enrol(mustKey(t, "de")), n.roots[0], n.roots[1])
	all := n.Lines(0)
	if len(all) != 3 || len(n.Lines(2)) != 1 || string(n.Lines(2)[0]) != string(all[2]) || n.Lines(3) != nil || n.Lines(9) != nil {
		t.Errorf("%d, %d lines", len(all), len(n.Lines(2)))
	}
	if got := n.Entries(); len(got) != 3 || got[0].Number != 1 || got[2].Number != 3 {
		t.Errorf("%+v", got)
	}
	all[1][0] = 'X'
	if _, err := must(NewRegistry(n.Anchor())).Extend(n.Lines(0)...); err != nil {
		t.Errorf("who got the lines has changed ours: %v", err)
	}
}

func TestAnAnchorNeedsAMajority(t *testing.T) {
	var roots []PublicKey
	for range 4 {
		roots = append(roots, mustKey(t, Root).Public())
	}
	foreign := mustKey(t, "be").Public()
	for _, tc := range []struct {
		rule string
		a    Anchor
		good bool
	}{
		{"2 of 3", Anchor{"smart", false, roots[:3], 2}, true},
		{"3 of 3", Anchor{"smart", false, roots[:3], 3}, true},
		{"1 of 1", Anchor{"smart", true, roots[:1], 1}, true},
		{"1 of 3 could decide twice", Anchor{"smart", false, roots[:3], 1}, false},
		{"2 of 4 could decide twice", Anchor{"smart", false, roots, 2}, false},
		{"4 of 3", Anchor{"smart", false, roots[:3], 4}, false},
		{"nobody", Anchor{"smart", false, nil, 0}, false},
		{"one twice", Anchor{"smart", false, []PublicKey{roots[0], roots[0], roots[1]}, 2}, false},
		{"a party as a root", Anchor{"smart", false, []PublicKey{roots[0], foreign, roots[1]}, 2}, false},
		{"a revoked root", Anchor{"smart", false, []PublicKey{{ID: roots[0].ID, Key: roots[0].Key, Revoked: true}}, 1}, false},
		{"no name", Anchor{"", false, roots[:3], 2}, false},
	} {
		if r, err := NewRegistry(tc.a); (err == nil) != tc.good || (r != nil) != tc.good {
			t.Errorf("%s: %v", tc.rule, err)
		}
	}
}

func TestAJoinRequestShowsItsKey(t *testing.T) {
	k := mustKey(t, "de")
	good := RequestJoin("test", k)
	if j, err := ParseJoinRequest(must(contracts.Encode(good))); err != nil || j != good {
		t.Errorf("%+v: %v", j, err)
	}
	for rule, change := range map[string]func(*JoinRequest){
		"another key":      func(j *JoinRequest) { j.Key = mustKey(t, "de").Public() },
		"another party":    func(j *JoinRequest) { j.Party = "fr" },
		"no party":         func(j *JoinRequest) { j.Party = Root },
		"another network":  func(j *JoinRequest) { j.Network = "live" },
		"another's proof":  func(j *JoinRequest) { j.Proof = mustKey(t, "de").prove("test") },
		"a revoked key":    func(j *JoinRequest) { j.Key.Revoked = true },
		"a key of nothing": func(j *JoinRequest) { j.Key = PublicKey{} },
	} {
		j := good
		change(&j)
		if _, err := ParseJoinRequest(must(contracts.Encode(j))); !contracts.IsFault(err) {
			t.Errorf("%s: %v", rule, err)
		}
	}
	print := k.Public().Fingerprint()
	if want := strings.TrimPrefix(string(k.ID), "de."); len(print) != 39 || !strings.HasPrefix(strings.ReplaceAll(print, " ", ""), want) {
		t.Errorf("%q does not begin as the id %s", print, k.ID)
	}
	for given, want := range map[string]bool{print: true, strings.ToUpper(print): true, strings.ReplaceAll(print, " ", "-"): true, strings.ReplaceAll(print, " ", ""): true,
		"": false, print[:34]: false, print + " 0000": false, mustKey(t, "de").Public().Fingerprint(): false} {
		if k.Public().HasFingerprint(given) != want {
			t.Errorf("%q: not %v", given, want)
		}
	}
	if (PublicKey{}).HasFingerprint("") {
		t.Error("nothing has the fingerprint of nothing")
	}
}

func TestTheTimeOfAnEntryIsInUTC(t *testing.T) {
	n := newRealm(t)
	e := n.Leave("be", "At night.", time.Date(2026, 4, 28, 23, 30, 0, 5, time.FixedZone("", 7200)))
	n.add(e, n.hub)
	if got := n.Entries()[2].Time.Format(time.RFC3339Nano); got != "2026-04-28T21:30:00Z" {
		t.Error(got)
	}
}
