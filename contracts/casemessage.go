package contracts

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// CaseFlow is what a message between home and host is about.
type CaseFlow string

// The flows, after the case types of the social-security institutions' own exchange.
const (
	FlowPosting         CaseFlow = "F1"
	FlowSeveralStates   CaseFlow = "F2"
	FlowException       CaseFlow = "F3"
	FlowChange          CaseFlow = "F4"
	FlowHostLegislation CaseFlow = "F5"
	FlowQuestion        CaseFlow = "F6"
	FlowAdministrative  CaseFlow = "X" // goes with every flow
)

// CaseFlows lists every flow.
var CaseFlows = []CaseFlow{FlowPosting, FlowSeveralStates, FlowException, FlowChange, FlowHostLegislation, FlowQuestion, FlowAdministrative}

// CaseKind is a kind of message between home and host.
type CaseKind string

// The kinds.
const (
	KindHostRequest        CaseKind = "HOST_REQUEST"
	KindHostAccept         CaseKind = "HOST_ACCEPT"
	KindHostDecline        CaseKind = "HOST_DECLINE"
	KindDeclarationFiled   CaseKind = "DECLARATION_FILED"
	KindTaxNote            CaseKind = "TAX_NOTE"
	KindLocalContact       CaseKind = "LOCAL_CONTACT"
	KindA1Status           CaseKind = "A1_STATUS"
	KindDetermination      CaseKind = "DETERMINATION"
	KindAgree              CaseKind = "AGREE"
	KindDisagree           CaseKind = "DISAGREE"
	KindExceptionRequested CaseKind = "EXCEPTION_REQUESTED"
	KindExceptionResult    CaseKind = "EXCEPTION_RESULT"
	KindHostView           CaseKind = "HOST_VIEW"
	KindChangeNotice       CaseKind = "CHANGE_NOTICE"
	KindHostLegislation    CaseKind = "HOST_LEGISLATION"
	KindHostEngages        CaseKind = "HOST_ENGAGES"
	KindInfoRequest        CaseKind = "INFO_REQUEST"
	KindInfoReply          CaseKind = "INFO_REPLY"
	KindClose              CaseKind = "CLOSE"
	KindInvalidate         CaseKind = "INVALIDATE"
	KindReminder           CaseKind = "REMINDER"
	KindClarify            CaseKind = "CLARIFY"
	KindReopen             CaseKind = "REOPEN"
	KindForward            CaseKind = "FORWARD"
	KindAck                CaseKind = "ACK"
	KindRead               CaseKind = "READ" // the host tells home who read what
)

// CaseRule is who may send a kind of message, and in which flows.
type CaseRule struct {
	Flows      []CaseFlow
	Home, Host bool
	Answers    []CaseKind // what it may reply to; none for one that opens its flow, or that goes at any time
}

// CaseRules is the table of messages.
var CaseRules = map[CaseKind]CaseRule{
	KindHostRequest:        {Flows: in(FlowPosting), Home: true},
	KindHostAccept:         {Flows: in(FlowPosting), Host: true, Answers: to(KindHostRequest)},
	KindHostDecline:        {Flows: in(FlowPosting, FlowHostLegislation), Host: true, Answers: to(KindHostRequest, KindHostLegislation)},
	KindDeclarationFiled:   {Flows: in(FlowPosting), Host: true, Answers: to(KindHostRequest)},
	KindTaxNote:            {Flows: in(FlowPosting), Host: true, Answers: to(KindHostRequest)},
	KindLocalContact:       {Flows: in(FlowPosting), Host: true, Answers: to(KindHostRequest)},
	KindA1Status:           {Flows: in(FlowPosting), Home: true, Answers: to(KindHostRequest)},
	KindDetermination:      {Flows: in(FlowSeveralStates), Home: true},
	KindAgree:              {Flows: in(FlowSeveralStates), Host: true, Answers: to(KindDetermination)},
	KindDisagree:           {Flows: in(FlowSeveralStates), Host: true, Answers: to(KindDetermination)},
	KindExceptionRequested: {Flows: in(FlowException), Home: true},
	KindExceptionResult:    {Flows: in(FlowException), Home: true, Answers: to(KindExceptionRequested)},
	KindHostView:           {Flows: in(FlowException), Host: true, Answers: to(KindExceptionRequested)},
	KindChangeNotice:       {Flows: in(FlowChange), Home: true, Host: true},
	KindHostLegislation:    {Flows: in(FlowHostLegislation), Home: true},
	KindHostEngages:        {Flows: in(FlowHostLegislation), Host: true, Answers: to(KindHostLegislation)},
	KindInfoRequest:        {Flows: in(FlowQuestion), Home: true, Host: true},
	KindInfoReply:          {Flows: in(FlowQuestion), Home: true, Host: true, Answers: to(KindInfoRequest)},
	KindClose:              {Flows: in(FlowAdministrative), Home: true},
	KindInvalidate:         {Flows: in(FlowAdministrative), Home: true, Host: true},
	KindReminder:           {Flows: in(FlowAdministrative), Home: true, Host: true},
	KindClarify:            {Flows: in(FlowAdministrative), Home: true, Host: true},
	KindReopen:             {Flows: in(FlowAdministrative), Home: true},
	KindForward:            {Flows: in(FlowAdministrative), Home: true, Host: true},
	KindAck:                {Flows: in(FlowAdministrative), Home: true, Host: true},
	KindRead:               {Flows: in(FlowAdministrative), Host: true},
}

func in(flows ...CaseFlow) []CaseFlow { return flows }
func to(kinds ...CaseKind) []CaseKind { return kinds }

// CaseClass tells what the sealed parts of a message hold.
type CaseClass string

// The classes.
const (
	ClassLetter    CaseClass = "letter"    // a letter alone
	ClassDocuments CaseClass = "documents" // a letter and documents
)

// MessageID is a message between home and host, in all its versions: 32 small hexadecimal digits, random.
type MessageID string

// Bounds of a message. A sealed part is as large as leaves room for the frames around it; padding makes it one of a few sizes.
const (
	MaxPart  = 140_000
	MaxParts = 80
)

// CaseMessageSent says: I have written this to another node. What it says is sealed to that node; the hub hands the signed frame on as it is
// and can neither read nor change it.
type CaseMessageSent struct {
	Case      CaseID      `json:"case"`
	Home      CountryCode `json:"home"` // whose case it is: from or to
	Flow      CaseFlow    `json:"flow"`
	Kind      CaseKind    `json:"kind"`
	Message   MessageID   `json:"message"`
	Version   int         `json:"version"` // from 1; a correction is a new one
	InReplyTo MessageID   `json:"in_reply_to,omitzero"`
	From      CountryCode `json:"from"`
	To        CountryCode `json:"to"`
	RuleSet   string      `json:"rule_set"`
	Class     CaseClass   `json:"class"`
	Part      int         `json:"part"` // from 1
	Parts     int         `json:"parts"`
	Key       SealingID   `json:"key"` // of the recipient, that it is sealed to
	Sealed    []byte      `json:"sealed"`
}

// RuleSets lists the rule sets a message may name.
var RuleSets = []string{"eu-2010", "eu-2028"}

// EventType is the name on the wire.
func (CaseMessageSent) EventType() EventType { return TypeCaseMessageSent }

// Owner is the sender's country.
func (e CaseMessageSent) Owner() CountryCode { return e.From }

// Validate checks the outside of a message: who may send what in which flow, and its sizes.
func (e CaseMessageSent) Validate() error {
	var fs Faults
	fs.Add("case", e.Case.Validate())
	fs.Add("from", e.From.Validate())
	fs.Add("to", e.To.Validate())
	if e.From == e.To || e.Home != e.From && e.Home != e.To {
		fs.Addf(FaultInvalid, "home", "", "a message goes between the home node of the case and another")
	}
	fs.Add("", e.rule())
	fs.random("message", string(e.Message))
	if e.InReplyTo != "" {
		fs.random("in_reply_to", string(e.InReplyTo))
	}
	if e.Version < 1 || e.Version > 1000 {
		fs.Addf(FaultInvalid, "version", "", "%d is out of range", e.Version)
	}
	listed(&fs, "rule_set", e.RuleSet, RuleSets)
	listed(&fs, "class", e.Class, []CaseClass{ClassLetter, ClassDocuments})
	if e.Parts < 1 || e.Parts > MaxParts || e.Part < 1 || e.Part > e.Parts {
		fs.Addf(FaultInvalid, "part", "", "%d is out of range", e.Part)
	}
	fs.Add("key", e.Key.Validate())
	if len(e.Sealed) == 0 || len(e.Sealed) > MaxPart {
		fs.Addf(FaultTooLarge, "sealed", "", "%d is out of range", len(e.Sealed))
	}
	return fs.Err()
}

// rule holds kind, flow, sender and reply against the table.
func (e CaseMessageSent) rule() error {
	r, ok := CaseRules[e.Kind]
	if !ok {
		return Fault{Code: FaultInvalid, Field: "kind", Message: fmt.Sprintf("%q is not known", clip(string(e.Kind)))}
	}
	var fs Faults
	listed(&fs, "flow", e.Flow, r.Flows)
	if e.From == e.Home && !r.Home || e.From != e.Home && !r.Host {
		fs.Addf(FaultInvalid, "from", "", "%s is not for this side to send", e.Kind)
	}
	if len(r.Answers) > 0 && e.InReplyTo == "" {
		fs.Addf(FaultMissing, "in_reply_to", "", "no message to answer")
	}
	return fs.Err()
}

// Suite is the one way messages are sealed: HPKE (RFC 9180) with the hybrid of ML-KEM-768 and X25519, HKDF-SHA256 and AES-256-GCM.
const Suite = "hpke-mlkem768x25519-sha256-aes256gcm"

// sealingKeySize is the length of a public key of Suite.
const sealingKeySize = 1216

// SealingID names a sealing key: the first 32 hexadecimal digits of the SHA-256 of the public key.
type SealingID string

// SealingIDOf returns the id of a public key.
func SealingIDOf(public []byte) SealingID {
	sum := sha256.Sum256(public)
	return SealingID(hex.EncodeToString(sum[:16]))
}

// Validate refuses what is no id of a key.
func (id SealingID) Validate() error { return CaseID(id).Validate() }

// SealingKeyPublished says: seal to this key from now on what is for me alone. The hub hands it on to every node.
type SealingKeyPublished struct {
	Country CountryCode `json:"country"`
	Suite   string      `json:"suite"`
	ID      SealingID   `json:"id"`
	Number  int         `json:"number"` // 1 for the first key of this country, 2 for the next; the highest counts
	Public  []byte      `json:"public"`
}

// EventType is the name on the wire.
func (SealingKeyPublished) EventType() EventType { return TypeSealingKeyPublished }

// Owner is the country whose key it is.
func (e SealingKeyPublished) Owner() CountryCode { return e.Country }

// Validate checks the key's form and that the id is its own.
func (e SealingKeyPublished) Validate() error {
	var fs Faults
	fs.Add("country", e.Country.Validate())
	listed(&fs, "suite", e.Suite, []string{Suite})
	if e.Number < 1 {
		fs.Addf(FaultInvalid, "number", "", "%d is out of range", e.Number)
	}
	if len(e.Public) != sealingKeySize || e.ID != SealingIDOf(e.Public) {
		fs.Addf(FaultInvalid, "public", "", "not a public key with this id")
	}
	return fs.Err()
}

// SignedFrame is a frame of the wire as its sender signed it: three texts in base64url.
type SignedFrame struct {
	Protected string `json:"protected"`
	Payload   string `json:"payload"`
	Signature string `json:"signature"`
}

// FrameForwarded says: this frame of another node is for you. It is the hub's to say: what is inside was said and signed by the
// frame's own sender.
type FrameForwarded struct {
	Frame SignedFrame `json:"frame"`
}

// EventType is the name on the wire.
func (FrameForwarded) EventType() EventType { return TypeFrameForwarded }

// Owner is nobody: the hub states it.
func (FrameForwarded) Owner() CountryCode { return "" }

// Validate checks that there is a frame; whether it is good is for who knows the directory.
func (e FrameForwarded) Validate() error {
	var fs Faults
	for name, text := range map[string]string{"protected": e.Frame.Protected, "payload": e.Frame.Payload, "signature": e.Frame.Signature} {
		if text == "" {
			fs.Addf(FaultMissing, "frame."+name, "", "empty")
		}
	}
	return fs.Err()
}
