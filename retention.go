package main

import (
	"context"
	"errors"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/federation/memory"
)

// retentionCommand does by hand what a node does each day: docs/privacy.md says what, and by which rules.
type retentionCommand struct {
	Country  string `help:"Country of the node, two letters." required:""`
	DB       string `help:"Database of the node, which must not run: a file for SQLite, or postgres://user@host/name." placeholder:"DSN" required:""`
	Network  string `help:"Folder with network.json, the key and the settings of the node." placeholder:"DIR" type:"existingdir" required:""`
	Settings string `help:"What the co-operative says of itself; default <network>/<country>.yaml." placeholder:"FILE" type:"existingfile"`
	DryRun   bool   `help:"Go the whole way and roll back: say what would be erased." name:"dry-run"`
	JSON     bool   `help:"Print the result as JSON."`
}

// Run erases what is past its period today. Invented data have no period, and are left alone.
func (c retentionCommand) Run(ctx context.Context, o output) error {
	self, err := nodeParty(c.Country)
	if err != nil {
		return err
	}
	prog, n, err := openConfigured(ctx, self, partyFlags{DB: c.DB, Network: c.Network}, c.Settings, memory.NewBroker(), o)
	if err != nil {
		return err
	}
	if n.Settings.Demonstration && !c.DryRun {
		return errors.Join(contracts.Fault{Code: contracts.FaultInvalid, Field: "--db", Message: "the data of a demonstration are invented and have no period", Remedy: "look with --dry-run"}, prog.close())
	}
	result, err := n.Retention.Run(ctx, c.DryRun)
	if err := errors.Join(err, prog.close()); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(o, result)
	}
	verb := "erased"
	if c.DryRun {
		verb = "would be erased; nothing was changed"
	}
	fmt.Fprintf(o.out, "%d documents, %d drafts, %d import files, %d buyers, %d members %s\n", result.Documents, result.Drafts, result.Imports, result.Buyers, result.Members, verb)
	return nil
}
