// Package national holds what the writers of national formats share: what such a format says and an invoice of ours does not
// hold, and the checks that come before anything is written, so that a document is whole or a list of Faults. It knows no
// format; FatturaPA, Facturae, ebInterface and NAV each have a package of their own.
package national

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"golang.org/x/text/unicode/norm"

	"passerelle/adapters/format/en16931"
	"passerelle/contracts"
)

// Facts is what the national formats say and neither an invoice nor a document of the norm holds.
type Facts struct {
	en16931.Facts `json:"-"` // contact, period, account and the like, which all formats share

	SellerVATID string            `json:"seller_vat_id,omitzero"` // when the invoice leaves it out, as EN 16931 wants it outside the scope of VAT
	BuyerVATID  string            `json:"buyer_vat_id,omitzero"`  // likewise
	Withholding contracts.Percent `json:"withholding,omitzero"`   // income tax the buyer keeps back, percent of the net; none when zero
}

// Parties returns the invoice with the VAT numbers that only the facts hold, and the period of the supply: its day, when
// nothing else is known.
func (f Facts) Parties(inv contracts.Invoice) (contracts.Invoice, en16931.Period) {
	inv.Seller.VATID = cmp.Or(inv.Seller.VATID, f.SellerVATID)
	inv.Buyer.VATID = cmp.Or(inv.Buyer.VATID, f.BuyerVATID)
	period := f.Period
	if period == (en16931.Period{}) {
		period = en16931.Period{Start: inv.SupplyDate, End: inv.SupplyDate}
	}
	return inv, period
}

// Withheld is what the buyer keeps back of the invoice.
func (f Facts) Withheld(inv contracts.Invoice) contracts.Money {
	return f.Withholding.Of(inv.Totals.TaxExclusive)
}

// Correction is what makes a credit note of an invoice; nil stands for an invoice.
type Correction struct {
	Number string         // of the invoice it corrects
	Issued contracts.Date // its day
	Reason string
}

// Correct splits a credit note.
func (f Facts) Correct(note contracts.CreditNote) (contracts.Invoice, *Correction) {
	return note.Invoice, &Correction{Number: note.CorrectsNumber, Issued: f.Corrects, Reason: note.Reason}
}

// Check collects what stands against writing a document.
type Check struct {
	Format string // as its users call it
	contracts.Faults
}

// FaultForeign says that the format is another country's.
const FaultForeign contracts.FaultCode = "format-country"

// Seller refuses sellers of another country.
func (c *Check) Seller(inv contracts.Invoice, country contracts.CountryCode) {
	if at := inv.Seller.Address.Country; at != country {
		c.Addf(FaultForeign, "seller.address.country", "choose a format of the seller's country", "%s is for sellers in %s", c.Format, country)
	}
}

// Required notes a text that is blank.
func (c *Check) Required(field, value string) {
	if strings.TrimSpace(plain(value, unicode.MaxLatin1)) == "" { // control characters say nothing
		for _, w := range words {
			if w.field == field {
				c.Addf(contracts.FaultMissing, field, "fill it in", "%s is missing: %s cannot be written without it", w.row, c.Format)
				return
			}
		}
		c.Addf(contracts.FaultMissing, field, "fill it in", "%s cannot be written without it", c.Format)
	}
}

// words are what a person calls the fields that are most often blank; a list of faults stands apart from its fields.
var words = []struct{ row, field string }{
	{"the seller’s name", "seller.name"}, {"the seller’s street", "seller.address.street"}, {"the seller’s town", "seller.address.town"},
	{"the buyer’s name", "buyer.name"}, {"the buyer’s street", "buyer.address.street"}, {"the buyer’s town", "buyer.address.town"}, {"the buyer’s post code", "buyer.address.postal_code"},
	{"the order number", "order_reference"},
}

// Longest returns the text without the spaces around it, and notes when it has more characters than the format allows.
func (c *Check) Longest(field, value string, most int) string {
	value = strings.TrimSpace(value)
	if utf8.RuneCountInString(value) > most {
		c.Addf(contracts.FaultInvalid, field, "shorten it", "%q is longer than the %d characters that %s allows", clip(value), most, c.Format)
	}
	return value
}

// Latin returns the text in ISO 8859-1, where a letter may lose its accent and a sign become a plain one: FatturaPA knows no
// others. Other scripts are a Fault, and so is a text that is too long.
func (c *Check) Latin(field, value string, most int) string {
	return c.within(field, c.Longest(field, Latin(value), most), unicode.MaxLatin1)
}

// ASCII is Latin for fields with unaccented letters alone.
func (c *Check) ASCII(field, value string, most int) string {
	return c.within(field, c.Longest(field, plain(value, unicode.MaxASCII), most), unicode.MaxASCII)
}

func (c *Check) within(field, value string, last rune) string {
	if strings.ContainsFunc(value, func(r rune) bool { return r > last }) {
		c.Addf(contracts.FaultInvalid, field, "write it in Latin letters", "%q has letters that %s cannot carry", clip(value), c.Format)
	}
	return value
}

// Latin rewrites what has a close neighbour in ISO 8859-1: ő as ö, a typographic apostrophe as a plain one.
func Latin(s string) string { return plain(s, unicode.MaxLatin1) }

var neighbours = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "„", `"`, "–", "-", "—", "-", "…", "...", "€", "EUR", "\u202f", " ",
	"ő", "ö", "Ő", "Ö", "ű", "ü", "Ű", "Ü", "ł", "l", "Ł", "L", "đ", "d", "Đ", "D", "œ", "oe", "Œ", "OE", "ı", "i", "ħ", "h", "Ħ", "H", "ŋ", "n", "Ŋ", "N", "ŧ", "t", "Ŧ", "T", "ĸ", "k", "ș", "s", "Ș", "S")

var unaccented = strings.NewReplacer("ß", "ss", "ø", "o", "Ø", "O", "æ", "ae", "Æ", "AE", "å", "a", "Å", "A", "ð", "d", "Ð", "D", "þ", "th", "Þ", "Th",
	"«", `"`, "»", `"`, "º", "o", "ª", "a", "\u00a0", " ", "·", "-", "´", "'")

func plain(s string, last rune) string {
	if last == unicode.MaxASCII {
		s = unaccented.Replace(s)
	}
	var b strings.Builder
	for _, r := range neighbours.Replace(norm.NFC.String(s)) {
		if r > last {
			if base, size := utf8.DecodeRuneInString(norm.NFD.String(string(r))); base <= last && size > 0 {
				r = base
			}
		}
		if unicode.IsControl(r) {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Fixed returns a number written with at least the given decimals, and with all it needs beyond them.
func Fixed(d decimal.Decimal, least int32) en16931.Number {
	places := least
	for !d.Equal(d.Truncate(places)) {
		places++
	}
	return &contracts.Decimal{Decimal: decimal.NewFromBigInt(d.Shift(places).BigInt(), -places)}
}

// clip shortens foreign text before it goes into a message.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
