package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"passerelle/contracts"
	"passerelle/internal/seal"
)

type keysSeal struct {
	networkFolder
	Party string `help:"Whose key: a country such as be." required:""`
}

// Run makes a node's next sealing key beside the present one, or its first.
func (c keysSeal) Run(o output) error {
	party, err := nodeParty(c.Party)
	if err != nil {
		return err
	}
	path, err := nextSealingKey(c.Network, party)
	if err != nil {
		return err
	}
	fmt.Fprintf(o.out, "%s  what others seal to %s once its program has been started again. Keep the earlier files: they go on opening what was sealed to them.\n", path, party)
	return nil
}

// nextSealingKey writes the key of a party that follows those in a folder.
func nextSealingKey(dir string, party contracts.PartyID) (path string, err error) {
	keys, err := seal.LoadKeys(dir, party)
	if err != nil {
		return "", err
	}
	number := 1
	if len(keys) > 0 {
		number = keys.Latest().Number + 1
	}
	key, err := seal.NewKey(number)
	if err != nil {
		return "", err
	}
	return key.Save(dir, party)
}

// firstSealingKey makes a node's first sealing key where it has none. The hub has none: nothing is sealed to it.
func firstSealingKey(dir string, party contracts.PartyID) error {
	if party == contracts.Hub {
		return nil
	}
	_, err := sealingKeys(dir, party)
	return err
}

// sealingKeys reads a node's sealing keys, and makes the first where the folder may be written to.
func sealingKeys(dir string, party contracts.PartyID) (seal.Keys, error) {
	keys, err := seal.LoadOrMake(dir, party)
	if errors.Is(err, os.ErrPermission) || err != nil && len(keys) == 0 {
		return nil, fmt.Errorf("%s has no sealing key of %s: run passerelle keys seal --network DIR --party %s where the folder may be written to: %w", dir, party, party, err)
	}
	return keys, err
}

// showSealingKeys lists those of a folder: the number, the id that the network is told, and which one others seal to.
func showSealingKeys(w io.Writer, dir string, parties []contracts.PartyID) error {
	for _, p := range parties {
		keys, err := seal.LoadKeys(dir, p)
		if err != nil {
			return err
		}
		for _, k := range keys {
			state := "earlier"
			if k.ID() == keys.Latest().ID() {
				state = "sealed to"
			}
			fmt.Fprintf(w, "%s\t\t%s\t%s\t%s\n", p, seal.FileName(p, k.Number), state, k.ID())
		}
	}
	return nil
}
