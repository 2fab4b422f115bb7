package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"passerelle/contracts"
	"passerelle/internal/federation"
)

// registryCommand is what the holders of the roots and the operator of the hub decide about membership; docs/keys.md tells the story.
type registryCommand struct {
	Approve registryApprove `cmd:"" help:"Enrol the party of a join request: to join, to come back, or with --recover to begin anew."`
	Revoke  registryRevoke  `cmd:"" help:"End a key: nothing new is accepted under it."`
	Leave   registryLeave   `cmd:"" help:"Let a node go: it keeps its history, nothing new is accepted from it or sent to it."`
	Add     registryAdd     `cmd:"" help:"Take over entries that were completed in another place."`
	List    registryList    `cmd:"" help:"List every entry: what, who, why, signed by whom."`
	Check   registryCheck   `cmd:"" help:"Verify the whole chain."`
}

// record appends a line to the registry in the folder and says what it means.
func (f networkFolder) record(o output, line []byte) error {
	e, err := federation.ReadEntry(line)
	if err == nil {
		_, err = federation.AppendRegistry(f.Network, line)
	}
	if err != nil {
		return found(o, err)
	}
	fmt.Fprintf(o.out, "%s\nThis is entry %d of %s. A running hub takes it from there and tells every node. If the hub reads another folder, carry the file to it: passerelle registry add %s --network DIR\n",
		decision(e), e.Number, f.path(federation.RegistryFile), federation.RegistryFile)
	return nil
}

// decision says in a sentence what an entry does.
func decision(e federation.RegistryEntry) string {
	switch {
	case e.Action == federation.ActEnrol && e.Epoch == 1:
		return fmt.Sprintf("%s joins the network %q with the key %s.", e.Party, e.Network, e.Key.ID)
	case e.Action == federation.ActEnrol:
		return fmt.Sprintf("%s BEGINS ANEW in epoch %d with the key %s. All its earlier keys are revoked, its channels begin again at message 1; what was sent before stays as it is.", e.Party, e.Epoch, e.Key.ID)
	case e.Action == federation.ActRotate:
		return fmt.Sprintf("%s signs with %s from now on.", e.Party, e.Key.ID)
	case e.Action == federation.ActRevoke:
		return fmt.Sprintf("The key %s is revoked: nothing new is accepted under it.", e.Key.ID)
	}
	return fmt.Sprintf("%s leaves the network: its history stays, nothing new is accepted from it or sent to it.", e.Party)
}

type registryRevoke struct {
	networkFolder
	Party  string `help:"Whose key: hub, or a country such as be." required:""`
	Kid    string `help:"Id of the key, as passerelle keys show lists it." required:""`
	Reason string `help:"Why, in a sentence that every party may read." required:""`
	By     string `help:"Key file that signs: the hub's, a root, or the party's own." placeholder:"FILE" type:"existingfile" required:""`
}

// Run revokes a key.
func (c registryRevoke) Run(o output) error {
	return c.decide(o, c.Party, c.By, func(r *federation.Registry, party contracts.PartyID) federation.RegistryEntry {
		return r.Revoke(party, federation.KeyID(c.Kid), c.Reason, time.Now())
	})
}

type registryLeave struct {
	networkFolder
	Party  string `help:"The node that leaves, a country such as be." required:""`
	Reason string `help:"Why, in a sentence that every party may read." required:""`
	By     string `help:"Key file that signs: the hub's, or a root." placeholder:"FILE" type:"existingfile" required:""`
}

// Run lets a node go.
func (c registryLeave) Run(o output) error {
	return c.decide(o, c.Party, c.By, func(r *federation.Registry, party contracts.PartyID) federation.RegistryEntry {
		return r.Leave(party, c.Reason, time.Now())
	})
}

// decide makes an entry that one signature is enough for, and appends it.
func (f networkFolder) decide(o output, name, by string, draft func(*federation.Registry, contracts.PartyID) federation.RegistryEntry) error {
	party, err := anyParty(name)
	if err != nil {
		return err
	}
	r, err := federation.LoadRegistry(f.Network)
	if err != nil {
		return unable(err)
	}
	key, err := signingKey(r, by, federation.Root, contracts.Hub, party)
	if err != nil {
		return err
	}
	line, err := draft(r, party).Sign(key)
	if err != nil {
		return err
	}
	return f.record(o, line)
}

// signingKey reads a key file, which does not say whose it is, as that of whoever among owners has a say by it.
func signingKey(r *federation.Registry, file string, owners ...contracts.PartyID) (federation.Key, error) {
	for _, owner := range owners {
		k, err := federation.LoadKey(file, owner)
		if err != nil {
			return federation.Key{}, err
		}
		if r.MaySign(k.ID) {
			return k, nil
		}
	}
	return federation.Key{}, contracts.Fault{Code: federation.FaultSigner, Field: "--by", Message: fmt.Sprintf("%s is no root of this network and not the key that the hub or the party uses now", file), Remedy: "passerelle keys show lists both"}
}

type registryAdd struct {
	networkFolder
	File string `arg:"" help:"A registry.jsonl, or lines of one." type:"existingfile"`
}

// Run appends what is not there yet, all or nothing.
func (c registryAdd) Run(o output) error {
	b, err := readFile(c.File, 64<<20)
	if err != nil {
		return err
	}
	before, err := federation.LoadRegistry(c.Network)
	if err != nil {
		return unable(err)
	}
	lines, err := federation.SplitEntries(b)
	if err != nil {
		return found(o, err)
	}
	after, err := federation.AppendRegistry(c.Network, lines...)
	if err != nil {
		return found(o, err)
	}
	for _, e := range after.Entries()[before.Number():] {
		fmt.Fprintln(o.out, decision(e.RegistryEntry))
	}
	fmt.Fprintf(o.out, "%d entries added, %d in all\n", after.Number()-before.Number(), after.Number())
	return nil
}

type registryList struct {
	networkFolder
	JSON bool `help:"Print JSON."`
}

// Run lists the entries.
func (c registryList) Run(o output) error {
	r, err := federation.LoadRegistry(c.Network)
	if err != nil {
		return unable(err)
	}
	if c.JSON {
		return printJSON(o, r.Entries())
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "number\ttime\taction\tparty\tepoch\tkey\tsigned by\treason")
	for _, e := range r.Entries() {
		epoch := ""
		if e.Epoch > 0 {
			epoch = fmt.Sprint(e.Epoch)
		}
		var by []string
		for _, id := range e.Signers {
			by = append(by, string(id))
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.Number, e.Time.Format(time.RFC3339), e.Action, e.Party, epoch, e.Key.ID, strings.Join(by, ", "), e.Reason)
	}
	return w.Flush()
}

type registryCheck struct {
	networkFolder
	JSON bool `help:"Print JSON."`
}

// Run verifies anchor and entries; what is wrong with them is exit code 1.
func (c registryCheck) Run(o output) error {
	r, err := federation.LoadRegistry(c.Network)
	if c.JSON && (err == nil || contracts.IsFault(err)) {
		return c.showJSON(o, r, err)
	}
	if err != nil {
		return found(o, err)
	}
	a := r.Anchor()
	fmt.Fprintf(o.out, "network %s: %d entries, all signed by those who may; %d of %d roots enrol\nlast entry %s\n", a.Network, r.Number(), a.Threshold, len(a.Roots), r.Head())
	return nil
}

func (c registryCheck) showJSON(o output, r *federation.Registry, err error) error {
	if err != nil {
		return errors.Join(printJSON(o, struct {
			OK     bool             `json:"ok"`
			Faults contracts.Faults `json:"faults"`
		}{false, contracts.FaultsOf(err)}), errFound)
	}
	return printJSON(o, struct {
		OK      bool            `json:"ok"`
		Network string          `json:"network"`
		Entries int64           `json:"entries"`
		Head    federation.Hash `json:"head"`
	}{true, r.Anchor().Network, r.Number(), r.Head()})
}
