package country

// PayoutRuleName is how a payout day is found.
type PayoutRuleName string

// The rules that co-operatives promise their members. Unknown: the sources do not say, so the node must configure it.
const (
	WithinDays     PayoutRuleName = "within_days"
	DayOfNextMonth PayoutRuleName = "day_of_next_month"
	PayoutUnknown  PayoutRuleName = "unknown"
)

// DayKind tells which days count.
type DayKind string

// Unspecified counts as Calendar: the earlier day keeps the promise under either reading.
const (
	Calendar    DayKind = "calendar"
	Working     DayKind = "working"
	Unspecified DayKind = "unspecified"
)

// Payout is the promise when a member is paid after a performance, whether or not the buyer has paid.
type Payout struct {
	Rule        PayoutRuleName `yaml:"rule"`
	Days        int            `yaml:"days,omitempty"`        // for within_days
	DayKind     DayKind        `yaml:"day_kind,omitempty"`    // for within_days
	Day         int            `yaml:"day,omitempty"`         // for day_of_next_month
	Alternative string         `yaml:"alternative,omitempty"` // the other reading of an unclear source
	Evidence    `yaml:",inline"`
}

// Holidays is the country's public holidays, as far as they hold in the whole country.
type Holidays struct {
	Days     []Holiday `yaml:"days"`
	Legal    string    `yaml:"legal"`
	Evidence `yaml:",inline"`
}

// Holiday is one public holiday: a fixed day of the year (Day), a number of days after Easter Sunday (Easter), or the
// first given weekday on or after a day (Weekday with Day).
type Holiday struct {
	Name     string   `yaml:"name"`
	Day      MonthDay `yaml:"day,omitempty"`
	Weekday  string   `yaml:"weekday,omitempty"`
	Easter   *int     `yaml:"easter,omitempty"`
	IfSunday int      `yaml:"if_sunday,omitempty"` // days to move it by when it falls on a Sunday
	Period   `yaml:",inline"`
	Note     string `yaml:"note,omitempty"`
}
