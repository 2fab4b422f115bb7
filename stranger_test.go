package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// stranger is a co-operative with its own software: a sender written from contracts/wire.md and nothing else. It shares no code with
// the network, so it imports only the standard library.
type stranger struct {
	network, party string
	private        ed25519.PrivateKey
	sequence       int
	previous       string // hash of the message before
}

type object = map[string]any

func newStranger(network, party string) *stranger {
	seed := sha256.Sum256([]byte("stranger " + party)) // the same key in every test
	return &stranger{network: network, party: party, private: ed25519.NewKeyFromSeed(seed[:]), previous: strings.Repeat("0", 64)}
}

func (s *stranger) public() ed25519.PublicKey { return s.private.Public().(ed25519.PublicKey) }

// kid is section 2: the party, a full stop, and the first 16 digits of the key's hash.
func (s *stranger) kid() string {
	sum := sha256.Sum256(s.public())
	return s.party + "." + hex.EncodeToString(sum[:])[:16]
}

// member is section 9: how the directory lists the party.
func (s *stranger) member() object {
	return object{"party": s.party, "keys": []object{{"id": s.kid(), "key": url64(s.public())}}}
}

// draft is a frame before it is signed. A test spoils it here.
type draft struct{ header, payload object }

// event is section 3: the next message of the channel to the hub.
func (s *stranger) event(typ string, data object) draft {
	return draft{
		header: object{"alg": "Ed25519", "kid": s.kid(), "typ": "passerelle-event+jws"},
		payload: object{"specversion": "1.0", "id": fmt.Sprintf("%s-%d", s.party, s.sequence+1), "source": s.party, "type": typ, "time": "2026-04-01T08:00:00Z",
			"datacontenttype": "application/json", "network": s.network, "recipient": "hub", "epoch": 1, "sequence": s.sequence + 1, "previous": s.previous, "data": data},
	}
}

// sign is section 2: the frame as a line, and its hash.
func (s *stranger) sign(d draft) (frame, hash string) {
	input := url64(asJSON(d.header)) + "." + url64(asJSON(d.payload))
	protected, payload, _ := strings.Cut(input, ".")
	sum := sha256.Sum256([]byte("passerelle-message-v1\n" + input))
	return string(asJSON(object{"protected": protected, "payload": payload, "signature": url64(ed25519.Sign(s.private, []byte(input)))})), hex.EncodeToString(sum[:])
}

// send is section 7: sign the next message and keep where the chain stands.
func (s *stranger) send(d draft) string {
	frame, hash := s.sign(d)
	s.sequence, s.previous = s.sequence+1, hash
	return frame
}

// receipt is what the receiver's answer to a message says, once its signature is checked under the hub's key.
type receipt struct {
	Source, Recipient, Outcome, Hash string
	Sequence                         int
	Faults                           []struct{ Code string }
}

// readReceipt is section 4, as far as a sender needs it.
func readReceipt(frame []byte, hub ed25519.PublicKey) (r receipt, err error) {
	var f struct{ Protected, Payload, Signature string }
	if err := json.Unmarshal(frame, &f); err != nil {
		return r, err
	}
	signature, err := base64.RawURLEncoding.DecodeString(f.Signature)
	if err != nil || !ed25519.Verify(hub, []byte(f.Protected+"."+f.Payload), signature) {
		return r, fmt.Errorf("the hub did not sign this: %v", err)
	}
	payload, err := base64.RawURLEncoding.DecodeString(f.Payload)
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(payload, &r)
}

// strangersInvoice is schema/invoice-issued.v1.json: an invoice of a node to a buyer in France, under reverse charge.
func strangersInvoice(id, seller, amount string) object {
	eur := func(amount string) object { return object{"amount": amount, "currency": "EUR"} }
	return object{"id": id, "seller": seller, "member": "9d1f0c5e", "buyer": object{"country": "FR", "kind": "business"}, "service": "general",
		"issue_date": "2026-03-31", "supply_date": "2026-03-31", "category": "AE", "tax_exclusive": eur(amount), "tax": eur("0.00"),
		"rate": "6.5", "contribution": eur("6.50"), "demonstration": true}
}

const invoiceIssued = "coop.passerelle.invoice-issued.v1"

func url64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func asJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of texts and numbers
	}
	return b
}

func TestTheStrangerSharesNoCode(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "stranger_test.go", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range f.Imports {
		name, err := strconv.Unquote(i.Path.Value)
		first, _, _ := strings.Cut(name, "/")
		if err != nil || first == "passerelle" || strings.Contains(first, ".") {
			t.Errorf("imports %s; a stranger has the standard library and contracts/wire.md", name)
		}
	}
}
