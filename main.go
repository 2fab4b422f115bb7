// Command passerelle is the network that joins Smart's national co-operatives: a node per country, a thin hub between them, and
// the tools around them. This file reads flags; the commands stand beside it, what they do in hub, nodes and adapters.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"passerelle/adapters/format"
	"passerelle/contracts"
	"passerelle/nodes/peppol"
)

// Exit codes of every command.
const (
	exitGood    = 0
	exitFinding = 1 // the command ran and found something wrong with what it was given
	exitFailed  = 2 // the command could not run
)

type cli struct {
	Demo      demoCommand      `cmd:"" help:"Run the whole network in one process, with demonstration data. Nothing to install."`
	Hub       hubCommand       `cmd:"" help:"Run the hub."`
	Node      nodeCommand      `cmd:"" help:"Run the node of a country."`
	Import    importCommand    `cmd:"" help:"Bring a file of past invoices into a node: all of it or nothing."`
	Rates     ratesCommand     `cmd:"" help:"Load the ECB's file of exchange rates (CSV or XML) into the hub."`
	Country   countryCommand   `cmd:"" help:"Say what holds in a country on a day, and why."`
	Invoice   invoiceCommand   `cmd:"" help:"Write, read and check invoices in the formats of nine countries. Needs no database."`
	Mobility  mobilityCommand  `cmd:"" help:"Work in another country: what law applies and which papers it needs."`
	Plan      planCommand      `cmd:"" help:"The board's investments, from the hub's database."`
	Network   networkCommand   `cmd:"" help:"Make a network: its roots, its registry, a key per party."`
	Account   accountCommand   `cmd:"" help:"Let the first people in, and programs: accounts and tokens, on the database of a program that does not run."`
	Keys      keysCommand      `cmd:"" help:"Make, show and change the keys of a party."`
	Registry  registryCommand  `cmd:"" help:"Decide who belongs to the network: approve, revoke, leave, and what was decided."`
	Conform   conformCommand   `cmd:"" help:"Say line by line whether the network would accept the frames of a program of your own."`
	Verify    verifyCommand    `cmd:"" help:"Weigh a database anew: chains, signatures, receipts, books, projections. Only reads."`
	Digest    digestCommand    `cmd:"" help:"Print the state of each country in one hash, equal at hub and node when in step."`
	ExportLog exportLogCommand `cmd:"" help:"Write the exact messages of every channel into a file."`
	Backup    backupCommand    `cmd:"" help:"Copy the database of a party, running or not, into an encrypted and signed file."`
	Restore   restoreCommand   `cmd:"" help:"Make a database from a backup, whole or not at all, and verify it."`
	ImportLog importLogCommand `cmd:"" help:"Make a database from an exported log of its party: exact messages, each verified, and what they say."`
	Rebuild   rebuildCommand   `cmd:"" help:"Make the hub's database from the exported logs of the nodes."`
	Peers     peersCommand     `cmd:"" help:"Say how the channels stand, also of a program that does not run."`
	Retention retentionCommand `cmd:"" help:"Erase in a node what is past the time it is kept, or say what would be."`
	Routes    routesCommand    `cmd:"" help:"List every address of the programs: who may use it, and for what."`
	Version   versionCommand   `cmd:"" help:"Print the versions of program, modules and events."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// output is where a command writes: answers to out, progress and complaints to err.
type output struct{ out, err io.Writer }

// run is main without the process: tests call it.
func run(ctx context.Context, args []string, out, errs io.Writer) (code int) {
	var c cli
	exited := -1
	parser, err := kong.New(&c, kong.Name("passerelle"), kong.Description("The network that joins Smart's national co-operatives."),
		kong.Writers(out, errs), kong.Exit(func(code int) { exited = code }), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"network": defaultNetwork, "peppol_zone": peppol.Production, "peppol_test_zone": peppol.Test, "written": strings.Join(format.Names(), ", "), "formats": strings.Join(append(format.Names(), slices.Sorted(maps.Keys(onPaper))...), ", ")}, kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(output{out, errs}))
	if err != nil {
		panic(err) // the flags above are wrong
	}
	command, err := parser.Parse(args)
	if exited >= 0 {
		return exited // help was asked for
	}
	if err != nil {
		fmt.Fprintf(errs, "passerelle: %v; passerelle --help lists the commands\n", err)
		return exitFailed
	}
	return exitCode(command.Run(), errs)
}

// errFound is returned by a command that has already shown what it found.
var errFound = errors.New("found")

// found shows the faults of what a command was given to look at; any other error is one of the command itself.
func found(o output, err error) error {
	if !contracts.IsFault(err) {
		return err
	}
	for _, f := range contracts.FaultsOf(err) {
		fmt.Fprintf(o.err, "passerelle: %s\n", f)
	}
	return errFound
}

func exitCode(err error, errs io.Writer) int {
	switch {
	case err == nil:
		return exitGood
	case errors.Is(err, errFound):
		return exitFinding
	case contracts.IsFault(err): // of a flag or an argument
		for _, f := range contracts.FaultsOf(err) {
			fmt.Fprintf(errs, "passerelle: %s\n", f)
		}
		return exitFailed
	}
	fmt.Fprintf(errs, "passerelle: %v\n", err)
	return exitFailed
}
