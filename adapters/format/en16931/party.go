package en16931

// Party is the seller (BG-4) or the buyer (BG-7); each term is given as seller's, buyer's.
type Party struct {
	Name            string       `json:"name,omitzero"`             // BT-27, BT-44, as registered
	TradingName     string       `json:"trading_name,omitzero"`     // BT-28, BT-45
	IDs             []Identifier `json:"ids,omitzero"`              // BT-29, BT-46; a buyer has one
	Registration    Identifier   `json:"registration,omitzero"`     // BT-30, BT-47
	VATID           string       `json:"vat_id,omitzero"`           // BT-31, BT-48, with country prefix
	TaxRegistration Identifier   `json:"tax_registration,omitzero"` // BT-32, the seller's; the scheme is UBL's name of the tax, such as TAX
	LegalNote       string       `json:"legal_note,omitzero"`       // BT-33, the seller's: legal form, capital, seat
	Endpoint        Identifier   `json:"endpoint,omitzero"`         // BT-34, BT-49, the electronic address
	Address         Address      `json:"address,omitzero"`          // BG-5, BG-8
	Contact         Contact      `json:"contact,omitzero"`          // BG-6, BG-9
}

// Address is a postal address: BG-5, BG-8, BG-12 or BG-15, the terms in that order.
type Address struct {
	Line1       string `json:"line1,omitzero"`       // BT-35, BT-50, BT-64, BT-75
	Line2       string `json:"line2,omitzero"`       // BT-36, BT-51, BT-65, BT-76
	Line3       string `json:"line3,omitzero"`       // BT-162, BT-163, BT-164, BT-165
	City        string `json:"city,omitzero"`        // BT-37, BT-52, BT-66, BT-77
	PostCode    string `json:"post_code,omitzero"`   // BT-38, BT-53, BT-67, BT-78
	Subdivision string `json:"subdivision,omitzero"` // BT-39, BT-54, BT-68, BT-79
	Country     string `json:"country,omitzero"`     // BT-40, BT-55, BT-69, BT-80, ISO 3166-1
}

// Contact is whom to ask: BG-6 of the seller, BG-9 of the buyer.
type Contact struct {
	Name  string `json:"name,omitzero"`  // BT-41, BT-56
	Phone string `json:"phone,omitzero"` // BT-42, BT-57
	Email string `json:"email,omitzero"` // BT-43, BT-58
}

// Payee is BG-10, who is paid when that is not the seller.
type Payee struct {
	Name         string     `json:"name,omitzero"`         // BT-59
	ID           Identifier `json:"id,omitzero"`           // BT-60
	Registration Identifier `json:"registration,omitzero"` // BT-61
}

// TaxRepresentative is BG-11, who accounts for the seller's VAT.
type TaxRepresentative struct {
	Name    string  `json:"name,omitzero"`    // BT-62
	VATID   string  `json:"vat_id,omitzero"`  // BT-63
	Address Address `json:"address,omitzero"` // BG-12
}
