// Package schema says in JSON Schema what the types of contracts look like on the wire. The files beside it are generated with it, and
// so is the description of the programs' interfaces.
package schema

import (
	"maps"
	"reflect"
	"slices"

	"github.com/invopop/jsonschema"

	"passerelle/contracts"
)

// Reflector turns a type into its JSON Schema (draft 2020-12), with nothing referred to from elsewhere.
func Reflector() *jsonschema.Reflector {
	return &jsonschema.Reflector{Anonymous: true, DoNotReference: true, Mapper: func(t reflect.Type) *jsonschema.Schema { return shapes[t] }}
}

// shapes are the types that write themselves as text; their schema cannot be read off the struct.
var shapes = map[reflect.Type]*jsonschema.Schema{
	reflect.TypeFor[contracts.Date]():         {Type: "string", Pattern: `^((19|20|21)\d\d-\d\d-\d\d)?$`, Description: "calendar day, year-month-day"},
	reflect.TypeFor[contracts.Month]():        {Type: "string", Pattern: `^((19|20|21)\d\d-\d\d)?$`, Description: "calendar month, year-month"},
	reflect.TypeFor[contracts.Percent]():      {Type: "string", Pattern: `^-?\d{1,15}(\.\d{1,4})?$`, Description: "percent points as a decimal string: 8.5 is 8.5 %"},
	reflect.TypeFor[contracts.Decimal]():      {Type: "string", Pattern: `^-?\d{1,15}(\.\d{1,6})?$`},
	reflect.TypeFor[contracts.CountryCode]():  {Type: "string", Pattern: `^[A-Z]{2}$`, Description: "ISO 3166-1 alpha-2"},
	reflect.TypeFor[contracts.Currency]():     {Type: "string", Pattern: `^[A-Z]{3}$`, Description: "ISO 4217"},
	reflect.TypeFor[contracts.TaxCategory]():  {Type: "string", Enum: []any{"S", "Z", "E", "AE", "K", "G", "O"}, Description: "UNCL 5305"},
	reflect.TypeFor[contracts.BuyerKind]():    {Type: "string", Enum: []any{"business", "consumer"}},
	reflect.TypeFor[contracts.MemberKind]():   {Type: "string", Enum: []any{"individual", "legal_person"}},
	reflect.TypeFor[contracts.Sector]():       {Type: "string", Pattern: `^[A-U]?$`, Description: "section of NACE Rev. 2"},
	reflect.TypeFor[contracts.Service]():      {Type: "string", Enum: services()},
	reflect.TypeFor[contracts.Money]():        money(),
	reflect.TypeFor[contracts.CaseID]():       random(),
	reflect.TypeFor[contracts.MessageID]():    random(),
	reflect.TypeFor[contracts.SealingID]():    random(),
	reflect.TypeFor[contracts.CaseState]():    oneOf(contracts.CaseStates),
	reflect.TypeFor[contracts.TrackState]():   oneOf(contracts.TrackStates),
	reflect.TypeFor[contracts.CaseArticle]():  oneOf(contracts.CaseArticles),
	reflect.TypeFor[contracts.CaseWarning]():  oneOf(contracts.CaseWarnings),
	reflect.TypeFor[contracts.CaseFlow]():     oneOf(contracts.CaseFlows),
	reflect.TypeFor[contracts.TrancheState](): oneOf(contracts.TrancheStates),
	reflect.TypeFor[contracts.CaseKind]():     oneOf(slices.Sorted(maps.Keys(contracts.CaseRules))),
}

func random() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^[0-9a-f]{32}$`, Description: "32 hexadecimal digits that say nothing"}
}

func oneOf[T ~string](values []T) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

func services() (all []any) {
	for _, s := range contracts.Services {
		all = append(all, string(s))
	}
	return all
}

func money() *jsonschema.Schema {
	properties := jsonschema.NewProperties()
	properties.Set("amount", &jsonschema.Schema{Type: "string", Pattern: `^-?\d{1,15}(\.\d{1,2})?$`})
	properties.Set("currency", &jsonschema.Schema{Type: "string", Pattern: `^[A-Z]{3}$`})
	return &jsonschema.Schema{Type: "object", Properties: properties, Required: []string{"amount", "currency"},
		AdditionalProperties: jsonschema.FalseSchema, Description: "an amount with at most the currency's decimals, and its currency"}
}
