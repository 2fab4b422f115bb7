package outbound

import (
	"fmt"

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

// withholds says whether the buyer may keep back the income tax that the draft says.
func (l Law) withholds(d Draft) error {
	switch {
	case d.Withholding.IsZero():
		return nil
	case l.Invoice.Withheld == nil:
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "withholding", Message: fmt.Sprintf("in %s a buyer keeps no income tax back from a co-operative", l.Name.EN), Remedy: "leave it out"}
	case d.Buyer.Kind != contracts.Business || d.Buyer.Address.Country != l.Code:
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "withholding", Message: "only a business in the seller's country keeps income tax back", Remedy: "leave it out"}
	case d.Withholding.IsNegative() || !d.Withholding.LessThan(contracts.MustPercent("100").Decimal):
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "withholding", Message: fmt.Sprintf("%s %% cannot be kept back", d.Withholding), Remedy: "give percent points of the amount without VAT, such as 4"}
	}
	return nil
}

func (l Law) number(year int, n int64) string { return country.Number(l.Series(l.Config), year, n) }

// currency is the node's own.
func (l Law) currency() contracts.Currency { return l.Currency.Code }
