package federation

import (
	"crypto/ed25519"
	"fmt"
	"maps"
	"os"
	"slices"

	"passerelle/contracts"
)

// PublicKey is a key as the directory lists it. A revoked one stays listed, because what it signed before stays signed.
type PublicKey struct {
	ID      KeyID  `json:"id"`
	Key     string `json:"key"` // Ed25519 public key, base64url without padding
	Revoked bool   `json:"revoked,omitzero"`
}

// Member is one party of the network with the keys it signs with, the newest last.
type Member struct {
	Party contracts.PartyID `json:"party"`
	Epoch int64             `json:"epoch,omitzero"` // how often it was enrolled; its channels begin anew with each. 0 is read as 1
	Left  bool              `json:"left,omitzero"`  // it keeps its history; nothing new is accepted from it or sent to it
	Keys  []PublicKey       `json:"keys"`
}

// Directory says who belongs to the network and by which keys each is known: what the entries of a Registry come to. It never
// changes; a new entry makes a new one.
type Directory struct {
	Network string   `json:"network"`
	Test    bool     `json:"test,omitzero"` // a network for tests, whose programs may be given hooks such as a clock; never one that serves members
	Members []Member `json:"members"`

	keys map[KeyID]listed
}

// listed is a key with its party. Nothing new is accepted under a revoked one.
type listed struct {
	party   contracts.PartyID
	public  ed25519.PublicKey
	revoked bool
}

// NewDirectory checks and indexes a directory.
func NewDirectory(network string, members ...Member) (*Directory, error) {
	d := &Directory{Network: network, Members: members, keys: map[KeyID]listed{}}
	var fs contracts.Faults
	if network == "" {
		fs.Addf(contracts.FaultMissing, "network", "name the network, such as demo", "the network has no name")
	}
	seen := map[contracts.PartyID]bool{}
	for i, m := range members {
		at := fmt.Sprintf("members[%d]", i)
		if seen[m.Party] || !isParty(m.Party) {
			fs.Addf(contracts.FaultInvalid, at+".party", `name each party once: "hub" or a country in small letters`, "%q", m.Party)
		}
		if m.Epoch < 0 || m.Epoch > maxSequence {
			fs.Addf(contracts.FaultInvalid, at+".epoch", "epochs count from 1", "%d", m.Epoch)
		}
		seen[m.Party] = true
		for j, k := range m.Keys {
			fs.Add(fmt.Sprintf("%s.keys[%d]", at, j), d.add(m.Party, k))
		}
	}
	if err := fs.Err(); err != nil {
		return nil, err
	}
	return d, nil
}

// with returns the directory in which a member is what it is now. Its keys have been checked.
func (d *Directory) with(m Member) *Directory {
	next := &Directory{Network: d.Network, Test: d.Test, Members: slices.Clone(d.Members), keys: maps.Clone(d.keys)}
	if i := slices.IndexFunc(d.Members, func(old Member) bool { return old.Party == m.Party }); i >= 0 {
		next.Members[i] = m
	} else {
		next.Members = append(next.Members, m)
	}
	for _, k := range m.Keys {
		was, known := next.keys[k.ID]
		if !known {
			public, _ := k.check(m.Party) // checked, so it has one
			was = listed{m.Party, public, k.Revoked}
		}
		was.revoked = k.Revoked
		next.keys[k.ID] = was
	}
	return next
}

func isParty(p contracts.PartyID) bool {
	_, country := p.Country()
	return country || p == contracts.Hub
}

func (d *Directory) add(party contracts.PartyID, k PublicKey) error {
	public, err := k.check(party)
	if err == nil {
		d.keys[k.ID] = listed{party, public, k.Revoked}
	}
	return err
}

// check returns the key itself, when it is a sound one and its id is that of a key of party.
func (k PublicKey) check(party contracts.PartyID) (ed25519.PublicKey, error) {
	public, err := unbase64(k.Key)
	if err != nil || len(public) != ed25519.PublicKeySize {
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Field: "key", Message: "not an Ed25519 public key in base64url"}
	}
	if weak(public) {
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Field: "key", Message: "a weak key, under which signatures can be made by anybody", Remedy: "make a new one"}
	}
	if k.ID != keyID(party, public) {
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Field: "id", Message: fmt.Sprintf("the id of this key is %s", keyID(party, public))}
	}
	return public, nil
}

// LoadDirectory reads the directory of a network: of its registry when path is a folder, else from a file with the JSON form of
// contracts/wire.md, strictly.
func LoadDirectory(path string) (*Directory, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		r, err := LoadRegistry(path)
		if err != nil {
			return nil, err
		}
		return r.Directory(), nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load directory: %w", err)
	}
	var d Directory
	if err := contracts.Decode(b, &d); err != nil {
		return nil, fmt.Errorf("load directory %s: %w", path, err)
	}
	checked, err := NewDirectory(d.Network, d.Members...)
	if err != nil {
		return nil, fmt.Errorf("load directory %s: %w", path, err)
	}
	checked.Test = d.Test
	return checked, nil
}

// Parties lists everybody in the network but the given one, those that left included, in order of name.
func (d *Directory) Parties(but contracts.PartyID) []contracts.PartyID {
	var parties []contracts.PartyID
	for _, m := range d.Members {
		if m.Party != but {
			parties = append(parties, m.Party)
		}
	}
	slices.Sort(parties)
	return parties
}

// channels lists those a party has channels with: the hub with everybody, a node with the hub.
func (d *Directory) channels(self contracts.PartyID) []contracts.PartyID {
	if self == contracts.Hub {
		return d.Parties(self)
	}
	return []contracts.PartyID{contracts.Hub}
}

// Epoch returns the epoch of a party: 1 when it was enrolled once, 0 for a stranger.
func (d *Directory) Epoch(party contracts.PartyID) int64 {
	m, ok := d.member(party)
	if !ok {
		return 0
	}
	return max(m.Epoch, 1)
}

// Left tells whether a party was in the network and is no more.
func (d *Directory) Left(party contracts.PartyID) bool {
	m, _ := d.member(party)
	return m.Left
}

// first is the key a party was enrolled with last.
func (d *Directory) first(party contracts.PartyID) KeyID {
	m, _ := d.member(party)
	for _, k := range m.Keys {
		if !k.Revoked {
			return k.ID
		}
	}
	return ""
}

// Current returns the key a party signs with now: its newest. A party that left, and one whose newest key is revoked, has none;
// an older key does not come back.
func (d *Directory) Current(party contracts.PartyID) (KeyID, bool) {
	m, _ := d.member(party)
	if m.Left || len(m.Keys) == 0 {
		return "", false
	}
	newest := m.Keys[len(m.Keys)-1]
	return newest.ID, !newest.Revoked
}

func (d *Directory) member(party contracts.PartyID) (Member, bool) {
	for _, m := range d.Members {
		if m.Party == party {
			return m, true
		}
	}
	return Member{}, false
}

// Lists tells whether a key was ever a party's.
func (d *Directory) Lists(id KeyID) bool {
	_, ok := d.keys[id]
	return ok
}

// key returns a listed key, revoked ones included.
func (d *Directory) key(id KeyID) (listed, bool) {
	k, ok := d.keys[id]
	return k, ok
}
