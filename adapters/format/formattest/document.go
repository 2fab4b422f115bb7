package formattest

import (
	"reflect"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"passerelle/adapters/format/en16931"
	"passerelle/contracts"
)

// Document draws a document with anything in it: each term there or not, texts of any letters and markup. What no syntax says is
// left out: a scheme without a value, a unit without a quantity, a payment reference without a means of payment.
func Document(t *rapid.T) en16931.Document {
	var d en16931.Document
	draw(t, reflect.ValueOf(&d).Elem())
	d.Type = rapid.SampledFrom([]string{"380", "381", "389", "384"}).Draw(t, "type")
	d.Number, d.Currency, d.TaxCurrency = "N1", "EUR", "SEK"
	d.TaxPointCode = rapid.SampledFrom([]string{"", "3", "35", "432"}).Draw(t, "tax point")
	for i := range d.Notes {
		d.Notes[i].Subject = rapid.SampledFrom([]string{"", "AAI", "REG"}).Draw(t, "subject")
		d.Notes[i].Text = "n" + d.Notes[i].Text
	}
	for i := range d.Lines {
		l := &d.Lines[i]
		l.ID = "L" + l.ID
		for j := range l.AllowanceCharges {
			l.AllowanceCharges[j].Category, l.AllowanceCharges[j].Rate = "", nil // it is taxed as its line
		}
		drop(&l.Unit, l.Quantity)
		drop(&l.Price.BaseUnit, l.Price.BaseQuantity)
		if l.Price.Discount == nil || l.Price.Gross == nil || l.Price.Net == nil {
			l.Price.Discount, l.Price.Gross = nil, nil // one follows from the other
		}
	}
	for i := range d.Attachments {
		d.Attachments[i].Reference = "A" + d.Attachments[i].Reference
		if a := &d.Attachments[i]; len(a.Content) == 0 {
			a.MediaType, a.FileName, a.Content = "", "", nil
		}
	}
	for i := range d.Breakdown {
		d.Breakdown[i].Category = "S"
	}
	if len(d.Breakdown) == 0 {
		d.TaxPointDate, d.TaxPointCode = contracts.Date{}, ""
	} else if d.Totals.Tax == nil {
		d.Totals.Tax = &contracts.Decimal{}
	}
	pay(&d)
	return d
}

func pay(d *en16931.Document) {
	for i := range d.Payment.Means {
		d.Payment.Means[i].Code = "30"
		d.Payment.Means[i].Card.Network = "" // UBL's alone
	}
	if len(d.Payment.Means) == 0 {
		d.Payment = en16931.Payment{Creditor: d.Payment.Creditor}
		d.DueDate = contracts.Date{}
	}
	d.Seller.TaxRegistration.Scheme, d.Buyer.TaxRegistration.Scheme = "", ""
	d.Buyer.LegalNote = ""
}

func drop(unit *string, of en16931.Number) {
	if of == nil {
		*unit = ""
	}
}

// draw fills a value of the model, or leaves it out.
func draw(t *rapid.T, v reflect.Value) {
	there := rapid.IntRange(0, 3).Draw(t, "there") > 0
	switch p := v.Addr().Interface().(type) {
	case *contracts.Date:
		if there {
			*p = contracts.MustDate("2026-01-01").AddDays(rapid.IntRange(0, 2000).Draw(t, "day"))
		}
		return
	case *en16931.Number:
		if there {
			*p = &contracts.Decimal{Decimal: decimal.New(rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "digits"), -rapid.Int32Range(0, 4).Draw(t, "decimals"))}
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		if there {
			v.SetString(text(t))
		}
	case reflect.Bool:
		v.SetBool(there)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "bytes"))
			return
		}
		drawList(t, v)
	case reflect.Struct:
		for i := range v.NumField() {
			draw(t, v.Field(i))
		}
		if value := v.FieldByName("Value"); value.IsValid() && value.String() == "" {
			v.SetZero() // a scheme of nothing
		}
	}
}

func drawList(t *rapid.T, v reflect.Value) {
	for range rapid.IntRange(0, 2).Draw(t, "entries") {
		entry := reflect.New(v.Type().Elem()).Elem()
		if draw(t, entry); !entry.IsZero() {
			v.Set(reflect.Append(v, entry))
		}
	}
}

func text(t *rapid.T) string {
	s := rapid.StringOf(rapid.SampledFrom([]rune("abZ09 \n\t\r<>&\"'#]é漢🎻\ufffd"))).Draw(t, "text")
	if strings.TrimSpace(s) == "" {
		return "x"
	}
	return s
}

// SchemesLast puts identifiers without a scheme first, as CII does.
func SchemesLast(ids []en16931.Identifier) {
	slices.SortStableFunc(ids, func(a, b en16931.Identifier) int { return min(len(a.Scheme), 1) - min(len(b.Scheme), 1) })
}
