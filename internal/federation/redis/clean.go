package redis

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Every cleanEvery, what the reader has acknowledged is removed from each stream. If more than the quota is then left, honest
// parties did not make it: they send at most a thousand messages ahead, and one a minute to who does not answer. Such a stream is
// thrown away whole, before it fills the memory that all share: a party that floods harms itself alone.
const (
	cleanEvery = time.Second
	quota      = 64 << 20 // bytes as Redis counts them, and what it does not count
)

// everyEntry has Redis weigh a stream whole. By itself it takes five entries for all: where they are batches and the others single
// messages, that was a hundred times too much, and honest streams were thrown away.
const everyEntry = 0

// clean runs until Close.
func (t *Transport) clean() {
	for sleep(t.ctx, cleanEvery) {
		t.streams.Range(func(stream, _ any) bool {
			ctx, cancel := context.WithTimeout(t.ctx, 10*time.Second)
			defer cancel()
			err := t.cleanStream(ctx, stream.(string))
			if err != nil && t.ctx.Err() == nil {
				t.Log.Warn("clean stream", "stream", stream, "err", explain(err))
			}
			return err == nil
		})
	}
}

func (t *Transport) cleanStream(ctx context.Context, stream string) error {
	keep, names, err := t.acknowledged(ctx, stream)
	if err != nil { // the answer does not come through: the broker is gone, or it is larger than a client may have
		return t.throwAway(ctx, stream, err.Error())
	}
	var size *redis.IntCmd
	err = t.together(ctx, func(p redis.Pipeliner) {
		if keep != "" && keep != usedUp {
			p.XTrimMinID(ctx, stream, keep)
		}
		size = p.MemoryUsage(ctx, stream, everyEntry)
	})
	switch {
	case err != nil:
		return err
	case keep == usedUp:
		return t.throwAway(ctx, stream, "its ids are used up")
	case size.Val()+names > quota:
		return t.throwAway(ctx, stream, fmt.Sprintf("%d bytes are above the quota", size.Val()+names))
	}
	return nil
}

func (t *Transport) throwAway(ctx context.Context, stream, reason string) error {
	if err := t.client.Del(ctx, stream).Err(); err != nil {
		return fmt.Errorf("throw away: %w", err)
	}
	t.Log.Warn("stream thrown away; its sender will send again", "stream", stream, "reason", reason)
	return nil
}

// acknowledged returns the first id to keep: the oldest entry delivered and not acknowledged, or what follows the last one
// delivered. Asked in this order, it stays true whatever is read in between. It is empty when nobody has read. With it comes the
// length of the names of all groups, of which Redis does not count the memory.
func (t *Transport) acknowledged(ctx context.Context, stream string) (keep string, names int64, err error) {
	var groups *redis.XInfoGroupsCmd
	var pending *redis.XPendingCmd
	err = t.together(ctx, func(p redis.Pipeliner) {
		groups, pending = p.XInfoGroups(ctx, stream), p.XPending(ctx, stream, group)
	})
	for _, g := range groups.Val() { // there may be others, made by nobody knows whom
		names += int64(len(g.Name))
		if g.Name == group && pending.Err() == nil {
			keep = after(g.LastDeliveredID)
		}
	}
	if p := pending.Val(); keep != "" && keep != usedUp && p.Count > 0 {
		keep = p.Lower
	}
	return keep, names, err
}

// together runs commands in one round trip. That the broker refuses one, because there is no such stream or group, is no error here.
func (t *Transport) together(ctx context.Context, commands func(redis.Pipeliner)) error {
	_, err := t.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		commands(p)
		return nil
	})
	if _, answer := errors.AsType[redis.Error](err); answer {
		return nil
	}
	return err
}

// usedUp stands for the id after the last millisecond there is. A stream into which somebody has written such an id soon takes no
// other entry, and has to be made anew.
const usedUp = "18446744073709551616-0"

// after returns the id that follows.
func after(id string) string {
	milliseconds, sequence, _ := strings.Cut(id, "-")
	if milliseconds == strconv.FormatUint(math.MaxUint64, 10) {
		return usedUp
	}
	n, err := strconv.ParseUint(sequence, 10, 64)
	if err != nil || n == math.MaxUint64 {
		return id
	}
	return milliseconds + "-" + strconv.FormatUint(n+1, 10)
}
