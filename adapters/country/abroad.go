package country

// SocialSecurity is who issues the A1 (Regulation (EC) 883/2004, Art. 12 and 13).
type SocialSecurity struct {
	A1Employee     string `yaml:"a1_employee,omitempty"`
	A1SelfEmployed string `yaml:"a1_self_employed,omitempty"`
	A1MultiState   string `yaml:"a1_multi_state,omitempty"`
	Exceptions     string `yaml:"exceptions_art16,omitempty"`
	Liaison        string `yaml:"liaison,omitempty"`
	Portal         string `yaml:"portal,omitempty"`
	IssueTime      string `yaml:"issue_time,omitempty"`
	OlderSources   string `yaml:"older_sources,omitempty"` // what older papers call the office
	Evidence       `yaml:",inline"`
}

// PostedWorkers is the host country's notice before somebody from abroad starts work.
type PostedWorkers struct {
	System          string            `yaml:"system,omitempty"`
	URL             string            `yaml:"url,omitempty"`
	URLConfidence   Confidence        `yaml:"url_confidence,omitempty"`
	Authority       string            `yaml:"authority,omitempty"`
	Who             string            `yaml:"who,omitempty"`
	When            string            `yaml:"when,omitempty"`
	MaxPeriodMonths int               `yaml:"max_period_months,omitempty"`
	Proof           string            `yaml:"proof,omitempty"`
	Representative  string            `yaml:"representative_in_country,omitempty"`
	ContactPerson   string            `yaml:"contact_person,omitempty"`
	ClientDuty      string            `yaml:"client_duty,omitempty"`
	InForceSince    string            `yaml:"in_force_since,omitempty"`
	FineNote        string            `yaml:"fine_note,omitempty"`
	Legal           string            `yaml:"legal,omitempty"`
	Artists         *ArtistsExemption `yaml:"artistic_exemption,omitempty"`
	Documents       string            `yaml:"documents,omitempty"` // what must be shown, in which language, how long kept
	Rules           []DeclarationRule `yaml:"declarations,omitempty"`
	Evidence        `yaml:",inline"`
}

// ArtistsExemption is when artists need no notice.
type ArtistsExemption struct {
	Rule     string `yaml:"rule"`
	Days     int    `yaml:"days,omitempty"`
	MaxDays  int    `yaml:"max_days,omitempty"`
	DaysNote string `yaml:"days_note,omitempty"`
	Weeks    int    `yaml:"weeks,omitempty"`
	PerWeeks int    `yaml:"per_weeks,omitempty"`
	Per      string `yaml:"per,omitempty"`
	Legal    string `yaml:"legal,omitempty"`
	Evidence `yaml:",inline"`
}

// Withholding is the tax at source on fees of artists from abroad.
type Withholding struct {
	Rate           string            `yaml:"rate,omitempty"` // percent, decimal
	RateEUEEA      string            `yaml:"rate_eu_eea,omitempty"`
	Surcharge      string            `yaml:"surcharge,omitempty"`
	Final          string            `yaml:"final,omitempty"` // yes, or partly
	Base           string            `yaml:"base,omitempty"`
	BaseConfidence Confidence        `yaml:"base_confidence,omitempty"`
	Threshold      map[string]string `yaml:"threshold,omitempty"`
	NetOption      string            `yaml:"net_option,omitempty"`
	Scope          string            `yaml:"scope,omitempty"`
	Payer          string            `yaml:"payer,omitempty"`
	Registration   string            `yaml:"registration,omitempty"`
	Reduction      string            `yaml:"reduction,omitempty"`
	Forms          []string          `yaml:"forms,omitempty,flow"`
	OptIn          string            `yaml:"opt_in,omitempty"`
	Simplified     string            `yaml:"simplified_option,omitempty"`
	AnnualReturn   string            `yaml:"annual_return,omitempty"`
	LookThrough    string            `yaml:"look_through,omitempty"`
	Legal          string            `yaml:"legal,omitempty"`
	Treaty         string            `yaml:"treaty,omitempty"`
	Hint           string            `yaml:"hint,omitempty"`                         // for an adviser, in a line; never computed into pay
	FreeResidents  []string          `yaml:"no_tax_for_residents_of,omitempty,flow"` // countries whose residents are not taxed by treaty
	Evidence       `yaml:",inline"`
}

// Particularity is a fact that fits nowhere else and that an adviser must know.
type Particularity struct {
	Fact     string `yaml:"fact"`
	Evidence `yaml:",inline"`
}
