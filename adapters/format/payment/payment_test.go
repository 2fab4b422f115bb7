package payment

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"passerelle/contracts"
)

func invoice(number string, seller, buyer contracts.CountryCode) contracts.Invoice {
	inv := contracts.Invoice{Number: number, Currency: contracts.EUR, PayTo: "BE68539007547034"}
	inv.Seller.Name, inv.Seller.Address.Country, inv.Buyer.Address.Country = "Example Cooperative", seller, buyer
	inv.Totals.Payable = contracts.Money{Amount: contracts.MustDecimal("1234.5").Decimal, Currency: contracts.EUR}
	return inv
}

func TestTheReferenceIsTheOneOfTheBuyersBanks(t *testing.T) {
	for _, tt := range []struct {
		number        string
		seller, buyer contracts.CountryCode
		want          string
	}{
		{"0108068171", "BE", "BE", "+++010/8068/17183+++"}, // example of python-stdnum, stdnum.be.ogm_vcs
		{"BE2026-000123", "BE", "BE", "+++202/6000/12320+++"},
		{"97", "BE", "BE", "+++000/0000/09797+++"},       // no rest is written 97
		{"539007547034", "DE", "FR", "RF18539007547034"}, // example of ISO 11649
		{"BE2026-12345678", "BE", "BE", "RF09BE202612345678"},
		{"ünïcode/#1", "SE", "BE", "RF46NCODE1"},
		{"A-VERY-LONG-NUMBER-OF-MORE-THAN-TWENTY-ONE", "FR", "FR", "A-VERY-LONG-NUMBER-OF-MORE-THAN-TWENTY-ONE"},
	} {
		if got := Reference(invoice(tt.number, tt.seller, tt.buyer)); got != tt.want {
			t.Errorf("%s from %s to %s: %s, want %s", tt.number, tt.seller, tt.buyer, got, tt.want)
		}
	}
}

func TestACreditorReferenceHoldsItsCheckDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[A-Z0-9]{1,21}`).Draw(t, "number")
		rf := creditor(number)
		if !IsCreditorReference(rf) {
			t.Fatalf("%s is not right", rf)
		}
		at := rapid.IntRange(4, len(rf)-1).Draw(t, "at")
		other := rapid.StringMatching(`[0-9]`).Draw(t, "other")
		if wrong := rf[:at] + other + rf[at+1:]; wrong != rf && rf[at] <= '9' && IsCreditorReference(wrong) {
			t.Fatalf("%s is taken for right, as %s is", wrong, rf)
		}
	})
}

func TestTheCodeBeginsATransferInEuro(t *testing.T) {
	inv := invoice("539007547034", "BE", "FR")
	want := "BCD\n002\n1\nSCT\n\nExample Cooperative\nBE68539007547034\nEUR1234.50\n\nRF18539007547034"
	if got := Code(inv, Reference(inv)); got != want {
		t.Errorf("%q", got)
	}
	if got := Code(inv, "+++010/8068/17183+++"); !strings.HasSuffix(got, "EUR1234.50\n\n\n+++010/8068/17183+++") {
		t.Errorf("a reference that is not of ISO 11649 stands as free text: %q", got)
	}
	inv.Seller.Name = strings.Repeat("é", 200) + "\nEUR9999.99"
	if got := Code(inv, "RF18539007547034"); len(got) > 331 || strings.Count(got, "\n") != 9 {
		t.Errorf("a name is one line of 70 letters: %q", got)
	}
	for name, change := range map[string]func(*contracts.Invoice){
		"another currency": func(i *contracts.Invoice) { i.Totals.Payable.Currency = contracts.SEK },
		"no account":       func(i *contracts.Invoice) { i.PayTo = "" },
		"nothing to pay":   func(i *contracts.Invoice) { i.Totals.Payable = contracts.Zero(contracts.EUR) },
		"too much":         func(i *contracts.Invoice) { i.Totals.Payable.Amount = contracts.MustDecimal("1000000000").Decimal },
	} {
		inv := invoice("1", "BE", "FR")
		change(&inv)
		if got := Code(inv, "1"); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestGroupsOfFour(t *testing.T) {
	for in, want := range map[string]string{"BE68539007547034": "BE68 5390 0754 7034", "+++010/8068/17183+++": "+++010/8068/17183+++", "RF1": "RF1"} {
		if got := Groups(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}
