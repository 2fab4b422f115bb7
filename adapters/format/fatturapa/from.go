package fatturapa

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/national"
	"passerelle/contracts"
)

// writer turns one invoice into a file and collects what it lacks.
type writer struct {
	national.Check
	inv    contracts.Invoice
	of     *national.Correction
	facts  Facts
	period en16931.Period
}

func from(inv contracts.Invoice, of *national.Correction, f Facts) (File, error) {
	w := &writer{Check: national.Check{Format: "FatturaPA"}, of: of, facts: f}
	w.inv, w.period = f.Parties(inv)
	w.Seller(w.inv, "IT")
	if inv.Currency != contracts.EUR {
		w.Addf(contracts.FaultCurrency, "currency", "invoice it in EUR", "FatturaPA amounts are in EUR, the invoice is in %s", inv.Currency)
	}
	file := w.header()
	file.Bodies = []Body{w.body()}
	return file, w.Err()
}

func (w *writer) header() File {
	seller, f := w.seller(), w.facts
	file := File{Sender: seller.VAT, Transmission: w.transmission(), Destination: w.destination(), Seller: seller, Buyer: w.buyer()}
	file.Format = "FPR12"
	if len(file.Destination) == 6 {
		file.Format = "FPA12" // the code of an office of an authority
	}
	if file.Destination == noDestination { // a code and an address at once are refused
		file.PEC = w.Longest("fatturapa.pec", f.PEC, 256)
	}
	return file
}

var noCode = regexp.MustCompile(`[^A-Za-z0-9]`)

// transmission is the sender's own number of the transmission, at most ten characters.
func (w *writer) transmission() string {
	if w.facts.Transmission != "" {
		return w.ASCII("fatturapa.transmission", w.facts.Transmission, 10)
	}
	s := noCode.ReplaceAllString(w.inv.Number, "")
	return s[max(0, len(s)-10):]
}

var destinationShape = regexp.MustCompile(`^[A-Z0-9]{6,7}$`)

// Destinations that stand for none: a buyer abroad has XXXXXXX, one at home without a code zeros.
const (
	abroad        = "XXXXXXX"
	noDestination = "0000000"
)

func (w *writer) destination() string {
	d := w.facts.Destination
	switch {
	case w.inv.Buyer.Address.Country != "IT":
		return abroad
	case d == "":
		return noDestination
	case !destinationShape.MatchString(d):
		w.Addf(contracts.FaultInvalid, "fatturapa.destination", "ask the buyer for its codice destinatario", "%q is no destination of the Sistema di Interscambio: it has 7 letters and digits, 6 for an authority", d)
	}
	return d
}

var (
	regimeShape      = regexp.MustCompile(`^RF(0[124-9]|1\d|20)$`)
	provinceShape    = regexp.MustCompile(`^[A-Z]{2}$`)
	withholdingShape = regexp.MustCompile(`^RT0[1-6]$`)
	formShape        = regexp.MustCompile(`^([A-EG-IL-Z]|L1|M[12]|O1|V1|ZO)$`)
)

func (w *writer) seller() Seller {
	p, f := w.inv.Seller, w.facts
	s := Seller{Subject: Subject{Name: w.name("seller", p), TaxCode: national.Number(p, "it.codice_fiscale_entity", "it.codice_fiscale_person")}, Regime: cmp.Or(f.Regime, "RF01")}
	s.VAT = TaxID{"IT", strings.TrimPrefix(cmp.Or(p.VATID, s.TaxCode), "IT")}
	w.Required("seller.vat_id", s.VAT.Code)
	s.Address = w.address("seller.address", p.Address)
	s.Address.Province = f.Province
	if !regimeShape.MatchString(s.Regime) {
		w.Addf(contracts.FaultInvalid, "fatturapa.regime", "use a code such as RF01", "%q is no RegimeFiscale of FatturaPA", s.Regime)
	}
	if f.Province != "" && !provinceShape.MatchString(f.Province) {
		w.Addf(contracts.FaultInvalid, "fatturapa.province", "write its two letters, such as MI", "%q is no province of Italy", f.Province)
	}
	s.REA = w.rea(p)
	s.Phone = w.ASCII("facts.contact.phone", national.Phone(f.Contact.Phone), 12)
	s.Email = w.Longest("facts.contact.email", f.Contact.Email, 256)
	if fits(w.inv.BuyerReference) {
		s.Reference = w.ASCII("buyer_reference", w.inv.BuyerReference, mostReference)
	}
	return s
}

// rea takes the entry MI-1234567 apart (Art. 2250 of the civil code asks for it on documents).
func (w *writer) rea(p contracts.Party) REA {
	entry := national.Number(p, "it.rea")
	if len(entry) < 3 {
		return REA{}
	}
	r := REA{Office: entry[:2], Number: strings.TrimPrefix(entry[2:], "-"), State: "LN"}
	if w.facts.InLiquidation {
		r.State = "LS"
	}
	if c := w.facts.Capital; c != nil {
		r.Capital = national.Fixed(c.Amount, 2)
	}
	return r
}

func (w *writer) buyer() Buyer {
	p := w.inv.Buyer
	b := Buyer{Subject: Subject{Name: w.name("buyer", p)}, Address: w.address("buyer.address", p.Address)}
	if p.Address.Country != "IT" {
		b.VAT = foreignID(p)
		return b
	}
	b.TaxCode = national.Number(p, "it.codice_fiscale_entity", "it.codice_fiscale_person")
	if p.VATID != "" {
		b.VAT = TaxID{"IT", strings.TrimPrefix(p.VATID, "IT")}
	}
	if p.VATID == "" && b.TaxCode == "" {
		w.Addf(contracts.FaultMissing, "buyer.registrations", "ask the buyer for the codice fiscale", "a buyer in Italy has a partita IVA or a codice fiscale")
	}
	return b
}

// What stands for the number of a buyer abroad that has none (Agenzia delle Entrate, answers on electronic invoices).
const (
	noNumberEU      = "0000000"
	noNumberOutside = "OO99999999999"
)

// foreignID is the VAT number of a buyer abroad, country apart. Greek numbers begin with EL, the country is GR.
func foreignID(p contracts.Party) TaxID {
	country := string(p.Address.Country)
	if id := p.VATID; len(id) > 2 {
		if prefix := id[:2]; prefix == country || prefix == "EL" || prefix == "XI" {
			return TaxID{country, id[2:]}
		}
		return TaxID{country, id}
	}
	if national.InEU(p.Address.Country) {
		return TaxID{country, noNumberEU}
	}
	return TaxID{country, noNumberOutside}
}

func (w *writer) name(who string, p contracts.Party) string {
	w.Required(who+".name", p.Name)
	return w.Latin(who+".name", p.Name, 80)
}

var capShape = regexp.MustCompile(`^\d{5}$`)

// address: abroad the post code is zeros, and the true one goes with the street.
func (w *writer) address(field string, a contracts.Address) Address {
	street, code := a.Street, a.PostalCode
	if a.Country != "IT" {
		code = "00000"
		if a.PostalCode != "" {
			street = strings.TrimPrefix(a.Street+", "+a.PostalCode, ", ")
		}
	} else if !capShape.MatchString(code) {
		w.Addf(contracts.FaultInvalid, field+".postal_code", "write the CAP", "a post code of Italy has 5 digits")
	}
	w.Required(field+".street", street)
	w.Required(field+".town", a.Town)
	return Address{Street: w.Latin(field+".street", street, 60), PostCode: code, Town: w.Latin(field+".town", a.Town, 60), Country: string(a.Country)}
}

func (w *writer) body() Body {
	inv := w.inv
	b := Body{Type: "TD01", Currency: string(inv.Currency), Date: inv.IssueDate, Number: w.ASCII("number", inv.Number, 20)}
	w.Required("number", inv.Number)
	if !strings.ContainsAny(inv.Number, "0123456789") {
		w.Addf(contracts.FaultInvalid, "number", "", "a number of FatturaPA has a digit")
	}
	b.Total = national.Fixed(inv.Totals.TaxInclusive.Amount, 2)
	if w.of != nil {
		b.Type = "TD04"
		b.Invoices = []Related{{ID: w.ASCII("corrects_number", w.of.Number, 20), Date: w.of.Issued}}
		b.Reasons = w.reasons("reason", w.of.Reason)
		w.Required("corrects_number", w.of.Number)
	}
	for i, note := range inv.Notes {
		b.Reasons = append(b.Reasons, w.reasons(fmt.Sprintf("notes[%d]", i), note)...)
	}
	switch {
	case !fits(inv.OrderReference):
		b.Reasons = append(b.Reasons, w.reasons("order_reference", inv.OrderReference)...)
	case inv.OrderReference != "":
		b.Orders = []Related{{ID: w.ASCII("order_reference", inv.OrderReference, mostReference)}}
	}
	if !fits(inv.BuyerReference) {
		b.Reasons = append(b.Reasons, w.reasons("buyer_reference", inv.BuyerReference)...)
	}
	b.Withholdings = w.withholding()
	for i, l := range inv.Lines {
		b.Lines = append(b.Lines, w.line(i, l))
	}
	b.Summaries = w.summaries()
	if w.stampDuty(b.Summaries) {
		b.StampDuty, b.StampAmount = "SI", national.Fixed(stamp, 2)
	}
	b.Payments = w.payment()
	return b
}

// mostReference is how long a reference is in the elements that are for one.
const mostReference = 20

// fits: a longer reference, such as the Leitweg-ID of a German authority, is told as Causale. Nobody can shorten what a buyer asks for.
func fits(reference string) bool {
	return utf8.RuneCountInString(strings.TrimSpace(reference)) <= mostReference
}

// reasons cuts a note into pieces of 200 characters, the most that one Causale holds.
func (w *writer) reasons(field, text string) (all []string) {
	rest := []rune(w.Latin(field, text, 10_000))
	for len(rest) > 0 {
		n := min(200, len(rest))
		all, rest = append(all, string(rest[:n])), rest[n:]
	}
	return all
}

func (w *writer) withholding() []Withholding {
	f := w.facts
	if f.Withholding.IsZero() {
		return nil
	}
	if f.WithholdingKind == "" || f.WithholdingReason == "" {
		w.Addf(contracts.FaultMissing, "fatturapa.withholding_kind", "give TipoRitenuta, RT02 for companies, and CausalePagamento of the form CU, such as W", "nothing says what kind of income tax is kept back")
		return nil
	}
	if !withholdingShape.MatchString(f.WithholdingKind) {
		w.Addf(contracts.FaultInvalid, "fatturapa.withholding_kind", "use RT01 for persons, RT02 for companies", "%q is no TipoRitenuta of FatturaPA", f.WithholdingKind)
	}
	if !formShape.MatchString(f.WithholdingReason) {
		w.Addf(contracts.FaultInvalid, "fatturapa.withholding_reason", "use a letter of the form CU, such as A", "%q is no CausalePagamento of FatturaPA", f.WithholdingReason)
	}
	return []Withholding{{Kind: f.WithholdingKind, Amount: national.Fixed(f.Withheld(w.inv).Amount, 2), Rate: national.Fixed(f.Withholding.Decimal, 2), Reason: f.WithholdingReason}}
}

// line: a quantity is never negative here, so the price carries the sign.
func (w *writer) line(i int, l contracts.Line) Line {
	field := fmt.Sprintf("lines[%d]", i)
	w.Required(field+".description", l.Description)
	quantity, price := l.Quantity.Decimal, l.Price.Decimal
	if quantity.IsNegative() {
		quantity, price = quantity.Neg(), price.Neg()
	}
	line := Line{
		Number: fmt.Sprint(i + 1), Description: w.Latin(field+".description", l.Description, 1000), Quantity: national.Fixed(quantity, 2), Unit: units[l.Unit],
		Start: w.period.Start, End: w.period.End, Price: national.Fixed(price, 2), Total: national.Fixed(l.Net.Amount, 2), VATRate: national.Fixed(l.Tax.Rate.Decimal, 2), Nature: w.nature(field, l.Tax),
	}
	if line.Unit == "" {
		line.Unit = w.ASCII(field+".unit", l.Unit, 10)
	}
	if !w.facts.Withholding.IsZero() {
		line.Withheld = "SI"
	}
	return line
}

// units are how an Italian reader knows the codes of UN/ECE Recommendation 20; others stay codes.
var units = map[string]string{"HUR": "ore", "DAY": "giorni", "MON": "mesi", "KMT": "km", "C62": "n."}

// stamp is the duty on documents whose VAT-free amounts pass the limit (Art. 13 of the tariff, DPR 642/1972).
var (
	stamp      = decimal.New(2, 0)
	stampLimit = decimal.New(7747, -2)
)

func (w *writer) stampDuty(summaries []Summary) bool {
	free := decimal.Zero
	for _, s := range summaries {
		switch s.Nature {
		case "N1", "N2.1", "N2.2", "N3.5", "N3.6", "N4":
			free = free.Add(s.Taxable.Decimal)
		}
	}
	return free.GreaterThan(stampLimit) && !w.facts.NoStampDuty
}

// payment: the whole by bank transfer, less what the buyer keeps back or pays to the state. A credit note has none.
func (w *writer) payment() []Payment {
	if w.of != nil {
		return nil
	}
	inv, f := w.inv, w.facts
	due := inv.Totals.Payable.Amount.Sub(f.Withheld(inv).Amount)
	if f.SplitPayment {
		due = due.Sub(inv.Totals.Tax.Amount)
	}
	w.Required("pay_to", inv.PayTo)
	return []Payment{{Terms: "TP02", Details: []PaymentDetail{{
		Means: "MP05", Due: inv.DueDate, Amount: national.Fixed(due, 2), IBAN: inv.PayTo, BIC: f.BIC, Reference: w.ASCII("facts.remittance", f.Remittance, 60),
	}}}}
}
