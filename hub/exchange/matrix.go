package exchange

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// Period is a span of months, both included.
type Period struct{ First, Last contracts.Month }

// YearOf returns the twelve months of a year.
func YearOf(year int) Period {
	return Period{contracts.NewMonth(year, 1), contracts.NewMonth(year, 12)}
}

// Figures are sums over documents.
type Figures struct {
	EUR           contracts.Money  // of the documents that have a rate
	Share         *decimal.Decimal // of everything invoiced in the period, in percent; nil when that is not above zero
	Invoices      int
	CreditNotes   int
	Missing       int // documents without a rate, not in EUR
	Demonstration int
}

// Documents counts invoices and credit notes.
func (f Figures) Documents() int { return f.Invoices + f.CreditNotes }

func (f *Figures) add(o Figures) {
	f.EUR.Amount, f.EUR.Currency = f.EUR.Amount.Add(o.EUR.Amount), contracts.EUR
	f.Invoices, f.CreditNotes = f.Invoices+o.Invoices, f.CreditNotes+o.CreditNotes
	f.Missing, f.Demonstration = f.Missing+o.Missing, f.Demonstration+o.Demonstration
}

// Plus is the sum of both, without a share.
func (f Figures) Plus(o Figures) Figures {
	f.add(o)
	f.Share = nil
	return f
}

// Cell is one seller country and one buyer country.
type Cell struct {
	Seller, Buyer contracts.CountryCode
	Figures
}

// Domestic tells whether no border is crossed.
func (c Cell) Domestic() bool { return c.Seller == c.Buyer }

// Side is a row total (a seller) or a column total (a buyer).
type Side struct {
	Country contracts.CountryCode
	Figures
}

// Matrix is who sells to whom in a period, in euros, without VAT and less credit notes.
type Matrix struct {
	Cells           []Cell // by seller, then buyer; pairs without a document have none
	Sellers, Buyers []Side // in order of country
	Total           Figures
	Domestic        Figures
	CrossBorder     Figures
}

// Filter narrows a matrix to one seller or one buyer country; empty means all.
type Filter struct{ Seller, Buyer contracts.CountryCode }

func (f Filter) drops(c Cell) bool {
	return f.Seller != "" && f.Seller != c.Seller || f.Buyer != "" && f.Buyer != c.Buyer
}

// Reader answers the questions of this file.
type Reader interface {
	// BorderCells returns the sums per seller and buyer, ordered so, without Share.
	BorderCells(ctx context.Context, p Period) ([]Cell, error)
	// BorderMonths returns the sums of a pair per month and currency, ordered so.
	BorderMonths(ctx context.Context, p Period, seller, buyer contracts.CountryCode) ([]Entry, error)
	// Documents returns up to limit documents of a pair and month after a key, in order of key.
	Documents(ctx context.Context, q DocumentQuery, limit int) ([]Document, error)
}

// Border returns the matrix of a period, narrowed by a filter. Shares stay those of the whole.
func Border(ctx context.Context, r Reader, p Period, f Filter) (Matrix, error) {
	cells, err := r.BorderCells(ctx, p)
	if err != nil {
		return Matrix{}, fmt.Errorf("border matrix %s to %s: %w", p.First, p.Last, err)
	}
	whole := decimal.Zero
	for _, c := range cells {
		whole = whole.Add(c.EUR.Amount)
	}
	return sumUp(slices.DeleteFunc(cells, f.drops), whole), nil
}

// sumUp builds totals and shares; each total is the plain sum of its cells, so they agree to the cent.
func sumUp(cells []Cell, whole decimal.Decimal) Matrix {
	m := Matrix{Cells: cells, Total: none(), Domestic: none(), CrossBorder: none()}
	for _, c := range cells {
		m.Total.add(c.Figures)
		if c.Domestic() {
			m.Domestic.add(c.Figures)
		} else {
			m.CrossBorder.add(c.Figures)
		}
		side(&m.Sellers, c.Seller).add(c.Figures)
		side(&m.Buyers, c.Buyer).add(c.Figures)
	}
	m.setShares(whole)
	return m
}

func none() Figures { return Figures{EUR: contracts.Zero(contracts.EUR)} }

// side returns the figures of a country among sides, which it keeps in order.
func side(sides *[]Side, c contracts.CountryCode) *Figures {
	i, found := slices.BinarySearchFunc(*sides, c, func(s Side, c contracts.CountryCode) int {
		return cmp.Compare(s.Country, c)
	})
	if !found {
		*sides = slices.Insert(*sides, i, Side{c, none()})
	}
	return &(*sides)[i].Figures
}

func (m *Matrix) setShares(whole decimal.Decimal) {
	all := []*Figures{&m.Total, &m.Domestic, &m.CrossBorder}
	for i := range m.Cells {
		all = append(all, &m.Cells[i].Figures)
	}
	for i := range m.Sellers {
		all = append(all, &m.Sellers[i].Figures)
	}
	for i := range m.Buyers {
		all = append(all, &m.Buyers[i].Figures)
	}
	if !whole.IsPositive() {
		return
	}
	for _, f := range all {
		share := f.EUR.Amount.Shift(2).DivRound(whole, 2)
		f.Share = &share
	}
}

// At returns the cell of a pair, without documents when there is none.
func (m Matrix) At(seller, buyer contracts.CountryCode) Cell {
	for _, c := range m.Cells {
		if c.Seller == seller && c.Buyer == buyer {
			return c
		}
	}
	return Cell{seller, buyer, none()}
}
