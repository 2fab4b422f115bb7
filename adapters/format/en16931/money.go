package en16931

// Payment is BG-16 with its parts BG-17 to BG-19. The norm has one means of payment; both syntaxes repeat it for each
// account, and each keeps its own code.
type Payment struct {
	Remittance string         `json:"remittance,omitzero"` // BT-83, what the buyer is asked to quote
	Mandate    string         `json:"mandate,omitzero"`    // BT-89, of a direct debit
	Creditor   string         `json:"creditor,omitzero"`   // BT-90, the SEPA creditor identifier
	Means      []PaymentMeans `json:"means,omitzero"`
}

// PaymentMeans is one way to pay.
type PaymentMeans struct {
	Code           string  `json:"code,omitzero"`            // BT-81, UNTDID 4461
	Text           string  `json:"text,omitzero"`            // BT-82
	Account        Account `json:"account,omitzero"`         // BG-17
	Card           Card    `json:"card,omitzero"`            // BG-18
	DebitedAccount string  `json:"debited_account,omitzero"` // BT-91
}

// Account is BG-17, where a credit transfer goes.
type Account struct {
	ID   string `json:"id,omitzero"`   // BT-84, an IBAN or a national number
	Name string `json:"name,omitzero"` // BT-85
	BIC  string `json:"bic,omitzero"`  // BT-86
}

// Card is BG-18, a card that has been charged.
type Card struct {
	Number  string `json:"number,omitempty"` // BT-87, the last digits only
	Holder  string `json:"holder,omitzero"`  // BT-88
	Network string `json:"network,omitzero"` // no term of the norm; UBL has no card without it
}

// AllowanceCharge takes off (BG-20, BG-27) or adds (BG-21, BG-28); a line's has no tax of its own.
type AllowanceCharge struct {
	Charge     bool   `json:"charge,omitzero"`      // adds
	Amount     Number `json:"amount,omitempty"`     // BT-92, BT-99, BT-136, BT-141
	Base       Number `json:"base,omitempty"`       // BT-93, BT-100, BT-137, BT-142
	Percent    Number `json:"percent,omitempty"`    // BT-94, BT-101, BT-138, BT-143
	Category   string `json:"category,omitzero"`    // BT-95, BT-102
	Rate       Number `json:"rate,omitempty"`       // BT-96, BT-103
	Reason     string `json:"reason,omitzero"`      // BT-97, BT-104, BT-139, BT-144
	ReasonCode string `json:"reason_code,omitzero"` // BT-98 and BT-140 of UNTDID 5189, BT-105 and BT-145 of UNTDID 7161
}

// Totals is BG-22.
type Totals struct {
	Lines         Number `json:"lines,omitempty"`          // BT-106
	Allowances    Number `json:"allowances,omitempty"`     // BT-107
	Charges       Number `json:"charges,omitempty"`        // BT-108
	TaxExclusive  Number `json:"tax_exclusive,omitempty"`  // BT-109
	Tax           Number `json:"tax,omitempty"`            // BT-110
	AccountingTax Number `json:"accounting_tax,omitempty"` // BT-111, in the tax currency
	TaxInclusive  Number `json:"tax_inclusive,omitempty"`  // BT-112
	Paid          Number `json:"paid,omitempty"`           // BT-113
	Rounding      Number `json:"rounding,omitempty"`       // BT-114
	Payable       Number `json:"payable,omitempty"`        // BT-115
}

// TaxBreakdown is BG-23, the VAT of one category and rate.
type TaxBreakdown struct {
	Taxable    Number `json:"taxable,omitempty"`    // BT-116
	Amount     Number `json:"amount,omitempty"`     // BT-117
	Category   string `json:"category,omitzero"`    // BT-118, UNCL 5305
	Rate       Number `json:"rate,omitempty"`       // BT-119, percent points
	Reason     string `json:"reason,omitzero"`      // BT-120
	ReasonCode string `json:"reason_code,omitzero"` // BT-121, VATEX
}
