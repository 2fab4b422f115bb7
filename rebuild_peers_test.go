package main

import (
	"path/filepath"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/internal/federation/redis"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

func TestTheHubIsRebuiltFromItsNodes(t *testing.T) {
	url := storagetest.Redis(t)
	n := newNetwork(t, storage.SQLite, []string{"hub", "be", "de"}, func(p contracts.PartyID) transport {
		tr, err := redis.Open(redis.Options{URL: url, Consumer: string(p), Trim: p == contracts.Hub})
		if err != nil {
			t.Fatal(err)
		}
		return tr
	})
	for _, p := range []contracts.PartyID{"be", "de"} {
		activity := n.activity(p)
		for range 20 {
			n.issue(p, activity, "12.34")
		}
	}
	n.settle()
	n.up[contracts.Hub].stop()
	rebuilt := filepath.Join(t.TempDir(), "hub.db")
	args := []string{"rebuild", "--from-peers", "--broker", url, "--network", n.dir, "--db"}
	code, out, errs := command(t, append(args, rebuilt)...)
	if code != exitGood || !strings.Contains(out, "rebuilt the hub from its nodes: 44 messages") { // twice 20 invoices, a profile and a sealing key
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	for _, p := range []contracts.PartyID{"be", "de"} {
		if theirs, own := digestAt(t, rebuilt, p), digestAt(t, n.dsn[p], p); theirs != own {
			t.Errorf("%s: the rebuilt hub has %s, the node %s", p, theirs, own)
		}
	}
	if code, _, errs := command(t, append(args, rebuilt)...); code != exitFailed || !strings.Contains(errs, "holds messages already") {
		t.Errorf("into books that are not empty: exit %d, %s", code, errs)
	}
}

// digestAt is the line that passerelle digest prints of a country.
func digestAt(t *testing.T, dsn string, of contracts.PartyID) string {
	t.Helper()
	_, out, errs := command(t, "digest", "--db", dsn)
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(line, string(of)) {
			return line
		}
	}
	t.Fatalf("no digest of %s: %s%s", of, out, errs)
	return ""
}
