package web

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"
	"golang.org/x/text/collate"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/web"
	"passerelle/nodes/outbound"
)

// linesShown is how many empty lines the form offers, and how many more at a time.
const linesShown = 5

// draftPage is the form of an invoice.
type draftPage struct {
	Locale     *web.Locale
	Form       form
	ID         string // of the draft that is changed; empty for a new one
	Lines      []int
	Activities []option
	Buyers     []option
	Countries  []option
	Home       contracts.CountryCode // the node's own
	Numbers    []option              // what buyers at home are asked for
	Withholds  bool                  // buyers at home may keep income tax back
	SmallPrice string                // how a price below a cent is written
	Services   []option
	Currencies []option
	Own        contracts.Currency
	Today      contracts.Date
}

// Field names a field of a line.
func (p draftPage) Line(i int, name, label string) field {
	return p.Form.Field(lineField(i, name), label)
}

// LineFaults are the faults that lie on a line as a whole.
func (p draftPage) LineFaults(i int) contracts.Faults {
	return p.Form.Field("lines["+strconv.Itoa(i)+"]", "").Faults
}

// NewBuyer tells whether the fields of a new buyer are to be shown open.
func (p draftPage) NewBuyer() bool { return p.Form.get("buyer_id") == "" }

// Units, Sectors, Kinds and Answers are the choices that are the same everywhere.
func (p draftPage) Units() []option { return units.in(p.Locale) }

// Sectors are the lines of trade of a buyer.
func (p draftPage) Sectors() []option { return sectors.in(p.Locale) }

// Kinds tells businesses from consumers.
func (p draftPage) Kinds() []option {
	return choices{{string(contracts.Business), "a business or public body"}, {string(contracts.Consumer), "a consumer"}}.in(p.Locale)
}

// Answers are what VIES may have said.
func (p draftPage) Answers() []option {
	return choices{{"", "not asked yet"}, {string(country.Valid), "the number is valid"}, {string(country.Invalid), "the number is not valid"}}.in(p.Locale)
}

// mostOptions bounds the lists of choices. An activity beyond it is typed by its reference, a buyer by its VAT number.
const mostOptions = 500

// choices fills in what can be chosen.
func (s server) choices(c echo.Context, p *draftPage) error {
	ctx, l, scope := c.Request().Context(), web.LocaleOf(c), web.ScopeOf(c)
	activities, err := s.Store.Activities(ctx, s.db(), scope, "", mostOptions)
	if err != nil {
		return err
	}
	if scope.All() {
		if err := web.Saw(c, access.Directory); err != nil {
			return err
		}
	}
	for _, a := range activities {
		p.Activities = append(p.Activities, option{a.Reference, a.Name + ", " + a.MemberName})
	}
	buyers, err := s.Store.BuyersAfter(ctx, s.db(), scope, "", "", mostOptions)
	if err != nil {
		return err
	}
	p.Buyers = []option{{"", l.T("a new buyer")}}
	for _, b := range buyers {
		p.Buyers = append(p.Buyers, option{b.ID, buyerText(l, b.Party)})
	}
	if err := s.addChosen(ctx, scope, l, p); err != nil {
		return err
	}
	s.atHome(p)
	p.Withholds = s.adapter().Invoice.Withheld != nil
	p.Countries, p.SmallPrice = s.countries(l), l.Decimal(decimal.New(85, -3), 3)
	for _, v := range contracts.Services {
		p.Services = append(p.Services, option{string(v), l.Service(v)})
	}
	for _, c := range append([]contracts.Currency{s.currency()}, s.Outbound.Law.Config.Currencies...) {
		p.Currencies = append(p.Currencies, option{string(c), string(c)})
	}
	p.Locale, p.Own, p.Today = l, s.currency(), s.today()
	return nil
}

// atHome fills in what a buyer in the node's own country is asked for: its formats want more of it than of buyers abroad.
func (s server) atHome(p *draftPage) {
	p.Home = s.adapter().Code
	for _, id := range s.adapter().Identifiers {
		if id.Asked {
			p.Numbers = append(p.Numbers, option{id.ID, id.LocalName})
		}
	}
}

func buyerText(l *web.Locale, p contracts.Party) string {
	text := p.Name + ", " + l.Country(p.Address.Country)
	if p.VATID != "" {
		text += ", " + p.VATID
	}
	return text
}

// addChosen adds the buyer that the draft names already and that is in no list of whoever edits it: its member noted it for himself.
func (s server) addChosen(ctx context.Context, scope access.Scope, l *web.Locale, p *draftPage) error {
	chosen := p.Form.get("buyer_id")
	if chosen == "" || slices.ContainsFunc(p.Buyers, func(o option) bool { return o.Value == chosen }) || p.ID == "" {
		return nil
	}
	b, found, err := s.Store.Buyer(ctx, s.db(), scope, chosen)
	if err != nil || !found {
		return err
	}
	p.Buyers = append(p.Buyers, option{chosen, buyerText(l, b)})
	return nil
}

// countries lists where buyers live, by name in the reader's language: those the rules know first by nature of being listed at all.
func (s server) countries(l *web.Locale) []option {
	var all []option
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if c := contracts.CountryCode(string(a) + string(b)); c.Known() {
				all = append(all, option{string(c), l.Country(c)})
			}
		}
	}
	words := collate.New(l.Tag)
	slices.SortFunc(all, func(a, b option) int { return words.CompareString(a.Text, b.Text) })
	return all
}

// readDraft turns the form into a draft. Lines left empty are dropped, and those after them move up, so that the numbers in the
// faults fit what is shown again.
func (s server) readDraft(c echo.Context, f *form) (outbound.Draft, error) {
	compact(f)
	d := outbound.Draft{
		BuyerID: f.get("buyer_id"), Registration: country.Registration(f.get("registration")), Service: contracts.Service(f.get("service")),
		SupplyDate: f.date("supply_date"), DueDate: f.date("due_date"), Currency: contracts.Currency(f.get("currency")),
		PerformedIn: contracts.CountryCode(f.get("performed_in")), BuyerReference: f.get("buyer_reference"), OrderReference: f.get("order_reference"),
	}
	if d.BuyerID == "" {
		d.Buyer = f.party("buyer.")
		f.Faults.Add("buyer", d.Buyer.Validate())
	}
	if f.get("exchange_rate") != "" {
		rate := f.decimal("exchange_rate")
		d.ExchangeRate = &rate
	}
	if f.get("withholding") != "" {
		var err error
		d.Withholding, err = contracts.ParsePercent(web.WithPoint(f.get("withholding")))
		f.Faults.Add("withholding", err)
	}
	if r := d.Registration; r != country.Unverified && r != country.Valid && r != country.Invalid {
		f.Faults.Addf(contracts.FaultInvalid, "registration", "choose one from the list", "no such answer of VIES")
	}
	for i := range countLines(f) {
		d.Lines = append(d.Lines, outbound.DraftLine{Description: f.get(lineField(i, "description")), Unit: f.get(lineField(i, "unit")),
			Quantity: f.decimal(lineField(i, "quantity")), Price: f.decimal(lineField(i, "price"))})
	}
	if f.get("activity") == "" {
		f.Faults.Addf(contracts.FaultMissing, "activity", "choose who did the work", "no activity")
		return d, nil
	}
	a, found, err := s.Store.ActivityByReference(c.Request().Context(), s.db(), web.ScopeOf(c), f.get("activity"))
	if err == nil && !found {
		f.Faults.Addf(outbound.FaultUnknown, "activity", "choose one from the list", "no activity has the reference %q", web.Clip(f.get("activity")))
	}
	d.Activity = a.ID
	return d, err
}

// party reads a buyer from the fields that begin with prefix.
func (f form) party(prefix string) contracts.Party {
	at := func(name string) string { return f.get(prefix + name) }
	return contracts.Party{
		Registrations: f.registrations(prefix+"registrations.", at("address.country")),
		Name:          at("name"), Kind: contracts.BuyerKind(at("kind")), VATID: at("vat_id"), Email: at("email"), Language: at("language"), Sector: contracts.Sector(at("sector")),
		Address: contracts.Address{Street: at("address.street"), PostalCode: at("address.postal_code"), Town: at("address.town"), Country: contracts.CountryCode(at("address.country"))},
	}
}

// registrations are the numbers of a buyer that are its country's: others were typed before the country was changed.
func (f form) registrations(prefix, country string) (all []contracts.Identifier) {
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		scheme, found := strings.CutPrefix(name, prefix)
		if found && f.get(name) != "" && strings.HasPrefix(scheme, strings.ToLower(country)+".") {
			all = append(all, contracts.Identifier{Scheme: scheme, Value: f.get(name)})
		}
	}
	return all
}

// setBuyer fills in the fields of a buyer.
func (f form) setBuyer(p contracts.Party) {
	for name, v := range map[string]string{"name": p.Name, "kind": string(p.Kind), "vat_id": p.VATID, "email": p.Email, "language": p.Language, "sector": string(p.Sector),
		"address.street": p.Address.Street, "address.postal_code": p.Address.PostalCode, "address.town": p.Address.Town, "address.country": string(p.Address.Country)} {
		f.values.Set("buyer."+name, v)
	}
	for _, r := range p.Registrations {
		f.values.Set("buyer.registrations."+r.Scheme, r.Value)
	}
}

var lineFields = []string{"description", "quantity", "unit", "price"}

// mostLines bounds the lines of one invoice written by hand.
const mostLines = 100

// empty tells whether nothing was typed into a line; the unit is chosen by itself.
func (f form) empty(i int) bool {
	return f.get(lineField(i, "description")) == "" && f.get(lineField(i, "quantity")) == "" && f.get(lineField(i, "price")) == ""
}

func compact(f *form) {
	to := 0
	for i := range mostLines {
		if f.empty(i) {
			continue
		}
		for _, name := range lineFields {
			v := f.values.Get(lineField(i, name))
			f.values.Del(lineField(i, name))
			f.values.Set(lineField(to, name), v)
		}
		to++
	}
}

// countLines counts the lines of a form that is compact.
func countLines(f *form) int {
	n := 0
	for n < mostLines && !f.empty(n) {
		n++
	}
	return n
}

// formOf is the form of a draft that was saved.
func formOf(d outbound.Draft, activity string) form {
	f := blankForm("activity", activity, "buyer_id", d.BuyerID, "registration", string(d.Registration), "service", string(d.Service),
		"supply_date", d.SupplyDate.String(), "due_date", d.DueDate.String(), "currency", string(d.Currency), "performed_in", string(d.PerformedIn),
		"buyer_reference", d.BuyerReference, "order_reference", d.OrderReference)
	f.setBuyer(d.Buyer)
	if d.ExchangeRate != nil {
		f.values.Set("exchange_rate", d.ExchangeRate.String())
	}
	if !d.Withholding.IsZero() {
		f.values.Set("withholding", d.Withholding.String())
	}
	for i, l := range d.Lines {
		f.values.Set(lineField(i, "description"), l.Description)
		f.values.Set(lineField(i, "quantity"), l.Quantity.String())
		f.values.Set(lineField(i, "unit"), l.Unit)
		f.values.Set(lineField(i, "price"), l.Price.String())
	}
	return f
}
