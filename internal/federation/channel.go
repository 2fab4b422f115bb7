package federation

// This file is the receiver's side of the protocol as a pure function: no clock, no store, no network.

// Position is how far a channel has come at its receiver. The zero Position is not valid; Start is.
type Position struct {
	Epoch  int64
	Next   int64 // the sequence that is expected
	Head   Hash  // of the message before it
	Frozen bool  // a fork was seen: nothing more is applied until people have looked
}

// Start is the position of a channel nothing has come through yet.
func Start() Position { return Position{Epoch: 1, Next: 1} }

// Arrival is what the protocol needs to know of a verified message. Known is the hash on record for its number, when that
// number was consumed before.
type Arrival struct {
	Epoch    int64
	Sequence int64
	Previous Hash
	Hash     Hash
	Known    *Hash
}

// Verdict is what the receiver must do with an arrival.
type Verdict string

// The verdicts. See Judge.
const (
	Apply     Verdict = "apply"     // the next one: apply it, record it, answer
	Duplicate Verdict = "duplicate" // seen before: send the stored receipt again, do nothing else
	Ahead     Verdict = "ahead"     // something is missing before it: park it and ask for a resend
	Fork      Verdict = "fork"      // a second history: keep both, freeze the channel, raise the alarm
	Frozen    Verdict = "frozen"    // the channel is frozen: record nothing, answer nothing
	Elsewhere Verdict = "elsewhere" // another epoch than the channel's: quarantine

	// Waits is not Judge's: the next message is of a type that this program does not know. Nothing is recorded or answered; the
	// channel goes on, with the sender's next attempt, once the program knows the type.
	Waits Verdict = "waits"
)

// Judge decides about one arrival. A duplicate is answered even on a frozen channel: its receipt was given before and
// stays true. The first fork freezes the channel and is evidence enough; what follows is not collected.
func (p Position) Judge(a Arrival) Verdict {
	switch {
	case a.Epoch != p.Epoch:
		return Elsewhere
	case a.Sequence < p.Next && a.Known != nil && *a.Known == a.Hash:
		return Duplicate
	case p.Frozen:
		return Frozen
	case a.Sequence < p.Next:
		return Fork
	case a.Sequence > p.Next:
		return Ahead
	case a.Previous != p.Head:
		return Fork
	}
	return Apply
}

// After returns the position once the message of this hash is consumed, applied or refused.
func (p Position) After(h Hash) Position {
	p.Next++
	p.Head = h
	return p
}
