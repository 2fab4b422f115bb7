package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"passerelle/contracts"
	"passerelle/internal/federation"
)

type conformCommand struct {
	File      string `arg:"" help:"Frames, one a line, in the order they would be sent; - reads them from the standard input."`
	Network   string `help:"Folder with network.json and registry.jsonl, or a file with the directory as passerelle keys show --json prints it." placeholder:"PATH" type:"path" required:""`
	Recipient string `help:"Who would read the frames: hub, or a country." default:"hub"`
	JSON      bool   `help:"Print a JSON object a line."`
}

// Help is what passerelle conform --help says beyond the flags.
func (conformCommand) Help() string {
	return "For a co-operative with its own software: tells line by line what the network would do with its frames, from the first of a channel on, " +
		"with the codes of contracts/wire.md. It checks signature, header, payload, addresses, numbers, chain, body and authority; not the rules of the recipient's books."
}

// Run judges the frames; a line with a finding makes exit code 1.
func (c conformCommand) Run(o output) (err error) {
	recipient := contracts.PartyID(c.Recipient)
	if recipient != contracts.Hub {
		if recipient, err = nodeParty(c.Recipient); err != nil {
			return err
		}
	}
	directory, err := federation.LoadDirectory(c.Network)
	if err != nil {
		return fmt.Errorf("conform: %v", err) // as text: a broken directory is no finding about the frames
	}
	frames, err := openInput(c.File)
	if err != nil {
		return fmt.Errorf("conform: %w", err)
	}
	judgements, err := federation.Conform(directory, recipient, frames)
	if err := errors.Join(err, frames.Close()); err != nil {
		return fmt.Errorf("conform: %w", err)
	}
	return c.show(o, judgements)
}

func openInput(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	return os.Open(name)
}

func (c conformCommand) show(o output, judgements []federation.Judgement) error {
	if len(judgements) == 0 {
		return found(o, contracts.Fault{Code: contracts.FaultMissing, Field: c.File, Message: "holds no frames", Remedy: "write one frame a line"})
	}
	good := 0
	for _, j := range judgements {
		if j.Result.Good() {
			good++
		}
		if err := c.showLine(o, j); err != nil {
			return err
		}
	}
	fmt.Fprintf(o.err, "%d lines: %d would be accepted, %d not\n", len(judgements), good, len(judgements)-good)
	if good < len(judgements) {
		return errFound
	}
	return nil
}

func (c conformCommand) showLine(o output, j federation.Judgement) error {
	if c.JSON {
		text, err := contracts.Encode(j)
		if err == nil {
			_, err = fmt.Fprintf(o.out, "%s\n", text)
		}
		return err
	}
	fmt.Fprintf(o.out, "line %d: %s", j.Line, j.Result)
	switch {
	case j.Sequence > 0:
		fmt.Fprintf(o.out, " (message %d of %s)", j.Sequence, j.Source)
	case j.Type != "":
		fmt.Fprintf(o.out, " (%s of %s)", j.Type, j.Source)
	}
	for _, f := range j.Faults {
		fmt.Fprintf(o.out, "\n  %s: %s", f.Code, f)
	}
	_, err := fmt.Fprintln(o.out)
	return err
}
