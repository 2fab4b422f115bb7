package federation

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/contracts/sample"
)

//go:generate go test -run FollowTheirTable -update .

var update = flag.Bool("update", false, "rewrite the test vectors of the wire format")

const vectorDir = "../../contracts/testdata/wire/"

// vector is one line of a vector file. Frame is the exact line; Base64 stands for it when it is no text; where Repeat is
// given, "{{repeat}}" in the frame stands for so many copies of a text.
type vector struct {
	Name   string            `json:"name"`
	Reader contracts.PartyID `json:"reader"`
	Frame  string            `json:"frame,omitzero"`
	Base64 string            `json:"frame_base64,omitzero"`
	Repeat repeated          `json:"repeat,omitzero"`

	Type   FrameType           `json:"type,omitzero"`   // of an accepted frame
	Hash   string              `json:"hash,omitzero"`   // of an accepted frame
	Answer string              `json:"answer,omitzero"` // to an accepted event, taken by itself: applied, refused or waits
	Code   contracts.FaultCode `json:"code,omitzero"`   // of the fault
}

type repeated struct {
	Text  string `json:"text"`
	Times int    `json:"times"`
}

func (v vector) line(t *testing.T) []byte {
	t.Helper()
	if v.Base64 != "" {
		b, err := base64.StdEncoding.DecodeString(v.Base64)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return []byte(strings.Replace(v.Frame, "{{repeat}}", strings.Repeat(v.Repeat.Text, v.Repeat.Times), 1))
}

// keyFile is keys.json: the directory to read the vectors with, and the private halves, so that a stranger can sign too.
type keyFile struct {
	About   string    `json:"about"`
	Network string    `json:"network"`
	Keys    []testKey `json:"keys"`
}

type testKey struct {
	Party  contracts.PartyID `json:"party"`
	ID     KeyID             `json:"id"`
	Key    string            `json:"key"`
	Seed   string            `json:"seed"`
	Listed bool              `json:"listed"` // in the directory
}

type vectorFile struct {
	About   string   `json:"about"`
	Vectors []vector `json:"vectors"`
}

func keyFromSeed(party contracts.PartyID, seed []byte) Key {
	return keyOf(party, ed25519.NewKeyFromSeed(seed))
}

// testKeyOf is the same key of a party at every run, made from a sentence that everybody may know.
func testKeyOf(party contracts.PartyID) Key {
	seed := sha256.Sum256([]byte("passerelle test key of " + party))
	return keyFromSeed(party, seed[:])
}

var (
	hubKey, beKey, deKey = testKeyOf(contracts.Hub), testKeyOf("be"), testKeyOf("de")
	strangerKey          = testKeyOf("nl") // not in the directory
)

const vectorNetwork = "vectors"

func publishedKeys() keyFile {
	f := keyFile{About: "TEST KEYS, known to everybody, for the test vectors beside this file and nothing else.", Network: vectorNetwork}
	for _, k := range []Key{hubKey, beKey, deKey, strangerKey} {
		f.Keys = append(f.Keys, testKey{k.Party, k.ID, k.Public().Key, b64.EncodeToString(k.private.Seed()), k.Party != "nl"})
	}
	return f
}

// member is a JSON member as text, and object a JSON object as text, so that a vector can be wrong in every way.
type member struct{ name, value string }

type object []member

func (o object) String() string {
	parts := make([]string, len(o))
	for i, m := range o {
		parts[i] = `"` + m.name + `":` + m.value
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (o object) with(name, value string) object {
	changed := append(object{}, o...)
	for i, m := range changed {
		if m.name == name {
			changed[i].value = value
			return changed
		}
	}
	return append(changed, member{name, value})
}

func (o object) without(name string) object {
	var rest object
	for _, m := range o {
		if m.name != name {
			rest = append(rest, m)
		}
	}
	return rest
}

func (o object) twice(name, as string) object {
	return append(append(object{}, o...), member{as, o.value(name)})
}

func (o object) renamed(name, as string) object {
	changed := append(object{}, o...)
	for i, m := range changed {
		if m.name == name {
			changed[i].name = as
		}
	}
	return changed
}

func (o object) value(name string) string {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	panic("no member " + name)
}

func quote(s string) string { return string(must(jsontext.AppendQuote(nil, s))) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// The good documents that vectors are made from.
const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

var someHash = strings.Repeat("5a", 32)

func header1(k Key, typ FrameType) object {
	return object{{"alg", `"Ed25519"`}, {"kid", quote(string(k.ID))}, {"typ", quote(string(typ))}}
}

func paid() string { return string(must(contracts.Encode(sample.Events()[3]))) }

func event1() object {
	return object{
		{"specversion", `"1.0"`}, {"id", `"0198d5a0-0000-7000-8000-000000000001"`}, {"source", `"be"`}, {"type", `"coop.passerelle.invoice-paid.v1"`},
		{"time", `"2026-04-28T08:00:00Z"`}, {"datacontenttype", `"application/json"`}, {"network", `"vectors"`}, {"recipient", `"hub"`},
		{"epoch", "1"}, {"sequence", "1"}, {"previous", `"` + zeros + `"`}, {"cause", `"import-7"`}, {"data", paid()},
	}
}

func receipt1() object {
	return object{
		{"network", `"vectors"`}, {"source", `"hub"`}, {"recipient", `"be"`}, {"epoch", "1"}, {"sequence", "1"}, {"hash", `"` + someHash + `"`},
		{"outcome", `"refused"`}, {"faults", `[{"code":"authority","field":"seller","message":"be may not state a fact of DE","remedy":"state your own"}]`}, {"time", `"2026-04-28T08:00:01.5Z"`},
	}
}

func standing1() object {
	return object{
		{"network", `"vectors"`}, {"source", `"hub"`}, {"recipient", `"be"`}, {"consumed", at(1, 7, someHash)}, {"written", at(1, 0, zeros)}, {"asks", "true"},
		{"mark", `"SBMVNJ3UAW"`}, {"repeats", `"7HQ2KXT5DE"`}, {"registry", "11"}, {"time", `"2026-04-28T08:00:02Z"`},
	}
}

// at is a place in a channel.
func at(epoch, sequence int, hash string) string {
	return fmt.Sprintf(`{"epoch":%d,"sequence":%d,"hash":"%s"}`, epoch, sequence, hash)
}

// outer is the frame of a header and a payload, properly signed.
func outer(k Key, header, payload string) object {
	input := signingInput(b64.EncodeToString([]byte(header)), b64.EncodeToString([]byte(payload)))
	protected, body, _ := strings.Cut(string(input), ".")
	return object{{"protected", quote(protected)}, {"payload", quote(body)}, {"signature", quote(b64.EncodeToString(ed25519.Sign(k.private, input)))}}
}

func eventFrame(payload string) string {
	return outer(beKey, header1(beKey, TypeEvent).String(), payload).String()
}

func receiptFrame(payload string) string {
	return outer(hubKey, header1(hubKey, TypeReceipt).String(), payload).String()
}

func standingFrame(payload string) string {
	return outer(hubKey, header1(hubKey, TypeStanding).String(), payload).String()
}

// table collects vectors; a vector's expectation is written by hand, never taken from the program.
type table struct {
	t       *testing.T
	vectors []vector
	names   map[string]bool
}

func newTable(t *testing.T) *table { return &table{t: t, names: map[string]bool{}} }

func (tb *table) add(v vector, line string) {
	if tb.names[v.Name] {
		tb.t.Fatalf("two vectors are called %q", v.Name)
	}
	tb.names[v.Name] = true
	switch {
	case !validUTF8(line):
		v.Base64 = base64.StdEncoding.EncodeToString([]byte(line))
	default:
		v.Frame, v.Repeat = fold(line)
	}
	tb.vectors = append(tb.vectors, v)
}

func validUTF8(s string) bool { return strings.ToValidUTF8(s, "") == s }

// fold writes a long run of one text as a repetition.
func fold(line string) (string, repeated) {
	if len(line) < 16<<10 {
		return line, repeated{}
	}
	for _, text := range []string{"YWFh", "FhYW", "hYWF", "aaaa", "    "} {
		from := strings.Index(line, strings.Repeat(text, 1000))
		if from < 0 {
			continue
		}
		times := 0
		for strings.HasPrefix(line[from+times*len(text):], text) {
			times++
		}
		return line[:from] + "{{repeat}}" + line[from+times*len(text):], repeated{text, times}
	}
	panic("a long vector without a repetition")
}

func (f vectorFile) bytes(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"about\":%s,\"vectors\":[\n", quote(f.About))
	for i, v := range f.Vectors {
		line, err := contracts.Encode(v)
		if err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		b.Write(line)
		if i < len(f.Vectors)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]}\n")
	return b.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(vectorDir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorDir+name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(vectorDir + name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s has drifted from its table; if the change is meant, run go generate ./internal/federation:\n%s", name, cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")))
	}
}

func TestVectorsFollowTheirTable(t *testing.T) {
	keys, err := jsonIndent(publishedKeys())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "keys.json", keys)
	golden(t, "accepting.json", vectorFile{"Frames that the reader accepts, with their type, their hash and, for an event taken by itself, the answer.", accepting(t)}.bytes(t))
	golden(t, "refusing.json", vectorFile{"Frames that the reader rejects, with the code of the fault.", refusing(t)}.bytes(t))
}

func jsonIndent(v any) ([]byte, error) {
	b, err := contracts.Encode(v)
	if err != nil {
		return nil, err
	}
	value := jsontext.Value(b)
	err = value.Indent(jsontext.WithIndent("  "))
	return append(value, '\n'), err
}
