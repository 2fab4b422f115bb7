package rates

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// Two days in the layout of the ECB's files; the values are made up.
const (
	daily   = "Date, USD, JPY, SEK, HUF, \n20 November 2026, 1.1512, 178.10, 10.9870, 386.15, \n"
	history = "Date,USD,SEK,CYP,HUF,\n2026-11-20,1.1512,10.9870,N/A,386.15,\n2026-11-19,1.1500,10.9900,N/A,386.00,\n"
	xmlHead = `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
	<Cube>
`
	xmlDay  = "		<Cube time='2026-11-20'>\n			<Cube currency='USD' rate='1.1512'/>\n			<Cube currency='SEK' rate='10.9870'/></Cube>\n"
	xmlTail = "	</Cube>\n</gesmes:Envelope>"
)

func rate(c, on, perEUR string) Rate {
	return Published(contracts.Currency(c), contracts.MustDate(on), decimal.RequireFromString(perEUR), ECB)
}

var compare = cmp.Options{cmp.Comparer(decimal.Decimal.Equal), cmp.Comparer(func(a, b contracts.Date) bool { return a == b })}

func TestReadersReadWhatTheECBPublishes(t *testing.T) {
	for _, c := range []struct {
		file string
		read func([]byte) ([]Rate, error)
		text string
		want []Rate
	}{
		{"daily CSV", ReadCSV, daily, []Rate{rate("USD", "2026-11-20", "1.1512"), rate("JPY", "2026-11-20", "178.10"), rate("SEK", "2026-11-20", "10.9870"), rate("HUF", "2026-11-20", "386.15")}},
		{"history CSV", ReadCSV, history, []Rate{rate("USD", "2026-11-20", "1.1512"), rate("SEK", "2026-11-20", "10.987"), rate("HUF", "2026-11-20", "386.15"),
			rate("USD", "2026-11-19", "1.15"), rate("SEK", "2026-11-19", "10.99"), rate("HUF", "2026-11-19", "386")}},
		{"XML", ReadXML, xmlHead + xmlDay + xmlTail, []Rate{rate("USD", "2026-11-20", "1.1512"), rate("SEK", "2026-11-20", "10.987")}},
	} {
		got, err := c.read([]byte(c.text))
		if err != nil {
			t.Fatalf("%s: %v", c.file, err)
		}
		if either, err := Read([]byte(c.text)); err != nil || len(either) != len(got) {
			t.Errorf("%s is not recognised: %v", c.file, err)
		}
		if diff := cmp.Diff(c.want, got, compare); diff != "" {
			t.Errorf("%s: %s", c.file, diff)
		}
	}
}

func TestBrokenRateFileIsRefusedWithItsLine(t *testing.T) {
	csv := func(line string) string { return "Date,USD,SEK,\n2026-11-20,1.1,10.9,\n" + line + "\n" }
	xml := func(day string) string { return xmlHead + xmlDay + day + xmlTail }
	for _, c := range []struct {
		rule string
		read func([]byte) ([]Rate, error)
		text string
		code contracts.FaultCode
		at   string
	}{
		{"an empty file", ReadCSV, "", contracts.FaultMalformed, ""},
		{"a header of something else", ReadCSV, "Currency,USD\n", contracts.FaultMalformed, "line 1"},
		{"a currency that is none", ReadCSV, "Date,usd\n", contracts.FaultCurrency, "line 1"},
		{"a currency twice", ReadCSV, "Date,USD,USD\n", FaultDuplicate, "line 1"},
		{"no line but the header", ReadCSV, "Date,USD\n", contracts.FaultMissing, ""},
		{"a day that does not exist", ReadCSV, csv("2026-02-30,1.1,10.9,"), contracts.FaultDate, "line 3"},
		{"too few values", ReadCSV, csv("2026-11-19,1.1"), contracts.FaultMalformed, "line 3"},
		{"a day twice", ReadCSV, csv("2026-11-20,1.2,10.9,"), FaultDuplicate, "line 3"},
		{"a rate of zero", ReadCSV, csv("2026-11-19,0,10.9,"), FaultRate, "line 3"},
		{"a negative rate", ReadCSV, csv("2026-11-19,-1.1,10.9,"), FaultRate, "line 3"},
		{"an exponent", ReadCSV, csv("2026-11-19,1e999999999,10.9,"), FaultRate, "line 3"},
		{"a comma as decimal point", ReadCSV, csv("2026-11-19,\"1,1\",10.9,"), FaultRate, "line 3"},
		{"a broken quote", ReadCSV, csv("2026-11-19,\"1.1,10.9,"), contracts.FaultMalformed, "line 3"},
		{"not XML", ReadXML, "Date,USD", contracts.FaultMalformed, "line 1"},
		{"a document type", ReadXML, `<!DOCTYPE x [<!ENTITY a "b">]>` + xml(""), contracts.FaultMalformed, "line 1"},
		{"an entity of its own", ReadXML, xml("<Cube time='2026-11-19'><Cube currency='USD' rate='&a;'/></Cube>"), contracts.FaultMalformed, "line 11"},
		{"an unknown element", ReadXML, xml("<Rate/>"), contracts.FaultUnknownMember, "line 11"},
		{"an element too deep", ReadXML, xml("<Cube time='2026-11-19'><Cube currency='USD' rate='1'><Cube/></Cube></Cube>"), contracts.FaultUnknownMember, "line 11"},
		{"an attribute too many", ReadXML, xml("<Cube time='2026-11-19' x='1'/>"), contracts.FaultUnknownMember, "line 11"},
		{"an attribute too few", ReadXML, xml("<Cube time='2026-11-19'><Cube currency='USD'/></Cube>"), contracts.FaultMissing, "line 11"},
		{"an attribute twice", ReadXML, xml("<Cube time='2026-11-19' time='2026-11-18'/>"), contracts.FaultDuplicateMember, "line 11"},
		{"a bad day", ReadXML, xml("<Cube time='yesterday'/>"), contracts.FaultDate, "line 11"},
		{"a day and currency twice", ReadXML, xml(xmlDay), FaultDuplicate, "line 12"},
		{"a bad rate", ReadXML, xml("<Cube time='2026-11-19'><Cube currency='USD' rate='NaN'/></Cube>"), FaultRate, "line 11"},
		{"text between elements", ReadXML, xml("hello"), contracts.FaultMalformed, "line 11"},
		{"an end without a beginning", ReadXML, xml("</Cube></Cube>"), contracts.FaultMalformed, "line 11"},
		{"an end missing", ReadXML, xmlHead + xmlDay, contracts.FaultMalformed, "line 11"},
	} {
		rs, err := c.read([]byte(c.text))
		if err == nil {
			t.Errorf("%s: read %d rates", c.rule, len(rs))
			continue
		}
		f := contracts.FaultsOf(err)[0]
		if f.Code != c.code || c.at != "" && f.Field != c.at || rs != nil {
			t.Errorf("%s: got %q at %q (%s), want %q at %q and no rates", c.rule, f.Code, f.Field, f.Message, c.code, c.at)
		}
	}
}

func TestFileBeyondTheLimitIsNotRead(t *testing.T) {
	long := make([]byte, maxFile+1)
	for name, read := range map[string]func([]byte) ([]Rate, error){"CSV": ReadCSV, "XML": ReadXML} {
		if _, err := read(long); contracts.FaultsOf(err)[0].Code != contracts.FaultTooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestToEURRoundsHalfAwayFromZero(t *testing.T) {
	r := Rate{Currency: "SEK", PerEUR: decimal.RequireFromString("8")}
	for amount, want := range map[string]string{"1.00": "0.13", "-1.00": "-0.13", "0.04": "0.01", "0.03": "0.00", "100": "12.50"} {
		if got := r.ToEUR(contracts.MustMoney(amount, "SEK")); got.Fixed() != want {
			t.Errorf("%s SEK: %s, want %s", amount, got.Fixed(), want)
		}
	}
}

func TestDemonstrationRates(t *testing.T) {
	rs, err := Demonstration()
	if err != nil {
		t.Fatal(err)
	}
	months := map[contracts.Currency]int{}
	for _, r := range rs {
		if err := r.Validate(); err != nil {
			t.Errorf("%s %s: %v", r.Currency, r.Since, err)
		}
		if !r.Demonstration || r.Since != r.Since.Month().First() || r.Until != r.Since.Month().Last() || !strings.Contains(r.Source, "not a published rate") {
			t.Errorf("%+v is not labelled, or holds for no whole month", r)
		}
		months[r.Currency]++
	}
	if diff := cmp.Diff(map[contracts.Currency]int{"SEK": 60, "HUF": 60}, months); diff != "" {
		t.Error(diff)
	}
}

// noStore fails the test when anything reaches it.
type noStore struct{ t *testing.T }

func (s noStore) RateOn(context.Context, contracts.Currency, contracts.Date) (Rate, bool, error) {
	return Rate{}, false, nil
}

func (s noStore) AddRates(_ context.Context, rs []Rate) ([]Rate, *Rate, error) {
	s.t.Errorf("%d rates stored", len(rs))
	return nil, nil, nil
}

func TestBadRateIsNotLoaded(t *testing.T) {
	good := rate("SEK", "2026-11-20", "11")
	for rule, spoil := range map[string]func(*Rate){
		"no source":             func(r *Rate) { r.Source = "" },
		"longer than month":     func(r *Rate) { r.Until = r.Since.AddDays(31) },
		"ends before it begins": func(r *Rate) { r.Until = r.Since.AddDays(-1) },
		"zero":                  func(r *Rate) { r.PerEUR = decimal.Zero },
		"the euro itself":       func(r *Rate) { r.Currency = contracts.EUR },
	} {
		bad := good
		spoil(&bad)
		if _, err := Load(t.Context(), noStore{t}, []Rate{good, bad}); !contracts.IsFault(err) {
			t.Errorf("%s: %v", rule, err)
		}
	}
	if _, err := Load(t.Context(), noStore{t}, []Rate{good, good}); !contracts.IsFault(err) {
		t.Errorf("a day twice: %v", err)
	}
}

func fuzz(f *testing.F, read func([]byte) ([]Rate, error), seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		rs, err := read(file)
		if err != nil {
			if !contracts.IsFault(err) || rs != nil {
				t.Fatalf("%d rates and %v", len(rs), err)
			}
			return
		}
		for _, r := range rs {
			if !r.PerEUR.IsPositive() || r.Since.IsZero() || len(r.Currency) != 3 {
				t.Fatalf("read %+v", r)
			}
		}
	})
}

func FuzzReadCSV(f *testing.F) { fuzz(f, ReadCSV, daily, history, "Date,USD\n2026-01-01,\"1\n") }

func FuzzReadXML(f *testing.F) {
	fuzz(f, ReadXML, xmlHead+xmlDay+xmlTail, xmlHead+"<Cube time='2026-11-19'>&lt;</Cube>"+xmlTail, "<!DOCTYPE a>")
}
