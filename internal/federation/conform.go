package federation

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"

	"passerelle/contracts"
)

// Result is what a receiver does with a frame, in the words of contracts/wire.md, sections 4 to 6.
type Result string

// The results. Good tells which of them are a finding.
const (
	ResultApplied   Result = "applied"
	ResultRefused   Result = "refused"   // consumed, but its body breaks a rule
	ResultDuplicate Result = "duplicate" // sent again, byte for byte
	ResultRead      Result = "read"      // a receipt, a standing, or a message of the recipient's own that comes back
	ResultWaits     Result = "waits"     // of a type that this program does not know
	ResultAhead     Result = "ahead"     // something before it never came
	ResultFork      Result = "fork"      // a second history
	ResultFrozen    Result = "frozen"    // behind a fork
	ResultRejected  Result = "rejected"  // no acceptable frame
)

// Good tells whether the sender has nothing to mend.
func (r Result) Good() bool {
	return r == ResultApplied || r == ResultDuplicate || r == ResultRead
}

// Judgement is what the network would do with one line. Type, Source and Sequence are empty as far as the line could not be read;
// Sequence counts events only. Faults say why the result is not good.
type Judgement struct {
	Line     int               `json:"line"` // from 1
	Result   Result            `json:"result"`
	Type     FrameType         `json:"type,omitzero"`
	Source   contracts.PartyID `json:"source,omitzero"`
	Sequence int64             `json:"sequence,omitzero"`
	Faults   contracts.Faults  `json:"faults,omitzero"`
}

// Conform reads frames, one a line, as they would reach the recipient on channels nothing has come through yet, and judges each with the
// code that production receives with: frame, numbering, body and authority. Whether a receipt answers a message that was sent, and
// the rules of the recipient's own books, are beyond it. A message that came too early is judged when the one before it is there.
// The error is r's.
func Conform(dir *Directory, recipient contracts.PartyID, r io.Reader) ([]Judgement, error) {
	c := conformer{dir: dir, recipient: recipient, senders: map[contracts.PartyID]*rehearsal{}}
	lines := bufio.NewReader(r)
	for {
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			return c.judged, nil
		}
		if err != nil {
			return c.judged, fmt.Errorf("read line %d: %w", len(c.judged)+1, err)
		}
		c.line(line)
	}
}

// readLine returns the next line. Of one that no frame can have the length of, as much remains as shows that.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part[:min(len(part), max(0, maxFrame+2-len(line)))]...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0, err == nil:
			return trimEnd(line), nil
		}
		return nil, err
	}
}

func trimEnd(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		return line[:n-1]
	}
	return line
}

// conformer judges the lines of any number of senders to one recipient.
type conformer struct {
	dir       *Directory
	recipient contracts.PartyID
	senders   map[contracts.PartyID]*rehearsal
	judged    []Judgement
}

// rehearsal is one sender's channel, kept in memory.
type rehearsal struct {
	Inbound
	consumed []Hash // of sequence 1, 2, 3 ...
	parked   map[int64]early
}

// early is a parked message and where its judgement stands.
type early struct {
	*incoming
	index int
}

func (c *conformer) line(line []byte) {
	p := parseFrame(c.dir, c.recipient, slices.Clone(line))
	if p.fault == nil && p.returned == nil {
		p = p.from(p.sender(), c.dir)
	}
	if p.fault == nil && p.returned == nil && !hasChannel(p.sender(), c.recipient) {
		p.fault = contracts.Fault{Code: FaultSender, Message: fmt.Sprintf("%s has no channel to %s: nodes speak with the hub, and the hub with nodes", p.sender(), c.recipient)}
	}
	j := Judgement{Line: len(c.judged) + 1}
	switch {
	case p.fault != nil:
		j.Result, j.Faults = ResultRejected, contracts.FaultsOf(p.fault)
	case p.returned != nil:
		j.Result, j.Type, j.Source = ResultRead, TypeEvent, c.recipient
	case p.receipt != nil:
		j.Result, j.Type, j.Source = ResultRead, TypeReceipt, p.receipt.Source
	case p.standing != nil:
		j.Result, j.Type, j.Source = ResultRead, TypeStanding, p.standing.Source
	default:
		j.Type, j.Source, j.Sequence = TypeEvent, p.event.message.Source, p.event.message.Sequence
	}
	c.judged = append(c.judged, j)
	if j.Result == "" {
		c.event(early{p.event, len(c.judged) - 1})
	}
}

// hasChannel tells whether the two ever speak: one of them is the hub.
func hasChannel(from, to contracts.PartyID) bool {
	return (from == contracts.Hub) != (to == contracts.Hub)
}

// event judges a message and whatever was parked behind it.
func (c *conformer) event(e early) {
	s := c.sender(e.message.Source)
	for next := true; next; e, next = s.unpark() {
		j := &c.judged[e.index]
		j.Result, j.Faults = s.judge(e)
		if j.Result != ResultApplied && j.Result != ResultRefused {
			return
		}
	}
}

func (c *conformer) sender(p contracts.PartyID) *rehearsal {
	if c.senders[p] == nil {
		epoch := max(1, c.dir.Epoch(p)+c.dir.Epoch(c.recipient)-1)
		c.senders[p] = &rehearsal{Inbound: Start(epoch, c.dir.first(p), 0), parked: map[int64]early{}}
	}
	return c.senders[p]
}

func (s *rehearsal) unpark() (early, bool) {
	e, ok := s.parked[s.Next]
	delete(s.parked, s.Next)
	return e, ok
}

func (s *rehearsal) judge(e early) (Result, contracts.Faults) {
	m := e.message
	a := Arrival{Point: Point{m.Epoch, m.Sequence, e.hash}, Previous: m.Previous, Key: e.key, Room: len(s.parked) < mostParked}
	if m.Epoch == s.Epoch && m.Sequence < s.Next {
		a.Known = &s.consumed[m.Sequence-1]
	}
	var do []Output
	s.Inbound, do = s.Step(a)
	switch do[0].Do {
	case Apply:
		return s.apply(e)
	case Answer:
		return ResultDuplicate, nil
	case Park, Drop:
		return s.park(e)
	case Fork:
		return found(ResultFork, "keep every frame as it was sent and send it again byte for byte; never sign a number twice",
			"message %d is not the one that was taken, or does not follow the one before it: previous must be its hash. The network freezes the channel", m.Sequence)
	case Frozen:
		return found(ResultFrozen, "mend the fork above first", "the channel is frozen: nothing is taken or answered")
	}
	if m.Epoch == s.Epoch {
		return ResultRejected, contracts.Faults{{Code: FaultKey, Field: "kid", Message: fmt.Sprintf("the channel speaks with %s", s.Key), Remedy: "announce another key first, with the one that speaks"}}
	}
	return ResultRejected, contracts.Faults{{Code: FaultNumbering, Field: "epoch", Message: fmt.Sprintf("%d is another epoch than the channel's", m.Epoch), Remedy: fmt.Sprintf("the epoch is %d", s.Epoch)}}
}

// apply reads the body. A message of an unknown type is not consumed.
func (s *rehearsal) apply(e early) (Result, contracts.Faults) {
	fault := checkBody(e.message)
	if isUnknownType(fault) {
		return ResultWaits, contracts.FaultsOf(fault)
	}
	outcome := Applied
	if fault != nil {
		outcome = Refused
	}
	s.Inbound, _ = s.Step(Done{Hash: e.hash, Key: speaksNext(*e.incoming, outcome)})
	s.consumed = append(s.consumed, e.hash)
	if fault != nil {
		return ResultRefused, contracts.FaultsOf(fault)
	}
	return ResultApplied, nil
}

// checkBody is what is asked of a message's content without any books.
func checkBody(m Message) error {
	if m.Type == TypeKeyRotated {
		_, err := parseRotation(m)
		return err
	}
	_, err := readEvent(m)
	return err
}

func (s *rehearsal) park(e early) (Result, contracts.Faults) {
	if there, ok := s.parked[e.message.Sequence]; ok && there.hash == e.hash {
		return ResultDuplicate, nil
	}
	if len(s.parked) < mostParked {
		s.parked[e.message.Sequence] = e
	}
	return found(ResultAhead, "number messages 1, 2, 3 without a gap", "message %d waits: message %d was not taken", e.message.Sequence, s.Next)
}

func found(r Result, remedy, format string, args ...any) (Result, contracts.Faults) {
	return r, contracts.Faults{{Code: contracts.FaultCode(r), Field: "sequence", Message: fmt.Sprintf(format, args...), Remedy: remedy}}
}
