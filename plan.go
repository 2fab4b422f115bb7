package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/hub/boardpack"
	"passerelle/hub/consolidation"
	"passerelle/hub/investment"
	"passerelle/hub/store"
	"passerelle/internal/storage"
)

type planCommand struct {
	Pack planPack `cmd:"" help:"Write the pack of a board meeting, PDF and workbook, and compare it with the one that was issued. Only reads the database."`
	Show planShow `cmd:"" help:"Show the board's investments: plan, what became of it, and what remains. Only reads."`
}

type planShow struct {
	DB   string `help:"The hub's database: a file for SQLite, or postgres://user@host/name." placeholder:"DSN" required:""`
	On   string `help:"Show them as they were on a day, such as 2023-12-31." placeholder:"DAY"`
	JSON bool   `help:"Print everything as JSON: programmes, decisions, the series, and each entry."`
}

// planOutput is what --json prints.
type planOutput struct {
	Example bool             `json:"example"` // something in it is an example
	On      contracts.Date   `json:"on,omitzero"`
	Series  []investment.Row `json:"series"`
	investment.Books
	Entries    []investment.Entry       `json:"entries"`
	Conditions []boardpack.ConditionRow `json:"conditions"`
	Reports    []boardpack.Report       `json:"reports"`
	Coverage   []boardpack.CoverageRow  `json:"coverage"`
	Outlook    []boardpack.Outlook      `json:"outlook"`
	Published  []consolidation.Filing   `json:"published"`
}

// Run prints the book of investments.
func (c planShow) Run(ctx context.Context, o output) error {
	on := contracts.Date{}
	if c.On != "" {
		day, err := contracts.ParseDate(c.On)
		if err != nil {
			return contracts.Fault{Code: contracts.FaultDate, Field: "--on", Message: fmt.Sprintf("%.40q is no day", c.On), Remedy: "write it as 2023-12-31"}
		}
		on = day
	}
	db, err := storage.OpenReadOnly(ctx, c.DB, hub.Migrations()...)
	if err != nil {
		return unable(err)
	}
	state, err := stateOn(ctx, store.Read(db), on)
	books := state.Books
	if err := errors.Join(err, db.Close()); err != nil {
		return unable(err)
	}
	if c.JSON {
		return printJSON(o, planOutput{books.Example(), on, books.Rows(), books, state.Entries, state.Conditions(), state.Reports, state.Coverage(), state.Outlooks(), state.Published})
	}
	return showPlan(o, books)
}

// stateOn is what the book says of a day, and what the hub had by its end; no day means now.
func stateOn(ctx context.Context, r store.Reader, on contracts.Date) (boardpack.State, error) {
	at := time.Now()
	if !on.IsZero() {
		at = on.AddDays(1).Time().Add(-time.Microsecond)
	}
	d, err := boardpack.Read(ctx, r, at)
	if err != nil {
		return boardpack.State{}, err
	}
	if _, d.Entries, err = investment.Read(ctx, r, on); err != nil { // the book of a day is what counts from it, whenever it was written
		return boardpack.State{}, err
	}
	return d.State()
}

func showPlan(o output, books investment.Books) error {
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	for _, p := range books.Programmes {
		amount := "amount not known"
		if m, known := p.Ceiling(); known {
			amount = "at most " + m.String()
		}
		fmt.Fprintf(w, "%s\t%s, %d to %d, %s\n", p.ID, p.Name, p.From, p.Until, amount)
	}
	fmt.Fprintln(w, "programme\tcountry\tyear\tallocated\treleased\tsent\tconfirmed\tremaining\t")
	for _, r := range books.Rows() {
		note := ""
		if r.Example {
			note = "example"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Programme, r.Country, r.Year, r.Allocated.Fixed(), r.Released.Fixed(), r.Sent.Fixed(), r.Confirmed.Fixed(), r.Remaining.Fixed(), note)
	}
	return w.Flush()
}
