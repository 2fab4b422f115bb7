package country

import "passerelle/contracts"

// InvoiceRules is what the law of the seller's country asks of an invoice. Its evidence covers the lists and texts that
// have none of their own.
type InvoiceRules struct {
	Numbering         Numbering         `yaml:"numbering"`
	Mandatory         []string          `yaml:"mandatory"`
	IssueDeadline     string            `yaml:"issue_deadline"`
	CurrencyRule      string            `yaml:"currency_rule"` // the rule itself is NeedsAccountingTax
	Retention         []Retention       `yaml:"retention"`
	PaymentReference  *PaymentReference `yaml:"payment_reference,omitempty"`
	Corrections       string            `yaml:"corrections,omitempty"`
	IncomeWithholding string            `yaml:"income_tax_withholding,omitempty"`
	Withheld          *WithheldTax      `yaml:"withheld_by_buyers,omitempty"` // nil where nothing is kept back from a co-operative
	Evidence          `yaml:",inline"`
}

// WithheldTax is income tax that a business buyer at home keeps back from a company's invoice and pays for it.
type WithheldTax struct {
	Says     string `yaml:"says"` // on the invoice, in the country's language: percent, amount kept back, amount to be paid
	Evidence `yaml:",inline"`
}

// Numbering is the rule for invoice numbers. Whatever Gapless says, a node numbers without gaps: that satisfies all.
type Numbering struct {
	Rule     string `yaml:"rule"`
	Gapless  string `yaml:"gapless"` // required, expected, or not required
	Series   Series `yaml:"series"`  // what a node uses that configures nothing else
	Legal    string `yaml:"legal"`
	Evidence `yaml:",inline"`
}

// Retention is how long documents are kept.
type Retention struct {
	Period   `yaml:",inline"` // of the documents it applies to
	Years    int              `yaml:"years"`
	From     string           `yaml:"from,omitempty"` // when the years begin to count
	Evidence `yaml:",inline"`
}

// PaymentReference is a structured reference buyers quote when they pay.
type PaymentReference struct {
	Name     string `yaml:"name"`
	Check    string `yaml:"check"`
	Example  string `yaml:"example"`
	Evidence `yaml:",inline"`
}

// EInvoicing is how invoices travel electronically in the country.
type EInvoicing struct {
	Flows         []Flow            `yaml:"flows,omitempty"`
	Network       string            `yaml:"network,omitempty"`
	Formats       []Format          `yaml:"formats,omitempty"` // in the order of preference at home
	FormatsNote   string            `yaml:"formats_note,omitempty"`
	EAS           []EAS             `yaml:"eas,omitempty"`
	NationalRules string            `yaml:"national_rules,omitempty"`
	DocumentTypes map[string]string `yaml:"document_types,omitempty"`
	Natura        map[string]string `yaml:"natura_codes,omitempty"`
	Evidence      `yaml:",inline"`
}

// Flow is one duty: invoices to authorities (b2g), between businesses (b2b), reporting, and so on.
type Flow struct {
	Flow     string            `yaml:"flow"`
	Status   string            `yaml:"status,omitempty"`
	Since    contracts.Date    `yaml:"since,omitempty"`
	Year     int               `yaml:"year,omitempty"` // when only the year is known
	Name     string            `yaml:"name,omitempty"`
	Scope    string            `yaml:"scope,omitempty"`
	Platform string            `yaml:"platform,omitempty"`
	Routing  string            `yaml:"routing,omitempty"`
	Basis    string            `yaml:"basis,omitempty"` // legal
	Exempt   string            `yaml:"exempt,omitempty"`
	Plan     string            `yaml:"plan,omitempty"`
	Phases   []Phase           `yaml:"phases,omitempty"`
	Details  map[string]string `yaml:"details,omitempty"`
	Evidence `yaml:",inline"`
}

// Phase is one step of a duty that comes in steps.
type Phase struct {
	Since    contracts.Date `yaml:"since,omitempty"`
	Rule     string         `yaml:"rule,omitempty"`     // when the day depends on another event
	Expected contracts.Date `yaml:"expected,omitempty"` // by what is known now
	Who      string         `yaml:"who"`
	Evidence `yaml:",inline"`
}

// Format is a syntax with the identifiers a document in it carries.
type Format struct {
	Name            string            `yaml:"name"`
	Syntax          string            `yaml:"syntax,omitempty"`
	Version         string            `yaml:"version,omitempty"`
	CustomizationID string            `yaml:"customization_id,omitempty"` // BT-24
	ProfileID       string            `yaml:"profile_id,omitempty"`       // BT-23
	Use             string            `yaml:"use,omitempty"`
	Codes           map[string]string `yaml:"codes,omitempty"`
	Evidence        `yaml:",inline"`
}

// EAS is an electronic address scheme (BT-34-1, BT-49-1).
type EAS struct {
	Code string `yaml:"code"`
	Use  string `yaml:"use,omitempty"`
}

// LatePayment is what a late payer owes.
type LatePayment struct {
	Rule            string             `yaml:"rule,omitempty"`
	MarginPoints    *contracts.Percent `yaml:"margin_points,omitempty"` // above the base rate, percent points
	Rounding        string             `yaml:"rounding,omitempty"`
	BaseRates       []DatedRate        `yaml:"base_rates,omitempty"`
	KnownRates      []DatedRate        `yaml:"known_rates,omitempty"` // yearly, margin included
	LumpSum         *LumpSum           `yaml:"lump_sum,omitempty"`
	MustBePrinted   bool               `yaml:"must_be_printed,omitempty"` // on the invoice
	DefaultTermDays int                `yaml:"default_term_days,omitempty"`
	MaxTermDays     int                `yaml:"max_term_days,omitempty"`
	SMEMaxTermDays  int                `yaml:"sme_max_term_days,omitempty"`
	AlternativeMax  string             `yaml:"alternative_max,omitempty"`
	Legal           string             `yaml:"legal,omitempty"`
	Evidence        `yaml:",inline"`
}

// DatedRate is a yearly interest rate of a period.
type DatedRate struct {
	Period   `yaml:",inline"`
	Percent  contracts.Percent `yaml:"percent"`
	Evidence `yaml:",inline"`
}

// LumpSum is the fixed compensation for recovery costs (Directive 2011/7/EU Art. 6).
type LumpSum struct {
	Amount   string             `yaml:"amount"` // decimal
	Currency contracts.Currency `yaml:"currency"`
	Note     string             `yaml:"note,omitempty"`
}

// Role is what an account is for, the same word in every country.
type Role string

// The accounts every chart names. A chart may have more roles than these.
const (
	RoleReceivables Role = "trade_receivables"
	RoleVAT         Role = "vat_payable"
	RoleRevenue     Role = "revenue"
	RoleWages       Role = "wages_payable"
	RoleBudgets     Role = "member_project_budgets"
	RoleGuarantee   Role = "guarantee_fund"
	RoleBank        Role = "bank"
)

// Roles lists the accounts every chart names.
var Roles = []Role{RoleReceivables, RoleVAT, RoleRevenue, RoleWages, RoleBudgets, RoleGuarantee, RoleBank}

// Chart maps the common accounts onto the country's own.
type Chart struct {
	Standard     string                      `yaml:"standard"`
	Accounts     map[Role]Account            `yaml:"accounts"`
	Alternatives map[string]map[Role]Account `yaml:"alternatives,omitempty"` // by name of the other chart
	Evidence     `yaml:",inline"`
}

// Account is a number in the national chart.
type Account struct {
	Number    string `yaml:"account"`
	Suggested bool   `yaml:"suggested,omitempty"` // the national chart has no dedicated line; this is our proposal
	Scheme    string `yaml:"scheme,omitempty"`    // line of the statutory balance sheet
	Note      string `yaml:"note,omitempty"`
}
