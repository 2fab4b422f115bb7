package outbound

import (
	"cmp"
	"strings"

	"passerelle/adapters/format/example"
	"passerelle/contracts"
)

// CheckSeller returns what the outside would refuse of the co-operative itself on any invoice at home: an example is made of it and
// held against the formats that would be chosen. Fields lie under Settings. Nothing is looked up or kept.
func CheckSeller(law Law, seller Seller) error {
	inv, err := example.Invoice(law.Code, law.Code, example.Domestic)
	if err != nil {
		return err
	}
	inv.Seller, inv.PayTo, inv.Notes = seller.Party, seller.PayTo, seller.Notes
	inv.Number = law.number(inv.IssueDate.Year(), 1)
	in := input(law, seller, Document{Kind: KindInvoice, Invoice: inv}, nil)
	err = in.Refused(in.Choose().Formats()...)
	if err == nil || !contracts.IsFault(err) {
		return err
	}
	var fs contracts.Faults
	for _, f := range contracts.FaultsOf(err) {
		moved := onField(f)
		if !strings.HasPrefix(moved.Field, Settings) {
			continue // the example's own
		}
		moved.Remedy = cmp.Or(f.Remedy, moved.Remedy)
		fs = append(fs, moved)
	}
	return fs.Err()
}
