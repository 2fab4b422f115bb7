package federation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Watch looks at a party again and again. What a person must know is raised once and cleared once, in the log and in the books, and
// stands in between in the metrics. It sends nothing to anybody: what calls a person is the operator's own.
type Watch struct {
	e     *Endpoint
	weigh WeighFunc

	mu      sync.Mutex
	last    Condition // for metrics
	raised  map[alarmKey]time.Time
	alarms  []Alarm
	started time.Time
	trouble trouble
	books   books
}

// trouble is why the database failed at the last look, and since when.
type trouble struct {
	err    error
	raised time.Time
}

// books are the sums of the ledger when it was last weighed.
type books struct {
	sums []contracts.Money
	next time.Time // when to weigh again
}

const (
	lookEvery  = 10 * time.Second
	mostLook   = 8 * time.Second  // the time one look may take
	weighEvery = 30 * time.Second // and not more than a twentieth of the time
)

// Watch returns who looks at this party. A nil weigh is for a party without books.
func (e *Endpoint) Watch(weigh WeighFunc) *Watch { return &Watch{e: e, weigh: weigh} }

// Run looks until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	w.mu.Lock()
	w.started = w.e.Now()
	w.mu.Unlock()
	unobserve, err := w.observe(w.e.Meter)
	if err != nil {
		return err
	}
	defer unobserve()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		w.Look(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Look raises and clears what is to be raised and cleared now.
func (w *Watch) Look(ctx context.Context) {
	c, err := w.read(ctx, true)
	now := w.e.Now().UTC().Truncate(time.Microsecond)
	alarms := w.standing()
	if err == nil {
		alarms = Alarms(now, c)
		err = w.keep(ctx, c, alarms, now)
	}
	if ctx.Err() != nil {
		return // the program ends
	}
	if errors.Is(err, context.DeadlineExceeded) && c.Party != "" {
		err = nil // it can be read, and is busy with a long transaction
	}
	w.settle(ctx, c, alarms, err, now)
}

// standing are the alarms of the last look, but for that of the database.
func (w *Watch) standing() []Alarm {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.alarms), func(a Alarm) bool { return a.Code == AlarmDatabase })
}

// read tells how the party stands. Only a look weighs the books anew.
func (w *Watch) read(ctx context.Context, anew bool) (Condition, error) {
	ctx, cancel := context.WithTimeout(ctx, mostLook)
	defer cancel()
	c, err := w.e.condition(ctx)
	if err != nil {
		return Condition{}, err
	}
	w.mu.Lock()
	if c.Running = true; !w.started.IsZero() {
		c.Started = w.started
	}
	for k, since := range w.raised {
		c.raised[k] = since
	}
	b := w.books
	w.mu.Unlock()
	if now := w.e.Steady(); anew && w.weigh != nil && !now.Before(b.next) {
		if b.sums, err = w.weigh(ctx, w.e.DB); err != nil {
			return Condition{}, err
		}
		done := w.e.Steady()
		b.next = done.Add(max(weighEvery, 20*done.Sub(now)))
		w.mu.Lock()
		w.books = b
		w.mu.Unlock()
	}
	c.Books, c.Certificates = b.sums, w.e.certificates(c.Certificates)
	return c, nil
}

// keep writes that somebody looked, and what has begun and ended. So each look also shows that the database takes writes.
func (w *Watch) keep(ctx context.Context, c Condition, alarms []Alarm, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, mostLook)
	defer cancel()
	w.mu.Lock()
	over := w.trouble
	w.mu.Unlock()
	certificates, err := c.Certificates.text()
	if err != nil {
		return err
	}
	return w.e.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO fed_watch (id, started_at, looked_at, certificates) VALUES (1,$1,$2,$3)
			ON CONFLICT (id) DO UPDATE SET started_at = excluded.started_at, looked_at = excluded.looked_at, certificates = excluded.certificates`,
			storage.At(c.Started), storage.At(now), certificates)
		if err != nil {
			return err
		}
		written, err := standingAlarms(ctx, tx)
		if err != nil {
			return err
		}
		for _, a := range alarms {
			if _, there := written[a.key()]; !there {
				if err := insertAlarm(ctx, tx, a, time.Time{}); err != nil {
					return err
				}
			}
			delete(written, a.key())
		}
		for _, id := range written {
			if _, err := tx.ExecContext(ctx, `UPDATE fed_alarm SET cleared_at = $2 WHERE id = $1`, id, storage.At(now)); err != nil {
				return err
			}
		}
		if over.err == nil {
			return nil
		}
		return insertAlarm(ctx, tx, over.alarm(), now)
	})
}

// standingAlarms returns the rows of the alarms that have not ended.
func standingAlarms(ctx context.Context, tx *storage.Tx) (map[alarmKey]int64, error) {
	rows := map[alarmKey]int64{}
	return rows, storage.Each(ctx, tx, func(r *sql.Rows) error {
		var k alarmKey
		var id int64
		err := r.Scan(&id, &k.code, &k.severity, &k.peer)
		rows[k] = id
		return err
	}, `SELECT id, code, severity, peer FROM fed_alarm WHERE cleared_at = ''`)
}

func insertAlarm(ctx context.Context, tx *storage.Tx, a Alarm, cleared time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO fed_alarm (code, severity, peer, message, raised_at, cleared_at) VALUES ($1,$2,$3,$4,$5,$6)`,
		a.Code, a.Severity, a.Peer, a.Message, storage.At(a.Since), storage.At(cleared))
	return err
}

// alarm says in words that do not show where the database is why it fails.
func (t trouble) alarm() Alarm {
	a := Alarm{Code: AlarmDatabase, Severity: Urgent, Since: t.raised, Message: "The database does not work",
		Remedy: "Look into the log for the reason. Nothing that was acknowledged is lost; what cannot be written is refused, and the program goes on by itself once the database works."}
	switch {
	case storage.IsFull(t.err):
		a.Message, a.Remedy = "The disk of the database is full: nothing new can be written", "Make room. Reading goes on meanwhile, new work is refused, and everything goes on by itself once there is room."
	case errors.Is(t.err, storage.ErrInUse):
		a.Message, a.Remedy = "Another program has taken this database over: this one may not write any more", "Stop one of the two."
	case storage.IsAway(t.err):
		a.Message, a.Remedy = "The database does not answer", "Start it, or bring the network to it back. Messages wait at their senders meanwhile, and the program goes on by itself."
	}
	return a
}

// settle makes a look's result known, and logs what began and what ended.
func (w *Watch) settle(ctx context.Context, c Condition, alarms []Alarm, err error, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		w.trouble = trouble{}
	} else {
		if w.trouble.err == nil {
			w.trouble.raised = now
			w.e.Log.ErrorContext(ctx, "watch", "err", err)
		}
		w.trouble.err = err
		alarms = append([]Alarm{w.trouble.alarm()}, alarms...)
	}
	if w.raised == nil {
		w.raised = c.raised // of the program before this one
	}
	raised := map[alarmKey]time.Time{}
	for _, a := range alarms {
		raised[a.key()] = a.Since
		if _, known := w.raised[a.key()]; !known {
			w.e.Log.Log(ctx, a.level(), "ALARM: "+a.Message, "code", a.Code, "peer", a.Peer, "do", a.Remedy)
		}
	}
	for k, since := range w.raised {
		if _, stands := raised[k]; !stands {
			w.e.Log.InfoContext(ctx, "alarm is over", "code", k.code, "peer", k.peer, "stood", now.Sub(since).Round(time.Second))
		}
	}
	w.raised, w.alarms = raised, alarms
	if c.Party != "" {
		w.last = c
	}
}

func (a Alarm) level() slog.Level {
	if a.Severity == Urgent {
		return slog.LevelError
	}
	return slog.LevelWarn
}

// Condition tells how the party stands now.
func (w *Watch) Condition(ctx context.Context) (Condition, error) {
	c, err := w.read(ctx, false)
	if err != nil {
		return c, err
	}
	c.Alarms = Alarms(c.At, c)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.trouble.err != nil {
		c.Alarms = append([]Alarm{w.trouble.alarm()}, c.Alarms...)
	}
	return c, nil
}

// Writes returns an error while the database takes no writes: its disk is full, it is away, or another program has it.
func (w *Watch) Writes(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trouble.err
}

// Tables returns an error while the tables of this program are not there.
func (w *Watch) Tables(ctx context.Context) error {
	_, _, err := readWatch(ctx, w.e.DB)
	return err
}

// Whole returns an error while books from a backup wait for a peer's word: until then nothing can be written to it. A node waits
// as long as it takes; the hub gives its nodes a minute, because one that is away must not keep it from the others.
func (w *Watch) Whole(context.Context) error {
	w.mu.Lock()
	started := w.started
	w.mu.Unlock()
	if w.e.self == contracts.Hub && w.e.Now().Sub(started) > mostSilent {
		return nil
	}
	for _, peer := range w.e.peers() {
		if w.e.restored(peer) && !w.e.dir().Left(peer) {
			return fmt.Errorf("books from a backup wait for the word of %s", peer)
		}
	}
	return nil
}
