// Package hub joins the parts of the hub: it hands each event to its feature, files tables and rates, and answers with pages and
// JSON. The hub is a view that can be rebuilt from the nodes' events; it knows no country's rules and is nobody's legal
// record.
package hub

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"passerelle/contracts"
	"passerelle/hub/consolidation"
	"passerelle/hub/exchange"
	"passerelle/hub/rates"
	"passerelle/hub/registry"
	"passerelle/hub/store"
	"passerelle/hub/web"
	"passerelle/internal/account"
	"passerelle/internal/federation"
	"passerelle/internal/ledger"
	"passerelle/internal/observe"
	"passerelle/internal/storage"
	base "passerelle/internal/web"
)

// Migrations returns all tables of the hub's database.
func Migrations() []storage.MigrationSet {
	return []storage.MigrationSet{store.Migrations, federation.Migrations, ledger.Migrations(), account.Migrations(), base.Migrations()}
}

// Options is what a program sets of its hub. The zero value takes the time of the machine and logs to slog.Default.
type Options struct {
	Now    func() time.Time
	Log    *slog.Logger
	Tracer trace.Tracer // of the handler's requests; nil opens no spans

	Accounts *account.Accounts // how people come in; nil lets nobody in

	Condition web.Condition // how the channels with the nodes stand, for their operator; nil shows none

	Network Network // by which Telling writes to nodes; without one, what is for them waits
}

// Hub is the hub on a database that has its Migrations.
type Hub struct {
	db     *storage.DB
	now    func() time.Time
	log    *slog.Logger
	tracer trace.Tracer

	accounts  *account.Accounts
	condition web.Condition
	network   Network
	wake      chan struct{} // there is something to tell
	untold    atomic.Bool   // the plan or the coverages may have moved since the nodes were told
}

// New returns the hub of a database.
func New(db *storage.DB, o Options) *Hub {
	h := &Hub{db: db, now: o.Now, log: o.Log, tracer: o.Tracer, accounts: o.Accounts, condition: o.Condition, network: o.Network, wake: make(chan struct{}, 1)}
	h.untold.Store(true) // what moved while nobody told
	if h.now == nil {
		h.now = time.Now
	}
	if h.log == nil {
		h.log = slog.Default()
	}
	if h.condition == nil {
		h.condition = func(context.Context) (federation.Condition, error) { return federation.Condition{}, nil }
	}
	return h
}

// Handler answers with the hub's pages and JSON.
func (h *Hub) Handler() http.Handler {
	return web.New(web.Hub{Data: store.Read(h.db), Condition: h.condition, Now: h.now, Log: h.log, Tracer: h.tracer, Accounts: h.accounts, Invest: h.Invest, Issue: h.IssuePack, Account: h, Board: h, Share: h.Share, Agree: h.Agree, Once: &base.Once{DB: h.db, Now: h.now}})
}

// Apply takes in one event of a node, in the transaction of its receipt: exactly once, in the order of its sender, who
// has the right to state it. A Fault is a refusal, and nothing is kept of the event; any other error asks for another try.
func (h *Hub) Apply(ctx context.Context, tx *storage.Tx, from contracts.PartyID, event contracts.Event) error {
	ctx, span := observe.Span(ctx, "hub.Apply")
	defer span.End()
	s, at := store.In(tx), h.now()
	if err := h.dispatch(ctx, tx, event, at); err != nil {
		return fmt.Errorf("apply %s of %s: %w", event.EventType(), from, err)
	}
	if err := s.SetHeard(ctx, event.Owner(), at); err != nil {
		return fmt.Errorf("note that %s was heard: %w", from, err)
	}
	return nil
}

func (h *Hub) dispatch(ctx context.Context, tx *storage.Tx, event contracts.Event, at time.Time) error {
	s := store.In(tx)
	switch e := event.(type) {
	case contracts.NodeProfilePublished:
		return registry.Publish(ctx, s, e.Profile, at)
	case contracts.InvoiceIssued:
		return exchange.Issue(ctx, s, toEUR(s), e)
	case contracts.CreditNoteIssued:
		return exchange.Credit(ctx, s, toEUR(s), e)
	case contracts.InvoicePaid:
		return exchange.Pay(ctx, s, e)
	case contracts.MonthlyReportFiled:
		h.plansMoved(tx)
		return consolidation.FileReport(ctx, s, e.Report, at)
	case contracts.DisbursementConfirmed:
		return h.confirm(ctx, tx, e)
	case contracts.ConditionEvidenced:
		return h.evidence(ctx, tx, e)
	case contracts.CaseProgressed:
		return s.KeepProgress(ctx, e)
	case contracts.SealingKeyPublished:
		return h.keepKey(ctx, tx, e)
	case contracts.CaseMessageSent:
		return h.forwardMessage(ctx, tx, e)
	}
	return contracts.Fault{Code: contracts.FaultNoUse, Field: "type", Message: "the hub has no use for this event"}
}

// toEUR is where exchange and rates meet.
func toEUR(s rates.Store) exchange.Converter {
	return func(ctx context.Context, m contracts.Money, on contracts.Date) (exchange.Conversion, bool, error) {
		eur, rate, ok, err := rates.Convert(ctx, s, m, on)
		return exchange.Conversion{EUR: eur, PerEUR: rate.PerEUR, Since: rate.Since, Source: rate.Source}, ok, err
	}
}

// LoadRates keeps exchange rates, all or none, and in the same transaction converts the documents of their days anew: those
// that waited, and those that had a rate that is not the best any more. Loading the same rates again changes nothing.
func (h *Hub) LoadRates(ctx context.Context, rs []rates.Rate) error {
	return h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		s := store.In(tx)
		fresh, err := rates.Load(ctx, s, rs)
		if err != nil {
			return err
		}
		for c, days := range rates.Spans(fresh) {
			q := exchange.CurrencyQuery{Currency: c, From: days.First, To: days.Last}
			if err := exchange.ConvertAnew(ctx, s, toEUR(s), q); err != nil {
				return err
			}
		}
		return nil
	})
}

// LoadPublished files a published network table from CSV. The same table again changes nothing; another one becomes a
// new version beside the old.
func (h *Hub) LoadPublished(ctx context.Context, year int, csv []byte, source string) error {
	table, err := consolidation.ReadTable(year, source, csv)
	if err != nil {
		return fmt.Errorf("read table of %d: %w", year, err)
	}
	return h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return consolidation.File(ctx, store.In(tx), table, h.now())
	})
}

// LoadAnnualReports files the tables of the annual reports that come with the program.
func (h *Hub) LoadAnnualReports(ctx context.Context) error {
	for _, r := range consolidation.Reports {
		if err := h.LoadPublished(ctx, r.Year, r.CSV, r.Source); err != nil {
			return err
		}
	}
	return nil
}
