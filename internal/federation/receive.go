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
	e      *Endpoint
	peer   contracts.PartyID
	stream string
	asked  request
}

// request is when we last asked the peer to send again, and from where.
type request struct {
	from int64
	at   time.Time
}

// incoming is a verified event message addressed to us.
type incoming struct {
	message     Message
	hash        Hash
	frame       []byte
	traceparent string
}

// parsed is one line of an entry after verification: exactly one of the four is set.
type parsed struct {
	event   *incoming
	receipt *Receipt
	resend  *Resend
	fault   error
	line    []byte
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
	p = parseFrame(in.e.Directory, in.e.self, line)
	if p.fault == nil && p.sender() != in.peer {
		return parsed{line: line, fault: contracts.Fault{Code: FaultSender, Message: "in the stream of another party"}}
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
	return p.resend.Source
}

// parseFrame is all that is asked of a frame before the protocol sees it, as contracts/wire.md lists it.
func parseFrame(dir *Directory, self contracts.PartyID, line []byte) parsed {
	p := parsed{line: line}
	f, err := open(dir, line)
	if err != nil {
		p.fault = err
		return p
	}
	switch f.Type {
	case TypeEvent:
		m, err := parseMessage(f, dir.Network, self)
		p.event, p.fault = &incoming{message: m, hash: f.Hash, frame: line}, err
	case TypeReceipt:
		r, err := parseReceipt(f, dir.Network, self)
		p.receipt, p.fault = &r, err
	case TypeResend:
		r, err := parseResend(f, dir.Network, self)
		p.resend, p.fault = &r, err
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
