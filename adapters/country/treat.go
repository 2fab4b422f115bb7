package country

import (
	"fmt"
	"slices"

	"passerelle/contracts"
)

// The faults of VAT treatment.
const (
	FaultVATAbroad  contracts.FaultCode = "vat-due-abroad" // another state's VAT is due, which the seller cannot charge
	FaultVATCountry contracts.FaultCode = "vat-id-country" // the number is of another country than the buyer's address
)

// The reason codes of the VATEX list that the treatment gives (EN 16931 BT-121).
const (
	vatexReverseCharge = "VATEX-EU-AE"
	vatexOutsideScope  = "VATEX-EU-O"
)

// virtualEvents is the first day on which admission to streamed events is taxed at the buyer's place (Directive (EU)
// 2022/542, amending Art. 53 and 54 of Directive 2006/112/EC).
var virtualEvents = contracts.MustDate("2025-01-01")

// Registration is what is known of the buyer's VAT number.
type Registration string

// Valid and Invalid are answers of VIES. Unverified: not asked yet, or the service did not answer; it is neither.
const (
	Unverified Registration = ""
	Valid      Registration = "valid"
	Invalid    Registration = "invalid"
)

// Sale is one service sold, as far as VAT cares.
type Sale struct {
	On          contracts.Date // of supply; rates are looked up by it
	Service     contracts.Service
	Buyer       Buyer
	PerformedIn contracts.CountryCode // empty: in the seller's country
	Language    string                // of the invoice, ISO 639-1
	RateKind    RateKind              // overrides the rate by service at home, such as "reduced" for a book; usually empty
}

// Buyer is the other side of the sale.
type Buyer struct {
	Country      contracts.CountryCode
	Kind         contracts.BuyerKind
	VATID        string // with prefix; empty when there is none
	Registration Registration
}

// Treatment is how the sale is taxed.
type Treatment struct {
	Tax   contracts.Tax
	Legal string // article that decides the place of supply
	Notes []Note // what a person must know or do; none stops the invoice
}

// Note is advice that goes with a treatment.
type Note struct {
	Code   string `json:"code"` // stable, kebab-case
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

// The codes of notes.
const (
	NoteUnverified    = "vat-id-unverified" // hold the invoice until VIES has answered, or let a person decide
	NoteAsConsumer    = "treated-as-consumer"
	NoteConfirm       = "needs-confirmation"
	NoteLocalTax      = "local-tax-abroad"
	NoteProofBusiness = "proof-of-business"
	NoteThreshold     = "below-threshold"
	NoteArticle59     = "article-59"
	NoteLowConfidence = "low-confidence"
)

// Treat decides the VAT of a sale: category, rate, reason and wording. Articles are those of Directive 2006/112/EC.
// It is pure; whether the buyer's number exists is told to it. A sale whose VAT the seller cannot charge lawfully is a
// Fault with the remedy. A document in category O must stand alone and carry no VAT numbers (EN 16931 BR-O-02 to -14):
// that is the matter of whoever writes it.
func Treat(seller *Adapter, cfg Config, atlas Atlas, sale Sale) (Treatment, error) {
	if err := sale.validate(); err != nil {
		return Treatment{}, err
	}
	c := &consideration{seller: seller, cfg: cfg, atlas: atlas, sale: sale}
	if c.sale.PerformedIn == "" {
		c.sale.PerformedIn = seller.Code
	}
	taxable, err := c.buyerIsTaxable()
	if err != nil {
		return Treatment{}, err
	}
	c.taxable = taxable
	place := c.placeOfSupply()
	tax, err := c.taxAt(place)
	return Treatment{Tax: tax, Legal: place.legal, Notes: c.notes}, err
}

// consideration is one sale while it is thought about.
type consideration struct {
	seller  *Adapter
	cfg     Config
	atlas   Atlas
	sale    Sale
	taxable bool // the buyer is a taxable person acting as such
	notes   []Note
}

func (s Sale) validate() error {
	var fs contracts.Faults
	if s.On.IsZero() {
		fs.Addf(contracts.FaultMissing, "supply_date", "give the day of the supply", "no date of supply")
	}
	fs.Add("service", s.Service.Validate())
	fs.Add("buyer.country", s.Buyer.Country.Validate())
	if s.PerformedIn != "" {
		fs.Add("performed_in", s.PerformedIn.Validate())
	}
	if s.Buyer.Kind != contracts.Business && s.Buyer.Kind != contracts.Consumer {
		fs.Addf(contracts.FaultInvalid, "buyer.kind", `write "business" or "consumer"`, "%q is no kind of buyer", clip(string(s.Buyer.Kind)))
	}
	return fs.Err()
}

func (c *consideration) note(code, remedy, format string, args ...any) {
	c.notes = append(c.notes, Note{Code: code, Text: fmt.Sprintf(format, args...), Remedy: remedy})
}

func (c *consideration) inEU(country contracts.CountryCode) bool {
	m := c.atlas[country]
	return m != nil && m.InVATArea(c.sale.On)
}

func (c *consideration) nameOf(country contracts.CountryCode) string {
	if m := c.atlas[country]; m != nil {
		return m.Name.EN
	}
	return string(country)
}

// buyerIsTaxable tells businesses from consumers as VAT does (Art. 18 of Regulation (EU) 282/2011): inside the EU a business
// abroad shows it by its VAT number, outside by any reasonable proof.
func (c *consideration) buyerIsTaxable() (bool, error) {
	b := c.sale.Buyer
	if err := c.checkVATID(); err != nil {
		return false, err
	}
	switch {
	case b.Kind == contracts.Consumer:
		return false, nil
	case b.Country == c.seller.Code:
		return true, nil
	case !c.inEU(b.Country):
		c.note(NoteProofBusiness, "keep its tax certificate, registration number or web site with the invoice",
			"a business in %s: keep proof that it is one (Regulation 282/2011 Art. 18(3))", c.nameOf(b.Country))
		return true, nil
	case b.VATID == "":
		c.note(NoteAsConsumer, "ask the buyer for its VAT number before issuing", "a business in %s without a VAT number is taxed like a consumer", c.nameOf(b.Country))
		return false, nil
	case b.Registration == Invalid:
		c.note(NoteAsConsumer, "ask the buyer for the right number; VIES must know it", "VIES does not know %s: the buyer is taxed like a consumer", b.VATID)
		return false, nil
	case b.Registration != Valid:
		c.note(NoteUnverified, "hold the invoice until VIES has answered", "%s has not been verified in VIES", b.VATID)
	}
	return true, nil
}

func (c *consideration) checkVATID() error {
	b := c.sale.Buyer
	if b.VATID == "" {
		return nil
	}
	var fs contracts.Faults
	normal, err := c.atlas.CheckVATID(b.VATID)
	if err != nil {
		fs.Add("buyer", err)
		return fs.Err()
	}
	of, err := c.atlas.VATCountry(normal)
	if err != nil {
		return err
	}
	if of != b.Country {
		return contracts.Fault{Code: FaultVATCountry, Field: "buyer.vat_id", Message: fmt.Sprintf("%s is a number of %s, the buyer's address is in %s", normal, c.nameOf(of), c.nameOf(b.Country)),
			Remedy: "give the address of the establishment that buys, or its own number"}
	}
	return nil
}

// home is the tax of a service supplied in the seller's country: the rate of its VAT line on the day, an exemption the
// node has confirmed, or the standard rate.
func (c *consideration) home() (contracts.Tax, error) {
	if c.sale.RateKind != "" {
		return c.rated(&c.seller.Market, c.sale.RateKind)
	}
	var line *VATLine
	for i := range c.seller.VATServices {
		l := &c.seller.VATServices[i]
		if l.When == Shown || !slices.Contains(l.Services, c.sale.Service) || !l.Covers(c.sale.On) {
			continue
		}
		if l.When == Always {
			if line == nil {
				line = l
			}
			continue
		}
		if slices.Contains(c.cfg.Confirmed, l.ID) {
			return c.byLine(l)
		}
		c.note(NoteConfirm, fmt.Sprintf("ask the accountant or the tax office, then add %q to the node's confirmed lines", l.ID),
			"%s may apply instead: %s", c.describe(l), l.Applies)
	}
	if line != nil {
		return c.byLine(line)
	}
	return c.rated(&c.seller.Market, Standard)
}

func (c *consideration) byLine(l *VATLine) (contracts.Tax, error) {
	if l.When == Always && l.Confidence == Low {
		c.note(NoteLowConfidence, "have the node's accountant confirm it", "the treatment rests on a source of low confidence (%s)", l.ID)
	}
	if !l.Exempt {
		return c.rated(&c.seller.Market, l.Rate)
	}
	return contracts.Tax{Category: contracts.Exempt, ReasonCode: l.ReasonCode, Reason: c.seller.Wording(WordingKind(l.Wording), c.sale.Language)}, nil
}

func (c *consideration) describe(l *VATLine) string {
	if l.Exempt {
		return "an exemption"
	}
	rate, err := c.seller.VATRate(l.Rate, c.sale.On)
	if err != nil {
		return "another rate"
	}
	return rate.String() + " %"
}

func (c *consideration) rated(m *Market, kind RateKind) (contracts.Tax, error) {
	rate, err := m.VATRate(kind, c.sale.On)
	if err != nil {
		return contracts.Tax{}, err
	}
	if rate.IsZero() {
		return contracts.Tax{Category: contracts.ZeroRated}, nil
	}
	return contracts.Tax{Category: contracts.StandardRated, Rate: rate}, nil
}
