package redis

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	client "github.com/redis/go-redis/v9"
)

// times is how often something is done: few times in every test run, and as often as the claim says in `make soak`.
func times(short, long int) int {
	if os.Getenv("PASSERELLE_LONG") == "" {
		return short
	}
	return long
}

// flow numbers entries over one stream with the least protocol that the transport asks of its users: the reader takes the next
// number and nothing else, the sender begins again after the last one taken when none has been for a while.
type flow struct {
	stream string
	taken  atomic.Int64
	last   atomic.Int64 // to send; grows until done
	ended  atomic.Bool  // the subscription, before its context
	worst  atomic.Int64 // the longest time without progress, in nanoseconds
}

const (
	window  = 50
	overdue = 200 * time.Millisecond
)

func (f *flow) send(ctx context.Context, from *Transport) {
	sent, taken := int64(0), int64(0)
	moved, again := time.Now(), time.Now()
	for ctx.Err() == nil {
		if now := f.taken.Load(); now > taken {
			f.worst.Store(max(f.worst.Load(), int64(time.Since(moved))))
			taken, moved = now, time.Now()
		}
		if sent > taken && time.Since(moved) > overdue && time.Since(again) > overdue {
			sent, again = taken, time.Now()
		}
		if sent >= min(taken+window, f.last.Load()) {
			time.Sleep(time.Millisecond)
			continue
		}
		m := message.NewMessage("1", []byte(strconv.FormatInt(sent+1, 10)))
		m.SetContext(ctx)
		if from.Publish(f.stream, m) == nil {
			sent++
		}
	}
}

func (f *flow) take(ctx context.Context, out <-chan *message.Message) {
	for m := range out {
		if n, err := strconv.ParseInt(string(m.Payload), 10, 64); err == nil && n == f.taken.Load()+1 {
			f.taken.Store(n)
		}
		m.Ack()
	}
	f.ended.Store(ctx.Err() == nil)
}

// flowing runs an entry flow in both directions between the hub and a node while trouble is made, then waits until all has arrived.
func flowing(t *testing.T, s *server, trouble func()) []*flow {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	hub, node := s.open("hub"), s.open("node-be")
	flows := []*flow{{stream: "fed:out:be"}, {stream: "fed:in:be"}}
	var work sync.WaitGroup
	for i, ends := range [][2]*Transport{{node, hub}, {hub, node}} {
		f, out := flows[i], subscribe(t, ctx, ends[1], flows[i].stream)
		work.Go(func() { f.take(ctx, out) })
		work.Go(func() { f.send(ctx, ends[0]) })
		f.last.Store(1 << 40)
	}
	trouble()
	b := &bench{t: t}
	for _, f := range flows {
		goal := f.taken.Load() + 200
		f.last.Store(goal)
		b.eventually(f.stream+" flows again", func() bool { return f.taken.Load() >= goal })
	}
	cancel()
	work.Wait()
	for _, f := range flows {
		if f.ended.Load() {
			t.Errorf("the subscription to %s has ended", f.stream)
		}
		t.Logf("%s: %d entries in order, longest pause %s", f.stream, f.taken.Load(), time.Duration(f.worst.Load()).Round(time.Millisecond))
	}
	return flows
}

func TestEntriesFlowOnWhateverHappensToTheBroker(t *testing.T) {
	s := newServer(t)
	operator := s.plain("operator")
	do := func(args ...any) { operator.Do(t.Context(), args...) } // it may hit a moment without the stream: then there was nothing to harm
	both := func(args ...any) {
		for _, stream := range []string{"fed:out:be", "fed:in:be"} {
			for i, a := range args {
				if a == "K" {
					args[i] = stream
				}
			}
			do(args...)
		}
	}
	for _, c := range []struct {
		name        string
		short, long int
		accident    func()
	}{
		{"FLUSHALL", 10, 100, func() { do("FLUSHALL") }},
		{"the streams are removed", 5, 100, func() { do("DEL", "fed:out:be", "fed:in:be") }},
		{"the groups are destroyed", 5, 100, func() { both("XGROUP", "DESTROY", "K", group) }},
		{"the consumers are removed", 5, 100, func() { do("XGROUP", "DELCONSUMER", "fed:out:be", group, "hub") }},
		{"the group goes back to the start", 5, 100, func() { do("XGROUP", "SETID", "fed:out:be", group, "0") }},
		{"all connections are cut", 5, 100, func() { do("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes") }},
		{"another value lies there", 2, 20, func() {
			do("DEL", "fed:out:be")
			do("SET", "fed:out:be", "x")
			time.Sleep(50 * time.Millisecond)
			do("DEL", "fed:out:be")
		}},
		{"the ids are used up", 2, 20, func() {
			do("XADD", "fed:out:be", "18446744073709551615-18446744073709551615", "x", "x")
			time.Sleep(time.Second)
		}},
		{"the server is killed and started on its data", 1, 20, func() {
			stop(s.process)
			if !s.start() {
				t.Fatal(s.log())
			}
		}},
		{"the server is exchanged for an empty one", 1, 20, s.exchange},
	} {
		t.Run(c.name, func(t *testing.T) {
			flowing(t, s, func() {
				for range times(c.short, c.long) {
					time.Sleep(20*time.Millisecond + rand.N(60*time.Millisecond))
					c.accident()
				}
			})
		})
	}
}

// TestNothingPublishedIsLostWhileItsStreamLives cuts every connection now and again, in the middle of whatever passes. Each entry
// whose Publish succeeded arrives, the first time in its order.
func TestNothingPublishedIsLostWhileItsStreamLives(t *testing.T) {
	s := newServer(t)
	near := *s
	proxy := newCutter(t, s.port)
	near.port = proxy.port
	hub, node := near.open("hub"), near.open("node-be")
	out := subscribe(t, t.Context(), hub, "fed:out:be")
	last := int64(times(3_000, 100_000))
	var failed atomic.Int64
	go func() {
		for n := int64(1); n <= last && t.Context().Err() == nil; {
			if node.Publish("fed:out:be", message.NewMessage("1", []byte(strconv.FormatInt(n, 10)))) != nil {
				failed.Add(1)
				continue
			}
			n++
		}
	}()
	b := &bench{t: t}
	for taken, again := int64(0), 0; taken < last; {
		m := b.next(out)
		n, err := strconv.ParseInt(string(m.Payload), 10, 64)
		switch {
		case err != nil || n > taken+1:
			t.Fatalf("after %d comes %q", taken, m.Payload)
		case n <= taken:
			again++
		default:
			taken = n
		}
		m.Ack()
		if taken == last {
			t.Logf("%d entries, %d came again, %d calls of Publish failed, %d connections cut", last, again, failed.Load(), proxy.cuts.Load())
		}
	}
	if proxy.cuts.Load() == 0 {
		t.Error("no connection was cut")
	}
}

func TestMoreThanTheBrokerSendsAtOnceComesOneByOne(t *testing.T) {
	s := newServer(t)
	node := s.open("node-be")
	operator := s.plain("operator")
	large := strings.Repeat("x", 8<<20)
	for range batch - 2 { // 112 MiB, and a client is sent 96 at most
		if err := operator.XAdd(t.Context(), &client.XAddArgs{Stream: "fed:in:be", Values: []any{fieldPayload, large}}).Err(); err != nil {
			t.Fatal(err)
		}
	}
	b := &bench{t: t}
	out := subscribe(t, t.Context(), node, "fed:in:be")
	for range batch - 2 {
		b.expect(out, large)
	}
}

// malformed makes entries as a hostile node may, at random.
func malformed(r *rand.Rand) *client.XAddArgs {
	binary := make([]byte, r.IntN(200))
	for i := range binary {
		binary[i] = byte(r.Uint32())
	}
	a := &client.XAddArgs{Stream: "fed:out:be"}
	switch kind := r.IntN(2000); {
	case kind < 1:
		a.ID, a.Values = "18446744073709551615-18446744073709551615", []any{"x", "x"}
	case kind < 20:
		a.Values = []any{fieldPayload, strings.Repeat("x", 1<<20)}
	case kind < 300:
		a.Values = slices.Repeat([]any{string(binary), binary}, 1+r.IntN(300))
	case kind < 600:
		a.Values = []any{"", ""}
	case kind < 900:
		a.Values = []any{fieldPayload, binary, fieldPayload, "", fieldTrace, binary}
	case kind < 1200:
		a.Values = []any{"_watermill_message_uuid", binary, "metadata", binary, "payload", binary}
	default:
		a.Values = []any{binary, ""}
	}
	return a
}

// TestAFloodOfMalformedEntriesHarmsNobodyElse: a hostile node writes what it likes as fast as it can. Its own stream goes on, in
// bounded memory, and another node's entries arrive as if nothing were.
func TestAFloodOfMalformedEntriesHarmsNobodyElse(t *testing.T) {
	s := newServer(t)
	hub, de := s.open("hub"), s.open("node-de")
	hostile := s.plain("node-be")
	var strange atomic.Int64
	end := make(chan struct{})
	flooded := subscribe(t, t.Context(), hub, "fed:out:be")
	go func() {
		for m := range flooded {
			if string(m.Payload) == "the end" {
				close(end)
			}
			strange.Add(1)
			m.Ack()
		}
	}()
	peak := watchMemory(t)
	flood := make(chan struct{})
	total := times(2_000, 100_000)
	go func() {
		defer close(flood)
		r := rand.New(rand.NewPCG(1, 2))
		for accepted := 0; accepted < total && t.Context().Err() == nil; {
			answers, err := hostile.Pipelined(t.Context(), func(p client.Pipeliner) error {
				for range 50 {
					p.XAdd(t.Context(), malformed(r))
				}
				return nil
			})
			accepted += 50
			if err != nil { // it has used up its ids, and is refused until the hub has made the stream anew
				accepted -= len(slices.DeleteFunc(answers, func(c client.Cmder) bool { return c.Err() == nil }))
				time.Sleep(20 * time.Millisecond)
			}
		}
	}()
	b := &bench{t: t}
	out := subscribe(t, t.Context(), hub, "fed:out:de")
	var took []time.Duration
	for running := true; running; {
		select {
		case <-flood:
			running = false
		default:
		}
		began := time.Now()
		publish(t, de, "fed:out:de", "honest")
		b.expect(out, "honest")
		took = append(took, time.Since(began))
		time.Sleep(2 * time.Millisecond)
	}
	b.eventually("the hostile node's stream takes entries", func() bool {
		return hostile.XAdd(t.Context(), &client.XAddArgs{Stream: "fed:out:be", Values: []any{fieldPayload, "the end"}}).Err() == nil
	})
	select {
	case <-end:
	case <-time.After(20 * time.Second):
		t.Error("the end of the flood does not arrive")
	}
	slices.Sort(took)
	used := peak()
	t.Logf("%d malformed entries accepted by the broker, %d delivered; the other node's %d entries took %s (median), %s (99 %%), %s (most); heap at most %d MiB",
		total, strange.Load(), len(took), took[len(took)/2], took[len(took)*99/100], took[len(took)-1], used>>20)
	if used > 256<<20 {
		t.Errorf("%d MiB of heap", used>>20)
	}
}

// TestANodeCannotFillTheBroker: what a node may write, and the groups and consumers it may make, are thrown away before or soon
// after they fill the memory; others may be refused for that moment and publish again.
func TestANodeCannotFillTheBroker(t *testing.T) {
	s := newServer(t)
	long := strings.Repeat("x", 4<<20)
	for name, flood := range map[string]func(p client.Pipeliner, n int){
		"entries": func(p client.Pipeliner, n int) {
			p.XAdd(t.Context(), &client.XAddArgs{Stream: "fed:out:be", Values: []any{fieldPayload, long}})
		},
		"groups": func(p client.Pipeliner, n int) {
			p.XGroupCreateMkStream(t.Context(), "fed:in:be", fmt.Sprint(n, long), "0")
		},
		"consumers": func(p client.Pipeliner, n int) {
			p.XReadGroup(t.Context(), &client.XReadGroupArgs{Group: group, Consumer: fmt.Sprint(n, long), Streams: []string{"fed:in:be", fresh}, Block: -1})
		},
	} {
		t.Run(name, func(t *testing.T) {
			hub, de, be := s.open("hub"), s.open("node-de"), s.plain("node-be")
			publish(t, hub, "fed:in:be", "to the node")
			be.XGroupCreate(t.Context(), "fed:in:be", group, "0")
			subscribe(t, t.Context(), hub, "fed:out:be") // and does not keep pace
			end := time.Now().Add(time.Duration(times(2, 20)) * time.Second)
			done := make(chan struct{})
			go func() {
				defer close(done)
				for n := 0; time.Now().Before(end); n++ {
					_, _ = be.Pipelined(t.Context(), func(p client.Pipeliner) error { flood(p, n); return nil }) // refused when the memory is full
				}
			}()
			b, most, refused := &bench{t: t}, time.Duration(0), 0
			out := subscribe(t, t.Context(), hub, "fed:out:de")
			for time.Now().Before(end) {
				began := time.Now()
				for de.Publish("fed:out:de", message.NewMessage("1", []byte("honest"))) != nil {
					refused++
					time.Sleep(10 * time.Millisecond)
				}
				b.expect(out, "honest")
				most = max(most, time.Since(began))
			}
			<-done
			operator := s.plain("operator")
			b.eventually("the memory is free again", func() bool {
				used := operator.Info(t.Context(), "memory").Val()
				_, rest, _ := strings.Cut(used, "used_memory:")
				n, _ := strconv.Atoi(strings.TrimSpace(strings.SplitN(rest, "\n", 2)[0]))
				return n > 0 && n < 2*quota
			})
			t.Logf("an entry of the other node took %s at most; %d were refused", most.Round(time.Millisecond), refused)
			if most > 5*time.Second {
				t.Errorf("an entry of the other node took %s", most)
			}
		})
	}
}

// watchMemory returns a function that tells the most heap in use since.
func watchMemory(t testing.TB) func() uint64 {
	runtime.GC() // what other tests have left
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	once := sync.OnceValue(func() uint64 { close(done); return <-peak })
	t.Cleanup(func() { once() })
	return once
}

func TestPausesGrowAndDiffer(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 20 {
		var wait, pause time.Duration
		for n, want := range []time.Duration{50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond} {
			if wait, pause = longer(wait); wait != want || pause < wait/2 || pause > wait*3/2 {
				t.Errorf("pause %d: %s around %s, want around %s", n, pause, wait, want)
			}
			seen[pause] = true
		}
		for range 20 {
			wait, _ = longer(wait) // the pause is random and was checked above
		}
		if wait != 5*time.Second {
			t.Errorf("in the end around %s", wait)
		}
	}
	if len(seen) < 50 {
		t.Errorf("%d different pauses of 60: parties come back in step", len(seen))
	}
}
