package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/federation"
	"passerelle/internal/federation/memory"
	"passerelle/internal/federation/redis"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
)

// Every figure here stands beside a baseline of the same run: on a shared machine only the ratio means something.

// setups are the two ways the network ships.
var setups = []struct {
	name   string
	engine storage.Engine
	broker func(b *testing.B) func(contracts.PartyID) transport
}{
	{"sqlite-memory", storage.SQLite, func(*testing.B) func(contracts.PartyID) transport {
		m := memory.NewBroker()
		return func(contracts.PartyID) transport { return sharedMemory{m} }
	}},
	{"postgres-redis", storage.Postgres, func(b *testing.B) func(contracts.PartyID) transport {
		url := storagetest.Redis(b)
		return func(p contracts.PartyID) transport {
			t, err := redis.Open(redis.Options{URL: url, Consumer: string(p), Trim: p == contracts.Hub})
			if err != nil {
				b.Fatal(err)
			}
			return t
		}
	}},
}

// callers is how many work at once in every benchmark and baseline.
const callers = 8

// perSecond calls do n times.
func perSecond(b *testing.B, n int, do func(i int) error) float64 {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range callers {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				if err := do(int(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(n) / time.Since(began).Seconds()
}

// bareCommits is the baseline: one durable row of 1 KiB a transaction.
func bareCommits(b *testing.B, engine storage.Engine, rows int) float64 {
	b.Helper()
	db := storagetest.Open(b, engine)
	write := func(statement string, args ...any) error {
		return db.Write(b.Context(), func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, statement, args...)
			return err
		})
	}
	if err := write(`CREATE TABLE bare (id TEXT PRIMARY KEY, body TEXT NOT NULL)`); err != nil {
		b.Fatal(err)
	}
	body := fmt.Sprintf("%01024d", 0)
	return perSecond(b, rows, func(i int) error { return write(`INSERT INTO bare (id, body) VALUES ($1, $2)`, fmt.Sprint(i), body) })
}

// seller is a Belgian node with somebody who can invoice.
func seller(b *testing.B, n *network) (outbound.Outbound, outbound.Draft) {
	b.Helper()
	node := n.up["be"].node
	var a member.Activity
	err := node.DB.Write(b.Context(), func(ctx context.Context, tx *storage.Tx) error {
		m, err := node.Members.Add(ctx, tx, member.Member{Reference: "M1", Name: "Member"})
		if err != nil {
			return err
		}
		a, err = node.Members.AddActivity(ctx, tx, access.Program(), member.Activity{Reference: "A1", Name: "Sound", Member: m.ID})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return node.Outbound, outbound.Draft{
		Activity: a.ID, Service: contracts.ServiceGeneral, SupplyDate: contracts.DateOf(time.Now().UTC()),
		Buyer: contracts.Party{Name: "Buyer", Kind: contracts.Business, VATID: "FR40303265045", Address: contracts.Address{Country: "FR"}},
		Lines: []outbound.DraftLine{{Description: "Work", Quantity: contracts.MustDecimal("3"), Price: contracts.MustDecimal("350")}},
	}
}

// BenchmarkIssue issues invoices on one gapless series: rules, document, ledger and signed event in one transaction each, while the
// hub takes the events in.
func BenchmarkIssue(b *testing.B) {
	for _, s := range setups {
		b.Run(s.name, func(b *testing.B) {
			const rows = 400
			var issued, bare float64
			for b.Loop() {
				n := newNetwork(b, s.engine, []string{"hub", "be"}, s.broker(b))
				out, draft := seller(b, n)
				bare += bareCommits(b, s.engine, rows)
				issued += perSecond(b, rows, func(int) error {
					_, err := out.Issue(b.Context(), access.Program(), draft)
					return err
				})
				n.settle()
				n.stop()
			}
			b.ReportMetric(issued/float64(b.N), "invoices/s")
			b.ReportMetric(bare/float64(b.N), "bare-commits/s")
			b.ReportMetric(issued/bare, "ratio")
		})
	}
}

// BenchmarkHubIntake drains a node's full outbox into the hub: carried, verified, applied to the projections, receipted.
func BenchmarkHubIntake(b *testing.B) {
	for _, s := range setups {
		b.Run(s.name, func(b *testing.B) {
			const rows = 1000
			var drained, bare float64
			for b.Loop() {
				n := newNetwork(b, s.engine, []string{"hub", "be"}, s.broker(b))
				out, draft := seller(b, n)
				n.settle()
				n.up[contracts.Hub].stop()
				perSecond(b, rows, func(int) error {
					_, err := out.Issue(b.Context(), access.Program(), draft)
					return err
				})
				bare += bareCommits(b, s.engine, rows/2)
				n.up["be"].stop()
				began := time.Now()
				n.start(contracts.Hub)
				n.start("be")
				n.settle()
				drained += rows / time.Since(began).Seconds()
				n.stop()
			}
			b.ReportMetric(drained/float64(b.N), "events/s")
			b.ReportMetric(bare/float64(b.N), "bare-commits/s")
			b.ReportMetric(drained/bare, "ratio")
		})
	}
}

// BenchmarkRebuildFromLogs makes the hub's books anew from a node's exported log: each message verified, applied to the projections and
// kept, in one transaction. The baseline inserts as many rows of 1 KiB, a thousand a transaction, and does nothing else.
func BenchmarkRebuildFromLogs(b *testing.B) {
	for _, s := range setups {
		b.Run(s.name, func(b *testing.B) {
			const rows = 2000
			n := newNetwork(b, s.engine, []string{"hub", "be"}, s.broker(b))
			out, draft := seller(b, n)
			perSecond(b, rows, func(int) error {
				_, err := out.Issue(b.Context(), access.Program(), draft)
				return err
			})
			n.settle()
			n.stop()
			logs, hub := n.exportedLog(b, "be")
			var rebuilt, bare float64
			for b.Loop() {
				bare += plainInserts(b, s.engine, int(logs[0].Header.Channels[0].Sent))
				began := time.Now()
				books := into{DB: storagetest.DSN(b, s.engine), Network: n.dir}
				if err := books.importLogs(b.Context(), output{io.Discard, io.Discard}, hub, logs, federation.Import.Mirror); err != nil {
					b.Fatal(err)
				}
				rebuilt += float64(logs[0].Header.Channels[0].Sent) / time.Since(began).Seconds()
			}
			b.ReportMetric(rebuilt/float64(b.N), "messages/s")
			b.ReportMetric(bare/float64(b.N), "plain-inserts/s")
			b.ReportMetric(rebuilt/bare, "ratio")
		})
	}
}

// exportedLog is the log of a party that has stopped, opened, and the hub that may be made from it.
func (n *network) exportedLog(b *testing.B, p contracts.PartyID) ([]*federation.Log, party) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "log")
	if err := (exportLogCommand{stored{DB: n.dsn[p], Party: p}, path}).Run(b.Context(), output{io.Discard, io.Discard}); err != nil {
		b.Fatal(err)
	}
	logs, err := openLogs([]string{path})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(logs.close)
	hub, err := loadParty(contracts.Hub, n.dir)
	if err != nil {
		b.Fatal(err)
	}
	return logs.all, hub
}

// plainInserts is the baseline of a rebuild: rows of 1 KiB, a thousand a transaction.
func plainInserts(b *testing.B, engine storage.Engine, rows int) float64 {
	b.Helper()
	db := storagetest.Open(b, engine)
	body := fmt.Sprintf("%01024d", 0)
	began := time.Now()
	for first := 0; first < rows; first += 1000 {
		err := db.Write(b.Context(), func(ctx context.Context, tx *storage.Tx) error {
			if first == 0 {
				if _, err := tx.ExecContext(ctx, `CREATE TABLE bare (id TEXT PRIMARY KEY, body TEXT NOT NULL)`); err != nil {
					return err
				}
			}
			for i := first; i < min(first+1000, rows); i++ {
				if _, err := tx.ExecContext(ctx, `INSERT INTO bare (id, body) VALUES ($1, $2)`, fmt.Sprint(i), body); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return float64(rows) / time.Since(began).Seconds()
}

// stop ends every party.
func (n *network) stop() {
	for _, r := range n.up {
		r.stop()
	}
}
