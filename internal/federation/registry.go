package federation

import (
	"fmt"
	"slices"

	"passerelle/contracts"
)

// Root is the party name of the keys that stand above all parties. It is no country and not the hub, so it never signs a message.
const Root contracts.PartyID = "root"

// Anchor is what a party must have been given by hand before it can believe anything: who may decide about membership. It is the
// content of network.json and never changes.
type Anchor struct {
	Network   string      `json:"network"`
	Test      bool        `json:"test"` // see Directory
	Roots     []PublicKey `json:"roots"`
	Threshold int         `json:"threshold"` // how many different roots must sign before a party is enrolled
}

// Validate returns the faults of an anchor. The threshold is more than half of the roots, so that no two groups of them can decide
// apart from each other.
func (a Anchor) Validate() error {
	var fs contracts.Faults
	if !printable(a.Network, maxID) {
		fs.Addf(contracts.FaultMissing, "network", "name the network, such as smart", "the network has no name")
	}
	if n := len(a.Roots); a.Threshold > n || 2*a.Threshold <= n {
		fs.Addf(contracts.FaultInvalid, "threshold", "more than half of the roots must agree, such as 2 of 3", "%d of %d", a.Threshold, n)
	}
	for i, k := range a.Roots {
		_, err := k.check(Root)
		fs.Add(fmt.Sprintf("roots[%d]", i), err)
		if k.Revoked || slices.Contains(a.Roots[:i], k) {
			fs.Addf(contracts.FaultInvalid, fmt.Sprintf("roots[%d]", i), "list each root once; a network with another root is another network", "%.40q", string(k.ID))
		}
	}
	return fs.Err()
}

func (a Anchor) root(id KeyID) (PublicKey, bool) {
	i := slices.IndexFunc(a.Roots, func(k PublicKey) bool { return k.ID == id })
	if i < 0 {
		return PublicKey{}, false
	}
	return a.Roots[i], true
}

// Registry is the chain of signed entries that says who belongs to the network, and what it comes to. It needs no trust but the
// anchor: whoever hands it over, a broker or a stranger, can neither add to it nor change it. A Registry never changes; Append
// returns the next one.
type Registry struct {
	anchor Anchor
	before *Registry // nil at the beginning
	last   Recorded
	line   []byte
	dir    *Directory
}

// Recorded is an entry of the registry, with its hash and who signed it.
type Recorded struct {
	RegistryEntry
	Hash    Hash    `json:"hash"`
	Signers []KeyID `json:"signers"`
}

// NewRegistry returns the registry without an entry. The faults are the anchor's.
func NewRegistry(a Anchor) (*Registry, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	dir, err := NewDirectory(a.Network)
	if err != nil {
		return nil, err
	}
	dir.Test = a.Test
	return &Registry{anchor: a, dir: dir}, nil
}

// Append checks one line against everything before it and returns the registry that ends with it, or every fault it has.
func (r *Registry) Append(line []byte) (*Registry, error) {
	s, err := parseEntry(line)
	if err != nil {
		return nil, err
	}
	if err := r.follows(s.entry); err != nil {
		return nil, err
	}
	signers, err := r.signers(s)
	if err != nil {
		return nil, err
	}
	dir, err := r.admit(s.entry, signers)
	if err != nil {
		return nil, err
	}
	return &Registry{anchor: r.anchor, before: r, last: Recorded{s.entry, s.hash, signers.all}, line: slices.Clone(line), dir: dir}, nil
}

// follows checks the place of an entry: our network, the next number, the hash of what is there.
func (r *Registry) follows(e RegistryEntry) error {
	var fs contracts.Faults
	if e.Network != r.anchor.Network {
		fs.Addf(FaultNetwork, "network", "take the entry to the network it was made for", "an entry of the network %.40q, this is %q", e.Network, r.anchor.Network)
	}
	if e.Number != r.Number()+1 {
		fs.Addf(FaultNumber, "number", "bring the registry up to date first, and have an entry that came too late made and signed again", "entry %d cannot follow entry %d", e.Number, r.Number())
	} else if e.Previous != r.Head() {
		fs.Addf(FaultPrevious, "previous", "find out which of the two registries is the network's: somebody signed another history", "it does not follow the entry %d that is here", r.Number())
	}
	return fs.Err()
}

// Extend appends every line that is not there yet. A line of a number that is taken by another entry is a fault: when it is
// properly signed its code is FaultEquivocation, and the two entries prove that somebody signed two histories.
func (r *Registry) Extend(lines ...[]byte) (*Registry, error) {
	for i, line := range lines {
		next, err := r.extend(line)
		if err != nil {
			return nil, fmt.Errorf("registry line %d: %w", i+1, err)
		}
		r = next
	}
	return r, nil
}

func (r *Registry) extend(line []byte) (*Registry, error) {
	s, err := parseEntry(line)
	if err != nil {
		return nil, err
	}
	there := r.at(s.entry.Number)
	if there == nil || there.before == nil {
		return r.Append(line)
	}
	if there.last.Hash == s.hash {
		return r, nil
	}
	if _, err := there.before.Append(line); err != nil {
		return nil, err
	}
	return nil, contracts.Fault{Code: FaultEquivocation, Field: "number",
		Message: fmt.Sprintf("entry %d is %s here and %s there, both properly signed", s.entry.Number, there.last.Hash, s.hash),
		Remedy:  "stop: keep both, and find out among the holders of the roots and the hub who signed twice"}
}

// at returns the registry as it was when it ended with the entry of a number, or nil.
func (r *Registry) at(number int64) *Registry {
	for ; r != nil; r = r.before {
		if r.Number() == number {
			return r
		}
	}
	return nil
}

// Anchor returns what the registry rests on.
func (r *Registry) Anchor() Anchor { return r.anchor }

// Directory returns who belongs to the network after the last entry.
func (r *Registry) Directory() *Directory { return r.dir }

// Number returns the number of the last entry, 0 when there is none.
func (r *Registry) Number() int64 { return r.last.Number }

// Head returns the hash of the last entry, zero when there is none.
func (r *Registry) Head() Hash { return r.last.Hash }

// Lines returns the entries with a number above after, exactly as they were appended, in their order.
func (r *Registry) Lines(after int64) [][]byte {
	var lines [][]byte
	for ; r.Number() > after && r.before != nil; r = r.before {
		lines = append(lines, slices.Clone(r.line))
	}
	slices.Reverse(lines)
	return lines
}

// Entries returns all entries in their order, for people.
func (r *Registry) Entries() []Recorded {
	entries := make([]Recorded, 0, r.Number())
	for ; r.before != nil; r = r.before {
		entries = append(entries, r.last)
	}
	slices.Reverse(entries)
	return entries
}
