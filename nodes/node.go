// Package nodes joins the features of one national co-operative's program: members and their activities, invoices, the ledger,
// the monthly report, and the channel to the hub. A node does all of it with the hub gone; what it has to tell waits in its
// own database.
package nodes

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/federation"
	"passerelle/internal/ledger"
	"passerelle/internal/seal"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/correspondence"
	"passerelle/nodes/delivery"
	"passerelle/nodes/inbound"
	"passerelle/nodes/member"
	"passerelle/nodes/mobility"
	"passerelle/nodes/outbound"
	"passerelle/nodes/plan"
	"passerelle/nodes/report"
	"passerelle/nodes/retention"
	"passerelle/nodes/store"
)

// Migrations are all tables of a node's database.
func Migrations() []storage.MigrationSet {
	return []storage.MigrationSet{ledger.Migrations(), federation.Migrations, store.Migrations(), web.Migrations(), account.Migrations()}
}

// Options is what a node is made of.
type Options struct {
	Country  contracts.CountryCode
	Settings Settings
	DB       *storage.DB       // opened with Migrations
	Accounts account.Options   // how people come in; the node fills in the rest
	Network  federation.Config // key, directory and transport; the node fills in the rest
	Sealing  seal.Keys         // what others seal to it with, the latest last; made for this run alone when there is none
	Now      func() time.Time  // default time.Now
	Log      *slog.Logger      // default slog.Default()
	Tracer   trace.Tracer      // of the pages' requests; nil opens no spans
	Meter    metric.Meter      // counts what is booked; nil counts nothing
}

// Node is one national co-operative.
type Node struct {
	Adapter   *country.Adapter
	Settings  Settings
	DB        *storage.DB
	Accounts  *account.Accounts
	Store     store.Store
	Members   member.Members
	Outbound  outbound.Outbound
	Reports   report.Reports
	Plans     plan.Plans
	Retention retention.Retention
	Cases     casework.Cases
	Letters   correspondence.Correspondence
	Hosting   correspondence.Host
	Delivery  delivery.Delivery
	Inbound   inbound.Inbound
	Channel   *federation.Endpoint
	Watch     *federation.Watch
	Now       func() time.Time
	Log       *slog.Logger
	tracer    trace.Tracer
}

// New checks the settings and joins the parts. Nothing runs until Run.
func New(o Options) (*Node, error) {
	a, err := adapters.For(o.Country)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Meter == nil {
		o.Meter = noop.NewMeterProvider().Meter("")
	}
	booked, err := o.Meter.Int64Counter("passerelle_ledger_transactions", metric.WithDescription("transactions booked in the ledger"))
	if err != nil {
		return nil, err
	}
	if err := o.Settings.check(a, contracts.DateOf(o.Now().UTC())); err != nil {
		return nil, fmt.Errorf("settings of node %s: %w", o.Country, err)
	}
	n := &Node{Adapter: a, Settings: o.Settings, DB: o.DB, Now: o.Now, Log: o.Log, tracer: o.Tracer}
	o.Network.DB, o.Network.Apply, o.Network.Returned, o.Network.Now, o.Network.Log = o.DB, n.Apply, n.Returned, o.Now, o.Log
	if n.Channel, err = federation.New(o.Network); err != nil {
		return nil, err
	}
	n.Watch = n.Channel.Watch(ledger.Sums)
	n.Members = member.Members{Store: n.Store, Now: o.Now}
	o.Accounts.DB, o.Accounts.Party, o.Accounts.Place = o.DB, contracts.NodeID(o.Country), a.Name.EN
	o.Accounts.Now, o.Accounts.Log, o.Accounts.Member = o.Now, o.Log, n.memberWith
	if n.Accounts, err = account.New(o.Accounts); err != nil {
		return nil, err
	}
	n.Outbound = outbound.Outbound{
		Law: outbound.Law{Adapter: a, Config: o.Settings.Country, Atlas: adapters.Atlas()}, Seller: o.Settings.seller(a),
		Store: n.Store, Members: n.Members, DB: o.DB, Send: n.tellHub, Now: o.Now, Booked: func() { booked.Add(context.Background(), 1) },
	}
	n.Reports = report.Reports{Country: a.Code, Store: n.Store, DB: o.DB, Send: n.tellHub, Now: o.Now, Demonstration: o.Settings.Demonstration, Accounts: report.Accounts{
		Revenue: outbound.Revenue, ContributionIncome: outbound.ContributionIncome, GuaranteeFund: outbound.GuaranteeFund,
		VAT: outbound.VATPayable, Bank: outbound.Bank, Receivables: outbound.Receivables}}
	n.Plans = plan.Plans{Country: a.Code, Store: n.Store, DB: o.DB, Send: n.tellHub, Now: o.Now}
	n.Retention = retention.Retention{Country: a, Store: n.Store, DB: o.DB, Now: o.Now}
	n.Cases = casework.Cases{Rules: casework.Rules{Engine: mobility.New(adapters.Atlas()), Home: a, Asks: n.asks}, Store: n.Store, DB: o.DB, Now: o.Now,
		Employer: o.Settings.Name, Demonstration: o.Settings.Demonstration, Wire: homeWire{n}}
	n.Outbound.Abroad = n.workAbroad
	carriers, err := n.carriers()
	if err != nil {
		return nil, err
	}
	find, err := n.finder()
	if err != nil {
		return nil, err
	}
	n.Delivery = delivery.Delivery{Store: n.Store, DB: o.DB, Carriers: carriers, Now: o.Now, Log: o.Log, Chance: rand.Float64, Find: find, Notices: n.notices()}
	n.Outbound.HandOver = n.handOver
	n.Inbound = inbound.Inbound{Store: n.Store, DB: o.DB, Buyer: n.Outbound.Seller.Party, Now: o.Now, NewID: outbound.NewID}
	if len(o.Sealing) == 0 {
		k, err := seal.NewKey(1)
		if err != nil {
			return nil, err
		}
		o.Sealing = seal.Keys{k}
	}
	n.Letters = correspondence.Correspondence{Country: a.Code, Network: n.Channel.Network(), Keys: o.Sealing, Store: n.Store, DB: o.DB, Desk: desk{n}, Tell: n.tellAll, Now: o.Now, Log: o.Log}
	n.Hosting = correspondence.Host{Correspondence: &n.Letters, Cases: n.Store}
	return n, nil
}

func (n *Node) tellAll(ctx context.Context, tx *storage.Tx, events ...contracts.Event) error {
	return n.Channel.SendAll(ctx, tx, contracts.Hub, events, "")
}

// tellHub puts an event into the outbox of the channel to the hub, inside the transaction of the fact it tells.
func (n *Node) tellHub(ctx context.Context, tx *storage.Tx, event contracts.Event, cause string) error {
	return n.Channel.Send(ctx, tx, contracts.Hub, event, cause)
}

// Apply takes in what the hub says: this co-operative's part of the board's plan, and frames of other nodes that it hands on, each believed for its own sender's signature alone. A forged one
// is refused with an alarm. While this node may not write, after a restore, what would have to be answered waits.
func (n *Node) Apply(ctx context.Context, tx *storage.Tx, _ contracts.PartyID, event contracts.Event) error {
	switch event.(type) {
	case contracts.InvestmentPlanTold, contracts.CoverageTold:
		return n.Plans.Take(ctx, tx, event)
	}
	f, ok := event.(contracts.FrameForwarded)
	if !ok {
		return contracts.Fault{Code: contracts.FaultNoUse, Field: "type", Message: fmt.Sprintf("a node has no use for %s", event.EventType())}
	}
	inner, err := n.Channel.Forwarded(f.Frame)
	if err != nil {
		if contracts.IsFault(err) && contracts.FaultsOf(err)[0].Code != contracts.FaultUnknownType {
			n.Log.ErrorContext(ctx, "ALARM: the hub handed on a frame that is not its sender's", "code", contracts.FaultsOf(err)[0].Code)
		}
		return err
	}
	err = n.Letters.Receive(ctx, tx, inner)
	if correspondence.Ours(err) {
		return contracts.Fault{Code: contracts.FaultUnknownType, Message: "waits until this node may write"}
	}
	return err
}

// Returned takes in a fact of our own that the books have lost since a backup and that the hub sent back. Its details are gone, but its number
// was given: the series goes on behind it, so that no number is given twice. Verify names what must be entered again.
func (n *Node) Returned(ctx context.Context, tx *storage.Tx, _ contracts.PartyID, event contracts.Event) error {
	var issued contracts.Date
	switch e := event.(type) {
	case contracts.InvoiceIssued:
		issued = e.IssueDate
	case contracts.CreditNoteIssued:
		issued = e.IssueDate
	default:
		return n.Plans.Returned(ctx, tx, event)
	}
	_, err := n.Store.NextNumber(ctx, tx, strconv.Itoa(issued.Year()))
	return err
}

// Run publishes the profile when it has changed and moves messages until ctx ends. A node that has left, or whose books wait for the hub's
// word after a restore, publishes nothing and goes on: its history can be read.
func (n *Node) Run(ctx context.Context) error {
	err := n.PublishProfile(ctx)
	if err == nil {
		err = n.PublishSealingKey(ctx)
	}
	switch {
	case contracts.IsFault(err) && slices.Contains([]contracts.FaultCode{contracts.FaultLeft, contracts.FaultRestored}, contracts.FaultsOf(err)[0].Code):
		n.Log.WarnContext(ctx, "profile and sealing key are not published", "err", err)
	case err != nil:
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return n.Channel.Run(ctx) })
	g.Go(func() error { return n.keepNoLonger(ctx) })
	g.Go(func() error { return n.watchCases(ctx) })
	g.Go(func() error { return n.keepWriting(ctx) })
	g.Go(func() error { return n.keepDelivering(ctx) })
	return g.Wait()
}

// keepNoLonger erases once a day what is past its period. A day that fails is tried again, and is nobody's reason to stop. Invented data of a
// demonstration have no period.
func (n *Node) keepNoLonger(ctx context.Context) error {
	if n.Settings.Demonstration {
		return nil
	}
	every := time.NewTicker(time.Minute)
	defer every.Stop()
	for {
		result, ran, err := n.Retention.Daily(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			n.Log.ErrorContext(ctx, "retention", "error", err)
		case ran:
			n.Log.InfoContext(ctx, "retention", "documents", result.Documents, "drafts", result.Drafts, "imports", result.Imports, "buyers", result.Buyers, "members", result.Members, "cases", result.Cases)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
	}
}

// asks tells whether a host State has another node of the network.
func (n *Node) asks(s mobility.State) bool {
	return s.Country() != n.Adapter.Code && hasNode(s.Country())
}

// workAbroad proposes a mobility case for what is sold abroad and no case covers.
func (n *Node) workAbroad(ctx context.Context, tx *storage.Tx, source string, doc outbound.Document) error {
	what := ""
	if lines := doc.Invoice.Lines; len(lines) > 0 {
		what = lines[0].Description
	}
	return n.Cases.Propose(ctx, tx, casework.Work{Source: source, Member: doc.Member, Activity: doc.Activity, In: doc.Invoice.PerformedIn, On: doc.Invoice.SupplyDate, For: doc.Invoice.Buyer.Name, Recognised: what})
}

// watchCases has the clock look at the mobility cases once a day, and mails what has become due. A day that fails is tried again, and is nobody's reason to stop.
func (n *Node) watchCases(ctx context.Context) error {
	every := time.NewTicker(time.Minute)
	defer every.Stop()
	for {
		ran, done, err := n.Cases.Daily(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			n.Log.ErrorContext(ctx, "mobility cases", "error", err)
		case done:
			n.Log.InfoContext(ctx, "mobility cases", "cases", ran.Cases, "moved", ran.Moved, "reminders", ran.Reminders)
		}
		if err := n.MailReminders(ctx); err != nil && ctx.Err() == nil {
			n.Log.WarnContext(ctx, "reminders wait to be mailed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
	}
}

// PublishProfile tells the network who this node is, if that is not what it said last.
func (n *Node) PublishProfile(ctx context.Context) error {
	profile, err := n.Adapter.Profile(contracts.DateOf(n.Now().UTC()))
	if err != nil {
		return fmt.Errorf("publish profile: %w", err)
	}
	profile.ContractVersion, profile.Demonstration = 1, n.Settings.Demonstration
	if profile.Name == "" {
		profile.Name = n.Settings.Name
	}
	text, err := contracts.Encode(profile)
	if err != nil {
		return fmt.Errorf("publish profile: %w", err)
	}
	err = n.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		last, err := n.Store.State(ctx, tx, "profile")
		if err != nil || last == string(text) {
			return err
		}
		if err := n.Store.SetState(ctx, tx, "profile", string(text)); err != nil {
			return err
		}
		return n.tellHub(ctx, tx, contracts.NodeProfilePublished{Profile: profile}, "")
	})
	if err != nil {
		return fmt.Errorf("publish profile: %w", err)
	}
	return nil
}

// PublishSealingKey tells the network what to seal to, if that is not what it was told last.
func (n *Node) PublishSealingKey(ctx context.Context) error {
	err := n.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		last, err := n.Store.State(ctx, tx, "sealing-key")
		if err != nil {
			return err
		}
		id, err := n.Letters.Publish(ctx, tx, last)
		if err != nil || id == last {
			return err
		}
		return n.Store.SetState(ctx, tx, "sealing-key", id)
	})
	if err != nil {
		return fmt.Errorf("publish sealing key: %w", err)
	}
	return nil
}

// keepWriting sends again what nobody has acknowledged, and ends our access to the cases of others that were closed long ago.
func (n *Node) keepWriting(ctx context.Context) error {
	every := time.NewTicker(time.Minute)
	defer every.Stop()
	for {
		if err := n.Letters.Remind(ctx); err != nil && ctx.Err() == nil && !correspondence.Ours(err) {
			n.Log.ErrorContext(ctx, "send messages again", "error", err)
		}
		switch erased, err := n.Hosting.Erase(ctx); {
		case err != nil && ctx.Err() == nil:
			n.Log.ErrorContext(ctx, "end access to the cases of others", "error", err)
		case erased > 0:
			n.Log.InfoContext(ctx, "access to the cases of others has ended", "cases", erased)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
	}
}

// memberWith finds a member by the co-operative's own number for him.
func (n *Node) memberWith(ctx context.Context, reference string) (id, name string, err error) {
	m, found, err := n.Store.MemberByReference(ctx, n.DB, access.Program(), reference)
	if err == nil && !found {
		err = contracts.Fault{Code: member.FaultUnknown, Field: "member", Message: "no member has this reference", Remedy: "take it from the list of members"}
	}
	return string(m.ID), m.Name, err
}

// SaveBuyer checks a buyer by the rules of its country and keeps it: in the co-operative's list, or in that of the member whose scope it is.
func (n *Node) SaveBuyer(ctx context.Context, s access.Scope, p contracts.Party) (id string, err error) {
	if err := p.Validate(); err != nil {
		return "", err
	}
	if p.VATID != "" {
		if p.VATID, err = adapters.CheckVATID(p.VATID); err != nil {
			return "", err
		}
	}
	if p.Registrations, err = adapters.Atlas().Register(p.Registrations); err != nil {
		return "", err
	}
	err = n.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		id, err = n.Store.SaveBuyer(ctx, tx, s, outbound.NewID(), p, n.Now())
		return err
	})
	return id, err
}
