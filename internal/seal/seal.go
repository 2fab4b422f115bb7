// Package seal closes what one node writes to another, so that only that node can open it: HPKE (RFC 9180) with the hybrid of ML-KEM-768 and
// X25519, HKDF-SHA256 and AES-256-GCM. It knows where a message goes and how long it looks, not what it says; who may write what,
// others decide. Section 11 of contracts/wire.md is the form.
package seal

import (
	"crypto/hpke"
	"encoding/binary"
	"fmt"
	"slices"

	"passerelle/contracts"
)

// Faults of opening.
const (
	FaultKey    contracts.FaultCode = "sealing-key" // sealed to a key that is not here
	FaultSealed contracts.FaultCode = "sealed"      // does not open: altered, or lifted from another place
)

// Sizes of what is sealed, in bytes. A part looks like the next of a few sizes, so that its length tells little; the parts of a message of
// several look alike.
const (
	smallest = 4 << 10
	largest  = 128 << 10
	lengths  = 4 // bytes in front that say how much of it is meant

	// PartSize is the most that a part holds.
	PartSize = largest - lengths
)

var kem, kdf, aead = hpke.MLKEM768X25519(), hpke.HKDFSHA256(), hpke.AES256GCM()

// Parts cuts the bytes of a message into what its parts hold. Nothing at all is one empty part.
func Parts(message []byte) [][]byte {
	if len(message) == 0 {
		return [][]byte{nil}
	}
	return slices.Collect(slices.Chunk(message, PartSize))
}

// Seal closes one part to a public key. Network and m, whose part it is and which names the key, are bound to it: opened anywhere else it
// is nothing.
func Seal(public []byte, network string, m contracts.CaseMessageSent, part []byte) ([]byte, error) {
	key, err := kem.NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", m.Message, err)
	}
	if len(part) > PartSize {
		return nil, fmt.Errorf("seal %s: a part of %d bytes", m.Message, len(part))
	}
	sealed, err := hpke.Seal(key, kdf, aead, info(network, m), padded(part, m.Parts))
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", m.Message, err)
	}
	return sealed, nil
}

// Open returns what Seal closed, with the one of the keys that m names. A Fault says that it does not open here.
func (ks Keys) Open(network string, m contracts.CaseMessageSent) ([]byte, error) {
	i := slices.IndexFunc(ks, func(k Key) bool { return k.id == m.Key })
	if i < 0 {
		return nil, contracts.Fault{Code: FaultKey, Field: "key", Message: "sealed to a key that is not here", Remedy: "seal it to the latest key"}
	}
	plain, err := hpke.Open(ks[i].private, kdf, aead, info(network, m), m.Sealed)
	if err == nil {
		var part []byte
		if part, err = unpadded(plain); err == nil {
			return part, nil
		}
	}
	return nil, contracts.Fault{Code: FaultSealed, Field: "sealed", Message: "does not open: it was altered, or belongs elsewhere"}
}

// info is the place of a part, as wire.md spells it.
func info(network string, m contracts.CaseMessageSent) []byte {
	reply := string(m.InReplyTo)
	if reply == "" {
		reply = "-"
	}
	return fmt.Appendf(nil, "passerelle-sealed-v1\n%s\n%s %s %s\n%s\n%s %s %s %s\n%s %d %s %d %d\n%s\n", network, contracts.NodeID(m.From), contracts.NodeID(m.To), contracts.NodeID(m.Home),
		m.Case, m.Flow, m.Kind, m.Class, m.RuleSet, m.Message, m.Version, reply, m.Part, m.Parts, m.Key)
}

func padded(part []byte, parts int) []byte {
	size := smallest
	for size < len(part)+lengths || parts > 1 && size < largest {
		size *= 2
	}
	out := make([]byte, size)
	binary.BigEndian.PutUint32(out, uint32(len(part)))
	copy(out[lengths:], part)
	return out
}

func unpadded(b []byte) ([]byte, error) {
	if len(b) < lengths {
		return nil, fmt.Errorf("%d bytes have no length in front", len(b))
	}
	n := binary.BigEndian.Uint32(b)
	if int64(n) > int64(len(b)-lengths) {
		return nil, fmt.Errorf("%d bytes of %d", n, len(b)-lengths)
	}
	return b[lengths : lengths+int(n)], nil
}
