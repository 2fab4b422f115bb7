package hub

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/hub/rates"
	"passerelle/hub/store"
	"passerelle/internal/storage"
)

// TestMatrixIsTheSumOfTheDocuments: whatever the nodes send, in whatever order their events mix, and whenever the rate
// arrives, each cell is the sum of its documents, each converted by itself and rounded to the cent.
func TestMatrixIsTheSumOfTheDocuments(t *testing.T) {
	folder, n := t.TempDir(), 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		db, err := storage.Open(t.Context(), filepath.Join(folder, fmt.Sprint(n)), Migrations()...)
		if err != nil {
			r.Fatal(err)
		}
		defer db.Close()
		h := quiet(db)
		perEUR := decimal.New(rapid.Int64Range(500, 50_000).Draw(r, "rate"), -3)
		rate := rates.Rate{Currency: "SEK", Since: contracts.MustDate("2023-05-01"), Until: contracts.MustDate("2023-05-31"), PerEUR: perEUR, Source: "test"}
		queues := map[contracts.CountryCode][]contracts.Event{}
		want := map[string]decimal.Decimal{}
		for _, seller := range []contracts.CountryCode{"BE", "SE", "IT"} {
			queues[seller] = draw(r, seller, perEUR, want)
		}
		events := mix(r, queues)
		loadAt := rapid.IntRange(0, len(events)).Draw(r, "load rates at")
		for i, e := range events {
			if i == loadAt {
				load(r, t, h, rate)
			}
			if err := apply(t.Context(), h, e); err != nil {
				r.Fatal(err)
			}
		}
		load(r, t, h, rate)
		matches(r, t, h, want)
	})
}

func load(r *rapid.T, t *testing.T, h *Hub, rate rates.Rate) {
	if err := h.LoadRates(t.Context(), []rates.Rate{rate}); err != nil {
		r.Fatal(err)
	}
}

// draw returns a seller's events in their order, and adds what they are worth to want, computed apart from the hub.
func draw(r *rapid.T, seller contracts.CountryCode, perEUR decimal.Decimal, want map[string]decimal.Decimal) []contracts.Event {
	var events []contracts.Event
	count := func(buyer contracts.CountryCode, cents int64, c contracts.Currency, sign int64) {
		worth := decimal.New(cents, -2)
		if c == "SEK" {
			worth = worth.DivRound(perEUR, 10).Round(2)
		}
		key := string(seller) + ">" + string(buyer)
		want[key] = want[key].Add(worth.Mul(decimal.New(sign, 0)))
	}
	for i := range rapid.IntRange(0, 6).Draw(r, "invoices") {
		buyer := rapid.SampledFrom([]contracts.CountryCode{"BE", "FR", "US"}).Draw(r, "buyer")
		c := rapid.SampledFrom([]contracts.Currency{"EUR", "SEK"}).Draw(r, "currency")
		left := rapid.Int64Range(1, 1_000_000).Draw(r, "cents")
		d := document(fmt.Sprintf("i%d", i), seller, buyer, "2023-05-02", "1.00", c)
		d.TaxExclusive = contracts.FromMinor(left, c)
		events = append(events, contracts.InvoiceIssued{Document: d})
		count(buyer, left, c, 1)
		for j := range rapid.IntRange(0, 3).Draw(r, "credit notes") {
			part := rapid.Int64Range(0, left).Draw(r, "credited")
			left -= part
			note := d
			note.ID, note.IssueDate, note.TaxExclusive = contracts.InvoiceID(fmt.Sprintf("n%d-%d", i, j)), contracts.MustDate("2023-05-09"), contracts.FromMinor(part, c)
			events = append(events, contracts.CreditNoteIssued{Document: note, Corrects: d.ID})
			count(buyer, part, c, -1)
		}
	}
	return events
}

// mix joins the queues in an order that keeps each sender's own.
func mix(r *rapid.T, queues map[contracts.CountryCode][]contracts.Event) []contracts.Event {
	var events []contracts.Event
	for {
		waiting := []contracts.CountryCode{}
		for _, seller := range []contracts.CountryCode{"BE", "SE", "IT"} {
			if len(queues[seller]) > 0 {
				waiting = append(waiting, seller)
			}
		}
		if len(waiting) == 0 {
			return events
		}
		next := rapid.SampledFrom(waiting).Draw(r, "next sender")
		events = append(events, queues[next][0])
		queues[next] = queues[next][1:]
	}
}

func matches(r *rapid.T, t *testing.T, h *Hub, want map[string]decimal.Decimal) {
	m, err := exchange.Border(t.Context(), store.Read(h.db), exchange.YearOf(2023), exchange.Filter{})
	if err != nil {
		r.Fatal(err)
	}
	total := decimal.Zero
	for _, c := range m.Cells {
		key := string(c.Seller) + ">" + string(c.Buyer)
		if !c.EUR.Amount.Equal(want[key]) || c.Missing != 0 {
			r.Errorf("%s: %s with %d missing, want %s", key, c.EUR, c.Missing, want[key])
		}
		total = total.Add(want[key])
	}
	if len(m.Cells) != len(want) || !m.Total.EUR.Amount.Equal(total) || !m.Domestic.EUR.Amount.Add(m.CrossBorder.EUR.Amount).Equal(total) {
		r.Errorf("%d cells summing to %s, want %d and %s", len(m.Cells), m.Total.EUR, len(want), total)
	}
}

// BenchmarkIntake measures invoices taken in per second, one transaction each, without the federation around it.
func BenchmarkIntake(b *testing.B) {
	db, err := storage.Open(b.Context(), filepath.Join(b.TempDir(), "hub.db"), Migrations()...)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	h, i := New(db, Options{Now: time.Now}), 0
	for b.Loop() {
		i++
		if err := apply(b.Context(), h, invoice(fmt.Sprint(i), "BE", "FR", "2023-05-02", "100.00", "EUR")); err != nil {
			b.Fatal(err)
		}
	}
}
