package federation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// inbox consumes the stream of one peer. The broker delivers its entries one after the other.
type inbox struct {
	e        *Endpoint
	peer     contracts.PartyID
	stream   string
	asked    Request // these two are not in the books: to ask once more costs little
	returned Request
}

// incoming is a verified event message, with the key it was signed with.
type incoming struct {
	message     Message
	hash        Hash
	key         KeyID
	frame       []byte
	traceparent string
}

// parsed is one line of an entry after verification: exactly one of event, returned, receipt, standing, entry and fault is set.
type parsed struct {
	event    *incoming // of the peer
	returned *incoming // a message of ours that the peer sends back
	receipt  *Receipt
	standing *Standing
	entry    []byte // of the registry; whoever brings it, its own signatures count
	fault    error
	key      KeyID
	retired  bool // signed with a key under which nothing new is accepted
	line     []byte
}

// Bounds of one entry of the broker; what goes beyond is rejected unread.
const (
	maxEntry  = 8 << 20 // bytes
	maxFrames = 1000
)

// handle puts an entry into the books. It returns, and so acknowledges, when all its frames are there or in quarantine; until
// then it waits and tries again. Only the end of the program makes it give up, and then the sender sends again.
func (in *inbox) handle(m *message.Message) error {
	ctx := m.Context()
	lines := split(m.Payload)
	batch := in.verify(lines, hints(m.Metadata.Get(traceKey), len(lines)))
	for wait := in.e.Poll; ; wait = min(2*wait, 30*time.Second) {
		err := in.take(ctx, batch)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		in.e.Log.ErrorContext(ctx, "receive", "stream", in.stream, "err", err, "retry_in", wait)
		in.e.metrics.failed(in.stream)
		pause(ctx, wait)
	}
}

// split returns the lines of an entry. Of an entry beyond the bounds one line remains, too broken to be a frame.
func split(payload []byte) [][]byte {
	if len(payload) > maxEntry || bytes.Count(payload, newline) >= maxFrames {
		return [][]byte{payload[:min(len(payload), sampleBytes)]}
	}
	return bytes.Split(payload, newline)
}

var newline = []byte("\n")

// hints splits the trace contexts of an entry, unless there are more than its frames account for.
func hints(traces string, frames int) []string {
	if len(traces) > frames*64 {
		return nil
	}
	return strings.Split(traces, ",")
}

// verify checks signatures on all cores; it touches no state.
func (in *inbox) verify(lines [][]byte, traces []string) []parsed {
	out := make([]parsed, len(lines))
	check := func(i int) {
		out[i] = in.parse(lines[i])
		if out[i].event != nil && i < len(traces) {
			out[i].event.traceparent = traces[i]
		}
	}
	workers := min(runtime.GOMAXPROCS(0), (len(lines)+3)/4)
	var others sync.WaitGroup
	for w := 1; w < workers; w++ {
		others.Go(func() {
			for i := w; i < len(lines); i += workers {
				check(i)
			}
		})
	}
	for i := 0; i < len(lines); i += workers {
		check(i)
	}
	others.Wait()
	return out
}

// parse reads one line of the peer's stream.
func (in *inbox) parse(line []byte) (p parsed) {
	defer func() {
		if r := recover(); r != nil { // one frame must not stop the program, now and again at each start
			in.e.Log.Error("parse frame", "stream", in.stream, "panic", r, "stack", string(debug.Stack()))
			p = parsed{line: line, fault: contracts.Fault{Code: FaultFrame, Message: "cannot be read"}}
		}
	}()
	if isEntry(line) {
		return parsed{entry: line, line: line}
	}
	p = parseFrame(in.e.dir(), in.e.self, line)
	return p.from(in.peer, in.e.dir())
}

// from refuses what is not the peer's to say in its stream.
func (p parsed) from(peer contracts.PartyID, dir *Directory) parsed {
	current, _ := dir.Current(peer)
	refuse := func(code contracts.FaultCode, message string) parsed {
		return parsed{line: p.line, fault: contracts.Fault{Code: code, Message: message}}
	}
	switch {
	case p.fault != nil:
		return p
	case p.returned != nil && p.returned.message.Recipient == peer:
		return p
	case p.returned != nil || p.sender() != peer:
		return refuse(FaultSender, "in the stream of another party")
	case p.event == nil && p.key != current:
		return refuse(FaultKey, "receipts and standings are signed with the key their sender uses now")
	case p.retired:
		return refuse(FaultKey, "signed with a key that was revoked or replaced")
	case dir.Left(peer):
		return refuse(FaultLeft, "its sender has left the network")
	}
	return p
}

func (p parsed) sender() contracts.PartyID {
	switch {
	case p.event != nil:
		return p.event.message.Source
	case p.receipt != nil:
		return p.receipt.Source
	}
	return p.standing.Source
}

// parseFrame is all that is asked of a frame before the protocol sees it, as contracts/wire.md lists it.
func parseFrame(dir *Directory, self contracts.PartyID, line []byte) parsed {
	p := parsed{line: line}
	f, err := open(dir, line)
	if err != nil {
		p.fault = err
		return p
	}
	p.key, p.retired = f.Key, f.Retired
	switch f.Type {
	case TypeEvent:
		var m Message
		m, p.fault = parseMessage(f, dir.Network, self)
		in := &incoming{message: m, hash: f.Hash, key: f.Key, frame: line}
		if m.Source == self && m.Recipient != self {
			p.returned = in
		} else {
			p.event = in
		}
	case TypeReceipt:
		r, err := parseReceipt(f, dir.Network, self)
		p.receipt, p.fault = &r, err
	case TypeStanding:
		s, err := parseStanding(f, dir.Network, self)
		p.standing, p.fault = &s, err
	}
	if p.fault != nil {
		return parsed{line: line, fault: p.fault}
	}
	return p
}

// errRefusal ends a transaction in which an event was refused after its effect may have begun.
var errRefusal = errors.New("an event was refused")

// take puts a whole entry into the books in one transaction, then lets out what waited for the commit. Refusals are rare: the
// savepoints that undo them are only set in a second run, after the first has met one.
func (in *inbox) take(ctx context.Context, batch []parsed) error {
	err := in.attempt(ctx, batch, false)
	if errors.Is(err, errRefusal) {
		err = in.attempt(ctx, batch, true)
	}
	return err
}

func (in *inbox) attempt(ctx context.Context, batch []parsed, savepoints bool) (err error) {
	defer func() {
		if r := recover(); r != nil { // an accident of Apply, rolled back like any other
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	var t *taking
	err = in.e.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		t = &taking{inbox: in, tx: tx, savepoints: savepoints}
		return t.all(ctx, batch)
	})
	if err != nil {
		return err
	}
	in.e.answer(in.peer, t.answers)
	for _, f := range t.after {
		f()
	}
	return nil
}
