package contracts

// NodeProfile is what a node tells the network about itself, signed. The hub knows no more of a country than this.
type NodeProfile struct {
	Country         CountryCode        `json:"country"`
	Name            string             `json:"name"`       // of the co-operative
	LegalForm       string             `json:"legal_form"` // in the country's own words
	LegalFormEN     string             `json:"legal_form_en"`
	Founded         string             `json:"founded"`       // year or year-month, as the source gives it
	Joined          Date               `json:"joined"`        // first day in the network
	Left            Date               `json:"left,omitzero"` // first day out of it, empty for a node that is in
	Currency        Currency           `json:"currency"`
	Languages       []string           `json:"languages"` // ISO 639-1
	Offices         []string           `json:"offices,omitzero"`
	Contribution    []ContributionTerm `json:"contribution"`
	PayoutTerm      string             `json:"payout_term,omitzero"` // in English, as the adapter words it
	GuaranteeFund   bool               `json:"guarantee_fund"`
	LegalAssistance bool               `json:"legal_assistance"`
	ContractVersion int                `json:"contract_version"` // the newest event versions this node writes
	Demonstration   bool               `json:"demonstration,omitzero"`
}

// ContributionTerm is one dated line of a contribution schedule, as published: either Percent, or Min and Max where the
// node sets the rate by service.
type ContributionTerm struct {
	Since      Date       `json:"since"`
	Until      Date       `json:"until,omitzero"` // last day, empty while in force
	MemberKind MemberKind `json:"member_kind,omitzero"`
	Service    Service    `json:"service,omitzero"`
	Percent    *Percent   `json:"percent,omitzero"`
	Min        *Percent   `json:"min,omitzero"`
	Max        *Percent   `json:"max,omitzero"`
	Source     string     `json:"source"`
}
