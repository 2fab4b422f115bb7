package federation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// ChannelStatus is how the two channels with a peer stand. "Delivered" means receipted.
type ChannelStatus struct {
	Peer contracts.PartyID `json:"peer"`

	Sent         int64     `json:"sent"`                   // messages written to the peer
	Receipted    int64     `json:"receipted"`              // of these, answered without a gap
	Pending      int64     `json:"pending"`                // the others
	PendingSince time.Time `json:"pending_since,omitzero"` // when the oldest of the pending was written
	Refused      int64     `json:"refused"`                // messages the peer answered with a refusal

	Received   int64               `json:"received"`             // messages of the peer consumed here, refused ones included
	Parked     int64               `json:"parked"`               // arrived too early
	Frozen     bool                `json:"frozen"`               // two histories were signed: a person must look
	WaitingFor contracts.EventType `json:"waiting_for,omitzero"` // a type this program does not know yet
	Heard      time.Time           `json:"heard,omitzero"`       // when the peer's last new message or receipt was taken

	Rejected map[contracts.FaultCode]int64 `json:"rejected"` // lines in the peer's stream that were no acceptable frames, by code
}

// Status tells how the channels with every peer stand, in order of name, all at one moment.
func (e *Endpoint) Status(ctx context.Context) ([]ChannelStatus, error) {
	var all []ChannelStatus
	err := e.DB.Read(ctx, func(ctx context.Context, q storage.Querier) error {
		all = []ChannelStatus{}
		for _, peer := range e.peers() {
			s, err := e.readStatus(ctx, q, peer)
			if err != nil {
				return fmt.Errorf("status of the channel with %s: %w", peer, err)
			}
			all = append(all, s)
		}
		return nil
	})
	return all, err
}

func (e *Endpoint) readStatus(ctx context.Context, q storage.Querier, peer contracts.PartyID) (ChannelStatus, error) {
	s := ChannelStatus{Peer: peer}
	err := errors.Join(readSent(ctx, q, &s), readReceived(ctx, q, &s))
	if err != nil {
		return s, err
	}
	s.Rejected, err = readRejected(ctx, q, e.inbound(peer))
	return s, err
}

func readSent(ctx context.Context, q storage.Querier, s *ChannelStatus) error {
	p, err := readProgress(ctx, q, s.Peer)
	if err != nil {
		return err
	}
	s.Sent, s.Receipted, s.Pending = p.last, p.receipted, p.last-p.receipted
	if s.PendingSince, err = readInstant(ctx, q, `SELECT written_at FROM fed_outbox WHERE peer = $1 AND epoch = $2 AND sequence = $3`, s.Peer, p.epoch, p.receipted+1); err != nil {
		return err
	}
	if s.Heard, err = readInstant(ctx, q, `SELECT received_at FROM fed_receipt WHERE peer = $1 ORDER BY epoch DESC, sequence DESC LIMIT 1`, s.Peer); err != nil {
		return err
	}
	return q.QueryRowContext(ctx, `SELECT COUNT(*) FROM fed_receipt WHERE peer = $1 AND outcome = 'refused'`, s.Peer).Scan(&s.Refused)
}

func readReceived(ctx context.Context, q storage.Querier, s *ChannelStatus) error {
	c, err := readChannel(ctx, q, s.Peer, Start(1, "", 0))
	if err != nil {
		return err
	}
	s.Received, s.Parked, s.Frozen, s.WaitingFor = c.Next-1, int64(c.parked), c.Frozen, c.waitingFor
	moved, err := readInstant(ctx, q, `SELECT heard_at FROM fed_receiving WHERE peer = $1`, s.Peer)
	if moved.After(s.Heard) {
		s.Heard = moved
	}
	return err
}

// readInstant reads one moment; no row is the zero moment.
func readInstant(ctx context.Context, q storage.Querier, query string, args ...any) (time.Time, error) {
	var i storage.Instant
	err := q.QueryRowContext(ctx, query, args...).Scan(&i)
	return i.Time, ignoreNoRows(err)
}

func readRejected(ctx context.Context, q storage.Querier, stream string) (map[contracts.FaultCode]int64, error) {
	type count struct {
		code  contracts.FaultCode
		times int64
	}
	scan := func(r *sql.Rows) (c count, err error) { return c, r.Scan(&c.code, &c.times) }
	counts, err := storage.All(ctx, q, scan, `SELECT code, times FROM fed_rejected WHERE stream = $1`, stream)
	if err != nil {
		return nil, err
	}
	rejected := make(map[contracts.FaultCode]int64, len(counts))
	for _, c := range counts {
		rejected[c.code] = c.times
	}
	return rejected, nil
}
