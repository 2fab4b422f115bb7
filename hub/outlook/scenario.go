package outlook

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"passerelle/contracts"
)

// Scenario is a change that somebody supposed of a country and saved under a name. It starts anew from the latest months each time it is looked at.
type Scenario struct {
	ID      string                `json:"id"` // random
	Country contracts.CountryCode `json:"country"`
	Name    string                `json:"name"` // no other one of the country has it
	Change  Change                `json:"change"`
	Made    time.Time             `json:"made"`
	By      string                `json:"by"` // opaque id of who saved it
}

// FaultName is a name that another scenario of the country has.
const FaultName contracts.FaultCode = "name-taken"

// Bounds of what is saved.
const (
	longestName   = 60
	mostScenarios = 50 // of a country
)

// ScenarioStore keeps scenarios within a transaction.
type ScenarioStore interface {
	// Scenarios lists those of a country in the order in which they were saved.
	Scenarios(ctx context.Context, c contracts.CountryCode) ([]Scenario, error)
	// AddScenario keeps a new one.
	AddScenario(ctx context.Context, s Scenario) error
	// RemoveScenario forgets one of a country; one that is not there changes nothing.
	RemoveScenario(ctx context.Context, c contracts.CountryCode, id string) error
}

// Save keeps a scenario. A Fault says that it lies outside what can be supposed, or has no name of its own.
func Save(ctx context.Context, store ScenarioStore, s Scenario) error {
	s.Name = strings.Join(strings.Fields(s.Name), " ")
	var fs contracts.Faults
	fs.Add("", s.Change.Validate())
	if s.Name == "" || len([]rune(s.Name)) > longestName {
		fs.Addf(contracts.FaultInvalid, "name", "give it a short name", "a name has 1 to %d letters", longestName)
	}
	if err := fs.Err(); err != nil {
		return err
	}
	saved, err := store.Scenarios(ctx, s.Country)
	if err != nil {
		return fmt.Errorf("save scenario %q: %w", s.Name, err)
	}
	if slices.ContainsFunc(saved, func(o Scenario) bool { return strings.EqualFold(o.Name, s.Name) }) {
		return contracts.Fault{Code: FaultName, Field: "name", Message: "another scenario of the country has this name", Remedy: "choose another name, or remove that one"}
	}
	if len(saved) >= mostScenarios {
		return contracts.Fault{Code: contracts.FaultTooLarge, Field: "name", Message: fmt.Sprintf("%d scenarios are saved", len(saved)), Remedy: "remove one that nobody needs"}
	}
	if err := store.AddScenario(ctx, s); err != nil {
		return fmt.Errorf("save scenario %q: %w", s.Name, err)
	}
	return nil
}
