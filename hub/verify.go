package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/hub/rates"
	"passerelle/hub/store"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
)

// Verify replays what the hub received and compares the documents, the border matrix, profiles and reports with what comes out: the projections are views, and
// this is the proof. The books that are the hub's own (investments, pot, charter) are
// folded anew and compared with its ledger. It only reads, and holds one country's documents in memory at a time. The channels are weighed by
// federation.Verify.
func Verify(ctx context.Context, q storage.Querier) ([]federation.Check, error) {
	v := &replay{q: q, documents: federation.NewCheck("documents"), border: federation.NewCheck("border matrix"), filings: federation.NewCheck("profiles and reports"), cases: federation.NewCheck("mobility cases")}
	peers, err := federation.Peers(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("verify projections: %w", err)
	}
	for _, peer := range peers {
		country, ok := peer.Country()
		if !ok {
			continue
		}
		if err := v.country(ctx, country, peer); err != nil {
			return nil, fmt.Errorf("verify projections of %s: %w", country, err)
		}
	}
	if err := v.strangers(ctx); err != nil {
		return nil, fmt.Errorf("verify projections: %w", err)
	}
	books, err := verifyBooks(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("verify books: %w", err)
	}
	return append([]federation.Check{*v.documents, *v.border, *v.filings, *v.cases}, books...), nil
}

// replay is one country's events played again into memory. It implements exchange.Store.
type replay struct {
	q                 storage.Querier
	documents, border *federation.Check
	filings           *federation.Check
	cases             *federation.Check
	seen              []contracts.CountryCode

	byID map[contracts.InvoiceID]exchange.Document
	sums map[cell]exchange.Entry
	has  filed
}

// cell is the key of border_month within a seller.
type cell struct {
	month    contracts.Month
	buyer    contracts.CountryCode
	currency contracts.Currency
}

func (v *replay) country(ctx context.Context, country contracts.CountryCode, peer contracts.PartyID) error {
	v.seen = append(v.seen, country)
	v.byID, v.sums = map[contracts.InvoiceID]exchange.Document{}, map[cell]exchange.Entry{}
	v.has = filed{reports: map[string][]contracts.MonthlyReport{}, cases: map[contracts.CaseID]contracts.CaseProgressed{}}
	var events []exchangeEvent
	var letters []handedOn
	err := federation.Received(ctx, v.q, peer, func(f federation.Fact) error {
		if f.Outcome != federation.Applied || f.Message.Type == federation.TypeKeyRotated { // which is for the registry, not for the projections
			return nil
		}
		event, err := f.Event()
		if err != nil {
			v.documents.Badf(f.Key(), "applied, and cannot be read: %v", err)
			return nil
		}
		if m, letter := event.(contracts.CaseMessageSent); letter {
			letters = append(letters, handedOn{f.Key(), contracts.NodeID(m.To), contracts.FrameForwarded{Frame: f.Frame()}})
			return nil
		}
		events = append(events, exchangeEvent{f.Key(), event})
		return nil
	})
	if err != nil {
		return err
	}
	for _, e := range events { // apart from the walk above: one transaction answers one query at a time
		if err := v.apply(ctx, e); err != nil {
			return err
		}
	}
	if err := v.compareHandedOn(ctx, letters); err != nil {
		return err
	}
	if err := v.compare(ctx, country); err != nil {
		return err
	}
	if err := v.compareCases(ctx, country); err != nil {
		return err
	}
	return v.compareFiled(ctx, country)
}

// exchangeEvent is an event with the row it came from.
type exchangeEvent struct {
	key   string
	event contracts.Event
}

func (v *replay) apply(ctx context.Context, e exchangeEvent) (err error) {
	v.has.note(e.event)
	switch event := e.event.(type) {
	case contracts.InvoiceIssued:
		err = exchange.Issue(ctx, v, toEUR(onlyReads{store.Read(v.q)}), event)
	case contracts.CreditNoteIssued:
		err = exchange.Credit(ctx, v, toEUR(onlyReads{store.Read(v.q)}), event)
	case contracts.InvoicePaid:
		err = exchange.Pay(ctx, v, event)
	}
	if contracts.IsFault(err) {
		v.documents.Badf(e.key, "applied, and a replay refuses it: %v", err)
		return nil
	}
	return err
}

// onlyReads lets the hub's own conversion run where nothing can be written.
type onlyReads struct{ store.Reader }

func (onlyReads) AddRates(context.Context, []rates.Rate) ([]rates.Rate, *rates.Rate, error) {
	return nil, nil, fmt.Errorf("rates are not loaded while verifying")
}

func (v *replay) Document(_ context.Context, _ contracts.CountryCode, id contracts.InvoiceID) (exchange.Document, bool, error) {
	d, ok := v.byID[id]
	return d, ok, nil
}

func (v *replay) AddDocument(_ context.Context, d exchange.Document) (bool, error) {
	_, twice := v.byID[d.ID]
	if !twice {
		v.byID[d.ID] = d
	}
	return !twice, nil
}

func (v *replay) UpdateDocument(_ context.Context, d exchange.Document) error {
	v.byID[d.ID] = d
	return nil
}

func (v *replay) AddToBorder(_ context.Context, e exchange.Entry) error {
	k := cell{e.Month, e.Buyer, e.Net.Currency}
	sum, ok := v.sums[k]
	if !ok {
		v.sums[k] = e
		return nil
	}
	sum.Net.Amount, sum.EUR.Amount = sum.Net.Amount.Add(e.Net.Amount), sum.EUR.Amount.Add(e.EUR.Amount)
	sum.Invoices, sum.CreditNotes = sum.Invoices+e.Invoices, sum.CreditNotes+e.CreditNotes
	sum.Missing, sum.Demonstration = sum.Missing+e.Missing, sum.Demonstration+e.Demonstration
	v.sums[k] = sum
	return nil
}

// InCurrency is only asked for when rates are loaded.
func (v *replay) InCurrency(context.Context, exchange.CurrencyQuery, int) ([]exchange.Document, error) {
	return nil, nil
}

// same compares two values by what JSON shows of them.
func same(a, b any) (bool, error) {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	if errX != nil {
		return false, errX
	}
	return bytes.Equal(x, y), errY
}
