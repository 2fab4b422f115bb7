package en16931

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

// Facts is what a document says and an invoice of ours does not hold. Only Atlas must be given.
type Facts struct {
	Atlas           country.Atlas  `json:"-"`                           // what is known of the parties' countries
	Contact         Contact        `json:"contact,omitzero"`            // BG-6, whom the buyer may ask
	BuyerContact    Contact        `json:"buyer_contact,omitzero"`      // BG-9
	LegalNote       string         `json:"legal_note,omitzero"`         // BT-33, what the seller's law puts on its letterhead
	TaxRegistration string         `json:"tax_registration,omitzero"`   // BT-32, such as "Godkänd för F-skatt"
	SellerEndpoint  Identifier     `json:"seller_endpoint,omitzero"`    // BT-34, when it is another than its numbers say
	BuyerEndpoint   Identifier     `json:"buyer_endpoint,omitzero"`     // BT-49, as Peppol's directory or the buyer said
	Period          Period         `json:"period,omitzero"`             // BG-14, when the supply took more than a day
	Terms           string         `json:"terms,omitzero"`              // BT-20
	Remittance      string         `json:"remittance,omitzero"`         // BT-83, a structured reference; else the number
	AccountName     string         `json:"account_name,omitzero"`       // BT-85
	BIC             string         `json:"bic,omitzero"`                // BT-86
	Corrects        contracts.Date `json:"corrects_issued_on,omitzero"` // BT-26, of the invoice that a credit note corrects
}

// From returns the invoice as the target wants it told. It adds nothing up: the amounts are those of the invoice. Whether
// the document keeps the rules is for package rules to say.
func From(inv contracts.Invoice, t Target, f Facts) Document {
	d := f.document(inv, t)
	d.Type = t.typeCode(false)
	d.DueDate = inv.DueDate
	d.PaymentTerms = f.Terms
	d.Payment = f.payment(inv)
	return d
}

// FromCredit is From for a credit note. It names the invoice it corrects, has its reason as a note, and is settled between
// the parties (UNTDID 4461 code 97); Dutch rules know only the codes of transfers, debits and cards (NL-R-008).
func FromCredit(note contracts.CreditNote, t Target, f Facts) Document {
	d := f.document(note.Invoice, t)
	d.Type = t.typeCode(true)
	d.Preceding = []PrecedingInvoice{{Number: note.CorrectsNumber, IssueDate: f.Corrects}}
	d.PaymentTerms = f.Terms
	if d.PaymentTerms == "" {
		d.PaymentTerms = fmt.Sprintf(creditTerms(note.Buyer.Language), note.CorrectsNumber)
	}
	d.Notes = t.notes(append([]string{note.Reason}, note.Notes...))
	d.Payment = Payment{Remittance: note.Number, Means: []PaymentMeans{{Code: settledBetween}}}
	if d.Seller.Address.Country == "NL" {
		d.Payment = f.payment(note.Invoice)
	}
	return d
}

// notGiven stands for the reference of a buyer who gave none: Peppol asks for one (R003), the law does not.
const notGiven = "NA"

func (f Facts) document(inv contracts.Invoice, t Target) Document {
	outside := isOutside(inv)
	d := Document{
		Specification: t.Specification, Process: t.Process, Number: inv.Number, IssueDate: inv.IssueDate, Currency: string(inv.Currency),
		BuyerReference: inv.BuyerReference, Order: inv.OrderReference, Notes: t.notes(inv.Notes),
		Seller: f.party(inv.Seller, outside), Buyer: f.party(inv.Buyer, outside), Period: f.Period,
		Totals: totals(inv.Totals), Breakdown: f.breakdown(inv, t), Lines: lines(inv.Lines),
	}
	if t.Network && d.BuyerReference+d.Order == "" {
		d.BuyerReference = notGiven
	}
	if f.Period == (Period{}) {
		d.Delivery.Date = inv.SupplyDate
	}
	if hasCategory(inv, contracts.IntraEUGoods) {
		d.Delivery.Address = d.Buyer.Address // BR-IC-12: the country the goods go to
	}
	if inv.AccountingTax != nil {
		d.TaxCurrency, d.Totals.AccountingTax = string(inv.AccountingTax.Currency), amount(*inv.AccountingTax)
	}
	d.Seller.Contact, d.Buyer.Contact, d.Seller.LegalNote = f.Contact, f.BuyerContact, f.LegalNote
	if f.TaxRegistration != "" {
		d.Seller.TaxRegistration = Identifier{Scheme: "TAX", Value: f.TaxRegistration}
	}
	d.Seller.Endpoint = f.endpoint(f.SellerEndpoint, inv.Seller, t)
	d.Buyer.Endpoint = f.endpoint(f.BuyerEndpoint, inv.Buyer, t)
	if t.Specification == XRechnung.Specification && f.BuyerEndpoint == (Identifier{}) && isLeitwegID(inv.BuyerReference) {
		d.Buyer.Endpoint = Identifier{Scheme: "0204", Value: inv.BuyerReference}
	}
	return d
}

// isOutside tells whether the document is outside the scope of VAT, and so may show no VAT number (BR-O-02 to -04).
func isOutside(inv contracts.Invoice) bool { return hasCategory(inv, contracts.OutsideScope) }

func hasCategory(inv contracts.Invoice, c contracts.TaxCategory) bool {
	for _, l := range inv.Lines {
		if l.Tax.Category == c {
			return true
		}
	}
	return false
}

func (t Target) notes(texts []string) (notes []Note) {
	var all []string
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			all = append(all, text)
		}
	}
	if t.OneNote && len(all) > 1 {
		all = []string{strings.Join(all, "\n")}
	}
	for _, text := range all {
		notes = append(notes, Note{Text: text})
	}
	return notes
}

func lines(from []contracts.Line) []Line {
	to := make([]Line, len(from))
	for i, l := range from {
		to[i] = Line{
			ID: strconv.Itoa(i + 1), Quantity: &contracts.Decimal{Decimal: l.Quantity.Decimal}, Unit: l.Unit, Net: amount(l.Net),
			Price: Price{Net: &contracts.Decimal{Decimal: l.Price.Decimal}}, Category: string(l.Tax.Category), Rate: rate(l.Tax), Item: Item{Name: l.Description},
		}
		if l.Unit == "" {
			to[i].Unit = "C62" // one
		}
	}
	return to
}

// amount writes as many decimals as the currency has.
func amount(m contracts.Money) Number {
	units, _ := m.Currency.MinorUnits()
	scaled := m.Amount.Shift(units)
	if !scaled.IsInteger() {
		return &contracts.Decimal{Decimal: m.Amount} // not rounded: BR-DEC will say so
	}
	return &contracts.Decimal{Decimal: decimal.NewFromBigInt(scaled.BigInt(), -units)}
}

// rate: what is outside the scope of VAT has none, not even zero (BR-O-05).
func rate(t contracts.Tax) Number {
	if t.Category == contracts.OutsideScope {
		return nil
	}
	return &contracts.Decimal{Decimal: decimal.RequireFromString(t.Rate.String())} // 25.00 is written 25
}

func totals(t contracts.Totals) Totals {
	return Totals{Lines: amount(t.Lines), TaxExclusive: amount(t.TaxExclusive), Tax: amount(t.Tax), TaxInclusive: amount(t.TaxInclusive), Payable: amount(t.Payable)}
}
