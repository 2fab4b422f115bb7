package format

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/facturae"
	"passerelle/contracts"
)

// paper stands for an invoice that its buyer gets on paper alone.
const paper = "pdf"

// Choice is what an invoice is written in, by name.
type Choice struct {
	Buyer  string // the invoice that the buyer gets; "pdf" is paper alone
	Report string // what the seller's authority gets beside it; empty for nothing
}

// domestic is a way to write for buyers in the seller's own country; the first that fits is taken. The facts are those of the
// countries' data (e_invoicing). Where a country leaves the choice, as Germany (UStG section 14: any invoice of EN 16931), Spain (RD 238/2026
// waits for its order) and Hungary (by agreement), it is made as for buyers abroad: receivers in the network are registered for Peppol BIS.
type domestic struct {
	country contracts.CountryCode
	public  bool           // for authorities alone, as their address or reference says
	since   contracts.Date // day of issue from which on it holds
	write   string
}

var atHome = []domestic{
	{country: "IT", since: contracts.MustDate("2019-01-01"), write: "fatturapa"}, // D.lgs. 127/2015, through SdI
	{country: "AT", public: true, write: "ebinterface"},                          // IKTKonG section 5
	{country: "ES", public: true, write: "facturae"},                             // Ley 25/2013, with its DIR3 codes
	{country: "FR", since: contracts.MustDate("2026-09-01"), write: "cii"},       // CGI art. 289 bis, one of its three formats; on paper it is another, Factur-X
	{country: "NL", write: "nlcius"},
}

// reports are what sellers of a country report of each invoice, and since when.
var reports = map[contracts.CountryCode]struct {
	since contracts.Date
	write string
}{
	"HU": {contracts.MustDate("2021-01-04"), "nav"},       // Act CXXVII of 2007, annex 10: every invoice
	"IT": {contracts.MustDate("2022-07-01"), "fatturapa"}, // D.lgs. 127/2015 art. 1(3, 3-bis): of consumers, and abroad
}

// Choose says what an invoice is written in, from its seller, its buyer and its day of issue. A business that can be reached by
// an electronic address gets an e-invoice; a consumer, and whoever has no such address, gets paper, with the data beside it.
func (in Input) Choose() Choice {
	inv := in.invoice()
	c := Choice{Buyer: in.forBuyer(inv)}
	if r := reports[inv.Seller.Address.Country]; r.write != "" && r.write != c.Buyer && !inv.IssueDate.Before(r.since) {
		c.Report = r.write
	}
	return c
}

func (in Input) invoice() contracts.Invoice {
	switch {
	case in.Invoice != nil:
		return *in.Invoice
	case in.CreditNote != nil:
		return in.CreditNote.Invoice
	}
	return contracts.Invoice{}
}

func (in Input) forBuyer(inv contracts.Invoice) string {
	home := inv.Seller.Address.Country == inv.Buyer.Address.Country
	if inv.Buyer.Kind != contracts.Business { // in Italy beside what SdI gets: D.lgs. 127/2015 art. 1(3) wants consumers to have a copy
		return paper
	}
	if inv.Buyer.Address.Country == "DE" && en16931.IsAuthority(in.For(en16931.Plain)) { // E-RechV, whoever sells to it
		return en16931.XRechnung.Name
	}
	if home {
		if write := in.atHome(inv); write != "" {
			return write
		}
	}
	peppol := in.For(en16931.Peppol)
	switch {
	case peppol.Seller.Endpoint.Value != "" && peppol.Buyer.Endpoint.Value != "":
		return "peppol"
	case in.For(en16931.Plain).Buyer.Endpoint.Value != "":
		return "en16931"
	}
	return paper
}

func (in Input) atHome(inv contracts.Invoice) string {
	public := en16931.IsAuthority(in.For(en16931.Plain)) || in.centres() != (facturae.Centres{}) || in.supplierNumber() != ""
	for _, d := range atHome {
		if d.country == inv.Seller.Address.Country && (public || !d.public) && !inv.IssueDate.Before(d.since) {
			return d.write
		}
	}
	return ""
}
