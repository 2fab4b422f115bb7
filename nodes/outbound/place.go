package outbound

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"passerelle/contracts"
)

// Settings stands before the field of a fault that nobody mends in a draft: what a co-operative says of itself.
const Settings = "settings."

var index = regexp.MustCompile(`\[\d+\]`)

// onDraft moves the faults of a document to the fields of its draft, where a person finds them; each is said once.
func onDraft(inv contracts.Invoice, err error) error {
	if err == nil || !contracts.IsFault(err) {
		return err
	}
	var fs contracts.Faults
	for _, f := range contracts.FaultsOf(err) {
		f = onField(f)
		if scheme := wanted(inv); f.Field == "buyer.registrations" && f.Code == contracts.FaultMissing && scheme != "" {
			f.Field += "." + scheme
		}
		said := slices.ContainsFunc(fs, func(o contracts.Fault) bool { return o.Field == f.Field && o.Message == f.Message })
		if !said { // two rules may want the same
			fs = append(fs, f)
		}
	}
	return fs.Err()
}

func onField(f contracts.Fault) contracts.Fault {
	if field := settingOf(f.Field); field != "" {
		return contracts.Fault{Code: f.Code, Field: Settings + field, Message: f.Message, Remedy: fmt.Sprintf("whoever runs this node mends it in its settings, under %s", field)}
	}
	f.Field = draftField(f.Field)
	return f
}

// wanted is the number that a seller's authority wants of a buyer at home who has no VAT number.
func wanted(inv contracts.Invoice) string {
	switch seller := inv.Seller.Address.Country; {
	case seller == "HU":
		return "hu.adoszam"
	case seller == "IT" && inv.Buyer.Kind == contracts.Consumer:
		return "it.codice_fiscale_person"
	case seller == "IT":
		return "it.codice_fiscale_entity"
	}
	return ""
}

// names turn the terms of a document into those of a draft and of the settings.
var names = strings.NewReplacer("address.line1", "address.street", "address.city", "address.town", "address.post_code", "address.postal_code",
	"buyer.endpoint.scheme", "buyer.vat_id", "buyer.endpoint", "buyer.vat_id", "buyer.registrations", "buyer.registrations", "buyer.registration.scheme", "buyer.registrations", "buyer.registration", "buyer.registrations",
	"seller.registrations", "seller.registrations", "seller.registration.scheme", "seller.registrations", "seller.registration", "seller.registrations",
	"delivery.date", "supply_date", "period.end", "supply_date", "price.net", "price", "item.name", "description")

// ofBuyer are facts of a buyer by where a format has them.
var ofBuyer = map[string]string{
	"fatturapa.destination": "it.codice_destinatario", "fatturapa.pec": "it.pec",
	"facturae.dir3.accounting": "es.dir3_oficina_contable", "facturae.dir3.managing": "es.dir3_organo_gestor", "facturae.dir3.processing": "es.dir3_unidad_tramitadora",
	"ebinterface.supplier_number": "at.lieferantennummer",
}

var ofLine = regexp.MustCompile(`^lines\[\d+\]`)

func draftField(at string) string {
	if scheme := ofBuyer[at]; scheme != "" {
		return "buyer.registrations." + scheme
	}
	field := names.Replace(at)
	switch {
	case strings.HasPrefix(field, "buyer."), slices.Contains([]string{"buyer_reference", "order_reference", "due_date", "supply_date", "currency", "reason"}, field):
		return field
	case field == "order":
		return "order_reference"
	case strings.HasSuffix(field, ".exchange_rate"):
		return "exchange_rate"
	case strings.HasSuffix(field, ".withholding"):
		return "withholding"
	}
	line := ofLine.FindString(field)
	switch strings.TrimPrefix(field, line+".") {
	case "description", "quantity", "unit", "price":
		return field
	}
	return line
}

// bySettings are terms whose text comes from the settings, by what they are called there.
var bySettings = []struct{ term, field string }{
	{"seller.vat_id", "vat_id"}, {"seller.name", "name"}, {"seller.address.street", "street"}, {"seller.address.postal_code", "postal_code"},
	{"seller.address.town", "town"}, {"seller.registrations", "registrations"}, {"seller.tax_registration", "registrations"}, {"seller.ids", "registrations"},
	{"seller.contact", "contact"}, {"facts.contact", "contact"}, {"facts.account_name", "name"}, {"facts.bic", "bic"}, {"seller.endpoint", "vat_id"}, {"seller", "vat_id"},
	{"pay_to", "pay_to"}, {"payment", "pay_to"}, {"notes", "notes"}, {"number", "country.series"},
	{"fatturapa.withholding_kind", "formats.withholding.kind"}, {"fatturapa.withholding_reason", "formats.withholding.reason"},
	{"fatturapa.regime", "formats.fatturapa.regime"}, {"fatturapa.province", "formats.fatturapa.province"}, {"nav.appearance", "formats.nav.appearance"},
}

// settingOf is where the settings say what a term lacks; empty when it is not theirs to say.
func settingOf(at string) string {
	at = names.Replace(at)
	for _, s := range bySettings {
		if rest, found := strings.CutPrefix(at, s.term); found && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			if s.field == "contact" {
				return s.field + rest
			}
			return s.field
		}
	}
	return ""
}
