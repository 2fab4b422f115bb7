package adapters_test

import (
	"strings"
	"testing"

	"passerelle/adapters"
	"passerelle/contracts"
)

// Rules of single countries that the examples of their data files do not reach. The numbers were computed for the test.
func TestNationalNumbersInTheirRarerForms(t *testing.T) {
	tests := []struct {
		rule   string
		code   contracts.CountryCode
		scheme string
		value  string
		want   string // empty: valid; else words of the reason
	}{
		{"a Belgian born since 2000", "BE", "be.person", "00012511148", ""},
		{"a Belgian reference whose remainder is 0 ends in 97, not 00", "BE", "be.enterprise", "0403019260", "should be 61, not 60"},
		{"a Belgian number of nine digits gets a leading 0", "BE", "be.enterprise", "403.019.261", ""},
		{"Monaco has no SIREN behind the key", "FR", "fr.vat", "FR90000012345", ""},
		{"the head office of La Poste keeps to Luhn", "FR", "fr.siret", "35600000000048", ""},
		{"an Austrian number with few digits", "AT", "at.fn", "FN 56247 t", ""},
		{"an Italian number of nobody", "IT", "it.vat", "IT00000000018", "first seven digits are all zero"},
		{"Dutch suffixes begin at 01", "NL", "nl.vat", "NL004495445B00", "begin at 01"},
		{"a Dutch sole trader since 2020 fails the eleven test and passes mod 97", "NL", "nl.vat", "NL000099998B57", ""},
		{"a Dutch RSIN of zeros", "NL", "nl.rsin", "000000000", "all zeros"},
		{"a Swedish person is no legal person", "SE", "se.orgnr", "880320-0016", "20 or more"},
		{"a Swedish sole trader's VAT number", "SE", "se.vat", "SE880320001601", ""},
		{"a Swede above a hundred", "SE", "se.personnummer", "880320+0016", ""},
		{"a Spaniard without leading zeros", "ES", "es.nif_person", "1234567L", ""},
		{"a Spanish K number by the rule for persons", "ES", "es.vat", "ESK1234567L", ""},
		{"a Spanish K number by the rule for entities", "ES", "es.vat", "ESK1234567D", ""},
		{"a Spanish K number by neither", "ES", "es.vat", "ESK1234567A", "neither"},
		{"a foreigner in Spain", "ES", "es.vat", "ESX5253868R", ""},
		{"a Hungarian number without its hyphens", "HU", "hu.adoszam", "12892312242", ""},
	}
	for _, tt := range tests {
		findings, err := adapters.CheckID(tt.code, tt.value)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range findings {
			if f.Scheme != tt.scheme {
				continue
			}
			found = true
			if f.Valid != (tt.want == "") || !strings.Contains(f.Why, tt.want) {
				t.Errorf("%s: valid %v, %q, want %q", tt.rule, f.Valid, f.Why, tt.want)
			}
		}
		if !found {
			t.Errorf("%s: there is no %s", tt.rule, tt.scheme)
		}
	}
}

func TestBelgianPaymentReference(t *testing.T) {
	be := node(t, "BE")
	for ref, want := range map[string]string{
		be.Invoice.PaymentReference.Example: "",
		"000000000097":                      "", // remainder 0 is written 97
		"+++010/8068/17184+++":              "should be 83, not 84",
		"+++010/8068/1718+++":               "has 12 digits, not 11",
		"RF18 5390":                         "digits only",
	} {
		_, err := be.VerifyPaymentReference(ref)
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", ref, err, want)
		}
	}
	if _, err := node(t, "FR").VerifyPaymentReference("1"); !contracts.IsFault(err) {
		t.Errorf("France has none: %v", err)
	}
}
