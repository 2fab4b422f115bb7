package federation

import (
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"passerelle/contracts"
)

// possessionTag begins what a new key signs to show that whoever announces it has it: this, then network, party and key id, each
// with a line feed behind it.
const possessionTag = "passerelle-key-possession-v1\n"

func possession(network string, party contracts.PartyID, id KeyID) []byte {
	return fmt.Appendf(nil, "%s%s\n%s\n%s\n", possessionTag, network, party, id)
}

// prove signs that the key belongs to its party in a network.
func (k Key) prove(network string) string {
	return b64.EncodeToString(ed25519.Sign(k.private, possession(network, k.Party, k.ID)))
}

func possessed(network string, party contracts.PartyID, k PublicKey, proof string) bool {
	public, err := k.check(party)
	if err != nil {
		return false
	}
	signature, err := unbase64(proof)
	return err == nil && ed25519.Verify(public, possession(network, party, k.ID), signature)
}

// JoinRequest is what a party hands to the holders of the roots to be enrolled, with a key of its own that only it has. It is
// no secret; that it is the party's own is shown by reading its Fingerprint to each other.
type JoinRequest struct {
	Network string            `json:"network"`
	Party   contracts.PartyID `json:"party"`
	Key     PublicKey         `json:"key"`
	Proof   string            `json:"proof"` // see possessionTag
}

// RequestJoin asks for the key's party to be enrolled by it.
func RequestJoin(network string, k Key) JoinRequest {
	return JoinRequest{network, k.Party, k.Public(), k.prove(network)}
}

// ParseJoinRequest reads a join request, strictly, and checks its key and proof.
func ParseJoinRequest(b []byte) (JoinRequest, error) {
	var j JoinRequest
	if err := contracts.Decode(b, &j); err != nil {
		return JoinRequest{}, err
	}
	var fs contracts.Faults
	if !isParty(j.Party) {
		fs.Addf(contracts.FaultInvalid, "party", "", "%.40q can be no party", string(j.Party))
	}
	_, err := j.Key.check(j.Party)
	fs.Add("key", err)
	if err == nil && (j.Key.Revoked || !possessed(j.Network, j.Party, j.Key, j.Proof)) {
		fs.Addf(FaultEvidence, "proof", "let the party make the request again with passerelle keys new", "the key has not signed that it belongs to %s in %q", j.Party, j.Network)
	}
	return j, fs.Err()
}

// Fingerprint is what two people compare over the telephone: eight groups of four hexadecimal digits, the first half of the SHA-256
// of the public key. Its first four groups are the key's id.
func (k PublicKey) Fingerprint() string {
	public, err := unbase64(k.Key)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(public)
	digits := hex.EncodeToString(sum[:16])
	var groups []string
	for ; digits != ""; digits = digits[4:] {
		groups = append(groups, digits[:4])
	}
	return strings.Join(groups, " ")
}

// HasFingerprint tells whether a person has given the key's fingerprint, in whatever grouping and capitals.
func (k PublicKey) HasFingerprint(given string) bool {
	plain := strings.NewReplacer(" ", "", "-", "", ":", "").Replace(strings.ToLower(given))
	want := strings.ReplaceAll(k.Fingerprint(), " ", "")
	return want != "" && plain == want
}

// TypeKeyRotated is the event by which a party announces its next key, in its channel to the hub and signed with the key it has used.
const TypeKeyRotated contracts.EventType = "coop.passerelle.key-rotated.v1"

// KeyRotated says: from the next message on I sign with this key.
type KeyRotated struct {
	Key   PublicKey `json:"key"`
	Proof string    `json:"proof"` // by the new key; see possessionTag
}

// RotateTo announces a key.
func RotateTo(network string, next Key) KeyRotated {
	return KeyRotated{Key: next.Public(), Proof: next.prove(network)}
}

// Enrol drafts the entry by which a party joins, comes back, or begins anew after an accident.
func (r *Registry) Enrol(j JoinRequest, reason string, now time.Time) RegistryEntry {
	e := r.draft(ActEnrol, j.Party, now)
	e.Epoch, e.Key, e.Evidence, e.Reason = r.dir.Epoch(j.Party)+1, j.Key, j.Proof, reason
	return e
}

// Rotate drafts the entry of a node's next key. Announcement is the exact frame of its KeyRotated.
func (r *Registry) Rotate(party contracts.PartyID, next PublicKey, announcement []byte, now time.Time) RegistryEntry {
	e := r.draft(ActRotate, party, now)
	e.Key, e.Evidence = next, string(announcement)
	return e
}

// RotateHub drafts the entry of the hub's own next key.
func (r *Registry) RotateHub(next Key, now time.Time) RegistryEntry {
	e := r.draft(ActRotate, contracts.Hub, now)
	e.Key, e.Evidence = next.Public(), next.prove(r.anchor.Network)
	return e
}

// Revoke drafts the entry that ends a key. An unknown id gives an entry that Append refuses.
func (r *Registry) Revoke(party contracts.PartyID, id KeyID, reason string, now time.Time) RegistryEntry {
	e := r.draft(ActRevoke, party, now)
	e.Key, e.Reason = PublicKey{ID: id}, reason
	if k, ok := r.dir.key(id); ok {
		e.Key.Key = b64.EncodeToString(k.public)
	}
	return e
}

// Leave drafts the entry by which a node leaves the network.
func (r *Registry) Leave(party contracts.PartyID, reason string, now time.Time) RegistryEntry {
	e := r.draft(ActLeave, party, now)
	e.Reason = reason
	return e
}

func (r *Registry) draft(a RegistryAction, party contracts.PartyID, now time.Time) RegistryEntry {
	return RegistryEntry{Network: r.anchor.Network, Number: r.Number() + 1, Previous: r.Head(), Time: now.UTC().Truncate(time.Second), Action: a, Party: party}
}

// Found makes a network: three roots, two of which decide, and the parties of the keys, enrolled. The roots are returned to be put
// away in three places.
func Found(network string, test bool, now time.Time, keys ...Key) (*Registry, []Key, error) {
	roots := make([]Key, 3)
	anchor := Anchor{Network: network, Test: test, Threshold: 2}
	for i := range roots {
		var err error
		if roots[i], err = NewKey(Root); err != nil {
			return nil, nil, err
		}
		anchor.Roots = append(anchor.Roots, roots[i].Public())
	}
	r, err := NewRegistry(anchor)
	for _, k := range keys {
		var line []byte
		if err == nil {
			line, err = r.Enrol(RequestJoin(network, k), "", now).Sign(roots[0], roots[1])
		}
		if err == nil {
			r, err = r.Append(line)
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("found %s: %w", cmp.Or(network, "a network"), err)
	}
	return r, roots, nil
}
