package federation

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"passerelle/contracts"
)

// published reads a file of vectors as a stranger would.
func published[T any](t testing.TB, name string) (v T) {
	t.Helper()
	b, err := os.ReadFile(vectorDir + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v, json.RejectUnknownMembers(true)); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func publishedDirectory(t testing.TB) *Directory {
	t.Helper()
	keys := published[keyFile](t, "keys.json")
	var members []Member
	for _, k := range keys.Keys {
		if k.Listed {
			members = append(members, Member{Party: k.Party, Keys: []PublicKey{{ID: k.ID, Key: k.Key}}})
		}
	}
	d, err := NewDirectory(keys.Network, members...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPublishedKeysSign(t *testing.T) {
	for _, k := range published[keyFile](t, "keys.json").Keys {
		seed, err := b64.DecodeString(k.Seed)
		if err != nil {
			t.Fatal(err)
		}
		if got := keyFromSeed(k.Party, seed); got.ID != k.ID || got.Public().Key != k.Key {
			t.Errorf("the seed of %s gives %s", k.ID, got.ID)
		}
	}
}

func TestAcceptingVectors(t *testing.T) {
	dir, vectors := publishedDirectory(t), published[vectorFile](t, "accepting.json").Vectors
	if len(vectors) < 60 {
		t.Errorf("%d accepting vectors", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			p := parseFrame(dir, v.Reader, v.line(t))
			if p.fault != nil {
				t.Fatal(p.fault)
			}
			if typ := p.frameType(); typ != v.Type {
				t.Errorf("type %s, want %s", typ, v.Type)
			}
			f, err := open(dir, v.line(t))
			if err != nil || f.Hash.String() != v.Hash {
				t.Errorf("hash %s, want %s (%v)", f.Hash, v.Hash, err)
			}
			if answer, code := answerTo(p); answer != v.Answer || code != v.Code {
				t.Errorf("answer %q %q, want %q %q", answer, code, v.Answer, v.Code)
			}
		})
	}
}

func (p parsed) frameType() FrameType {
	switch {
	case p.event != nil, p.returned != nil:
		return TypeEvent
	case p.receipt != nil:
		return TypeReceipt
	}
	return TypeStanding
}

// answerTo is what an event taken by itself is answered, as far as its words alone decide.
func answerTo(p parsed) (string, contracts.FaultCode) {
	if p.event == nil {
		return "", ""
	}
	_, err := readEvent(p.event.message)
	switch {
	case err == nil:
		return string(Applied), ""
	case isUnknownType(err):
		return string(Waits), contracts.FaultUnknownType
	}
	return string(Refused), contracts.FaultsOf(err)[0].Code
}

func TestRefusingVectors(t *testing.T) {
	dir, vectors := publishedDirectory(t), published[vectorFile](t, "refusing.json").Vectors
	if len(vectors) < 200 {
		t.Errorf("%d refusing vectors", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			p := parseFrame(dir, v.Reader, v.line(t))
			if p.fault == nil {
				t.Fatalf("accepted, want %s", v.Code)
			}
			if code := contracts.FaultsOf(p.fault)[0].Code; code != v.Code {
				t.Errorf("code %s (%v), want %s", code, p.fault, v.Code)
			}
		})
	}
}

func TestEveryFlippedBitIsSeen(t *testing.T) {
	dir := publishedDirectory(t)
	line := []byte(eventFrame(event1().String()))
	if p := parseFrame(dir, contracts.Hub, line); p.fault != nil {
		t.Fatal(p.fault)
	}
	for i := range line {
		for bit := range 8 {
			line[i] ^= 1 << bit
			if p := parseFrame(dir, contracts.Hub, line); p.fault == nil {
				t.Errorf("bit %d of byte %d flipped, and accepted: %s", bit, i, line)
			}
			line[i] ^= 1 << bit
		}
	}
}

func TestWhatWeSealIsAccepted(t *testing.T) {
	dir := publishedDirectory(t)
	for _, tc := range []struct {
		typ     FrameType
		key     Key
		reader  contracts.PartyID
		payload object
	}{{TypeEvent, beKey, contracts.Hub, event1()}, {TypeReceipt, hubKey, "be", receipt1()}, {TypeStanding, hubKey, "be", standing1()}} {
		frame, hash, err := seal(tc.key, tc.typ, []byte(tc.payload.String()))
		if err != nil {
			t.Fatal(err)
		}
		if want := outer(tc.key, header1(tc.key, tc.typ).String(), tc.payload.String()).String(); string(frame) != want {
			t.Errorf("sealed as\n%s\nwant\n%s", frame, want)
		}
		if p := parseFrame(dir, tc.reader, frame); p.fault != nil {
			t.Error(p.fault)
		}
		if hash.String() != hashByHand(string(frame)) {
			t.Errorf("hash %s", hash)
		}
	}
	if _, _, err := seal(beKey, TypeEvent, make([]byte, maxPayload+1)); !contracts.IsFault(err) {
		t.Errorf("a payload beyond the limit: %v", err)
	}
}

func TestWeakKeysAreNotListed(t *testing.T) {
	for _, y := range smallOrder {
		for _, sign := range []byte{0, 0x80} {
			public := make([]byte, 32)
			for i := range public {
				public[i] = y[31-i]
			}
			public[31] |= sign
			_, err := NewDirectory("test", Member{Party: "be", Keys: []PublicKey{{ID: keyID("be", public), Key: b64.EncodeToString(public)}}})
			if err == nil || !strings.Contains(err.Error(), "weak") {
				t.Errorf("%x: %v", public, err)
			}
		}
	}
	for i, n := range []int{0, 1, 18} { // 2^255-19 and its neighbours, which spell 0, 1 and 18
		public := []byte(strings.Repeat("\xff", 32))
		public[0], public[31] = byte(0xed+n), 0x7f
		if !weak(public) {
			t.Errorf("%d: another spelling of a coordinate is listed", i)
		}
	}
	for range 100 {
		k, err := NewKey("be")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewDirectory("test", Member{Party: "be", Keys: []PublicKey{k.Public()}}); err != nil {
			t.Error(err)
		}
	}
}

func clock() time.Time { return time.Date(2026, 4, 28, 8, 0, 0, 0, time.UTC) }

func TestReceiptsStayWithinAFrame(t *testing.T) {
	var many contracts.Faults
	for i := range 5000 {
		many = append(many, contracts.Fault{Code: contracts.FaultInvalid, Field: fmt.Sprintf("lines[%d]", i), Message: strings.Repeat("é", 10_000) + "\xff"})
	}
	e := &Endpoint{Config: Config{Key: hubKey, Now: clock}, self: contracts.Hub}
	e.directory.Store(publishedDirectory(t))
	frame, err := e.sealReceipt(Message{Source: "be", Epoch: 1, Sequence: 1}, Hash{1}, Refused, brief(many))
	if err != nil {
		t.Fatal(err)
	}
	if p := parseFrame(e.dir(), "be", frame); p.fault != nil {
		t.Error(p.fault)
	}
}

func FuzzFrame(f *testing.F) {
	dir := publishedDirectory(f)
	for _, line := range []string{eventFrame(event1().String()), receiptFrame(receipt1().String()), standingFrame(standing1().String()), "", "{}", `{"protected":"","payload":"","signature":""}`} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		for _, reader := range []contracts.PartyID{contracts.Hub, "be"} {
			if p := parseFrame(dir, reader, line); p.fault != nil && !contracts.IsFault(p.fault) {
				t.Errorf("%v is no fault", p.fault)
			}
		}
	})
}

// FuzzPayload signs whatever comes, so that the parts behind the signature are reached.
func FuzzPayload(f *testing.F) {
	dir := publishedDirectory(f)
	f.Add(0, event1().with("source", `"hub"`).with("recipient", `"be"`).String())
	f.Add(1, receipt1().String())
	f.Add(2, standing1().String())
	f.Fuzz(func(t *testing.T, kind int, payload string) {
		typ := []FrameType{TypeEvent, TypeReceipt, TypeStanding}[uint(kind)%3]
		p := parseFrame(dir, "be", []byte(outer(hubKey, header1(hubKey, typ).String(), payload).String()))
		switch {
		case p.fault != nil:
			if !contracts.IsFault(p.fault) {
				t.Errorf("%v is no fault", p.fault)
			}
		case p.event != nil:
			if _, err := readEvent(p.event.message); err != nil && !contracts.IsFault(err) {
				t.Errorf("%v is no fault", err)
			}
		case p.receipt != nil:
			if p.receipt.Outcome == Refused && len(p.receipt.Faults) == 0 {
				t.Error("a refusal without a reason")
			}
		}
	})
}
