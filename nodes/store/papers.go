package store

import (
	"context"
	"database/sql"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
)

// InsertPaper adds a document to a case in scope.
func (st Store) InsertPaper(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID, p casework.Paper, content []byte) error {
	var whose string
	err := tx.QueryRowContext(ctx, `INSERT INTO case_paper (id, case_id, member, kind, name, media_type, size, sha256, content, added_at, account, invalid_on)
		SELECT $1, c.id, c.member, $3, $4, $5, $6, $7, $8, $9, $10, '' FROM mobility_case c WHERE c.id = $2 AND `+s.Where("c.member", 11)+` RETURNING member`,
		p.ID, id, p.Kind, p.Name, p.MediaType, p.Size, p.SHA256, content, storage.At(p.AddedAt), p.Account, s.Arg()).Scan(&whose)
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "paper", string(p.ID), whose)
}

const paperColumns = `id, kind, name, media_type, size, sha256, added_at, account, invalid_on`

func scanPaper(r interface{ Scan(...any) error }, more ...any) (p casework.Paper, err error) {
	var added storage.Instant
	err = r.Scan(append([]any{&p.ID, &p.Kind, &p.Name, &p.MediaType, &p.Size, &p.SHA256, &added, &p.Account, &p.InvalidOn}, more...)...)
	p.AddedAt = added.Time
	return p, err
}

// Papers lists the documents of a case without their bytes, the oldest first.
func (Store) Papers(ctx context.Context, q storage.Querier, s access.Scope, id contracts.CaseID) ([]casework.Paper, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (casework.Paper, error) { return scanPaper(r) },
		`SELECT `+paperColumns+` FROM case_paper WHERE case_id = $1 AND `+s.Where("member", 2)+` ORDER BY added_at, id`, id, s.Arg())
}

// PaperContent finds a document of a case with its bytes.
func (Store) PaperContent(ctx context.Context, q storage.Querier, s access.Scope, id contracts.CaseID, paper casework.PaperID) (p casework.Paper, content []byte, ok bool, err error) {
	p, err = scanPaper(q.QueryRowContext(ctx, `SELECT `+paperColumns+`, content FROM case_paper WHERE case_id = $1 AND id = $2 AND `+s.Where("member", 3), id, paper, s.Arg()), &content)
	ok, err = found(err)
	return p, content, ok, err
}

// InvalidatePaper marks a document as wrong, and tells whether it held until now.
func (st Store) InvalidatePaper(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID, paper casework.PaperID, on contracts.Date) (bool, error) {
	var whose string
	ok, err := found(tx.QueryRowContext(ctx, `UPDATE case_paper SET invalid_on = $3 WHERE case_id = $1 AND id = $2 AND invalid_on = '' AND `+s.Where("member", 4)+` RETURNING member`, id, paper, on, s.Arg()).Scan(&whose))
	if err != nil || !ok {
		return false, err
	}
	return true, st.trailed(ctx, tx, "paper", string(paper), whose)
}

// WorkDays lists the days a member entered, the earliest first.
func (Store) WorkDays(ctx context.Context, q storage.Querier, s access.Scope, m member.ID) ([]casework.WorkDay, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (d casework.WorkDay, err error) {
		return d, r.Scan(&d.Day, (*string)(&d.State))
	}, `SELECT day, state FROM work_day WHERE member = $1 AND `+s.Where("member", 2)+` ORDER BY day, state`, m, s.Arg())
}

// SaveWorkDay keeps a day of a member who is there.
func (st Store) SaveWorkDay(ctx context.Context, tx *storage.Tx, s access.Scope, m member.ID, d casework.WorkDay) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO work_day (member, day, state) SELECT m.id, CAST($2 AS TEXT), CAST($3 AS TEXT) FROM member m WHERE m.id = $1 AND `+s.Where("m.id", 4)+` ON CONFLICT (member, day, state) DO NOTHING`,
		m, d.Day, string(d.State), s.Arg())
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "calendar", string(m), string(m))
}

// DeleteWorkDay removes a day, and tells whether it was there.
func (st Store) DeleteWorkDay(ctx context.Context, tx *storage.Tx, s access.Scope, m member.ID, d casework.WorkDay) (bool, error) {
	ok, err := changed(tx.ExecContext(ctx, `DELETE FROM work_day WHERE member = $1 AND day = $2 AND state = $3 AND `+s.Where("member", 4), m, d.Day, string(d.State), s.Arg()))
	if err != nil || !ok {
		return false, err
	}
	return true, st.trailed(ctx, tx, "calendar", string(m), string(m))
}
