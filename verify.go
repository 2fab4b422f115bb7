package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
	"passerelle/nodes"
)

type verifyCommand struct {
	stored
	Network string `help:"Folder with network.json and registry.jsonl, which say what keys to believe." placeholder:"DIR" type:"existingdir" required:""`
}

// Run weighs the whole database of a party anew and shows each check; a finding is exit code 1.
func (c verifyCommand) Run(ctx context.Context, o output) error {
	directory, err := federation.LoadDirectory(c.Network)
	if err != nil {
		return unable(err)
	}
	var checks []federation.Check
	err = c.read(ctx, func(ctx context.Context, q storage.Querier, self contracts.PartyID) error {
		checks, err = verify(ctx, q, self, directory)
		return err
	})
	if err != nil {
		return err
	}
	return showChecks(o, checks, c.JSON)
}

// verify is every check of a party's database: its channels, then its books or projections.
func verify(ctx context.Context, q storage.Querier, self contracts.PartyID, directory *federation.Directory) ([]federation.Check, error) {
	channels, err := federation.Verify(ctx, q, self, directory)
	if err != nil {
		return nil, err
	}
	own := nodes.Verify
	if self == contracts.Hub {
		own = hub.Verify
	}
	books, err := own(ctx, q)
	return append(channels, books...), err
}

func showChecks(o output, checks []federation.Check, asJSON bool) error {
	var result error
	for _, c := range checks {
		if !c.OK {
			result = errFound
		}
	}
	if asJSON {
		return errors.Join(printJSON(o, checks), result)
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	for _, c := range checks {
		word := "good"
		if !c.OK {
			word = "BAD " + c.FirstBad + ":"
		}
		fmt.Fprintf(w, "%s\t%d\t%s %s\n", c.Name, c.Rows, word, c.Message)
	}
	return errors.Join(w.Flush(), result)
}
