package national

import (
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// Writer writes a format that is only written: values go in as they are.
type Writer struct{ *xmltree.Walk }

// Put writes an element with text; a blank one is left out.
func (w Writer) Put(name, value string, attrs ...xmltree.At) { w.Text(name, &value, attrs...) }

// Amount writes a number with the given decimals, and with all it needs beyond them.
func (w Writer) Amount(name string, d decimal.Decimal, least int32, attrs ...xmltree.At) {
	w.Put(name, xmltree.Digits(*Fixed(d, least)), attrs...)
}

// Day writes a date; none is left out.
func (w Writer) Day(name string, d contracts.Date) { w.Put(name, d.String()) }

// Attr is an attribute of an element that is put.
func Attr(name, value string) xmltree.At { return xmltree.At{Name: name, Value: &value} }

// InEU lists the Member States since 2020-02-01, as the formats ask where a buyer sits.
func InEU(c contracts.CountryCode) bool {
	return len(c) == 2 && strings.Contains(" AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK ", " "+string(c)+" ")
}

// Phone is a telephone number without what people put between the digits: the formats have little room.
func Phone(s string) string {
	return strings.NewReplacer(" ", "", "-", "", "/", "", ".", "", "(", "", ")", "").Replace(s)
}

// Number is the party's registration of the first of the schemes that it has.
func Number(p contracts.Party, schemes ...string) string {
	for _, s := range schemes {
		for _, r := range p.Registrations {
			if r.Scheme == s {
				return r.Value
			}
		}
	}
	return ""
}
