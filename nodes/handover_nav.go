package nodes

import (
	"strings"

	"passerelle/adapters/format"
	"passerelle/adapters/format/nav/request"
	"passerelle/contracts"
	"passerelle/nodes/delivery"
)

// checkNAV returns what stands against reporting to NAV by the program itself. Its technical user is the seller's: NAV refuses reports
// of another (SUPPLIER_TAX_NUMBER_MISMATCH).
func (s Settings) checkNAV(at contracts.CountryCode) error {
	nav := s.Delivery.NAV
	if nav == nil {
		return nil
	}
	var fs contracts.Faults
	if at != "HU" {
		fs.Addf(contracts.FaultInvalid, "", "leave it out", "NAV is the tax authority of Hungary")
		return fs.Err()
	}
	fs.Add("", nav.Check())
	for _, r := range s.Registrations {
		if r.Scheme == "hu.adoszam" && !strings.HasPrefix(r.Value, nav.TaxNumber) {
			fs.Addf(contracts.FaultInvalid, "tax_number", "give the first eight digits of the adószám in registrations", "the technical user is of another taxpayer than the co-operative")
		}
	}
	return fs.Err()
}

// operation is what a report to NAV does.
func operation(in format.Input) string {
	if in.CreditNote == nil {
		return string(request.Create)
	}
	return string(in.NAV.Operation())
}

// toNAV is the way to NAV where the settings open it.
func (n *Node) toNAV() delivery.Carrier {
	if s := n.Settings.Delivery.NAV; s != nil {
		return delivery.NewNAV(*s, n.Now)
	}
	return nil
}
