package en16931

// Target is whom a document is for: the rules it follows and how it says so.
type Target struct {
	Name          string // as the command line knows it
	Specification string // BT-24
	Process       string // BT-23; empty where it is free
	SelfBilled    bool   // the buyer writes the seller's invoice
	OneNote       bool   // one note for the whole document (PEPPOL-EN16931-R002)
	Network       bool   // delivered by Peppol: addresses come from its list, and an e-mail address is none
}

const (
	core          = "urn:cen.eu:en16931:2017"
	peppolBilling = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
)

// The targets. XRechnung has two syntaxes and one set of rules; Factur-X is the EN 16931 profile.
var (
	Plain             = Target{Name: "en16931", Specification: core}
	Peppol            = Target{Name: "peppol", Specification: core + "#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", Process: peppolBilling, OneNote: true, Network: true}
	PeppolSelfBilling = Target{Name: "peppol-selfbilling", Specification: core + "#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0", Process: "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0", SelfBilled: true, OneNote: true, Network: true}
	XRechnung         = Target{Name: "xrechnung", Specification: core + "#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", Process: peppolBilling}
	XRechnungCII      = Target{Name: "xrechnung-cii", Specification: XRechnung.Specification, Process: peppolBilling}
	NLCIUS            = Target{Name: "nlcius", Specification: core + "#compliant#urn:fdc:nen.nl:nlcius:v1.0"}
	FacturX           = Target{Name: "cii", Specification: core}
)

// Targets lists them.
var Targets = []Target{Plain, Peppol, PeppolSelfBilling, XRechnung, XRechnungCII, NLCIUS, FacturX}

// typeCode is BT-3 of UNTDID 1001.
func (t Target) typeCode(credit bool) string {
	switch {
	case t.SelfBilled && credit:
		return "261"
	case t.SelfBilled:
		return "389"
	case credit:
		return "381"
	}
	return "380"
}
