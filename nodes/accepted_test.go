package nodes_test

import (
	"slices"
	"testing"

	"passerelle/adapters/country"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes"
	"passerelle/nodes/outbound"
)

// sale is a draft of the published example from one country to another.
func (n *testNode) sale(buyer contracts.CountryCode, c example.Case) outbound.Draft {
	n.t.Helper()
	inv, err := example.Invoice(n.Adapter.Code, buyer, c)
	if err != nil {
		n.t.Fatal(err)
	}
	d := outbound.Draft{Activity: n.activity.ID, Buyer: inv.Buyer, Registration: country.Valid, Service: contracts.ServiceGeneral, SupplyDate: contracts.MustDate("2026-03-20"),
		BuyerReference: inv.BuyerReference, OrderReference: inv.OrderReference}
	for _, l := range inv.Lines {
		d.Lines = append(d.Lines, outbound.DraftLine{Description: l.Description, Quantity: l.Quantity, Unit: l.Unit, Price: l.Price})
	}
	return d
}

func openIn(t *testing.T, c contracts.CountryCode, config country.Config) *testNode {
	t.Helper()
	return open(t, storagetest.Open(t, "sqlite", nodes.Migrations()...), c, settingsOf(c, config))
}

// fields are where the faults lie, each once and in order.
func fields(err error) (all []string) {
	for _, f := range contracts.FaultsOf(err) {
		all = append(all, f.Field)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestWhatCannotBeWrittenIsNotIssued: the format that is chosen for the buyer is the one that a draft is held against, report included.
func TestWhatCannotBeWrittenIsNotIssued(t *testing.T) {
	euro := country.Config{Currencies: []contracts.Currency{contracts.EUR}}
	for _, c := range []struct {
		name          string
		seller, buyer contracts.CountryCode
		config        country.Config
		kind          example.Case
		change        func(*outbound.Draft)
		want          []string
	}{
		{"an Italian buyer", "IT", "IT", country.Config{}, example.Domestic, func(*outbound.Draft) {}, nil},
		{"an Italian buyer without any number", "IT", "IT", country.Config{}, example.Domestic, func(d *outbound.Draft) { d.Buyer.VATID, d.Buyer.Registrations = "", nil }, []string{"buyer.registrations.it.codice_fiscale_entity"}},
		{"an Italian buyer without a street and a CAP", "IT", "IT", country.Config{}, example.Domestic, func(d *outbound.Draft) { d.Buyer.Address = contracts.Address{Town: "Roma", Country: "IT"} },
			[]string{"buyer.address.postal_code", "buyer.address.street"}},
		{"the report of a sale abroad", "IT", "FR", country.Config{}, example.ReverseCharge, func(d *outbound.Draft) { d.Buyer.Address.Town = "" }, []string{"buyer.address.town"}},
		{"letters that FatturaPA has not", "IT", "IT", country.Config{}, example.Domestic, func(d *outbound.Draft) { d.Lines[1].Description = "Превод" }, []string{"lines[1].description"}},
		{"a Dutch buyer without a post code", "NL", "NL", country.Config{}, example.Domestic, func(d *outbound.Draft) { d.Buyer.Address.PostalCode = "" }, []string{"buyer.address.postal_code"}},
		{"a German authority", "BE", "DE", country.Config{}, example.ReverseCharge, func(d *outbound.Draft) { d.BuyerReference, d.Buyer.Address.PostalCode = "04011000-1234512345-06", "" },
			[]string{"buyer.address.postal_code", "settings.contact"}},
		{"a German business without a post code", "DE", "DE", country.Config{}, example.Domestic, func(d *outbound.Draft) { d.Buyer.Address.PostalCode = "" }, []string{"buyer.address.postal_code"}},
		{"a Hungarian seller in euro", "HU", "AT", euro, example.ReverseCharge, func(d *outbound.Draft) { d.Currency = contracts.EUR }, []string{"exchange_rate"}},
		{"with the rate", "HU", "AT", euro, example.ReverseCharge, func(d *outbound.Draft) { d.Currency, d.ExchangeRate = contracts.EUR, number("395.5") }, nil},
		{"a Hungarian business without tax number", "HU", "HU", country.Config{}, example.Domestic, func(d *outbound.Draft) { d.Buyer.VATID, d.Buyer.Registrations = "", nil }, []string{"buyer.registrations.hu.adoszam"}},
		{"a consumer in Hungary", "HU", "HU", country.Config{}, example.Domestic, func(d *outbound.Draft) {
			d.Buyer = contracts.Party{Name: "Alex", Kind: contracts.Consumer, Address: contracts.Address{Country: "HU"}}
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := openIn(t, c.seller, c.config)
			d := n.sale(c.buyer, c.kind)
			c.change(&d)
			_, err := n.Outbound.Preview(t.Context(), access.Program(), d)
			if got := fields(err); !slices.Equal(got, c.want) {
				t.Fatalf("preview: faults at %v, want %v: %v", got, c.want, err)
			}
			doc, err := n.Outbound.Issue(t.Context(), access.Program(), d)
			if got := fields(err); !slices.Equal(got, c.want) {
				t.Fatalf("issue: faults at %v, want %v: %v", got, c.want, err)
			}
			for _, p := range n.parcels(doc) {
				if len(p) == 0 {
					t.Error("issued, and not written")
				}
			}
		})
	}
}

func number(s string) *contracts.Decimal {
	d := contracts.MustDecimal(s)
	return &d
}

// parcels are the bytes that were kept of a document.
func (n *testNode) parcels(doc outbound.Document) (all [][]byte) {
	n.t.Helper()
	rows, err := n.Store.ParcelsOf(n.t.Context(), n.DB, access.Program(), doc.Invoice.ID)
	if err != nil {
		n.t.Fatal(err)
	}
	for _, r := range rows {
		all = append(all, r.Content)
	}
	return all
}

func TestEverySellerTakesBackWhatItSells(t *testing.T) {
	for _, c := range []contracts.CountryCode{"BE", "DE", "AT", "IT", "ES", "HU", "NL", "SE", "FR"} {
		config := country.Config{}
		if c == "HU" {
			config.Currencies = []contracts.Currency{contracts.EUR}
		}
		n := openIn(t, c, config)
		for _, kind := range []example.Case{example.Domestic, example.ReverseCharge, example.ThirdCountry} {
			for _, currency := range append([]contracts.Currency{""}, config.Currencies...) {
				d := n.sale(example.Where(c, kind), kind)
				if d.Currency = currency; currency != "" {
					d.ExchangeRate = number("395.5")
				}
				doc, err := n.Outbound.Issue(t.Context(), access.Program(), d)
				if err != nil {
					t.Errorf("%s, %s: %v", c, kind, err)
					continue
				}
				part := contracts.Money{Amount: contracts.MustDecimal("33.33").Decimal, Currency: doc.Invoice.Currency}
				for i, net := range []*contracts.Money{&part, &part, nil} { // two parts, and the rest
					note, err := n.Outbound.Credit(t.Context(), access.Program(), doc.Invoice.ID, net, "not all of it was done")
					if err != nil {
						t.Errorf("%s, %s, note %d: %v", c, kind, i+1, err)
						continue
					}
					for _, p := range n.parcels(note) {
						if len(p) == 0 {
							t.Errorf("%s, %s: note %d was not written", c, kind, i+1)
						}
					}
				}
			}
		}
	}
}

// settingsOf leaves nothing open that the country leaves to its co-operative.
func settingsOf(c contracts.CountryCode, config country.Config) country.Config {
	switch c {
	case "FR", "SE":
		config.Contribution = map[contracts.Service]contracts.Percent{country.AnyService: contracts.MustPercent("10")}
	case "NL":
		config.Payout = &country.Payout{Rule: country.WithinDays, Days: 7, DayKind: country.Working}
	}
	return config
}

// TestWhatWasIssuedCanBeTakenBack: an invoice from before a rule is taken back, although neither it nor its note keeps the rule; a
// note with a fault of its own is refused.
func TestWhatWasIssuedCanBeTakenBack(t *testing.T) {
	n := openIn(t, "IT", country.Config{})
	doc := n.issue(n.sale("IT", example.Domestic))
	if _, err := n.Outbound.Credit(t.Context(), access.Program(), doc.Invoice.ID, nil, "Ошибка"); !slices.Equal(fields(err), []string{"reason"}) {
		t.Errorf("a reason that cannot be written: %v", err)
	}
	old := "number,issue_date,member,activity,buyer_name,buyer_country,buyer_kind,buyer_vat_id,description,net,vat_category,vat_rate,vat,currency\n" +
		"OLD-1,2018-05-04,M1,A1,Cliente,IT,business,IT00743110157,Suono,100.00,S,22,22.00,EUR\n"
	if result, err := n.Outbound.Import(t.Context(), []byte(old), false, nil); err != nil || result.New != 1 {
		t.Fatal(err, result.Faults)
	}
	was, _, err := n.Store.DocumentByNumber(t.Context(), n.DB, access.Program(), "OLD-1")
	if err != nil {
		t.Fatal(err)
	}
	note, err := n.Outbound.Credit(t.Context(), access.Program(), was.Invoice.ID, nil, "cancelled")
	if err != nil {
		t.Fatal(err)
	}
	if kept := n.parcels(note); len(kept) != 1 || len(kept[0]) != 0 {
		t.Errorf("%d parcels; the note goes on paper alone", len(kept))
	}
}
