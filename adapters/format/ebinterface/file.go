package ebinterface

import (
	"passerelle/adapters/format/en16931"
	"passerelle/contracts"
)

// File is an ebInterface in the words of its schema: what Walk carries of it. Elements that are not here are faults when read.
type File struct {
	System, Kind, Currency, Title, Language string // attributes of the root
	Number                                  string
	Date                                    contracts.Date
	Cancelled                               Related
	Related                                 []Related
	Information                             []Keyed
	Delivery                                Delivery
	Biller, Recipient                       Party
	Header, Footer                          string
	Lists                                   []List
	Reductions, Surcharges                  []Change
	Taxes                                   []TaxItem
	Gross, Prepaid, Rounding, Payable       en16931.Number
	Method                                  Method
	Conditions                              Conditions
	Comment                                 string
}

// Related is another document.
type Related struct {
	Number  string
	Date    contracts.Date
	Kind    string
	Comment string
}

// Keyed is a text with an attribute that says what it is.
type Keyed struct{ Key, Text string }

// Delivery is when, where and how.
type Delivery struct {
	ID          string
	Date        contracts.Date
	From, To    contracts.Date
	Address     Address
	Description string
}

// Party is the biller or the recipient of the invoice.
type Party struct {
	VATID       string
	Further     []Keyed // IdentificationType: FN, DVR and others
	Order       Order
	Address     Address
	Contact     Contact
	Counterpart string // what the other calls it: InvoiceRecipientsBillerID, BillersInvoiceRecipientID
	Area        string // AccountingArea of the recipient
	Unit        string // SubOrganizationID of the recipient
}

// Order is a reference to an order; Position is of its line.
type Order struct {
	ID          string
	Date        contracts.Date
	Description string
	Position    string
}

// Address is a postal address with who lives there.
type Address struct {
	IDs                            []Keyed // AddressIdentifierType: GLN, DUNS and others
	Name, TradingName              string
	Street, Box, Town, ZIP         string
	CountryCode, Country           string
	Phones, Emails, AdditionalInfo []string
}

// Contact is a person.
type Contact struct {
	Salutation, Name string
	Phones, Emails   []string
}

// List is an ItemList.
type List struct {
	Header, Footer string
	Lines          []Line
}

// Line is a ListLineItem.
type Line struct {
	Position         string
	Descriptions     []string
	Articles         []Keyed // ArticleNumberType
	Quantity         en16931.Number
	Unit             string
	Price            en16931.Number
	PriceBase        string // BaseQuantity
	Reductions       []Change
	Surcharges       []Change
	Delivery         Delivery
	Biller, Customer Order // each one's reference
	Classifications  []Keyed
	Information      []Keyed
	Tax              TaxItem
	Amount           en16931.Number
}

// Change is a reduction or a surcharge; Tax is of those on the whole document.
type Change struct {
	Base, Percent, Amount en16931.Number
	Comment               string
	Classification        Keyed
	Tax                   TaxItem
}

// TaxItem is what is taxed at a rate.
type TaxItem struct {
	Taxable, Percent   en16931.Number
	Category           string
	Amount, Accounting en16931.Number
	Currency           string // of Accounting
	Comment            string
}

// Method is how it is paid.
type Method struct {
	Comment   string
	Accounts  []Account
	Reference string
	Debit     Debit
	Card      en16931.Card
}

// Account is a bank account.
type Account struct{ Bank, Code, CodeCountry, BIC, Number, IBAN, Owner string }

// Debit is a SEPA direct debit.
type Debit struct {
	Type, BIC, IBAN, Owner, Creditor, Mandate string
	Date                                      contracts.Date
}

// Conditions are when it is paid.
type Conditions struct {
	Due       contracts.Date
	Discounts []Discount
	Minimum   en16931.Number
	Comment   string
}

// Discount is for paying early.
type Discount struct {
	Until                 contracts.Date
	Base, Percent, Amount en16931.Number
	Comment               string
}
