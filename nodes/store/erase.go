package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/retention"
)

var _ retention.Store = Store{}

// Unerased lists documents issued in a span that are settled and still say who bought what, the oldest first.
func (Store) Unerased(ctx context.Context, q storage.Querier, s access.Scope, from, to contracts.Date, limit int) ([]contracts.InvoiceID, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (id contracts.InvoiceID, err error) { return id, r.Scan(&id) },
		`SELECT d.id FROM document d WHERE d.erased_at = '' AND d.open = 0 AND d.issue_date BETWEEN $1 AND $2 AND `+s.Where("d.member", 4)+` ORDER BY d.issue_date, d.id LIMIT $3`, from, to, limit, s.Arg())
}

// EraseDocument replaces a document by what is left of it.
func (st Store) EraseDocument(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.InvoiceID, at time.Time) error {
	d, ok, err := st.Document(ctx, tx, s, id)
	if err != nil || !ok {
		return err
	}
	body, err := encode(d.Erased(contracts.DateOf(at.UTC())))
	if err != nil {
		return err
	}
	if err := eraseParcels(ctx, tx, s, id); err != nil {
		return err
	}
	return met(tx.ExecContext(ctx, `UPDATE document SET buyer = '', fingerprint = '', body = $2, erased_at = $3 WHERE id = $1 AND `+s.Where("member", 4), id, body, storage.At(at), s.Arg()))
}

// eraseParcels removes what was handed over of a document first: only what was told of no parcel may be removed.
func eraseParcels(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.InvoiceID) error {
	names, err := storage.All(ctx, tx, func(r *sql.Rows) (name string, err error) { return name, r.Scan(&name) },
		`DELETE FROM parcel WHERE document = $1 AND `+s.Where("member", 2)+` RETURNING name`, id, s.Arg())
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := tx.ExecContext(ctx, `DELETE FROM parcel_event WHERE parcel = $1`, name); err != nil {
			return err
		}
	}
	return nil
}

// Newest is the last day of issue in a span of a document that still says who bought what; no day when there is none.
func (Store) Newest(ctx context.Context, q storage.Querier, s access.Scope, from, to contracts.Date) (newest contracts.Date, err error) {
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(issue_date), '') FROM (SELECT issue_date, member FROM document WHERE erased_at = '' UNION ALL SELECT issue_date, member FROM expense) kept
		WHERE issue_date >= $1 AND ($2 = '' OR issue_date <= $2) AND `+s.Where("member", 3), from.String(), to.String(), s.Arg()).Scan(&newest)
	return newest, err
}

// errEverybody guards what erases all that a scope holds: it is one member's.
var errEverybody = errors.New("erase: the scope is everybody's")

// EraseAround removes of one member what is no invoice data, and tells how many rows.
func (Store) EraseAround(ctx context.Context, tx *storage.Tx, s access.Scope) (n int, err error) {
	if s.All() {
		return 0, errEverybody
	}
	for _, statement := range []string{
		`DELETE FROM draft WHERE ` + s.Where("member", 1),
		`DELETE FROM buyer WHERE ` + s.Where("member", 1) + ` AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.buyer = buyer.id)`,
		`DELETE FROM work_day WHERE ` + s.Where("member", 1),
		`DELETE FROM member_contact WHERE ` + s.Where("member", 1),
		`DELETE FROM member_pseudonym WHERE ` + s.Where("member", 1),
		`DELETE FROM case_pseudonym WHERE ` + s.Where("member", 1),
	} {
		gone, err := count(tx.ExecContext(ctx, statement, s.Arg()))
		if n += gone; err != nil {
			return n, err
		}
	}
	return n, nil
}

func count(r sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}

// EraseMember removes a member and his activities; where documents name them, what is said of them.
func (Store) EraseMember(ctx context.Context, tx *storage.Tx, s access.Scope, id member.ID, subject string) error {
	if s.All() {
		return errEverybody
	}
	var documents int
	if err := tx.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM document WHERE `+s.Where("member", 1)+`) + (SELECT COUNT(*) FROM expense WHERE `+s.Where("member", 1)+`)`, s.Arg()).Scan(&documents); err != nil {
		return err
	}
	statements := []string{`DELETE FROM activity WHERE ` + s.Where("member", 1), `DELETE FROM member WHERE ` + s.Where("id", 1)}
	if documents > 0 {
		statements = []string{
			`UPDATE activity SET name = '–', reference = 'erased-' || id WHERE ` + s.Where("member", 1),
			`UPDATE member SET name = '–', reference = 'erased-' || id WHERE ` + s.Where("id", 1)}
	}
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement, s.Arg()); err != nil {
			return fmt.Errorf("erase %.8s: %w", subject, err)
		}
	}
	return nil
}

// SaveErasure keeps how far the erasure of a member is.
func (Store) SaveErasure(ctx context.Context, tx *storage.Tx, s access.Scope, e retention.Erasure) error {
	if !s.Owns(string(e.Member)) {
		return sql.ErrNoRows
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO erasure (subject, member, asked_at, reason, keep_until, done_at)
		VALUES ($1, COALESCE((SELECT m.id FROM member m WHERE m.id = $2), ''), $3, $4, $5, $6)
		ON CONFLICT (subject) DO UPDATE SET member = excluded.member, keep_until = excluded.keep_until, done_at = excluded.done_at`,
		e.Subject, e.Member, storage.At(e.AskedAt), e.Reason, e.KeepUntil, storage.At(e.DoneAt))
	return err
}

// Erasures lists the members whose erasure waits for the law to let go.
func (Store) Erasures(ctx context.Context, q storage.Querier, s access.Scope) ([]retention.Erasure, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (e retention.Erasure, err error) {
		var asked, done storage.Instant
		err = r.Scan(&e.Subject, &e.Member, &asked, &e.Reason, &e.KeepUntil, &done)
		e.AskedAt, e.DoneAt = asked.Time, done.Time
		return e, err
	}, `SELECT subject, member, asked_at, reason, keep_until, done_at FROM erasure WHERE done_at = '' AND `+s.Where("member", 1)+` ORDER BY subject`, s.Arg())
}

// CasesKeptUntil is the last day any mobility case in scope must be kept; no day when none must.
func (st Store) CasesKeptUntil(ctx context.Context, q storage.Querier, s access.Scope, today contracts.Date) (last contracts.Date, err error) {
	cases, err := st.Cases(ctx, q, s, CaseFilter{Limit: 1 << 30})
	for _, c := range cases {
		if until := c.KeepUntil(today); until.After(last) {
			last = until
		}
	}
	return last, err
}

// EraseCases removes mobility cases with their history, reminders and documents: of one member all that need not be kept, of everybody those past
// their period. It tells how many.
func (st Store) EraseCases(ctx context.Context, tx *storage.Tx, s access.Scope, today contracts.Date) (n int, err error) {
	type resting struct {
		casework.Case
		changed storage.Instant
	}
	cases, err := storage.All(ctx, tx, func(r *sql.Rows) (c resting, err error) {
		var body []byte
		if err := r.Scan(&body, &c.changed); err != nil {
			return c, err
		}
		return c, decode("case", body, &c.Case)
	}, `SELECT body, changed_at FROM mobility_case WHERE state IN ('DRAFT', 'CLOSED', 'CANCELLED', 'REJECTED') AND `+s.Where("member", 1), s.Arg())
	if err != nil {
		return 0, err
	}
	for _, c := range cases {
		changed := contracts.DateOf(c.changed.Time)
		if until := c.KeepUntil(today); !c.MayGo(changed, today) && (s.All() || !until.IsZero()) {
			continue
		}
		if err := eraseCase(ctx, tx, s, c.ID); err != nil {
			return n, err
		}
		if err := emptyLetters(ctx, tx, c.ID); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// eraseCase removes a case first: only what belongs to no case may be removed of its history.
func eraseCase(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.CaseID) error {
	for _, statement := range []string{`DELETE FROM mobility_case WHERE id = $1 AND `, `DELETE FROM case_history WHERE case_id = $1 AND `, `DELETE FROM case_paper WHERE case_id = $1 AND `, `DELETE FROM case_reminder WHERE case_id = $1 AND `, `DELETE FROM case_reminder_mail WHERE case_id = $1 AND `, `DELETE FROM case_note WHERE case_id = $1 AND `, `DELETE FROM case_read WHERE case_id = $1 AND `, `DELETE FROM case_code WHERE case_id = $1 AND `} {
		if _, err := tx.ExecContext(ctx, statement+s.Where("member", 2), id, s.Arg()); err != nil {
			return err
		}
	}
	return nil
}

// LogErasure says what was erased, and who had it done.
func (Store) LogErasure(ctx context.Context, tx *storage.Tx, e retention.Entry, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO erasure_log (at, account, kind, subject, count, rule) VALUES ($1,$2,$3,$4,$5,$6)`,
		storage.At(at), access.DeedOf(ctx).By.Account, e.Kind, e.Subject, e.Count, e.Rule)
	return err
}

// OldDrafts removes drafts written before an instant.
func (Store) OldDrafts(ctx context.Context, tx *storage.Tx, s access.Scope, before time.Time) (int, error) {
	return count(tx.ExecContext(ctx, `DELETE FROM draft WHERE created_at < $1 AND `+s.Where("member", 2), storage.At(before), s.Arg()))
}

// OldImports empties files that came in before an instant and were never booked; their faults quote them, and go too.
func (Store) OldImports(ctx context.Context, tx *storage.Tx, before time.Time) (int, error) {
	nothing, err := encode(outbound.ImportResult{})
	if err != nil {
		return 0, err
	}
	return count(tx.ExecContext(ctx, `UPDATE import_job SET file = '', result = $2, state = $3 WHERE created_at < $1 AND state NOT IN ($3, $4)`, storage.At(before), nothing, ImportFailed, ImportDone))
}

// IdleBuyers removes buyers noted before an instant whom no draft and no document names.
func (Store) IdleBuyers(ctx context.Context, tx *storage.Tx, s access.Scope, before time.Time) (int, error) {
	return count(tx.ExecContext(ctx, `DELETE FROM buyer WHERE created_at < $1 AND NOT EXISTS (SELECT 1 FROM draft x WHERE x.buyer = buyer.id)
		AND NOT EXISTS (SELECT 1 FROM document d WHERE d.buyer = buyer.name AND d.buyer_country = buyer.country) AND `+s.Where("member", 2), storage.At(before), s.Arg()))
}
