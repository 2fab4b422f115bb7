package federation

import (
	"context"
	"database/sql"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Condition is how a party stands at one moment, and what a person must know of it.
type Condition struct {
	Party        contracts.PartyID `json:"party"`
	At           time.Time         `json:"at"`
	Running      bool              `json:"running"`          // a program works on these books; when none does, At is when one last did
	Started      time.Time         `json:"started,omitzero"` // the last program
	Alarms       []Alarm           `json:"alarms"`           // the urgent first
	Registry     RegistryStatus    `json:"registry"`
	Books        []contracts.Money `json:"books,omitzero"` // sums of the ledger, one per currency, zero when all is well; a party without a ledger has none
	Channels     []ChannelStatus   `json:"channels"`
	Certificates Certificates      `json:"certificates,omitzero"` // of the connection with the broker: when they end
	History      []PastAlarm       `json:"history"`               // alarms that have ended, the newest first

	looked time.Time
	raised map[alarmKey]time.Time
	back   map[contracts.PartyID]time.Time // when a peer's last silence ended
}

// RegistryStatus is this party's copy of the registry.
type RegistryStatus struct {
	Number    int64     `json:"number"`             // entries in it
	Confirmed time.Time `json:"confirmed,omitzero"` // when the hub, by its own clock, last said that they are all; never at the hub, whose own it is
}

// Age is how long ago the hub confirmed it; nothing when nobody has to.
func (r RegistryStatus) Age(now time.Time) time.Duration {
	if r.Confirmed.IsZero() {
		return 0
	}
	return max(0, now.Sub(r.Confirmed))
}

// PastAlarm is an alarm that has ended.
type PastAlarm struct {
	Code     AlarmCode         `json:"code"`
	Severity Severity          `json:"severity"`
	Peer     contracts.PartyID `json:"peer,omitzero"`
	Message  string            `json:"message"` // when it was raised
	Raised   time.Time         `json:"raised"`
	Cleared  time.Time         `json:"cleared"`
}

// mostHistory is how many of the alarms that have ended are shown.
const mostHistory = 30

// WeighFunc sums up the books of a party, per currency.
type WeighFunc func(ctx context.Context, q storage.Querier) ([]contracts.Money, error)

// ConditionOf tells how a party stands by its database alone, at the moment given when its program runs, else as that program last
// saw it. A nil weigh is for a party without books.
func ConditionOf(ctx context.Context, db *storage.DB, self contracts.PartyID, now time.Time, weigh WeighFunc) (Condition, error) {
	started, looked, err := readWatch(ctx, db)
	if err != nil {
		return Condition{}, err
	}
	running := !looked.IsZero() && now.Sub(looked).Abs() < mostSilent
	if !running && !looked.IsZero() {
		now = looked
	}
	e, err := stored(ctx, db, self, func() time.Time { return now })
	if err != nil {
		return Condition{}, err
	}
	c, err := e.condition(ctx)
	if err != nil {
		return c, err
	}
	if c.Running, c.Started = running, started; weigh != nil {
		if c.Books, err = weigh(ctx, db); err != nil {
			return c, err
		}
	}
	c.Alarms = Alarms(now, c)
	return c, nil
}

// condition reads everything but the books and the alarms that stand.
func (e *Endpoint) condition(ctx context.Context) (c Condition, err error) {
	err = e.DB.Read(ctx, func(ctx context.Context, q storage.Querier) error {
		c = Condition{Party: e.self, At: e.Now().UTC().Truncate(time.Microsecond), raised: map[alarmKey]time.Time{}, back: map[contracts.PartyID]time.Time{}}
		if c.Channels, err = e.readAll(ctx, q); err != nil {
			return err
		}
		if c.Registry, err = e.readRegistryStatus(ctx, q); err != nil {
			return err
		}
		if c.Started, c.looked, err = readWatch(ctx, q); err != nil {
			return err
		}
		if c.Certificates, err = readCertificates(ctx, q); err != nil {
			return err
		}
		return readAlarms(ctx, q, &c)
	})
	return c, err
}

func (e *Endpoint) readRegistryStatus(ctx context.Context, q storage.Querier) (r RegistryStatus, err error) {
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM fed_registry`).Scan(&r.Number); err != nil || e.self == contracts.Hub || r.Number == 0 {
		return r, err
	}
	r.Confirmed, err = readInstant(ctx, q, `SELECT said_at FROM fed_standing WHERE peer = $1`, contracts.Hub)
	return r, err
}

func readWatch(ctx context.Context, q storage.Querier) (started, looked time.Time, err error) {
	var s, l storage.Instant
	err = q.QueryRowContext(ctx, `SELECT started_at, looked_at FROM fed_watch`).Scan(&s, &l)
	return s.Time, l.Time, ignoreNoRows(err)
}

// readAlarms reads since when the standing alarms stand, and those that have ended.
func readAlarms(ctx context.Context, q storage.Querier, c *Condition) error {
	err := storage.Each(ctx, q, func(r *sql.Rows) error {
		var k alarmKey
		var at storage.Instant
		err := r.Scan(&k.code, &k.severity, &k.peer, &at)
		c.raised[k] = at.Time
		return err
	}, `SELECT code, severity, peer, raised_at FROM fed_alarm WHERE cleared_at = ''`)
	if err != nil {
		return err
	}
	scan := func(r *sql.Rows) (p PastAlarm, err error) {
		var raised, cleared storage.Instant
		err = r.Scan(&p.Code, &p.Severity, &p.Peer, &p.Message, &raised, &cleared)
		p.Raised, p.Cleared = raised.Time, cleared.Time
		return p, err
	}
	if c.History, err = storage.All(ctx, q, scan, `SELECT code, severity, peer, message, raised_at, cleared_at FROM fed_alarm WHERE cleared_at <> '' ORDER BY id DESC LIMIT $1`, mostHistory); err != nil {
		return err
	}
	return storage.Each(ctx, q, func(r *sql.Rows) error {
		var peer contracts.PartyID
		var at storage.Instant
		err := r.Scan(&peer, &at)
		c.back[peer] = at.Time
		return err
	}, `SELECT peer, MAX(cleared_at) FROM fed_alarm WHERE code = $1 AND cleared_at <> '' GROUP BY peer`, AlarmSilent)
}
