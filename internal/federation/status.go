package federation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// lately is how long what went wrong once counts as something to look at: totals only grow, and say nothing of today.
const lately = time.Hour

// ChannelStatus is how the two channels with a peer stand. "Delivered" means receipted.
type ChannelStatus struct {
	Peer  contracts.PartyID `json:"peer"`
	Epoch int64             `json:"epoch"`
	Left  bool              `json:"left,omitzero"` // the registry has let the peer go

	Heard    time.Time `json:"heard,omitzero"`    // the last sign of life: when the peer last said where it stands
	Moved    time.Time `json:"moved,omitzero"`    // when its last new message or receipt was taken
	Standing Agreement `json:"standing"`          // what we know of its view of our history
	Restored time.Time `json:"restored,omitzero"` // these books come from a backup of then, and the peer has not yet said what it holds
	Registry int64     `json:"registry"`          // entries of the registry it knows

	Sent          int64     `json:"sent"`                   // messages written to the peer
	Receipted     int64     `json:"receipted"`              // of these, answered without a gap
	Pending       int64     `json:"pending"`                // the others
	PendingSince  time.Time `json:"pending_since,omitzero"` // when the oldest of the pending was written
	Receipt       time.Time `json:"receipt,omitzero"`       // when the last receipt came
	Refused       int64     `json:"refused"`                // messages the peer answered with a refusal
	RefusedLately int64     `json:"refused_lately"`         // of these, in the last hour

	Received   int64               `json:"received"`             // messages of the peer consumed here, refused ones included
	Lag        int64               `json:"lag"`                  // messages it says it has written and that are not consumed here
	Parked     int64               `json:"parked"`               // arrived too early
	GapSince   time.Time           `json:"gap_since,omitzero"`   // since when the oldest of the parked waits for what is missing
	Frozen     bool                `json:"frozen"`               // two histories were signed: a person must look
	WaitingFor contracts.EventType `json:"waiting_for,omitzero"` // a type this program does not know yet

	Rejected       map[contracts.FaultCode]int64 `json:"rejected"`        // lines in the peer's stream that were no acceptable frames, by code
	RejectedLately map[contracts.FaultCode]int64 `json:"rejected_lately"` // samples of these of the last hour: at most ten of an entry are kept
	Quarantine     int64                         `json:"quarantine"`      // samples kept
	Quarantined    int64                         `json:"quarantined"`     // of these, in the last ten minutes
}

// Status tells how the channels with every peer stand, in order of name, all at one moment.
func (e *Endpoint) Status(ctx context.Context) (all []ChannelStatus, err error) {
	err = e.DB.Read(ctx, func(ctx context.Context, q storage.Querier) error {
		all, err = e.readAll(ctx, q)
		return err
	})
	return all, err
}

func (e *Endpoint) readAll(ctx context.Context, q storage.Querier) ([]ChannelStatus, error) {
	all := []ChannelStatus{}
	for _, peer := range e.peers() {
		s := ChannelStatus{Peer: peer, Standing: Unheard, Left: e.dir().Left(peer)}
		now := e.Now()
		err := errors.Join(readStanding(ctx, q, &s), readSent(ctx, q, &s, now), readReceived(ctx, q, &s), readRejected(ctx, q, &s, e.inbound(peer), now))
		if err != nil {
			return nil, fmt.Errorf("status of the channel with %s: %w", peer, err)
		}
		if r := e.relay(peer); r != nil && r.agreement() == Diverged {
			s.Standing = Diverged // seen in what the peer sent back, which its standings do not show
		}
		all = append(all, s)
	}
	return all, nil
}

// readStanding reads what the peer said last, and leaves in Lag what it says it has written.
func readStanding(ctx context.Context, q storage.Querier, s *ChannelStatus) (err error) {
	var heard storage.Instant
	err = q.QueryRowContext(ctx, `SELECT agreement, written, registry, heard_at FROM fed_standing WHERE peer = $1`, s.Peer).Scan(&s.Standing, &s.Lag, &s.Registry, &heard)
	if err := ignoreNoRows(err); err != nil {
		return err
	}
	s.Heard = heard.Time
	s.Restored, err = readInstant(ctx, q, `SELECT restored_at FROM fed_restored WHERE peer = $1`, s.Peer)
	return err
}

func readSent(ctx context.Context, q storage.Querier, s *ChannelStatus, now time.Time) error {
	p, err := readProgress(ctx, q, s.Peer)
	if err != nil {
		return err
	}
	s.Epoch, s.Sent, s.Receipted, s.Pending = max(1, p.epoch), p.last, p.receipted, p.last-p.receipted
	if s.PendingSince, err = readInstant(ctx, q, `SELECT written_at FROM fed_outbox WHERE peer = $1 AND epoch = $2 AND sequence = $3`, s.Peer, p.epoch, p.receipted+1); err != nil {
		return err
	}
	if s.Receipt, err = readInstant(ctx, q, `SELECT received_at FROM fed_receipt WHERE peer = $1 ORDER BY epoch DESC, sequence DESC LIMIT 1`, s.Peer); err != nil {
		return err
	}
	s.Moved = s.Receipt
	return q.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(CASE WHEN received_at >= $2 THEN 1 END) FROM fed_receipt WHERE peer = $1 AND outcome = 'refused'`,
		s.Peer, storage.At(now.Add(-lately))).Scan(&s.Refused, &s.RefusedLately)
}

func readReceived(ctx context.Context, q storage.Querier, s *ChannelStatus) error {
	c, err := readChannel(ctx, q, s.Peer, Start(1, "", 0))
	if err != nil {
		return err
	}
	s.Epoch = max(s.Epoch, c.Epoch)
	s.Received, s.Parked, s.Frozen, s.WaitingFor = c.Next-1, int64(c.parked), c.Frozen, c.waitingFor
	s.Lag = max(0, s.Lag-s.Received)
	moved, err := readInstant(ctx, q, `SELECT heard_at FROM fed_receiving WHERE peer = $1`, s.Peer)
	s.Moved = later(s.Moved, moved)
	if err != nil || s.Parked == 0 || s.Frozen || s.WaitingFor != "" {
		return err // behind a message that cannot be taken nothing is missing
	}
	s.GapSince, err = readInstant(ctx, q, `SELECT parked_at FROM fed_parked WHERE peer = $1 ORDER BY parked_at LIMIT 1`, s.Peer)
	return err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// readInstant reads one moment; no row is the zero moment.
func readInstant(ctx context.Context, q storage.Querier, query string, args ...any) (time.Time, error) {
	var i storage.Instant
	err := q.QueryRowContext(ctx, query, args...).Scan(&i)
	return i.Time, ignoreNoRows(err)
}

func readRejected(ctx context.Context, q storage.Querier, s *ChannelStatus, stream string, now time.Time) (err error) {
	if s.Rejected, err = readCounts(ctx, q, `SELECT code, times FROM fed_rejected WHERE stream = $1`, stream); err != nil {
		return err
	}
	if s.RejectedLately, err = readCounts(ctx, q, `SELECT code, COUNT(*) FROM fed_quarantine WHERE stream = $1 AND seen_at >= $2 GROUP BY code`, stream, storage.At(now.Add(-lately))); err != nil {
		return err
	}
	return q.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(CASE WHEN seen_at >= $2 THEN 1 END) FROM fed_quarantine WHERE stream = $1`,
		stream, storage.At(now.Add(-growth))).Scan(&s.Quarantine, &s.Quarantined)
}

func readCounts(ctx context.Context, q storage.Querier, query string, args ...any) (map[contracts.FaultCode]int64, error) {
	counts := map[contracts.FaultCode]int64{}
	return counts, storage.Each(ctx, q, func(r *sql.Rows) error {
		var code contracts.FaultCode
		var times int64
		err := r.Scan(&code, &times)
		counts[code] = times
		return err
	}, query, args...)
}

// stored is the endpoint of a party that does not run, for questions alone: its peers are those its books know of.
func stored(ctx context.Context, db *storage.DB, self contracts.PartyID, now func() time.Time) (*Endpoint, error) {
	peers, err := Peers(ctx, db)
	if err != nil {
		return nil, err
	}
	text := func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }
	others, err := storage.All(ctx, db, text, `SELECT peer FROM fed_standing UNION SELECT peer FROM fed_restored UNION SELECT stream FROM fed_rejected`)
	if err != nil {
		return nil, err
	}
	for _, p := range others { // a stranger to the channels may still have sent rubbish
		p = strings.TrimPrefix(p, OutStream(""))
		if !strings.Contains(p, ":") {
			peers = append(peers, contracts.PartyID(p))
		}
	}
	left, err := readLeft(ctx, db)
	if err != nil {
		return nil, err
	}
	slices.Sort(peers)
	directory := &Directory{}
	for _, p := range slices.Compact(peers) {
		directory.Members = append(directory.Members, Member{Party: p, Left: left[p]})
	}
	e := &Endpoint{Config: Config{DB: db, Now: now}, self: self}
	e.directory.Store(directory)
	return e, nil
}

// readLeft tells who has left by the registry in the books, whose entries were verified before they were written there.
func readLeft(ctx context.Context, q storage.Querier) (map[contracts.PartyID]bool, error) {
	left := map[contracts.PartyID]bool{}
	return left, storage.Each(ctx, q, func(r *sql.Rows) error {
		var line []byte
		if err := r.Scan(&line); err != nil {
			return err
		}
		entry, err := ReadEntry(line)
		switch {
		case err != nil:
			return err
		case entry.Action == ActLeave:
			left[entry.Party] = true
		case entry.Action == ActEnrol:
			delete(left, entry.Party)
		}
		return nil
	}, `SELECT line FROM fed_registry ORDER BY number`)
}
