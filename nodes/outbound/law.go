package outbound

import (
	"passerelle/adapters/country"
	"passerelle/contracts"
)

// Law is the country's side of selling: its adapter, what the node has set where the country leaves a choice, and the
// countries its buyers live in.
type Law struct {
	*country.Adapter
	Config country.Config
	Atlas  country.Atlas
}

// treat decides the VAT of the draft for its buyer.
func (l Law) treat(d Draft) (country.Treatment, error) {
	return country.Treat(l.Adapter, l.Config, l.Atlas, country.Sale{
		On: d.SupplyDate, Service: d.Service, PerformedIn: d.PerformedIn, Language: d.Buyer.Language,
		Buyer: country.Buyer{Country: d.Buyer.Address.Country, Kind: d.Buyer.Kind, VATID: d.Buyer.VATID, Registration: d.Registration},
	})
}

func (l Law) contribution(on contracts.Date, kind contracts.MemberKind, service contracts.Service) (contracts.Percent, contracts.ContributionTerm, error) {
	return l.Contribution(on, kind, service, l.Config)
}

func (l Law) payoutDate(performance contracts.Date) (contracts.Date, error) {
	return l.PayoutDate(performance, l.Config)
}

func (l Law) number(year int, n int64) string { return country.Number(l.Series(l.Config), year, n) }

// currency is the node's own.
func (l Law) currency() contracts.Currency { return l.Currency.Code }
