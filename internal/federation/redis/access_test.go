package redis

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	client "github.com/redis/go-redis/v9"
)

func TestHubAndNodesExchangeOverTheBrokerThatDeployMakes(t *testing.T) {
	s := newServer(t)
	hub := s.open("hub")
	for _, name := range nodes {
		node := s.open("node-" + string(name))
		b := &bench{t: t}
		out, in := "fed:out:"+string(name), "fed:in:"+string(name)
		publish(t, node, out, "to the hub")
		publish(t, hub, in, "to the node")
		b.expect(subscribe(t, t.Context(), hub, out), "to the hub")
		b.expect(subscribe(t, t.Context(), node, in), "to the node")
	}
	operator := s.plain("operator")
	b := &bench{t: t}
	b.eventually("the hub has cleaned the streams", func() bool {
		return operator.XLen(t.Context(), "fed:out:be").Val()+operator.XLen(t.Context(), "fed:in:de").Val() == 0
	})
	refused, err := operator.ACLLog(t.Context(), 100).Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range refused {
		t.Errorf("%s needed a right it does not have: %s %s", r.Username, r.Reason, r.Object)
	}
}

// allowed is all that the users may do, with a key where K stands: connect at any time, and the rest on some streams.
var (
	connecting = []string{"ping", "hello", "auth", "client|setname", "quit", "reset"} // Redis itself leaves the last two to everybody
	writing    = []string{"xadd K * frames x"}
	reading    = []string{"xreadgroup GROUP passerelle me COUNT 1 STREAMS K >", "xread COUNT 1 STREAMS K 0", "xack K passerelle 0-1", "xpending K passerelle",
		"xclaim K passerelle me 0 0-1", "xinfo|consumers K passerelle", "xgroup|create K passerelle 0 MKSTREAM", "xgroup|delconsumer K passerelle nobody"}
	cleaning = []string{"xinfo|groups K", "xlen K", "xtrim K MINID 0-1", "memory|usage K", "del K"}
)

// TestEachUserMayDoItsWorkAndNothingElse tries each command that the server has, on each stream, over a connection of each user.
func TestEachUserMayDoItsWorkAndNothingElse(t *testing.T) {
	s := newServer(t)
	commands, err := s.plain("operator").Do(t.Context(), "COMMAND").Slice()
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"fed:out:be", "fed:in:be", "fed:out:de", "fed:in:de", "fed:out:fr", "fed:in:fr", "fed:out:b", "fed:out:be:x", "other"}
	tried := 0
	for _, user := range []string{"node-be", "node-de", "hub"} {
		may := func(command, key string) bool {
			name, _, _ := strings.Cut(command, " ")
			in := func(list []string) bool { return slices.Contains(list, command) }
			if user == "hub" {
				return slices.Contains(connecting, name) || strings.HasPrefix(key, "fed:") && (in(writing) || in(reading) || in(cleaning))
			}
			country := strings.TrimPrefix(user, "node-")
			return slices.Contains(connecting, name) || in(writing) && key == "fed:out:"+country || in(reading) && key == "fed:in:"+country
		}
		c := s.plain(user)
		for _, command := range everyCommand(commands) {
			for _, key := range keys {
				if slices.Contains(connecting, command) { // it would change this connection
					continue
				}
				tried++
				err := c.Do(t.Context(), arguments(command, key)...).Err()
				if denied(err) == may(command, key) {
					t.Errorf("%s: %s on %s: %v", user, command, key, err)
				}
			}
		}
	}
	t.Logf("%d commands tried", tried)
}

// denied tells a right that is missing, to the user or to everybody, from another mistake.
func denied(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "NOPERM") || strings.Contains(err.Error(), "command not allowed"))
}

// everyCommand lists what the server knows, with the arguments it asks for at least, and the allowed ones as they are meant.
func everyCommand(commands []any) []string {
	var all []string
	for _, c := range commands {
		details := c.([]any)
		name, arity := details[0].(string), details[1].(int64)
		if sub := details[9].([]any); len(sub) > 0 {
			all = append(all, everyCommand(sub)...)
			continue
		}
		if !slices.Contains(connecting, name) {
			all = append(all, name+strings.Repeat(" K", int(max(arity, -arity))-1-strings.Count(name, "|")))
		}
	}
	used := slices.Concat(writing, reading, cleaning)
	all = slices.DeleteFunc(all, func(c string) bool {
		name, _, _ := strings.Cut(c, " ")
		return slices.ContainsFunc(used, func(u string) bool { return strings.HasPrefix(u, name+" ") })
	})
	return append(all, used...)
}

func arguments(command, key string) []any {
	var args []any
	for i, word := range strings.Fields(command) {
		switch {
		case i == 0:
			for part := range strings.SplitSeq(word, "|") {
				args = append(args, part)
			}
		case word == "K":
			args = append(args, key)
		default:
			args = append(args, word)
		}
	}
	return args
}

func TestASecondStreamDoesNotPassBesideTheOwn(t *testing.T) {
	s := newServer(t)
	be := s.plain("node-be")
	for _, args := range []string{
		"xread STREAMS fed:in:be fed:in:de 0 0", "xreadgroup GROUP passerelle me STREAMS fed:in:be fed:out:be > >", "xread STREAMS fed:out:be 0",
		"xadd fed:in:be * frames x", "xgroup create fed:out:be passerelle 0 MKSTREAM", "eval return 1 fed:out:be", "function list", "config get *", "keys *", "select 1",
		"acl whoami", "multi", "subscribe x", "monitor", "client list", "client kill 127.0.0.1:1", "debug sleep 0", "module list", "script flush", "shutdown nosave",
		"slaveof no one", "psync ? -1", "flushall", "swapdb 0 1", "xsetid fed:out:be 1-1", "xtrim fed:out:be MAXLEN 0", "xdel fed:in:be 1-1",
	} {
		if err := be.Do(t.Context(), arguments(args, "")...).Err(); !denied(err) {
			t.Errorf("%s: %v", args, err)
		}
	}
}

func TestNobodyRunsScripts(t *testing.T) {
	s := newServer(t)
	for _, user := range users {
		for _, args := range []string{"eval x 0", "evalsha x 0", "fcall x 0", "function flush", "script flush"} {
			if err := s.plain(user).Do(t.Context(), arguments(args, "")...).Err(); !denied(err) {
				t.Errorf("%s: %s: %v", user, args, err)
			}
		}
	}
}

func TestTheBrokerRefusesWhatIsTooLargeAndGoesOn(t *testing.T) {
	s := newServer(t)
	be, hub := s.plain("node-be"), s.open("hub")
	largest := strings.Repeat("x", 8<<20)
	publish(t, s.open("node-be"), "fed:out:be", largest)
	if err := be.XAdd(t.Context(), &client.XAddArgs{Stream: "fed:out:be", Values: []any{fieldPayload, strings.Repeat("x", 10<<20)}}).Err(); err == nil {
		t.Error("a field of 10 MiB was taken")
	}
	// At a quarter of the size that redis.conf has, to be done sooner.
	if err := s.plain("operator").ConfigSet(t.Context(), "maxmemory-clients", "64mb").Err(); err != nil {
		t.Fatal(err)
	}
	many := []any{}
	for n := range 10 {
		many = append(many, fmt.Sprint(n), largest)
	}
	if err := be.XAdd(t.Context(), &client.XAddArgs{Stream: "fed:out:be", Values: many}).Err(); err == nil {
		t.Error("an entry of 80 MiB was taken")
	}
	publish(t, s.open("node-de"), "fed:out:de", "small")
	b := &bench{t: t}
	b.expect(subscribe(t, t.Context(), hub, "fed:out:de"), "small")
	b.expect(subscribe(t, t.Context(), hub, "fed:out:be"), largest)
}
