package format_test

import (
	"testing"

	"passerelle/adapters"
	"passerelle/adapters/format"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
)

func TestTheFormatIsChosenFromSellerBuyerAndDay(t *testing.T) {
	leitweg := func(in *format.Input) { in.Invoice.BuyerReference = "04011000-1234512345-06" }
	mailbox := func(in *format.Input) { in.Invoice.Buyer.Email = "books@client.example" }
	plain := func(*format.Input) {}
	for _, tt := range []struct {
		name          string
		seller, buyer contracts.CountryCode
		kind          example.Case
		change        func(*format.Input)
		want          format.Choice
	}{
		{"a business in the EU", "BE", "FR", example.ReverseCharge, plain, format.Choice{Buyer: "peppol"}},
		{"a Belgian business at home", "BE", "BE", example.Domestic, plain, format.Choice{Buyer: "peppol"}},
		{"a German business at home", "DE", "DE", example.Domestic, plain, format.Choice{Buyer: "peppol"}},
		{"a German business without a number of the network", "DE", "DE", example.Domestic, func(in *format.Input) { mailbox(in); in.Invoice.Buyer.VATID = "" }, format.Choice{Buyer: "en16931"}},
		{"a German authority", "DE", "DE", example.Domestic, leitweg, format.Choice{Buyer: "xrechnung"}},
		{"a German authority buys abroad", "BE", "DE", example.ReverseCharge, leitweg, format.Choice{Buyer: "xrechnung"}},
		{"an Austrian authority", "AT", "AT", example.Domestic, func(in *format.Input) { in.Facts.BuyerEndpoint = en16931.Identifier{Scheme: "9915", Value: "b"} }, format.Choice{Buyer: "ebinterface"}},
		{"a Spanish authority", "ES", "ES", example.Domestic, func(in *format.Input) { in.Facturae.Centres.Accounting = "L01081234" }, format.Choice{Buyer: "facturae"}},
		{"a Spanish business", "ES", "ES", example.Domestic, plain, format.Choice{Buyer: "peppol"}},
		{"an Austrian business", "AT", "AT", example.Domestic, plain, format.Choice{Buyer: "peppol"}},
		{"a Dutch business at home", "NL", "NL", example.Domestic, plain, format.Choice{Buyer: "nlcius"}},
		{"a French business before the duty", "FR", "FR", example.Domestic, plain, format.Choice{Buyer: "peppol"}},
		{"a French business under the duty", "FR", "FR", example.Domestic, func(in *format.Input) { in.Invoice.IssueDate = contracts.MustDate("2026-09-01") }, format.Choice{Buyer: "cii"}},
		{"an Italian business", "IT", "IT", example.Domestic, plain, format.Choice{Buyer: "fatturapa"}},
		{"an Italian consumer at home has a copy", "IT", "IT", example.Domestic, func(in *format.Input) { in.Invoice.Buyer.Kind = contracts.Consumer }, format.Choice{Buyer: "pdf", Report: "fatturapa"}},
		{"an Italian business sells abroad", "IT", "DE", example.ReverseCharge, plain, format.Choice{Buyer: "peppol", Report: "fatturapa"}},
		{"a Hungarian invoice is reported", "HU", "AT", example.ReverseCharge, plain, format.Choice{Buyer: "peppol", Report: "nav"}},
		{"a consumer", "BE", "DE", example.Consumer, mailbox, format.Choice{Buyer: "pdf"}},
		{"a client outside the EU with an address", "BE", "US", example.ThirdCountry, mailbox, format.Choice{Buyer: "en16931"}},
		{"a client outside the EU without one", "BE", "US", example.ThirdCountry, func(in *format.Input) { in.Invoice.Buyer.Email = "" }, format.Choice{Buyer: "pdf"}},
	} {
		inv, err := example.Invoice(tt.seller, tt.buyer, tt.kind)
		if err != nil {
			t.Fatal(err)
		}
		in := format.Input{Invoice: &inv, Facts: en16931.Facts{Atlas: adapters.Atlas()}}
		tt.change(&in)
		if got := in.Choose(); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
