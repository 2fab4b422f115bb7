package hub

import (
	"fmt"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/contracts/sample"
	"passerelle/hub/mobility"
	"passerelle/hub/store"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// abroad are cases of six people from Belgium to France, and one of a person to Germany.
func abroad() (all []contracts.Event) {
	for i := range 7 {
		p := sample.Progress()
		p.Case, p.Member = contracts.CaseID(fmt.Sprintf("%032x", i)), fmt.Sprintf("%032x", i)
		p.Start, p.End = contracts.MustDate("2026-12-01"), contracts.MustDate("2026-12-20")
		if i == 6 {
			p.Hosts = []contracts.CountryCode{"DE"}
		}
		all = append(all, p)
	}
	return all
}

func TestTheBoardOfCases(t *testing.T) {
	storagetest.Each(t, Migrations(), func(t *testing.T, db *storage.DB) {
		h := quiet(db)
		must(t, h, abroad()...)
		must(t, h, abroad()...) // where a case stands is told again and again
		board := answer[mobility.Board](t, signedIn(t, h), "/api/mobility")
		if got := fmt.Sprint(board.Pairs, board.Homes); got != "[{BE FR {6 false}} {BE DE {0 true}}] [{BE {7 false} {0 false} {0 false}}]" {
			t.Error(got)
		}
		text := words(get(signedIn(t, h), "/mobility"))
		for _, want := range []string{"Belgium France 6", "Belgium Germany under five", "Leaving within a month", "papers under way 7"} {
			if !strings.Contains(text, want) {
				t.Errorf("the page does not say %q:\n%s", want, text)
			}
		}
		kept, err := store.Read(db).CasesOf(t.Context(), "BE")
		if err != nil || len(kept) != 7 {
			t.Errorf("%d cases: %v", len(kept), err)
		}
	})
}

func TestABoardWithoutCasesTeaches(t *testing.T) {
	h := signedIn(t, quiet(storagetest.Open(t, storage.SQLite, Migrations()...)))
	if text := words(get(h, "/mobility")); !strings.Contains(text, "No cases yet") {
		t.Error(text)
	}
}
