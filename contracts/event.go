package contracts

import (
	"fmt"
	"slices"
)

// PartyID names one side of the wire: "hub", or a country code in small letters for its node ("be").
type PartyID string

// Hub is the one party that is no country.
const Hub PartyID = "hub"

// NodeID returns the party of a country's node.
func NodeID(c CountryCode) PartyID {
	b := []byte(c)
	for i := range b {
		b[i] |= 0x20
	}
	return PartyID(b)
}

// Country returns the country of a node's party, and false for the hub or a name that is no country.
func (p PartyID) Country() (CountryCode, bool) {
	if len(p) != 2 || p[0] < 'a' || p[0] > 'z' || p[1] < 'a' || p[1] > 'z' {
		return "", false
	}
	c := CountryCode([]byte{p[0] &^ 0x20, p[1] &^ 0x20})
	return c, c.Known()
}

// EventType names a fact and its version on the wire. A new optional member keeps the version; anything else is a new one.
type EventType string

// Event is a fact that happened, in the past tense. The types below are all there are.
type Event interface {
	// EventType is the name on the wire.
	EventType() EventType
	// Owner is the country whose node alone may state the fact; none for a fact that is the hub's: see Speaker.
	Owner() CountryCode
	// Validate returns the faults of the fact by itself, without knowledge of any other.
	Validate() error
}

// The types of event, with their version.
const (
	TypeNodeProfilePublished EventType = "coop.passerelle.node-profile-published.v1"
	TypeInvoiceIssued        EventType = "coop.passerelle.invoice-issued.v1"
	TypeCreditNoteIssued     EventType = "coop.passerelle.credit-note-issued.v1"
	TypeInvoicePaid          EventType = "coop.passerelle.invoice-paid.v1"
	TypeMonthlyReportFiled   EventType = "coop.passerelle.monthly-report-filed.v1"
	TypeCaseProgressed       EventType = "coop.passerelle.case-progressed.v1"
	TypeCaseMessageSent      EventType = "coop.passerelle.case-message-sent.v1"
	TypeSealingKeyPublished  EventType = "coop.passerelle.sealing-key-published.v1"
	TypeFrameForwarded       EventType = "coop.passerelle.frame-forwarded.v1"

	TypeInvestmentPlanTold    EventType = "coop.passerelle.investment-plan-told.v1"
	TypeCoverageTold          EventType = "coop.passerelle.coverage-told.v1"
	TypeDisbursementConfirmed EventType = "coop.passerelle.disbursement-confirmed.v1"
	TypeConditionEvidenced    EventType = "coop.passerelle.condition-evidenced.v1"
)

// Speaker is the one party that may state a fact.
func Speaker(e Event) PartyID {
	switch e.(type) {
	case FrameForwarded, InvestmentPlanTold, CoverageTold:
		return Hub
	}
	return NodeID(e.Owner())
}

// NodeProfilePublished says: this is who I am from now on.
type NodeProfilePublished struct {
	Profile NodeProfile `json:"profile"`
}

// Document is what leaves a country about an invoice or a credit note. It holds no personal data: the member is a random
// id that is new each year, the buyer a country, a kind and a sector, and the invoice number stays at home.
type Document struct {
	ID           InvoiceID   `json:"id"`
	Seller       CountryCode `json:"seller"`
	Member       string      `json:"member"` // random, per member and calendar year
	Buyer        BuyerClass  `json:"buyer"`
	PerformedIn  CountryCode `json:"performed_in,omitzero"`
	Service      Service     `json:"service"`
	IssueDate    Date        `json:"issue_date"`
	SupplyDate   Date        `json:"supply_date"`
	Category     TaxCategory `json:"category"`
	TaxExclusive Money       `json:"tax_exclusive"`
	Tax          Money       `json:"tax"`
	Rate         Percent     `json:"rate"`         // of the contribution
	Contribution Money       `json:"contribution"` // guarantee-fund share included
}

// BuyerClass is all the network learns of a buyer.
type BuyerClass struct {
	Country CountryCode `json:"country"`
	Kind    BuyerKind   `json:"kind"`
	Sector  Sector      `json:"sector,omitzero"`
}

// InvoiceIssued says: this invoice exists since its issue date.
type InvoiceIssued struct {
	Document
	Demonstration bool `json:"demonstration,omitzero"`
}

// CreditNoteIssued says: this much of that invoice is taken back. Amounts are positive.
type CreditNoteIssued struct {
	Document
	Corrects      InvoiceID `json:"corrects"`
	Demonstration bool      `json:"demonstration,omitzero"`
}

// InvoicePaid says: the buyer paid this much of the invoice on that day.
type InvoicePaid struct {
	ID       InvoiceID   `json:"id"` // of the invoice
	Seller   CountryCode `json:"seller"`
	PaidOn   Date        `json:"paid_on"`
	Amount   Money       `json:"amount"`
	Settled  bool        `json:"settled"`  // nothing is left open
	Sequence int         `json:"sequence"` // 1 for the first payment of this invoice, 2 for the second
}

// MonthlyReportFiled says: these are my figures of the month. A later one for the same month and currency replaces it.
type MonthlyReportFiled struct {
	Report MonthlyReport `json:"report"`
}

func (NodeProfilePublished) EventType() EventType { return TypeNodeProfilePublished }
func (InvoiceIssued) EventType() EventType        { return TypeInvoiceIssued }
func (CreditNoteIssued) EventType() EventType     { return TypeCreditNoteIssued }
func (InvoicePaid) EventType() EventType          { return TypeInvoicePaid }
func (MonthlyReportFiled) EventType() EventType   { return TypeMonthlyReportFiled }

func (e NodeProfilePublished) Owner() CountryCode { return e.Profile.Country }
func (e InvoiceIssued) Owner() CountryCode        { return e.Seller }
func (e CreditNoteIssued) Owner() CountryCode     { return e.Seller }
func (e InvoicePaid) Owner() CountryCode          { return e.Seller }
func (e MonthlyReportFiled) Owner() CountryCode   { return e.Report.Country }

// Validate checks the profile's country, currency and name.
func (e NodeProfilePublished) Validate() error {
	var fs Faults
	p := e.Profile
	fs.Add("profile.country", p.Country.Validate())
	fs.Add("profile.currency", p.Currency.Validate())
	if p.Name == "" {
		fs.Addf(FaultMissing, "profile.name", "", "no name")
	}
	if p.Joined.IsZero() {
		fs.Addf(FaultMissing, "profile.joined", "", "no day of joining")
	}
	if !p.Left.IsZero() && p.Left.Before(p.Joined) {
		fs.Addf(FaultDate, "profile.left", "", "left before it joined")
	}
	return fs.Err()
}

// Validate checks the document.
func (e InvoiceIssued) Validate() error { return e.Document.validate() }

// Validate checks the document and that it names what it corrects.
func (e CreditNoteIssued) Validate() error {
	var fs Faults
	fs.Add("", e.Document.validate())
	if e.Corrects == "" || e.Corrects == e.ID {
		fs.Addf(FaultMissing, "corrects", "name the invoice that is taken back", "no invoice to correct")
	}
	if e.TaxExclusive.Sign() < 0 {
		fs.Addf(FaultAmount, "tax_exclusive", "a credit note has positive amounts", "negative amount")
	}
	return fs.Err()
}

// Validate checks the payment.
func (e InvoicePaid) Validate() error {
	var fs Faults
	fs.Add("seller", e.Seller.Validate())
	if e.ID == "" {
		fs.Addf(FaultMissing, "id", "", "no invoice")
	}
	if e.PaidOn.IsZero() {
		fs.Addf(FaultMissing, "paid_on", "", "no day of payment")
	}
	if e.Amount.Sign() <= 0 {
		fs.Addf(FaultAmount, "amount", "a payment is above zero", "%s", e.Amount)
	}
	if e.Sequence < 1 {
		fs.Addf(FaultInvalid, "sequence", "", "payments count from 1")
	}
	return fs.Err()
}

// Validate checks the report.
func (e MonthlyReportFiled) Validate() error {
	var fs Faults
	fs.Add("report", e.Report.Validate())
	return fs.Err()
}

func (d Document) validate() error {
	var fs Faults
	if d.ID == "" {
		fs.Addf(FaultMissing, "id", "", "no document id")
	}
	if d.Member == "" {
		fs.Addf(FaultMissing, "member", "", "no member pseudonym")
	}
	fs.Add("seller", d.Seller.Validate())
	fs.Add("buyer.country", d.Buyer.Country.Validate())
	fs.Add("buyer.sector", d.Buyer.Sector.Validate())
	if d.Buyer.Kind != Business && d.Buyer.Kind != Consumer {
		fs.Addf(FaultInvalid, "buyer.kind", "", "%q is no kind of buyer", clip(string(d.Buyer.Kind)))
	}
	if d.PerformedIn != "" {
		fs.Add("performed_in", d.PerformedIn.Validate())
	}
	fs.Add("service", d.Service.Validate())
	fs.Add("category", d.Category.Validate())
	if d.IssueDate.IsZero() {
		fs.Addf(FaultMissing, "issue_date", "", "no date")
	}
	if d.SupplyDate.IsZero() {
		fs.Addf(FaultMissing, "supply_date", "", "no date")
	}
	if d.Tax.Currency != d.TaxExclusive.Currency || d.Contribution.Currency != d.TaxExclusive.Currency {
		fs.Addf(FaultCurrency, "tax", "", "the amounts of a document are in one currency")
	}
	return fs.Err()
}

// decoders lists every event type with the strict reader of its body.
var decoders = map[EventType]func([]byte) (Event, error){
	TypeNodeProfilePublished: decode[NodeProfilePublished],
	TypeInvoiceIssued:        decode[InvoiceIssued],
	TypeCreditNoteIssued:     decode[CreditNoteIssued],
	TypeInvoicePaid:          decode[InvoicePaid],
	TypeMonthlyReportFiled:   decode[MonthlyReportFiled],
	TypeCaseProgressed:       decode[CaseProgressed],
	TypeCaseMessageSent:      decode[CaseMessageSent],
	TypeSealingKeyPublished:  decode[SealingKeyPublished],
	TypeFrameForwarded:       decode[FrameForwarded],

	TypeInvestmentPlanTold:    decode[InvestmentPlanTold],
	TypeCoverageTold:          decode[CoverageTold],
	TypeDisbursementConfirmed: decode[DisbursementConfirmed],
	TypeConditionEvidenced:    decode[ConditionEvidenced],
}

// EventTypes lists every known type in order of name.
func EventTypes() []EventType {
	types := make([]EventType, 0, len(decoders))
	for t := range decoders {
		types = append(types, t)
	}
	slices.Sort(types)
	return types
}

// FaultUnknownType is raised for an event type this program does not know; a newer one may.
const FaultUnknownType FaultCode = "unknown-type"

// FaultNoUse is raised by a party that knows an event but has nothing to do with it.
const FaultNoUse FaultCode = "no-use"

// DecodeEvent reads the body of an event of type t, strictly, and validates it. An unknown type is a Fault of code
// "unknown-type", so that the receiver can keep it until it learns the type.
func DecodeEvent(t EventType, body []byte) (Event, error) {
	read, ok := decoders[t]
	if !ok {
		return nil, Fault{Code: FaultUnknownType, Field: "type", Message: fmt.Sprintf("event type %q is not known here", clip(string(t))), Remedy: "update this program"}
	}
	return read(body)
}

func decode[E Event](body []byte) (Event, error) {
	var e E
	if err := Decode(body, &e); err != nil {
		return nil, err
	}
	if err := e.Validate(); err != nil {
		return nil, err
	}
	if err := complete(body, e); err != nil {
		return nil, err
	}
	return e, nil
}

// Codes of what the network does not let a party write.
const (
	FaultLeft     FaultCode = "left"     // said by or to a party that has left the network
	FaultRestored FaultCode = "restored" // books from a backup wait for their peers' word on what they hold
)
