package adapters_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/contracts"
)

func node(t interface{ Fatal(...any) }, code contracts.CountryCode) *country.Adapter {
	a, err := adapters.For(code)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Buyers of the table below.
var (
	frBusiness = country.Buyer{Country: "FR", Kind: contracts.Business, VATID: "FR44732829320", Registration: country.Valid}
	frConsumer = country.Buyer{Country: "FR", Kind: contracts.Consumer}
	gbBusiness = country.Buyer{Country: "GB", Kind: contracts.Business, VATID: "GB980780684", Registration: country.Valid}
	niBusiness = country.Buyer{Country: "GB", Kind: contracts.Business, VATID: "XI432525179", Registration: country.Valid}
	chConsumer = country.Buyer{Country: "CH", Kind: contracts.Consumer}
)

func TestTreatAcrossBorders(t *testing.T) {
	type row struct {
		rule   string // and the article of Directive 2006/112/EC that says so
		seller contracts.CountryCode
		sale   country.Sale
		cfg    country.Config
		want   string // category and rate, or the code of the fault
		note   string
	}
	on := contracts.MustDate("2025-06-01")
	sale := func(s contracts.Service, b country.Buyer, performedIn contracts.CountryCode) country.Sale {
		return country.Sale{On: on, Service: s, Buyer: b, PerformedIn: performedIn}
	}
	at := func(day string, s country.Sale) country.Sale { s.On = contracts.MustDate(day); return s }
	oss, over := country.Config{OSS: true}, country.Config{OverLimit: true}
	unverified, unknown, none := frBusiness, frBusiness, frBusiness
	unverified.Registration, unknown.Registration, none.VATID = country.Unverified, country.Invalid, ""
	tests := []row{
		{"general to a business: the customer owes it, Art. 44, 196", "BE", sale(contracts.ServiceGeneral, frBusiness, ""), country.Config{}, "AE", ""},
		{"the member works in a third country, the customer still decides, Art. 44", "BE", sale(contracts.ServiceGeneral, frBusiness, "DE"), country.Config{}, "AE", ""},
		{"number not verified: neither valid nor invalid", "BE", sale(contracts.ServiceGeneral, unverified, ""), country.Config{}, "AE", country.NoteUnverified},
		{"number VIES does not know: like a consumer, Art. 45", "BE", sale(contracts.ServiceGeneral, unknown, ""), country.Config{}, "S 21", country.NoteAsConsumer},
		{"business without a number: like a consumer, Art. 45", "BE", sale(contracts.ServiceGeneral, none, ""), country.Config{}, "S 21", country.NoteAsConsumer},
		{"consumer: the seller's country, Art. 45", "BE", sale(contracts.ServiceGeneral, frConsumer, ""), country.Config{}, "S 21", ""},
		{"artist's fee to an organiser is not admission, Art. 44", "BE", sale(contracts.ServicePerformance, frBusiness, "FR"), country.Config{}, "AE", ""},
		{"artist at a private party: where performed, Art. 54(1)", "BE", sale(contracts.ServicePerformance, frConsumer, "FR"), country.Config{}, "vat-due-abroad", ""},
		{"artist at a private party at home for a consumer abroad, Art. 54(1)", "BE", sale(contracts.ServicePerformance, frConsumer, "BE"), country.Config{}, "S 6", ""},
		{"tickets to a business: where it takes place, Art. 53", "BE", sale(contracts.ServiceAdmission, frBusiness, "FR"), country.Config{}, "vat-due-abroad", ""},
		{"tickets for an event at home sold to a business abroad, Art. 53", "BE", sale(contracts.ServiceAdmission, frBusiness, "BE"), country.Config{}, "S 6", ""},
		{"course held abroad for consumers, Art. 54(1)", "BE", sale(contracts.ServiceTeaching, frConsumer, "FR"), country.Config{}, "vat-due-abroad", ""},
		{"course for a business, Art. 44", "BE", sale(contracts.ServiceTeaching, frBusiness, "FR"), country.Config{}, "AE", ""},
		{"work on a building abroad, Art. 47", "BE", sale(contracts.ServiceProperty, frBusiness, "FR"), country.Config{}, "vat-due-abroad", ""},
		{"passenger transport abroad, Art. 48", "BE", sale(contracts.ServiceTransport, frBusiness, "FR"), country.Config{}, "vat-due-abroad", ""},
		{"catering abroad, Art. 55", "BE", sale(contracts.ServiceCatering, frBusiness, "FR"), country.Config{}, "vat-due-abroad", ""},
		{"van put at disposal at home, Art. 56", "BE", sale(contracts.ServiceHire, frBusiness, "BE"), country.Config{}, "S 21", ""},
		{"stream to a consumer, registered for OSS, Art. 54(1) second subparagraph", "BE", sale(contracts.ServiceStreaming, frConsumer, ""), oss, "S 20", ""},
		{"stream to a consumer, not registered", "BE", sale(contracts.ServiceStreaming, frConsumer, ""), country.Config{}, "vat-due-abroad", ""},
		{"stream to a consumer before 2025: where the event is", "BE", at("2024-12-31", sale(contracts.ServiceStreaming, frConsumer, "")), country.Config{}, "S 21", ""},
		{"stream to a business, Art. 44", "BE", sale(contracts.ServiceStreaming, frBusiness, ""), country.Config{}, "AE", ""},
		{"electronic, below the threshold of Art. 59c", "BE", sale(contracts.ServiceElectronic, frConsumer, ""), country.Config{}, "S 21", country.NoteThreshold},
		{"electronic, above it and not registered, Art. 58", "BE", sale(contracts.ServiceElectronic, frConsumer, ""), over, "vat-due-abroad", ""},
		{"electronic, registered, Art. 58", "BE", sale(contracts.ServiceElectronic, frConsumer, ""), oss, "S 20", ""},
		{"electronic to Hungary, registered: Hungary's rate", "DE", sale(contracts.ServiceElectronic, country.Buyer{Country: "HU", Kind: contracts.Consumer}, ""), oss, "S 27", ""},
		{"rights to a consumer in the EU, Art. 45", "FR", sale(contracts.ServiceRights, country.Buyer{Country: "BE", Kind: contracts.Consumer}, ""), country.Config{}, "S 10", ""},
		{"rights to a consumer outside the EU, Art. 59", "FR", sale(contracts.ServiceRights, chConsumer, ""), country.Config{}, "O", ""},
		{"general to a consumer outside the EU, Art. 45", "FR", sale(contracts.ServiceGeneral, chConsumer, ""), country.Config{}, "S 20", country.NoteArticle59},
		{"electronic to a consumer outside the EU, Art. 58", "FR", sale(contracts.ServiceElectronic, chConsumer, ""), country.Config{}, "O", country.NoteLocalTax},
		{"concert in Switzerland for a private party, Art. 54(1)", "FR", sale(contracts.ServicePerformance, chConsumer, "CH"), country.Config{}, "O", country.NoteLocalTax},
		{"business outside the EU, Art. 44", "FR", sale(contracts.ServiceGeneral, country.Buyer{Country: "US", Kind: contracts.Business}, ""), country.Config{}, "O", country.NoteProofBusiness},
		{"business in a country the atlas does not know, Art. 44", "FR", sale(contracts.ServiceGeneral, country.Buyer{Country: "BR", Kind: contracts.Business}, ""), country.Config{}, "O", country.NoteProofBusiness},
		{"Great Britain on the last day of the transition period", "FR", at("2020-12-31", sale(contracts.ServiceGeneral, gbBusiness, "")), country.Config{}, "AE", ""},
		{"Great Britain a day later", "FR", at("2021-01-01", sale(contracts.ServiceGeneral, gbBusiness, "")), country.Config{}, "O", ""},
		{"Northern Ireland: XI is for goods, services are outside the EU", "FR", sale(contracts.ServiceGeneral, niBusiness, ""), country.Config{}, "O", ""},
		{"a book at home", "DE", country.Sale{On: on, Service: contracts.ServiceGeneral, Buyer: country.Buyer{Country: "DE", Kind: contracts.Consumer}, RateKind: country.Reduced}, country.Config{}, "S 7", ""},
		{"a day without a rate", "DE", at("2006-12-31", sale(contracts.ServiceGeneral, country.Buyer{Country: "DE", Kind: contracts.Consumer}, "")), country.Config{}, "no-rate", ""},
		{"a day without a rate of the buyer's country", "DE", at("2018-01-01", sale(contracts.ServiceElectronic, country.Buyer{Country: "EE", Kind: contracts.Consumer}, "")), oss, "no-rate", ""},
		{"a number with a wrong check digit", "BE", sale(contracts.ServiceGeneral, country.Buyer{Country: "DE", Kind: contracts.Business, VATID: "DE136695978"}, ""), country.Config{}, "vat-id", ""},
		{"a number of another country than the address", "BE", sale(contracts.ServiceGeneral, country.Buyer{Country: "DE", Kind: contracts.Business, VATID: "FR44732829320"}, ""), country.Config{}, "vat-id-country", ""},
		{"a Greek number begins with EL", "BE", sale(contracts.ServiceGeneral, country.Buyer{Country: "GR", Kind: contracts.Business, VATID: "EL094259216", Registration: country.Valid}, ""), country.Config{}, "AE", ""},
		{"no date of supply", "BE", country.Sale{Service: contracts.ServiceGeneral, Buyer: frConsumer}, country.Config{}, "missing", ""},
		{"no country", "BE", sale(contracts.ServiceGeneral, country.Buyer{Country: "XX", Kind: contracts.Consumer}, ""), country.Config{}, "country", ""},
		{"no kind of service", "BE", sale("magic", frConsumer, ""), country.Config{}, "invalid", ""},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			got, err := adapters.Treat(node(t, tt.seller), tt.cfg, tt.sale)
			if diff := cmp.Diff(tt.want, inShort(got, err)); diff != "" {
				t.Errorf("(-want +got)\n%s%v", diff, err)
			}
			for _, f := range contracts.FaultsOf(err) {
				if f.Code == country.FaultVATAbroad && (f.Field == "" || f.Remedy == "" || !strings.Contains(f.Message, "France")) {
					t.Errorf("the fault names neither field, country nor remedy: %+v", f)
				}
			}
			if tt.note != "" && !hasNote(got, tt.note) {
				t.Errorf("no note %s in %v", tt.note, got.Notes)
			}
		})
	}
}

func inShort(got country.Treatment, err error) string {
	if err != nil {
		return string(contracts.FaultsOf(err)[0].Code)
	}
	if got.Tax.Category == contracts.StandardRated {
		return "S " + got.Tax.Rate.String()
	}
	return string(got.Tax.Category)
}

func hasNote(got country.Treatment, code string) bool {
	for _, n := range got.Notes {
		if n.Code == code && n.Text != "" && n.Remedy != "" {
			return true
		}
	}
	return false
}

// Whatever is sold, a treatment is one an invoice can carry: a rate above zero with S alone, a reason with every other.
func TestEveryTreatmentIsOneAnInvoiceCanCarry(t *testing.T) {
	buyers := []country.Buyer{frBusiness, frConsumer, gbBusiness, chConsumer, {Country: "FR", Kind: contracts.Business},
		{Country: "IT", Kind: contracts.Consumer}, {Country: "US", Kind: contracts.Business}}
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(adapters.All()).Draw(t, "seller")
		var confirmed []string
		for _, l := range a.VATServices {
			if l.When == country.Confirmed && rapid.Bool().Draw(t, l.ID) {
				confirmed = append(confirmed, l.ID)
			}
		}
		sale := country.Sale{
			On:          contracts.MustDate("2016-01-01").AddDays(rapid.IntRange(0, 3978).Draw(t, "day")),
			Service:     rapid.SampledFrom(contracts.Services).Draw(t, "service"),
			Buyer:       rapid.SampledFrom(buyers).Draw(t, "buyer"),
			PerformedIn: rapid.SampledFrom([]contracts.CountryCode{"", "FR", "CH", "LU"}).Draw(t, "performed in"),
			Language:    rapid.SampledFrom([]string{"", "fr", "en", "xx"}).Draw(t, "language"),
		}
		cfg := country.Config{Confirmed: confirmed, OverLimit: rapid.Bool().Draw(t, "over limit")}
		got, err := adapters.Treat(a, cfg, sale)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatal(err)
			}
			return
		}
		if (got.Tax.Category == contracts.StandardRated) != got.Tax.Rate.IsPositive() || got.Legal == "" {
			t.Fatalf("%+v", got)
		}
		if got.Tax.Category != contracts.StandardRated && got.Tax.Reason == "" {
			t.Fatalf("no reason for %s in %s", got.Tax.Category, a.Code)
		}
	})
}
