package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	goredis "github.com/redis/go-redis/v9"
)

// forger writes into the streams with the operator's account what really passed there, spoiled. Where the class says so it even has the
// key of the party, and signs well what was never meant for that place. It shares no code with the network.
type forger struct {
	t      *testing.T
	c      *goredis.Client
	random *rand.Rand
	own    ed25519.PrivateKey
	keys   map[string]ed25519.PrivateKey // of the parties

	mu       sync.Mutex
	recorded []entry
}

// entry is a line that stood in a stream.
type entry struct{ stream, line string }

// frame is a line taken apart.
type frame struct {
	Protected string `json:"protected"`
	Payload   string `json:"payload"`
	Signature string `json:"signature"`
}

func (o *ordeal) forger(c *goredis.Client) *forger {
	o.t.Helper()
	seed := sha256.Sum256([]byte("forger"))
	f := &forger{t: o.t, c: c, random: o.random, own: ed25519.NewKeyFromSeed(seed[:]), keys: map[string]ed25519.PrivateKey{}}
	for _, name := range o.names {
		text, err := os.ReadFile(filepath.Join(o.network, name+".key"))
		o.must(err)
		block, _ := pem.Decode(text)
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		o.must(err)
		f.keys[name] = key.(ed25519.PrivateKey)
	}
	return f
}

// streams of the ordeal's nodes, both directions.
func (o *ordeal) streams() (all []string) {
	for _, name := range o.nodes() {
		all = append(all, "fed:out:"+name, "fed:in:"+name)
	}
	return all
}

// record keeps the lines of new entries until ctx ends.
func (f *forger) record(ctx context.Context, streams []string) {
	last := map[string]string{}
	for ctx.Err() == nil {
		ids := make([]string, len(streams))
		for i, s := range streams {
			if ids[i] = last[s]; ids[i] == "" {
				ids[i] = "0"
			}
		}
		read, err := f.c.XRead(ctx, &goredis.XReadArgs{Streams: append(slices.Clone(streams), ids...), Block: 100e6, Count: 100}).Result()
		if err != nil {
			continue // nothing new
		}
		f.mu.Lock()
		for _, s := range read {
			for _, m := range s.Messages {
				last[s.Stream] = m.ID
				if lines, _ := m.Values["frames"].(string); lines != "" && len(f.recorded) < 20_000 {
					for line := range strings.SplitSeq(lines, "\n") {
						f.recorded = append(f.recorded, entry{s.Stream, line})
					}
				}
			}
		}
		f.mu.Unlock()
	}
}

// any is a recorded line.
func (f *forger) any() entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.recorded[f.random.IntN(len(f.recorded))]
}

// forgery spoils a line; refused tells whether its receiver must count it as rejected. What is only repeated is answered again.
type forgery struct {
	name    string
	refused bool
	make    func(f *forger, e entry) entry
}

var forgeries = []forgery{
	{"replayed", false, func(_ *forger, e entry) entry { return e }},
	{"replayed out of order", false, func(f *forger, e entry) entry { return entry{e.stream, f.shuffled(e.stream)} }},
	{"in the stream of another party", true, func(f *forger, e entry) entry {
		return entry{map[string]string{"fed:out:be": "fed:out:de", "fed:out:de": "fed:out:be", "fed:in:be": "fed:in:de", "fed:in:de": "fed:in:be"}[e.stream], e.line}
	}},
	{"back to its sender", false, func(_ *forger, e entry) entry { // which is how lost books come back, and no news to books that are whole
		if to, ok := strings.CutPrefix(e.stream, "fed:in:"); ok {
			return entry{"fed:out:" + to, e.line}
		}
		return entry{strings.Replace(e.stream, "out", "in", 1), e.line}
	}},
	{"cut short", true, func(f *forger, e entry) entry { return entry{e.stream, e.line[:f.random.IntN(len(e.line))]} }},
	{"one bit flipped", true, func(f *forger, e entry) entry {
		b := []byte(e.line)
		b[f.random.IntN(len(b))] ^= 1 << f.random.IntN(8)
		return entry{e.stream, string(b)}
	}},
	{"the signature of another", true, changed(func(f *forger, fr *frame, _ string) {
		var other frame
		for other.Signature == "" || other.Signature == fr.Signature {
			other = opened(f.any().line)
		}
		fr.Signature = other.Signature
	})},
	{"a payload changed under its signature", true, changed(func(f *forger, fr *frame, _ string) {
		fr.Payload = edited(fr.Payload, func(p map[string]any) { p["time"] = "2001-01-01T00:00:00Z"; p["sequence"] = 1 + f.random.IntN(1000) })
	})},
	{"another key under the name of the sender's", true, changed(func(f *forger, fr *frame, _ string) { fr.sign(f.own) })},
	{"a key that nobody knows", true, changed(func(f *forger, fr *frame, party string) {
		public := f.own.Public().(ed25519.PublicKey)
		sum := sha256.Sum256(public)
		fr.Protected = edited(fr.Protected, func(h map[string]any) { h["kid"] = party + "." + hex.EncodeToString(sum[:8]) })
		fr.sign(f.own)
	})},
	{"well signed, for another network", true, resigned(func(p map[string]any) { p["network"] = "another" })},
	{"well signed, for another party", true, resigned(func(p map[string]any) { p["recipient"] = "fr" })},
	{"well signed, of another epoch", true, resigned(func(p map[string]any) { p["epoch"] = 7 })},
	{"well signed, in the name of another", true, resigned(func(p map[string]any) { p["source"] = "it" })},
	{"well signed, of another kind", true, changed(func(f *forger, fr *frame, party string) {
		fr.Protected = edited(fr.Protected, func(h map[string]any) { h["typ"] = "passerelle-registry+jws" })
		fr.sign(f.keys[party])
	})},
	{"well signed, by another algorithm's name", true, changed(func(f *forger, fr *frame, party string) {
		fr.Protected = edited(fr.Protected, func(h map[string]any) { h["alg"] = "none" })
		fr.sign(f.keys[party])
	})},
}

// changed takes a frame apart, changes it, and puts it together; party is who signed it.
func changed(do func(f *forger, fr *frame, party string)) func(*forger, entry) entry {
	return func(f *forger, e entry) entry {
		fr := opened(e.line)
		do(f, &fr, signer(fr))
		line, err := json.Marshal(fr)
		if err != nil {
			f.t.Fatal(err)
		}
		return entry{e.stream, string(line)}
	}
}

// resigned changes the payload and signs it with the party's own key.
func resigned(edit func(payload map[string]any)) func(*forger, entry) entry {
	return changed(func(f *forger, fr *frame, party string) {
		fr.Payload = edited(fr.Payload, edit)
		fr.sign(f.keys[party])
	})
}

func (fr *frame) sign(key ed25519.PrivateKey) {
	fr.Signature = base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(fr.Protected+"."+fr.Payload)))
}

func opened(line string) (fr frame) {
	_ = json.Unmarshal([]byte(line), &fr) // what was recorded are frames
	return fr
}

func signer(fr frame) string {
	header, _ := base64.RawURLEncoding.DecodeString(fr.Protected) // likewise
	var h struct{ Kid string }
	_ = json.Unmarshal(header, &h)
	party, _, _ := strings.Cut(h.Kid, ".")
	return party
}

// edited changes members of an encoded JSON object.
func edited(encoded string, edit func(map[string]any)) string {
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	object := map[string]any{}
	err = errors.Join(err, json.Unmarshal(text, &object))
	if err != nil {
		panic(err) // a recorded frame
	}
	edit(object)
	return url64(asJSON(object))
}

// shuffled is an entry of up to twenty lines of a stream, in any order.
func (f *forger) shuffled(stream string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var lines []string
	for range 200 {
		if e := f.recorded[f.random.IntN(len(f.recorded))]; e.stream == stream && len(lines) < 20 {
			lines = append(lines, e.line)
		}
	}
	return strings.Join(lines, "\n")
}
