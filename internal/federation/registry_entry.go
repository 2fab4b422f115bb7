package federation

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"passerelle/contracts"
)

// Codes of what is wrong with an entry of the registry, beside FaultNetwork and FaultSignature.
const (
	FaultEntry        contracts.FaultCode = "registry-entry"        // not an entry, or not in its one spelling
	FaultNumber       contracts.FaultCode = "registry-number"       // not the next one
	FaultPrevious     contracts.FaultCode = "registry-previous"     // follows another entry than the one that is here
	FaultSigner       contracts.FaultCode = "registry-signer"       // signed by somebody who has no say, or twice by one
	FaultApproval     contracts.FaultCode = "registry-approval"     // not signed by all who must
	FaultKeyUsed      contracts.FaultCode = "registry-key-used"     // the key has been somebody's before
	FaultEpoch        contracts.FaultCode = "registry-epoch"        // not the party's next epoch
	FaultEvidence     contracts.FaultCode = "registry-evidence"     // does not show that the party itself wants this key
	FaultMembership   contracts.FaultCode = "registry-membership"   // the party, or its key, is not in a state to which this can happen
	FaultEquivocation contracts.FaultCode = "registry-equivocation" // two properly signed entries of one number
)

// TypeRegistry is the `typ` of an entry's protected headers. No frame has it.
const TypeRegistry FrameType = "passerelle-registry+jws"

// Limits of an entry, in bytes. The evidence is the largest part: a frame of some 1,200 bytes.
const (
	maxRegistryEntry = 32 * 1024
	maxEvidence      = 8 * 1024
	maxReason        = 500
	maxSigners       = 16
)

// entryTag keeps hashes of entries apart from hashes of messages.
const entryTag = "passerelle-registry-entry-v1\n"

// RegistryAction is what an entry does to a party.
type RegistryAction string

// The actions. Who must sign which is said at admit.
const (
	ActEnrol  RegistryAction = "enrol"  // the party belongs to the network from now on, by this key alone
	ActRotate RegistryAction = "rotate" // the party signs with this key from now on
	ActRevoke RegistryAction = "revoke" // nothing new is accepted under this key
	ActLeave  RegistryAction = "leave"  // nothing new is accepted from the party or sent to it
)

// RegistryEntry is one decision about a party. Epoch, Key, Reason and Evidence are there as the action needs them.
type RegistryEntry struct {
	Network  string            `json:"network"`
	Number   int64             `json:"number"`   // 1, 2, 3 without a gap
	Previous Hash              `json:"previous"` // of the entry before, zero for the first
	Time     time.Time         `json:"time"`     // informs people; order is the number
	Action   RegistryAction    `json:"action"`
	Party    contracts.PartyID `json:"party"`
	Epoch    int64             `json:"epoch,omitzero"`    // enrol
	Key      PublicKey         `json:"key,omitzero"`      // enrol, rotate, revoke
	Reason   string            `json:"reason,omitzero"`   // revoke, leave; enrol if need be. Everybody reads it
	Evidence string            `json:"evidence,omitzero"` // enrol, rotate; see admit
}

// jws is JWS in its general JSON form (RFC 7515, section 7.2.1), without unprotected headers.
type jws struct {
	Payload    string         `json:"payload"`
	Signatures []jwsSignature `json:"signatures"`
}

type jwsSignature struct {
	Protected string `json:"protected"`
	Signature string `json:"signature"`
}

// signedEntry is an entry that was read but not believed.
type signedEntry struct {
	entry      RegistryEntry
	hash       Hash
	signatures []claim
}

// claim is a signature that says to be of a key.
type claim struct {
	kid              KeyID
	input, signature []byte
}

// holds tells whether the signature is of the key.
func (c claim) holds(k ed25519.PublicKey) bool { return ed25519.Verify(k, c.input, c.signature) }

func badEntry(format string, args ...any) error {
	return contracts.Fault{Code: FaultEntry, Message: fmt.Sprintf(format, args...), Remedy: "use the line exactly as this program wrote it"}
}

// parseEntry reads one line. An entry has one spelling, the one that Sign writes: whatever else would mean the same is refused.
func parseEntry(line []byte) (signedEntry, error) {
	if len(line) > maxRegistryEntry {
		return signedEntry{}, badEntry("a line of %d bytes is over the limit of %d", len(line), maxRegistryEntry)
	}
	var j jws
	if err := decodeExactly(line, &j); err != nil {
		return signedEntry{}, badEntry("not a JWS in general JSON form with exactly payload and signatures: %v", err)
	}
	payload, err := unbase64(j.Payload)
	if err != nil {
		return signedEntry{}, badEntry("the payload is not base64url without padding")
	}
	s := signedEntry{hash: hashOfEntry(payload)}
	if err := decodeExactly(payload, &s.entry); err != nil {
		return signedEntry{}, badEntry("the payload: %v", err)
	}
	if err := s.entry.checkForm(); err != nil {
		return signedEntry{}, err
	}
	s.signatures, err = parseSignatures(j)
	return s, err
}

// decodeExactly reads what contracts.Encode has written, and nothing else.
func decodeExactly[T any](b []byte, v *T) error {
	if err := contracts.Decode(b, v); err != nil {
		return err
	}
	again, err := contracts.Encode(*v)
	if err == nil && !bytes.Equal(again, b) {
		err = fmt.Errorf("another spelling of %.200s", again)
	}
	return err
}

func parseSignatures(j jws) ([]claim, error) {
	if n := len(j.Signatures); n < 1 || n > maxSigners {
		return nil, badEntry("%d signatures; 1 to %d may be there", n, maxSigners)
	}
	var claims []claim
	for i, s := range j.Signatures {
		protected, errP := unbase64(s.Protected)
		signature, errS := unbase64(s.Signature)
		if errP != nil || errS != nil || len(signature) != ed25519.SignatureSize {
			return nil, badEntry("signatures[%d] is not base64url without padding", i)
		}
		var h header
		if err := decodeExactly(protected, &h); err != nil || h.Alg != "Ed25519" || h.Typ != TypeRegistry {
			return nil, badEntry(`the header of signatures[%d] is not exactly alg "Ed25519", kid, typ "%s"`, i, TypeRegistry)
		}
		claims = append(claims, claim{h.Kid, signingInput(s.Protected, j.Payload), signature})
	}
	return claims, nil
}

// checkForm checks what an entry says without looking at any other: the members its action needs, and no others.
func (e RegistryEntry) checkForm() error {
	needs := map[RegistryAction]struct{ epoch, key, evidence, reason bool }{
		ActEnrol:  {epoch: true, key: true, evidence: true, reason: e.Reason != ""},
		ActRotate: {key: true, evidence: true},
		ActRevoke: {key: true, reason: true},
		ActLeave:  {reason: true},
	}
	need, known := needs[e.Action]
	switch {
	case !known:
		return badEntry("%.40q is no action; a newer program may know it", string(e.Action))
	case !countable(e.Number) || (e.Number == 1) != (e.Previous == Hash{}):
		return badEntry("numbers count from 1, and only the first entry has no previous one")
	case e.Time.IsZero() || e.Time.Location() != time.UTC:
		return badEntry("the time is not in UTC")
	case need.epoch != (e.Epoch != 0), need.key != (e.Key != PublicKey{}), need.evidence != (e.Evidence != ""), need.reason != (e.Reason != ""):
		return badEntry("%s has not exactly the members it needs", e.Action)
	case need.epoch && !countable(e.Epoch), e.Key.Revoked, len(e.Evidence) > maxEvidence:
		return badEntry("%s has a member out of its range", e.Action)
	}
	return checkReason(e.Reason)
}

// checkReason keeps a reason short and on one line of any page.
func checkReason(s string) error {
	if len(s) > maxReason || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) || strings.TrimSpace(s) != s {
		return contracts.Fault{Code: FaultEntry, Field: "reason", Message: fmt.Sprintf("a reason is one line of up to %d bytes", maxReason), Remedy: "write it in a sentence, without names of persons: every party reads it"}
	}
	return nil
}

func hashOfEntry(payload []byte) Hash {
	return sha256.Sum256(slices.Concat([]byte(entryTag), payload))
}

// Sign writes the entry as a line of the registry, signed by keys. It may still lack signatures: see Cosign.
func (e RegistryEntry) Sign(keys ...Key) ([]byte, error) {
	payload, err := contracts.Encode(e)
	if err != nil {
		return nil, err
	}
	return jws{Payload: b64.EncodeToString(payload)}.sign(keys)
}

// Cosign adds signatures to a line that Sign has made, somewhere else.
func Cosign(line []byte, keys ...Key) ([]byte, error) {
	if _, err := parseEntry(line); err != nil {
		return nil, err
	}
	var j jws
	if err := contracts.Decode(line, &j); err != nil {
		return nil, err
	}
	return j.sign(keys)
}

func (j jws) sign(keys []Key) ([]byte, error) {
	for _, k := range keys {
		protected, err := contracts.Encode(header{Alg: "Ed25519", Kid: k.ID, Typ: TypeRegistry})
		if err != nil {
			return nil, err
		}
		s := jwsSignature{Protected: b64.EncodeToString(protected)}
		s.Signature = b64.EncodeToString(ed25519.Sign(k.private, signingInput(s.Protected, j.Payload)))
		j.Signatures = append(j.Signatures, s)
	}
	return contracts.Encode(j)
}

// ReadEntry returns what a line says, without believing it: to show a person what he is asked to sign.
func ReadEntry(line []byte) (RegistryEntry, error) {
	s, err := parseEntry(line)
	return s.entry, err
}
