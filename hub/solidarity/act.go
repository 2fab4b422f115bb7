package solidarity

import (
	"encoding/json"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/book"
)

// Act is something that happened to the pot: one of the types of this file.
type Act interface {
	Kind() book.Kind
	apply(p *Pot, on contracts.Date) (book.Booking, error)
	named(p Pot) Act
}

// DecisionTaken records what the co-operatives voted on, carried or not.
type DecisionTaken struct{ Decision }

// KeyAdopted sets the key that counts from a day.
type KeyAdopted struct{ Adopted }

// Called shares the cost of a year among the co-operatives, by the key that counts.
type Called struct {
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	Budget   contracts.Money `json:"budget"`
	Key      string          `json:"key"`
	Figures  []Figures       `json:"figures"`
	Source   string          `json:"source"`
	Due      contracts.Date  `json:"due"`
	Decision string          `json:"decision"`
	Example  bool            `json:"example"`
}

// PaidIn notes that a contribution, or a part of it, came.
type PaidIn struct {
	Call    string          `json:"call"`
	Country Country         `json:"country"`
	Amount  contracts.Money `json:"amount"`
}

// PaidBack notes that a contribution went back, or was entered and had not come: it is owed again.
type PaidBack struct {
	Call    string          `json:"call"`
	Country Country         `json:"country"`
	Amount  contracts.Money `json:"amount"`
	Reason  string          `json:"reason"`
}

// Waived gives up a contribution, or a part of it.
type Waived struct {
	Call     string          `json:"call"`
	Country  Country         `json:"country"`
	Amount   contracts.Money `json:"amount"`
	Decision string          `json:"decision"`
}

// Applied notes that a co-operative asks for money.
type Applied struct {
	ID       string          `json:"id"`
	Country  Country         `json:"country"`
	Amount   contracts.Money `json:"amount"`
	Purpose  string          `json:"purpose"`
	Evidence string          `json:"evidence"`
	Example  bool            `json:"example"`
}

// Awarded grants all or a part of what was asked for.
type Awarded struct {
	Application string          `json:"application"`
	Amount      contracts.Money `json:"amount"`
	Decision    string          `json:"decision"`
}

// Refused declines an application.
type Refused struct {
	Application string `json:"application"`
	Decision    string `json:"decision"`
}

// PaidOut notes that money left the pot.
type PaidOut struct {
	Application string          `json:"application"`
	Amount      contracts.Money `json:"amount"`
}

// Used reports what money was used for.
type Used struct {
	Application string          `json:"application"`
	Amount      contracts.Money `json:"amount"`
	Text        string          `json:"text"`
	Evidence    string          `json:"evidence"`
}

// GivenBack notes that money that was not used came back.
type GivenBack struct {
	Application string          `json:"application"`
	Amount      contracts.Money `json:"amount"`
}

// Ended closes an application: what was granted and not paid out is free again.
type Ended struct {
	Application string `json:"application"`
	Reason      string `json:"reason"`
}

// kinds makes an act of each kind, in the order in which pages list them.
var kinds = []book.Reading[Act]{
	{Kind: "decision", Read: reading[DecisionTaken]}, {Kind: "key", Read: reading[KeyAdopted]}, {Kind: "call", Read: reading[Called]}, {Kind: "payment", Read: reading[PaidIn]},
	{Kind: "payment-back", Read: reading[PaidBack]}, {Kind: "waiver", Read: reading[Waived]}, {Kind: "application", Read: reading[Applied]}, {Kind: "award", Read: reading[Awarded]}, {Kind: "refusal", Read: reading[Refused]},
	{Kind: "pay-out", Read: reading[PaidOut]}, {Kind: "use", Read: reading[Used]}, {Kind: "return", Read: reading[GivenBack]}, {Kind: "closing", Read: reading[Ended]},
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
func (DecisionTaken) Kind() book.Kind { return "decision" }
func (KeyAdopted) Kind() book.Kind    { return "key" }
func (Called) Kind() book.Kind        { return "call" }
func (PaidIn) Kind() book.Kind        { return "payment" }
func (PaidBack) Kind() book.Kind      { return "payment-back" }
func (Waived) Kind() book.Kind        { return "waiver" }
func (Applied) Kind() book.Kind       { return "application" }
func (Awarded) Kind() book.Kind       { return "award" }
func (Refused) Kind() book.Kind       { return "refusal" }
func (PaidOut) Kind() book.Kind       { return "pay-out" }
func (Used) Kind() book.Kind          { return "use" }
func (GivenBack) Kind() book.Kind     { return "return" }
func (Ended) Kind() book.Kind         { return "closing" }

func (a DecisionTaken) named(p Pot) Act {
	a.ID = orNumber(a.ID, "r", len(p.Decisions))
	return a
}

func (a KeyAdopted) named(p Pot) Act {
	a.ID = orNumber(a.ID, "k", len(p.Keys))
	return a
}

func (a Called) named(p Pot) Act {
	a.ID = orNumber(a.ID, "c", len(p.Calls))
	return a
}

func (a Applied) named(p Pot) Act {
	a.ID = orNumber(a.ID, "a", len(p.Applications))
	return a
}

func orNumber(id, letter string, there int) string {
	if id != "" {
		return id
	}
	return fmt.Sprintf("%s%d", letter, there+1)
}

func (a PaidIn) named(Pot) Act    { return a }
func (a PaidBack) named(Pot) Act  { return a }
func (a Waived) named(Pot) Act    { return a }
func (a Awarded) named(Pot) Act   { return a }
func (a Refused) named(Pot) Act   { return a }
func (a PaidOut) named(Pot) Act   { return a }
func (a Used) named(Pot) Act      { return a }
func (a GivenBack) named(Pot) Act { return a }
func (a Ended) named(Pot) Act     { return a }
