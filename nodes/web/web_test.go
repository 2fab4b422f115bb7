package web

import (
	"bytes"
	"net/url"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/internal/ledger"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
)

func TestASourceLeadsToItsAddress(t *testing.T) {
	for source, want := range map[string][]web.Link{
		"Smart annual report 2023, p. 4": {{Text: "Smart annual report 2023, p. 4"}},
		"":                               {{}},
		"Act <https://a.example/x>; Decree <http://b.example> of 1974": {{}, {Text: "Act", URL: "https://a.example/x"}, {Text: "; "}, {Text: "Decree", URL: "http://b.example"}, {Text: " of 1974"}},
		"Nothing <javascript:alert(1)>":                                {{Text: "Nothing <javascript:alert(1)>"}},
	} {
		if diff := cmp.Diff(want, cited(source)); diff != "" {
			t.Errorf("%q: %s", source, diff)
		}
	}
}

// Whatever lines are left empty, those that are not keep their order and lose nothing.
func TestEmptyLinesOfAFormMoveUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prices := rapid.SliceOfN(rapid.SampledFrom([]string{"", "1", "2", "3"}), 0, 12).Draw(t, "prices")
		f, want := form{values: url.Values{}}, []string{}
		for i, p := range prices {
			f.values.Set(lineField(i, "price"), p)
			f.values.Set(lineField(i, "unit"), "DAY")
			if p != "" {
				want = append(want, p)
			}
		}
		compact(&f)
		got := []string{}
		for i := range countLines(&f) {
			got = append(got, f.get(lineField(i, "price")))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestADraftSurvivesItsForm(t *testing.T) {
	rate := contracts.MustDecimal("11.25")
	d := outbound.Draft{BuyerID: "b", Registration: "valid", Service: contracts.ServiceRights, SupplyDate: contracts.MustDate("2026-03-20"), DueDate: contracts.MustDate("2026-05-01"),
		Currency: "SEK", ExchangeRate: &rate, PerformedIn: "FR", BuyerReference: "r", OrderReference: "o",
		Lines: []outbound.DraftLine{{Description: "Work", Quantity: contracts.MustDecimal("2.5"), Unit: "HUR", Price: contracts.MustDecimal("40.125")}}}
	f := formOf(d, "A1")
	for name, want := range map[string]string{"activity": "A1", "buyer_id": "b", "registration": "valid", "service": "rights", "supply_date": "2026-03-20", "due_date": "2026-05-01", "currency": "SEK",
		"exchange_rate": "11.25", "performed_in": "FR", "buyer_reference": "r", "order_reference": "o", "lines[0].description": "Work", "lines[0].quantity": "2.5", "lines[0].unit": "HUR", "lines[0].price": "40.125"} {
		if got := f.get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestPostingsOfADocumentAreOneEntry(t *testing.T) {
	posting := func(reference string, a ledger.Account, amount string) ledger.Entry {
		return ledger.Entry{Reference: reference, Posting: ledger.Posting{Account: a, Amount: contracts.MustMoney(amount, "EUR")}}
	}
	postings := []ledger.Entry{posting("b", outbound.ContributionCharge, "-6.50"), posting("b", outbound.Revenue, "100.00"), posting("a", outbound.ContributionCharge, "52.00"), posting("a", outbound.Revenue, "-800.00")}
	got := entriesOf(postings)
	if len(got) != 2 || got[0].Budget.Fixed() != "-93.50" || got[0].Contribution.Fixed() != "-6.50" || got[1].Invoiced.Fixed() != "800.00" || got[1].Budget.Fixed() != "748.00" {
		t.Errorf("%+v", got)
	}
	full := make([]ledger.Entry, mostEntries)
	for i := range full {
		full[i] = posting("same", outbound.Revenue, "-1.00")
	}
	full[mostEntries-1].Reference = "cut off"
	if got := entriesOf(full); len(got) != 1 || got[0].Reference != "same" {
		t.Errorf("a document that may be cut off is shown: %+v", got)
	}
}

// Bars stay inside the picture and grow from the axis, also when more is credited than invoiced.
func TestBarsOfTheTurnoverStayInThePicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		chart := turnoverChart{Width: chartWidth, Height: chartHeight}
		for range 12 {
			m := turnoverMonth{}
			m.This = contracts.FromMinor(rapid.Int64Range(-1e12, 1e12).Draw(t, "this"), "EUR")
			m.Last = contracts.FromMinor(rapid.Int64Range(-1e12, 1e12).Draw(t, "last"), "EUR")
			chart.Months = append(chart.Months, m)
		}
		chart.draw()
		for _, m := range chart.Months {
			for _, b := range []chartBar{m.A, m.B} {
				if b.H < 0 || b.Y < plotTop-.01 || b.Y+b.H > plotBottom+.01 || b.X < 0 || b.X+barWidth > chartWidth {
					t.Fatalf("a bar at %+v", b)
				}
			}
		}
	})
}

func TestThePlaceOfAPageSurvivesAnyName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, id := rapid.String().Draw(t, "name"), rapid.StringMatching(`[0-9a-f]{1,32}`).Draw(t, "id")
		a, b, err := readPageEnd("after", pageEnd(name, id))
		if err != nil || a != name || b != id {
			t.Fatalf("%q %q %v", a, b, err)
		}
	})
}

func TestEveryChoiceHasItsWords(t *testing.T) {
	for _, v := range contracts.Services {
		if web.English.Service(v) == "" {
			t.Errorf("service %s has no name", v)
		}
	}
	for _, o := range sectors {
		if err := contracts.Sector(o.Value).Validate(); err != nil {
			t.Errorf("sector %q: %v", o.Value, err)
		}
	}
}

// Whatever JSON is read, its texts are either fine or refused with the place of each.
func FuzzTextsOfJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[{"b":"x\u0000"}]}`, `"é"`, `[[["\u001f"]]]`, `{"0":{"a~1b":"\u007f"}}`, `{}`, `1`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var v jsontext.Value
		if contracts.Decode(body, &v) != nil {
			return
		}
		err := checkTexts(body)
		if err != nil && !contracts.IsFault(err) {
			t.Fatalf("%q: %v", body, err)
		}
		if bytes.Contains(body, []byte(`:"\u0000"`)) && err == nil {
			t.Fatalf("%q passed", body)
		}
	})
}
