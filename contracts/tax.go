package contracts

import "fmt"

// TaxCategory is a VAT category of UNCL 5305 as EN 16931 uses it (BT-118, BT-151).
type TaxCategory string

// The categories of UNCL 5305 that EN 16931 admits and the network needs.
const (
	StandardRated TaxCategory = "S"  // VAT at a rate above zero, reduced rates included
	ZeroRated     TaxCategory = "Z"  // taxed at 0 %; not "no VAT"
	Exempt        TaxCategory = "E"  // exempt, Art. 132 of Directive 2006/112/EC and the like
	ReverseCharge TaxCategory = "AE" // the buyer owes the VAT, Art. 196
	IntraEUGoods  TaxCategory = "K"  // Art. 138; never for services
	ExportGoods   TaxCategory = "G"  // Art. 146; never for services
	OutsideScope  TaxCategory = "O"  // place of supply outside the EU
)

// Validate returns a Fault when the category is not one of the seven.
func (c TaxCategory) Validate() error {
	switch c {
	case StandardRated, ZeroRated, Exempt, ReverseCharge, IntraEUGoods, ExportGoods, OutsideScope:
		return nil
	}
	return Fault{Code: FaultInvalid, Message: fmt.Sprintf("%q is no VAT category", clip(string(c))), Remedy: "use S, Z, E, AE, K, G or O (UNCL 5305)"}
}

// Tax is the VAT treatment of a line: category, rate, and why no VAT is charged where none is.
type Tax struct {
	Category   TaxCategory `json:"category"`
	Rate       Percent     `json:"rate"`                 // percent points; zero unless the category is S
	ReasonCode string      `json:"reason_code,omitzero"` // VATEX code, BT-121
	Reason     string      `json:"reason,omitzero"`      // the legal wording in the invoice's language, BT-120
}

// Equal tells whether two lines belong to the same breakdown: 25 and 25.00 are one rate.
func (t Tax) Equal(o Tax) bool {
	return t.Category == o.Category && t.Rate.Equal(o.Rate) && t.ReasonCode == o.ReasonCode && t.Reason == o.Reason
}

// TaxBreakdown is the VAT of one category and rate (EN 16931 BG-23).
type TaxBreakdown struct {
	Tax
	Taxable Money `json:"taxable"` // BT-116
	Amount  Money `json:"amount"`  // BT-117
}

// Service is what is sold, as far as VAT and the contribution care.
type Service string

// The services that some country's VAT or some node's contribution treats apart. Everything else is general.
const (
	ServiceGeneral     Service = "general"     // Art. 44 and 45
	ServicePerformance Service = "performance" // the fee of performing artists, billed to an organiser
	ServiceAdmission   Service = "admission"   // tickets to a physical event, Art. 53 and 54: taxed where it takes place
	ServiceStreaming   Service = "streaming"   // admission to a virtual event: the buyer's country since 2025-01-01
	ServiceRights      Service = "rights"      // cession or licence of copyright
	ServiceTeaching    Service = "teaching"    // training and courses
	ServiceElectronic  Service = "electronic"  // Art. 58: to consumers in the buyer's country above the threshold
	ServiceProperty    Service = "property"    // connected with immovable property, Art. 47: where it lies
	ServiceTransport   Service = "transport"   // passenger transport, Art. 48: by distance
	ServiceCatering    Service = "catering"    // restaurant and catering, Art. 55: where carried out
	ServiceHire        Service = "hire"        // short-term hire of a vehicle, Art. 56: where put at disposal
)

// Services lists every Service, in the order a form shows them.
var Services = []Service{ServiceGeneral, ServicePerformance, ServiceAdmission, ServiceStreaming, ServiceRights, ServiceTeaching,
	ServiceElectronic, ServiceProperty, ServiceTransport, ServiceCatering, ServiceHire}

// Validate returns a Fault when the service is not in Services.
func (s Service) Validate() error {
	for _, known := range Services {
		if s == known {
			return nil
		}
	}
	return Fault{Code: FaultInvalid, Message: fmt.Sprintf("%q is no kind of service", clip(string(s))), Remedy: `use "general" when in doubt`}
}

// MemberKind tells natural from legal persons, because France's schedule of 2016 does.
type MemberKind string

// The kinds of member.
const (
	Individual  MemberKind = "individual"
	LegalPerson MemberKind = "legal_person"
)

// Validate returns a Fault when the kind is neither.
func (k MemberKind) Validate() error {
	if k == Individual || k == LegalPerson {
		return nil
	}
	return Fault{Code: FaultInvalid, Message: fmt.Sprintf("%q is no kind of member", clip(string(k))), Remedy: `write "individual" or "legal_person"`}
}
