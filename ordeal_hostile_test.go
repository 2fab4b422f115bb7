package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"passerelle/internal/storage"
)

// ordinary is the pace of a large co-operative on its busiest day; a faster one would only wait in the streams behind the rubbish.
const ordinary = 30 * time.Millisecond

// TestForgersChangeNothing writes forged, replayed, cut, reordered and flipped frames of every class into the streams while the network
// works.
func TestForgersChangeNothing(t *testing.T) {
	t.Parallel()
	oneEngine(t, storage.Postgres, func(t *testing.T, o *ordeal) {
		c := o.broker.client()
		defer c.Close()
		o.pace = ordinary
		f := o.forger(c)
		ctx, stop := context.WithCancel(t.Context())
		recorded := make(chan struct{})
		go func() { defer close(recorded); f.record(ctx, o.streams()) }()
		l := o.load()
		l.awaitMore(t, times(60, 300))
		stop() // before the first forgery: only what really passed is material
		<-recorded
		refused := f.forge(o, times(2_000, 100_000))
		o.awaitRead(c)
		l.awaitMore(t, 20)
		o.judge(l.end())
		o.rejected(refused)
	})
}

// forge writes at least n spoiled lines, up to ten in an entry, and returns how many must be rejected.
func (f *forger) forge(o *ordeal, n int) (refused int) {
	for made := 0; made < n; {
		entries := map[string][]string{}
		for range 1 + f.random.IntN(10) {
			class := forgeries[made%len(forgeries)]
			e := class.make(f, f.any())
			entries[e.stream] = append(entries[e.stream], e.line)
			if made++; class.refused {
				refused++
			}
		}
		for stream, lines := range entries {
			o.inject(f.c, stream, map[string]any{"frames": strings.Join(lines, "\n")})
		}
	}
	return refused
}

// inject appends an entry with the operator's account, as fast as the reader takes them. It stays far from the 64 MiB at which the hub
// throws a stream away unread, and what was thrown away could not be counted: messages that wait behind the entries are sent again, and
// take room too.
func (o *ordeal) inject(c *goredis.Client, stream string, values map[string]any) {
	o.t.Helper()
	ctx := context.Background()
	waiting := func() int64 {
		n, err := c.MemoryUsage(ctx, stream, 0).Result() // 0: weighed whole
		if errors.Is(err, goredis.Nil) {
			return 0 // there is no stream yet
		}
		o.must(err)
		return n
	}
	within(o.t, 10*time.Minute, func() error { // a busy machine reads slowly, and answers are written to the same stream meanwhile
		if n := waiting(); n > 8<<20 {
			return fmt.Errorf("too little is read, %d bytes lie in %s\n%s", n, stream, o.hub().log.String())
		}
		return nil
	})
	o.must(c.XAdd(ctx, &goredis.XAddArgs{Stream: stream, Values: values}).Err())
}

// awaitRead waits until every entry that lies in the streams now has been read; the receipts that judge waits for came after it.
func (o *ordeal) awaitRead(c *goredis.Client) {
	o.t.Helper()
	ctx := context.Background()
	for _, stream := range o.streams() {
		end, err := c.XInfoStream(ctx, stream).Result()
		o.must(err)
		within(o.t, 5*time.Minute, func() error {
			groups, err := c.XInfoGroups(ctx, stream).Result()
			if err != nil {
				return err
			}
			if len(groups) != 1 || earlierID(groups[0].LastDeliveredID, end.LastGeneratedID) {
				return fmt.Errorf("%s is not read to the end: %+v\n%s", stream, groups, o.hub().log.String())
			}
			return nil
		})
	}
}

// earlierID compares the ids that Redis gives to entries: milliseconds and a number.
func earlierID(a, b string) bool {
	var ma, na, mb, nb int64
	_, errA := fmt.Sscanf(a, "%d-%d", &ma, &na)
	_, errB := fmt.Sscanf(b, "%d-%d", &mb, &nb)
	return errA != nil || errB != nil || ma < mb || ma == mb && na < nb
}

// TestRubbishInTheStreamsStopsNothing writes entries into the stream of one node that are no entries of ours. The other node's messages
// are answered all the while.
func TestRubbishInTheStreamsStopsNothing(t *testing.T) {
	t.Parallel()
	oneEngine(t, storage.SQLite, func(t *testing.T, o *ordeal) {
		c := o.broker.client()
		defer c.Close()
		o.pace = ordinary
		l := o.load()
		l.awaitMore(t, 10)
		n, lines := times(2_000, 100_000), 0
		for i := range n {
			entry := o.rubbish(i)
			lines += linesOf(entry)
			o.inject(c, o.streams()[i%2], entry)
			if i == n/2 {
				o.othersGoOn(c)
			}
		}
		o.awaitRead(c)
		l.awaitMore(t, 20)
		o.judge(l.end())
		o.rejected(lines)
	})
}

// linesOf is how many lines of an entry its receiver must count: at least one, and one for an entry of too many.
func linesOf(entry map[string]any) int {
	frames, _ := entry["frames"].(string) // without the field it is an empty entry
	if n := strings.Count(frames, "\n"); n < 1000 {
		return n + 1
	}
	return 1
}

// rubbish is an entry that cannot be read.
func (o *ordeal) rubbish(i int) map[string]any {
	bytes := make([]byte, 1+o.random.IntN(300))
	for j := range bytes {
		bytes[j] = byte(o.random.Uint32())
	}
	noise := string(bytes)
	switch i % 8 {
	case 0:
		return map[string]any{"other": "field"}
	case 1:
		return map[string]any{"frames": ""}
	case 2:
		return map[string]any{"frames": noise, "traceparent": noise}
	case 3:
		return map[string]any{"frames": strings.Repeat("\n", 1<<o.random.IntN(12))}
	case 4:
		return map[string]any{"frames": strings.Repeat("[", 1<<o.random.IntN(17))}
	case 5:
		return map[string]any{"frames": `{"protected":"e30","payload":"e30","signature":"` + strings.Repeat("A", o.random.IntN(200)) + `"}`, "traceparent": strings.Repeat(",", 5000)}
	case 6:
		return map[string]any{noise: noise}
	}
	return map[string]any{"frames": `{"protected":{"alg":"none"},"payload":null}`}
}

// othersGoOn floods one node's stream: the other must have a receipt for something new before the flood is gone or shortly after.
func (o *ordeal) othersGoOn(c *goredis.Client) {
	o.t.Helper()
	ctx := context.Background()
	for i := range 400 {
		o.must(c.XAdd(ctx, &goredis.XAddArgs{Stream: "fed:out:be", Values: o.rubbish(i)}).Err())
	}
	var before, now struct{ Receipted int64 }
	address := o.parties["de"].url() + "/api/network"
	_, err := fetch(address, &before)
	o.must(err)
	for grace := 0; grace < 100; time.Sleep(50 * time.Millisecond) {
		if _, err := fetch(address, &now); err == nil && now.Receipted > before.Receipted {
			return
		}
		if waiting, err := c.XLen(ctx, "fed:out:be").Result(); err == nil && waiting < 10 {
			grace++
		}
	}
	o.t.Errorf("a flood from be has held up de\n%s", o.hub().log.String())
}

// rejected adds up what all parties have counted as rejected, at least least of it, and looks how much of it they keep.
func (o *ordeal) rejected(least int) {
	o.t.Helper()
	var total int64
	for _, name := range o.names {
		for _, c := range o.channels(name) {
			for _, n := range c.Rejected {
				total += n
			}
		}
		o.bounded(name)
	}
	if total < int64(least) {
		o.t.Errorf("%d lines were rejected, at least %d were no good", total, least)
	}
	o.t.Logf("%d lines were rejected", total)
}

// bounded looks at the samples that a party keeps of what it rejected: a thousand of a stream, and not all of each.
func (o *ordeal) bounded(name string) {
	o.t.Helper()
	driver := "pgx"
	dsn := o.parties[name].dsn
	if o.engine == storage.SQLite {
		driver, dsn = "sqlite", o.parties[name].file()
	}
	db, err := sql.Open(driver, dsn)
	o.must(err)
	defer db.Close()
	var most, longest sql.NullInt64
	err = errors.Join(
		db.QueryRow(`SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM fed_quarantine GROUP BY stream) AS streams`).Scan(&most),
		db.QueryRow(`SELECT MAX(LENGTH(sample)) FROM fed_quarantine`).Scan(&longest))
	o.must(err)
	if most.Int64 > 1000 || longest.Int64 > 4096 {
		o.t.Errorf("%s keeps %d samples of a stream, the longest of %d bytes", name, most.Int64, longest.Int64)
	}
}
