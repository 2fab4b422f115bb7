package en16931

import "passerelle/contracts"

// mandates are days from which a law asks for Peppol between two businesses of a country.
var mandates = map[contracts.CountryCode]contracts.Date{
	"BE": contracts.MustDate("2026-01-01"), // Art. 53 § 2bis of the Belgian VAT code, Royal Decree of 8 July 2025
}

// Required is the target that the law or the buyer leaves no choice about: XRechnung for a German authority, which gives its
// Leitweg-ID as reference; Peppol where the country of both businesses asks for it. For everybody else it is the norm.
func Required(inv contracts.Invoice) Target {
	seller, buyer := inv.Seller.Address.Country, inv.Buyer.Address.Country
	since, mandated := mandates[seller]
	switch {
	case buyer == "DE" && isLeitwegID(inv.BuyerReference):
		return XRechnung
	case mandated && buyer == seller && inv.Buyer.Kind == contracts.Business && inv.Buyer.VATID != "" && !inv.IssueDate.Before(since):
		return Peppol
	}
	return Plain
}
