package country

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"passerelle/contracts"
)

// The faults of a node's settings and of days without a rule.
const (
	FaultUnconfigured contracts.FaultCode = "unconfigured"  // the country leaves it to the node, and the node has not said
	FaultConfig       contracts.FaultCode = "configuration" // a setting outside what the country allows
	FaultNoRate       contracts.FaultCode = "no-rate"       // a day for which no rate is known
)

// AnyService stands in Config.Contribution for every service that is not named there.
const AnyService contracts.Service = ""

// Config is what a node decides within what its country leaves open. The zero Config is right for a country that leaves
// nothing open.
type Config struct {
	Contribution map[contracts.Service]contracts.Percent `yaml:"contribution"` // where the schedule is a range
	Payout       *Payout                                 `yaml:"payout"`       // replaces the country's rule
	Confirmed    []string                                `yaml:"confirmed"`    // ids of VAT lines that wait for confirmation
	Currencies   []contracts.Currency                    `yaml:"currencies"`   // invoiced in beside the country's own
	Series       *Series                                 `yaml:"series"`       // replaces the country's default
	OSS          bool                                    `yaml:"oss"`          // registered for the union one-stop shop
	OverLimit    bool                                    `yaml:"over_limit"`   // more than EUR 10000 a year of Art. 59c sales abroad
}

// CheckConfig returns every fault of a configuration on that day, ranges without a setting included.
func (a *Adapter) CheckConfig(cfg Config, on contracts.Date) error {
	var fs contracts.Faults
	for _, service := range slices.Sorted(maps.Keys(cfg.Contribution)) {
		a.checkContribution(&fs, service, cfg.Contribution[service], on)
	}
	fs.Add("", a.rangeLeftOpen(cfg, on))
	if cfg.Payout != nil {
		if err := cfg.Payout.validate(); err != nil {
			fs.Addf(FaultConfig, "payout", "", "%v", err)
		}
	} else if a.PayoutRule.Rule == PayoutUnknown {
		fs.Add("", a.payoutUnconfigured())
	}
	for i, id := range cfg.Confirmed {
		if !slices.ContainsFunc(a.VATServices, func(l VATLine) bool { return l.ID == id && l.When == Confirmed }) {
			fs.Addf(FaultConfig, fmt.Sprintf("confirmed[%d]", i), "use the id of a line that says when: confirmed", "%q is no VAT line to confirm", clip(id))
		}
	}
	for i, c := range cfg.Currencies {
		fs.Add(fmt.Sprintf("currencies[%d]", i), c.Validate())
	}
	if cfg.Series != nil {
		fs.Add("series", cfg.Series.Validate())
	}
	return fs.Err()
}

// rangeLeftOpen returns the fault of the first service whose rate is a range that no setting decides.
func (a *Adapter) rangeLeftOpen(cfg Config, on contracts.Date) error {
	for _, service := range contracts.Services {
		_, _, err := a.Contribution(on, contracts.Individual, service, cfg)
		if f, ok := errors.AsType[contracts.Fault](err); ok && f.Code == FaultUnconfigured {
			return f
		}
	}
	return nil
}

func (a *Adapter) checkContribution(fs *contracts.Faults, service contracts.Service, percent contracts.Percent, on contracts.Date) {
	field := settingName(service)
	if service != AnyService {
		fs.Add(field, service.Validate())
	}
	line := a.contributionLine(on, "", service)
	switch {
	case line == nil || line.Min == nil:
		fs.Addf(FaultConfig, field, "leave it out: the schedule fixes the rate", "%s leaves no choice on %s", a.Name.EN, on)
	case percent.LessThan(line.Min.Decimal) || percent.GreaterThan(line.Max.Decimal):
		fs.Addf(FaultConfig, field, fmt.Sprintf("set it from %s to %s", line.Min, line.Max), "%s %% is outside the published range", percent)
	}
}

func settingName(service contracts.Service) string {
	if service == AnyService {
		return "contribution.any"
	}
	return "contribution." + string(service)
}

// AllowsCurrency returns a Fault when the node does not invoice in the currency: it does in its own and in those configured.
func (a *Adapter) AllowsCurrency(c contracts.Currency, cfg Config) error {
	if c == a.Currency.Code || slices.Contains(cfg.Currencies, c) {
		return nil
	}
	if err := c.Validate(); err != nil {
		var fs contracts.Faults
		fs.Add("currency", err)
		return fs.Err()
	}
	return contracts.Fault{Code: contracts.FaultCurrency, Field: "currency", Message: fmt.Sprintf("this node does not invoice in %s", c),
		Remedy: fmt.Sprintf("use %s, or add %s to the node's currencies", a.Currency.Code, c)}
}

// NeedsAccountingTax tells whether the VAT of an invoice in that currency must also be shown in the country's own
// (Directive 2006/112/EC Art. 230; EN 16931 BT-6 and BT-111). It matters only where VAT is charged.
func (a *Adapter) NeedsAccountingTax(invoice contracts.Currency) bool {
	return invoice != a.Currency.Code
}
