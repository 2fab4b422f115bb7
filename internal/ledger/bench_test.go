package ledger_test

import (
	"fmt"
	"testing"

	"passerelle/contracts"
	"passerelle/internal/ledger"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// BenchmarkPost measures invoices of three postings per second, alone in a transaction and a hundred in one.
func BenchmarkPost(b *testing.B) {
	for _, engine := range storagetest.Engines {
		for _, batch := range []int{1, 100} {
			b.Run(fmt.Sprintf("%s/%d a transaction", engine, batch), func(b *testing.B) {
				db := storagetest.Open(b, engine, ledger.Migrations())
				booked := 0
				for b.Loop() {
					fill(b, db, booked, batch)
					booked += batch
				}
				b.ReportMetric(float64(booked)/b.Elapsed().Seconds(), "posts/s")
			})
		}
	}
}

// BenchmarkBalance asks for one owner among many: the time must not grow with the books.
func BenchmarkBalance(b *testing.B) {
	for _, engine := range storagetest.Engines {
		db := storagetest.Open(b, engine, ledger.Migrations())
		booked := 0
		for _, size := range []int{1_000, 20_000} {
			for booked < size {
				fill(b, db, booked, 500)
				booked += 500
			}
			b.Run(fmt.Sprintf("%s/books of %d", engine, size), func(b *testing.B) { askForOwners(b, db, booked) })
		}
	}
}

func askForOwners(b *testing.B, db *storage.DB, booked int) {
	for n := 0; b.Loop(); n++ {
		f := ledger.Filter{Account: "activity", Owner: fmt.Sprintf("act-%d", n%booked)}
		if _, err := ledger.Balance(b.Context(), db, f, contracts.EUR); err != nil {
			b.Fatal(err)
		}
	}
}

func fill(b *testing.B, db *storage.DB, from, n int) {
	b.Helper()
	var ts []ledger.Transaction
	for i := from; i < from+n; i++ {
		t := invoice(fmt.Sprintf("invoice/%d", i))
		t.Postings[1].Owner = fmt.Sprintf("act-%d", i)
		ts = append(ts, t)
	}
	if err := post(db, ts...); err != nil {
		b.Fatal(err)
	}
}
