package federation

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Fact is a message on record with the answer it got: ours to its sender, or its receiver's to us.
type Fact struct {
	Peer            contracts.PartyID
	Epoch, Sequence int64 // of its row
	Message         Message
	Outcome         Outcome // empty while a message of ours has no receipt
	Unreadable      error   // the bytes on record hold no message

	line []byte
}

// Key names the row of the fact.
func (f Fact) Key() string { return rowKey("message", f.Peer, f.Epoch, f.Sequence) }

// Event reads what the message states.
func (f Fact) Event() (contracts.Event, error) {
	if f.Unreadable != nil {
		return nil, f.Unreadable
	}
	return contracts.DecodeEvent(f.Message.Type, f.Message.Data)
}

// Frame is the fact as its sender signed it.
func (f Fact) Frame() contracts.SignedFrame { return signedFrame(f.line) }

// Sent hands over every message this party wrote, in order of peer and number. It reads the bytes on record without weighing their
// signature, which Verify does. A message that was issued again in a later epoch counts once: where it was answered first.
func Sent(ctx context.Context, q storage.Querier, read func(Fact) error) error {
	return facts(ctx, q, read, `SELECT o.peer, o.epoch, o.sequence, o.frame, COALESCE(r.outcome, '') FROM fed_outbox o
		LEFT JOIN fed_receipt r ON r.peer = o.peer AND r.epoch = o.epoch AND r.sequence = o.sequence
		WHERE (o.epoch = 1 OR NOT EXISTS (SELECT 1 FROM fed_outbox e JOIN fed_receipt p ON p.peer = e.peer AND p.epoch = e.epoch AND p.sequence = e.sequence
				WHERE e.peer = o.peer AND e.id = o.id AND e.epoch < o.epoch))
			AND (r.outcome IS NOT NULL OR NOT EXISTS (SELECT 1 FROM fed_outbox l WHERE l.peer = o.peer AND l.id = o.id AND l.epoch > o.epoch))
		ORDER BY o.peer, o.epoch, o.sequence`)
}

// Received hands over every message of a peer that was consumed here, in order, as Sent does.
func Received(ctx context.Context, q storage.Querier, peer contracts.PartyID, read func(Fact) error) error {
	return facts(ctx, q, read, `SELECT peer, epoch, sequence, frame, outcome FROM fed_inbox i WHERE peer = $1
		AND (epoch = 1 OR NOT EXISTS (SELECT 1 FROM fed_inbox e WHERE e.peer = i.peer AND e.id = i.id AND e.epoch < i.epoch))
		ORDER BY epoch, sequence`, peer)
}

func facts(ctx context.Context, q storage.Querier, read func(Fact) error, query string, args ...any) error {
	return storage.Each(ctx, q, func(r *sql.Rows) error {
		var f Fact
		if err := r.Scan(&f.Peer, &f.Epoch, &f.Sequence, &f.line, &f.Outcome); err != nil {
			return err
		}
		f.Message, f.Unreadable = unsealed(f.line)
		return read(f)
	}, query, args...)
}

// unsealed reads the message in a frame without asking who signed it.
func unsealed(frame []byte) (m Message, err error) {
	var f flattened
	if err := decodeFrame(frame, &f); err != nil {
		return m, err
	}
	payload, err := unbase64(f.Payload)
	if err != nil {
		return m, err
	}
	return m, contracts.Decode(payload, &m)
}

// Peers lists everybody this party has exchanged a message with, in order of name.
func Peers(ctx context.Context, q storage.Querier) ([]contracts.PartyID, error) {
	scan := func(r *sql.Rows) (p contracts.PartyID, err error) { return p, r.Scan(&p) }
	return storage.All(ctx, q, scan, `SELECT peer FROM fed_sending UNION SELECT peer FROM fed_receiving UNION SELECT peer FROM fed_inbox UNION SELECT peer FROM fed_parked ORDER BY peer`)
}

// Owner tells whose database this is, by the messages in it.
func Owner(ctx context.Context, q storage.Querier) (contracts.PartyID, error) {
	for _, side := range []struct {
		query string
		owner func(Message) contracts.PartyID
	}{
		{`SELECT frame FROM fed_outbox LIMIT 1`, func(m Message) contracts.PartyID { return m.Source }},
		{`SELECT frame FROM fed_inbox LIMIT 1`, func(m Message) contracts.PartyID { return m.Recipient }},
	} {
		var frame []byte
		err := q.QueryRowContext(ctx, side.query).Scan(&frame)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("look whose database this is: %w", err)
		}
		if m, err := unsealed(frame); err == nil {
			return side.owner(m), nil
		}
	}
	return "", contracts.Fault{Code: contracts.FaultMissing, Field: "--party", Message: "no message in the database tells whose it is", Remedy: "say hub or the country, such as be"}
}

// Digest is the state of a country as the network knows it: the facts its node stated and the hub applied.
type Digest struct {
	Country  contracts.PartyID `json:"country"` // as the party is named: be
	Facts    int64             `json:"facts"`
	Sequence int64             `json:"sequence"` // of the last message that was answered
	Digest   string            `json:"digest"`   // SHA-256 over type and data of each applied message, in order
}

// digestTag keeps digests apart from any other use of SHA-256.
const digestTag = "passerelle-digest-v1\n"

// Digests computes the digest of each country: at the hub of everybody it heard, at a node of itself, as far as it holds
// receipts. Two that are in step have the same; new signatures, times or numbers of the same facts change nothing.
func Digests(ctx context.Context, q storage.Querier, self contracts.PartyID) ([]Digest, error) {
	if self != contracts.Hub {
		d, err := digest(self, func(read func(Fact) error) error { return Sent(ctx, q, read) })
		return []Digest{d}, err
	}
	peers, err := Peers(ctx, q)
	if err != nil {
		return nil, err
	}
	all := []Digest{}
	for _, peer := range peers {
		d, err := digest(peer, func(read func(Fact) error) error { return Received(ctx, q, peer, read) })
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

func digest(country contracts.PartyID, facts func(func(Fact) error) error) (Digest, error) {
	d, sum := Digest{Country: country}, sha256.New()
	io.WriteString(sum, digestTag)
	err := facts(func(f Fact) error {
		if f.Unreadable != nil {
			return fmt.Errorf("digest of %s: %s: %w; passerelle verify says more", country, f.Key(), f.Unreadable)
		}
		if f.Outcome != "" {
			d.Sequence = f.Sequence
		}
		if f.Outcome != Applied {
			return nil
		}
		d.Facts++
		_, err := fmt.Fprintf(sum, "%s\n%s\n", f.Message.Type, f.Message.Data)
		return err
	})
	d.Digest = hex.EncodeToString(sum.Sum(nil))
	return d, err
}
