package main

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/federation"
	"passerelle/internal/federation/redis"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes/correspondence"
)

// TestAHubThatLostItsBooksHandsOnEachLetterOnce: a letter waits at the hub for a host that does not run, and the hub's books are lost. Rebuilt from
// its nodes or begun anew on empty books, it hands on what the host has not got, once, and nothing that the host has.
func TestAHubThatLostItsBooksHandsOnEachLetterOnce(t *testing.T) {
	for _, begun := range []string{"rebuilt", "empty"} {
		t.Run(begun, func(t *testing.T) {
			url := storagetest.Redis(t)
			n := newNetwork(t, storage.SQLite, []string{"hub", "be", "fr", "de"}, func(p contracts.PartyID) transport {
				tr, err := redis.Open(redis.Options{URL: url, Consumer: string(p), Trim: p == contracts.Hub})
				if err != nil {
					t.Fatal(err)
				}
				return tr
			})
			a := openAbroad(t, n, "be", "FR", "FR")
			a.file(t, "fr", correspondence.Taken, contracts.KindHostRequest)
			n.settle()
			n.up["fr"].stop()
			delete(n.up, "fr")
			question := correspondence.Draft{Kind: contracts.KindInfoRequest, Says: []byte(`{"text":"Where is the stage?"}`)}
			if _, err := n.up["be"].node.Letters.WriteToHost(t.Context(), access.Program(), a.id, "FR", question); err != nil {
				t.Fatal(err)
			}
			n.settle()
			n.up[contracts.Hub].stop()
			n.dsn[contracts.Hub] = filepath.Join(t.TempDir(), "hub.db")
			if begun == "rebuilt" {
				code, out, errs := command(t, "rebuild", "--from-peers", "--wait", "3s", "--broker", url, "--network", n.dir, "--db", n.dsn[contracts.Hub])
				if code != exitFinding || !strings.Contains(out, "nothing was heard of fr") {
					t.Fatalf("exit %d: %s%s", code, out, errs)
				}
			}
			n.start(contracts.Hub)
			n.start("fr")
			a.file(t, "fr", correspondence.Taken, contracts.KindInfoRequest)
			n.settle()
			want := map[contracts.PartyID]int{"be": 4, "fr": 4, "de": 2} // the keys of the others; two letters and their acknowledgements
			inTime(t, "everything is handed on", func() bool { return maps.Equal(n.handedOn(t), want) })
			n.up[contracts.Hub].stop()
			if code, out, errs := command(t, "verify", "--db", n.dsn[contracts.Hub], "--network", n.dir); code != exitGood {
				t.Errorf("exit %d: %s%s", code, out, errs)
			}
			forgets(t, n.dsn[contracts.Hub])
			if code, out, _ := command(t, "verify", "--db", n.dsn[contracts.Hub], "--network", n.dir); code != exitFinding || !strings.Contains(out, "neither handed on nor waits") {
				t.Errorf("a letter is gone: exit %d: %s", code, out)
			}
		})
	}
}

// handedOn counts the frames that the hub's log says it handed to each node, and fails when one was handed twice.
func (n *network) handedOn(t *testing.T) map[contracts.PartyID]int {
	t.Helper()
	counts, seen := map[contracts.PartyID]int{}, map[string]bool{}
	err := federation.Sent(t.Context(), n.up[contracts.Hub].prog.db, func(f federation.Fact) error {
		event, err := f.Event()
		if err != nil {
			return err
		}
		counts[f.Peer]++
		if once := string(f.Peer) + event.(contracts.FrameForwarded).Frame.Payload; seen[once] {
			t.Fatalf("%s was handed a frame twice", f.Peer)
		} else {
			seen[once] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// forgets takes from a hub's books that it handed anything on.
func forgets(t *testing.T, dsn string) {
	t.Helper()
	db, err := storage.OpenFor(t.Context(), string(contracts.Hub), dsn, migrationsOf(contracts.Hub)...)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM telling`)
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}
