// Package contracts is the common language of the network: money, dates, countries, parties, documents, events
// and problems. It holds values and arithmetic only: no store, no clock, no network, no country's rules.
//
// Whatever crosses a border is one of the events in event.go. The envelope that carries them is described in
// wire.md; the JSON Schemas in schema/ are generated from the types and checked for drift by a test.
package contracts
