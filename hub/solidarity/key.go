package solidarity

import (
	"fmt"

	"passerelle/contracts"
)

// Key says how what a year costs is shared: parts of it by turnover, by users and equally, which come to 100 percent; and what a co-operative
// pays at least and at most.
type Key struct {
	Turnover contracts.Percent `json:"turnover"`
	Users    contracts.Percent `json:"users"`
	Equal    contracts.Percent `json:"equal"`
	Floor    *contracts.Money  `json:"floor,omitzero"`   // in EUR, of each co-operative and call; nil for none
	Ceiling  *contracts.Money  `json:"ceiling,omitzero"` // as Floor
}

// Figures are the means of a co-operative in a year, as it reported them.
type Figures struct {
	Country  Country          `json:"country"`
	Turnover *contracts.Money `json:"turnover_eur" jsonschema:"nullable"` // in EUR, without VAT; nil when not known
	Users    *int             `json:"users" jsonschema:"nullable"`        // nil when not known
}

// Validate returns every Fault of the key.
func (k Key) Validate() error {
	var fs contracts.Faults
	for _, p := range []struct {
		field string
		part  contracts.Percent
	}{{"turnover", k.Turnover}, {"users", k.Users}, {"equal", k.Equal}} {
		if p.part.IsNegative() {
			fs.Addf(contracts.FaultInvalid, p.field, "give a percentage from 0 to 100", "%s percent is less than nothing", p.part.String())
		}
	}
	if sum := k.Turnover.Add(k.Users.Decimal).Add(k.Equal.Decimal); !sum.Equal(hundred) {
		fs.Addf(FaultKey, "turnover", "let turnover, users and equal parts come to 100 percent", "the parts of the key come to %s percent", sum.String())
	}
	fs.Add("floor", bound(k.Floor))
	fs.Add("ceiling", bound(k.Ceiling))
	if k.Floor != nil && k.Ceiling != nil && k.Floor.Amount.GreaterThan(k.Ceiling.Amount) {
		fs.Addf(FaultKey, "floor", "let the least be no more than the most", "the floor is above the ceiling")
	}
	return fs.Err()
}

func bound(m *contracts.Money) error {
	if m == nil {
		return nil
	}
	return euros(*m)
}

// euros demands an amount of EUR above zero: the pot has one currency.
func euros(m contracts.Money) error {
	if m.Currency != contracts.EUR {
		return contracts.Fault{Code: contracts.FaultCurrency, Message: fmt.Sprintf("%s is in another currency: the pot is in EUR", m), Remedy: "give the amount in EUR"}
	}
	if _, err := m.Minor(); err != nil {
		return err
	}
	if m.Sign() <= 0 {
		return contracts.Fault{Code: contracts.FaultAmount, Message: "no amount above zero", Remedy: "give an amount such as 50000.00"}
	}
	return nil
}

// Part is what a co-operative owes.
type Part struct {
	Country Country         `json:"country"`
	Amount  contracts.Money `json:"amount"`
	Bound   Bound           `json:"bound,omitzero"`
}

// Bound tells that a part is what the key's floor or ceiling makes of it, and not the co-operative's share.
type Bound string

// The bounds.
const (
	AtFloor   Bound = "floor"
	AtCeiling Bound = "ceiling"
)
