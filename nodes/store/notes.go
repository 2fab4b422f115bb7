package store

import (
	"context"
	"database/sql"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// Side is one of those who write in the thread of a case.
type Side string

// The sides. What a host writes arrives as a letter.
const (
	MemberSide  Side = "member"
	AdviserSide Side = "adviser"
	HostSide    Side = "host"
)

// Note is what the member or an adviser of his wrote in the thread of a case.
type Note struct {
	ID      string    `json:"id"`
	Side    Side      `json:"side"`
	Account string    `json:"account"`
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	Text    string    `json:"text"`
}

// AddNote adds a note to a case in scope.
func (st Store) AddNote(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID, n Note) error {
	return met(tx.ExecContext(ctx, `INSERT INTO case_note (id, case_id, member, side, account, name, at, text)
		SELECT CAST($2 AS TEXT), c.id, c.member, CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT) FROM mobility_case c WHERE c.id = $1 AND `+s.Where("c.member", 8),
		id, n.ID, string(n.Side), n.Account, n.Name, storage.At(n.At), n.Text, s.Arg()))
}

// Notes lists the notes of a case, the oldest first.
func (Store) Notes(ctx context.Context, q storage.Querier, s access.Scope, id contracts.CaseID) ([]Note, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (n Note, err error) {
		var at storage.Instant
		err = r.Scan(&n.ID, &n.Side, &n.Account, &n.Name, &at, &n.Text)
		n.At = at.Time
		return n, err
	}, `SELECT id, side, account, name, at, text FROM case_note WHERE case_id = $1 AND `+s.Where("member", 2)+` ORDER BY at, id`, id, s.Arg())
}

// ReadUpTo tells up to when a side has read the thread of a case; the zero time when it never did.
func (Store) ReadUpTo(ctx context.Context, q storage.Querier, s access.Scope, home contracts.CountryCode, id contracts.CaseID, side Side) (time.Time, error) {
	var at storage.Instant
	_, err := found(q.QueryRowContext(ctx, `SELECT at FROM case_read WHERE home = $1 AND case_id = $2 AND side = $3 AND `+s.Where("member", 4), string(home), id, string(side), s.Arg()).Scan(&at))
	return at.Time, err
}

// SetRead says that a side has read everything there was at a moment. Member is whose case it is; empty of another co-operative's.
func (Store) SetRead(ctx context.Context, tx *storage.Tx, s access.Scope, home contracts.CountryCode, id contracts.CaseID, side Side, member string, at time.Time) error {
	if !s.Owns(member) {
		return sql.ErrNoRows
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO case_read (home, case_id, side, member, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (home, case_id, side) DO UPDATE SET at = excluded.at`,
		string(home), id, string(side), member, storage.At(at))
	return err
}

// wordy are the kinds of letters that stand in a thread.
const wordy = `('INFO_REQUEST', 'INFO_REPLY', 'REMINDER', 'CLARIFY', 'FORWARD')`

// UnreadNotes counts, for each case of this home, what members and hosts wrote since an adviser looked.
func (st Store) UnreadNotes(ctx context.Context, q storage.Querier, s access.Scope, home contracts.CountryCode) (map[contracts.CaseID]int, error) {
	return st.unread(ctx, q, `SELECT x.case_id, COUNT(*) FROM (
			SELECT case_id, at FROM case_note WHERE side = 'member' AND `+s.Where("member", 2)+`
			UNION ALL SELECT l.case_id, l.at FROM case_letter l JOIN mobility_case c ON c.id = l.case_id WHERE l.home = $1 AND l.way = 'taken' AND l.refused = '' AND l.kind IN `+wordy+` AND `+s.Where("c.member", 2)+`
		) x LEFT JOIN case_read r ON r.home = $1 AND r.case_id = x.case_id AND r.side = 'adviser' WHERE r.at IS NULL OR x.at > r.at GROUP BY x.case_id`, string(home), s.Arg())
}

// UnreadFromHome counts, for each case of another co-operative, what home wrote since somebody here looked.
func (st Store) UnreadFromHome(ctx context.Context, q storage.Querier, s access.Scope) (map[contracts.CaseID]int, error) {
	return st.unread(ctx, q, `SELECT l.case_id, COUNT(*) FROM case_letter l JOIN host_case h ON h.home = l.home AND h.id = l.case_id
		LEFT JOIN case_read r ON r.home = l.home AND r.case_id = l.case_id AND r.side = 'host'
		WHERE l.way = 'taken' AND l.refused = '' AND l.kind IN `+wordy+` AND (r.at IS NULL OR l.at > r.at) AND `+s.Where("''", 1)+` GROUP BY l.case_id`, s.Arg())
}

func (Store) unread(ctx context.Context, q storage.Querier, query string, args ...any) (map[contracts.CaseID]int, error) {
	type count struct {
		id contracts.CaseID
		n  int
	}
	rows, err := storage.All(ctx, q, func(r *sql.Rows) (c count, err error) { return c, r.Scan(&c.id, &c.n) }, query, args...)
	counts := map[contracts.CaseID]int{}
	for _, c := range rows {
		counts[c.id] = c.n
	}
	return counts, err
}
