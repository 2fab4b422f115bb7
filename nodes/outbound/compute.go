package outbound

import (
	"fmt"
	"slices"

	"passerelle/adapters/country"
	"passerelle/adapters/format/en16931"
	"passerelle/contracts"
	"passerelle/nodes/member"
)

// Draft is an invoice as a person writes it: what was done for whom. Everything else follows from the country's rules.
// One draft has one kind of service, so that one VAT treatment and one contribution rate hold for all of it.
type Draft struct {
	Activity       member.ActivityID     `json:"activity"`
	Buyer          contracts.Party       `json:"buyer,omitzero"`
	BuyerID        string                `json:"buyer_id,omitzero"`     // instead of buyer
	Registration   country.Registration  `json:"registration,omitzero"` // of the buyer's VAT number: valid, invalid, or empty when VIES was not asked
	Service        contracts.Service     `json:"service"`
	SupplyDate     contracts.Date        `json:"supply_date"`
	DueDate        contracts.Date        `json:"due_date,omitzero"` // default 30 days after issue
	Currency       contracts.Currency    `json:"currency,omitzero"` // default the node's own
	ExchangeRate   *contracts.Decimal    `json:"exchange_rate,omitzero"`
	Withholding    contracts.Percent     `json:"withholding,omitzero"` // of income tax that the buyer keeps back, percent of the net; where the seller's country has it
	PerformedIn    contracts.CountryCode `json:"performed_in,omitzero"`
	BuyerReference string                `json:"buyer_reference,omitzero"`
	OrderReference string                `json:"order_reference,omitzero"`
	Lines          []DraftLine           `json:"lines"`
}

// DraftLine is one thing sold.
type DraftLine struct {
	Description string            `json:"description"`
	Quantity    contracts.Decimal `json:"quantity"`
	Unit        string            `json:"unit,omitzero"`
	Price       contracts.Decimal `json:"price"` // per unit, without VAT
}

// defaultTerm is the payment term of Directive 2011/7/EU, Art. 3, when the parties agreed on none.
const defaultTerm = 30

// farthestAhead is how many days before the work an invoice may be issued: what lies beyond is a typing mistake.
const farthestAhead = 366

// NoteAddress is the code of the advice that the buyer's address is not complete.
const NoteAddress = "buyer-address"

// NoteLeitwegID is the code of the advice that a German authority's address was mistyped.
const NoteLeitwegID = "leitweg-id"

// compute says what the draft becomes when it is issued on a day, but for its number. It is pure: the same draft, rules and day
// give the same document.
func compute(law Law, seller Seller, d Draft, a member.Activity, m member.Member, day contracts.Date) (Document, error) {
	if d.Currency == "" {
		d.Currency = law.currency()
	}
	if err := check(law, &d, day); err != nil {
		return Document{}, err
	}
	treatment, err := law.treat(d)
	if err != nil {
		return Document{}, err
	}
	rate, term, err := law.contribution(day, m.Kind, d.Service)
	if err != nil {
		return Document{}, err
	}
	inv, err := invoice(law, seller, d, treatment.Tax, day)
	if err != nil {
		return Document{}, err
	}
	doc := Document{
		Kind: KindInvoice, Invoice: inv, Activity: a.ID, Member: m.ID, MemberKind: m.Kind, Service: d.Service,
		Rate: rate, RateSource: term.Source, Contribution: rate.Of(inv.Totals.TaxExclusive), Legal: treatment.Legal, Notes: treatment.Notes,
		Origin: Issued,
	}
	if law.NeedsAccountingTax(d.Currency) {
		doc.ExchangeRate = d.ExchangeRate
	}
	if w := d.Withholding; !w.IsZero() {
		doc.Withholding, doc.Withheld = w, w.Of(inv.Totals.TaxExclusive)
		doc.Invoice.Notes = append(slices.Clone(inv.Notes), fmt.Sprintf(law.Invoice.Withheld.Says, w, doc.Withheld, doc.Asked()))
	}
	doc.Open = doc.receivable()
	if a := d.Buyer.Address; a.Street == "" || a.Town == "" {
		doc.Notes = append(doc.Notes, country.Note{Code: NoteAddress, Text: "an invoice names the buyer's full address (Directive 2006/112/EC Art. 226(5))", Remedy: "add street and town of the buyer"})
	}
	if inv.Buyer.Address.Country == "DE" && en16931.MistypedLeitwegID(d.BuyerReference) {
		doc.Notes = append(doc.Notes, country.Note{Code: NoteLeitwegID, Text: "the buyer's reference looks like a Leitweg-ID, but its check digits are wrong: no German authority would get the invoice", Remedy: "copy the Leitweg-ID again; leave the reference when it is something else"})
	}
	doc.Guarantee = seller.GuaranteeShare.Of(doc.Contribution)
	if doc.PayoutDate, err = law.payoutDate(d.SupplyDate); err != nil {
		return Document{}, err
	}
	return doc, nil
}

// check returns every fault of the draft that needs no tax rule, and puts the buyer's VAT number in its normal form.
func check(law Law, d *Draft, day contracts.Date) error {
	var fs contracts.Faults
	fs.Add("buyer", d.Buyer.Validate())
	fs.Add("service", d.Service.Validate())
	fs.Add("", law.AllowsCurrency(d.Currency, law.Config))
	if d.SupplyDate.IsZero() {
		fs.Addf(contracts.FaultMissing, "supply_date", "give the day the work was done", "no day of supply")
	}
	if d.SupplyDate.After(day.AddDays(farthestAhead)) {
		fs.Addf(contracts.FaultDate, "supply_date", "check the year", "%s is more than a year ahead", d.SupplyDate)
	}
	if d.PerformedIn != "" {
		fs.Add("performed_in", d.PerformedIn.Validate())
	}
	if d.DueDate.IsZero() {
		d.DueDate = day.AddDays(defaultTerm)
	}
	if d.DueDate.Before(day) {
		fs.Addf(FaultDue, "due_date", "choose a later day", "due on %s, before the issue on %s", d.DueDate, day)
	}
	if d.Buyer.VATID != "" {
		id, err := law.Atlas.CheckVATID(d.Buyer.VATID)
		fs.Add("buyer", err)
		d.Buyer.VATID = id
	}
	numbers, err := law.Atlas.Register(d.Buyer.Registrations)
	fs.Add("buyer", err)
	d.Buyer.Registrations = numbers
	fs.Add("", law.withholds(*d))
	return fs.Err()
}

func invoice(law Law, seller Seller, d Draft, tax contracts.Tax, day contracts.Date) (contracts.Invoice, error) {
	lines := make([]contracts.Line, len(d.Lines))
	for i, l := range d.Lines {
		lines[i] = contracts.Line{Description: l.Description, Service: d.Service, Quantity: l.Quantity, Unit: l.Unit, Price: l.Price, Tax: tax}
	}
	lines, totals, err := contracts.Compute(d.Currency, lines)
	if err != nil {
		return contracts.Invoice{}, err
	}
	if totals.TaxExclusive.Sign() <= 0 {
		return contracts.Invoice{}, contracts.Fault{Code: contracts.FaultAmount, Field: "lines", Message: fmt.Sprintf("the invoice comes to %s", totals.TaxExclusive),
			Remedy: "an invoice is above zero; take back an earlier one with a credit note"}
	}
	inv := contracts.Invoice{
		IssueDate: day, SupplyDate: d.SupplyDate, DueDate: d.DueDate, Currency: d.Currency, Seller: seller.Party, Buyer: d.Buyer,
		BuyerReference: d.BuyerReference, OrderReference: d.OrderReference, PerformedIn: d.PerformedIn, Lines: lines, Totals: totals, PayTo: seller.PayTo, Notes: seller.Notes,
	}
	if tax.Category == contracts.OutsideScope {
		inv.Seller.VATID = "" // EN 16931 BR-O-02: no VAT number of either party; the registration number identifies the seller
		inv.Buyer.VATID = ""
	}
	if law.NeedsAccountingTax(d.Currency) && !totals.Tax.IsZero() {
		if d.ExchangeRate == nil || !d.ExchangeRate.IsPositive() {
			return contracts.Invoice{}, contracts.Fault{Code: FaultExchange, Field: "exchange_rate", Message: fmt.Sprintf("VAT charged in %s must also be shown in %s", d.Currency, law.currency()),
				Remedy: fmt.Sprintf("give the day's rate: how many %s one %s is", law.currency(), d.Currency)}
		}
		inv.AccountingTax = &contracts.Money{Amount: totals.Tax.Amount.Mul(d.ExchangeRate.Decimal), Currency: law.currency()}
		*inv.AccountingTax = inv.AccountingTax.Round()
	}
	return inv, nil
}
