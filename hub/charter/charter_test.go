package charter_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/hub/ballot"
	"passerelle/hub/charter"
	"passerelle/internal/book"
)

var (
	noon  = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	three = []charter.Country{"AT", "BE", "DE"}
)

const first, second = "# Charter\n\n## 1. Vote\n\nOne co-operative has one vote.\n", "# Charter\n\n## 1. Vote\n\nEach co-operative has one vote.\n\n## 2. Pot\n\nWe share.\n"

// kept is the book as a test writes it.
type kept struct {
	entries []charter.Entry
	charter.Charter
}

func (k *kept) try(day string, a charter.Act) error {
	e, after, err := charter.Enter(k.entries, a, contracts.MustDate(day), "somebody", noon)
	if err == nil {
		k.entries, k.Charter = append(k.entries, e), after
	}
	return err
}

func (k *kept) must(t testing.TB, day string, acts ...charter.Act) {
	t.Helper()
	for _, a := range acts {
		if err := k.try(day, a); err != nil {
			t.Fatalf("%T: %v", a, err)
		}
	}
}

func proposal(text string) charter.Proposed {
	return charter.Proposed{Text: text, By: "BE", Reason: "Reason", Rule: ballot.TwoThirds, Members: three}
}

func vote(version int, c charter.Country, choice ballot.Choice) charter.Voted {
	return charter.Voted{Version: version, Country: c, Choice: choice, Minutes: "M 1"}
}

func TestAVersionIsInForceWhenItsRuleHolds(t *testing.T) {
	k := &kept{}
	p := proposal(first)
	p.From = contracts.MustDate("2025-02-01")
	k.must(t, "2025-01-02", p, vote(1, "BE", ballot.Yes))
	if _, ok := k.InForceOn(contracts.MustDate("2025-12-31")); ok || k.Versions[0].Needed() != 2 {
		t.Error("one of three is not two thirds")
	}
	k.must(t, "2025-01-10", vote(1, "AT", ballot.Yes))
	k.must(t, "2025-03-01", vote(1, "DE", ballot.No), charter.Acceded{Version: 1, Country: "SE", Minutes: "M 2"})
	for day, want := range map[string]bool{"2025-01-31": false, "2025-02-01": true} {
		if _, ok := k.InForceOn(contracts.MustDate(day)); ok != want {
			t.Errorf("%s: in force %v", day, ok)
		}
	}
	k.must(t, "2025-04-01", proposal(second), vote(2, "BE", ballot.No), vote(2, "AT", ballot.Abstain))
	if v, _ := k.Version(2); v.State != charter.Rejected {
		t.Errorf("two thirds cannot be reached any more: %s", v.State)
	}
	if v, ok := k.InForceOn(contracts.MustDate("2025-05-01")); !ok || v.Number != 1 || len(v.Acceded) != 1 || v.Count.No != 1 {
		t.Errorf("%+v", v)
	}
	k.must(t, "2025-06-01", proposal(second), vote(3, "BE", ballot.Yes), vote(3, "DE", ballot.Yes))
	if v, _ := k.InForceOn(contracts.MustDate("2025-06-01")); v.Number != 3 {
		t.Errorf("version %d is in force", v.Number)
	}
}

func TestWhatTheCharterRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		act   charter.Act
		field string
	}{
		{"a second vote", vote(1, "BE", ballot.No), "country"},
		{"the vote of a stranger", vote(1, "SE", ballot.Yes), "country"},
		{"no vote at all", vote(1, "AT", "perhaps"), "choice"},
		{"a version that is not there", vote(7, "AT", ballot.Yes), "version"},
		{"a second proposal", proposal(second), "text"},
		{"a text without articles", proposal("# Charter\n\nBe good.\n"), "text"},
		{"a rule of the votes cast", charter.Proposed{Text: second, By: "BE", Reason: "x", Rule: ballot.Majority, Members: three}, "rule"},
		{"a member twice", charter.Proposed{Text: second, By: "BE", Reason: "x", Rule: ballot.TwoThirds, Members: []charter.Country{"AT", "AT"}}, "members"},
		{"accession to what is not adopted", charter.Acceded{Version: 1, Country: "SE", Minutes: "x"}, "version"},
		{"a correction of nothing", charter.Voted{Version: 1, Country: "AT", Choice: ballot.Yes, Minutes: "x", Corrects: "x"}, "corrects"},
		{"a promise due before it is made", charter.Promised{Country: "AT", Text: "x", Source: "x", Due: contracts.MustDate("2025-01-01")}, "due"},
		{"a promise that is not there", charter.Fulfilled{Commitment: "p9", Evidence: "x"}, "commitment"},
		{"a change of nothing", charter.Altered{Commitment: "p1", Reason: "x"}, "due"},
	} {
		k := &kept{}
		k.must(t, "2025-01-02", proposal(first), vote(1, "BE", ballot.Yes))
		err := k.try("2025-01-03", c.act)
		fs := contracts.FaultsOf(err)
		if len(fs) == 0 || fs[0].Field != c.field || fs[0].Remedy == "" || len(k.entries) != 2 {
			t.Errorf("%s: %+v %v", c.name, fs, err)
		}
	}
}

func TestAVoteIsCorrectedWhileTheVersionIsOpen(t *testing.T) {
	k := &kept{}
	k.must(t, "2025-01-02", proposal(first), vote(1, "BE", ballot.No), charter.Voted{Version: 1, Country: "BE", Choice: ballot.Yes, Minutes: "M 1", Corrects: "Read from the wrong line"})
	if c := k.Versions[0].Count; c.Yes != 1 || c.No != 0 || len(k.entries) != 3 {
		t.Errorf("%+v", c)
	}
	k.must(t, "2025-01-03", vote(1, "AT", ballot.Yes))
	if err := k.try("2025-01-04", charter.Voted{Version: 1, Country: "AT", Choice: ballot.No, Minutes: "M", Corrects: "x"}); !contracts.IsFault(err) {
		t.Errorf("a vote on what is adopted was changed: %v", err)
	}
}

func TestACommitmentIsFollowed(t *testing.T) {
	k := &kept{}
	k.must(t, "2025-01-02", charter.Promised{Country: "AT", Text: "Portal", Source: "Article 1", Due: contracts.MustDate("2025-06-30")})
	at := func(day string) charter.Standing { return k.Commitments[0].On(contracts.MustDate(day)) }
	if at("2025-05-01") != charter.Ahead || at("2025-05-31") != charter.Soon || at("2025-06-30") != charter.Soon || at("2025-07-01") != charter.Late {
		t.Error(at("2025-05-01"), at("2025-05-31"), at("2025-06-30"), at("2025-07-01"))
	}
	if len(k.Reminders(contracts.MustDate("2025-07-01"))) != 1 || len(k.Reminders(contracts.MustDate("2025-05-01"))) != 0 {
		t.Error("reminders")
	}
	k.must(t, "2025-06-01", charter.Noted{Commitment: "p1", Text: "Half done"}, charter.Altered{Commitment: "p1", Due: contracts.MustDate("2025-08-31"), Reason: "Illness"})
	k.must(t, "2025-09-02", charter.Fulfilled{Commitment: "p1", Evidence: "It is live"})
	c := k.Commitments[0]
	if at("2025-09-03") != charter.KeptLate || !c.Changed() || len(c.Events) != 3 || c.Events[1].Due.String() != "2025-06-30" {
		t.Errorf("%s %+v", at("2025-09-03"), c)
	}
	if err := k.try("2025-09-03", charter.Relieved{Commitment: "p1", Reason: "x"}); !contracts.IsFault(err) {
		t.Error("released from a promise that was kept")
	}
}

// TestOneCoOperativeHasOneVoteWhateverIsEntered: votes and corrections in any order never come to more than one for each.
func TestOneCoOperativeHasOneVoteWhateverIsEntered(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := &kept{}
		k.must(t, "2025-01-02", proposal(first))
		inForce := false
		for i := range rapid.IntRange(1, 12).Draw(rt, "votes") {
			v := vote(1, rapid.SampledFrom([]charter.Country{"AT", "BE", "DE", "SE"}).Draw(rt, "country"), rapid.SampledFrom(ballot.Choices).Draw(rt, "choice"))
			if rapid.Bool().Draw(rt, "corrects") {
				v.Corrects = "x"
			}
			if err := k.try(contracts.MustDate("2025-01-02").AddDays(i).String(), v); err != nil && !contracts.IsFault(err) {
				rt.Fatal(err)
			}
			now := k.Versions[0]
			if n := now.Count.Yes + now.Count.No + now.Count.Abstain; n != len(now.Votes) || n > 3 {
				rt.Fatalf("%+v", now)
			}
			if inForce && now.State != charter.Adopted || (now.State == charter.Adopted) != now.Rule.Holds(now.Count) {
				rt.Fatalf("%+v", now)
			}
			inForce = now.State == charter.Adopted
		}
	})
}

func TestAComparisonShowsWordsThatChanged(t *testing.T) {
	var lines []string
	for _, p := range charter.Compare(first, second) {
		line := string(p.Mark) + ": " + p.Text
		for _, w := range p.Pieces {
			line += fmt.Sprintf("[%s %s]", w.Mark, w.Text)
		}
		lines = append(lines, line)
	}
	want := "same: Charter; same: 1. Vote; changed: [removed One][added Each][same co-operative has one vote.]; added: 2. Pot; added: We share."
	if got := strings.Join(lines, "; "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestAComparisonHoldsBothTexts: what is the same or went is the old text, what is the same or came is the new one.
func TestAComparisonHoldsBothTexts(t *testing.T) {
	line := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"we", "share", "one", "vote", "pot"}), 1, 6), func(w []string) string { return strings.Join(w, " ") })
	rapid.Check(t, func(rt *rapid.T) {
		before, after := rapid.SliceOfN(line, 0, 8).Draw(rt, "before"), rapid.SliceOfN(line, 0, 8).Draw(rt, "after")
		var was, is []string
		for _, p := range charter.Compare(strings.Join(before, "\n"), strings.Join(after, "\n")) {
			old, fresh := sides(p)
			was, is = append(was, old...), append(is, fresh...)
		}
		if strings.Join(was, "\n") != strings.Join(before, "\n") || strings.Join(is, "\n") != strings.Join(after, "\n") {
			rt.Fatalf("%q became %q, %q became %q", before, was, after, is)
		}
	})
}

// sides are the lines of a piece in the old and in the new text.
func sides(p charter.Piece) (old, fresh []string) {
	switch p.Mark {
	case charter.Removed:
		return []string{p.Text}, nil
	case charter.Added:
		return nil, []string{p.Text}
	case charter.Same:
		return []string{p.Text}, []string{p.Text}
	}
	var a, b []string
	for _, w := range p.Pieces {
		if w.Mark != charter.Added {
			a = append(a, w.Text)
		}
		if w.Mark != charter.Removed {
			b = append(b, w.Text)
		}
	}
	return []string{strings.Join(a, " ")}, []string{strings.Join(b, " ")}
}

func TestTheDemonstrationHoldsAndIsMarked(t *testing.T) {
	k := &kept{}
	for _, d := range charter.Demonstration() {
		k.must(t, d.Day.String(), d.Act)
	}
	for _, v := range k.Versions {
		if !v.Example || !strings.Contains(v.Text, "This text is an example") {
			t.Errorf("version %d is not marked as an example", v.Number)
		}
	}
	if v, ok := k.InForceOn(contracts.MustDate("2025-11-01")); !ok || v.Number != 1 || v.InForce.String() != "2025-03-01" || k.Versions[1].State != charter.Open {
		t.Errorf("%+v", v)
	}
}

// FuzzReadText: what is read has a title and articles in order, and what it comes to is read again as the same lines.
func FuzzReadText(f *testing.F) {
	for _, s := range []string{first, second, "# A\n## 1. B\n- c\n- d", "## 1. A", "# A\r\n", "# \n## 1. x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := charter.ReadText(s)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatal(err)
			}
			return
		}
		for i, a := range d.Articles {
			if a.Number != i+1 {
				t.Fatalf("article %d is numbered %d", i+1, a.Number)
			}
		}
		for _, p := range charter.Compare(s, s) {
			if p.Mark != charter.Same {
				t.Fatalf("a text differs from itself: %+v", p)
			}
		}
	})
}

// FuzzReadAct: what is read is written and read again as the same, is entered or refused with a fault, and nothing panics.
func FuzzReadAct(f *testing.F) {
	for _, a := range charter.Demonstration() {
		body, err := charter.WriteAct(a.Act)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(a.Act.Kind()), body)
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		act, err := charter.ReadAct(book.Kind(kind), body)
		if err != nil {
			return
		}
		once, err := charter.WriteAct(act)
		if err != nil {
			t.Fatal(err)
		}
		again, err := charter.ReadAct(book.Kind(kind), once)
		if err != nil {
			t.Fatalf("%s is not read again: %v", once, err)
		}
		if twice, err := charter.WriteAct(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s became %s, %v", once, twice, err)
		}
		if _, _, err := charter.Enter(nil, act, contracts.MustDate("2025-01-10"), "", noon); err != nil && !contracts.IsFault(err) {
			t.Fatal(err)
		}
	})
}
