package adapters_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/contracts"
)

func TestForKnowsTheNineAndNoOther(t *testing.T) {
	for _, code := range []contracts.CountryCode{"BE", "FR", "DE", "AT", "IT", "NL", "SE", "ES", "HU"} {
		if a, err := adapters.For(code); err != nil || a.Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
	if _, err := adapters.For("LU"); !contracts.IsFault(err) {
		t.Errorf("LU has no node, got %v", err)
	}
}

func TestTimezonesExist(t *testing.T) {
	for _, a := range adapters.All() {
		if _, err := time.LoadLocation(a.Timezone); err != nil {
			t.Error(err)
		}
	}
}

func TestAtlasHoldsEveryMemberState(t *testing.T) {
	const members = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
	on := contracts.MustDate("2026-11-22")
	var got []string
	for code := range adapters.Atlas() {
		if adapters.Atlas()[code].InVATArea(on) {
			got = append(got, string(code))
		}
	}
	if len(got) != 27 {
		t.Errorf("%d member states: %v", len(got), got)
	}
	for _, code := range strings.Fields(members) {
		if m := adapters.Atlas()[contracts.CountryCode(code)]; m == nil || m.VATID == nil || m.IBAN == nil {
			t.Errorf("%s is missing or incomplete", code)
		}
	}
}

func TestCheckVATIDNormalisesAndExplains(t *testing.T) {
	for id, want := range map[string]string{
		"be 0468.561.072": "BE0468561072", "BE468561072": "BE0468561072", "CHE-107.787.577 IVA": "CHE107787577IVA",
		"NO 974 760 673": "NO974760673MVA", "974 760 673 MVA": "NO974760673MVA", "XI 432525179": "XI432525179", "EL 094259216": "EL094259216",
		"ie6433435f": "IE6433435F", "NL0044.95.445.B01": "NL004495445B01",
	} {
		if got, err := adapters.CheckVATID(id); err != nil || got != want {
			t.Errorf("%s: %s, %v", id, got, err)
		}
	}
	for _, tt := range []struct{ rule, id, want string }{
		{"empty", " ", "it is empty"},
		{"unknown prefix", "QQ123", `begin with "QQ"`},
		{"Greece", "GR094259216", "EL, not GR"},
		{"no VAT there", "US123456789", "United States has no VAT numbers"},
		{"wrong shape, said in words", "DE12345678", "DE and 9 digits"},
		{"wrong check digit", "DE136695978", "should be 6, not 8"},
		{"the SIREN inside a French number", "FR84323140391", "323140391, are no SIREN"},
		{"the key of a French number", "FR45732829320", "the key should be 44, not 45"},
		{"all zeros", "BE0000000000", "should be 97, not 00"},
		{"Swiss number without its suffix", "CHE107787577", "MWST, TVA, IVA or TPV"},
		{"shortened", "CH107787577", "begins with CHE"},
	} {
		_, err := adapters.CheckVATID(tt.id)
		if fs := contracts.FaultsOf(err); err == nil || fs[0].Code != country.FaultVATID || fs[0].Remedy == "" || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.rule, err, tt.want)
		}
	}
}

func TestCheckIDSaysForEachNumberWhetherItIsOne(t *testing.T) {
	findings, err := adapters.CheckID("FR", "732 829 320")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range findings {
		got[f.Scheme] = f.Normalised + f.Why
	}
	want := map[string]string{
		"fr.vat":   "it has the wrong shape: it should be FR, a key of two digits or letters (never I or O) and the 9 digits of the SIREN",
		"fr.siren": "732829320",
		"fr.siret": "it has the wrong shape: it should be 14 digits: the SIREN and 5 more",
		"fr.naf":   "it has the wrong shape: it should be 4 digits and a letter, without a dot",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := adapters.CheckID("ZW", "1"); !contracts.IsFault(err) {
		t.Errorf("a country of which nothing is known: %v", err)
	}
}

func TestEveryKindOfNumberHasAName(t *testing.T) {
	for code := range adapters.Atlas() {
		findings, err := adapters.CheckID(code, "1")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if f.Name == "" {
				t.Errorf("%s has no name", f.Scheme)
			}
		}
	}
}

func TestGreeceIsFoundByItsVATPrefixToo(t *testing.T) {
	gr, errGR := adapters.CheckID("GR", "EL094259216")
	el, errEL := adapters.CheckID("EL", "EL094259216")
	if diff := cmp.Diff(gr, el); diff != "" || errGR != nil || errEL != nil || !el[0].Valid {
		t.Errorf("%+v, %v, %v: %s", el, errGR, errEL, diff)
	}
}

func TestSchemeNameIsTheCountrysOwn(t *testing.T) {
	for scheme, want := range map[string]string{
		"be.enterprise": "ondernemingsnummer / numéro d'entreprise", "lu.rcs": "numéro RCS", // of an adapter, of the buyers' countries
		"be.nonsense": "be.nonsense", "zz.what": "zz.what", "": "",
	} {
		if got := adapters.Atlas().SchemeName(scheme); got != want {
			t.Errorf("%q: %q, want %q", scheme, got, want)
		}
	}
}

func TestPersonalNumbersAreMarked(t *testing.T) {
	for code, value := range map[contracts.CountryCode]string{"SE": "880320-0016", "BE": "85073003328", "IT": "RCCMNL83S18D969H", "ES": "54362315K"} {
		findings, err := adapters.CheckID(code, value)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range findings {
			found = found || f.Valid && f.PersonalData
		}
		if !found {
			t.Errorf("%s: %s is not recognised as personal data", code, value)
		}
	}
}

func TestItalianOfficesAreChecked(t *testing.T) {
	if _, err := adapters.CheckVATID("IT12345678903"); err == nil || !strings.Contains(err.Error(), "no office 890") {
		t.Errorf("passes Luhn, but no office has the code: %v", err)
	}
}

func TestShowTellsWhatHoldsOnADay(t *testing.T) {
	se := node(t, "SE")
	in := func(facts adapters.Facts, topic, name string) adapters.Fact {
		for _, f := range facts {
			if f.Topic == topic && f.Name == name {
				return f
			}
		}
		return adapters.Fact{}
	}
	facts := adapters.Show(se, contracts.MustDate("2023-06-01"))
	if f := in(facts, "members", "contribution"); !strings.HasPrefix(f.Value, "6.5 to 10 %") || !strings.Contains(f.Source, "annual report 2023") || f.Since != contracts.MustDate("2023-01-01") {
		t.Errorf("%+v", f)
	}
	if f := in(adapters.Show(se, contracts.MustDate("2016-06-01")), "members", "contribution"); !strings.HasPrefix(f.Value, "6.5 %") {
		t.Errorf("%+v", f)
	}
	if f := in(adapters.Show(node(t, "DE"), contracts.MustDate("2020-09-01")), "VAT", "standard rate"); f.Value != "16 %" {
		t.Errorf("%+v", f)
	}
	for _, a := range adapters.All() {
		for _, f := range adapters.Show(a, contracts.MustDate("2026-11-22")) {
			if f.Source == "" || f.Value == "" || f.Confidence == "" {
				t.Errorf("%s: incomplete: %+v", a.Code, f)
			}
		}
	}
	for code, m := range adapters.Atlas() {
		for _, f := range adapters.ShowMarket(m, contracts.MustDate("2026-11-22")) {
			if f.Source == "" {
				t.Errorf("%s: no source: %+v", code, f)
			}
		}
	}
}
