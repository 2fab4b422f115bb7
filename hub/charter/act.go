package charter

import (
	"encoding/json"
	"fmt"

	"passerelle/contracts"
	"passerelle/hub/ballot"
	"passerelle/internal/book"
)

// Act is something that happened to the charter or to a commitment: one of the types of this file.
type Act interface {
	Kind() book.Kind
	apply(c *Charter, on contracts.Date) error
	named(c Charter) Act
}

// Proposed puts a new version to the vote.
type Proposed struct {
	Text    string         `json:"text"`
	By      Country        `json:"by"`
	Reason  string         `json:"reason"`
	Rule    ballot.Rule    `json:"rule"` // of all members
	Members []Country      `json:"members"`
	From    contracts.Date `json:"from,omitzero"`
	Example bool           `json:"example"`
}

// Voted is the vote of a co-operative.
type Voted struct {
	Version int           `json:"version"`
	Country Country       `json:"country"`
	Choice  ballot.Choice `json:"choice"`
	Minutes string        `json:"minutes"`
	// Corrects says why a vote that was entered before is put right; nothing for a first vote.
	Corrects string `json:"corrects,omitzero"`
}

// Acceded is the consent of a co-operative that could not vote because it joined later.
type Acceded struct {
	Version int     `json:"version"`
	Country Country `json:"country"`
	Minutes string  `json:"minutes"`
}

// TakenBack withdraws a proposal.
type TakenBack struct {
	Version int    `json:"version"`
	Reason  string `json:"reason"`
}

// Promised is a commitment of a co-operative.
type Promised struct {
	ID      string         `json:"id"`
	Country Country        `json:"country"`
	Text    string         `json:"text"`
	Due     contracts.Date `json:"due"`
	Source  string         `json:"source"`
	Example bool           `json:"example"`
}

// Fulfilled notes that a commitment was kept.
type Fulfilled struct {
	Commitment string `json:"commitment"`
	Evidence   string `json:"evidence"`
}

// Altered changes what was promised, or by when.
type Altered struct {
	Commitment string         `json:"commitment"`
	Text       string         `json:"text,omitzero"` // new words, nothing for the same
	Due        contracts.Date `json:"due,omitzero"`  // new day, none for the same
	Reason     string         `json:"reason"`
}

// Noted is a word on how a commitment goes on.
type Noted struct {
	Commitment string `json:"commitment"`
	Text       string `json:"text"`
}

// Relieved releases a co-operative from its promise.
type Relieved struct {
	Commitment string `json:"commitment"`
	Reason     string `json:"reason"`
}

var kinds = []book.Reading[Act]{
	{Kind: "proposal", Read: reading[Proposed]}, {Kind: "vote", Read: reading[Voted]}, {Kind: "accession", Read: reading[Acceded]}, {Kind: "withdrawal", Read: reading[TakenBack]},
	{Kind: "commitment", Read: reading[Promised]}, {Kind: "fulfilment", Read: reading[Fulfilled]}, {Kind: "change", Read: reading[Altered]}, {Kind: "note", Read: reading[Noted]},
	{Kind: "release", Read: reading[Relieved]},
}

func reading[A Act](body []byte) (Act, error) {
	var a A
	return a, contracts.Decode(body, &a)
}

// ReadAct reads an act from JSON, as strictly as the wire is read.
func ReadAct(kind book.Kind, body []byte) (Act, error) { return book.ReadAct(kinds, kind, body) }

// WriteAct writes an act as ReadAct reads it.
func WriteAct(a Act) ([]byte, error) { return json.Marshal(a) }

// Kind implements Act, as the methods of the same name below do.
func (Proposed) Kind() book.Kind  { return "proposal" }
func (Voted) Kind() book.Kind     { return "vote" }
func (Acceded) Kind() book.Kind   { return "accession" }
func (TakenBack) Kind() book.Kind { return "withdrawal" }
func (Promised) Kind() book.Kind  { return "commitment" }
func (Fulfilled) Kind() book.Kind { return "fulfilment" }
func (Altered) Kind() book.Kind   { return "change" }
func (Noted) Kind() book.Kind     { return "note" }
func (Relieved) Kind() book.Kind  { return "release" }

func (a Promised) named(c Charter) Act {
	if a.ID == "" {
		a.ID = fmt.Sprintf("p%d", len(c.Commitments)+1)
	}
	return a
}

func (a Proposed) named(Charter) Act  { return a }
func (a Voted) named(Charter) Act     { return a }
func (a Acceded) named(Charter) Act   { return a }
func (a TakenBack) named(Charter) Act { return a }
func (a Fulfilled) named(Charter) Act { return a }
func (a Altered) named(Charter) Act   { return a }
func (a Noted) named(Charter) Act     { return a }
func (a Relieved) named(Charter) Act  { return a }
