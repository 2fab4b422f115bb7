package en16931

// Line is BG-25.
type Line struct {
	ID               string            `json:"id,omitzero"`                // BT-126
	Note             string            `json:"note,omitzero"`              // BT-127
	Object           Identifier        `json:"object,omitzero"`            // BT-128
	Quantity         Number            `json:"quantity,omitempty"`         // BT-129
	Unit             string            `json:"unit,omitzero"`              // BT-130, UN/ECE Recommendation 20 or 21
	Net              Number            `json:"net,omitempty"`              // BT-131
	OrderLine        string            `json:"order_line,omitzero"`        // BT-132
	BuyerAccount     string            `json:"buyer_account,omitzero"`     // BT-133
	Period           Period            `json:"period,omitzero"`            // BG-26
	AllowanceCharges []AllowanceCharge `json:"allowance_charges,omitzero"` // BG-27, BG-28
	Price            Price             `json:"price,omitzero"`             // BG-29
	Category         string            `json:"category,omitzero"`          // BT-151, UNCL 5305
	Rate             Number            `json:"rate,omitempty"`             // BT-152, percent points
	Item             Item              `json:"item,omitzero"`              // BG-31
}

// Price is BG-29.
type Price struct {
	Net          Number `json:"net,omitempty"`           // BT-146
	Discount     Number `json:"discount,omitempty"`      // BT-147
	Gross        Number `json:"gross,omitempty"`         // BT-148
	BaseQuantity Number `json:"base_quantity,omitempty"` // BT-149, what the price is for; one when absent
	BaseUnit     string `json:"base_unit,omitzero"`      // BT-150
}

// Item is BG-31, what is sold.
type Item struct {
	Name            string           `json:"name,omitzero"`            // BT-153
	Description     string           `json:"description,omitzero"`     // BT-154
	SellersID       string           `json:"sellers_id,omitzero"`      // BT-155
	BuyersID        string           `json:"buyers_id,omitzero"`       // BT-156
	StandardID      Identifier       `json:"standard_id,omitzero"`     // BT-157
	Classifications []Classification `json:"classifications,omitzero"` // BT-158
	Origin          string           `json:"origin,omitzero"`          // BT-159, a country
	Attributes      []Attribute      `json:"attributes,omitzero"`      // BG-32
}

// Classification is BT-158.
type Classification struct {
	Identifier        // BT-158, BT-158-1
	Version    string `json:"version,omitzero"` // BT-158-2
}

// Attribute is BG-32.
type Attribute struct {
	Name  string `json:"name,omitzero"`  // BT-160
	Value string `json:"value,omitzero"` // BT-161
}
