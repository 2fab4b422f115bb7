package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/federation/memory"
)

// strangersNetwork is a directory with the stranger, and a hub with a key of ours.
func strangersNetwork(t *testing.T, s *stranger) (file string, hub federation.Key) {
	t.Helper()
	hub, err := federation.NewKey(contracts.Hub)
	if err != nil {
		t.Fatal(err)
	}
	public := hub.Public()
	directory := object{"network": s.network, "members": []object{s.member(), {"party": "hub", "keys": []object{{"id": public.ID, "key": public.Key}}}}}
	file = filepath.Join(t.TempDir(), "network.json")
	if err := os.WriteFile(file, asJSON(directory), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, hub
}

// threeInvoices are a stranger's first messages.
func threeInvoices(s *stranger) []string {
	var frames []string
	for i := range 3 {
		frames = append(frames, s.send(s.event(invoiceIssued, strangersInvoice(fmt.Sprintf("invoice-%d", i+1), "SE", "100.00"))))
	}
	return frames
}

// conform runs the command over frames and returns its exit code and what it found of each.
func conform(t *testing.T, network string, frames ...string) (int, []federation.Judgement) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "frames")
	if err := os.WriteFile(file, []byte(strings.Join(frames, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t, "conform", "--network", network, "--recipient", "hub", "--json", file)
	var all []federation.Judgement
	for line := range strings.Lines(out) {
		var j federation.Judgement
		if err := json.Unmarshal([]byte(line), &j); err != nil {
			t.Fatalf("%v: %s %s", err, out, errs)
		}
		all = append(all, j)
	}
	return code, all
}

// wrong is a way to get the second message of a channel wrong, and the code that wire.md gives it.
type wrong struct {
	name, code string
	change     func(d draft)             // before it is signed
	spoil      func(frame string) string // or after
}

var wrongs = []wrong{
	{name: "a bit of the signature", code: "signature", spoil: func(f string) string { return respell(f, "signature", flipFirst) }},
	{name: "base64 with padding", code: "frame", spoil: func(f string) string { return respell(f, "signature", func(s string) string { return s + "==" }) }},
	{name: "no JSON", code: "frame", spoil: func(f string) string { return f[1:] }},
	{name: "an unprotected header", code: "frame", spoil: func(f string) string { return `{"header":{},` + f[1:] }},
	{name: "another algorithm name", code: "header", change: func(d draft) { d.header["alg"] = "EdDSA" }},
	{name: "a further member in the header", code: "header", change: func(d draft) { d.header["jwk"] = object{} }},
	{name: "a key that nobody lists", code: "key", change: func(d draft) { d.header["kid"] = "se.0000000000000000" }},
	{name: "another version of CloudEvents", code: "payload", change: func(d draft) { d.payload["specversion"] = "0.3" }},
	{name: "a member that is not there", code: "payload", change: func(d draft) { delete(d.payload, "time") }},
	{name: "a member that is null", code: "payload", change: func(d draft) { d.payload["cause"] = nil }},
	{name: "a number written as text", code: "payload", change: func(d draft) { d.payload["sequence"] = "2" }},
	{name: "number zero", code: "numbering", change: func(d draft) { d.payload["sequence"] = 0 }},
	{name: "a first message with one before it", code: "numbering", change: func(d draft) { d.payload["sequence"] = 1 }},
	{name: "another epoch", code: "numbering", change: func(d draft) { d.payload["epoch"] = 2 }},
	{name: "another network", code: "network", change: func(d draft) { d.payload["network"] = "production" }},
	{name: "another's name", code: "sender", change: func(d draft) { d.payload["source"] = "be" }},
	{name: "to itself", code: "recipient", change: func(d draft) { d.payload["recipient"] = "se" }},
	{name: "a number left out", code: "ahead", change: func(d draft) { d.payload["sequence"] = 3 }},
	{name: "another message before it", code: "fork", change: func(d draft) { d.payload["previous"] = strings.Repeat("a", 64) }},
	{name: "another's invoice", code: "authority", change: func(d draft) { body(d)["seller"] = "BE" }},
	{name: "a part of a cent", code: "amount", change: func(d draft) { body(d)["tax"] = object{"amount": "0.001", "currency": "EUR"} }},
	{name: "two currencies", code: "currency", change: func(d draft) { body(d)["tax"] = object{"amount": "0.00", "currency": "SEK"} }},
	{name: "a day that is none", code: "date", change: func(d draft) { body(d)["issue_date"] = "2026-02-30" }},
	{name: "a country that is none", code: "country", change: func(d draft) { body(d)["buyer"] = object{"country": "XX", "kind": "business"} }},
	{name: "a member of its own", code: "unknown-member", change: func(d draft) { body(d)["vat_number"] = "SE556012579001" }},
	{name: "no member pseudonym", code: "missing", change: func(d draft) { delete(body(d), "member") }},
	{name: "a text no database keeps", code: "invalid", change: func(d draft) { body(d)["member"] = "a\x00b" }},
	{name: "a type nobody knows", code: "unknown-type", change: func(d draft) { d.payload["type"] = "coop.passerelle.invoice-issued.v9" }},
}

func body(d draft) object { return d.payload["data"].(object) }

func flipFirst(s string) string {
	if s[0] == 'A' {
		return "B" + s[1:]
	}
	return "A" + s[1:]
}

// respell changes one member of a frame after it was signed.
func respell(frame, member string, change func(string) string) string {
	var f map[string]string
	if err := json.Unmarshal([]byte(frame), &f); err != nil {
		panic(err) // the stranger wrote it
	}
	f[member] = change(f[member])
	return string(asJSON(f))
}

// second is a stranger's second message, got wrong.
func (w wrong) second(s *stranger) string {
	d := s.event(invoiceIssued, strangersInvoice("invoice-2", "SE", "100.00"))
	if w.change != nil {
		w.change(d)
	}
	frame, _ := s.sign(d)
	if w.spoil != nil {
		frame = w.spoil(frame)
	}
	return frame
}

func TestAStrangersFramesConform(t *testing.T) {
	s := newStranger("strangers", "se")
	network, _ := strangersNetwork(t, s)
	frames := threeInvoices(s)
	code, all := conform(t, network, append(frames, frames[1])...)
	var got []string
	for _, j := range all {
		got = append(got, fmt.Sprint(j.Line, " ", j.Result, " ", j.Source, "/", j.Sequence))
	}
	if diff := cmp.Diff([]string{"1 applied se/1", "2 applied se/2", "3 applied se/3", "4 duplicate se/2"}, got); diff != "" || code != exitGood {
		t.Errorf("exit %d\n%s", code, diff)
	}
}

func TestEachWrongFrameGetsItsCode(t *testing.T) {
	for _, w := range wrongs {
		t.Run(w.name, func(t *testing.T) {
			s := newStranger("strangers", "se")
			network, _ := strangersNetwork(t, s)
			first := s.send(s.event(invoiceIssued, strangersInvoice("invoice-1", "SE", "100.00")))
			code, all := conform(t, network, first, w.second(s))
			if code != exitFinding || len(all) != 2 || all[0].Result != federation.ResultApplied {
				t.Fatalf("exit %d: %+v", code, all)
			}
			if fs := all[1].Faults; len(fs) == 0 || string(fs[0].Code) != w.code || fs[0].Message == "" {
				t.Errorf("%+v, want the code %s", all[1], w.code)
			}
		})
	}
}

func TestConformSpeaksToPeople(t *testing.T) {
	s := newStranger("strangers", "se")
	network, _ := strangersNetwork(t, s)
	frames := threeInvoices(s)
	dir := t.TempDir()
	write := func(name string, lines ...string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, tc := range []struct {
		name, args string
		code       int
		want       []string
	}{
		{"good", write("good", frames...), exitGood, []string{"line 3: applied (message 3 of se)", "3 would be accepted, 0 not"}},
		{"early ones wait for the missing one", write("mixed", frames[0], frames[2], frames[1]), exitGood, []string{"line 2: applied (message 3 of se)"}},
		{"a gap", write("gap", frames[0], frames[2]), exitFinding, []string{"line 2: ahead (message 3 of se)", "message 2 was not taken", "1 not"}},
		{"a line of noise", write("noise", "noise", frames[0]), exitFinding, []string{"line 1: rejected\n  frame: ", "line 2: applied"}},
		{"a line longer than any frame", write("long", strings.Repeat("x", 1<<20), frames[0]), exitFinding, []string{"over the limit", "line 2: applied"}},
		{"nothing", write("nothing"), exitFinding, []string{"holds no frames"}},
		{"to somebody it has no channel with", "--recipient be " + write("be", frames[0]), exitFinding, []string{"recipient: "}},
		{"no such recipient", "--recipient nobody " + write("nobody", frames[0]), exitFailed, []string{"not a country"}},
		{"no such file", filepath.Join(dir, "absent"), exitFailed, []string{"absent"}},
		{"a directory that is none", "--network " + write("directory", "{}") + " " + write("good2", frames...), exitFailed, []string{"load directory"}},
	} {
		if !strings.Contains(tc.args, "--network") {
			tc.args = "--network " + network + " " + tc.args
		}
		code, out, errs := command(t, strings.Fields("conform "+tc.args)...)
		for _, want := range tc.want {
			if code != tc.code || !strings.Contains(out+errs, want) {
				t.Errorf("%s: exit %d, want %d and %q\n%s%s", tc.name, code, tc.code, want, out, errs)
			}
		}
	}
}

// TestTheHubTakesAStrangersFrames plays the same frames to a running hub: what conform says is what happens.
func TestTheHubTakesAStrangersFrames(t *testing.T) {
	s := newStranger("strangers", "se")
	network, key := strangersNetwork(t, s)
	wire := openWire(t, network, key)
	first := s.send(s.event(invoiceIssued, strangersInvoice("invoice-0", "SE", "100.00")))
	for wire.receipts[1] == "" { // until the hub listens
		wire.publish(t, first)
		wire.listen(t, 100*time.Millisecond)
	}
	var frames []string
	want := map[string]int64{}
	for _, w := range wrongs {
		if rejectedBySection4(w) {
			frames = append(frames, w.second(s))
			want[w.code]++
		}
	}
	foreign := s.event(invoiceIssued, strangersInvoice("invoice-9", "BE", "100.00"))
	wire.publish(t, append(append(frames, s.send(foreign)), threeInvoices(s)...)...)
	for len(wire.receipts) < 5 {
		wire.listen(t, 20*time.Second)
	}
	taken := map[int]string{1: "applied []", 2: "refused [{authority}]", 3: "applied []", 4: "applied []", 5: "applied []"}
	if diff := cmp.Diff(taken, wire.receipts); diff != "" {
		t.Error(diff)
	}
	var page struct {
		Nodes []struct {
			Peer     string
			Received int
			Rejected map[string]int64
		}
	}
	if err := json.Unmarshal(wire.page("/api/operations"), &page); err != nil {
		t.Fatal(err)
	}
	shown := page.Nodes
	if len(shown) != 1 || shown[0].Peer != "se" || shown[0].Received != 5 || cmp.Diff(want, shown[0].Rejected) != "" {
		t.Errorf("%+v, want %v", shown, want)
	}
}

// rejectedBySection4 tells the frames that are rejected whatever the channel has seen before.
func rejectedBySection4(w wrong) bool {
	switch w.code {
	case "frame", "signature", "header", "key", "payload", "numbering", "network", "sender", "recipient":
		return true
	}
	return false
}

// wire is a running hub as a stranger sees it: a stream to write, a stream to read.
type wire struct {
	hub      *program
	token    string // of somebody who reads its pages
	broker   *memory.Broker
	public   ed25519.PublicKey
	answers  <-chan *message.Message
	receipts map[int]string // outcome and codes by number
}

func openWire(t *testing.T, network string, key federation.Key) *wire {
	t.Helper()
	directory, err := federation.LoadDirectory(network)
	if err != nil {
		t.Fatal(err)
	}
	public, err := base64.RawURLEncoding.DecodeString(key.Public().Key)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{broker: memory.NewBroker(), public: public, receipts: map[int]string{}}
	if w.answers, err = w.broker.Subscribe(t.Context(), "fed:in:se"); err != nil {
		t.Fatal(err)
	}
	w.hub, _, err = openHub(t.Context(), party{self: contracts.Hub, dsn: filepath.Join(t.TempDir(), "hub.db"), key: key, directory: directory, transport: w.broker, log: &syncBuffer{}, now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if w.token, err = w.hub.accounts.MakeToken(t.Context(), "test", everyRole(contracts.Hub), ""); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.hub.channel(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, w.hub.close()); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *wire) publish(t *testing.T, frames ...string) {
	t.Helper()
	if err := w.broker.Publish("fed:out:se", message.NewMessage("", []byte(strings.Join(frames, "\n")))); err != nil {
		t.Fatal(err)
	}
}

// listen takes one entry of answers, or none in the time given.
func (w *wire) listen(t *testing.T, within time.Duration) {
	t.Helper()
	select {
	case m := <-w.answers:
		m.Ack()
		for line := range strings.SplitSeq(string(m.Payload), "\n") {
			r, err := readReceipt([]byte(line), w.public)
			if err != nil || r.Source != "hub" || r.Recipient != "se" {
				t.Fatalf("%+v %v", r, err)
			}
			if r.Sequence == 0 {
				continue // where the hub stands, which it says from time to time
			}
			w.receipts[r.Sequence] = fmt.Sprint(r.Outcome, " ", r.Faults)
		}
	case <-time.After(within):
		if within > time.Second {
			t.Fatalf("receipts so far: %v", w.receipts)
		}
	}
}

func (w *wire) page(url string) []byte {
	r := httptest.NewRecorder()
	request := httptest.NewRequest("GET", url, nil)
	request.Header.Set("Authorization", "Bearer "+w.token)
	w.hub.mux().ServeHTTP(r, request)
	return r.Body.Bytes()
}
