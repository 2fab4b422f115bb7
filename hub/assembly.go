package hub

import (
	"context"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/hub/assembly"
	"passerelle/hub/boardpack"
	"passerelle/hub/investment"
	"passerelle/hub/store"
	"passerelle/internal/storage"
)

// payer is the co-operative whose members pay for the support abroad, and whose assembly the board answers to.
const payer contracts.CountryCode = "BE"

// AssemblyAccount is what the contribution of a year paid for, by what the hub has now.
func (h *Hub) AssemblyAccount(ctx context.Context, year int) (assembly.Account, time.Time, error) {
	return accountOf(ctx, store.Read(h.db), year, h.now())
}

func accountOf(ctx context.Context, r boardpack.Reader, year int, now time.Time) (assembly.Account, time.Time, error) {
	data, err := boardpack.Read(ctx, r, now)
	if err != nil {
		return assembly.Account{}, now, fmt.Errorf("account of %d: %w", year, err)
	}
	state, err := data.ForTheBoard().State()
	if err != nil {
		return assembly.Account{}, now, fmt.Errorf("account of %d: %w", year, err)
	}
	var reports []contracts.MonthlyReport
	for _, r := range state.Reports {
		if r.Country == payer && r.Currency == contracts.EUR && r.Newest && r.Month.Year() == year {
			reports = append(reports, r.MonthlyReport)
		}
	}
	abroad, example := []assembly.Support{}, false
	for _, c := range state.Countries {
		sent, invented := state.Books.SentTo(c.Code, contracts.EUR, contracts.NewDate(year, 1, 1), contracts.NewDate(year, 12, 31))
		if c.Code != payer && sent.Sign() > 0 {
			abroad, example = append(abroad, assembly.Support{Country: c.Code, Amount: sent}), example || invented
		}
	}
	account := assembly.Make(payer, year, contracts.EUR, reports, abroad)
	account.Example = example
	return account, data.AsOf, nil
}

// Publish puts the account of a year before the members and the assembly, or withdraws it, as a decision of the board has it. The figures are those
// of this moment, and stay.
func (h *Hub) Publish(ctx context.Context, by string, year int, decision string, withdraw bool) (act assembly.Act, err error) {
	err = h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		s, now := store.In(tx), h.now()
		books, _, err := investment.Read(ctx, s, contracts.Date{})
		if err != nil {
			return err
		}
		d, found := books.Decision(decision)
		if !found || !d.Carried() {
			d = investment.Decision{}
		}
		acts, err := s.AssemblyActs(ctx)
		if err != nil {
			return err
		}
		act = assembly.Act{Number: len(acts) + 1, At: now.UTC().Truncate(time.Microsecond), By: by, Year: year, Decision: d.ID, Meeting: d.Meeting, Withdrawn: withdraw}
		if !withdraw {
			account, asOf, err := accountOf(ctx, s, year, now)
			if err != nil {
				return err
			}
			act.Account, act.AsOf = &account, asOf
		}
		if err := act.Check(acts, contracts.DateOf(now.UTC())); err != nil {
			return err
		}
		return s.AddAssemblyAct(ctx, act)
	})
	if err != nil {
		return assembly.Act{}, err
	}
	return act, nil
}
