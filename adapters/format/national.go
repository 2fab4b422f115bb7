package format

import (
	"cmp"
	"strings"

	"passerelle/adapters/format/ebinterface"
	"passerelle/adapters/format/facturae"
	"passerelle/adapters/format/fatturapa"
	"passerelle/adapters/format/national"
	"passerelle/adapters/format/nav"
	"passerelle/contracts"
)

// National is what the formats of one country say beyond an invoice and the facts that all share.
type National struct {
	FatturaPA   fatturapa.Facts   `json:"fatturapa,omitzero"`
	Facturae    facturae.Facts    `json:"facturae,omitzero"`
	EbInterface ebinterface.Facts `json:"ebinterface,omitzero"`
	NAV         nav.Facts         `json:"nav,omitzero"`
}

// Sold tells every format the seller's VAT number, which an invoice outside the scope of VAT leaves out and its report does not.
func (n *National) Sold(vatID string) {
	n.FatturaPA.SellerVATID, n.Facturae.SellerVATID, n.EbInterface.SellerVATID, n.NAV.SellerVATID = vatID, vatID, vatID, vatID
}

// Exchanged tells the formats that want it how many of the seller's currency one of the invoice's is; nil when they are the same.
func (n *National) Exchanged(rate *contracts.Decimal) {
	n.Facturae.ExchangeRate, n.NAV.ExchangeRate = rate, rate
}

// Seller returns the country whose sellers a format is for, or nothing when it is for all.
func Seller(name string) contracts.CountryCode { return sellers[name] }

var sellers = map[string]contracts.CountryCode{"fatturapa": "IT", "facturae": "ES", "ebinterface": "AT", "nav": "HU"}

var (
	writeFatturaPA = writeNational("fatturapa", fatturapa.Write, fatturapa.WriteCredit, func(in Input) fatturapa.Facts {
		f := in.FatturaPA
		f.Destination = cmp.Or(f.Destination, in.ofBuyer("it.codice_destinatario"))
		f.PEC = cmp.Or(f.PEC, in.ofBuyer("it.pec"))
		f.Facts.Facts = in.Facts
		return f
	})
	writeFacturae = writeNational("facturae", facturae.Write, facturae.WriteCredit, func(in Input) facturae.Facts {
		f := in.Facturae
		f.Centres = in.centres()
		f.Facts.Facts = in.Facts
		return f
	})
	writeEbInterface = writeNational("ebinterface", ebinterface.Write, ebinterface.WriteCredit, func(in Input) ebinterface.Facts {
		f := in.EbInterface
		f.SupplierNumber = in.supplierNumber()
		f.Facts.Facts = in.Facts
		return f
	})
	writeNAV = writeNational("nav", nav.Write, nav.WriteCredit, func(in Input) nav.Facts {
		f := in.NAV
		f.Facts.Facts = in.Facts
		return f
	})
)

// ofBuyer is what the buyer itself says under a scheme.
func (in Input) ofBuyer(scheme string) string { return national.Number(in.invoice().Buyer, scheme) }

// centres are the units of a Spanish authority: those given, or else those that the buyer has.
func (in Input) centres() facturae.Centres {
	if in.Facturae.Centres != (facturae.Centres{}) {
		return in.Facturae.Centres
	}
	return facturae.Centres{Accounting: in.ofBuyer("es.dir3_oficina_contable"), Managing: in.ofBuyer("es.dir3_organo_gestor"),
		Processing: in.ofBuyer("es.dir3_unidad_tramitadora"), Purchasing: in.ofBuyer("es.dir3_organo_proponente")}
}

// supplierNumber is what an Austrian federal authority calls the seller.
func (in Input) supplierNumber() string {
	return cmp.Or(in.EbInterface.SupplierNumber, in.ofBuyer("at.lieferantennummer"))
}

// writeNational writes a format of one country. It is made of an invoice of ours: a document of the norm does not hold what the
// format asks for.
func writeNational[F any](name string, invoice func(contracts.Invoice, F) ([]byte, error), credit func(contracts.CreditNote, F) ([]byte, error), facts func(Input) F) func(Input) ([]byte, error) {
	return func(in Input) ([]byte, error) {
		switch {
		case in.Invoice != nil:
			b, err := invoice(*in.Invoice, facts(in))
			return b, under("invoice", name, err)
		case in.CreditNote != nil:
			b, err := credit(*in.CreditNote, facts(in))
			return b, under("credit_note", name, err)
		}
		return nil, contracts.Fault{Code: contracts.FaultMissing, Field: "document", Message: name + " is written from an invoice or a credit_note", Remedy: "passerelle invoice example prints one"}
	}
}

// under moves the faults of the document under its member of the input; those of facts say where they are.
func under(member, name string, err error) error {
	if !contracts.IsFault(err) {
		return err
	}
	var fs contracts.Faults
	for _, f := range contracts.FaultsOf(err) {
		if f.Field == "seller.address.country" { // the format is for other sellers; what else it asks for is of no use to this one
			return f.At(member)
		}
		if !strings.HasPrefix(f.Field, "facts.") && !strings.HasPrefix(f.Field, name+".") {
			f = f.At(member)
		}
		fs = append(fs, f)
	}
	return fs
}

// Illustrate adds to an example what the national formats of its seller ask for.
func (in *Input) Illustrate() {
	inv := in.Invoice
	if in.CreditNote != nil {
		inv = &in.CreditNote.Invoice
	}
	switch inv.Seller.Address.Country {
	case "IT":
		capital := contracts.MustMoney("25000", contracts.EUR)
		in.FatturaPA = fatturapa.Facts{Province: "MI", Capital: &capital}
		if inv.Buyer.Address.Country == "IT" {
			in.FatturaPA.Destination = "ABC1234"
		}
	case "ES":
		if inv.Buyer.VATID == "" && len(inv.Buyer.Registrations) == 0 {
			in.Facturae.BuyerTaxNumber = "ID-123456"
		}
	case "AT":
		in.EbInterface.SupplierNumber = "100200"
	case "HU":
		if a := inv.AccountingTax; a != nil || inv.Currency != contracts.HUF {
			rate := contracts.MustDecimal("395.50")
			in.NAV.ExchangeRate = &rate
		}
	}
}
