package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/hub/boardpack"
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

// A rebuild cannot bring the hub's own books back, so a backup must hold them: it copies the tables of these sets.
func TestABackupOfTheHubHoldsItsBooks(t *testing.T) {
	shape, err := storage.Shape(t.Context(), migrationsOf(contracts.Hub)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"investment_entry", "book_entry", "ledger_posting", "ledger_transaction"} {
		if !slices.ContainsFunc(shape.Tables, func(c storage.TableContents) bool { return c.Name == name }) {
			t.Errorf("%s is in no backup", name)
		}
	}
}

// The command makes what was issued again, byte for byte, and says so when it cannot.
func TestPlanPackMakesAnIssuedPackAgain(t *testing.T) {
	dir := t.TempDir()
	dsn := filepath.Join(dir, "hub.db")
	db, err := storage.OpenFor(t.Context(), "hub", dsn, hub.Migrations()...)
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(db, hub.Options{})
	if err := h.LoadDemonstrationPlan(t.Context()); err != nil {
		t.Fatal(err)
	}
	day := contracts.DateOf(time.Now().UTC())
	issue, err := h.IssuePack(t.Context(), "somebody", boardpack.Meeting{Day: day})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"plan", "pack", "--db", dsn, "--meeting", day.String(), "--out", dir, "--json"}, &out, &errs); code != exitGood {
		t.Fatalf("%d %s", code, errs.String())
	}
	var made packOutput
	if err := json.Unmarshal(out.Bytes(), &made); err != nil || !made.Issued || len(made.Files) != 6 || len(made.Differ) != 0 {
		t.Fatalf("%s %v", out.String(), err)
	}
	for _, f := range made.Files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name))
		sum := sha256.Sum256(data)
		if was, _ := issue.File(f.Name); err != nil || hex.EncodeToString(sum[:]) != was.SHA256 {
			t.Errorf("%s is not what was issued, %v", f.Name, err)
		}
	}
	out.Reset()
	other := day.AddDays(30).String()
	if code := run(t.Context(), []string{"plan", "pack", "--db", dsn, "--meeting", other, "--out", dir, "--language", "de"}, &out, &errs); code != exitGood || !strings.Contains(errs.String(), "no pack was issued for this day") {
		t.Errorf("%d %s", code, errs.String())
	}
	for _, wrong := range [][]string{{"--meeting", "soon"}, {"--meeting", other, "--language", "xx"}, {"--meeting", other, "--since", "never"}} {
		if code := run(t.Context(), append([]string{"plan", "pack", "--db", dsn, "--out", dir}, wrong...), &out, &errs); code != exitFailed {
			t.Errorf("%v: %d", wrong, code)
		}
	}
}
