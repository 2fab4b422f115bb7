package outbound

import (
	"testing"

	"passerelle/contracts"
)

// numbered is a document of so many lines with a net amount.
func numbered(number, day, net string, lines int) Document {
	d := Document{}
	d.Invoice.ID, d.Invoice.Number, d.Invoice.IssueDate = contracts.InvoiceID("id-"+number), number, contracts.MustDate(day)
	d.Invoice.Lines = make([]contracts.Line, lines)
	d.Invoice.Totals.TaxExclusive = contracts.MustMoney(net, contracts.EUR)
	return d
}

func TestACreditNoteKnowsItsPlaceAmongTheCorrections(t *testing.T) {
	invoice := numbered("HU2026-8", "2026-03-01", "100", 3)
	first, second := numbered("HU2026-9", "2026-03-02", "10", 1), numbered("HU2026-10", "2026-03-02", "10", 1)
	for name, tt := range map[string]struct {
		note         Document
		earlier      []Document
		which, lines int
		cancels      bool
	}{
		"the first": {first, nil, 1, 3, false}, "the second": {second, []Document{first}, 2, 4, false},
		"the whole at once":               {numbered("HU2026-9", "2026-03-02", "100", 3), nil, 1, 3, true},
		"the whole of what was corrected": {numbered("HU2026-11", "2026-03-02", "100", 3), []Document{first}, 2, 4, false},
	} {
		in := input(Law{}, Seller{}, tt.note, &taken{invoice, tt.earlier})
		if f := in.NAV; f.Modification != tt.which || f.LinesBefore != tt.lines || f.Cancels != tt.cancels {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
