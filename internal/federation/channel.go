package federation

import "time"

// This file is the protocol as pure functions: no clock, no store, no network, no randomness. A channel has two ends, and each is a
// state with a Step: Outbound at the party that sends, Inbound at the party that receives. A Step takes what happened and
// returns the state after it and what must be done. The rest of the package looks up what an input needs and does what the
// outputs say; the simulator in simulator_test.go does the same in a world that loses everything it may lose.

// Point is a place in a channel: the message of a sequence, by its hash. Sequence 0 with the zero hash is the place before the first.
type Point struct {
	Epoch    int64 `json:"epoch"`
	Sequence int64 `json:"sequence"`
	Hash     Hash  `json:"hash"`
}

// Input is something that happened to one end of a channel: Arrival, Done, Opened, Heard, Tick, Published or Cameback.
type Input interface{ input() }

// Output is something that an end of a channel must do. From and Through are the messages it is about.
type Output struct {
	Do            Action
	From, Through int64
}

// Action is the kind of an Output.
type Action string

// What a receiving end may have to do.
const (
	Apply  Action = "apply"  // the next message: put its effect into the books, then Step with Done
	Answer Action = "answer" // consumed before: send the stored receipt again, byte for byte, and do nothing else
	Park   Action = "park"   // something is missing before it: keep it until that has come
	Drop   Action = "drop"   // something is missing before it, and no room to park: its sender will send it again
	Ask    Action = "ask"    // say where we stand, so that the peer sends again what follows
	Fork   Action = "fork"   // a second history: keep both, apply nothing more, raise the alarm
	Frozen Action = "frozen" // a fork was seen before: record nothing, answer nothing
	Reject Action = "reject" // of another epoch, or signed with another key than the channel speaks with: quarantine
	Return Action = "return" // the peer has lost messages of its own: send them back to it
	Forget Action = "forget" // what is parked with this number and above may never be next: it belongs to an old epoch, or to a life that a backup has ended

	// Waits leaves a message at its sender: nothing is recorded or answered, and the channel goes on with the sender's next attempt.
	// Step says so while the registry is stale; the shell, of the next message, while its type is not known to this program.
	Waits Action = "waits"
)

// What a sending end may have to do.
const (
	Keep    Action = "keep"    // a message of ours that we had lost: put it back into the outbox
	Publish Action = "publish" // give these messages to the broker, in order, then Step with Published
	Late    Action = "late"    // a receipt stays away: we begin again at the first message without one
	Stop    Action = "stop"    // the peer holds another history than ours: publish nothing, raise the alarm
)

// Inbound is the receiving end of a channel: how far it has come.
type Inbound struct {
	Epoch   int64
	Next    int64 // the sequence that is expected
	Head    Hash  // of the message before it
	Key     KeyID // the key the sender speaks with, from Next on
	Frozen  bool  // a fork was seen: nothing more is applied until people have opened a new epoch
	Waiting bool  // the next message is there, but of a type this program does not know

	Asked     Request // when we last asked, and for what
	Returned  Request // what we last sent back, and when we may again
	Impatient time.Duration
}

// Request is when something was last asked for, and from which message on.
type Request struct {
	From int64
	At   time.Time
}

// due tells whether to ask again: for another place at once, for the same only after a while.
func (r Request) due(from int64, now time.Time, wait time.Duration) bool {
	return r.From != from || !now.Before(r.At.Add(wait))
}

// Start is the receiving end of a channel through which nothing has come yet in this epoch. It begins with the key that was the sender's
// when the registry opened the epoch, and asks for the same gap again after the time given.
func Start(epoch int64, key KeyID, impatient time.Duration) Inbound {
	return Inbound{Epoch: epoch, Next: 1, Key: key, Impatient: impatient}
}

// Arrival is a verified message. Known is the hash on record for its number, when that number was consumed before; Room tells
// whether one more may be parked.
type Arrival struct {
	Point
	Previous Hash
	Key      KeyID
	Known    *Hash
	Room     bool
	Stale    bool // the hub has not confirmed our registry for too long: who may sign is not known any more
	Now      time.Time
}

// Done says that the message of an Apply is consumed: applied or refused, and durable together with this step. Key is the key that
// speaks from the next message on. Unknown says instead that the type was not known, and nothing was done.
type Done struct {
	Hash    Hash
	Key     KeyID
	Unknown bool
}

// Opened says that the registry opened the channel anew, in another epoch, with the key that was its sender's at that moment.
type Opened struct {
	Epoch int64
	Key   KeyID
}

// Heard is what a peer's standing says: how far it has consumed our messages, and how far it has written its own. Known is the hash
// of our message of that number, when we have written it; Written is how far we have. A standing is Fresh when it repeats the
// mark of our present start: one from before, kept or replayed by the broker, would agree with a copy of old books.
type Heard struct {
	Consumed, PeerWrote Point
	Fresh, Restarted    bool // Restarted: it has another mark than when last heard
	Asks                bool // the peer waits for what follows
	Known               *Hash
	Written             int64
	Now                 time.Time
}

func (Arrival) input() {}
func (Done) input()    {}
func (Opened) input()  {}
func (Heard) input()   {}

// Step is the receiving half of the protocol.
func (in Inbound) Step(i Input) (Inbound, []Output) {
	switch i := i.(type) {
	case Arrival:
		return in.arrive(i)
	case Done:
		if i.Unknown {
			in.Waiting = true
			return in, nil
		}
		in.Next, in.Head, in.Key, in.Waiting = in.Next+1, i.Hash, i.Key, false
	case Opened:
		if i.Epoch > in.Epoch {
			return Start(i.Epoch, i.Key, in.Impatient), []Output{{Do: Forget}}
		}
	case Heard:
		return in.hear(i)
	}
	return in, nil
}

// arrive decides about one message. What was consumed is answered even on a frozen channel, and in an old epoch: its receipt was
// given and stays true. Only the key that speaks now can fork a channel, so the thief of a retired one can not freeze it. The
// first fork is evidence enough; what follows is not collected.
func (in Inbound) arrive(a Arrival) (Inbound, []Output) {
	switch {
	case a.Known != nil && *a.Known == a.Hash:
		return in, []Output{{Do: Answer}}
	case a.Stale:
		return in.doubt(a)
	case a.Epoch != in.Epoch:
		return in, []Output{{Do: Reject}}
	case in.Frozen:
		return in, []Output{{Do: Frozen}}
	case a.Sequence > in.Next:
		return in.early(a)
	case a.Key != in.Key:
		return in, []Output{{Do: Reject}}
	case a.Sequence < in.Next, a.Previous != in.Head:
		in.Frozen = true
		return in, []Output{{Do: Fork}}
	}
	return in, []Output{{Do: Apply}}
}

// mostDoubting is how often a peer is asked for its word while what it sends must wait for that word.
const mostDoubting = time.Minute

// doubt leaves a message where it is, and asks for the word that would let it in.
func (in Inbound) doubt(a Arrival) (Inbound, []Output) {
	out := []Output{{Do: Waits}}
	if in.Asked.due(in.Next, a.Now, mostDoubting) {
		in.Asked = Request{From: in.Next, At: a.Now}
		out = append(out, Output{Do: Ask})
	}
	return in, out
}

// early parks a message and asks for what is missing before it: once for a gap, and again when that has not helped. Behind a message
// we cannot read yet nothing is missing.
func (in Inbound) early(a Arrival) (Inbound, []Output) {
	out := []Output{{Do: Park}}
	if !a.Room {
		out[0].Do = Drop
	}
	if !in.Waiting && in.Asked.due(in.Next, a.Now, in.Impatient) {
		in.Asked = Request{From: in.Next, At: a.Now}
		out = append(out, Output{Do: Ask})
	}
	return in, out
}

// hear takes in a standing. What was parked before the peer started, or lies beyond what it has written, may be of a life of its
// that a backup has ended: it is forgotten, and comes again if it is not.
func (in Inbound) hear(h Heard) (Inbound, []Output) {
	var out []Output
	if h.Restarted {
		out = append(out, Output{Do: Forget})
	}
	if !h.Fresh || h.PeerWrote.Epoch != in.Epoch {
		return in, out
	}
	if !h.Restarted {
		out = append(out, Output{Do: Forget, From: h.PeerWrote.Sequence + 1})
	}
	return in.sendBack(h, out)
}

// sendBack returns to a peer the messages of its own that it has lost, a window at a time. When it has written others meanwhile,
// that is how it learns of it.
func (in Inbound) sendBack(h Heard, out []Output) (Inbound, []Output) {
	wrote := h.PeerWrote
	if wrote.Sequence >= in.Next-1 || h.Now.Before(in.Returned.At) {
		return in, out
	}
	in.Returned = Request{From: wrote.Sequence + 1, At: h.Now.Add(in.Impatient / 4)}
	return in, append(out, Output{Do: Return, From: wrote.Sequence + 1, Through: min(in.Next-1, wrote.Sequence+mostReturned)})
}

// Outbound is the sending end of a channel: what the broker was given, and what the peer has answered. It begins again with every
// start of the program. It publishes nothing before it has heard where the peer stands, so that a copy of old books cannot tell
// a second history. It runs at most a window ahead of the receipts; when they stay away it goes back to the first message
// without one and publishes that alone, more and more rarely, until the peer answers: a peer that is gone for a month
// finds a few messages in the broker, and the rest in our books.
type Outbound struct {
	Epoch     int64
	Sent      int64 // published through, since we last went back
	Receipted int64 // answered through
	Window    int64
	Agreement Agreement
	Patience  time.Duration // for the next receipt
	First     time.Duration // the patience it begins with
	Overdue   time.Time     // when patience ends
	Rewind    Request       // the peer asked to have everything from here again; not served before At
}

// Agreement is what we know of the peer's view of our history.
type Agreement string

// A channel begins with Unheard and publishes only when Agreed.
const (
	Unheard  Agreement = "unheard"  // nothing heard since the start
	Agreed   Agreement = "agreed"   // the peer's history is ours, as far as it goes
	Behind   Agreement = "behind"   // the peer has messages of ours that we lost; it sends them back
	Diverged Agreement = "diverged" // the peer consumed other messages than those we have
)

// fullWindow is how many messages may be on their way without a receipt: what the receiver is ready to park.
const fullWindow = mostParked

// mostReturned is how many messages of its own a peer gets back at once; it asks for the next ones by its next standing.
const mostReturned = 500

// mostPatient bounds the doubling wait for a receipt. A peer that returns does not wait for it: it asks.
const mostPatient = 10 * time.Minute

// mostGenerous is how often a peer may ask for what it has receipted.
const mostGenerous = time.Minute

// Begin is the sending end of a channel at the start of the program: it goes on behind the last receipt.
func Begin(epoch, receipted int64, first time.Duration) Outbound {
	return Outbound{Epoch: epoch, Sent: receipted, Receipted: receipted, Window: 1, Agreement: Unheard, Patience: first, First: first}
}

// Tick asks what to publish now. Epoch, Written and Receipted are as our books have them; Jitter is any number, so that nine nodes
// do not come back in step.
type Tick struct {
	Epoch, Written, Receipted int64
	Jitter                    int64
	Now                       time.Time
}

// Published says that the broker has taken our messages up to here.
type Published struct {
	Through int64
	Jitter  int64
	Now     time.Time
}

// Cameback is a message of ours that the peer sends back, and the end of what we have written.
type Cameback struct {
	Point
	Previous Hash
	Written  Point
}

func (Tick) input()      {}
func (Published) input() {}
func (Cameback) input()  {}

// Step is the sending half of the protocol.
func (out Outbound) Step(i Input) (Outbound, []Output) {
	switch i := i.(type) {
	case Tick:
		return out.tick(i)
	case Published:
		if out.Sent <= out.Receipted && i.Through > out.Receipted {
			out.expect(i.Now, i.Jitter)
		}
		out.Sent = max(out.Sent, i.Through)
	case Heard:
		return out.compare(i)
	case Cameback:
		return out.takeBack(i)
	}
	return out, nil
}

// tick takes over what the books say, decides where to go on, and publishes as far as the window goes.
func (out Outbound) tick(t Tick) (Outbound, []Output) {
	if t.Epoch != out.Epoch {
		out = Begin(t.Epoch, 0, out.First)
	}
	if t.Receipted > out.Receipted { // the peer is there
		out.Receipted, out.Sent = t.Receipted, max(out.Sent, t.Receipted)
		out.Window, out.Patience = fullWindow, out.First
		out.expect(t.Now, t.Jitter)
	}
	var do []Output
	switch {
	case out.Rewind.From > 0 && !t.Now.Before(out.Rewind.At):
		out.goBack(t.Now)
	case out.Sent > out.Receipted && t.Now.After(out.Overdue):
		out.Sent, out.Window = out.Receipted, 1
		out.Patience = min(2*out.Patience, mostPatient)
		do = append(do, Output{Do: Late})
	}
	last := min(t.Written, out.Receipted+out.Window)
	if out.Agreement == Agreed && out.Sent < last {
		do = append(do, Output{Do: Publish, From: out.Sent + 1, Through: last})
	}
	return out, do
}

// goBack serves a request. One below the receipts comes from a peer that lost its books, and may mean years of messages.
func (out *Outbound) goBack(now time.Time) {
	from := out.Rewind.From
	wait := out.First
	if from <= out.Receipted {
		wait = mostGenerous
	}
	out.Rewind = Request{At: now.Add(wait)}
	if from <= out.Sent {
		out.Sent, out.Window = from-1, fullWindow
	}
}

// expect starts the wait for the next receipt.
func (out *Outbound) expect(now time.Time, jitter int64) {
	out.Overdue = now.Add(out.Patience + time.Duration(max(jitter, -jitter-1)%int64(out.Patience/4+1)))
}

// compare holds the peer's view of our history against our own. It decides whether we may publish at all.
func (out Outbound) compare(h Heard) (Outbound, []Output) {
	theirs := h.Consumed
	if !h.Fresh || theirs.Epoch != out.Epoch { // of another start; or one of us has yet to learn of the new epoch
		return out, nil
	}
	if a := h.Agreement(); a != Behind || out.Agreement != Diverged {
		out.Agreement = a
	}
	if out.Agreement == Diverged {
		return out, []Output{{Do: Stop}}
	}
	if out.Agreement == Agreed && (h.Asks || theirs.Sequence < out.Receipted) {
		out.Rewind.From = theirs.Sequence + 1
	}
	return out, nil
}

// takeBack accepts our lost messages one by one while we are behind. One that does not follow what we have shows that we wrote
// something else meanwhile.
func (out Outbound) takeBack(c Cameback) (Outbound, []Output) {
	if out.Agreement != Behind || c.Epoch != c.Written.Epoch || c.Sequence != c.Written.Sequence+1 {
		return out, nil
	}
	if c.Previous != c.Written.Hash {
		out.Agreement = Diverged
		return out, []Output{{Do: Stop}}
	}
	return out, []Output{{Do: Keep}}
}

// Agreement tells how the peer's view of our history relates to our own.
func (h Heard) Agreement() Agreement {
	switch {
	case h.Consumed.Sequence > h.Written:
		return Behind
	case h.Consumed.Sequence > 0 && (h.Known == nil || *h.Known != h.Consumed.Hash):
		return Diverged
	}
	return Agreed
}
