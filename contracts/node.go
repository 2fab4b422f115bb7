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

// MonthlyReport is what a node files with the board for a month, one per currency it invoices in. Turnover to guarantee fund come from the node's
// ledger; the figures below them from its accountant, and are absent until he gives them.
type MonthlyReport struct {
	Country       CountryCode `json:"country"`
	Month         Month       `json:"month"`
	Currency      Currency    `json:"currency"`
	Turnover      Money       `json:"turnover"`     // invoices less credit notes, without VAT
	Contribution  Money       `json:"contribution"` // guarantee-fund share included
	GuaranteeFund Money       `json:"guarantee_fund"`
	Tax           Money       `json:"tax"`
	Received      Money       `json:"received"`   // payments of buyers
	Receivable    Money       `json:"receivable"` // open at the end of the month
	Invoices      int         `json:"invoices"`   // issued in the month
	CreditNotes   int         `json:"credit_notes"`
	ActiveMembers int         `json:"active_members"` // members with a document in the month

	Users          *int     `json:"users,omitzero"`
	Offices        *int     `json:"offices,omitzero"`
	PermanentStaff *Decimal `json:"permanent_staff,omitzero"` // full-time equivalents
	OperatingCosts *Money   `json:"operating_costs,omitzero"`
	Grants         *Money   `json:"grants,omitzero"`
	Demonstration  bool     `json:"demonstration,omitzero"`
}

// Validate returns the faults of a report: a month, one currency throughout, no negative counts.
func (r MonthlyReport) Validate() error {
	var fs Faults
	fs.Add("country", r.Country.Validate())
	if r.Month.IsZero() {
		fs.Addf(FaultMissing, "month", "write year-month, such as 2026-03", "no month")
	}
	fs.Add("currency", r.Currency.Validate())
	amounts := map[string]Money{"turnover": r.Turnover, "contribution": r.Contribution, "guarantee_fund": r.GuaranteeFund,
		"tax": r.Tax, "received": r.Received, "receivable": r.Receivable}
	for name, m := range amounts {
		if m.Currency != r.Currency {
			fs.Addf(FaultCurrency, name, "", "in %s, the report is in %s", m.Currency, r.Currency)
		}
	}
	for name, n := range map[string]int{"invoices": r.Invoices, "credit_notes": r.CreditNotes, "active_members": r.ActiveMembers} {
		if n < 0 {
			fs.Addf(FaultInvalid, name, "", "%d is below zero", n)
		}
	}
	return fs.Err()
}
