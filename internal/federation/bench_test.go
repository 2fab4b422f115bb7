package federation_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// BenchmarkWholeWay measures events per second from the commit at a node, over outbox, transport and verification, to the committed
// effect at the hub and the receipt back in the node's books. Absolute figures belong to the machine; the ratio, to a
// baseline of the same run, is what to watch: the same rows in bare commits of the same size, on the same engine.
func BenchmarkWholeWay(b *testing.B) {
	for _, engine := range storagetest.Engines {
		for _, commit := range []int{1, 100} {
			b.Run(fmt.Sprintf("%s/memory/%d a commit", engine, commit), func(b *testing.B) { wholeWay(b, engine, memoryBroker(), commit) })
			b.Run(fmt.Sprintf("%s/redis/%d a commit", engine, commit), func(b *testing.B) { wholeWay(b, engine, redisBroker(b), commit) })
		}
	}
}

func wholeWay(b *testing.B, engine storage.Engine, broker broker, commit int) {
	bare := bareCommits(b, engine, commit)
	n := newNetwork(b, engine, broker, contracts.Hub, "be")
	for _, p := range n.parties {
		p.restart(func() { p.resend = 2 * time.Second }) // as in production: a busy machine is no lost message
	}
	be := n.parties["be"]
	be.send(1, 1) // the channel is open
	eventually(b, "the first receipt", func() bool { return be.pending() == 0 })
	b.ResetTimer()
	began := time.Now()
	for done := 0; done < b.N; done += commit {
		be.sendTogether(done+2, done+1+min(commit, b.N-done))
	}
	eventually(b, "the receipts", func() bool { return be.pending() == 0 })
	rate := float64(b.N) / time.Since(began).Seconds()
	b.ReportMetric(rate, "events/s")
	b.ReportMetric(rate/bare, "x_bare_commits")
}

// bareCommits is the baseline: how many events a second the engine stores when a node's row and a hub's row are all there is to do,
// each committed in transactions of the given size.
func bareCommits(b *testing.B, engine storage.Engine, commit int) float64 {
	b.Helper()
	node, hub := openDatabase(b, engine), openDatabase(b, engine)
	frame := make([]byte, 1500)
	insert := func(db *storage.DB, first, size int) {
		err := db.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error {
			for i := range size {
				_, err := tx.ExecContext(ctx, `INSERT INTO fed_fork (peer, epoch, sequence, hash, frame, seen_at) VALUES ('be', 1, $1, '', $2, '')`, first+i, frame)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	began, done := time.Now(), 0
	for ; time.Since(began) < 300*time.Millisecond; done += commit {
		insert(node, done, commit)
		insert(hub, done, commit)
	}
	return float64(done) / time.Since(began).Seconds()
}

// BenchmarkTransport measures entries of one frame through Redis: ours, and the stock path of plain XADD and XREADGROUP one by one.
func BenchmarkTransport(b *testing.B) {
	b.Run("stock", func(b *testing.B) { b.ReportMetric(stockPath(b, b.N), "events/s") })
	for _, size := range []int{1, 100} {
		b.Run(fmt.Sprintf("ours/%d an entry", size), func(b *testing.B) {
			stock := stockPath(b, 2000)
			b.ResetTimer()
			rate := ourPath(b, b.N, size)
			b.ReportMetric(rate, "events/s")
			b.ReportMetric(rate/stock, "x_stock")
		})
	}
}

const benchStream = "fed:out:be"

func stockPath(b *testing.B, n int) float64 {
	b.Helper()
	ctx := b.Context()
	options, err := redis.ParseURL(storagetest.Redis(b))
	if err != nil {
		b.Fatal(err)
	}
	writer, reader := redis.NewClient(options), redis.NewClient(options)
	defer writer.Close()
	defer reader.Close()
	if err := reader.XGroupCreateMkStream(ctx, benchStream, "stock", "0").Err(); err != nil {
		b.Fatal(err)
	}
	frame := string(make([]byte, 1500))
	began := time.Now()
	go func() {
		for range n {
			if err := writer.XAdd(ctx, &redis.XAddArgs{Stream: benchStream, Values: []any{"frames", frame}}).Err(); err != nil {
				b.Error(err)
				return
			}
		}
	}()
	for range n {
		got, err := reader.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "stock", Consumer: "hub", Streams: []string{benchStream, ">"}, Count: 1, Block: 10 * time.Second}).Result()
		if err != nil {
			b.Fatal(err)
		}
		if err := reader.XAck(ctx, benchStream, "stock", got[0].Messages[0].ID).Err(); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(began).Seconds()
}

func ourPath(b *testing.B, n, size int) float64 {
	b.Helper()
	tr := redisBroker(b).connect(b, contracts.Hub)
	defer tr.Close()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	out, err := tr.Subscribe(ctx, benchStream)
	if err != nil {
		b.Fatal(err)
	}
	payload := make([]byte, 1500*size)
	ahead := make(chan struct{}, 100) // no more than relays have on the way: the transport throws away what no honest sender leaves unread
	began := time.Now()
	go func() {
		for done := 0; done < n; done += size {
			ahead <- struct{}{}
			if err := tr.Publish(federation.OutStream("be"), newEntry(payload)); err != nil {
				b.Error(err)
				return
			}
		}
	}()
	for done := 0; done < n; done += size {
		(<-out).Ack()
		<-ahead
	}
	return float64(n) / time.Since(began).Seconds()
}
