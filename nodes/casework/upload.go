package casework

import (
	"context"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// Upload keeps a document of a case in scope. The same bytes under the same kind are kept once.
func (cs Cases) Upload(ctx context.Context, s access.Scope, id contracts.CaseID, kind PaperKind, content []byte) (p Paper, err error) {
	if p, err = NewPaper(PaperID(newID()), kind, content, cs.Now()); err != nil {
		return Paper{}, err
	}
	p.Account = access.DeedOf(ctx).By.Account
	err = cs.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		c, found, err := cs.Store.Case(ctx, tx, s, id)
		if err != nil || !found {
			return orNotFound(err)
		}
		papers, err := cs.Store.Papers(ctx, tx, s, id)
		if err != nil {
			return err
		}
		if known, there := same(papers, p); there {
			p = known
			return nil
		}
		if err := takesPapers(c, papers); err != nil {
			return err
		}
		return cs.Store.InsertPaper(ctx, tx, s, id, p, content)
	})
	if err != nil {
		return Paper{}, fmt.Errorf("upload to case: %w", err)
	}
	return p, nil
}

// same finds a document with the same bytes that holds and is called the same.
func same(all []Paper, p Paper) (Paper, bool) {
	for _, o := range all {
		if o.SHA256 == p.SHA256 && o.Kind == p.Kind && !o.Invalid() {
			return o, true
		}
	}
	return p, false
}

func takesPapers(c Case, papers []Paper) error {
	if !c.Open() {
		return contracts.Fault{Code: FaultState, Message: fmt.Sprintf("a case in the state %s takes no documents", stateName(c.State)), Remedy: "have an adviser reopen it first"}
	}
	if len(papers) >= MostPapers {
		return contracts.Fault{Code: contracts.FaultTooLarge, Field: "file", Message: fmt.Sprintf("the case has %d documents already", MostPapers), Remedy: "join several into one PDF"}
	}
	return nil
}

// Invalidate marks a document of a case in scope as wrong. It stays; what rests on it is to be done again.
func (cs Cases) Invalidate(ctx context.Context, s access.Scope, id contracts.CaseID, p PaperID) error {
	return cs.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		found, err := cs.Store.InvalidatePaper(ctx, tx, s, id, p, contracts.DateOf(cs.Now().UTC()))
		if err == nil && !found {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		_, _, err = cs.settle(ctx, tx, id)
		return err
	})
}
