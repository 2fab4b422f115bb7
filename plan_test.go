package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/internal/storage"
)

func TestPlanShowPrintsTheBookOfADay(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "hub.db")
	db, err := storage.OpenFor(t.Context(), "hub", dsn, hub.Migrations()...)
	if err != nil {
		t.Fatal(err)
	}
	if err := hub.New(db, hub.Options{}).LoadDemonstrationPlan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2020-12-09": "", "2021-12-31": "1400000.00", "": "3200000.00"} {
		var out, errs bytes.Buffer
		args := []string{"plan", "show", "--db", dsn, "--json"}
		if day != "" {
			args = append(args, "--on", day)
		}
		if code := run(t.Context(), args, &out, &errs); code != exitGood {
			t.Fatalf("%d %s", code, errs.String())
		}
		var p planOutputRead
		if err := json.Unmarshal(out.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if p.sent(t) != want || p.Example != (want != "") {
			t.Errorf("on %q %s was sent, want %s", day, p.sent(t), want)
		}
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"plan", "show", "--db", dsn, "--on", "yesterday"}, &out, &errs); code != exitFailed || errs.Len() == 0 {
		t.Errorf("%d %s", code, errs.String())
	}
}

// planOutputRead is what a program reads of it.
type planOutputRead struct {
	Example bool
	Series  []struct {
		Sent    contracts.Money
		Example bool
	}
}

// sent sums up the series; nothing for no rows.
func (p planOutputRead) sent(t *testing.T) string {
	t.Helper()
	if len(p.Series) == 0 {
		return ""
	}
	sum := contracts.Zero(contracts.EUR)
	for _, r := range p.Series {
		if !r.Example {
			t.Error("a row of the split is not marked as an example")
		}
		sum.Amount = sum.Amount.Add(r.Sent.Amount)
	}
	return sum.Fixed()
}

// A rebuild cannot bring the investments back, so a backup must hold them: it copies the tables of these sets.
func TestABackupOfTheHubHoldsTheInvestments(t *testing.T) {
	shape, err := storage.Shape(t.Context(), migrationsOf(contracts.Hub)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"investment_entry", "ledger_posting", "ledger_transaction"} {
		if !slices.ContainsFunc(shape.Tables, func(c storage.TableContents) bool { return c.Name == name }) {
			t.Errorf("%s is in no backup", name)
		}
	}
}
