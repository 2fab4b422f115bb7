package federation

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// LogHeader is the first line of an exported log: what must follow it, so that a file cut short is noticed.
type LogHeader struct {
	Format   string            `json:"format"` // LogFormat
	Party    contracts.PartyID `json:"party"`
	Channels []LogChannel      `json:"channels"`
}

// LogFormat names the format of an exported log.
const LogFormat = "passerelle-log-v1"

// LogChannel is how many lines of each kind a channel has, in the order in which they follow.
type LogChannel struct {
	Peer     contracts.PartyID `json:"peer"`
	Sent     int64             `json:"sent"`     // messages to the peer
	Answers  int64             `json:"answers"`  // the peer's receipts for them
	Received int64             `json:"received"` // messages of the peer
	Given    int64             `json:"given"`    // our receipts for them
	Forks    int64             `json:"forks"`    // second messages of one number, kept as evidence
}

// parts of a channel in a log.
func (c *LogChannel) parts() []struct {
	count *int64
	from  string
	order string
} {
	return []struct {
		count *int64
		from  string
		order string
	}{
		{&c.Sent, "frame FROM fed_outbox", "epoch, sequence"},
		{&c.Answers, "frame FROM fed_receipt", "epoch, sequence"},
		{&c.Received, "frame FROM fed_inbox", "epoch, sequence"},
		{&c.Given, "receipt FROM fed_inbox", "epoch, sequence"},
		{&c.Forks, "frame FROM fed_fork", "epoch, sequence, hash"},
	}
}

// ExportLog writes all a party sent and received as the exact signed frames, one per line, channel by channel, after a line with
// the LogHeader. Call it inside db.Read: header and lines must be of one moment.
func ExportLog(ctx context.Context, q storage.Querier, self contracts.PartyID, w io.Writer) (LogHeader, error) {
	h, err := logHeader(ctx, q, self)
	if err != nil {
		return h, fmt.Errorf("export log of %s: %w", self, err)
	}
	line, err := contracts.Encode(h)
	if err != nil {
		return h, err
	}
	b := bufio.NewWriterSize(w, 1<<16)
	write := func(frame []byte) error {
		b.Write(frame) // the buffer keeps its first error for the next call
		return b.WriteByte('\n')
	}
	if err := write(line); err != nil {
		return h, err
	}
	for _, c := range h.Channels {
		for _, part := range c.parts() {
			err := storage.Each(ctx, q, func(r *sql.Rows) error {
				var frame []byte
				if err := r.Scan(&frame); err != nil {
					return err
				}
				return write(frame)
			}, "SELECT "+part.from+" WHERE peer = $1 ORDER BY "+part.order, c.Peer)
			if err != nil {
				return h, fmt.Errorf("export channel with %s: %w", c.Peer, err)
			}
		}
	}
	return h, b.Flush()
}

func logHeader(ctx context.Context, q storage.Querier, self contracts.PartyID) (LogHeader, error) {
	h := LogHeader{Format: LogFormat, Party: self, Channels: []LogChannel{}}
	peers, err := Peers(ctx, q)
	if err != nil {
		return h, err
	}
	for _, peer := range peers {
		c := LogChannel{Peer: peer}
		for _, part := range c.parts() {
			if err := q.QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT "+part.from+" WHERE peer = $1) AS lines", peer).Scan(part.count); err != nil {
				return h, err
			}
		}
		h.Channels = append(h.Channels, c)
	}
	return h, nil
}
