package fatturapa_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/adapters/format/fatturapa"
	"passerelle/adapters/format/national"
	"passerelle/adapters/format/national/nationaltest"
	"passerelle/contracts"
)

func facts() fatturapa.Facts {
	capital := contracts.MustMoney("25000", contracts.EUR)
	return fatturapa.Facts{
		Facts:    national.Facts{Facts: example.Facts()},
		Province: "MI", Capital: &capital, Destination: "ABC1234",
	}
}

func TestGolden(t *testing.T) {
	nationaltest.Golden(t, nationaltest.Format{
		Seller: "IT",
		Write: func(inv contracts.Invoice) ([]byte, error) {
			if inv.Buyer.Kind == contracts.Consumer && inv.Buyer.Address.Country == "IT" {
				inv.Buyer.Registrations = []contracts.Identifier{{Scheme: "it.codice_fiscale_person", Value: "RCCMNL83S18D969H"}}
			}
			return fatturapa.Write(inv, facts())
		},
		Credit: func(note contracts.CreditNote) ([]byte, error) { return fatturapa.WriteCredit(note, facts()) },
	})
}

var dates = cmp.Comparer(func(a, b contracts.Date) bool { return a == b })

func TestWhatIsWrittenIsRead(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d documents, %v", len(paths), err)
	}
	for _, path := range paths {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := fatturapa.Read(want)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		got, err := file.Write()
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s, read and written again:\n%s", path, diff)
		}
	}
}

func written(t *testing.T, c example.Case, change func(*contracts.Invoice, *fatturapa.Facts)) (fatturapa.File, error) {
	t.Helper()
	inv, _ := nationaltest.Example(t, "IT", c)
	f := facts()
	change(&inv, &f)
	b, err := fatturapa.Write(inv, f)
	if err != nil {
		return fatturapa.File{}, err
	}
	return fatturapa.Read(b)
}

func TestBuyersAreAddressedAsTheSdIWants(t *testing.T) {
	cases := map[string]struct {
		c           example.Case
		change      func(*contracts.Invoice, *fatturapa.Facts)
		format, to  string
		id          fatturapa.TaxID
		code, place string
	}{
		"at home, with a code":    {example.Domestic, func(*contracts.Invoice, *fatturapa.Facts) {}, "FPR12", "ABC1234", fatturapa.TaxID{Country: "IT", Code: "13029381004"}, "20121", "IT"},
		"at home, without a code": {example.Domestic, func(_ *contracts.Invoice, f *fatturapa.Facts) { f.Destination = "" }, "FPR12", "0000000", fatturapa.TaxID{Country: "IT", Code: "13029381004"}, "20121", "IT"},
		"an authority":            {example.Domestic, func(_ *contracts.Invoice, f *fatturapa.Facts) { f.Destination = "UFABCD" }, "FPA12", "UFABCD", fatturapa.TaxID{Country: "IT", Code: "13029381004"}, "20121", "IT"},
		"a business in the EU":    {example.ReverseCharge, func(*contracts.Invoice, *fatturapa.Facts) {}, "FPR12", "XXXXXXX", fatturapa.TaxID{Country: "DE", Code: "111111125"}, "00000", "DE"},
		"a business in Greece": {example.ReverseCharge, func(inv *contracts.Invoice, _ *fatturapa.Facts) {
			inv.Buyer.VATID, inv.Buyer.Address.Country = "EL094259216", "GR"
		}, "FPR12", "XXXXXXX", fatturapa.TaxID{Country: "GR", Code: "094259216"}, "00000", "GR"},
		"a consumer in the EU": {example.Consumer, func(*contracts.Invoice, *fatturapa.Facts) {}, "FPR12", "XXXXXXX", fatturapa.TaxID{Country: "LU", Code: "0000000"}, "00000", "LU"},
		"outside the EU":       {example.ThirdCountry, func(*contracts.Invoice, *fatturapa.Facts) {}, "FPR12", "XXXXXXX", fatturapa.TaxID{Country: "CH", Code: "OO99999999999"}, "00000", "CH"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f, err := written(t, c.c, c.change)
			if err != nil {
				t.Fatal(err)
			}
			if c.id.Country == "DE" {
				c.id.Code = f.Buyer.VAT.Code // the published example of the register
			}
			if f.Format != c.format || f.Destination != c.to || f.Buyer.VAT != c.id || f.Buyer.Address.PostCode != c.code || f.Buyer.Address.Country != c.place {
				t.Errorf("%s to %s, %v in %v", f.Format, f.Destination, f.Buyer.VAT, f.Buyer.Address)
			}
		})
	}
}

// TestALongReferenceIsTold: an authority abroad cannot shorten what it asks for, and the copy for SdI has 20 characters.
func TestALongReferenceIsTold(t *testing.T) {
	inv, err := example.Invoice("IT", "FR", example.ReverseCharge)
	if err != nil {
		t.Fatal(err)
	}
	inv.BuyerReference, inv.OrderReference = "04011000-1234512345-06", "4500012345-2026-000123"
	b, err := fatturapa.Write(inv, facts())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<Causale>04011000-1234512345-06</Causale>", "<Causale>4500012345-2026-000123</Causale>"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("it lacks %s", want)
		}
	}
	if strings.Contains(string(b), "RiferimentoAmministrazione") || strings.Contains(string(b), "DatiOrdineAcquisto") {
		t.Error("cut to what fits")
	}
}

func TestACertifiedAddressStandsInForACodeAlone(t *testing.T) {
	for destination, want := range map[string]string{"": "client@pec.example.org", "ABC1234": ""} {
		f, err := written(t, example.Domestic, func(_ *contracts.Invoice, f *fatturapa.Facts) {
			f.Destination, f.PEC = destination, "client@pec.example.org"
		})
		if err != nil || f.PEC != want {
			t.Errorf("beside %q: %q, %v", destination, f.PEC, err)
		}
	}
}

func TestNatureSaysWhyNoVATIsCharged(t *testing.T) {
	cases := []struct {
		category contracts.TaxCategory
		buyer    contracts.CountryCode
		regime   string
		want     string
	}{
		{contracts.StandardRated, "IT", "RF01", ""}, {contracts.ReverseCharge, "DE", "RF01", "N2.1"}, {contracts.ReverseCharge, "IT", "RF01", "N6.9"},
		{contracts.OutsideScope, "CH", "RF01", "N2.1"}, {contracts.IntraEUGoods, "DE", "RF01", "N3.2"}, {contracts.ExportGoods, "CH", "RF01", "N3.1"},
		{contracts.Exempt, "IT", "RF01", "N4"}, {contracts.Exempt, "IT", "RF19", "N2.2"},
	}
	for _, c := range cases {
		if got := fatturapa.Natura(c.category, c.buyer, c.regime); got != c.want {
			t.Errorf("%s to %s under %s: %q, want %q", c.category, c.buyer, c.regime, got, c.want)
		}
	}
}

func TestStampDutyIsDueAboveTheLimit(t *testing.T) {
	for name, c := range map[string]struct {
		c      example.Case
		change func(*contracts.Invoice, *fatturapa.Facts)
		want   string
	}{
		"taxed":            {example.Domestic, func(*contracts.Invoice, *fatturapa.Facts) {}, ""},
		"exempt":           {example.Exempt, func(*contracts.Invoice, *fatturapa.Facts) {}, "SI"},
		"exempt from it":   {example.Exempt, func(_ *contracts.Invoice, f *fatturapa.Facts) { f.NoStampDuty = true }, ""},
		"exactly at limit": {example.Exempt, func(inv *contracts.Invoice, _ *fatturapa.Facts) { price(t, inv, "77.47") }, ""},
		"a cent above":     {example.Exempt, func(inv *contracts.Invoice, _ *fatturapa.Facts) { price(t, inv, "77.48") }, "SI"},
	} {
		f, err := written(t, c.c, c.change)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Bodies[0].StampDuty; got != c.want {
			t.Errorf("%s: stamp duty %q, want %q", name, got, c.want)
		}
	}
}

// price leaves one line at a price.
func price(t *testing.T, inv *contracts.Invoice, p string) {
	t.Helper()
	line := inv.Lines[1]
	line.Price = contracts.MustDecimal(p)
	var err error
	if inv.Lines, inv.Totals, err = contracts.Compute(inv.Currency, []contracts.Line{line}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatTheBuyerKeepsBackIsNotPaid(t *testing.T) {
	f, err := written(t, example.Domestic, func(_ *contracts.Invoice, f *fatturapa.Facts) {
		f.Withholding, f.WithholdingKind, f.WithholdingReason = contracts.MustPercent("20"), "RT02", "A"
	})
	if err != nil {
		t.Fatal(err)
	}
	b := f.Bodies[0]
	if h := b.Withholdings[0]; h.Amount.StringFixed(2) != "234.11" || h.Rate.StringFixed(2) != "20.00" || b.Lines[0].Withheld != "SI" {
		t.Errorf("kept back %+v", h)
	}
	if got := b.Payments[0].Details[0].Amount.StringFixed(2); got != "1193.96" { // 1428.07 - 234.11
		t.Errorf("to pay %s", got)
	}
}

func TestSplitPaymentLeavesTheVATToTheState(t *testing.T) {
	f, err := written(t, example.Domestic, func(_ *contracts.Invoice, f *fatturapa.Facts) { f.SplitPayment = true })
	if err != nil {
		t.Fatal(err)
	}
	b := f.Bodies[0]
	if b.Summaries[0].Due != "S" || b.Payments[0].Details[0].Amount.StringFixed(2) != "1170.55" || b.Total.StringFixed(2) != "1428.07" {
		t.Errorf("told %+v", b)
	}
}

func TestANegativeQuantityBecomesANegativePrice(t *testing.T) {
	f, err := written(t, example.Domestic, func(inv *contracts.Invoice, _ *fatturapa.Facts) {
		inv.Lines[1].Quantity = contracts.MustDecimal("-1")
		var err error
		if inv.Lines, inv.Totals, err = contracts.Compute(inv.Currency, inv.Lines); err != nil {
			t.Fatal(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if l := f.Bodies[0].Lines[1]; l.Quantity.StringFixed(2) != "1.00" || l.Price.StringFixed(2) != "-120.55" || l.Total.StringFixed(2) != "-120.55" {
		t.Errorf("told %+v", l)
	}
}

func TestLettersOutsideLatin1(t *testing.T) {
	f, err := written(t, example.ReverseCharge, func(inv *contracts.Invoice, _ *fatturapa.Facts) {
		inv.Buyer.Name = "Łódź “Őri” – Žižkov’s"
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Buyer.Name, `Lódz "Öri" - Zizkov's`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFaultsNameTheField(t *testing.T) {
	for field, change := range map[string]func(*contracts.Invoice, *fatturapa.Facts){
		"seller.address.country":     func(inv *contracts.Invoice, _ *fatturapa.Facts) { inv.Seller.Address.Country = "FR" },
		"seller.address.street":      func(inv *contracts.Invoice, _ *fatturapa.Facts) { inv.Seller.Address.Street = " " },
		"seller.address.postal_code": func(inv *contracts.Invoice, _ *fatturapa.Facts) { inv.Seller.Address.PostalCode = "2012" },
		"seller.vat_id":              func(inv *contracts.Invoice, _ *fatturapa.Facts) { inv.Seller.VATID, inv.Seller.Registrations = "", nil },
		"buyer.name":                 func(inv *contracts.Invoice, _ *fatturapa.Facts) { inv.Buyer.Name = "Ελληνική Εταιρεία" },
		"buyer.address.town":         func(inv *contracts.Invoice, _ *fatturapa.Facts) { inv.Buyer.Address.Town = strings.Repeat("a", 61) },
		"buyer.registrations":        func(inv *contracts.Invoice, _ *fatturapa.Facts) { inv.Buyer.VATID, inv.Buyer.Registrations = "", nil },
		"currency":                   func(inv *contracts.Invoice, _ *fatturapa.Facts) { inv.Currency = contracts.SEK },
		"number":                     func(inv *contracts.Invoice, _ *fatturapa.Facts) { inv.Number = "IT" },
		"pay_to":                     func(inv *contracts.Invoice, _ *fatturapa.Facts) { inv.PayTo = "" },
		"lines[0].description":       func(inv *contracts.Invoice, _ *fatturapa.Facts) { inv.Lines[0].Description = strings.Repeat("a", 1001) },
		"lines[0].tax.category":      func(inv *contracts.Invoice, _ *fatturapa.Facts) { inv.Lines[0].Tax.Category = contracts.ZeroRated },
		"fatturapa.destination":      func(_ *contracts.Invoice, f *fatturapa.Facts) { f.Destination = "abc" },
		"fatturapa.regime":           func(_ *contracts.Invoice, f *fatturapa.Facts) { f.Regime = "RF03" },
		"fatturapa.province":         func(_ *contracts.Invoice, f *fatturapa.Facts) { f.Province = "Milano" },
		"facts.contact.phone":        func(_ *contracts.Invoice, f *fatturapa.Facts) { f.Contact.Phone = "+390212345678901" },
		"fatturapa.withholding_kind": func(_ *contracts.Invoice, f *fatturapa.Facts) { f.Withholding = contracts.MustPercent("20") },
	} {
		_, err := written(t, example.Domestic, change)
		if _, ok := nationaltest.Fault(err, field); !ok {
			t.Errorf("%s: got %v", field, err)
		}
	}
	_, err := written(t, example.ReverseCharge, func(_ *contracts.Invoice, f *fatturapa.Facts) { f.Nature = "N9" })
	if _, ok := nationaltest.Fault(err, "fatturapa.nature"); !ok {
		t.Errorf("nature: got %v", err)
	}
}

func TestNothingIsDroppedInSilence(t *testing.T) {
	b, err := os.ReadFile("testdata/domestic-invoice.xml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, field string }{
		"unknown element":   {"<Divisa>EUR</Divisa>", "<Divisa>EUR</Divisa><Cosa>x</Cosa>", "/FatturaElettronica/FatturaElettronicaBody/DatiGenerali/DatiGeneraliDocumento/Cosa"},
		"a second number":   {"<Divisa>EUR</Divisa>", "<Divisa>EUR</Divisa><Divisa>USD</Divisa>", "/FatturaElettronica/FatturaElettronicaBody/DatiGenerali/DatiGeneraliDocumento/Divisa[2]"},
		"two formats":       {`versione="FPR12"`, `versione="FPA12"`, "/FatturaElettronica"},
		"unknown attribute": {`versione="FPR12"`, `versione="FPR12" altra="1"`, "/FatturaElettronica"},
	} {
		_, err := fatturapa.Read([]byte(strings.Replace(string(b), c.old, c.new, 1)))
		if _, ok := nationaltest.Fault(err, c.field); !ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := fatturapa.Read([]byte("<Invoice/>")); !contracts.IsFault(err) {
		t.Errorf("another document: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.xml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := fatturapa.Read(b)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		again, err := file.Write()
		if err != nil {
			t.Fatal(err)
		}
		same, err := fatturapa.Read(again)
		if err != nil {
			t.Fatalf("%v\n%s", err, again)
		}
		if diff := cmp.Diff(file, same, dates, numbers); diff != "" {
			t.Fatalf("written and read again:\n%s", diff)
		}
	})
}

// numbers are the same when they are written the same.
var numbers = cmp.Comparer(func(a, b en16931.Number) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Equal(b.Decimal) && a.Exponent() == b.Exponent())
})
