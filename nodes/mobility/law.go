package mobility

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"passerelle/adapters/country"
	"passerelle/contracts"
)

//go:embed law.yaml
var lawYAML []byte

// Faults of choosing a rule set.
const (
	FaultRuleSet contracts.FaultCode = "rule-set" // unknown, not in force, or none for the day
)

// law is law.yaml.
type law struct {
	RuleSets        []*ruleSet       `yaml:"rule_sets"`
	Substantial     int64            `yaml:"substantial"`
	Marginal        int64            `yaml:"marginal"`
	LongTerm        longTerm         `yaml:"long_term"`
	NoticeDays      map[State]int    `yaml:"notice_days_a_year"`
	Area            map[string]*zone `yaml:"area"`
	TCNNotIn        []State          `yaml:"third_country_nationals_not_in"`
	Telework        telework         `yaml:"telework"`
	ReplacementTold []State          `yaml:"replacement_tolerated_by"`
	Regimes         map[string]basis `yaml:"regimes"`
	Articles        map[Article]basis
	TCA             map[Article]Article `yaml:"tca_articles"`
	Findings        map[Finding]basis
	Sentences       map[string]basis
	Sources         map[string]country.Source

	zoneOf map[State]*zone
	signed map[State]contracts.Date
}

// ruleSet is the law of a time, as far as it is figures.
type ruleSet struct {
	Name               string             `yaml:"name"`
	Since              contracts.Date     `yaml:"since,omitempty"`
	Until              contracts.Date     `yaml:"until,omitempty"`
	InForce            bool               `yaml:"in_force"`
	LongestPosting     int                `yaml:"longest_posting_months"`
	FreshAfter         int                `yaml:"fresh_posting_after_months"`
	PriorCover         int                `yaml:"prior_cover_months"`
	SelfEmployedActive int                `yaml:"self_employed_active_months"`
	ReplacementAllowed bool               `yaml:"replacement_allowed"`
	A1BeforeStart      bool               `yaml:"a1_before_start"`
	A1FreeWorkDays     int                `yaml:"a1_free_work_days"`
	A1FreeWindow       int                `yaml:"a1_free_window_days"`
	A1FreeUnless       []country.WorkKind `yaml:"a1_free_unless"`
	A1FreeWork         []country.WorkKind `yaml:"a1_free_work"`
	Source             string             `yaml:"source"`
	Note               string             `yaml:"note,omitempty"`
}

type longTerm struct {
	Since contracts.Date `yaml:"since"`
	Steps []struct {
		Months  int     `yaml:"months"`
		Finding Finding `yaml:"finding"`
	} `yaml:"steps"`
}

// zone is a group of States to which the same agreements apply since a day.
type zone struct {
	As     string         `yaml:"as,omitempty"`
	Since  contracts.Date `yaml:"since,omitempty"`
	States []State        `yaml:"states,flow"`
}

type telework struct {
	Below      int64                      `yaml:"below"`
	Source     string                     `yaml:"source"`
	Confidence country.Confidence         `yaml:"confidence"`
	Signed     map[contracts.Date][]State `yaml:"signed"`
}

// basis is a sentence with where it stands. Status is the A1's code, for articles alone.
type basis struct {
	Says       string             `yaml:"says"`
	Source     string             `yaml:"source"`
	Confidence country.Confidence `yaml:"confidence,omitempty"`
	Status     string             `yaml:"status,omitempty"`
}

var loaded = sync.OnceValues(func() (*law, error) { return loadLaw(lawYAML) })

func mustLaw() *law {
	l, err := loaded()
	if err != nil {
		panic(err)
	}
	return l
}

func loadLaw(data []byte) (*law, error) {
	var l law
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&l); err != nil {
		return nil, fmt.Errorf("load mobility law: %w", err)
	}
	l.zoneOf, l.signed = map[State]*zone{}, map[State]contracts.Date{}
	for name, z := range l.Area {
		if z.As == "" {
			z.As = name
		}
		for _, s := range z.States {
			l.zoneOf[s] = z
		}
	}
	for day, states := range l.Telework.Signed {
		for _, s := range states {
			l.signed[s] = day
		}
	}
	return &l, l.expandSources()
}

// expandSources writes every source out, so that a reader needs no key: "883 Art. 12(1)" becomes the regulation's name and place.
func (l *law) expandSources() error {
	for _, group := range []map[string]basis{l.Regimes, l.Sentences} {
		if err := expand(l, group); err != nil {
			return err
		}
	}
	if err := expand(l, l.Articles); err != nil {
		return err
	}
	return expand(l, l.Findings)
}

func expand[K ~string](l *law, group map[K]basis) error {
	for key, b := range group {
		full, err := l.cite(b.Source)
		if err != nil || b.Says == "" {
			return fmt.Errorf("load mobility law: %s: says %q: %w", key, b.Says, err)
		}
		b.Source, b.Confidence = full, b.Confidence.Or()
		group[key] = b
	}
	return nil
}

// cite writes out the keys of a source.
func (l *law) cite(source string) (string, error) {
	var all []string
	for part := range strings.SplitSeq(source, ";") {
		key, place, _ := strings.Cut(strings.TrimSpace(part), " ")
		s, known := l.Sources[key]
		if !known {
			return "", fmt.Errorf("unknown source %q", key)
		}
		all = append(all, strings.TrimSpace(strings.TrimSuffix(s.Name, ",")+", "+place))
	}
	return strings.TrimSuffix(strings.ReplaceAll(strings.Join(all, "; "), ", ;", ";"), ","), nil
}

func (l *law) named(name string, asked bool) (*ruleSet, error) {
	for _, set := range l.RuleSets {
		if set.Name != name {
			continue
		}
		if !set.InForce && !asked {
			return nil, contracts.Fault{Code: FaultRuleSet, Message: fmt.Sprintf("%s is not in force", name), Remedy: "ask for it by name (--rule-set " + name + "), or leave it out"}
		}
		return set, nil
	}
	return nil, contracts.Fault{Code: FaultRuleSet, Message: fmt.Sprintf("there is no rule set %q", name), Remedy: "use eu-2010, or eu-2028 to look ahead"}
}

// inForce returns the rule set of a day; the last one for no day.
func (l *law) inForce(on contracts.Date) (*ruleSet, error) {
	for _, set := range slices.Backward(l.RuleSets) {
		if set.InForce && (on.IsZero() || country.Period{Since: set.Since, Until: set.Until}.Covers(on)) {
			return set, nil
		}
	}
	return nil, contracts.Fault{Code: FaultRuleSet, Message: fmt.Sprintf("no rule set is known for work that begins on %s", on), Remedy: "the regulations apply since 2010-05-01; an adviser knows the law before"}
}

// zone tells to which group a State belongs on a day: EU, EEA (Iceland, Liechtenstein, Norway), CH, UK, or "" for a third country.
// No day means the law as it stands last.
func (l *law) zone(s State, on contracts.Date) string {
	z := l.zoneOf[s]
	if z == nil || !on.IsZero() && on.Before(z.Since) {
		return ""
	}
	return z.As
}

// signedTelework tells whether a State had signed the framework agreement on a day.
func (l *law) signedTelework(s State, on contracts.Date) bool {
	since, ok := l.signed[s]
	return ok && (on.IsZero() || !on.Before(since))
}

// KnownRuleSet returns a Fault of the field when a rule set is asked for by a name that does not exist. No name is fine.
func KnownRuleSet(name, field string) error {
	if name == "" {
		return nil
	}
	_, err := mustLaw().named(name, true)
	var fs contracts.Faults
	fs.Add(field, err)
	return fs.Err()
}

// ByAgreement is the article of an agreement between States in the person's interest (Regulation 883/2004, Art. 16(1)). The engine never answers
// it: it is asked for, and granted or not.
const ByAgreement Article = "16.1"

// StatusOf is what the A1 says in section 3 when a decision rests on the article, and whether it is one that decisions rest on.
func (e *Engine) StatusOf(a Article) (code StatusCode, known bool) {
	if a == ByAgreement {
		return "11", true
	}
	b, known := e.law.Articles[a]
	return StatusCode(b.Status), known
}

// LocalWork tells whether the article is the rule that the State of the work decides.
func (a Article) LocalWork() bool { return a == "11.3a" || a == "SSC.10.3a" }
