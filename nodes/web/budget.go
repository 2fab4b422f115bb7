package web

import (
	"context"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
)

// budget is what the books say of an activity in one currency.
type budget struct {
	Invoiced     contracts.Money `json:"invoiced"` // less credit notes, without VAT
	Contribution contracts.Money `json:"contribution"`
	Available    contracts.Money `json:"available"`
}

// Share is the contribution in percent of what was invoiced, for the picture; nil when nothing was.
func (b budget) Share() *decimal.Decimal {
	if b.Invoiced.Sign() <= 0 {
		return nil
	}
	share := b.Contribution.Amount.Shift(2).DivRound(b.Invoiced.Amount, 4)
	return &share
}

// Width is the width of a share in a picture 700 wide.
func (b budget) Width() float64 {
	if s := b.Share(); s != nil {
		return s.InexactFloat64() * 7
	}
	return 0
}

// Rest is what the picture has beside it.
func (b budget) Rest() float64 { return 700 - b.Width() }

// budgets reads the budgets of an activity from the ledger, one per currency.
func (s server) budgets(ctx context.Context, q storage.Querier, scope access.Scope, id member.ActivityID) ([]budget, error) {
	invoiced, err := s.Store.Balances(ctx, q, scope, id, outbound.Revenue)
	if err != nil {
		return nil, err
	}
	given, err := s.Store.Balances(ctx, q, scope, id, outbound.ContributionCharge)
	if err != nil {
		return nil, err
	}
	all := []budget{}
	for _, m := range invoiced {
		b := budget{Invoiced: m.Neg(), Contribution: contracts.Zero(m.Currency)}
		for _, g := range given {
			if g.Currency == m.Currency {
				b.Contribution = g
			}
		}
		if b.Available, err = b.Invoiced.Sub(b.Contribution); err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}
