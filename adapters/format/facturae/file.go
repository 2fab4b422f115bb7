package facturae

import (
	"passerelle/adapters/format/en16931"
	"passerelle/contracts"
)

// File is a Facturae in the words of its schema: what the walk carries of it. Elements that are not here are faults when read.
type File struct {
	Version, Modality, Issuer string // of FileHeader
	Batch                     Batch
	Seller, Buyer             Party
	Invoices                  []Invoice
}

// Batch is what the file holds as a whole.
type Batch struct {
	ID, Count                      string
	Total, Outstanding, Executable Amount
	Currency                       string
}

// Amount is told in the invoice's currency, and in EUR when that is another.
type Amount struct{ Total, Euros en16931.Number }

// Party is a seller or buyer: a legal entity or a person.
type Party struct {
	PersonType, Residence, TaxNumber string
	Identification                   string // PartyIdentification
	Centres                          []Centre
	Legal                            Legal
	Person                           Person
}

// Centre is an administrative centre by its DIR3 code and its role.
type Centre struct {
	Code, Role, Name, Description string
	Spain, Overseas               Address
}

// Legal is a company.
type Legal struct {
	Name, TradeName string
	Registration    [7]string // RegistrationData, in the order of registers
	Spain, Overseas Address
	Contact         Contact
}

// Person is a natural person.
type Person struct {
	Name, First, Second string
	Spain, Overseas     Address
	Contact             Contact
}

// Address is one in Spain, or one abroad with post code and town together.
type Address struct{ Street, PostCode, Town, PostCodeAndTown, Province, Country string }

// Contact are the ways to reach a party.
type Contact struct{ Phone, Fax, Web, Email, Persons, Further string }

// Invoice is one of a file.
type Invoice struct {
	Number, Series, Type, Class       string
	Corrects                          Corrective
	Issued, Operation                 contracts.Date
	Period                            en16931.Period
	Currency                          string
	Rate                              en16931.Number
	RateDate                          contracts.Date
	TaxCurrency, Language             string
	Description, Order, FileReference string
	Contract                          string
	Outputs, Withheld                 []Tax
	Totals                            Totals
	Lines                             []Line
	Installments                      []Installment
	Literals                          []string
	RelatedInvoice, Information       string
	Attachments                       []Attachment
}

// Corrective says which invoice is corrected and why.
type Corrective struct {
	Number, Series, Code, Reason string
	Period                       en16931.Period
	Method, MethodText, Further  string
	Issued                       contracts.Date
}

// Tax is one of TaxesOutputs or TaxesWithheld.
type Tax struct {
	Code                       string
	Rate                       en16931.Number
	Base, Amount               Amount
	SpecialBase, SpecialAmount Amount
	Surcharge                  en16931.Number // recargo de equivalencia
	SurchargeAmount            Amount
}

// Change is a discount or a charge.
type Change struct {
	Reason       string
	Rate, Amount en16931.Number
}

// Paid is a payment on account.
type Paid struct {
	Date   contracts.Date
	Amount en16931.Number
}

// Totals are InvoiceTotals.
type Totals struct {
	Gross                      en16931.Number
	Discounts, Charges         []Change
	TotalDiscounts             en16931.Number
	TotalCharges               en16931.Number
	BeforeTaxes, Outputs       en16931.Number
	Withheld, Total            en16931.Number
	OnAccount                  []Paid
	Outstanding, TotalPaid     en16931.Number
	Kept                       Change // AmountsWithheld
	Executable, Reimbursements en16931.Number
}

// Line is an InvoiceLine.
type Line struct {
	IssuerContract, IssuerOrder     string
	Contract, Order, FileReference  string
	Sequence                        string
	Notes                           []DeliveryNote
	Description                     string
	Quantity                        en16931.Number
	Unit                            string
	Price, Cost                     en16931.Number
	Discounts, Charges              []Change
	Gross                           en16931.Number
	Withheld, Outputs               []Tax
	Period                          en16931.Period
	Day                             contracts.Date
	Further, Event, Reason, Article string
}

// DeliveryNote is a note of what was handed over.
type DeliveryNote struct {
	Number string
	Date   contracts.Date
}

// Installment is a payment that is due.
type Installment struct {
	Due             contracts.Date
	Amount          en16931.Number
	Means           string
	Credit          Account
	Reference       string
	Debit           Account
	Further, Refund string
}

// Account is a bank account.
type Account struct{ IBAN, Number, Bank, Branch, BIC string }

// Attachment is a document inside.
type Attachment struct{ Compression, Format, Encoding, Description, Content string }
