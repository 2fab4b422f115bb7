package web

import (
	"passerelle/adapters/country"
	"passerelle/internal/ledger"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
)

// accountNames says the accounts of selling in words.
var accountNames = map[ledger.Account]web.Words{
	outbound.Receivables:        "Trade receivables",
	outbound.WithheldTax:        "Income tax kept back by buyers",
	outbound.Bank:               "Bank",
	outbound.Revenue:            "Revenue of the activities",
	outbound.VATPayable:         "VAT payable",
	outbound.ContributionCharge: "Contribution given by the activities",
	outbound.ContributionIncome: "Contribution received by the co-operative",
	outbound.GuaranteeFund:      "Guarantee fund",
}

func accountName(a ledger.Account) string {
	if name, ok := accountNames[a]; ok {
		return name
	}
	return string(a)
}

// accountNumber is the account's number in the country's chart, empty where the chart has none.
func (s server) accountNumber(a ledger.Account) string {
	return s.adapter().Chart.Accounts[country.Role(a)].Number
}
