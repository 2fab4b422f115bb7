package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"passerelle/internal/storage"
)

// TestThreeDaysWithoutTheBroker takes the broker away for 72 simulated hours, in steps of six. The nodes work on alone.
func TestThreeDaysWithoutTheBroker(t *testing.T) {
	t.Parallel()
	oneEngine(t, storage.SQLite, func(t *testing.T, o *ordeal) {
		l := o.load()
		l.awaitMore(t, 10)
		o.broker.kill()
		for hours := 6; hours <= 72; hours += 6 {
			for _, name := range o.names {
				o.parties[name].setClock(time.Duration(hours) * time.Hour)
			}
			l.awaitMore(t, times(6, 100))
		}
		for _, name := range o.nodes() {
			var channel struct{ Sent, Receipted int64 }
			if _, err := fetch(o.parties[name].url()+"/api/network", &channel); err != nil || channel.Sent-channel.Receipted < 12 {
				t.Errorf("%s: %+v after three days alone, %v", name, channel, err)
			}
		}
		o.broker.start()
		l.awaitMore(t, 10)
		o.judge(l.end())
	})
}

// TestClocksAreWrongByADay puts the clock of a node, then of the hub, a day forward and a day back and right again while they work,
// and empties the broker each time, so that a message must be sent again by a clock that has just jumped.
func TestClocksAreWrongByADay(t *testing.T) {
	t.Parallel()
	oneEngine(t, storage.Postgres, func(t *testing.T, o *ordeal) {
		c := o.broker.client()
		defer c.Close()
		l := o.load()
		for range times(1, 10) {
			for _, name := range []string{"be", "hub"} {
				for _, offset := range []time.Duration{24 * time.Hour, -24 * time.Hour, 0} {
					l.awaitMore(t, 5)
					o.parties[name].setClock(offset)
					time.Sleep(100 * time.Millisecond)
					if err := c.FlushAll(context.Background()).Err(); err != nil {
						t.Fatal(err)
					}
					o.awaitProgress(fmt.Sprintf("the clock of %s is off by %s", name, offset))
				}
			}
		}
		o.judge(l.end())
	})
}

// TestAMessageLostWhenTheClockJumpsBackIsSentAgainSoon: the node has sent its last message and waits for the receipt until a moment that
// is now a day away. The hub is gone while the message is lost.
func TestAMessageLostWhenTheClockJumpsBackIsSentAgainSoon(t *testing.T) {
	t.Parallel()
	oneEngine(t, storage.SQLite, func(t *testing.T, o *ordeal) {
		c := o.broker.client()
		defer c.Close()
		l := o.load()
		l.awaitMore(t, 10)
		sure := l.end()
		o.awaitReceipts(time.Minute)
		node := o.parties["be"]
		o.hub().kill()
		id, _, err := issuer{node.url(), l.activities["be"]}.invoice(1)
		o.must(err)
		time.Sleep(time.Second) // it is in the broker
		node.setClock(-24 * time.Hour)
		o.must(c.FlushAll(context.Background()).Err())
		o.hub().start()
		sure["be"] = append(sure["be"], id)
		o.judge(sure)
	})
}

// awaitProgress waits until every node has a receipt for something it wrote from now on.
func (o *ordeal) awaitProgress(while string) {
	o.t.Helper()
	for _, name := range o.nodes() {
		var then struct{ Sent int64 }
		if _, err := fetch(o.parties[name].url()+"/api/network", &then); err != nil {
			o.t.Fatal(err)
		}
		within(o.t, time.Minute, func() error {
			var now struct{ Receipted int64 }
			_, err := fetch(o.parties[name].url()+"/api/network", &now)
			if err == nil && now.Receipted <= then.Sent {
				err = fmt.Errorf("%s, and %s has receipts for %d of %d messages\n%s", while, name, now.Receipted, then.Sent, o.parties[name].log.String())
			}
			return err
		})
	}
}
