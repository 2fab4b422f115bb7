package store

import (
	"context"
	"database/sql"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/delivery"
)

var _ delivery.Store = Store{}

// InsertParcel adds a parcel of a document in scope.
func (Store) InsertParcel(ctx context.Context, tx *storage.Tx, s access.Scope, k delivery.Kept, at time.Time) error {
	if !s.Owns(k.Member) {
		return sql.ErrNoRows
	}
	about, err := encode(k.Parcel)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO parcel (name, document, member, channel, format, status, tries, due_at, about, content, kept_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		k.Name, k.Document, k.Member, k.Channel, k.Format, k.Status, k.Tries, storage.At(k.Due), about, k.Content, storage.At(at))
	return err
}

const parcelColumns = `SELECT p.document, p.member, p.channel, p.status, p.tries, p.due_at, p.about, p.content, p.kept_at FROM parcel p `

func scanParcel(r interface{ Scan(...any) error }) (k delivery.Kept, err error) {
	var about []byte
	var due, keptAt storage.Instant
	var p delivery.Parcel
	if err := r.Scan(&p.Document, &p.Member, &p.Channel, &k.Status, &k.Tries, &due, &about, &p.Content, &keptAt); err != nil {
		return k, err
	}
	k.Parcel, k.Due, k.KeptAt = p, due.Time, keptAt.Time
	return k, decode("parcel", about, &k.Parcel)
}

// DueParcels lists what waits to be handed over, for its receiver to be found, or to be asked after, by now, the longest waiting first.
func (Store) DueParcels(ctx context.Context, q storage.Querier, s access.Scope, at time.Time, limit int) ([]delivery.Kept, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (delivery.Kept, error) { return scanParcel(r) },
		parcelColumns+`WHERE p.status IN ('waiting', 'seeking', 'handed') AND p.due_at <> '' AND p.due_at <= $1 AND `+s.Where("p.member", 3)+` ORDER BY p.due_at, p.name LIMIT $2`, storage.At(at), limit, s.Arg())
}

// Parcel finds a parcel with its events.
func (st Store) Parcel(ctx context.Context, q storage.Querier, s access.Scope, name string) (delivery.Kept, bool, error) {
	k, err := scanParcel(q.QueryRowContext(ctx, parcelColumns+`WHERE p.name = $1 AND `+s.Where("p.member", 2), name, s.Arg()))
	ok, err := found(err)
	if err != nil || !ok {
		return k, ok, err
	}
	k.Events, err = parcelEvents(ctx, q, name)
	return k, true, err
}

// ParcelsOf lists the parcels of a document with their events, the buyer's first.
func (st Store) ParcelsOf(ctx context.Context, q storage.Querier, s access.Scope, document contracts.InvoiceID) ([]delivery.Kept, error) {
	all, err := storage.All(ctx, q, func(r *sql.Rows) (delivery.Kept, error) { return scanParcel(r) },
		parcelColumns+`WHERE p.document = $1 AND `+s.Where("p.member", 2)+` ORDER BY p.name`, document, s.Arg())
	for i := range all {
		if err == nil {
			all[i].Events, err = parcelEvents(ctx, q, all[i].Name)
		}
	}
	return all, err
}

func parcelEvents(ctx context.Context, q storage.Querier, name string) ([]delivery.Event, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (e delivery.Event, err error) {
		var at storage.Instant
		err = r.Scan(&at, &e.Status, &e.Reason, &e.Source)
		e.At = at.Time
		return e, err
	}, `SELECT at, status, reason, source FROM parcel_event WHERE parcel = $1 ORDER BY id`, name)
}

// MoveParcel writes which way a parcel goes and how it stands now, and the event that brought it there.
func (st Store) MoveParcel(ctx context.Context, tx *storage.Tx, s access.Scope, k delivery.Kept, e delivery.Event) error {
	err := met(tx.ExecContext(ctx, `UPDATE parcel SET channel = $2, status = $3, tries = $4, due_at = $5 WHERE name = $1 AND `+s.Where("member", 6), k.Name, k.Channel, k.Status, k.Tries, storage.At(k.Due), s.Arg()))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO parcel_event (parcel, at, status, reason, source) VALUES ($1,$2,$3,$4,$5)`, k.Name, storage.At(e.At), e.Status, e.Reason, e.Source)
	if err != nil {
		return err
	}
	return st.trailed(ctx, tx, "invoice", string(k.Document), k.Member)
}

// DeferParcel writes when a parcel is tried next; of one that was answered or erased meanwhile, nothing.
func (Store) DeferParcel(ctx context.Context, tx *storage.Tx, s access.Scope, k delivery.Kept) error {
	_, err := tx.ExecContext(ctx, `UPDATE parcel SET tries = $2, due_at = $3 WHERE name = $1 AND status IN ('waiting', 'seeking', 'handed') AND `+s.Where("member", 4), k.Name, k.Tries, storage.At(k.Due), s.Arg())
	return err
}
