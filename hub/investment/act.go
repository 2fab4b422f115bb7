package investment

import (
	"encoding/json"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/book"
)

// Kind names an act in the store, in JSON and in the addresses of the forms. It is never changed.
type Kind = book.Kind

// Act is something that happened to the investments: one of the types of this file.
type Act interface {
	Kind() Kind
	// apply changes the books, or says as a Fault why it cannot. What it returns is booked in the ledger.
	apply(b *Books, on contracts.Date) (booking, error)
	// named is the act with an id of its own, where it makes something and nobody gave one.
	named(b Books) Act
}

// DecisionTaken records what a meeting of the board voted on, carried or not.
type DecisionTaken struct{ Decision }

// ProgrammeOpened opens a programme.
type ProgrammeOpened struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Instrument Instrument       `json:"instrument"`
	From       int              `json:"from"` // year
	Until      int              `json:"until"`
	Ceiling    *contracts.Money `json:"ceiling,omitzero"` // nil where it is not known, of a separate agreement alone
	Countries  []Country        `json:"countries"`
	Decision   string           `json:"decision"`
	Source     string           `json:"source,omitzero"` // where the ceiling is published
	Note       string           `json:"note,omitzero"`
	Example    bool             `json:"example"` // its split by country and year, and what follows from it, is an example
}

// Country is short for the type of a country's code.
type Country = contracts.CountryCode

// Extended adds years and money: an extension, or the ceiling of an agreement that had none.
type Extended struct {
	Programme string          `json:"programme"`
	From      int             `json:"from"`
	Until     int             `json:"until"`
	Ceiling   contracts.Money `json:"ceiling"` // of these years, beside what there was
	Decision  string          `json:"decision"`
	Source    string          `json:"source,omitzero"`
}

// Allocated sets what a country may get for a year, in place of what was set before.
type Allocated struct {
	Programme string          `json:"programme"`
	Country   Country         `json:"country"`
	Year      int             `json:"year"`
	Amount    contracts.Money `json:"amount"`
	Decision  string          `json:"decision"`
}

// TranchePlanned sets a part of an allocation aside, with what must hold before it is released.
type TranchePlanned struct {
	ID         string          `json:"id"`
	Programme  string          `json:"programme"`
	Country    Country         `json:"country"`
	Year       int             `json:"year"`
	Amount     contracts.Money `json:"amount"`
	Due        contracts.Date  `json:"due"`
	Conditions []Condition     `json:"conditions"`
	Schedule   []Instalment    `json:"schedule,omitzero"` // of a loan: sums to the amount
	Decision   string          `json:"decision"`
}

// ConditionMet notes that a condition holds, with the evidence.
type ConditionMet struct {
	Tranche   string `json:"tranche"`
	Condition int    `json:"condition"` // 1 is the first
	Evidence  string `json:"evidence"`
}

// Released lets a tranche go. Conditions that do not hold must be waived by the decision, each by its number.
type Released struct {
	Tranche  string `json:"tranche"`
	Decision string `json:"decision"`
	Waived   []int  `json:"waived,omitzero"`
}

// Ordered notes that the transfer was ordered at the bank.
type Ordered struct {
	Tranche   string `json:"tranche"`
	Reference string `json:"reference"` // of the order
}

// Sent notes that the money left the bank.
type Sent struct {
	Tranche string `json:"tranche"`
}

// Confirmed is a node's word that the money came.
type Confirmed struct {
	Tranche string          `json:"tranche"`
	Node    Country         `json:"node"`
	Amount  contracts.Money `json:"amount"`
}

// Repaid notes money that came back.
type Repaid struct {
	Tranche string          `json:"tranche"`
	Amount  contracts.Money `json:"amount"`
}

// Converted turns a loan, or a part of it, into equity.
type Converted struct {
	Tranche  string          `json:"tranche"`
	Amount   contracts.Money `json:"amount"`
	Decision string          `json:"decision"`
}

// Impaired sets aside for what may be lost of a loan or of equity.
type Impaired struct {
	Tranche  string          `json:"tranche"`
	Amount   contracts.Money `json:"amount"`
	Decision string          `json:"decision"`
}

// WrittenOff gives up a loan or equity, or a part of it.
type WrittenOff struct {
	Tranche  string          `json:"tranche"`
	Amount   contracts.Money `json:"amount"`
	Decision string          `json:"decision"`
}

// Stopped ends the support of a country early. What was planned and not ordered is withdrawn; what was allocated and not released is free again.
type Stopped struct {
	Programme string  `json:"programme"`
	Country   Country `json:"country"`
	Decision  string  `json:"decision"`
}

// kinds makes an act of each kind, in the order in which pages list them.
var kinds = []book.Reading[Act]{
	{Kind: "decision", Read: reading[DecisionTaken]}, {Kind: "programme", Read: reading[ProgrammeOpened]}, {Kind: "extension", Read: reading[Extended]}, {Kind: "allocation", Read: reading[Allocated]},
	{Kind: "tranche", Read: reading[TranchePlanned]}, {Kind: "condition", Read: reading[ConditionMet]}, {Kind: "release", Read: reading[Released]}, {Kind: "order", Read: reading[Ordered]},
	{Kind: "sending", Read: reading[Sent]}, {Kind: "confirmation", Read: reading[Confirmed]}, {Kind: "repayment", Read: reading[Repaid]}, {Kind: "conversion", Read: reading[Converted]},
	{Kind: "impairment", Read: reading[Impaired]}, {Kind: "write-off", Read: reading[WrittenOff]}, {Kind: "stop", Read: reading[Stopped]},
}

// Kinds lists the names of all acts.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i, k := range kinds {
		all[i] = k.Kind
	}
	return all
}

func reading[A Act](body []byte) (Act, error) {
	var a A
	return a, contracts.Decode(body, &a)
}

// ReadAct reads an act from JSON, as strictly as the wire is read.
func ReadAct(kind Kind, body []byte) (Act, error) { return book.ReadAct(kinds, kind, body) }

// WriteAct writes an act as ReadAct reads it.
func WriteAct(a Act) ([]byte, error) { return json.Marshal(a) }

// Kind implements Act, as the methods of the same name below do.
func (DecisionTaken) Kind() Kind   { return "decision" }
func (ProgrammeOpened) Kind() Kind { return "programme" }
func (Extended) Kind() Kind        { return "extension" }
func (Allocated) Kind() Kind       { return "allocation" }
func (TranchePlanned) Kind() Kind  { return "tranche" }
func (ConditionMet) Kind() Kind    { return "condition" }
func (Released) Kind() Kind        { return "release" }
func (Ordered) Kind() Kind         { return "order" }
func (Sent) Kind() Kind            { return "sending" }
func (Confirmed) Kind() Kind       { return "confirmation" }
func (Repaid) Kind() Kind          { return "repayment" }
func (Converted) Kind() Kind       { return "conversion" }
func (Impaired) Kind() Kind        { return "impairment" }
func (WrittenOff) Kind() Kind      { return "write-off" }
func (Stopped) Kind() Kind         { return "stop" }

func (a DecisionTaken) named(b Books) Act {
	if a.ID == "" {
		a.ID = fmt.Sprintf("d%d", len(b.Decisions)+1)
	}
	return a
}

func (a ProgrammeOpened) named(b Books) Act {
	if a.ID == "" {
		a.ID = fmt.Sprintf("p%d", len(b.Programmes)+1)
	}
	return a
}

func (a TranchePlanned) named(b Books) Act {
	if a.ID != "" {
		return a
	}
	n := 1
	for _, p := range b.Programmes {
		for _, t := range p.Tranches {
			if p.ID == a.Programme && t.Country == a.Country && t.Year == a.Year {
				n++
			}
		}
	}
	a.ID = fmt.Sprintf("%s-%s-%d-%d", a.Programme, contracts.NodeID(a.Country), a.Year, n)
	return a
}

func (a Extended) named(Books) Act     { return a }
func (a Allocated) named(Books) Act    { return a }
func (a ConditionMet) named(Books) Act { return a }
func (a Released) named(Books) Act     { return a }
func (a Ordered) named(Books) Act      { return a }
func (a Sent) named(Books) Act         { return a }
func (a Confirmed) named(Books) Act    { return a }
func (a Repaid) named(Books) Act       { return a }
func (a Converted) named(Books) Act    { return a }
func (a Impaired) named(Books) Act     { return a }
func (a WrittenOff) named(Books) Act   { return a }
func (a Stopped) named(Books) Act      { return a }
