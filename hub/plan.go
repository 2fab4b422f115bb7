package hub

import (
	"context"
	"fmt"
	"slices"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/investment"
	"passerelle/hub/outlook"
	"passerelle/hub/store"
	"passerelle/internal/storage"
)

// confirm takes in a node's word that money came. It becomes an entry of the board's book when the book knows that it was sent; a book that was lost
// does not, and the word is kept until it does. A word that contradicts the book is refused.
func (h *Hub) confirm(ctx context.Context, tx *storage.Tx, e contracts.DisbursementConfirmed) error {
	s := store.In(tx)
	books, _, err := investment.Read(ctx, s, contracts.Date{})
	if err != nil {
		return err
	}
	known, err := books.Fits(e)
	if err != nil {
		return err
	}
	before, err := s.Confirmations(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(before, func(c investment.Confirmation) bool { return c.Country == e.Country && c.Tranche == e.Tranche }) {
		return contracts.Fault{Code: investment.FaultReleased, Field: "tranche", Message: "it is confirmed already", Remedy: "a step is taken once"}
	}
	if err := s.KeepConfirmation(ctx, e, h.now()); err != nil || !known {
		return err
	}
	h.plansMoved(tx)
	return h.enterConfirmed(ctx, s, investment.Confirmation{DisbursementConfirmed: e})
}

// enterConfirmed writes a node's word into the book, as the node's own.
func (h *Hub) enterConfirmed(ctx context.Context, s store.Writer, c investment.Confirmation) error {
	_, err := investment.Record(ctx, s, "node "+string(contracts.NodeID(c.Country)), h.now(), c.Act())
	return err
}

// takeWaiting enters the confirmations that waited for the book to know that their money was sent. What still does not fit goes on waiting, and is shown.
func (h *Hub) takeWaiting(ctx context.Context, s store.Writer, books *investment.Books) (took bool, err error) {
	all, err := s.Confirmations(ctx)
	if err != nil {
		return false, err
	}
	for _, c := range books.Waiting(all) {
		if known, err := books.Fits(c.DisbursementConfirmed); err != nil || !known {
			continue // shown as not in the book
		}
		switch err := h.enterConfirmed(ctx, s, c); {
		case err == nil:
			took = true
		case !contracts.IsFault(err): // of a day that does not fit: goes on waiting
			return took, err
		}
	}
	return took, nil
}

// evidence keeps what a node gives for a condition, for the board to judge.
func (h *Hub) evidence(ctx context.Context, tx *storage.Tx, e contracts.ConditionEvidenced) error {
	s := store.In(tx)
	books, _, err := investment.Read(ctx, s, contracts.Date{})
	if err != nil {
		return err
	}
	if err := books.CheckEvidence(e); err != nil {
		return err
	}
	return s.KeepEvidence(ctx, e, h.now())
}

// plansMoved has the nodes told anew of their part of the plan, and of their coverage, once the transaction is durable.
func (h *Hub) plansMoved(tx *storage.Tx) {
	tx.AfterCommit(func() { h.untold.Store(true); h.nudge() })
}

// sharePlans tells each node its own part of the board's plan, and its coverage beside the median of the network, when they may have moved.
func (h *Hub) sharePlans(ctx context.Context) error {
	if !h.untold.Swap(false) {
		return nil
	}
	err := h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		s := store.In(tx)
		books, _, err := investment.Read(ctx, s, contracts.Date{})
		if err != nil {
			return err
		}
		paths, coverage, err := h.coverages(ctx, s)
		if err != nil {
			return err
		}
		for _, to := range h.network.Present() {
			c, _ := to.Country() // the hub's peers are all countries
			if plan, some := books.PlanOf(c); some {
				if err := h.Tell(ctx, tx, to, plan); err != nil {
					return err
				}
			}
			coverage.Country, coverage.Months = c, outlook.Told(paths, c)
			if len(coverage.Months) > 0 {
				if err := h.Tell(ctx, tx, to, coverage); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		h.untold.Store(true)
		return fmt.Errorf("tell nodes their plan: %w", err)
	}
	return nil
}

// coverageYears is how far back reports are looked at.
const coverageYears = 4

// coverages are the paths of all countries, each in the currency of its books.
func (h *Hub) coverages(ctx context.Context, s store.Writer) (map[contracts.CountryCode][]outlook.Point, contracts.CoverageTold, error) {
	said := contracts.CoverageTold{}
	profiles, err := s.CurrentProfiles(ctx)
	if err != nil {
		return nil, said, err
	}
	reports, err := reportsSince(ctx, s, h.now().UTC().Year()-coverageYears+1, h.now().UTC().Year())
	if err != nil {
		return nil, said, err
	}
	paths := map[contracts.CountryCode][]outlook.Point{}
	for _, p := range profiles {
		own := slices.DeleteFunc(slices.Clone(reports), func(r contracts.MonthlyReport) bool { return r.Country != p.Country })
		paths[p.Country] = outlook.Path(outlook.Months(own, p.Currency))
		said.Demonstration = said.Demonstration || p.Demonstration
	}
	said.Reports, err = s.CountReports(ctx)
	return paths, said, err
}

func reportsSince(ctx context.Context, s consolidation.ComputedStore, first, last int) (all []contracts.MonthlyReport, err error) {
	for year := first; year <= last; year++ {
		reports, err := s.ReportsOf(ctx, year)
		if err != nil {
			return nil, err
		}
		all = append(all, reports...)
	}
	return all, nil
}
