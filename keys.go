package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"passerelle/contracts"
	"passerelle/internal/federation"
)

// keysCommand is what a party does with its own keys; docs/keys.md tells the story.
type keysCommand struct {
	New    keysNew    `cmd:"" help:"Make a party's first key, and the request to be enrolled by it."`
	Show   keysShow   `cmd:"" help:"List who belongs to the network and by which keys, with their fingerprints."`
	Seal   keysSeal   `cmd:"" help:"Make a node's next sealing key, which others seal to what is for it alone."`
	Rotate keysRotate `cmd:"" help:"Make a party's next key. The running program announces it and signs with it from then on."`
}

// networkFolder names the folder with a network's files.
type networkFolder struct {
	Network string `help:"Folder with network.json and registry.jsonl." placeholder:"DIR" type:"existingdir" required:""`
}

func (f networkFolder) path(name string) string { return filepath.Join(f.Network, name) }

// anyParty reads the name of a party from --party.
func anyParty(name string) (contracts.PartyID, error) {
	if contracts.PartyID(name) == contracts.Hub {
		return contracts.Hub, nil
	}
	party, err := nodeParty(name)
	if err != nil {
		return "", contracts.Fault{Code: contracts.FaultCountry, Field: "--party", Message: fmt.Sprintf("%.40q is no party", name), Remedy: "give hub, or a country such as be"}
	}
	return party, nil
}

type keysNew struct {
	Party string `help:"Whose key: hub, or a country such as be." required:""`
	Out   string `help:"Folder of the party, to which key and request are written." placeholder:"DIR" required:""`
	Name  string `help:"Name of the network; default what network.json in the folder says, else passerelle."`
}

// Run makes be.key, which never leaves the party, and be.join, which goes to the holders of the roots.
func (c keysNew) Run(o output) error {
	party, err := anyParty(c.Party)
	if err != nil {
		return err
	}
	network, err := c.network()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return err
	}
	if old, err := federation.LoadKeys(c.Out, party); err == nil {
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "--out", Message: fmt.Sprintf("%s holds %d key files of %s", c.Out, len(old), party),
			Remedy: "to change the key of a party that is well, use passerelle keys rotate; after a theft or loss, stop the program and put its old key files elsewhere first"}
	}
	key, err := federation.NewKey(party)
	if err != nil {
		return err
	}
	request, err := contracts.Encode(federation.RequestJoin(network, key))
	if err != nil {
		return err
	}
	keyFile, joinFile := filepath.Join(c.Out, string(party)+".key"), filepath.Join(c.Out, string(party)+".join")
	if err := os.WriteFile(joinFile, append(request, '\n'), 0o644); err != nil {
		return err
	}
	if err := firstSealingKey(c.Out, party); err != nil {
		return err
	}
	if err := key.Save(keyFile); err != nil { // last: a key that is there is not made again
		return err
	}
	fmt.Fprintf(o.out, "%s  the secret key; it stays here\n%s  the request to join %q; give it to the holders of the roots, and read them over the telephone:\n\n  %s\n", keyFile, joinFile, network, key.Public().Fingerprint())
	return nil
}

// network is the name of the network the request is for.
func (c keysNew) network() (string, error) {
	r, err := federation.LoadRegistry(c.Out)
	if errors.Is(err, os.ErrNotExist) {
		return networkNamed(c.Name)
	}
	if err != nil {
		return "", err
	}
	here := r.Anchor().Network
	if c.Name != "" && c.Name != here {
		return "", contracts.Fault{Code: contracts.FaultInvalid, Field: "--name", Message: fmt.Sprintf("the network.json in %s is of the network %q", c.Out, here), Remedy: "leave --name out, or choose another folder"}
	}
	return here, nil
}

func networkNamed(name string) (string, error) {
	if name == "" {
		return defaultNetwork, nil
	}
	var fs contracts.Faults
	checkNetworkName(&fs, name)
	return name, fs.Err()
}

type keysShow struct {
	networkFolder
	JSON bool `help:"Print the directory as JSON, in the form of contracts/wire.md."`
}

// Run lists the roots and every party's keys.
func (c keysShow) Run(o output) error {
	r, err := federation.LoadRegistry(c.Network)
	if err != nil {
		return unable(err)
	}
	if c.JSON {
		return printJSON(o, r.Directory())
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "party\tepoch\tkey\tstate\tfingerprint")
	for _, k := range r.Anchor().Roots {
		fmt.Fprintf(w, "%s\t\t%s\t\t%s\n", federation.Root, k.ID, k.Fingerprint())
	}
	for _, m := range r.Directory().Members {
		for _, k := range m.Keys {
			fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\n", m.Party, r.Directory().Epoch(m.Party), k.ID, keyState(r.Directory(), m, k), k.Fingerprint())
		}
	}
	if err := showSealingKeys(w, c.Network, r.Directory().Parties(contracts.Hub)); err != nil {
		return unable(err)
	}
	return w.Flush()
}

func keyState(d *federation.Directory, m federation.Member, k federation.PublicKey) string {
	current, ok := d.Current(m.Party)
	switch {
	case k.Revoked:
		return "revoked"
	case m.Left:
		return "left the network"
	case ok && current == k.ID:
		return "in use"
	}
	return "earlier"
}

type keysRotate struct {
	networkFolder
	Party string `help:"Whose key: hub, or a country such as be." required:""`
}

// Run puts the next key beside the present one.
func (c keysRotate) Run(o output) error {
	party, err := anyParty(c.Party)
	if err != nil {
		return err
	}
	r, err := federation.LoadRegistry(c.Network)
	if err != nil {
		return unable(err)
	}
	keys, err := federation.LoadKeys(c.Network, party)
	if err != nil {
		return err
	}
	if err := readyToRotate(r.Directory(), party, keys); err != nil {
		return found(o, err)
	}
	next, err := federation.NewKey(party)
	if err != nil {
		return err
	}
	file := c.path(string(next.ID) + ".key")
	if err := next.Save(file); err != nil {
		return err
	}
	fmt.Fprintf(o.out, "%s  the next key of %s, fingerprint %s\nThe running program announces it by itself; passerelle keys show says when it is in use. Keep the earlier file until then.\n", file, party, next.Public().Fingerprint())
	return nil
}

// readyToRotate checks that the key in use, which must announce the next one, is here, and that none waits to be announced already.
func readyToRotate(d *federation.Directory, party contracts.PartyID, keys map[federation.KeyID]federation.Key) error {
	current, ok := d.Current(party)
	if _, here := keys[current]; !ok || !here {
		return contracts.Fault{Code: federation.FaultMembership, Field: "--party", Message: fmt.Sprintf("the key that %s uses is not here", party),
			Remedy: "run this in the folder of its program; a party whose key is lost or revoked is enrolled anew, see docs/keys.md"}
	}
	for id := range keys {
		if !d.Lists(id) {
			return contracts.Fault{Code: federation.FaultMembership, Field: "--party", Message: fmt.Sprintf("the key %s waits to be announced already", id), Remedy: "start the program, or remove that file"}
		}
	}
	return nil
}
