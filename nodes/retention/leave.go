package retention

import (
	"context"
	"fmt"

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
	kept, some, err := r.KeptOf(ctx, tx, own)
	if err != nil {
		return e, err
	}
	entry := Entry{Kind: "member", Subject: e.Subject, Count: around, Rule: "what is no invoice data goes at once"}
	if e.KeepUntil = kept.Until; some {
		entry.Rule += fmt.Sprintf("; the rest after %s: %s", kept.Until, rule(kept))
	} else {
		e.DoneAt, entry.Rule, entry.Count = r.Now(), "nothing has to be kept", around+1
		if err := r.Store.EraseMember(ctx, tx, own, e.Member, e.Subject); err != nil {
			return e, err
		}
	}
	if err := r.log(ctx, tx, entry); err != nil {
		return e, err
	}
	return e, r.Store.SaveErasure(ctx, tx, own, e)
}
