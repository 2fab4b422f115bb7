package federation

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"passerelle/contracts"
)

// KeyID names a signing key: the party and the first 16 hexadecimal digits of the SHA-256 of the public key.
type KeyID string

// Key signs for one party.
type Key struct {
	ID      KeyID
	Party   contracts.PartyID
	private ed25519.PrivateKey
}

// NewKey makes a signing key of a party.
func NewKey(party contracts.PartyID) (Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("make key: %w", err)
	}
	return keyOf(party, private), nil
}

func keyOf(party contracts.PartyID, private ed25519.PrivateKey) Key {
	return Key{ID: keyID(party, private.Public().(ed25519.PublicKey)), Party: party, private: private}
}

func keyID(party contracts.PartyID, public ed25519.PublicKey) KeyID {
	sum := sha256.Sum256(public)
	return KeyID(string(party) + "." + hex.EncodeToString(sum[:8]))
}

// Public returns the directory's entry for the key.
func (k Key) Public() PublicKey {
	return PublicKey{ID: k.ID, Key: b64.EncodeToString(k.private.Public().(ed25519.PublicKey))}
}

// Save writes the key as PEM (PKCS #8), readable by its owner alone. A file that exists is never overwritten.
func (k Key) Save(path string) error {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return fmt.Errorf("save key %s: %w", k.ID, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("save key %s: %w", k.ID, err)
	}
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return errors.Join(err, f.Sync(), f.Close())
}

// LoadKey reads what Save wrote. A file that others may read is refused.
func LoadKey(path string, party contracts.PartyID) (Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Key{}, fmt.Errorf("load key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Key{}, fmt.Errorf("load key: %s may be read by others; run chmod 600 on it", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("load key: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return Key{}, fmt.Errorf("load key: %s is no PEM file", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, fmt.Errorf("load key %s: %w", path, err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return Key{}, fmt.Errorf("load key: %s holds a %T, not an Ed25519 key", path, parsed)
	}
	return keyOf(party, private), nil
}

// weak tells whether a public key is one of the few points whose signatures anybody can forge, or another spelling of a point: on
// the curve of RFC 8032, points of small order and coordinates not below 2^255-19.
func weak(public ed25519.PublicKey) bool {
	y := slices.Clone(public)
	y[31] &= 0x7f // the sign of x
	slices.Reverse(y)
	return slices.Compare(y, prime) >= 0 || slices.ContainsFunc(smallOrder, func(weak []byte) bool { return slices.Equal(y, weak) })
}

// prime is 2^255-19, and smallOrder the y coordinates of the points of order 1, 2, 4 and 8; most significant byte first.
var (
	prime      = mustHex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed")
	smallOrder = [][]byte{
		mustHex("0000000000000000000000000000000000000000000000000000000000000000"),
		mustHex("0000000000000000000000000000000000000000000000000000000000000001"),
		mustHex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),
		mustHex("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826"),
		mustHex("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd83d3d7a6a70c7"),
	}
)

func mustHex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err) // the constants above
	}
	return b
}

// LoadKeys reads every key file of a party in a folder: be.key, and be.<16 digits>.key for each key it has rotated to.
func LoadKeys(dir string, party contracts.PartyID) (map[KeyID]Key, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("load keys of %s: %w", party, err)
	}
	keys := map[KeyID]Key{}
	for _, f := range files {
		name, isKey := strings.CutSuffix(f.Name(), ".key")
		owner, _, rotated := strings.Cut(name, ".")
		if !isKey || owner != string(party) {
			continue
		}
		k, err := LoadKey(filepath.Join(dir, f.Name()), party)
		if err != nil {
			return nil, err
		}
		if rotated && name != string(k.ID) {
			return nil, fmt.Errorf("load keys of %s: %s holds the key %s; name the file after it", party, f.Name(), k.ID)
		}
		keys[k.ID] = k
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("load keys of %s: %s has no %s.key; passerelle keys new makes one", party, dir, party)
	}
	return keys, nil
}
