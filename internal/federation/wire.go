package federation

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"passerelle/contracts"
)

// Codes of what is wrong with a frame. They are part of the wire format: the test vectors name them.
const (
	FaultFrame     contracts.FaultCode = "frame"     // not a flattened JWS of ours
	FaultHeader    contracts.FaultCode = "header"    // another algorithm, type or member in the protected header
	FaultKey       contracts.FaultCode = "key"       // a key the directory does not list
	FaultSignature contracts.FaultCode = "signature" // the signature does not fit the bytes
	FaultNetwork   contracts.FaultCode = "network"   // meant for another network
	FaultRecipient contracts.FaultCode = "recipient" // meant for another party
	FaultSender    contracts.FaultCode = "sender"    // signed by another party than the source it names
	FaultPayload   contracts.FaultCode = "payload"   // signed, but not the document the header announces
	FaultNumbering contracts.FaultCode = "numbering" // epoch, sequence or previous hash out of range
	FaultReceipt   contracts.FaultCode = "receipt"   // an answer to a message that was never sent
)

// FrameType is the `typ` of the protected header: what the payload is.
type FrameType string

// The three kinds of frame.
const (
	TypeEvent    FrameType = "passerelle-event+jws"
	TypeReceipt  FrameType = "passerelle-receipt+jws"
	TypeStanding FrameType = "passerelle-standing+jws"
)

// Limits of a frame. A payload holds an event body of at most contracts.MaxBytes with its envelope around it.
const (
	maxPayload = contracts.MaxBytes
	maxFrame   = maxPayload/3*4 + 4096
)

// Hash is the SHA-256 of a message: a fixed tag and the exact bytes that were signed. On the wire it is 64 small
// hexadecimal digits; the first message of a channel names the zero hash as its previous one.
type Hash [sha256.Size]byte

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes 64 hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads exactly 64 small hexadecimal digits.
func (h *Hash) UnmarshalText(b []byte) error {
	if len(b) != 2*len(h) || bytes.ContainsAny(b, "ABCDEF") {
		return contracts.Fault{Code: contracts.FaultInvalid, Message: "a hash is 64 small hexadecimal digits"}
	}
	_, err := hex.Decode(h[:], b)
	return err
}

// hashTag keeps our hashes apart from any other use of SHA-256 over the same bytes.
const hashTag = "passerelle-message-v1\n"

func hashOf(signingInput []byte) (h Hash) {
	d := sha256.New()
	io.WriteString(d, hashTag)
	d.Write(signingInput)
	d.Sum(h[:0])
	return h
}

// header is the protected header, exactly these three members.
type header struct {
	Alg string    `json:"alg"`
	Kid KeyID     `json:"kid"`
	Typ FrameType `json:"typ"`
}

// flattened is JWS in its flattened JSON form (RFC 7515, section 7.2.2), without the unprotected header.
type flattened struct {
	Protected string `json:"protected"`
	Payload   string `json:"payload"`
	Signature string `json:"signature"`
}

// Frame is a verified JWS: its payload was signed by Signer, and Hash names the signed bytes.
type Frame struct {
	Type    FrameType
	Signer  contracts.PartyID
	Key     KeyID
	Retired bool // nothing new is accepted under the key
	Hash    Hash
	Payload []byte
}

var b64 = base64.RawURLEncoding.Strict()

// seal signs payload and returns the frame as one line of JSON, and its hash.
func seal(k Key, typ FrameType, payload []byte) ([]byte, Hash, error) {
	if len(payload) > maxPayload {
		return nil, Hash{}, contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("a message of %d bytes is over the limit of %d", len(payload), maxPayload)}
	}
	protected, err := contracts.Encode(header{Alg: "Ed25519", Kid: k.ID, Typ: typ})
	if err != nil {
		return nil, Hash{}, err
	}
	input := signingInput(b64.EncodeToString(protected), b64.EncodeToString(payload))
	line, err := contracts.Encode(flattened{
		Protected: string(input[:bytes.IndexByte(input, '.')]),
		Payload:   string(input[bytes.IndexByte(input, '.')+1:]),
		Signature: b64.EncodeToString(ed25519.Sign(k.private, input)),
	})
	return line, hashOf(input), err
}

func signingInput(protected, payload string) []byte { return []byte(protected + "." + payload) }

// open verifies one frame before a byte of its payload is read. The key comes from the directory, the algorithm is fixed.
func open(dir *Directory, line []byte) (Frame, error) {
	if len(line) > maxFrame {
		return Frame{}, contracts.Fault{Code: FaultFrame, Message: fmt.Sprintf("a frame of %d bytes is over the limit", len(line))}
	}
	var f flattened
	if err := decodeFrame(line, &f); err != nil {
		return Frame{}, err
	}
	protected, errP := unbase64(f.Protected)
	payload, errL := unbase64(f.Payload)
	signature, errS := unbase64(f.Signature)
	if err := errors.Join(errP, errL, errS); err != nil {
		return Frame{}, contracts.Fault{Code: FaultFrame, Message: "protected, payload and signature are base64url without padding"}
	}
	var h header
	if err := contracts.Decode(protected, &h); err != nil || h.Alg != "Ed25519" || !h.Typ.known() {
		return Frame{}, contracts.Fault{Code: FaultHeader, Message: `the protected header has exactly alg "Ed25519", kid and a typ of ours`}
	}
	signer, ok := dir.key(h.Kid)
	if !ok {
		return Frame{}, contracts.Fault{Code: FaultKey, Message: fmt.Sprintf("the directory lists no key %.40q", string(h.Kid))}
	}
	input := signingInput(f.Protected, f.Payload)
	if !ed25519.Verify(signer.public, input, signature) {
		return Frame{}, contracts.Fault{Code: FaultSignature, Message: "the signature does not fit"}
	}
	return Frame{Type: h.Typ, Signer: signer.party, Key: h.Kid, Retired: signer.revoked, Hash: hashOf(input), Payload: payload}, nil
}

// unbase64 reads base64url in its one canonical spelling; the library's strict decoder still skips line breaks.
func unbase64(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, errors.New("a line break in base64url")
	}
	return b64.DecodeString(s)
}

func (t FrameType) known() bool { return t == TypeEvent || t == TypeReceipt || t == TypeStanding }

// decodeFrame reads the outer object. It is larger than any document inside, so it has a limit of its own.
func decodeFrame(line []byte, f *flattened) error {
	bad := contracts.Fault{Code: FaultFrame, Message: "a frame is one JSON object with exactly protected, payload and signature"}
	dec := jsontext.NewDecoder(bytes.NewReader(line))
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != '{' {
		return bad
	}
	into := map[string]*string{"protected": &f.Protected, "payload": &f.Payload, "signature": &f.Signature}
	for dec.PeekKind() == '"' {
		tok, err := dec.ReadToken() // a name that stands there twice is an error here
		if err != nil {
			return bad
		}
		name := tok.String() // the token is gone with the next call
		target, ok := into[name]
		if !ok || dec.PeekKind() != '"' {
			return bad
		}
		value, err := dec.ReadToken()
		if err != nil {
			return bad
		}
		*target = value.String()
		delete(into, name)
	}
	if _, err := dec.ReadToken(); err != nil || len(into) > 0 {
		return bad
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return bad
	}
	return nil
}

// Message is the payload of an event frame: a CloudEvent 1.0 in JSON whose extension attributes say where in which
// channel it stands. Everything is inside the signature.
type Message struct {
	SpecVersion     string              `json:"specversion"`
	ID              string              `json:"id"`
	Source          contracts.PartyID   `json:"source"`
	Type            contracts.EventType `json:"type"`
	Time            time.Time           `json:"time"` // informs people; order is the sequence
	DataContentType string              `json:"datacontenttype"`
	Network         string              `json:"network"`
	Recipient       contracts.PartyID   `json:"recipient"`
	Epoch           int64               `json:"epoch"`
	Sequence        int64               `json:"sequence"`
	Previous        Hash                `json:"previous"`
	Cause           string              `json:"cause,omitzero"` // id of the message or request this follows from
	Data            jsontext.Value      `json:"data"`
}

// maxSequence is what a CloudEvents integer holds.
const maxSequence = 1<<31 - 1

func countable(n int64) bool { return n >= 1 && n <= maxSequence }

// Lengths of the texts in a Message that are not compared with something known.
const (
	maxID   = 64
	maxType = 128
)

// printable tells whether s is of 1 to most characters between "!" and "~": they mean the same to every store, log and page.
func printable(s string, most int) bool {
	return s != "" && len(s) <= most && strings.IndexFunc(s, func(r rune) bool { return r < '!' || r > '~' }) < 0
}

func parseMessage(f Frame, network string, self contracts.PartyID) (Message, error) {
	var m Message
	err := decodePayload(f.Payload, &m, "specversion", "id", "source", "type", "time", "datacontenttype", "network", "recipient", "epoch", "sequence", "previous", "data")
	if err != nil {
		return Message{}, err
	}
	if m.SpecVersion != "1.0" || m.DataContentType != "application/json" || m.Data.Kind() != '{' {
		return Message{}, contracts.Fault{Code: FaultPayload, Message: "not a CloudEvent 1.0 with a JSON object as its data"}
	}
	if !printable(m.ID, maxID) || !printable(string(m.Type), maxType) || m.Cause != "" && !printable(m.Cause, maxID) {
		return Message{}, contracts.Fault{Code: FaultPayload, Message: "id, type and cause are short printable ASCII"}
	}
	if !countable(m.Epoch) || !countable(m.Sequence) || (m.Sequence == 1) != (m.Previous == Hash{}) {
		return Message{}, contracts.Fault{Code: FaultNumbering, Message: "epoch and sequence count from 1, and only the first message has no previous one"}
	}
	if f.Signer == self && m.Source == self && m.Recipient != self { // a message of ours that comes back
		self = m.Recipient
	}
	return m, checkAddress(f, m.Network, m.Source, m.Recipient, network, self)
}

// decodePayload reads a signed payload strictly: each named member is there, and no member is null.
func decodePayload(payload []byte, v any, members ...string) error {
	if err := contracts.Decode(payload, v); err != nil {
		return contracts.Fault{Code: FaultPayload, Message: err.Error()}
	}
	present, err := membersOf(payload)
	if err != nil {
		return contracts.Fault{Code: FaultPayload, Message: err.Error()}
	}
	for _, name := range members {
		if !slices.Contains(present, name) {
			return contracts.Fault{Code: FaultPayload, Field: name, Message: "missing"}
		}
	}
	return nil
}

func membersOf(object []byte) (names []string, err error) {
	dec := jsontext.NewDecoder(bytes.NewReader(object), jsontext.AllowDuplicateNames(true)) // looked for by Decode already
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != '{' {
		return nil, errors.New("not a JSON object")
	}
	for dec.PeekKind() == '"' {
		tok, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		name := tok.String()
		names = append(names, name)
		if dec.PeekKind() == 'n' {
			return nil, fmt.Errorf("%s is null", name)
		}
		if err := dec.SkipValue(); err != nil {
			return nil, err
		}
	}
	return names, nil
}

func checkAddress(f Frame, network string, source, recipient contracts.PartyID, ours string, self contracts.PartyID) error {
	switch {
	case network != ours:
		return contracts.Fault{Code: FaultNetwork, Message: "meant for another network"}
	case source != f.Signer:
		return contracts.Fault{Code: FaultSender, Message: "signed by another party than it names as its source"}
	case recipient != self:
		return contracts.Fault{Code: FaultRecipient, Message: "meant for another party"}
	}
	return nil
}

// Outcome is the receiver's answer to a message.
type Outcome string

// A refused message is consumed: its number is used, its effect is not there, its faults say why.
const (
	Applied Outcome = "applied"
	Refused Outcome = "refused"
)

// Receipt is the payload of a receipt frame: the receiver's signed word that the message is in its books. It names the
// message by channel, number and hash, so it proves which bytes were answered.
type Receipt struct {
	Network   string            `json:"network"`
	Source    contracts.PartyID `json:"source"`    // who answers
	Recipient contracts.PartyID `json:"recipient"` // who sent the message
	Epoch     int64             `json:"epoch"`
	Sequence  int64             `json:"sequence"`
	Hash      Hash              `json:"hash"`
	Outcome   Outcome           `json:"outcome"`
	Faults    contracts.Faults  `json:"faults,omitzero"` // why it was refused; none when applied
	Time      time.Time         `json:"time"`
}

func parseReceipt(f Frame, network string, self contracts.PartyID) (Receipt, error) {
	var r Receipt
	err := decodePayload(f.Payload, &r, "network", "source", "recipient", "epoch", "sequence", "hash", "outcome", "time")
	if err != nil {
		return Receipt{}, err
	}
	if r.Outcome != Applied && r.Outcome != Refused || (r.Outcome == Refused) != (len(r.Faults) > 0) {
		return Receipt{}, contracts.Fault{Code: FaultPayload, Message: "an outcome is applied without faults, or refused with at least one"}
	}
	if !countable(r.Epoch) || !countable(r.Sequence) {
		return Receipt{}, contracts.Fault{Code: FaultNumbering, Message: "epoch and sequence count from 1"}
	}
	return r, checkAddress(f, r.Network, r.Source, r.Recipient, network, self)
}

// Standing is the payload of a standing frame: a party's word on where both its channels with the recipient stand. It is the sign of
// life, what a resend is asked with, and the comparison of heads that every start begins with.
type Standing struct {
	Network   string            `json:"network"`
	Source    contracts.PartyID `json:"source"`
	Recipient contracts.PartyID `json:"recipient"`
	Consumed  Point             `json:"consumed"` // of the recipient's messages, without a gap
	Written   Point             `json:"written"`  // of its own messages to the recipient
	Asks      bool              `json:"asks"`     // it waits for what follows Consumed, or for the recipient's standing
	Mark      string            `json:"mark"`     // names this start of the source: random, new with every start
	Repeats   string            `json:"repeats"`  // the mark last heard from the recipient, empty when none: the proof that this is no old standing
	Registry  int64             `json:"registry"` // how many entries of the registry it knows
	Time      time.Time         `json:"time"`     // informs people, and tells how old a copy of the registry may be
}

func parseStanding(f Frame, network string, self contracts.PartyID) (Standing, error) {
	var s Standing
	if err := decodePayload(f.Payload, &s, "network", "source", "recipient", "consumed", "written", "asks", "mark", "repeats", "registry", "time"); err != nil {
		return Standing{}, err
	}
	if !printable(s.Mark, maxID) || s.Repeats != "" && !printable(s.Repeats, maxID) {
		return Standing{}, contracts.Fault{Code: FaultPayload, Message: "a mark is short printable ASCII"}
	}
	if !s.Consumed.valid() || !s.Written.valid() || s.Registry < 0 || s.Registry > maxSequence {
		return Standing{}, contracts.Fault{Code: FaultNumbering, Message: "epochs count from 1, sequences and registry from 0, and only sequence 0 has the zero hash"}
	}
	return s, checkAddress(f, s.Network, s.Source, s.Recipient, network, self)
}

func (p Point) valid() bool {
	return countable(p.Epoch) && p.Sequence >= 0 && p.Sequence <= maxSequence && (p.Sequence == 0) == (p.Hash == Hash{})
}
