package contracts

import (
	"fmt"
)

// InvoiceID names a document for ever: opaque, random, not the number that buyers see.
type InvoiceID string

// Invoice is an invoice as its buyer gets it, in the words of EN 16931. Once issued it is history: a CreditNote
// corrects it, nothing edits it. All amounts are in Currency.
type Invoice struct {
	ID             InvoiceID   `json:"id"`
	Number         string      `json:"number"`      // BT-1, given once, at issue
	IssueDate      Date        `json:"issue_date"`  // BT-2
	SupplyDate     Date        `json:"supply_date"` // BT-72; rates are looked up by it
	DueDate        Date        `json:"due_date"`    // BT-9
	Currency       Currency    `json:"currency"`    // BT-5
	Seller         Party       `json:"seller"`
	Buyer          Party       `json:"buyer"`
	BuyerReference string      `json:"buyer_reference,omitzero"` // BT-10
	OrderReference string      `json:"order_reference,omitzero"` // BT-13
	PerformedIn    CountryCode `json:"performed_in,omitzero"`    // where the work is done, when that is not the seller's country
	Lines          []Line      `json:"lines"`
	Totals         Totals      `json:"totals"`
	AccountingTax  *Money      `json:"accounting_tax,omitzero"` // BT-111: the VAT in the seller's own currency when that is another
	PayTo          string      `json:"pay_to,omitzero"`         // BT-84, IBAN
	Notes          []string    `json:"notes,omitzero"`          // BT-22, mentions the seller's law asks for
}

// CreditNote takes back an Invoice, whole or in part. Its amounts are positive; what they take back is its meaning.
type CreditNote struct {
	Invoice
	Corrects       InvoiceID `json:"corrects"`
	CorrectsNumber string    `json:"corrects_number"` // BT-25
	Reason         string    `json:"reason"`
}

// Line is one thing sold (EN 16931 BG-25).
type Line struct {
	Description string  `json:"description"` // BT-153
	Service     Service `json:"service"`
	Quantity    Decimal `json:"quantity"`      // BT-129, negative to take something off
	Unit        string  `json:"unit,omitzero"` // BT-130, UN/ECE Rec 20: HUR, DAY, C62
	Price       Decimal `json:"price"`         // BT-146, per unit, without VAT, not negative, at most 6 decimals
	Net         Money   `json:"net"`           // BT-131 = quantity x price, rounded; Compute fills it in
	Tax         Tax     `json:"tax"`
}

// Totals is the sum of a document (EN 16931 BG-22) and its VAT breakdown (BG-23).
type Totals struct {
	Lines        Money          `json:"lines"`         // BT-106, sum of line nets
	TaxExclusive Money          `json:"tax_exclusive"` // BT-109
	Tax          Money          `json:"tax"`           // BT-110, sum of the breakdown
	TaxInclusive Money          `json:"tax_inclusive"` // BT-112
	Payable      Money          `json:"payable"`       // BT-115
	Breakdown    []TaxBreakdown `json:"breakdown"`
}

// Compute fills in the line nets and returns the totals: each net is rounded by itself (BT-131), VAT is computed and
// rounded once per category and rate on the sum of its nets, half away from zero (BT-117, BR-CO-17), and everything
// else is a plain sum. This is the only place where an invoice is added up.
func Compute(c Currency, lines []Line) ([]Line, Totals, error) {
	if err := c.Validate(); err != nil {
		return nil, Totals{}, Faults{err.(Fault).At("currency")}
	}
	out := make([]Line, len(lines))
	var fs Faults
	for i, l := range lines {
		fs.Add(fmt.Sprintf("lines[%d]", i), l.validate())
		l.Net = Money{l.Quantity.Mul(l.Price.Decimal), c}.Round()
		if _, err := l.Net.Minor(); err != nil {
			fs.Add(fmt.Sprintf("lines[%d].price", i), err)
		}
		out[i] = l
	}
	if len(lines) == 0 {
		fs.Addf(FaultMissing, "lines", "add at least one line", "nothing is sold")
	}
	if err := fs.Err(); err != nil {
		return nil, Totals{}, err
	}
	return out, addUp(c, out), nil
}

func addUp(c Currency, lines []Line) Totals {
	t := Totals{Lines: Zero(c), Tax: Zero(c)}
	for _, l := range lines {
		t.Lines.Amount = t.Lines.Amount.Add(l.Net.Amount)
		t.addTaxable(l)
	}
	for i := range t.Breakdown {
		b := &t.Breakdown[i]
		b.Amount = b.Rate.Of(b.Taxable)
		t.Tax.Amount = t.Tax.Amount.Add(b.Amount.Amount)
	}
	t.TaxExclusive = t.Lines
	t.TaxInclusive = Money{t.TaxExclusive.Amount.Add(t.Tax.Amount), c}
	t.Payable = t.TaxInclusive
	return t
}

func (t *Totals) addTaxable(l Line) {
	for i := range t.Breakdown {
		if t.Breakdown[i].Tax.Equal(l.Tax) {
			t.Breakdown[i].Taxable.Amount = t.Breakdown[i].Taxable.Amount.Add(l.Net.Amount)
			return
		}
	}
	t.Breakdown = append(t.Breakdown, TaxBreakdown{Tax: l.Tax, Taxable: l.Net})
}

func (l Line) validate() error {
	var fs Faults
	if l.Description == "" {
		fs.Addf(FaultMissing, "description", "say what was done", "no description")
	}
	fs.Add("service", l.Service.Validate())
	if l.Quantity.IsZero() {
		fs.Addf(FaultInvalid, "quantity", "give a quantity", "the quantity is zero")
	}
	if l.Price.IsNegative() {
		fs.Addf(FaultInvalid, "price", "make the quantity negative instead", "a price is never negative (BR-27)")
	}
	if !l.Price.Equal(l.Price.Truncate(6)) {
		fs.Addf(FaultAmount, "price", "round it to 6 decimals", "a price has at most 6 decimals")
	}
	if !l.Quantity.Equal(l.Quantity.Truncate(4)) {
		fs.Addf(FaultAmount, "quantity", "round it to 4 decimals", "a quantity has at most 4 decimals")
	}
	fs.Add("tax.category", l.Tax.Category.Validate())
	charged := l.Tax.Category == StandardRated
	if charged != l.Tax.Rate.IsPositive() {
		fs.Addf(FaultInvalid, "tax.rate", "only category S carries a rate, and it is above zero", "category %s with %s %%", l.Tax.Category, l.Tax.Rate)
	}
	return fs.Err()
}
