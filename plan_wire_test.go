package main

import (
	"context"
	"path/filepath"
	"testing"

	"passerelle/contracts"
	"passerelle/hub/investment"
	"passerelle/hub/store"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
	"passerelle/nodes/plan"
)

// TestTheNodeThatGotTheMoneyConfirmsItAndAHubThatLostItsBookKeepsTheWord: the board sends a tranche, the hub tells the node, the node's manager signs
// that it came, and the board's book has it from him. The hub is lost and rebuilt from its nodes, without the book, which only a backup has: the
// word is there, and goes into the book when that is entered again, once.
func TestTheNodeThatGotTheMoneyConfirmsItAndAHubThatLostItsBookKeepsTheWord(t *testing.T) {
	const tranche = "plan-2021-se-2024-2"
	b := memory.NewBroker()
	n := newNetwork(t, storage.SQLite, []string{"hub", "at", "se"}, func(contracts.PartyID) transport { return sharedMemory{b} })
	if err := n.up[contracts.Hub].hub.LoadDemonstrationPlan(t.Context()); err != nil {
		t.Fatal(err)
	}
	told := func(p contracts.PartyID) (now plan.Plan) {
		now, err := n.up[p].node.Plans.Read(t.Context(), n.up[p].node.DB)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	inTime(t, "both nodes are told", func() bool { return told("se").Known && told("at").Known })
	sent, _ := told("se").Tranche(tranche)
	if _, mine := told("at").Tranche(tranche); mine || sent.State != contracts.TrancheSent {
		t.Fatalf("%+v, and told to another: %v", sent, mine)
	}
	if _, err := n.up["se"].node.Plans.Confirm(t.Context(), "", tranche, contracts.MustDate("2024-09-28"), sent.Amount); err != nil {
		t.Fatal(err)
	}
	confirmed := func() bool { now, _ := told("se").Tranche(tranche); return now.State == contracts.TrancheConfirmed }
	inTime(t, "the book has it, and the node is told", confirmed)

	args := []string{"rebuild", "--network", n.dir}
	for _, p := range []contracts.PartyID{"at", "se"} {
		args = append(args, "--from-log", exported(t, p, n.dsn[p]))
	}
	n.up[contracts.Hub].stop()
	n.dsn[contracts.Hub] = filepath.Join(t.TempDir(), "hub.db")
	args = append(args, "--db", n.dsn[contracts.Hub])
	if code, out, errs := command(t, args...); code != exitGood {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	n.start(contracts.Hub)
	waiting := func() int {
		r := store.Read(n.up[contracts.Hub].prog.db)
		books, _, err := investment.Read(t.Context(), r, contracts.Date{})
		if err != nil {
			t.Fatal(err)
		}
		words, err := r.Confirmations(context.Background())
		if err != nil || len(words) != 1 {
			t.Fatalf("%d words, %v", len(words), err)
		}
		return len(books.Waiting(words))
	}
	if got := waiting(); got != 1 {
		t.Errorf("%d confirmations wait for the book", got)
	}
	if err := n.up[contracts.Hub].hub.LoadDemonstrationPlan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := waiting(); got != 0 {
		t.Errorf("%d confirmations still wait though the book is back", got)
	}
	n.settle()
	if !confirmed() {
		t.Error("the node was told something else")
	}
}
