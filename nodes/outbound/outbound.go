// Package outbound is what a node sells: drafts, invoices, payments and credit notes. Issuing, paying and crediting are one
// transaction each: the document, its postings in the ledger and the event to the network are there together or not at all.
//
// compute.go says what a draft will become (pure), postings.go what the books say of it, issue.go, pay.go and credit.go
// tell the stories, import.go brings in the past. It knows no SQL: Store is its only door to the documents.
package outbound

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"passerelle/adapters/country"
	"passerelle/adapters/format"
	"passerelle/adapters/format/en16931"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
)

// Seller is the co-operative itself, as its documents name it.
type Seller struct {
	Party          contracts.Party
	PayTo          string            // IBAN
	BIC            string            // of the account, where a bank still asks for it
	Contact        en16931.Contact   // whom a buyer may ask; German rules want all of it
	Notes          []string          // mentions its law asks for on every document
	GuaranteeShare contracts.Percent // of the contribution, into the guarantee fund
	National       format.National   // what the formats of its country say of it
	Demonstration  bool
}

// Send hands an event to the network inside the transaction.
type Send func(ctx context.Context, tx *storage.Tx, event contracts.Event, cause string) error

// Outbound is the feature. All fields must be set, unless they say otherwise.
type Outbound struct {
	Law     Law
	Seller  Seller
	Store   Store
	Members member.Members
	DB      *storage.DB
	Send    Send
	Now     func() time.Time
	Booked  func() // told of each transaction of the ledger once it is durable

	// Abroad is told in the transaction of a draft or an invoice where its work is done; nil: nobody wants to know.
	Abroad func(ctx context.Context, tx *storage.Tx, source string, doc Document) error

	// HandOver keeps a document that is issued, in its transaction, for whoever gets it; nil: nobody does.
	HandOver func(ctx context.Context, tx *storage.Tx, s access.Scope, doc Document) error
}

// Kind tells invoices from credit notes.
type Kind string

// The kinds of document.
const (
	KindInvoice    Kind = "invoice"
	KindCreditNote Kind = "credit_note"
)

// Origin tells what this node issued from what it took over.
type Origin string

// An imported document keeps the number its old system gave it.
const (
	Issued   Origin = "issued"
	Imported Origin = "imported"
)

// Document is an issued invoice or credit note with what the books know of it.
type Document struct {
	Kind         Kind                 `json:"kind"`
	Invoice      contracts.Invoice    `json:"invoice"`
	Corrects     contracts.InvoiceID  `json:"corrects,omitzero"`
	CorrectsNo   string               `json:"corrects_number,omitzero"`
	Reason       string               `json:"reason,omitzero"` // of a credit note
	Activity     member.ActivityID    `json:"activity"`
	Member       member.ID            `json:"member"`
	MemberKind   contracts.MemberKind `json:"member_kind"`
	Service      contracts.Service    `json:"service"`
	Rate         contracts.Percent    `json:"contribution_rate"`
	RateSource   string               `json:"contribution_source"`
	Contribution contracts.Money      `json:"contribution"` // guarantee-fund share included
	Guarantee    contracts.Money      `json:"guarantee_fund"`
	PayoutDate   contracts.Date       `json:"payout_date,omitzero"`   // when the member is paid at the latest
	Legal        string               `json:"legal,omitzero"`         // article that decides the place of supply
	Notes        []country.Note       `json:"notes,omitzero"`         // what the rules want a person to know or confirm
	ExchangeRate *contracts.Decimal   `json:"exchange_rate,omitzero"` // how many of the seller's currency one of the invoice's is, when that is another
	Withholding  contracts.Percent    `json:"withholding,omitzero"`   // of income tax that the buyer keeps back, percent of the net
	Withheld     contracts.Money      `json:"withheld,omitzero"`      // that income tax: of a credit note, what is no more kept back
	Open         contracts.Money      `json:"open"`                   // of an invoice
	Origin       Origin               `json:"origin"`
	ErasedOn     contracts.Date       `json:"erased_on,omitzero"` // when who bought what was erased, past its period
	Fingerprint  string               `json:"-"`
}

// Asked is what the buyer of an invoice is asked to transfer: all that is payable, less the income tax that it keeps back and pays to the
// state. Of a credit note it is all.
func (d Document) Asked() contracts.Money {
	if d.Kind == KindCreditNote {
		return d.Invoice.Totals.Payable
	}
	return d.receivable()
}

// receivable is what a document says the buyer owes, or no more owes, the co-operative: what it keeps back of it, it owes the state.
func (d Document) receivable() contracts.Money {
	p := d.Invoice.Totals.Payable
	return contracts.Money{Amount: p.Amount.Sub(d.Withheld.Amount), Currency: p.Currency}
}

// Budget is what the document adds to the activity's budget: its net less the contribution. A credit note takes it off.
func (d Document) Budget() contracts.Money {
	return contracts.Money{Amount: d.Invoice.Totals.TaxExclusive.Amount.Sub(d.Contribution.Amount), Currency: d.Invoice.Currency}
}

// Erased is what is left of a document past the time it is kept: numbers, days and amounts.
func (d Document) Erased(on contracts.Date) Document {
	b := d.Invoice.Buyer
	d.Invoice.Buyer = contracts.Party{Kind: b.Kind, Sector: b.Sector, Address: contracts.Address{Country: b.Address.Country}}
	d.Invoice.BuyerReference, d.Invoice.OrderReference = "", ""
	lines := make([]contracts.Line, len(d.Invoice.Lines))
	for i, l := range d.Invoice.Lines {
		l.Description = ""
		lines[i] = l
	}
	d.Invoice.Lines, d.Reason, d.Notes, d.Fingerprint, d.ErasedOn = lines, "", nil, "", on
	return d
}

// Payment is money a buyer paid on an invoice.
type Payment struct {
	Invoice  contracts.InvoiceID `json:"invoice"`
	Sequence int                 `json:"sequence"` // 1 for the first
	PaidOn   contracts.Date      `json:"paid_on"`
	Amount   contracts.Money     `json:"amount"`
}

// Store keeps the documents. Find functions answer false for what is not there, or not in scope.
type Store interface {
	InsertDraft(ctx context.Context, tx *storage.Tx, s access.Scope, id string, d Draft, at time.Time) error
	UpdateDraft(ctx context.Context, tx *storage.Tx, s access.Scope, id string, d Draft) (bool, error)
	DeleteDraft(ctx context.Context, tx *storage.Tx, s access.Scope, id string) (bool, error)
	Draft(ctx context.Context, q storage.Querier, s access.Scope, id string) (Draft, bool, error)
	Activity(ctx context.Context, q storage.Querier, s access.Scope, id member.ActivityID) (member.Activity, member.Member, bool, error)
	Buyer(ctx context.Context, q storage.Querier, s access.Scope, id string) (contracts.Party, bool, error)

	NextNumber(ctx context.Context, tx *storage.Tx, series string) (int64, error)
	ReserveNumber(ctx context.Context, tx *storage.Tx, series string, n int64) error
	InsertDocument(ctx context.Context, tx *storage.Tx, s access.Scope, d Document, at time.Time) error
	Document(ctx context.Context, q storage.Querier, s access.Scope, id contracts.InvoiceID) (Document, bool, error)
	DocumentByNumber(ctx context.Context, q storage.Querier, s access.Scope, number string) (Document, bool, error)
	Credits(ctx context.Context, q storage.Querier, s access.Scope, invoice contracts.InvoiceID) ([]Document, error)
	SetOpen(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.InvoiceID, open contracts.Money) error
	InsertPayment(ctx context.Context, tx *storage.Tx, s access.Scope, p Payment, at time.Time) error
	Payments(ctx context.Context, q storage.Querier, s access.Scope, invoice contracts.InvoiceID) ([]Payment, error)
}

// ErrNotFound is returned when an id names nothing.
var ErrNotFound = errors.New("not found")

// Faults of selling.
const (
	FaultUnknown  contracts.FaultCode = "unknown"   // a reference to something that is not there
	FaultTooMuch  contracts.FaultCode = "too-much"  // more than is open
	FaultClosed   contracts.FaultCode = "closed"    // nothing is left to pay or credit
	FaultVATID    contracts.FaultCode = "vat-id"    // a VAT number that is needed and missing
	FaultExchange contracts.FaultCode = "exchange"  // a foreign currency without the rate its VAT needs
	FaultDue      contracts.FaultCode = "due-date"  // due before it is issued
	FaultNumber   contracts.FaultCode = "duplicate" // a number that stands for another document
)

// NewID returns a time-ordered opaque id.
func NewID() string { return strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "") }

// today is the calendar day of the injected clock in UTC.
func (o Outbound) today() contracts.Date { return contracts.DateOf(o.Now().UTC()) }
