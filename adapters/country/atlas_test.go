package country

import (
	"strings"
	"testing"

	"passerelle/contracts"
)

func TestEveryBuyersExampleIsToldRightFromWrong(t *testing.T) {
	atlas := MustAtlas(nil)
	for code, m := range atlas {
		for _, id := range m.Identifiers {
			for _, v := range id.Valid {
				if _, err := m.Verify(id.ID, v); err != nil {
					t.Errorf("%s: %v", id.ID, err)
				}
			}
			for _, x := range id.Invalid {
				if got, err := m.Verify(id.ID, x.Value); err == nil {
					t.Errorf("%s accepts %s as %s (%s)", id.ID, x.Value, got, x.Why)
				}
			}
		}
		if m.VATID == nil {
			if m.InVATArea(contracts.MustDate("2026-01-01")) {
				t.Errorf("%s is in the VAT area and has no VAT number", code)
			}
			continue
		}
		for _, v := range m.VATID.Valid {
			if _, err := m.checkVATID(v); err != nil {
				t.Errorf("VAT number %s: %v", v, err)
			}
		}
		for _, x := range m.VATID.Invalid {
			if got, err := m.checkVATID(x.Value); err == nil {
				t.Errorf("VAT number %s passes as %s (%s)", x.Value, got, x.Why)
			}
		}
	}
}

func TestEveryIBANExamplePasses(t *testing.T) {
	atlas := MustAtlas(nil)
	for code, m := range atlas {
		if m.IBAN == nil {
			continue
		}
		if got, err := atlas.ParseIBAN(strings.ToLower(m.IBAN.Example[:6] + " " + m.IBAN.Example[6:])); err != nil || got != m.IBAN.Example {
			t.Errorf("%s: %s, %v", code, got, err)
		}
	}
}

func TestIBANSaysWhatIsWrong(t *testing.T) {
	atlas := MustAtlas(nil)
	tests := []struct{ rule, iban, want string }{
		{"too short for any country", "LU28", "15 to 34"},
		{"too short for its country", "LU2800194006447500", "of Luxembourg has 20"},
		{"letters where digits belong", "LUAA0019400644750000", "two check digits"},
		{"letters in the bank code", "LU28A019400644750000", "digits and letters are not where"},
		{"a digit changed", "LU280019400644750001", "divided by 97"},
		{"no country", "XX280019400644750000", "is no country"},
		{"a country without IBANs", "US280019400644750000", "issues no IBANs"},
		{"a sign inside", "LU28001940064475000!", "letters and digits"},
	}
	for _, tt := range tests {
		_, err := atlas.ParseIBAN(tt.iban)
		if !contracts.IsFault(err) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.rule, err, tt.want)
		}
	}
	if _, err := atlas.ParseIBAN("IS14 0159 2600 7654 5510 7303 39"); err != nil {
		t.Errorf("a country the atlas does not know is checked by mod 97 alone: %v", err)
	}
}

func TestGreatBritainLeftTheVATAreaAtTheEndOf2020(t *testing.T) {
	gb, hr := MustAtlas(nil)["GB"], MustAtlas(nil)["HR"]
	tests := []struct {
		m    *Market
		on   string
		want bool
	}{
		{gb, "2016-06-01", true}, {gb, "2020-01-31", true}, {gb, "2020-02-01", true}, {gb, "2020-12-31", true}, {gb, "2021-01-01", false},
		{hr, "2013-06-30", false}, {hr, "2013-07-01", true},
	}
	for _, tt := range tests {
		if got := tt.m.InVATArea(contracts.MustDate(tt.on)); got != tt.want {
			t.Errorf("%s on %s: %v", tt.m.Code, tt.on, got)
		}
	}
}

func TestEveryMemberStateHasAStandardRate(t *testing.T) {
	on := contracts.MustDate("2026-11-22")
	for code, m := range MustAtlas(nil) {
		if !m.InVATArea(on) {
			continue
		}
		if rate, err := m.VATRate(Standard, on); err != nil || rate.LessThan(contracts.MustPercent("15").Decimal) {
			t.Errorf("%s: %s, %v (Art. 97 asks for at least 15 %%)", code, rate, err)
		}
	}
}

func TestEURulesLoad(t *testing.T) {
	rules, sources := MustEURules()
	if len(rules) < 30 || len(sources) == 0 {
		t.Errorf("%d rules, %d sources", len(rules), len(sources))
	}
}
