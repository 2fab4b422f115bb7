package fatturapa_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"passerelle/adapters/format/example"
	"passerelle/adapters/format/fatturapa"
	"passerelle/adapters/format/national/nationaltest"
	"passerelle/contracts"
)

// TestWhateverIsTypedFitsTheSchema: a document is written in Latin-1 and within the lengths of its fields, or not at all.
func TestWhateverIsTypedFitsTheSchema(t *testing.T) {
	base, _ := nationaltest.Example(t, "IT", example.ReverseCharge)
	rapid.Check(t, func(t *rapid.T) {
		inv, f := base, facts()
		inv.Lines = append([]contracts.Line(nil), base.Lines...)
		inv.Buyer.Name = rapid.OneOf(rapid.String(), rapid.Just("\x01\n")).Draw(t, "name")
		inv.Buyer.Address.Street = rapid.StringN(0, 70, -1).Draw(t, "street")
		inv.Lines[0].Description = rapid.String().Draw(t, "description")
		inv.OrderReference = rapid.StringN(0, 25, -1).Draw(t, "order")
		inv.Notes = []string{rapid.StringN(0, 500, -1).Draw(t, "note")}
		b, err := fatturapa.Write(inv, f)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		file, err := fatturapa.Read(b)
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		fits(t, file.Buyer.Name, 80, unicode.MaxLatin1)
		fits(t, file.Buyer.Address.Street, 60, unicode.MaxLatin1)
		fits(t, file.Bodies[0].Lines[0].Description, 1000, unicode.MaxLatin1)
		for _, order := range file.Bodies[0].Orders {
			fits(t, order.ID, 20, unicode.MaxASCII)
		}
		for _, reason := range file.Bodies[0].Reasons {
			fits(t, reason, 200, unicode.MaxLatin1)
		}
	})
}

func fits(t *rapid.T, s string, most int, last rune) {
	n := utf8.RuneCountInString(s)
	if n < 1 || n > most || strings.ContainsFunc(s, func(r rune) bool { return r > last }) {
		t.Fatalf("%q of %d characters", s, n)
	}
}

// TestWhatIsSummedUpIsTheSumOfTheLines in each rate and nature, and the whole document is what is to be paid.
func TestWhatIsSummedUpIsTheSumOfTheLines(t *testing.T) {
	base, _ := nationaltest.Example(t, "IT", example.Domestic)
	taxes := []contracts.Tax{
		{Category: contracts.StandardRated, Rate: contracts.MustPercent("22")}, {Category: contracts.StandardRated, Rate: contracts.MustPercent("10")},
		{Category: contracts.Exempt, Reason: "art. 10 n. 20"}, {Category: contracts.Exempt, Reason: "art. 10 n. 18"}, {Category: contracts.ReverseCharge},
	}
	rapid.Check(t, func(t *rapid.T) {
		inv := base
		inv.Lines = nil
		for range rapid.IntRange(1, 6).Draw(t, "lines") {
			l := base.Lines[0]
			l.Quantity.Decimal = decimal.New(rapid.Int64Range(1, 100_000).Draw(t, "quantity"), -2)
			l.Price.Decimal = decimal.New(rapid.Int64Range(0, 1_000_000_000).Draw(t, "price"), -6)
			l.Tax = rapid.SampledFrom(taxes).Draw(t, "tax")
			inv.Lines = append(inv.Lines, l)
		}
		var err error
		if inv.Lines, inv.Totals, err = contracts.Compute(inv.Currency, inv.Lines); err != nil {
			t.Fatal(err)
		}
		b, err := fatturapa.Write(inv, facts())
		if err != nil {
			t.Fatal(err)
		}
		file, err := fatturapa.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		body, groups, total := file.Bodies[0], map[string]decimal.Decimal{}, decimal.Zero
		for _, l := range body.Lines {
			key := l.Nature + l.VATRate.String()
			groups[key] = groups[key].Add(l.Total.Decimal)
		}
		for _, s := range body.Summaries {
			key := s.Nature + s.VATRate.String()
			if !groups[key].Equal(s.Taxable.Decimal) {
				t.Fatalf("%s: lines %s, summary %s", key, groups[key], s.Taxable)
			}
			delete(groups, key)
			total = total.Add(s.Taxable.Decimal).Add(s.Tax.Decimal)
		}
		if len(groups) > 0 || !total.Equal(body.Total.Decimal) || !total.Equal(body.Payments[0].Details[0].Amount.Decimal) {
			t.Fatalf("left %v; sums %s, document %s", groups, total, body.Total)
		}
	})
}
