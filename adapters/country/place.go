package country

import (
	"fmt"

	"passerelle/contracts"
)

// place is where a service is supplied and why there.
type place struct {
	country contracts.CountryCode
	legal   string
	basis   basis
}

// basis tells the kinds of rule apart, because what follows abroad depends on it.
type basis int

const (
	atSeller    basis = iota // the seller's country
	atTaxable                // the business customer's country: the customer owes the VAT
	atConsumer               // the consumer's country: the one-stop shop
	atPerformer              // where it is done: VAT of that state, which the customer does not take over
	atArt59                  // the consumer outside the EU
)

// placeOfSupply applies Art. 44 to 59 of Directive 2006/112/EC.
func (c *consideration) placeOfSupply() place {
	done, buyer := c.sale.PerformedIn, c.sale.Buyer.Country
	switch c.sale.Service {
	case contracts.ServiceProperty:
		return place{done, "Art. 47", atPerformer}
	case contracts.ServiceTransport:
		return place{done, "Art. 48", atPerformer}
	case contracts.ServiceCatering:
		return place{done, "Art. 55", atPerformer}
	case contracts.ServiceHire:
		return place{done, "Art. 56", atPerformer}
	case contracts.ServiceAdmission:
		if c.taxable {
			return place{done, "Art. 53", atPerformer}
		}
		return place{done, "Art. 54(1)", atPerformer}
	case contracts.ServiceStreaming:
		if c.sale.On.Before(virtualEvents) {
			return place{done, "Art. 53 and 54 as in force until 2024-12-31", atPerformer}
		}
	}
	if c.taxable {
		return place{buyer, "Art. 44", atTaxable}
	}
	return c.placeForConsumer(done, buyer)
}

func (c *consideration) placeForConsumer(done, buyer contracts.CountryCode) place {
	switch c.sale.Service {
	case contracts.ServicePerformance, contracts.ServiceTeaching:
		return place{done, "Art. 54(1)", atPerformer}
	case contracts.ServiceStreaming:
		return place{buyer, "Art. 54(1), second subparagraph", atConsumer}
	case contracts.ServiceElectronic:
		return place{buyer, "Art. 58", atConsumer}
	case contracts.ServiceRights:
		if !c.inEU(buyer) {
			return place{buyer, "Art. 59", atArt59}
		}
	case contracts.ServiceGeneral:
		if !c.inEU(buyer) {
			c.note(NoteArticle59, `choose "rights", which is treated so, when it is one of these`,
				"consultancy, advertising, data and supply of staff to a consumer outside the EU would be outside the scope of VAT (Art. 59)")
		}
	}
	return place{c.seller.Code, "Art. 45", atSeller}
}

// taxAt returns the tax that follows from the place of supply.
func (c *consideration) taxAt(p place) (contracts.Tax, error) {
	switch {
	case p.country == c.seller.Code:
		return c.home()
	case !c.inEU(p.country):
		return c.outside(p), nil
	case p.basis == atTaxable:
		return contracts.Tax{Category: contracts.ReverseCharge, ReasonCode: vatexReverseCharge,
			Reason: c.seller.Wording(WordingReverseCharge, c.sale.Language)}, nil
	case p.basis == atConsumer:
		return c.oneStopShop(p)
	}
	return contracts.Tax{}, c.dueAbroad(p, "let the node of that country invoice it (hosted invoice), or register there for VAT")
}

// outside is the tax of a service supplied outside the EU: none of ours.
func (c *consideration) outside(p place) contracts.Tax {
	if p.basis != atTaxable {
		c.note(NoteLocalTax, "ask the organiser or an adviser there", "tax of %s may be due on it (%s)", c.nameOf(p.country), p.legal)
	}
	return contracts.Tax{Category: contracts.OutsideScope, ReasonCode: vatexOutsideScope,
		Reason: c.seller.Wording(WordingOutsideScope, c.sale.Language)}
}

// oneStopShop is the tax of what a consumer in another Member State buys over the wire: that state's standard rate when the
// node is registered for the union scheme; its own while electronic sales stay under the threshold of Art. 59c.
func (c *consideration) oneStopShop(p place) (contracts.Tax, error) {
	if c.cfg.OSS {
		return c.rated(c.atlas[p.country], Standard)
	}
	if c.sale.Service == contracts.ServiceElectronic && !c.cfg.OverLimit {
		c.note(NoteThreshold, "register for the one-stop shop before the year's sales pass EUR 10000",
			"taxed at home while such sales to consumers in other Member States stay at or under EUR 10000 a year (Art. 59c)")
		return c.home()
	}
	return contracts.Tax{}, c.dueAbroad(p, "register the node for the one-stop shop and say so in its settings, or let the node of that country invoice it (hosted invoice)")
}

func (c *consideration) dueAbroad(p place, remedy string) error {
	field := "performed_in"
	if p.basis == atConsumer {
		field = "buyer.country"
	}
	if c.sale.Buyer.Kind == contracts.Business && !c.taxable {
		remedy = "ask the buyer for a VAT number that VIES knows, and it accounts for the VAT itself; or else " + remedy
	}
	return contracts.Fault{Code: FaultVATAbroad, Field: field,
		Message: fmt.Sprintf("VAT of %s is due on this %s (%s), which a co-operative in %s cannot charge", c.nameOf(p.country), c.sale.Service, p.legal, c.seller.Name.EN),
		Remedy:  remedy}
}
