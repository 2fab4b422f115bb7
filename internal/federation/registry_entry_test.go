package federation

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"passerelle/contracts"
)

// signedPayload is a line over any payload, by whoever.
func signedPayload(t testing.TB, payload string, by ...Key) []byte {
	t.Helper()
	line, err := jws{Payload: b64.EncodeToString([]byte(payload))}.sign(by)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// TestAnEntryHasOneSpelling changes a good entry in every way that a reader with a looser eye would let pass.
func TestAnEntryHasOneSpelling(t *testing.T) {
	n := newRealm(t)
	e := n.Leave("be", "The assembly decided so.", clock())
	payload := string(must(contracts.Encode(e)))
	line := string(signedPayload(t, payload, n.hub))
	if _, err := n.Append([]byte(line)); err != nil {
		t.Fatal(err)
	}
	for rule, p := range map[string]string{
		"a space":                   strings.Replace(payload, ":", ": ", 1),
		"another order":             strings.Replace(payload, `"network":"test","number":3`, `"number":3,"network":"test"`, 1),
		"an unknown member":         strings.Replace(payload, "{", `{"more":1,`, 1),
		"a member twice":            strings.Replace(payload, "{", `{"number":3,`, 1),
		"a member in capitals":      strings.Replace(payload, "reason", "Reason", 1),
		"a number as a text":        strings.Replace(payload, `"number":3`, `"number":"3"`, 1),
		"a number with an exponent": strings.Replace(payload, `"number":3`, `"number":3e0`, 1),
		"a null":                    strings.Replace(payload, `"action"`, `"epoch":null,"action"`, 1),
		"an epoch it does not need": strings.Replace(payload, `"reason"`, `"epoch":1,"reason"`, 1),
		"a key it does not need":    strings.Replace(payload, `"reason"`, `"key":{"id":"be.1","key":"x"},"reason"`, 1),
		"evidence it has no use of": strings.Replace(payload, `so."}`, `so.","evidence":"x"}`, 1),
		"no reason":                 strings.Replace(payload, `,"reason":"The assembly decided so."`, "", 1),
		"two lines of reason":       strings.Replace(payload, "The assembly", `The\nassembly`, 1),
		"an endless reason":         strings.Replace(payload, "The assembly", strings.Repeat("x", maxReason), 1),
		"an escaped letter":         strings.Replace(payload, "The", `\u0054he`, 1),
		"a time of another zone":    strings.Replace(payload, "Z", "+00:00", 1),
		"an unknown action":         strings.Replace(payload, "leave", "expel", 1),
		"no previous entry":         strings.Replace(payload, n.Head().String(), Hash{}.String(), 1),
		"number 0":                  strings.Replace(payload, `"number":3`, `"number":0`, 1),
		"something behind it":       payload + "{}",
		"nothing":                   "",
		"a list":                    "[]",
	} {
		if p == payload {
			t.Fatalf("%s: nothing was changed", rule)
		}
		if _, err := n.Append(signedPayload(t, p, n.hub)); !slices.Equal(codesOf(err), []contracts.FaultCode{FaultEntry}) {
			t.Errorf("%s in the payload: %v", rule, err)
		}
	}
	kid := string(n.hub.ID)
	header := b64.EncodeToString(must(contracts.Encode(header{"Ed25519", n.hub.ID, TypeRegistry})))
	for rule, l := range map[string]string{
		"a line feed":         line + "\n",
		"a space":             strings.Replace(line, ":", ": ", 1),
		"an unknown member":   strings.Replace(line, `"signatures"`, `"header":{},"signatures"`, 1),
		"padding":             strings.Replace(line, `","signatures"`, `=","signatures"`, 1),
		"no signatures":       line[:strings.Index(line, "[")] + "[]}",
		"a signature cut off": line[:len(line)-6] + `"}]}`,
		"another algorithm":   strings.Replace(line, header, b64.EncodeToString([]byte(`{"alg":"EdDSA","kid":"`+kid+`","typ":"`+string(TypeRegistry)+`"}`)), 1),
		"a frame's type":      strings.Replace(line, header, b64.EncodeToString([]byte(`{"alg":"Ed25519","kid":"`+kid+`","typ":"`+string(TypeEvent)+`"}`)), 1),
		"a critical header":   strings.Replace(line, header, b64.EncodeToString([]byte(`{"alg":"Ed25519","kid":"`+kid+`","typ":"`+string(TypeRegistry)+`","crit":[]}`)), 1),
		"a frame":             string(n.announcement(n.be, nil, n.be)),
		"nothing":             "",
		"too much":            line + strings.Repeat(" ", maxRegistryEntry),
		"17 signatures":       string(signedPayload(t, payload, slices.Repeat([]Key{n.hub}, 17)...)),
	} {
		if l == line {
			t.Fatalf("%s: nothing was changed", rule)
		}
		if _, err := n.Append([]byte(l)); !slices.Equal(codesOf(err), []contracts.FaultCode{FaultEntry}) {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

func TestEveryBitOfAnEntryCounts(t *testing.T) {
	n := newRealm(t)
	line := must(n.rotate(n.be, mustKey(t, "be")).Sign(n.hub))
	for i := range line {
		for bit := range 8 {
			changed := slices.Clone(line)
			changed[i] ^= 1 << bit
			if _, err := n.Append(changed); !contracts.IsFault(err) {
				t.Fatalf("bit %d of byte %d: %v", bit, i, err)
			}
		}
	}
	for cut := range line {
		if _, err := n.Append(line[:cut]); !contracts.IsFault(err) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
}

func TestWhatWasSignedElsewhereIsNoEntry(t *testing.T) {
	n := newRealm(t)
	payload := must(contracts.Encode(n.Leave("be", "In a frame.", clock())))
	frame, _, err := seal(n.hub, TypeEvent, payload)
	if err != nil {
		t.Fatal(err)
	}
	var f flattened
	if err := contracts.Decode(frame, &f); err != nil {
		t.Fatal(err)
	}
	asEntry := must(contracts.Encode(jws{f.Payload, []jwsSignature{{f.Protected, f.Signature}}}))
	if _, err := n.Append(asEntry); !slices.Equal(codesOf(err), []contracts.FaultCode{FaultEntry}) {
		t.Errorf("a frame as an entry: %v", err)
	}
	if hashOfEntry(payload) == hashOf(payload) {
		t.Error("an entry and a message of the same bytes have one hash")
	}
}

// TestNoDeadKeyIsEverInUse lets chance decide, and keeps its own simple account of which keys are dead.
func TestNoDeadKeyIsEverInUse(t *testing.T) {
	parties := []contracts.PartyID{contracts.Hub, "be", "de", "fr"}
	rapid.Check(t, func(c *rapid.T) {
		n := newRealm(t)
		held := map[contracts.PartyID][]Key{contracts.Hub: {n.hub}, "be": {n.be}}
		dead, superseded, gone, epochs := map[KeyID]bool{}, map[KeyID]bool{}, map[contracts.PartyID]bool{}, map[contracts.PartyID]int64{contracts.Hub: 1, "be": 1}
		alive := func(p contracts.PartyID) (Key, bool) {
			if len(held[p]) == 0 || gone[p] {
				return Key{}, false
			}
			k := held[p][len(held[p])-1]
			return k, !dead[k.ID]
		}
		for range rapid.IntRange(1, 12).Draw(c, "steps") {
			p := rapid.SampledFrom(parties).Draw(c, "party")
			hub, hubSigns := alive(contracts.Hub)
			old, has := alive(p)
			next := mustKey(t, p)
			switch rapid.SampledFrom([]RegistryAction{ActEnrol, ActRotate, ActRevoke, ActLeave}).Draw(c, "action") {
			case ActEnrol:
				n.add(n.enrol(next), n.roots[rapid.IntRange(0, 1).Draw(c, "root")], n.roots[2])
				for _, k := range held[p] {
					dead[k.ID] = true
				}
				held[p], gone[p] = append(held[p], next), false
				epochs[p]++
			case ActRotate:
				if !has || !hubSigns {
					continue
				}
				if p == contracts.Hub {
					n.add(n.RotateHub(next, clock()), hub)
				} else {
					n.add(n.rotate(old, next), hub)
				}
				superseded[old.ID] = true
				held[p] = append(held[p], next)
			case ActRevoke:
				if len(held[p]) == 0 {
					continue
				}
				k := rapid.SampledFrom(held[p]).Draw(c, "key")
				if dead[k.ID] {
					continue
				}
				n.add(n.Revoke(p, k.ID, "By chance.", clock()), n.roots[1])
				dead[k.ID] = true
			case ActLeave:
				if p == contracts.Hub || len(held[p]) == 0 || gone[p] {
					continue
				}
				n.add(n.Leave(p, "By chance.", clock()), n.roots[0])
				gone[p] = true
			}
		}
		again, err := must(NewRegistry(n.Anchor())).Extend(n.Lines(0)...)
		if err != nil || again.Head() != n.Head() {
			c.Fatalf("read again: %v", err)
		}
		d := again.Directory()
		for _, p := range parties {
			id, ok := d.Current(p)
			want, has := alive(p)
			if ok != has || ok && (id != want.ID || dead[id] || superseded[id]) {
				c.Fatalf("%s signs with %q (%v), want %q (%v)", p, id, ok, want.ID, has)
			}
			if d.Epoch(p) != epochs[p] || d.Left(p) != gone[p] {
				c.Fatalf("%s: epoch %d, left %v; want %d, %v", p, d.Epoch(p), d.Left(p), epochs[p], gone[p])
			}
			for _, k := range held[p] {
				if listed, ok := d.key(k.ID); !ok || listed.revoked != dead[k.ID] {
					c.Fatalf("%s is listed %v, revoked %v", k.ID, ok, listed.revoked)
				}
			}
		}
	})
}

// fixedRealm is the same at every run, so that what a fuzzer has kept means the same.
func fixedRealm(t testing.TB) *realm {
	t.Helper()
	n := &realm{t: t, hub: hubKey, be: beKey}
	anchor := Anchor{Network: "test", Test: true, Threshold: 2}
	for i := range 3 {
		n.roots = append(n.roots, keyFromSeed(Root, bytes.Repeat([]byte{byte(i + 1)}, 32)))
		anchor.Roots = append(anchor.Roots, n.roots[i].Public())
	}
	n.Registry = must(NewRegistry(anchor))
	n.add(n.enrol(hubKey), n.roots...)
	n.add(n.enrol(beKey), n.roots...)
	return n
}

func FuzzRegistryEntry(f *testing.F) {
	n := fixedRealm(f)
	good := must(n.rotate(n.be, keyFromSeed("be", bytes.Repeat([]byte{9}, 32))).Sign(n.hub))
	for _, line := range append(n.Lines(0), good) {
		f.Add(line)
	}
	f.Add(must(n.enrol(deKey).Sign(n.roots[0])))
	f.Add([]byte(`{"payload":"e30","signatures":[{"protected":"e30","signature":"AA"}]}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		s, err := parseEntry(line)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		if again := must(s.entry.Sign()); !bytes.HasPrefix(line, again[:bytes.IndexByte(again, ',')]) || bytes.ContainsAny(line, "\r\n") {
			t.Fatalf("a second spelling was read: %s", line)
		}
		if next, err := n.Extend(line); err == nil && next.Number() > n.Number() && !bytes.Equal(line, good) {
			t.Fatalf("an entry that nobody signed: %s", line)
		}
	})
}

func FuzzJoinRequest(f *testing.F) {
	f.Add(must(contracts.Encode(RequestJoin("test", mustKey(f, "de")))))
	f.Add([]byte(`{"network":"test","party":"de","key":{"id":"de.1","key":"AA"},"proof":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		j, err := ParseJoinRequest(b)
		if err == nil && !possessed(j.Network, j.Party, j.Key, j.Proof) || err != nil && !contracts.IsFault(err) {
			t.Fatalf("%+v: %v", j, err)
		}
	})
}

// BenchmarkRegistry reads the registry of a network with many years behind it.
func BenchmarkRegistry(b *testing.B) {
	n := newRealm(b)
	for range 500 {
		next := mustKey(b, "be")
		n.add(n.rotate(n.be, next), n.hub)
		n.be = next
	}
	lines, empty := n.Lines(0), must(NewRegistry(n.Anchor()))
	for b.Loop() {
		if _, err := empty.Extend(lines...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(time.Millisecond)/float64(b.N*len(lines)), "ms/entry")
}
