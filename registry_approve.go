package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"passerelle/contracts"
	"passerelle/internal/federation"
)

type registryApprove struct {
	networkFolder
	File        string   `arg:"" help:"The join request, such as de.join, or the approval that another holder has begun, such as de.approval." type:"existingfile"`
	Fingerprint string   `help:"What the party has read to you over the telephone." required:""`
	Root        []string `help:"Key file of a root; give it twice if you hold two." placeholder:"FILE" type:"existingfile" required:""`
	Recover     bool     `help:"The party is in the network: revoke all its keys and begin its channels anew."`
	Reason      string   `help:"Why, in a sentence that every party may read."`
}

// Run signs, and either completes the entry or leaves it for the next holder of a root.
func (c registryApprove) Run(o output) error {
	r, err := federation.LoadRegistry(c.Network)
	if err != nil {
		return unable(err)
	}
	entry, line, err := c.entry(r)
	if err != nil {
		return found(o, err)
	}
	if err := c.consider(r, entry); err != nil {
		return found(o, err)
	}
	roots, err := c.roots()
	if err != nil {
		return err
	}
	if line == nil {
		line, err = entry.Sign(roots...)
	} else {
		line, err = federation.Cosign(line, roots...)
	}
	if err != nil {
		return err
	}
	if _, err := r.Append(line); onlyUnapproved(err) {
		return c.handOn(o, entry, line)
	}
	return c.record(o, line)
}

// entry is what is to be signed; line is there when somebody has signed it before.
func (c registryApprove) entry(r *federation.Registry) (entry federation.RegistryEntry, line []byte, err error) {
	b, err := readFile(c.File, 1<<20)
	if err != nil {
		return entry, nil, err
	}
	line = bytes.TrimSuffix(b, []byte("\n"))
	if entry, err := federation.ReadEntry(line); err == nil {
		return entry, line, nil
	}
	request, err := federation.ParseJoinRequest(b)
	if err != nil {
		return entry, nil, contracts.Fault{Code: contracts.FaultMalformed, Field: c.File, Message: fmt.Sprintf("neither a good join request nor an approval: %v", err), Remedy: "have the party make its request again with passerelle keys new"}
	}
	return r.Enrol(request, c.Reason, time.Now()), nil, nil
}

// consider checks what only the person at the keyboard can know: that the key is the party's own, and that he means it.
func (c registryApprove) consider(r *federation.Registry, e federation.RegistryEntry) error {
	if e.Number <= r.Number() {
		return contracts.Fault{Code: federation.FaultNumber, Field: c.File, Message: fmt.Sprintf("entry %d has been decided meanwhile", e.Number),
			Remedy: "passerelle registry list shows it; if it is another decision than this, begin again with the join request"}
	}
	var fs contracts.Faults
	if e.Action != federation.ActEnrol {
		fs.Addf(contracts.FaultInvalid, c.File, "sign here only what enrols a party", "this entry is to %s %s", e.Action, e.Party)
	}
	if !e.Key.HasFingerprint(c.Fingerprint) {
		fs.Addf(contracts.FaultInvalid, "--fingerprint", "sign nothing before the party itself has read you the fingerprint of its key, from its own screen", "the key in %s has another", c.File)
	}
	d := r.Directory()
	if in := d.Epoch(e.Party) > 0 && !d.Left(e.Party); in && !c.Recover {
		fs.Addf(federation.FaultMembership, "--recover", "add --recover if its key is lost or stolen, its books are lost or its history is forked: all its keys are revoked and its channels begin anew", "%s is in the network already", e.Party)
	} else if !in && c.Recover {
		fs.Addf(federation.FaultMembership, "--recover", "leave it out", "%s is not in the network, so there is nothing to recover", e.Party)
	}
	return fs.Err()
}

func (c registryApprove) roots() ([]federation.Key, error) {
	var keys []federation.Key
	for _, file := range c.Root {
		k, err := federation.LoadKey(file, federation.Root)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// onlyUnapproved tells whether nothing is wrong with an entry but that others must still sign it.
func onlyUnapproved(err error) bool {
	if err == nil {
		return false
	}
	for _, f := range contracts.FaultsOf(err) {
		if f.Code != federation.FaultApproval {
			return false
		}
	}
	return true
}

// handOn writes what the next holder of a root signs.
func (c registryApprove) handOn(o output, e federation.RegistryEntry, line []byte) error {
	file := strings.TrimSuffix(c.File, filepath.Ext(c.File)) + ".approval"
	if err := os.WriteFile(file, append(line, '\n'), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(o.out, "%s\n%s  holds your signature. Give it to another holder of a root, who must hear the fingerprint from %s too, and runs:\n\n  passerelle registry approve %s --network DIR --fingerprint \"...\" --root FILE%s\n",
		decision(e), file, e.Party, filepath.Base(file), map[bool]string{true: " --recover"}[c.Recover])
	return nil
}
