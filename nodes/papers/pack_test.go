package papers

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds got against a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-file +now; -update writes it anew):\n%s", name, diff)
	}
}

// violinist is an employee from Belgium who plays in Lyon. Nobody of that name is meant.
func violinist() Facts {
	no, turnover := false, 94
	at := func(street, code, town string, c contracts.CountryCode) contracts.Address {
		return contracts.Address{Street: street, PostalCode: code, Town: town, Country: c}
	}
	return Facts{Home: "BE", Host: "FR", Who: Employed,
		Person: Person{FamilyName: "Őrsi", GivenNames: "Zsófia", Sex: "F", BirthDate: contracts.MustDate("1990-05-17"), BirthPlace: "Győr", Nationality: []contracts.CountryCode{"HU"},
			Number: "90051799906", Address: at("Rue de l'Exemple 1", "1000", "Bruxelles", "BE"), Phone: "+32 2 000 00 00", Email: "zsofia@example.org", Job: "musician", CoverSince: contracts.MustDate("2018-01-01")},
		Employer: Firm{Name: "Example co-operative", LegalForm: "SC", Registration: "0000.000.097", VATID: "BE0000000097", SocialID: "000-0000000-00", Address: at("Rue du Modèle 2", "1060", "Bruxelles", "BE"),
			Business: "shared enterprise for the arts", Phone: "+32 2 000 00 01", Email: "abroad@example.org", Representative: "A. Example", HomeTurnover: &turnover},
		Customer: Firm{Name: "Théâtre de l'Exemple", Registration: "00000000000000", Address: at("Place Modèle 3", "69001", "Lyon", "FR"), Email: "theatre@example.org"},
		Contact:  Contact{Name: "B. Exemple", Address: at("Rue Modèle 4", "69002", "Lyon", "FR"), Phone: "+33 4 00 00 00 00", Email: "lyon@example.org"},
		Contract: Contract{Since: contracts.MustDate("2026-03-10"), PayHour: contracts.MustMoney("21.50", "EUR"), Schedule: "38 h"},
		Work: Work{Start: contracts.MustDate("2026-03-10"), End: contracts.MustDate("2026-03-13"), Place: "Théâtre de l'Exemple, Place Modèle 3, 69001 Lyon", Description: "concerts", Sector: "performing arts",
			DocumentsAt: "Rue Modèle 4, 69002 Lyon", Replaces: &no},
		A1: A1{Legislation: "BE", Status: "01", Institution: "RSZ / ONSS"}}
}

func TestEveryFormIsFilledFromTheSameFacts(t *testing.T) {
	for _, form := range forms {
		pack := form.Fill(violinist())
		b, err := pack.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var back Pack
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(pack, back); diff != "" {
			t.Errorf("%s: JSON reads back otherwise:\n%s", form.Key, diff)
		}
		sheet, err := pack.CSV()
		if err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(sheet), "\ufeff"))).ReadAll()
		if err != nil || len(lines) != len(pack.Rows)+1 {
			t.Errorf("%s: %d lines for %d rows, %v", form.Key, len(lines), len(pack.Rows), err)
		}
	}
}

func TestGoldenPacks(t *testing.T) {
	on := contracts.MustDate("2026-03-01")
	sipsi, ok := DeclarationForm("sipsi", on)
	if !ok {
		t.Fatal("no SIPSI")
	}
	for name, form := range map[string]Form{"sipsi": sipsi, "a1-be": A1Form("BE")} {
		pack := form.Fill(violinist())
		sheet, err := pack.CSV()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".csv", sheet)
	}
}

func TestWhatIsNotKnownIsNamedAsMissing(t *testing.T) {
	f := violinist()
	f.Contact = Contact{}
	limosa, _ := DeclarationForm("limosa", f.Work.Start)
	var missing []string
	for _, r := range limosa.Fill(f).Missing() {
		missing = append(missing, r.Key)
	}
	if diff := cmp.Diff([]string{"liaison_name", "liaison_birth", "liaison_address", "liaison_email", "liaison_phone"}, missing); diff != "" {
		t.Error(diff)
	}
	empty := A1Form("FR").Fill(Facts{Who: Employed})
	for _, r := range empty.Rows {
		if (r.Value == "" && r.Need == Needed) != r.Missing {
			t.Errorf("%s: %+v", r.Key, r)
		}
	}
}

func TestAFormAsksOnlyWhomItIsFor(t *testing.T) {
	has := func(p Pack, key string) bool {
		for _, r := range p.Rows {
			if r.Key == key {
				return true
			}
		}
		return false
	}
	f := violinist()
	for who, keys := range map[Who][2]string{Employed: {"cover_since", "home_base"}, SelfEmployed: {"home_base", "cover_since"}, Several: {"shares", "home_base"}} {
		f.Who = who
		if p := A1Form("BE").Fill(f); !has(p, keys[0]) || has(p, keys[1]) {
			t.Errorf("%s is asked the wrong questions", who)
		}
	}
}

func TestAFormHoldsFromItsDay(t *testing.T) {
	for day, want := range map[string]bool{"2023-06-30": false, "2023-07-01": true} {
		if _, ok := DeclarationForm("sipsi", contracts.MustDate(day)); ok != want {
			t.Errorf("SIPSI on %s: %t", day, ok)
		}
	}
	if _, ok := DeclarationForm("a1", contracts.MustDate("2026-01-01")); ok {
		t.Error("an A1 is no declaration")
	}
}

// A host is told pay and national numbers only where its form asks for them.
func TestWhatAFormAsksIsKnown(t *testing.T) {
	for system, want := range map[string][2]bool{"sipsi": {true, false}, "limosa": {false, true}, "zko3": {true, true}, "meldeportal": {false, false}, "av_posting": {false, false}} {
		f, ok := DeclarationForm(system, contracts.MustDate("2026-03-01"))
		if got := [2]bool{f.AsksPay(), f.AsksNumber()}; !ok || got != want {
			t.Errorf("%s asks pay and numbers: %v, want %v", system, got, want)
		}
	}
}

func TestASpreadsheetTakesNoValueForAFormula(t *testing.T) {
	f := violinist()
	f.Person.FamilyName = "=HYPERLINK(1)"
	sheet, err := A1Form("BE").Fill(f).CSV()
	if err != nil || !strings.Contains(string(sheet), ",'=HYPERLINK(1),") {
		t.Errorf("%s %v", sheet, err)
	}
}

func TestFactsAndFormsKnowEachOther(t *testing.T) {
	used := map[string]bool{}
	for _, form := range forms {
		for _, field := range form.Fields {
			used[field.From] = true
		}
	}
	for name := range facts {
		if !used[name] {
			t.Errorf("no form asks %s", name)
		}
	}
}
