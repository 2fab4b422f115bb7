package en16931

import "passerelle/contracts"

// Codes of UNTDID 4461.
const (
	creditTransfer     = "30"
	sepaCreditTransfer = "58"
	settledBetween     = "97" // clearing between partners
)

// payment is a credit transfer to the account of the invoice: SEPA's when it is in euro, unless a Swede pays a Swede, whose
// rules know code 30 alone (SE-R-011).
func (f Facts) payment(inv contracts.Invoice) Payment {
	p := Payment{Remittance: f.Remittance}
	if p.Remittance == "" {
		p.Remittance = inv.Number
	}
	if inv.PayTo == "" {
		return Payment{}
	}
	code := creditTransfer
	swedish := inv.Seller.Address.Country == "SE" && inv.Buyer.Address.Country == "SE"
	if inv.Currency == contracts.EUR && !swedish {
		code = sepaCreditTransfer
	}
	p.Means = []PaymentMeans{{Code: code, Account: Account{ID: inv.PayTo, Name: f.AccountName, BIC: f.BIC}}}
	return p
}

// creditTerms is BT-20 of a credit note, with its place for the number of the invoice.
func creditTerms(language string) string {
	terms := map[string]string{
		"de": "Gutschrift zur Rechnung %s", "es": "Abono de la factura %s", "fr": "Avoir sur la facture %s", "hu": "Jóváírás a(z) %s számlához",
		"it": "Nota di credito della fattura %s", "nl": "Creditnota bij factuur %s", "sv": "Kreditering av faktura %s",
	}
	if text := terms[language]; text != "" {
		return text
	}
	return "Credit for invoice %s"
}
