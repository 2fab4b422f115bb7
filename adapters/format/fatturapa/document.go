package fatturapa

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// Documents says the file's documents in the terms of EN 16931. Codes that the norm has no term for stand in a text, as in
// the note "TipoDocumento TD06" or the reason "N4 Art. 10 DPR 633/1972". What only served the transmission (sender,
// progressive number, destination of the format) stays in the File. Faults with code not-carried name what else the file
// says and the documents do not.
func (f File) Documents() ([]en16931.Document, error) {
	r := &reading{file: f}
	all := make([]en16931.Document, len(f.Bodies))
	for i, b := range f.Bodies {
		r.at = "/FatturaElettronica/FatturaElettronicaBody"
		if len(f.Bodies) > 1 {
			r.at += fmt.Sprintf("[%d]", i+1)
		}
		all[i] = r.document(b)
	}
	r.parties()
	return all, r.faults.Err()
}

// reading is a file on its way into the terms of the norm.
type reading struct {
	file   File
	at     string // path of the body
	faults contracts.Faults
}

// lost notes what has no term.
func (r *reading) lost(path string, said bool, what string) {
	if said {
		r.faults.Addf(xmltree.FaultNotCarried, path, "", "this is not carried: %s", what)
	}
}

func (r *reading) parties() {
	f := r.file
	header := "/FatturaElettronica/FatturaElettronicaHeader/"
	r.lost(header+"TerzoIntermediarioOSoggettoEmittente", f.Third != (Subject{}), f.Third.name())
	r.lost(header+"CedentePrestatore/StabileOrganizzazione", f.Seller.Branch != (Address{}), f.Seller.Branch.Town)
	r.lost(header+"CessionarioCommittente/StabileOrganizzazione", f.Buyer.Branch != (Address{}), f.Buyer.Branch.Town)
	r.lost(header+"CessionarioCommittente/RappresentanteFiscale", f.Buyer.Representative != (Subject{}), f.Buyer.Representative.name())
	r.lost(header+"CedentePrestatore/Contatti/Fax", f.Seller.Fax != "", f.Seller.Fax)
	r.lost(header+"CedentePrestatore/DatiAnagrafici/Anagrafica/CodEORI", f.Seller.EORI != "", f.Seller.EORI)
	r.lost(header+"CessionarioCommittente/DatiAnagrafici/Anagrafica/CodEORI", f.Buyer.EORI != "", f.Buyer.EORI)
	r.lost(header+"RappresentanteFiscale/DatiAnagrafici/Anagrafica/CodEORI", f.Representative.EORI != "", f.Representative.EORI)
	r.lost(header+"RappresentanteFiscale/DatiAnagrafici/CodiceFiscale", f.Representative.TaxCode != "", f.Representative.TaxCode)
}

func (s Subject) name() string {
	return cmp.Or(s.Name, strings.Join(strings.Fields(s.Title+" "+s.Forename+" "+s.Surname), " "))
}

// id is the VAT number with its prefix; what stands for none is none.
func (t TaxID) id() string {
	switch t.Code {
	case "", noNumberEU, noNumberOutside, "99999999999":
		return ""
	}
	if t.Country == "GR" {
		return "EL" + t.Code
	}
	return t.Country + t.Code
}

func party(s Subject, a Address) en16931.Party {
	p := en16931.Party{Name: s.name(), VATID: s.VAT.id(), Address: address(a)}
	if s.TaxCode != "" {
		p.IDs = []en16931.Identifier{{Scheme: "0210", Value: s.TaxCode}}
	}
	return p
}

func address(a Address) en16931.Address {
	to := en16931.Address{Line1: a.Street, City: a.Town, PostCode: a.PostCode, Subdivision: a.Province, Country: a.Country}
	if a.Number != "" {
		to.Line1 += ", " + a.Number
	}
	if a.Country != "IT" && a.PostCode == "00000" {
		to.PostCode = ""
	}
	return to
}

func (f File) seller() en16931.Party {
	s := f.Seller
	p := party(s.Subject, s.Address)
	p.Contact = en16931.Contact{Phone: s.Phone, Email: s.Email}
	if s.REA.Number != "" {
		p.Registration.Value = s.REA.Office + "-" + s.REA.Number
	}
	p.LegalNote = sentence(labelled("RegimeFiscale", s.Regime), labelled("CapitaleSociale", digits(s.REA.Capital)), labelled("SocioUnico", s.REA.SingleOwner),
		labelled("StatoLiquidazione", s.REA.State), labelled("AlboProfessionale", strings.Join(strings.Fields(s.Roll+" "+s.RollProvince+" "+s.RollNumber+" "+s.RollSince.String()), " ")))
	return p
}

func (f File) buyer() en16931.Party {
	p := party(f.Buyer.Subject, f.Buyer.Address)
	p.Contact.Email = f.PEC
	switch d := f.Destination; {
	case len(d) == 6:
		p.Endpoint = en16931.Identifier{Scheme: "0201", Value: d}
	case d != "" && d != abroad && d != noDestination:
		p.Endpoint = en16931.Identifier{Scheme: "0205", Value: d}
	}
	return p
}

func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return label + " " + value
}

func sentence(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, "; ")
}

func digits(n en16931.Number) string {
	if n == nil {
		return ""
	}
	return xmltree.Digits(*n)
}

// types are codes of UNTDID 1001 (BT-3); what is finer in TipoDocumento becomes a note.
var types = map[string]string{"TD01": "380", "TD02": "386", "TD03": "386", "TD04": "381", "TD05": "383"}

func (r *reading) document(b Body) en16931.Document {
	d := en16931.Document{
		Number: b.Number, IssueDate: b.Date, Type: cmp.Or(types[b.Type], "380"), Currency: b.Currency, BuyerReference: r.file.Seller.Reference,
		Seller: r.file.seller(), Buyer: r.file.buyer(),
	}
	d.Representative = en16931.TaxRepresentative{Name: r.file.Representative.name(), VATID: r.file.Representative.VAT.id()}
	d.Notes = b.notes()
	r.related(b, &d)
	for i, l := range b.Lines {
		d.Lines = append(d.Lines, r.line(i, l))
	}
	for _, fund := range b.Funds {
		d.AllowanceCharges = append(d.AllowanceCharges, en16931.AllowanceCharge{Charge: true, Amount: fund.Amount, Base: fund.Base, Percent: fund.Rate,
			Category: category(fund.Nature), Rate: fund.VATRate, Reason: sentence(fund.Kind, fund.Nature, labelled("Ritenuta", fund.Withheld), fund.Reference)})
	}
	r.lost(r.at+"/DatiGenerali/DatiGeneraliDocumento/ScontoMaggiorazione", len(b.Discounts) > 0, "a discount on the whole document")
	r.totals(b, &d)
	r.payments(b, &d)
	for _, a := range b.Attachments {
		r.attachment(a, &d)
	}
	return d
}

func (b Body) notes() []en16931.Note {
	texts := append([]string(nil), b.Reasons...)
	if types[b.Type] == "" || b.Type == "TD03" {
		texts = append(texts, "TipoDocumento "+b.Type)
	}
	if b.StampDuty != "" {
		texts = append(texts, strings.TrimSpace("Imposta di bollo assolta in modo virtuale "+digits(b.StampAmount)))
	}
	if b.Article73 != "" {
		texts = append(texts, "Art. 73 DPR 633/1972")
	}
	var notes []en16931.Note
	for _, t := range texts {
		notes = append(notes, en16931.Note{Text: t})
	}
	return notes
}

// related are the documents this one speaks of: the norm has one order, one contract, one receiving and one despatch
// advice, and any number of preceding invoices. The tender is the CIG, the project the CUP.
func (r *reading) related(b Body, d *en16931.Document) {
	for _, inv := range b.Invoices {
		d.Preceding = append(d.Preceding, en16931.PrecedingInvoice{Number: inv.ID, IssueDate: inv.Date})
		inv.Date = contracts.Date{}
		r.rest("DatiFattureCollegate", inv, d)
	}
	for _, one := range []struct {
		name string
		list []Related
		to   *string
	}{{"DatiOrdineAcquisto", b.Orders, &d.Order}, {"DatiContratto", b.Contracts, &d.Contract}, {"DatiRicezione", b.Receptions, &d.ReceivingAdvice}, {"DatiConvenzione", b.Conventions, nil}} {
		for i, rel := range one.list {
			if i == 0 && one.to != nil {
				*one.to = rel.ID
			} else {
				r.lost(r.at+"/DatiGenerali/"+one.name, true, rel.ID)
			}
			r.rest(one.name, rel, d)
		}
	}
	for i, ddt := range b.Deliveries {
		if i == 0 {
			d.DespatchAdvice, d.Delivery.Date = ddt.Number, ddt.Date
			continue
		}
		r.lost(r.at+"/DatiGenerali/DatiDDT", true, ddt.Number)
	}
}

func (r *reading) rest(name string, rel Related, d *en16931.Document) {
	r.once(name+"/CodiceCUP", &d.Project, rel.CUP)
	r.once(name+"/CodiceCIG", &d.Tender, rel.CIG)
	at := r.at + "/DatiGenerali/" + name
	r.lost(at+"/Data", !rel.Date.IsZero(), rel.Date.String())
	r.lost(at+"/NumItem", rel.Item != "", rel.Item)
	r.lost(at+"/CodiceCommessaConvenzione", rel.Project != "", rel.Project)
	r.lost(at+"/RiferimentoNumeroLinea", len(rel.Lines) > 0, strings.Join(rel.Lines, ", "))
}

func (r *reading) once(path string, to *string, v string) {
	switch {
	case *to == "":
		*to = v
	case v != "" && v != *to:
		r.lost(r.at+"/DatiGenerali/"+path, true, v)
	}
}

// category is the one of UNCL 5305 that a Natura belongs to.
func category(nature string) string {
	switch {
	case nature == "":
		return "S"
	case strings.HasPrefix(nature, "N2"), nature == "N7":
		return "O"
	case nature == "N3.1":
		return "G"
	case nature == "N3.2":
		return "K"
	case strings.HasPrefix(nature, "N6"):
		return "AE"
	}
	return "E"
}

// category: a service to a business in another Member State is N2.1 here and reverse charge there.
func (r *reading) category(nature string) string {
	if b := r.file.Buyer; nature == "N2.1" && b.VAT.id() != "" && b.Address.Country != "IT" && r.file.abroadInEU() {
		return "AE"
	}
	return category(nature)
}

func (r *reading) totals(b Body, d *en16931.Document) {
	t := &d.Totals
	var taxable, tax, lines, charges decimal.Decimal
	for _, l := range b.Lines {
		lines = lines.Add(value(l.Total))
	}
	for _, c := range b.Funds {
		charges = charges.Add(value(c.Amount))
	}
	for i, s := range b.Summaries {
		taxable, tax = taxable.Add(value(s.Taxable)), tax.Add(value(s.Tax))
		d.Breakdown = append(d.Breakdown, r.summary(i, s, d))
	}
	t.Lines, t.TaxExclusive, t.Tax = number(lines), number(taxable), number(tax)
	if len(b.Funds) > 0 {
		t.Charges = number(charges)
	}
	t.TaxInclusive = b.Total
	if t.TaxInclusive == nil {
		t.TaxInclusive = number(taxable.Add(tax))
	}
	t.Rounding = b.Rounding
	t.Payable = number(value(t.TaxInclusive).Add(value(t.Rounding)))
}

func (r *reading) summary(i int, s Summary, d *en16931.Document) en16931.TaxBreakdown {
	at := fmt.Sprintf("%s/DatiBeniServizi/DatiRiepilogo[%d]", r.at, i+1)
	r.lost(at+"/SpeseAccessorie", !value(s.Expenses).IsZero(), digits(s.Expenses))
	r.lost(at+"/Arrotondamento", !value(s.Rounding).IsZero(), digits(s.Rounding))
	switch s.Due {
	case "D":
		d.TaxPointCode = "432" // VAT falls due when it is paid
	case "S":
		d.PaymentTerms = sentence(d.PaymentTerms, "Scissione dei pagamenti (Art. 17-ter DPR 633/1972)")
	}
	b := en16931.TaxBreakdown{Taxable: s.Taxable, Amount: s.Tax, Category: r.category(s.Nature), Rate: s.VATRate, Reason: strings.TrimSpace(s.Nature + " " + s.Law)}
	if b.Category == "O" {
		b.Rate = nil
	}
	return b
}

func value(n en16931.Number) decimal.Decimal {
	if n == nil {
		return decimal.Zero
	}
	return n.Decimal
}

func (r *reading) attachment(a Attachment, d *en16931.Document) {
	content, err := xmltree.Base64(a.Content)
	if err != nil {
		r.faults.Addf(contracts.FaultInvalid, r.at+"/Allegati/Attachment", "", "%q is no base64", a.Name)
	}
	d.Attachments = append(d.Attachments, en16931.SupportingDocument{Reference: a.Name, FileName: a.Name, Content: content,
		Description: sentence(a.Description, labelled("FormatoAttachment", a.Format), labelled("AlgoritmoCompressione", a.Compression))})
}
