package federation

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// This file weighs what the channels remember beside their logs: heads, watermarks, and what is kept apart.

// sendingHeads compares what the next message will continue with the last one written.
func (a auditor) sendingHeads(ctx context.Context) (*Check, error) {
	return a.heads(ctx, "outbox heads", "fed_sending", "fed_outbox")
}

// receivingHeads does so for what is expected of each peer.
func (a auditor) receivingHeads(ctx context.Context) (*Check, error) {
	return a.heads(ctx, "inbox heads", "fed_receiving", "fed_inbox")
}

func (a auditor) heads(ctx context.Context, name, table, log string) (*Check, error) {
	c := NewCheck(name)
	return c, storage.Each(ctx, a.q, func(r *sql.Rows) error {
		var peer contracts.PartyID
		var position, last sql.NullInt64
		var head, hash sql.NullString
		if err := r.Scan(&peer, &position, &head, &last, &hash); err != nil {
			return err
		}
		c.Rows++
		want := hash.String
		if !hash.Valid {
			want = Hash{}.String()
		}
		if !position.Valid || position.Int64 != last.Int64+1 || head.String != want {
			c.Badf(table+" "+string(peer), "the next number is %d after %.12s…, the log ends with %d, %.12s…", position.Int64, head.String, last.Int64, want)
		}
		return nil
	}, fmt.Sprintf(`SELECT p.peer, s.next, s.head, o.sequence, o.hash FROM (SELECT peer FROM %[1]s UNION SELECT peer FROM %[2]s) p
		LEFT JOIN %[1]s s ON s.peer = p.peer
		LEFT JOIN %[2]s o ON o.peer = p.peer AND o.epoch = s.epoch AND o.sequence = (SELECT MAX(sequence) FROM %[2]s l WHERE l.peer = p.peer AND l.epoch = s.epoch)
		ORDER BY p.peer`, table, log))
}

// watermarks compares "every message up to here has its receipt" with the receipts.
func (a auditor) watermarks(ctx context.Context) (*Check, error) {
	c := NewCheck("watermarks")
	return c, storage.Each(ctx, a.q, func(r *sql.Rows) error {
		var peer contracts.PartyID
		var receipted, reached int64
		if err := r.Scan(&peer, &receipted, &reached); err != nil {
			return err
		}
		c.Rows++
		if receipted != reached {
			c.Badf("fed_answered "+string(peer), "%d messages count as receipted, the receipts reach %d without a gap", receipted, reached)
		}
		return nil
	}, `SELECT a.peer, a.receipted, (SELECT COALESCE(MIN(n.sequence), 1) - 1 FROM
			(SELECT 1 AS sequence UNION ALL SELECT r.sequence + 1 FROM fed_receipt r WHERE r.peer = a.peer AND r.epoch = a.epoch) n
			WHERE NOT EXISTS (SELECT 1 FROM fed_receipt t WHERE t.peer = a.peer AND t.epoch = a.epoch AND t.sequence = n.sequence))
		FROM fed_answered a ORDER BY a.peer`)
}

// parked messages are on their way; one that was consumed already is left over.
func (a auditor) parked(ctx context.Context) (*Check, error) {
	c := NewCheck("parked")
	err := storage.Each(ctx, a.q, func(r *sql.Rows) error {
		var l logged
		var consumed bool
		if err := r.Scan(&l.peer, &l.epoch, &l.sequence, &consumed); err != nil {
			return err
		}
		if c.Rows++; consumed {
			c.Badf(l.key("fed_parked"), "it waits, and was consumed already")
		}
		return nil
	}, `SELECT p.peer, p.epoch, p.sequence, EXISTS (SELECT 1 FROM fed_inbox i WHERE i.peer = p.peer AND i.epoch = p.epoch AND i.sequence = p.sequence)
		FROM fed_parked p ORDER BY p.peer, p.epoch, p.sequence`)
	if c.OK && c.Rows > 0 {
		c.Message = "arrived early and wait for what is missing before them"
	}
	return c, err
}

// forks are always a finding: a peer signed two histories, and people must talk.
func (a auditor) forks(ctx context.Context) (*Check, error) {
	c := NewCheck("forks")
	err := storage.Each(ctx, a.q, func(r *sql.Rows) error {
		var l logged
		if err := r.Scan(&l.peer, &l.epoch, &l.sequence); err != nil {
			return err
		}
		c.Rows++
		c.Badf(l.key("fed_fork"), "%s signed a second message of this number", l.peer)
		return nil
	}, `SELECT peer, epoch, sequence FROM fed_fork ORDER BY peer, epoch, sequence, hash`)
	if err != nil {
		return c, err
	}
	return c, storage.Each(ctx, a.q, func(r *sql.Rows) error {
		var peer contracts.PartyID
		if err := r.Scan(&peer); err != nil {
			return err
		}
		c.Badf("fed_receiving "+string(peer), "the channel is frozen")
		return nil
	}, `SELECT peer FROM fed_receiving WHERE frozen ORDER BY peer`)
}

// quarantine only counts: anybody who reaches the broker can send rubbish, and none of it came in.
func (a auditor) quarantine(ctx context.Context) (*Check, error) {
	c := NewCheck("quarantine")
	var said bytes.Buffer
	err := storage.Each(ctx, a.q, func(r *sql.Rows) error {
		var code contracts.FaultCode
		var times int64
		if err := r.Scan(&code, &times); err != nil {
			return err
		}
		c.Rows += times
		fmt.Fprintf(&said, "%s %d, ", code, times)
		return nil
	}, `SELECT code, CAST(SUM(times) AS BIGINT) FROM fed_rejected GROUP BY code ORDER BY code`)
	c.Message = string(bytes.TrimSuffix(said.Bytes(), []byte(", ")))
	return c, err
}
