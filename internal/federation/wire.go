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
)

// FrameType is the `typ` of the protected header: what the payload is.
type FrameType string

// The three kinds of frame.
const (
	TypeEvent   FrameType = "passerelle-event+jws"
	TypeReceipt FrameType = "passerelle-receipt+jws"
	TypeResend  FrameType = "passerelle-resend+jws"
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
	protected, errP := b64.DecodeString(f.Protected)
	payload, errL := b64.DecodeString(f.Payload)
	signature, errS := b64.DecodeString(f.Signature)
	if err := errors.Join(errP, errL, errS); err != nil || f.Payload == "" {
		return Frame{}, contracts.Fault{Code: FaultFrame, Message: "protected, payload and signature are base64url without padding"}
	}
	var h header
	if err := contracts.Decode(protected, &h); err != nil || h.Alg != "Ed25519" || !h.Typ.known() {
		return Frame{}, contracts.Fault{Code: FaultHeader, Message: `the protected header has exactly alg "Ed25519", kid and a typ of ours`}
	}
	owner, public, ok := dir.key(h.Kid)
	if !ok {
		return Frame{}, contracts.Fault{Code: FaultKey, Message: fmt.Sprintf("the directory lists no key %.40q", string(h.Kid))}
	}
	input := signingInput(f.Protected, f.Payload)
	if !ed25519.Verify(public, input, signature) {
		return Frame{}, contracts.Fault{Code: FaultSignature, Message: "the signature does not fit"}
	}
	return Frame{Type: h.Typ, Signer: owner, Hash: hashOf(input), Payload: payload}, nil
}

func (t FrameType) known() bool { return t == TypeEvent || t == TypeReceipt || t == TypeResend }

// decodeFrame reads the outer object. It is larger than any document inside, so it has a limit of its own.
func decodeFrame(line []byte, f *flattened) error {
	bad := contracts.Fault{Code: FaultFrame, Message: "a frame is one JSON object with exactly protected, payload and signature"}
	dec := jsontext.NewDecoder(bytes.NewReader(line))
	if tok, err := dec.ReadToken(); err != nil || tok.Kind() != '{' {
		return bad
	}
	into := map[string]*string{"protected": &f.Protected, "payload": &f.Payload, "signature": &f.Signature}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return bad
		}
		target, ok := into[name.String()]
		if value, err := dec.ReadToken(); err != nil || !ok || value.Kind() != '"' {
			return bad
		} else {
			*target = value.String()
		}
	}
	if _, err := dec.ReadToken(); err != nil || len(bytes.TrimSpace(line[dec.InputOffset():])) > 0 {
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

func parseMessage(f Frame, network string, self contracts.PartyID) (Message, error) {
	var m Message
	if err := contracts.Decode(f.Payload, &m); err != nil {
		return Message{}, contracts.Fault{Code: FaultPayload, Message: err.Error()}
	}
	if m.SpecVersion != "1.0" || m.ID == "" || len(m.ID) > 64 || m.DataContentType != "application/json" || len(m.Data) == 0 {
		return Message{}, contracts.Fault{Code: FaultPayload, Message: "not a CloudEvent 1.0 with an id and JSON data"}
	}
	if m.Epoch < 1 || m.Epoch > maxSequence || m.Sequence < 1 || m.Sequence > maxSequence || (m.Sequence == 1) != (m.Previous == Hash{}) {
		return Message{}, contracts.Fault{Code: FaultNumbering, Message: "epoch and sequence count from 1, and only the first message has no previous one"}
	}
	return m, checkAddress(f, m.Network, m.Source, m.Recipient, network, self)
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
	Faults    contracts.Faults  `json:"faults,omitzero"`
	Time      time.Time         `json:"time"`
}

func parseReceipt(f Frame, network string, self contracts.PartyID) (Receipt, error) {
	var r Receipt
	if err := contracts.Decode(f.Payload, &r); err != nil {
		return Receipt{}, contracts.Fault{Code: FaultPayload, Message: err.Error()}
	}
	if r.Outcome != Applied && r.Outcome != Refused {
		return Receipt{}, contracts.Fault{Code: FaultPayload, Message: "an outcome is applied or refused"}
	}
	return r, checkAddress(f, r.Network, r.Source, r.Recipient, network, self)
}

// Resend is the payload of a resend frame: send again from this number on.
type Resend struct {
	Network   string            `json:"network"`
	Source    contracts.PartyID `json:"source"`
	Recipient contracts.PartyID `json:"recipient"`
	Epoch     int64             `json:"epoch"`
	From      int64             `json:"from"`
}

func parseResend(f Frame, network string, self contracts.PartyID) (Resend, error) {
	var r Resend
	if err := contracts.Decode(f.Payload, &r); err != nil {
		return Resend{}, contracts.Fault{Code: FaultPayload, Message: err.Error()}
	}
	if r.Epoch < 1 || r.From < 1 {
		return Resend{}, contracts.Fault{Code: FaultNumbering, Message: "epoch and sequence count from 1"}
	}
	return r, checkAddress(f, r.Network, r.Source, r.Recipient, network, self)
}
