package store

import (
	"context"
	"database/sql"
	"time"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/correspondence"
	"passerelle/nodes/member"
)

var _ correspondence.Store = Store{}

// PeerKey implements correspondence.Store.
func (Store) PeerKey(ctx context.Context, q storage.Querier, c contracts.CountryCode) (k correspondence.PeerKey, ok bool, err error) {
	ok, err = found(q.QueryRowContext(ctx, `SELECT country, number, id, public FROM peer_key WHERE country = $1`, string(c)).Scan(&k.Country, &k.Number, &k.ID, &k.Public))
	return k, ok, err
}

// SavePeerKey implements correspondence.Store.
func (Store) SavePeerKey(ctx context.Context, tx *storage.Tx, k correspondence.PeerKey) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO peer_key (country, number, id, public) VALUES ($1, $2, $3, $4)
		ON CONFLICT (country) DO UPDATE SET number = excluded.number, id = excluded.id, public = excluded.public`, string(k.Country), k.Number, string(k.ID), k.Public)
	return err
}

// InsertMessage implements correspondence.Store.
func (Store) InsertMessage(ctx context.Context, tx *storage.Tx, s access.Scope, m correspondence.Message) error {
	body := []byte{}
	if m.Letter != nil {
		var err error
		if body, err = encode(m.Letter); err != nil {
			return err
		}
	}
	sent := storage.At(m.At)
	if m.Waiting || m.Way == correspondence.Taken {
		sent = storage.Instant{}
	}
	err := met(tx.ExecContext(ctx, `INSERT INTO case_letter (way, peer, message, version, home, case_id, flow, kind, in_reply_to, rule_set, at, account, name, sent_at, answered_at, refused, invalid_at, body)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT), CAST($8 AS TEXT), CAST($9 AS TEXT), CAST($10 AS TEXT), CAST($11 AS TEXT),
			CAST($12 AS TEXT), CAST($13 AS TEXT), CAST($14 AS TEXT), '', CAST($15 AS TEXT), '', $16 WHERE `+s.Where("''", 17),
		string(m.Way), string(m.Peer), string(m.Message), m.Version, string(m.Home), string(m.Case), string(m.Flow), string(m.Kind), string(m.InReplyTo), m.RuleSet, storage.At(m.At),
		m.Account, m.Name, sent, string(m.Refused), body, s.Arg()))
	if err != nil {
		return err
	}
	for i, d := range m.Documents {
		_, err := tx.ExecContext(ctx, `INSERT INTO case_letter_document (way, peer, message, version, number, kind, media_type, size, sha256, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			string(m.Way), string(m.Peer), string(m.Message), m.Version, i+1, string(d.Kind), d.MediaType, d.Size, d.SHA256, d.Content)
		if err != nil {
			return err
		}
	}
	return nil
}

const letterColumns = `way, peer, message, version, home, case_id, flow, kind, in_reply_to, rule_set, at, account, name, sent_at, answered_at, refused, invalid_at, body`

func scanLetter(scan func(...any) error) (m correspondence.Message, err error) {
	var at, sent, answered, invalid storage.Instant
	var body []byte
	err = scan(&m.Way, &m.Peer, &m.Message, &m.Version, &m.Home, &m.Case, &m.Flow, &m.Kind, &m.InReplyTo, &m.RuleSet, &at, &m.Account, &m.Name, &sent, &answered, &m.Refused, &invalid, &body)
	if err != nil {
		return m, err
	}
	m.At, m.Answered, m.Invalid, m.Waiting = at.Time, answered.Time, invalid.Time, m.Way == correspondence.Sent && sent.IsZero()
	if len(body) > 0 {
		m.Letter, err = letter.Decode(m.Kind, body)
	}
	return m, err
}

// Message implements correspondence.Store. Its documents have their bytes.
func (st Store) Message(ctx context.Context, q storage.Querier, s access.Scope, w correspondence.Way, peer contracts.CountryCode, id contracts.MessageID, version int) (m correspondence.Message, ok bool, err error) {
	row := q.QueryRowContext(ctx, `SELECT `+letterColumns+` FROM case_letter WHERE way = $1 AND peer = $2 AND message = $3 AND version = $4 AND `+s.Where("''", 5), string(w), string(peer), string(id), version, s.Arg())
	m, err = scanLetter(row.Scan)
	if ok, err = found(err); err != nil || !ok {
		return m, ok, err
	}
	m.Documents, err = st.documentsOf(ctx, q, m, true)
	return m, true, err
}

func (Store) documentsOf(ctx context.Context, q storage.Querier, m correspondence.Message, whole bool) ([]letter.Document, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (d letter.Document, err error) {
		if err = r.Scan(&d.Kind, &d.MediaType, &d.Size, &d.SHA256, &d.Content); !whole {
			d.Content = nil
		}
		return d, err
	}, `SELECT kind, media_type, size, sha256, content FROM case_letter_document WHERE way = $1 AND peer = $2 AND message = $3 AND version = $4 ORDER BY number`,
		string(m.Way), string(m.Peer), string(m.Message), m.Version)
}

// LatestVersion implements correspondence.Store. A message that was refused does not count.
func (Store) LatestVersion(ctx context.Context, q storage.Querier, s access.Scope, w correspondence.Way, peer contracts.CountryCode, id contracts.MessageID) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM case_letter WHERE way = $1 AND peer = $2 AND message = $3 AND (way = 'sent' OR refused = '') AND `+s.Where("''", 4),
		string(w), string(peer), string(id), s.Arg()).Scan(&n)
	return n, err
}

// Messages implements correspondence.Store: all of a case in their order, documents without their bytes.
func (st Store) Messages(ctx context.Context, q storage.Querier, s access.Scope, home contracts.CountryCode, id contracts.CaseID) ([]correspondence.Message, error) {
	all, err := st.letters(ctx, q, `home = $1 AND case_id = $2 AND `+s.Where("''", 3)+` ORDER BY at, way, message, version`, string(home), string(id), s.Arg())
	for i := range all {
		if err == nil {
			all[i].Documents, err = st.documentsOf(ctx, q, all[i], false)
		}
	}
	return all, err
}

func (Store) letters(ctx context.Context, q storage.Querier, where string, args ...any) ([]correspondence.Message, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (correspondence.Message, error) { return scanLetter(r.Scan) }, `SELECT `+letterColumns+` FROM case_letter WHERE `+where, args...)
}

// Unsent implements correspondence.Store.
func (st Store) Unsent(ctx context.Context, q storage.Querier, s access.Scope, peer contracts.CountryCode) ([]correspondence.Message, error) {
	return st.whole(ctx, q, `way = 'sent' AND peer = $1 AND sent_at = '' AND `+s.Where("''", 2)+` ORDER BY at, message, version`, string(peer), s.Arg())
}

// Unanswered implements correspondence.Store. Nobody waits for an acknowledgement of an acknowledgement.
func (st Store) Unanswered(ctx context.Context, q storage.Querier, s access.Scope, before time.Time, limit int) ([]correspondence.Message, error) {
	return st.whole(ctx, q, `way = 'sent' AND answered_at = '' AND sent_at <> '' AND sent_at < $1 AND kind NOT IN ('ACK', 'READ') AND `+s.Where("''", 3)+` ORDER BY sent_at, message LIMIT $2`,
		storage.At(before), limit, s.Arg())
}

// whole lists messages with all they carry.
func (st Store) whole(ctx context.Context, q storage.Querier, where string, args ...any) ([]correspondence.Message, error) {
	all, err := st.letters(ctx, q, where, args...)
	for i := range all {
		if err == nil {
			all[i].Documents, err = st.documentsOf(ctx, q, all[i], true)
		}
	}
	return all, err
}

// SetSent implements correspondence.Store.
func (Store) SetSent(ctx context.Context, tx *storage.Tx, s access.Scope, a correspondence.Address, at time.Time) error {
	return met(tx.ExecContext(ctx, `UPDATE case_letter SET sent_at = $4 WHERE way = 'sent' AND peer = $1 AND message = $2 AND version = $3 AND `+s.Where("''", 5),
		string(a.Peer), string(a.Message), a.Version, storage.At(at), s.Arg()))
}

// SetAnswered implements correspondence.Store. The first answer counts.
func (Store) SetAnswered(ctx context.Context, tx *storage.Tx, s access.Scope, a correspondence.Address, at time.Time, refused contracts.FaultCode) (bool, error) {
	return changed(tx.ExecContext(ctx, `UPDATE case_letter SET refused = CASE WHEN answered_at = '' THEN CAST($5 AS TEXT) ELSE refused END, answered_at = CASE WHEN answered_at = '' THEN CAST($4 AS TEXT) ELSE answered_at END
		WHERE way = 'sent' AND peer = $1 AND message = $2 AND version = $3 AND home = $6 AND case_id = $7 AND `+s.Where("''", 8),
		string(a.Peer), string(a.Message), a.Version, storage.At(at), string(refused), string(a.Home), string(a.Case), s.Arg()))
}

// SetInvalid implements correspondence.Store.
func (Store) SetInvalid(ctx context.Context, tx *storage.Tx, s access.Scope, w correspondence.Way, peer contracts.CountryCode, id contracts.MessageID, at time.Time) (bool, error) {
	return changed(tx.ExecContext(ctx, `UPDATE case_letter SET invalid_at = $4 WHERE way = $1 AND peer = $2 AND message = $3 AND invalid_at = '' AND `+s.Where("''", 5),
		string(w), string(peer), string(id), storage.At(at), s.Arg()))
}

// SavePart implements correspondence.Store. While some are missing it returns none.
func (Store) SavePart(ctx context.Context, tx *storage.Tx, e contracts.CaseMessageSent) ([]contracts.CaseMessageSent, error) {
	body, err := encode(e)
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO case_letter_part (peer, message, version, part, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (peer, message, version, part) DO UPDATE SET body = excluded.body`, string(e.From), string(e.Message), e.Version, e.Part, body)
	if err != nil {
		return nil, err
	}
	var parts int
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM case_letter_part WHERE peer = $1 AND message = $2 AND version = $3`, string(e.From), string(e.Message), e.Version).Scan(&parts)
	if err != nil || parts < e.Parts {
		return nil, err
	}
	return storage.All(ctx, tx, func(r *sql.Rows) (p contracts.CaseMessageSent, err error) {
		var body []byte
		if err = r.Scan(&body); err != nil {
			return p, err
		}
		return p, decode("part of a message", body, &p)
	}, `SELECT body FROM case_letter_part WHERE peer = $1 AND message = $2 AND version = $3 ORDER BY part`, string(e.From), string(e.Message), e.Version)
}

// DeleteParts implements correspondence.Store.
func (Store) DeleteParts(ctx context.Context, tx *storage.Tx, e contracts.CaseMessageSent) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM case_letter_part WHERE peer = $1 AND message = $2 AND version = $3`, string(e.From), string(e.Message), e.Version)
	return err
}

// EraseLetters implements correspondence.HostStore: it empties every letter and document of a case of another co-operative.
func (Store) EraseLetters(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID) error {
	if !s.All() {
		return sql.ErrNoRows
	}
	return emptyLetters(ctx, tx, id)
}

// emptyLetters empties what was written about a case, by whose id alone it is found: that there was a message stays.
func emptyLetters(ctx context.Context, tx *storage.Tx, id contracts.CaseID) error {
	for _, statement := range []string{
		`UPDATE case_letter_document SET content = $2, sha256 = '', size = 0 WHERE EXISTS (SELECT 1 FROM case_letter l WHERE l.way = case_letter_document.way AND l.peer = case_letter_document.peer
			AND l.message = case_letter_document.message AND l.version = case_letter_document.version AND l.case_id = $1)`,
		`UPDATE case_letter SET body = $2, account = '', name = '' WHERE case_id = $1`,
	} {
		if _, err := tx.ExecContext(ctx, statement, string(id), []byte{}); err != nil {
			return err
		}
	}
	return nil
}

// CasePseudonym returns the member's name of the year for his cases at the hub, giving it the fresh one when there is none.
func (Store) CasePseudonym(ctx context.Context, tx *storage.Tx, s access.Scope, id member.ID, year int, fresh string) (p string, err error) {
	ok, err := found(tx.QueryRowContext(ctx, `SELECT pseudonym FROM case_pseudonym WHERE member = $1 AND year = $2 AND `+s.Where("member", 3), id, year, s.Arg()).Scan(&p))
	if ok || err != nil {
		return p, err
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO case_pseudonym (member, year, pseudonym) SELECT m.id, CAST($2 AS BIGINT), CAST($3 AS TEXT) FROM member m WHERE m.id = $1 AND `+s.Where("m.id", 4)+`
		ON CONFLICT (member, year) DO UPDATE SET pseudonym = case_pseudonym.pseudonym RETURNING pseudonym`, id, year, fresh, s.Arg()).Scan(&p)
	return p, err
}

// LatestLetter is the newest message of a kind that was sent to a node in a case; false when there is none.
func (st Store) LatestLetter(ctx context.Context, q storage.Querier, s access.Scope, home, peer contracts.CountryCode, id contracts.CaseID, kind contracts.CaseKind) (m correspondence.Message, ok bool, err error) {
	all, err := st.letters(ctx, q, `way = 'sent' AND home = $1 AND case_id = $2 AND peer = $3 AND kind = $4 AND `+s.Where("''", 5)+` ORDER BY at DESC, version DESC LIMIT 1`,
		string(home), string(id), string(peer), string(kind), s.Arg())
	if err != nil || len(all) == 0 {
		return m, false, err
	}
	return all[0], true, nil
}

// Wrote tells whether anything was ever sent to a node in a case.
func (Store) Wrote(ctx context.Context, q storage.Querier, s access.Scope, home, peer contracts.CountryCode, id contracts.CaseID) (bool, error) {
	var one int
	return found(q.QueryRowContext(ctx, `SELECT 1 FROM case_letter WHERE way = 'sent' AND kind <> 'ACK' AND home = $1 AND case_id = $2 AND peer = $3 AND `+s.Where("''", 4)+` LIMIT 1`, string(home), string(id), string(peer), s.Arg()).Scan(&one))
}
