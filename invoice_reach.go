package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"passerelle/adapters/format/en16931"
	"passerelle/nodes/peppol"
)

type invoiceReach struct {
	Participant string `arg:"" help:"The scheme and the number, such as 0208:0403019261."`
	Zone        string `help:"Zone of the DNS in which the network is: ${peppol_zone}, or ${peppol_test_zone} for tests." default:"${peppol_zone}" placeholder:"NAME"`
	Resolver    string `help:"Address of a DNS server; the computer's own when not given." placeholder:"ADDRESS"`
	JSON        bool   `help:"Print the answer as JSON."`

	options peppol.Options // for tests
}

// reached is what a participant receives.
type reached struct {
	Participant string      `json:"participant"`
	InNetwork   bool        `json:"in_network"`
	Publisher   string      `json:"publisher,omitzero"`
	Documents   []reachedAs `json:"documents"`
}

// reachedAs is a document type, with who takes it when it is one that this program writes.
type reachedAs struct {
	Type     string           `json:"document_type"`
	Format   string           `json:"format,omitzero"` // as passerelle invoice write knows it
	Credit   bool             `json:"credit_note,omitzero"`
	Services []peppol.Service `json:"services,omitzero"`
}

// Run tells what the participant receives: exit code 1 when it is not in the network, 2 when that could not be told.
func (c invoiceReach) Run(ctx context.Context, o output) error {
	p, err := peppol.ParseParticipant(c.Participant)
	if err != nil {
		return err
	}
	c.options.Zone, c.options.Resolver = c.Zone, c.Resolver
	d, err := peppol.New(c.options)
	if err != nil {
		return err
	}
	answer, err := reach(ctx, d, p)
	if err != nil {
		return fmt.Errorf("look up %s: %w", p, err)
	}
	if c.JSON {
		err = printJSON(o, answer)
	} else {
		err = answer.print(o)
	}
	if err == nil && !answer.InNetwork {
		return errFound
	}
	return err
}

// reach lists what a participant receives, and asks who takes what this program can write.
func reach(ctx context.Context, d *peppol.Directory, p peppol.Participant) (reached, error) {
	answer := reached{Participant: string(p), Documents: []reachedAs{}}
	publisher, err := d.Publisher(ctx, p)
	if err == nil {
		answer.Publisher = publisher
		err = answer.add(ctx, d, p)
	}
	if errors.Is(err, peppol.ErrNotRegistered) {
		return answer, nil
	}
	answer.InNetwork = err == nil
	return answer, err
}

func (r *reached) add(ctx context.Context, d *peppol.Directory, p peppol.Participant) error {
	types, err := d.Documents(ctx, p)
	if err != nil {
		return err
	}
	slices.Sort(types)
	for _, t := range types {
		document := written(t)
		if document.Format != "" {
			if document.Services, err = d.Services(ctx, p, t); err != nil && !peppol.IsNo(err) {
				return err
			}
		}
		r.Documents = append(r.Documents, document)
	}
	return nil
}

// written names the format of a document type, when this program writes it.
func written(documentType string) reachedAs {
	as := reachedAs{Type: documentType}
	for _, target := range en16931.Targets {
		for _, credit := range []bool{false, true} {
			if peppol.DocumentType(target, credit) == documentType {
				as.Format, as.Credit = target.Name, credit
				return as
			}
		}
	}
	return as
}

func (r reached) print(o output) error {
	if !r.InNetwork {
		_, err := fmt.Fprintf(o.out, "%s is not in the network\n", r.Participant)
		return err
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s is in the network, says %s\n", r.Participant, r.Publisher)
	for _, document := range r.Documents {
		if document.Format == "" {
			continue
		}
		kind := "invoice"
		if document.Credit {
			kind = "credit note"
		}
		if len(document.Services) == 0 {
			fmt.Fprintf(w, "%s\t%s\tlisted, but nobody takes it now\n", document.Format, kind)
		}
		for _, s := range document.Services {
			fmt.Fprintf(w, "%s\t%s\t%s\tcertificate until %s\n", document.Format, kind, s.AccessPoint, s.Until.Format(time.DateOnly))
		}
	}
	if others := r.others(); others != "" {
		fmt.Fprintf(w, "and types that this program does not write:\n%s", others)
	}
	return w.Flush()
}

func (r reached) others() string {
	var all strings.Builder
	for _, document := range r.Documents {
		if document.Format == "" {
			fmt.Fprintf(&all, "  %s\n", document.Type)
		}
	}
	return all.String()
}
