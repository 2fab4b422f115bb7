package hub

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/hub/store"
	"passerelle/internal/storage"
)

// compare holds the stored rows of a country against the replay, both ways.
func (v *replay) compare(ctx context.Context, country contracts.CountryCode) error {
	kept := store.Read(v.q)
	ids, err := storage.All(ctx, v.q, func(r *sql.Rows) (id contracts.InvoiceID, err error) { return id, r.Scan(&id) },
		`SELECT id FROM document WHERE seller = $1 ORDER BY id`, string(country))
	if err != nil {
		return err
	}
	for _, id := range ids {
		v.documents.Rows++
		if _, ok := v.byID[id]; !ok {
			v.documents.Badf(documentRow(country, id), "no event brought it")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(v.byID)) {
		d, ok, err := kept.Document(ctx, country, id)
		if err != nil {
			return err
		}
		if !ok {
			v.documents.Badf(documentRow(country, id), "its event was applied, and it is not there")
			continue
		}
		equal, err := same(d, v.byID[id])
		if err != nil {
			return err
		}
		if !equal {
			v.documents.Badf(documentRow(country, id), "it differs from what the events say")
		}
	}
	return v.compareBorder(ctx, country)
}

func documentRow(country contracts.CountryCode, id contracts.InvoiceID) string {
	return fmt.Sprintf("document %s/%s", country, id)
}

func (v *replay) compareBorder(ctx context.Context, country contracts.CountryCode) error {
	entries, err := storage.All(ctx, v.q, scanCell, `SELECT month, buyer, currency, net_minor, eur_minor, invoices, credit_notes, missing, demonstration
		FROM border_month WHERE seller = $1 ORDER BY month, buyer, currency`, string(country))
	if err != nil {
		return err
	}
	for _, e := range entries {
		v.border.Rows++
		k := cell{e.Month, e.Buyer, e.Net.Currency}
		want, ok := v.sums[k]
		delete(v.sums, k)
		if !ok {
			want = exchange.Entry{Net: contracts.Zero(k.currency), EUR: contracts.Zero(contracts.EUR)}
		}
		e.Seller, want.Seller, want.Month, want.Buyer = country, country, e.Month, e.Buyer
		equal, err := same(e, want)
		if err != nil {
			return err
		}
		if !equal {
			v.border.Badf(k.row(country), "it holds %s, %s in %d documents; the events sum to %s, %s in %d",
				e.Net, e.EUR, e.Invoices+e.CreditNotes, want.Net, want.EUR, want.Invoices+want.CreditNotes)
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(v.sums), func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.month.String(), b.month.String()), cmp.Compare(a.buyer, b.buyer), cmp.Compare(a.currency, b.currency))
	}) {
		v.border.Badf(k.row(country), "the sum is not there, the events make it %s", v.sums[k].Net)
	}
	return nil
}

func (k cell) row(seller contracts.CountryCode) string {
	return fmt.Sprintf("border_month %s %s-%s %s", k.month, seller, k.buyer, k.currency)
}

func scanCell(r *sql.Rows) (e exchange.Entry, err error) {
	var currency contracts.Currency
	var net, eur int64
	err = r.Scan(&e.Month, &e.Buyer, &currency, &net, &eur, &e.Invoices, &e.CreditNotes, &e.Missing, &e.Demonstration)
	e.Net, e.EUR = contracts.FromMinor(net, currency), contracts.FromMinor(eur, contracts.EUR)
	return e, err
}

// strangers looks for rows of countries that nothing was ever received from.
func (v *replay) strangers(ctx context.Context) error {
	sellers, err := storage.All(ctx, v.q, func(r *sql.Rows) (c contracts.CountryCode, err error) { return c, r.Scan(&c) },
		`SELECT seller FROM document UNION SELECT seller FROM border_month ORDER BY seller`)
	for _, s := range sellers {
		if !slices.Contains(v.seen, s) {
			v.documents.Badf("document "+string(s), "nothing was received from this country")
		}
	}
	return err
}
