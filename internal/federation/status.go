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

// ChannelStatus is how the two channels with a peer stand.
type ChannelStatus struct {
	Peer       contracts.PartyID   `json:"peer"`
	Sent       int64               `json:"sent"`                 // messages written to the peer
	Pending    int64               `json:"pending"`              // of these, after the last one without a gap of receipts
	Refused    int64               `json:"refused"`              // of these, answered with a refusal
	Received   int64               `json:"received"`             // messages of the peer consumed here
	Parked     int64               `json:"parked"`               // arrived too early
	Frozen     bool                `json:"frozen"`               // two histories were signed: a person must look
	WaitingFor contracts.EventType `json:"waiting_for,omitzero"` // a type this program does not know yet
	Heard      time.Time           `json:"heard,omitzero"`       // when the peer's last message was consumed
}

// Status tells how every channel stands.
func (e *Endpoint) Status(ctx context.Context) ([]ChannelStatus, error) {
	var all []ChannelStatus
	err := e.DB.Read(ctx, func(ctx context.Context, q storage.Querier) error {
		all = nil
		for _, peer := range e.peers() {
			s, err := readStatus(ctx, q, peer)
			if err != nil {
				return fmt.Errorf("status of the channel with %s: %w", peer, err)
			}
			all = append(all, s)
		}
		return nil
	})
	return all, err
}

func readStatus(ctx context.Context, q storage.Querier, peer contracts.PartyID) (ChannelStatus, error) {
	s := ChannelStatus{Peer: peer}
	p, err := readProgress(ctx, q, peer)
	if err != nil {
		return s, err
	}
	s.Sent, s.Pending = p.last, p.last-p.receipted
	err = q.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM fed_receipt WHERE peer = $1 AND outcome = 'refused'), (SELECT COUNT(*) FROM fed_parked WHERE peer = $1)`, peer).Scan(&s.Refused, &s.Parked)
	if err != nil {
		return s, err
	}
	var heard storage.Instant
	err = q.QueryRowContext(ctx, `SELECT next - 1, frozen, waiting_for, heard_at FROM fed_receiving WHERE peer = $1`, peer).Scan(&s.Received, &s.Frozen, &s.WaitingFor, &heard)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	s.Heard = heard.Time
	return s, err
}
