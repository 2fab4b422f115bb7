// Package example makes whole invoices between any two countries of the atlas: for the command line, for golden files, for
// whoever wants to see what a format looks like. All names are made up; all numbers are the published examples of their
// registers, so that check digits hold and nobody is named.
package example

import (
	"cmp"
	"fmt"
	"slices"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/adapters/format/en16931"
	"passerelle/contracts"
)

// Case is a way a sale is taxed.
type Case string

// The cases. The buyer of Domestic and Exempt sits in the seller's country, that of ReverseCharge and Consumer in another of
// the EU, that of ThirdCountry outside it.
const (
	Domestic      Case = "domestic"
	ReverseCharge Case = "reverse-charge"
	Consumer      Case = "consumer"
	ThirdCountry  Case = "third-country"
	Exempt        Case = "exempt"
)

// Cases lists them.
var Cases = []Case{Domestic, ReverseCharge, Consumer, ThirdCountry, Exempt}

// Where is the buyer's country of a case when none is asked for.
func Where(seller contracts.CountryCode, c Case) contracts.CountryCode {
	switch {
	case c == ThirdCountry:
		return "US"
	case c == Domestic || c == Exempt:
		return seller
	case seller == "FR":
		return "DE"
	}
	return "FR"
}

// fits returns a Fault when the case is none of a sale from one country to the other.
func (c Case) fits(seller contracts.CountryCode, buyer *country.Market) error {
	home, inEU := buyer.Code == seller, buyer.InVATArea(supplied)
	switch {
	case (c == Domestic || c == Exempt) && home, c == ThirdCountry && !inEU, (c == ReverseCharge || c == Consumer) && inEU && !home:
		return nil
	}
	return contracts.Fault{Code: contracts.FaultInvalid, Field: "buyer", Message: fmt.Sprintf("a sale from %s to %s is no case of %s", seller, buyer.Code, c), Remedy: "leave the buyer out for one that is"}
}

// The days of every example.
var (
	issued   = contracts.MustDate("2026-03-31")
	supplied = contracts.MustDate("2026-03-27")
	due      = contracts.MustDate("2026-04-30")
)

// rates are examples of how many of a currency one euro is.
var rates = map[contracts.Currency]string{contracts.SEK: "11.25", contracts.HUF: "395.50"}

// Invoice is three days of sound design and the travel, sold from one country to another.
func Invoice(seller, buyer contracts.CountryCode, c Case) (contracts.Invoice, error) {
	from, err := adapters.For(seller)
	if err != nil {
		return contracts.Invoice{}, err
	}
	to := adapters.Atlas()[buyer]
	if to == nil {
		return contracts.Invoice{}, contracts.Fault{Code: contracts.FaultCountry, Field: "buyer", Message: fmt.Sprintf("nothing is known of buyers in %q", string(buyer))}
	}
	if err := c.fits(seller, to); err != nil {
		return contracts.Invoice{}, err
	}
	inv := contracts.Invoice{
		ID: "5b0c6f0e6d0f4f4f9a3b0f5d0c9e7a11", Number: string(seller) + "2026-000123", IssueDate: issued, SupplyDate: supplied, DueDate: due, Currency: contracts.EUR,
		Seller: party(&from.Market, 0, "Example Cooperative"), Buyer: party(to, 1, "Example Client"), BuyerReference: "Production 7", OrderReference: "PO-7",
		PayTo: from.IBAN.Example,
	}
	inv.Seller.Language = from.NodeLanguages[0]
	if c == Consumer {
		inv.Buyer.Kind, inv.Buyer.VATID, inv.Buyer.Registrations, inv.Buyer.Name = contracts.Consumer, "", nil, "Alex Example"
	}
	if seller == buyer {
		inv.Currency = from.Currency.Code
	}
	tax, err := tax(from, inv, c)
	if err != nil {
		return contracts.Invoice{}, err
	}
	return finish(from, inv, tax)
}

func finish(from *country.Adapter, inv contracts.Invoice, tax contracts.Tax) (contracts.Invoice, error) {
	if tax.Category == contracts.OutsideScope {
		inv.Seller.VATID, inv.Buyer.VATID = "", ""
	}
	var err error
	inv.Lines, inv.Totals, err = contracts.Compute(inv.Currency, []contracts.Line{
		{Description: "Sound design", Service: contracts.ServiceGeneral, Quantity: contracts.MustDecimal("3"), Unit: "DAY", Price: contracts.MustDecimal("350"), Tax: tax},
		{Description: "Travel", Service: contracts.ServiceGeneral, Quantity: contracts.MustDecimal("1"), Unit: "C62", Price: contracts.MustDecimal("120.55"), Tax: tax},
	})
	if own := from.Currency.Code; own != inv.Currency && !inv.Totals.Tax.IsZero() {
		rate := contracts.MustDecimal(cmp.Or(rates[own], "1"))
		m := contracts.Money{Amount: inv.Totals.Tax.Amount.Mul(rate.Decimal), Currency: own}.Round()
		inv.AccountingTax = &m
	}
	return inv, err
}

// CreditNote takes the whole of Invoice back.
func CreditNote(seller, buyer contracts.CountryCode, c Case) (contracts.CreditNote, error) {
	inv, err := Invoice(seller, buyer, c)
	corrects := inv.ID
	inv.ID, inv.Number = "7f1d2c3b4a5968778695a4b3c2d1e0f9", string(seller)+"2026-000124"
	return contracts.CreditNote{Invoice: inv, Corrects: corrects, CorrectsNumber: string(seller) + "2026-000123", Reason: "The concert was cancelled"}, err
}

// Facts go with both: a contact, and the days of the work.
func Facts() en16931.Facts {
	return en16931.Facts{
		Atlas: adapters.Atlas(), Contact: en16931.Contact{Name: "Billing", Phone: "+32 2 000 00 00", Email: "billing@example.org"},
		Period: en16931.Period{Start: supplied.AddDays(-2), End: supplied}, Corrects: issued,
	}
}

func tax(from *country.Adapter, inv contracts.Invoice, c Case) (contracts.Tax, error) {
	if c == Exempt {
		return exempt(from, inv.Buyer.Language), nil
	}
	b := inv.Buyer
	t, err := adapters.Treat(from, country.Config{}, country.Sale{On: inv.SupplyDate, Service: contracts.ServiceGeneral, Language: b.Language,
		Buyer: country.Buyer{Country: b.Address.Country, Kind: b.Kind, VATID: b.VATID, Registration: country.Valid}})
	return t.Tax, err
}

// exempt is the first exemption of the country that the network's services know, or that of cultural services.
func exempt(from *country.Adapter, language string) contracts.Tax {
	tax := contracts.Tax{Category: contracts.Exempt, ReasonCode: "VATEX-EU-132-1N", Reason: "Exempt: Article 132(1)(n) of Directive 2006/112/EC"}
	i := slices.IndexFunc(from.VATServices, func(l country.VATLine) bool { return l.Exempt && l.ReasonCode != "" })
	if i < 0 {
		return tax
	}
	tax.ReasonCode = from.VATServices[i].ReasonCode
	tax.Reason = cmp.Or(from.Wording(country.WordingKind(from.VATServices[i].Wording), language), tax.Reason)
	return tax
}
