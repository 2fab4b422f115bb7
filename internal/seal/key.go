package seal

import (
	"crypto/hpke"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"passerelle/contracts"
)

// Key opens what is sealed to one node. Keys are numbered from 1; a later one follows, and the earlier go on opening.
type Key struct {
	Number  int
	private hpke.PrivateKey
	id      contracts.SealingID
}

// Keys are all of a node, the latest last.
type Keys []Key

// NewKey makes a key.
func NewKey(number int) (Key, error) {
	private, err := kem.GenerateKey()
	if err != nil {
		return Key{}, fmt.Errorf("make sealing key: %w", err)
	}
	return keyOf(number, private), nil
}

func keyOf(number int, private hpke.PrivateKey) Key {
	return Key{Number: number, private: private, id: contracts.SealingIDOf(private.PublicKey().Bytes())}
}

// Published is the key as its node tells the network.
func (k Key) Published(c contracts.CountryCode) contracts.SealingKeyPublished {
	return contracts.SealingKeyPublished{Country: c, Suite: contracts.Suite, ID: k.id, Number: k.Number, Public: k.private.PublicKey().Bytes()}
}

// ID names the key.
func (k Key) ID() contracts.SealingID { return k.id }

// Latest is the key that others seal to.
func (ks Keys) Latest() Key { return ks[len(ks)-1] }

// pemType is how the file calls itself: there is no standard form yet for a key of this kind.
const pemType = "PASSERELLE SEALING KEY"

// FileName is the file of a party's key in its folder: be.1.seal.
func FileName(party contracts.PartyID, number int) string {
	return fmt.Sprintf("%s.%d.seal", party, number)
}

// Save writes the key as PEM, readable by its owner alone. A file that exists is never overwritten.
func (k Key) Save(dir string, party contracts.PartyID) (path string, err error) {
	secret, err := k.private.Bytes()
	if err != nil {
		return "", fmt.Errorf("save sealing key: %w", err)
	}
	path = filepath.Join(dir, FileName(party, k.Number))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("save sealing key: %w", err)
	}
	err = pem.Encode(f, &pem.Block{Type: pemType, Bytes: secret})
	return path, errors.Join(err, f.Sync(), f.Close())
}

// LoadKeys reads the sealing keys of a party in a folder, without gap from 1. None is no error: a node may have none yet.
func LoadKeys(dir string, party contracts.PartyID) (Keys, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("load sealing keys of %s: %w", party, err)
	}
	var keys Keys
	for _, f := range files {
		number, isKey := numberOf(f.Name(), party)
		if !isKey {
			continue
		}
		k, err := load(filepath.Join(dir, f.Name()), number)
		if err != nil {
			return nil, fmt.Errorf("load sealing keys of %s: %w", party, err)
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b Key) int { return a.Number - b.Number })
	return keys, nil
}

// LoadOrMake is LoadKeys, and makes the first key where there is none.
func LoadOrMake(dir string, party contracts.PartyID) (Keys, error) {
	keys, err := LoadKeys(dir, party)
	if err != nil || len(keys) > 0 {
		return keys, err
	}
	first, err := NewKey(1)
	if err != nil {
		return nil, err
	}
	if _, err := first.Save(dir, party); err != nil {
		return nil, err
	}
	return Keys{first}, nil
}

func numberOf(name string, party contracts.PartyID) (int, bool) {
	text, isKey := strings.CutSuffix(name, ".seal")
	text, ours := strings.CutPrefix(text, string(party)+".")
	n, err := strconv.Atoi(text)
	return n, isKey && ours && err == nil && n > 0
}

func load(path string, number int) (Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Key{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Key{}, fmt.Errorf("%s may be read by others; run chmod 600 on it", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return Key{}, err
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != pemType {
		return Key{}, fmt.Errorf("%s is no PEM file of a sealing key", path)
	}
	private, err := kem.NewPrivateKey(block.Bytes)
	if err != nil {
		return Key{}, fmt.Errorf("%s: %w", path, err)
	}
	return keyOf(number, private), nil
}
