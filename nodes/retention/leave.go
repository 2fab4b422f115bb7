package retention

import (
	"context"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
)

// Erase erases a member as far as the law allows today: what is no invoice data at once; the rest when the period of his last document is over,
// by the daily run. Asked again it goes on where it can.
func (r Retention) Erase(ctx context.Context, s access.Scope, id member.ID, reason string) (e Erasure, err error) {
	err = r.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, found, err := r.Store.Member(ctx, tx, s, id)
		if err != nil {
			return err
		}
		if !found {
			return ErrUnknown
		}
		e, err = r.leave(ctx, tx, access.Of(string(id)), Erasure{Subject: Subject(id), Member: id, AskedAt: r.Now(), Reason: reason})
		return err
	})
	if err != nil {
		return Erasure{}, fmt.Errorf("erase member: %w", err)
	}
	return e, nil
}

// leave erases what of one member may go; own is the scope of his data.
func (r Retention) leave(ctx context.Context, tx *storage.Tx, own access.Scope, e Erasure) (Erasure, error) {
	for _, k := range Past(r.Country, r.today()) {
		documents, err := r.Store.Unerased(ctx, tx, own, k.From, k.To, 1<<30)
		if err != nil {
			return e, err
		}
		if err := r.erase(ctx, tx, own, documents, k); err != nil {
			return e, err
		}
	}
	around, err := r.Store.EraseAround(ctx, tx, own)
	if err != nil {
		return e, err
	}
	cases, err := r.Store.EraseCases(ctx, tx, own, r.today())
	if err != nil {
		return e, err
	}
	entry := Entry{Kind: "member", Subject: e.Subject, Count: around + cases, Rule: "what is no invoice data goes at once"}
	until, why, err := r.stays(ctx, tx, own)
	if err != nil {
		return e, err
	}
	if e.KeepUntil = until; !until.IsZero() {
		entry.Rule += fmt.Sprintf("; the rest after %s: %s", until, why)
	} else {
		e.DoneAt, entry.Rule, entry.Count = r.Now(), "nothing has to be kept", around+cases+1
		if err := r.Store.EraseMember(ctx, tx, own, e.Member, e.Subject); err != nil {
			return e, err
		}
	}
	if err := r.log(ctx, tx, entry); err != nil {
		return e, err
	}
	return e, r.Store.SaveErasure(ctx, tx, own, e)
}

// stays is until when something of a member must be kept, and by which rule; no day when nothing must.
func (r Retention) stays(ctx context.Context, tx *storage.Tx, own access.Scope) (contracts.Date, string, error) {
	kept, some, err := r.KeptOf(ctx, tx, own)
	if err != nil {
		return contracts.Date{}, "", err
	}
	until, why := contracts.Date{}, ""
	if some {
		until, why = kept.Until, rule(kept)
	}
	cases, err := r.Store.CasesKeptUntil(ctx, tx, own, r.today())
	if cases.After(until) {
		until, why = cases, "an inspector may ask for the file of work abroad (Directive 2014/67/EU Art. 9)"
	}
	return until, why, err
}
