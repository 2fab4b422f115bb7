package nav

import (
	"passerelle/adapters/format/en16931"
	"passerelle/contracts"
)

// File is an InvoiceData: one document as it is reported. The comments give the elements where they are called otherwise; a number
// is written with the decimals it has.
type File struct {
	Number         string
	Issued         contracts.Date // invoiceIssueDate
	Complete       string         // completenessIndicator: true when the report is the invoice itself
	Reference      Reference      // invoiceReference, of a modification
	Supplier       Supplier       // supplierInfo
	Customer       Customer       // customerInfo
	Representative Representative // fiscalRepresentativeInfo
	Detail         Detail         // invoiceDetail
	Merged         string         // mergedItemIndicator
	Lines          []Line
	Rates          []RateSummary       // summaryByVatRate
	Net, VAT       Pair                // invoiceNetAmount, invoiceVatAmount
	Simplified     []SimplifiedSummary // summarySimplified
	Gross          Pair                // summaryGrossData
}

// Pair is an amount in the document's currency and in HUF.
type Pair struct{ Amount, HUF en16931.Number }

// Reference is what a modification changes.
type Reference struct {
	Number        string // originalInvoiceNumber
	WithoutMaster string // modifyWithoutMaster: true when the invoice was never reported
	Index         string // modificationIndex
}

// TaxNumber is an adószám in its parts.
type TaxNumber struct{ Taxpayer, VATCode, County string }

// Supplier is the seller.
type Supplier struct {
	TaxNumber   TaxNumber
	GroupMember TaxNumber
	VATID       string // communityVatNumber
	Name        string
	Address     Address
	Account     string // supplierBankAccountNumber
	Exempt      string // individualExemption
	Licence     string // exciseLicenceNum
}

// Customer is the buyer. Of a private person only the status is told.
type Customer struct {
	Status      string // customerVatStatus: DOMESTIC, OTHER, PRIVATE_PERSON
	TaxNumber   TaxNumber
	GroupMember TaxNumber
	VATID       string // communityVatNumber
	ThirdState  string // thirdStateTaxId
	Name        string
	Address     Address
	Account     string // customerBankAccountNumber
}

// Representative is the seller's fiscal representative.
type Representative struct {
	TaxNumber TaxNumber
	Name      string
	Address   Address
	Account   string
}

// Address is a simpleAddress when Detail is filled, else a detailedAddress.
type Address struct {
	Country, Region, PostCode, Town         string
	Detail                                  string // additionalAddressDetail
	Street, Kind                            string // streetName, publicPlaceCategory
	Number, Building, Staircase, Floor, Lot string
	Door                                    string
}

// Detail is the invoiceDetail.
type Detail struct {
	Category         string         // NORMAL, SIMPLIFIED, AGGREGATE
	Delivered        contracts.Date // invoiceDeliveryDate
	Start, End       contracts.Date // invoiceDeliveryPeriod
	Accounted        contracts.Date // invoiceAccountingDeliveryDate
	Periodical       string         // periodicalSettlement
	SmallBusiness    string
	Currency         string
	ExchangeRate     en16931.Number
	Utility          string         // utilitySettlementIndicator
	SelfBilling      string         // selfBillingIndicator
	PaymentMethod    string         // TRANSFER, CASH, CARD, VOUCHER, OTHER
	PaymentDate      contracts.Date // until when it is to be paid
	CashAccounting   string
	Appearance       string // invoiceAppearance
	ConventionalInfo ConventionalInfo
	Additional       []Additional // additionalInvoiceData
}

// ConventionalInfo are numbers that the parties know each other's things by.
type ConventionalInfo struct {
	Orders, DeliveryNotes, ShippingDates, Contracts, SupplierCodes, CustomerCodes, Dealers, CostCenters, Projects, Accounts,
	SupplierGLNs, CustomerGLNs, Materials, Items, EKAER []string
}

// Additional is a value with a name that its sender chose.
type Additional struct{ Name, Description, Value string }

// Line is a line.
type Line struct {
	Number        string
	Modifies      string   // lineNumberReference
	Operation     string   // lineOperation: CREATE
	Others        []string // referencesToOtherLines
	Advance       string   // advanceIndicator
	AdvanceOf     string   // advanceOriginalInvoice
	AdvancePaid   contracts.Date
	AdvanceRate   en16931.Number
	Codes         []Code
	Expressed     string // lineExpressionIndicator: quantity and price are there
	Nature        string // PRODUCT, SERVICE, OTHER
	Description   string
	Quantity      en16931.Number
	Unit, OwnUnit string
	Price, HUF    en16931.Number // unitPrice, unitPriceHUF
	Discount      Discount
	Net, VAT      Pair // of lineAmountsNormal
	Gross         Pair // of lineAmountsNormal
	Rate          Rate
	Simplified    Pair   // lineGrossAmountSimplified
	SimpleRate    Rate   // of lineAmountsSimplified
	Intermediated string // intermediatedService
	Rated         en16931.Number
	Delivered     contracts.Date // lineDeliveryDate of an aggregate invoice
	Deposit       string
	ProductFee    string // obligatedForProductFee
	Excise        en16931.Number
	NETA          string // netaDeclaration
	Conventional  ConventionalInfo
	Additional    []Additional
}

// Code is a productCode.
type Code struct{ Category, Value, Own string }

// Discount is a lineDiscountData.
type Discount struct {
	Description string
	Amount      en16931.Number
	Rate        en16931.Number // 0 to 1
}

// Rate is a VatRateType: one of its choices.
type Rate struct {
	Percentage    en16931.Number // 0 to 1
	Content       en16931.Number // of the gross amount, 0 to 1
	Exempt        Reason         // vatExemption
	OutOfScope    Reason
	ReverseCharge string // vatDomesticReverseCharge
	Margin        string // marginSchemeIndicator
	Mismatch      Mismatch
	NoCharge      string // noVatCharge
}

// Reason is a code of NAV with words.
type Reason struct{ Case, Text string }

// Mismatch is VAT of another amount than the rate gives.
type Mismatch struct {
	Rate en16931.Number
	Case string
}

// RateSummary is what is taxed at one rate.
type RateSummary struct {
	Rate            Rate
	Net, VAT, Gross Pair
}

// SimplifiedSummary is what was paid at one rate, VAT included.
type SimplifiedSummary struct {
	Rate  Rate
	Gross Pair
}
