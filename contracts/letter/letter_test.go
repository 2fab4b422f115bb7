package letter_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/contracts/schema"
)

var (
	day     = contracts.MustDate("2026-05-04")
	person  = letter.Person{Name: "Example Person", BirthDate: day, Nationality: []string{"BE"}, Email: "person@example.org", Phone: "+32 2 000"}
	trips   = []letter.Trip{{Trip: 1, Start: day, End: day.AddDays(3), Activity: "performance", Undertaking: "Theatre", Places: []letter.Place{{Name: "Stage", Town: "Lyon"}}}}
	words   = letter.Words{Text: "A sentence."}
	contact = letter.Contact{Name: "Example Adviser", Phone: "+33 1"}
	a1      = letter.A1Status{State: contracts.TrackRequested, Reference: "A1-7"}
	law     = letter.Law{Legislation: "BE", Article: "12.1", Warnings: []contracts.CaseWarning{"LATE"}}
	eur     = contracts.MustMoney("100.00", contracts.EUR)
)

// letters is one good letter of every kind.
var letters = []letter.Letter{
	letter.HostRequest{Person: person, Employer: "Example", Trips: trips, Law: law, A1: a1, Filings: []letter.Filing{{System: "sipsi", Trip: 1, Pay: &eur}}, Withholding: &letter.Withholding{Pay: eur}},
	letter.HostAccept{Contact: &contact}, letter.HostDecline{Reason: "no room"}, letter.DeclarationFiled{Trip: 1, Reference: "S-1", FiledOn: day},
	letter.TaxNote{State: contracts.TrackOK, Text: "15 %"}, letter.LocalContact{Contact: contact}, a1,
	letter.Determination{Person: person, Law: law, Start: day, End: day, Provisional: true}, letter.Agree{}, letter.Disagree{Proposal: "FR", Reason: "substantial part"},
	letter.ExceptionRequested{Person: person, Trips: trips, Reason: "his interest"}, letter.ExceptionResult{Granted: true, Reference: "E-1"}, letter.HostView{Supports: true, Text: "yes"},
	letter.ChangeNotice{EndedOn: day}, letter.HostLegislation{Person: person, Trips: trips, Law: law}, letter.HostEngages{How: letter.HostEmploys},
	letter.InfoRequest{Words: words}, letter.InfoReply{Words: words}, letter.Reminder{Words: words}, letter.Clarify{Words: words}, letter.Reopen{Words: words}, letter.Forward{Words: words},
	letter.Close{ClosedOn: day}, letter.Invalidate{Message: "90b1c2d3e4f5461788990a1b2c3d4e5f"}, letter.Ack{Version: 1},
	letter.ReadNotice{Reads: []letter.Sight{{At: time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC), Account: "opaque", Name: "Adviser", Roles: "adviser", Purpose: "read a case"}}},
}

// same compares what two letters say.
func same(a, b letter.Letter) bool {
	x, errX := contracts.Encode(a)
	y, errY := contracts.Encode(b)
	return errX == nil && errY == nil && a.Kind() == b.Kind() && bytes.Equal(x, y)
}

func TestEveryKindIsWrittenAndReadBack(t *testing.T) {
	seen := map[contracts.CaseKind]bool{}
	for _, l := range letters {
		seen[l.Kind()] = true
		b, err := letter.Write(l, letter.NewDocument(letter.A1, "application/pdf", []byte("%PDF")))
		if err != nil {
			t.Errorf("%s: %v", l.Kind(), err)
			continue
		}
		back, documents, err := letter.Read(l.Kind(), b)
		if err != nil || !same(l, back) || len(documents) != 1 || string(documents[0].Content) != "%PDF" {
			t.Errorf("%s: %v %+v", l.Kind(), err, back)
		}
	}
	for kind := range contracts.CaseRules {
		if !seen[kind] {
			t.Errorf("no letter of %s", kind)
		}
	}
}

// TestNoTypeHasRoomForWhatAHostNeedNotKnow walks the types: home address, health, union, and why somebody is away have no member anywhere, a national number and
// pay none but in what a form or a tax asks for.
func TestNoTypeHasRoomForWhatAHostNeedNotKnow(t *testing.T) {
	allowed := map[string]bool{"Filing.national_number": true, "Filing.pay": true, "Withholding.pay": true, "Share.pay": true, "Place.street": true, "Place.postal_code": true}
	var walk func(reflect.Type)
	walked := map[reflect.Type]bool{}
	walk = func(x reflect.Type) {
		for x.Kind() == reflect.Pointer || x.Kind() == reflect.Slice {
			x = x.Elem()
		}
		if x.Kind() != reflect.Struct || walked[x] || !strings.HasSuffix(x.PkgPath(), "/letter") {
			return
		}
		walked[x] = true
		for i := range x.NumField() {
			f := x.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			for _, word := range []string{"address", "street", "postal", "number", "pay", "health", "union", "ill", "sick", "security", "bank", "iban", "sex"} {
				if strings.Contains(name, word) && !allowed[x.Name()+"."+name] {
					t.Errorf("%s has a member %s", x.Name(), name)
				}
			}
			walk(f.Type)
		}
	}
	for _, l := range letters {
		walk(reflect.TypeOf(l))
	}
	if len(walked) < 25 {
		t.Errorf("%d types walked", len(walked))
	}
}

func TestALetterIsReadStrictly(t *testing.T) {
	good, err := letter.Write(letter.HostDecline{Reason: "no room"}, letter.NewDocument(letter.A1, "application/pdf", []byte("%PDF")))
	if err != nil {
		t.Fatal(err)
	}
	replace := func(old, new string) []byte {
		if !bytes.Contains(good, []byte(old)) || len(old) != len(new) {
			t.Fatalf("%s is not there, or is of another length", old)
		}
		return bytes.Replace(bytes.Clone(good), []byte(old), []byte(new), 1)
	}
	for name, b := range map[string][]byte{
		"nothing": nil, "three bytes": {0, 0, 0}, "cut": good[:len(good)-1], "something after it": append(bytes.Clone(good), 'x'), "a length too long": append([]byte{255}, good[1:]...),
		"an unknown member": replace(`"reason"`, `"Reason"`), "no reason": replace(`no room`, `\u0000 `), "another type of file": replace(`application/pdf`, `application/xml`),
		"another document": replace("%PDF", "%PDG"), "another kind of document": replace(`"a1"`, `"a2"`),
	} {
		if l, _, err := letter.Read(contracts.KindHostDecline, b); !contracts.IsFault(err) {
			t.Errorf("%s: %v %v", name, l, err)
		}
	}
	if _, _, err := letter.Read("NOTHING", good); !contracts.IsFault(err) {
		t.Error("an unknown kind was read")
	}
}

func FuzzRead(f *testing.F) {
	kinds := make([]contracts.CaseKind, len(letters))
	for i, l := range letters {
		kinds[i] = l.Kind()
		b, err := letter.Write(l, letter.NewDocument(letter.Payslip, "image/png", []byte("png")))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, b)
	}
	f.Fuzz(func(t *testing.T, i int, b []byte) {
		kind := kinds[uint(i)%uint(len(kinds))]
		l, documents, err := letter.Read(kind, b)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Errorf("no fault: %v", err)
			}
			return
		}
		again, err := letter.Write(l, documents...)
		if err != nil {
			t.Fatalf("read, and not to be written: %v", err)
		}
		if back, _, err := letter.Read(kind, again); err != nil || !same(l, back) {
			t.Errorf("written again it is another: %v", err)
		}
	})
}

var update = flag.Bool("update", false, "rewrite the schemas of the letters")

// TestTheSchemasFollowTheLetters keeps schema/letters.v1.json in step with the types: one JSON Schema for each kind.
func TestTheSchemasFollowTheLetters(t *testing.T) {
	const file = "../schema/letters.v1.json"
	all := map[contracts.CaseKind]any{}
	for _, l := range letters {
		all[l.Kind()] = schema.Reflector().Reflect(l)
	}
	got, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has drifted from the types; if the change is meant, run go test ./contracts/letter -update", file)
	}
}
