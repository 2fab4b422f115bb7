package store

import (
	"context"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
)

// owned tells whether an activity is there and in scope. The ledger knows owners by id alone, and no members.
func (Store) owned(ctx context.Context, q storage.Querier, s access.Scope, id member.ActivityID) (bool, error) {
	var one int
	return found(q.QueryRowContext(ctx, `SELECT 1 FROM activity WHERE id = $1 AND `+s.Where("member", 2), id, s.Arg()).Scan(&one))
}

// Balances returns what an account of the ledger holds for an activity, per currency; nothing for one out of scope.
func (st Store) Balances(ctx context.Context, q storage.Querier, s access.Scope, id member.ActivityID, account ledger.Account) ([]contracts.Money, error) {
	if ok, err := st.owned(ctx, q, s, id); err != nil || !ok {
		return nil, err
	}
	return ledger.Balances(ctx, q, ledger.Filter{Account: account, Owner: string(id)})
}

// Entries returns the newest postings of an activity, at most limit; nothing for one out of scope.
func (st Store) Entries(ctx context.Context, q storage.Querier, s access.Scope, id member.ActivityID, limit int) ([]ledger.Entry, error) {
	if ok, err := st.owned(ctx, q, s, id); err != nil || !ok {
		return nil, err
	}
	return ledger.Entries(ctx, q, ledger.Filter{Owner: string(id)}, limit)
}

// Booked returns what the ledger says of a document and its payments; nothing for one out of scope.
func (st Store) Booked(ctx context.Context, q storage.Querier, s access.Scope, id contracts.InvoiceID) ([]ledger.Transaction, error) {
	if _, ok, err := st.Document(ctx, q, s, id); err != nil || !ok {
		return nil, err
	}
	payments, err := st.Payments(ctx, q, s, id)
	if err != nil {
		return nil, err
	}
	var all []ledger.Transaction
	for _, reference := range outbound.References(id, payments) {
		t, err := ledger.Find(ctx, q, reference)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}
