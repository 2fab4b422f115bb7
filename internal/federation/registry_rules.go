package federation

import (
	"fmt"
	"slices"

	"passerelle/contracts"
)

// signers is who signed an entry, each verified and each one time.
type signers struct {
	all     []KeyID
	roots   int
	parties []contracts.PartyID // by their current keys
}

// signers verifies every signature of an entry. A signature that counts for nothing is refused: nobody should wonder what it
// was meant to say.
func (r *Registry) signers(e signedEntry) (signers, error) {
	var s signers
	for i, c := range e.signatures {
		at := fmt.Sprintf("signatures[%d]", i)
		key, owner, ok := r.signer(c.kid)
		if !ok || slices.Contains(s.all, c.kid) {
			return signers{}, contracts.Fault{Code: FaultSigner, Field: at, Message: fmt.Sprintf("%.40q is no root, no party's current key, or has signed already", string(c.kid)),
				Remedy: "sign with different roots, or with the key that the party uses now"}
		}
		public, err := key.check(owner)
		if err != nil || !c.holds(public) {
			return signers{}, contracts.Fault{Code: FaultSignature, Field: at, Message: fmt.Sprintf("the signature of %s does not fit", c.kid), Remedy: "use the line exactly as it was signed"}
		}
		s.all = append(s.all, c.kid)
		if owner == Root {
			s.roots++
		} else {
			s.parties = append(s.parties, owner)
		}
	}
	return s, nil
}

// MaySign tells whether a key has a say in the registry: a root, or the key a party uses now.
func (r *Registry) MaySign(id KeyID) bool {
	_, _, ok := r.signer(id)
	return ok
}

// signer finds a key that has a say: a root, or the key a party uses now.
func (r *Registry) signer(id KeyID) (PublicKey, contracts.PartyID, bool) {
	if root, ok := r.anchor.root(id); ok {
		return root, Root, true
	}
	k, ok := r.dir.key(id)
	if current, has := r.dir.Current(k.party); !ok || !has || current != id {
		return PublicKey{}, "", false
	}
	return PublicKey{ID: id, Key: b64.EncodeToString(k.public)}, k.party, true
}

// admit is the rules: it returns the directory after an entry, or every reason why the entry may not be.
//
//	enrol   enough roots; the evidence is the new key's proof of possession. A party that is known begins anew, in its next epoch,
//	        and all its earlier keys are revoked: the one cure for a lost or stolen key, a fork and lost books
//	rotate  the hub; the evidence is the message by which the party announced the new key, signed with the one it has used. For the
//	        hub's own keys, who has nobody to announce them to, it is the new key's proof
//	revoke  the hub, one root, or the party itself
//	leave   the hub or one root
func (r *Registry) admit(e RegistryEntry, by signers) (*Directory, error) {
	var fs contracts.Faults
	if !isParty(e.Party) {
		fs.Addf(FaultMembership, "party", `name the hub as "hub" and a node by its country in small letters, such as be`, "%.40q can be no party", string(e.Party))
		return nil, fs
	}
	m, _ := r.dir.member(e.Party)
	m.Party, m.Keys = e.Party, slices.Clone(m.Keys)
	switch e.Action {
	case ActEnrol:
		r.admitEnrol(&fs, e, by)
		for i := range m.Keys {
			m.Keys[i].Revoked = true
		}
		m.Epoch, m.Left, m.Keys = e.Epoch, false, append(m.Keys, e.Key)
	case ActRotate:
		r.admitRotate(&fs, e, by)
		m.Keys = append(m.Keys, e.Key)
	case ActRevoke:
		r.admitRevoke(&fs, e, by)
		for i := range m.Keys {
			m.Keys[i].Revoked = m.Keys[i].Revoked || m.Keys[i].ID == e.Key.ID
		}
	case ActLeave:
		r.admitLeave(&fs, e, by)
		m.Left = true
	}
	if err := fs.Err(); err != nil {
		return nil, err
	}
	return r.dir.with(m), nil
}

func (r *Registry) admitEnrol(fs *contracts.Faults, e RegistryEntry, by signers) {
	if by.roots < r.anchor.Threshold {
		fs.Addf(FaultApproval, "signatures", "let another holder of a root sign it too", "%d of the %d roots that enrolling takes have signed", by.roots, r.anchor.Threshold)
	}
	if next := r.dir.Epoch(e.Party) + 1; e.Epoch != next {
		fs.Addf(FaultEpoch, "epoch", "make the entry anew from the registry as it is", "the next epoch of %s is %d, not %d", e.Party, next, e.Epoch)
	}
	r.checkNewKey(fs, e)
	if !possessed(r.anchor.Network, e.Party, e.Key, e.Evidence) {
		fs.Addf(FaultEvidence, "evidence", "ask the party for the file that passerelle keys new has made, for this network", "the new key has not signed that it belongs to %s in %q", e.Party, r.anchor.Network)
	}
}

func (r *Registry) admitRotate(fs *contracts.Faults, e RegistryEntry, by signers) {
	if !slices.Contains(by.parties, contracts.Hub) {
		fs.Addf(FaultApproval, "signatures", "the hub signs it when it has the party's announcement", "the hub has not signed")
	}
	r.checkNewKey(fs, e)
	current, ok := r.dir.Current(e.Party)
	if !ok {
		fs.Addf(FaultMembership, "party", "enrol it, with the signatures of the roots", "%s has no key in use that could announce another", e.Party)
		return
	}
	fs.Add("evidence", r.checkRotation(e, current))
}

// checkRotation checks that the party itself, by the key in use, announced the new one.
func (r *Registry) checkRotation(e RegistryEntry, current KeyID) error {
	bad := contracts.Fault{Code: FaultEvidence, Message: fmt.Sprintf("%s has not announced this key with the one it uses, %s", e.Party, current), Remedy: "let the party run passerelle keys rotate"}
	if e.Party == contracts.Hub {
		if !possessed(r.anchor.Network, e.Party, e.Key, e.Evidence) {
			return bad
		}
		return nil
	}
	inUse, _ := r.dir.key(current) // Current has just named it
	f, err := open(&Directory{keys: map[KeyID]listed{current: inUse}}, []byte(e.Evidence))
	if err != nil || f.Type != TypeEvent {
		return bad
	}
	m, err := parseMessage(f, r.anchor.Network, contracts.Hub)
	if err != nil || m.Type != TypeKeyRotated {
		return bad
	}
	var announced KeyRotated
	if err := contracts.Decode(m.Data, &announced); err != nil || announced.Key != e.Key || !possessed(r.anchor.Network, e.Party, e.Key, announced.Proof) {
		return bad
	}
	return nil
}

// checkNewKey refuses a key that is unsound or that anybody has had before, under whatever name: it would be known outside its party.
func (r *Registry) checkNewKey(fs *contracts.Faults, e RegistryEntry) {
	_, err := e.Key.check(e.Party)
	fs.Add("key", err)
	same := func(k PublicKey) bool { return k.Key == e.Key.Key }
	used := slices.ContainsFunc(r.anchor.Roots, same)
	for _, m := range r.dir.Members {
		used = used || slices.ContainsFunc(m.Keys, same)
	}
	if used {
		fs.Addf(FaultKeyUsed, "key", "make a new one with passerelle keys", "this key has been used before")
	}
}

func (r *Registry) admitRevoke(fs *contracts.Faults, e RegistryEntry, by signers) {
	if by.roots == 0 && !slices.Contains(by.parties, contracts.Hub) && !slices.Contains(by.parties, e.Party) {
		fs.Addf(FaultApproval, "signatures", "sign it with a key of one of them", "a key is revoked by the hub, a root or its own party")
	}
	m, _ := r.dir.member(e.Party)
	if !slices.Contains(m.Keys, e.Key) {
		fs.Addf(FaultMembership, "key", "passerelle keys show lists the keys", "%.40q is no key of %s, or is revoked already", string(e.Key.ID), e.Party)
	}
}

func (r *Registry) admitLeave(fs *contracts.Faults, e RegistryEntry, by signers) {
	if by.roots == 0 && !slices.Contains(by.parties, contracts.Hub) {
		fs.Addf(FaultApproval, "signatures", "sign it with a key of one of them", "a party is let go by the hub or a root")
	}
	m, known := r.dir.member(e.Party)
	if !known || m.Left || e.Party == contracts.Hub {
		fs.Addf(FaultMembership, "party", "passerelle keys show lists who belongs to the network", "%s is no node of the network", e.Party)
	}
}
