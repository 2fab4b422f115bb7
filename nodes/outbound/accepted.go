package outbound

import (
	"regexp"
	"slices"
	"strings"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/rules"
	"passerelle/contracts"
)

// accepted makes the document of EN 16931 that the invoice will be and holds it against the rules of who receives it: what
// would be refused outside is not issued. Faults lie on the fields of the draft.
//
// A credit note is not held up so: what was issued can always be taken back.
func accepted(law Law, seller Seller, inv contracts.Invoice) error {
	inv.Number = law.number(inv.IssueDate.Year(), 1) // any: it gets its own when all is well
	facts := en16931.Facts{Atlas: law.Atlas, Contact: seller.Contact}
	err := rules.CheckIssued(en16931.From(inv, en16931.Required(inv), facts))
	var fs contracts.Faults
	for _, f := range contracts.FaultsOf(err) {
		f.Field = draftField(f.Field)
		said := slices.ContainsFunc(fs, func(o contracts.Fault) bool { return o.Field == f.Field && o.Message == f.Message })
		if !said { // two rules may want the same
			fs = append(fs, f)
		}
	}
	return fs.Err()
}

// draftFields are what the terms of a document are called in a draft; those of the seller are nobody's to type.
var draftFields = strings.NewReplacer("address.line1", "address.street", "address.city", "address.town", "address.post_code", "address.postal_code",
	"buyer.endpoint.scheme", "buyer.vat_id", "buyer.endpoint", "buyer.vat_id", "buyer.registration.scheme", "buyer.registrations", "buyer.registration", "buyer.registrations",
	"delivery.date", "supply_date", "period.end", "supply_date", "price.net", "price", "item.name", "description")

var ofLine = regexp.MustCompile(`^lines\[\d+\]`)

func draftField(at string) string {
	field := draftFields.Replace(at)
	switch {
	case strings.HasPrefix(field, "buyer."), field == "buyer_reference", field == "due_date", field == "supply_date", field == "currency":
		return field
	case field == "order":
		return "order_reference"
	}
	line := ofLine.FindString(field)
	switch strings.TrimPrefix(field, line+".") {
	case "description", "quantity", "unit", "price":
		return field
	}
	return line
}
