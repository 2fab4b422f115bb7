package rules

import (
	_ "embed"
	"strings"

	"passerelle/adapters/format/en16931"
)

//go:embed codes.txt
var codeText string

// codes are the code lists of EN 16931 by the names that codes.txt gives them.
var codes = readCodes(codeText)

func readCodes(text string) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	var list map[string]bool
	for line := range strings.Lines(text) {
		if name, named := strings.CutPrefix(line, "= "); named {
			name, _, _ = strings.Cut(name, ":")
			list = map[string]bool{}
			all[name] = list
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, code := range strings.Fields(line) {
			list[code] = true
		}
	}
	return all
}

// codeRules are BR-CL-*: codes are those of their lists. BR-CL-03 is not here: a document has one currency for all its
// amounts, and BR-CL-04 looks at it.
var codeRules = []Rule{
	{"BR-CL-01", func(l *look) {
		if l.d.Type != "" && !codes["type"][l.d.Type] && !codes["credit"][l.d.Type] {
			l.noCode("BT-3", "type", l.d.Type)
		}
	}},
	{"BR-CL-04", func(l *look) { l.coded("currency", "BT-5", "currency", l.d.Currency) }},
	{"BR-CL-05", func(l *look) { l.coded("currency", "BT-6", "tax_currency", l.d.TaxCurrency) }},
	{"BR-CL-06", func(l *look) { l.coded("taxpoint", "BT-8", "tax_point_code", l.d.TaxPointCode) }},
	{"BR-CL-07", func(l *look) {
		l.coded("object", "BT-18-1", "object.scheme", l.d.Object.Scheme)
		l.lineCodes("object", "BT-128-1", "object.scheme", func(line *en16931.Line) string { return line.Object.Scheme })
	}},
	{"BR-CL-08", func(l *look) {
		for i, n := range l.d.Notes {
			l.coded("subject", "BT-21", item("notes", i, "subject"), n.Subject)
		}
	}},
	{"BR-CL-10", func(l *look) {
		for i, id := range l.d.Seller.IDs {
			l.coded("icd", "BT-29-1", item("seller.ids", i, "scheme"), id.Scheme)
		}
		for i, id := range l.d.Buyer.IDs {
			l.coded("icd", "BT-46-1", item("buyer.ids", i, "scheme"), id.Scheme)
		}
		l.coded("icd", "BT-60-1", "payee.id.scheme", l.d.Payee.ID.Scheme)
	}},
	{"BR-CL-11", func(l *look) {
		l.coded("icd", "BT-30-1", "seller.registration.scheme", l.d.Seller.Registration.Scheme)
		l.coded("icd", "BT-47-1", "buyer.registration.scheme", l.d.Buyer.Registration.Scheme)
		l.coded("icd", "BT-61-1", "payee.registration.scheme", l.d.Payee.Registration.Scheme)
	}},
	{"BR-CL-13", func(l *look) {
		for i := range l.d.Lines {
			for j, c := range l.d.Lines[i].Item.Classifications {
				l.coded("class", "BT-158-1", item("lines", i, item("item.classifications", j, "scheme")), c.Scheme)
			}
		}
	}},
	{"BR-CL-14", func(l *look) {
		l.coded("country", "BT-40", "seller.address.country", l.d.Seller.Address.Country)
		l.coded("country", "BT-55", "buyer.address.country", l.d.Buyer.Address.Country)
		l.coded("country", "BT-69", "representative.address.country", l.d.Representative.Address.Country)
		l.coded("country", "BT-80", "delivery.address.country", l.d.Delivery.Address.Country)
	}},
	{"BR-CL-15", func(l *look) {
		l.lineCodes("country", "BT-159", "item.origin", func(line *en16931.Line) string { return line.Item.Origin })
	}},
	{"BR-CL-16", func(l *look) {
		for i := range l.d.Payment.Means {
			l.coded("means", "BT-81", item("payment.means", i, "code"), l.d.Payment.Means[i].Code)
		}
	}},
	{"BR-CL-17", func(l *look) {
		for i := range l.d.Breakdown {
			l.coded("category", "BT-118", item("breakdown", i, "category"), l.d.Breakdown[i].Category)
		}
		l.allowances(false, func(a *en16931.AllowanceCharge, at string) { l.coded("category", "BT-95", at+".category", a.Category) })
	}},
	{"BR-CL-18", func(l *look) {
		l.lineCodes("category", "BT-151", "category", func(line *en16931.Line) string { return line.Category })
	}},
	{"BR-CL-19", func(l *look) { l.reasonCodes("allowance", false, "BT-98") }},
	{"BR-CL-20", func(l *look) { l.reasonCodes("charge", true, "BT-105") }},
	{"BR-CL-21", func(l *look) {
		l.lineCodes("icd", "BT-157-1", "item.standard_id.scheme", func(line *en16931.Line) string { return line.Item.StandardID.Scheme })
	}},
	{"BR-CL-22", func(l *look) {
		for i := range l.d.Breakdown {
			l.coded("vatex", "BT-121", item("breakdown", i, "reason_code"), strings.ToUpper(l.d.Breakdown[i].ReasonCode))
		}
	}},
	{"BR-CL-23", func(l *look) {
		l.lineCodes("unit", "BT-130", "unit", func(line *en16931.Line) string { return line.Unit })
		l.lineCodes("unit", "BT-150", "price.base_unit", func(line *en16931.Line) string { return line.Price.BaseUnit })
	}},
	{"BR-CL-24", func(l *look) {
		for i := range l.d.Attachments {
			if a := l.d.Attachments[i]; len(a.Content) > 0 && !attachable[a.MediaType] {
				l.noCode("BT-125-1", item("attachments", i, "media_type"), a.MediaType)
			}
		}
	}},
	{"BR-CL-25", func(l *look) {
		l.coded("eas", "BT-34-1", "seller.endpoint.scheme", l.d.Seller.Endpoint.Scheme)
		l.coded("eas", "BT-49-1", "buyer.endpoint.scheme", l.d.Buyer.Endpoint.Scheme)
	}},
	{"BR-CL-26", func(l *look) { l.coded("icd", "BT-71-1", "delivery.location.scheme", l.d.Delivery.Location.Scheme) }},
}

// attachable are the media types of enclosed documents.
var attachable = map[string]bool{
	"application/pdf": true, "image/png": true, "image/jpeg": true, "text/csv": true,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": true, "application/vnd.oasis.opendocument.spreadsheet": true,
}

// coded: a code that is given is in its list.
func (l *look) coded(list, bt, at, code string) {
	if code != "" && !codes[list][code] {
		l.noCode(bt, at, code)
	}
}

func (l *look) lineCodes(list, bt, field string, of func(*en16931.Line) string) {
	for i := range l.d.Lines {
		if code := of(&l.d.Lines[i]); code != "" && !codes[list][code] {
			l.noCode(bt, item("lines", i, field), code)
		}
	}
}

func (l *look) reasonCodes(list string, charges bool, bt string) {
	for _, ofLines := range []bool{false, true} {
		l.allowances(ofLines, func(a *en16931.AllowanceCharge, at string) {
			if a.Charge == charges {
				l.coded(list, bt, at+".reason_code", a.ReasonCode)
			}
		})
	}
}
