package nodes

import (
	"fmt"
	"strings"

	"passerelle/adapters"
	"passerelle/adapters/country"
	"passerelle/adapters/format"
	"passerelle/adapters/format/fatturapa"
	"passerelle/adapters/format/nav"
	"passerelle/contracts"
	"passerelle/nodes/outbound"
)

// FormatSettings is what the format of a country says of the co-operative beyond its letterhead. Facturae and ebInterface say
// nothing more of a seller; formats of other countries than the node's are left out.
type FormatSettings struct {
	FatturaPA   FatturaPASettings   `yaml:"fatturapa"`
	NAV         NAVSettings         `yaml:"nav"`
	Withholding WithholdingSettings `yaml:"withholding"`
}

// FatturaPASettings are for Italy. The number in the register (REA) is it.rea among the registrations.
type FatturaPASettings struct {
	Regime        string             `yaml:"regime"`         // RegimeFiscale, RF01 when empty
	Province      string             `yaml:"province"`       // of the seat, two letters
	Capital       *contracts.Decimal `yaml:"capital"`        // CapitaleSociale in the register, in euro; none for a co-operative whose capital varies
	InLiquidation bool               `yaml:"in_liquidation"` // StatoLiquidazione
	NoStampDuty   bool               `yaml:"no_stamp_duty"`  // imposta di bollo is not due on what carries no VAT
}

// NAVSettings are for Hungary.
type NAVSettings struct {
	SmallBusiness bool   `yaml:"small_business"` // what is exempt is so because of the seller (alanyi adómentesség)
	Appearance    string `yaml:"appearance"`     // ELECTRONIC when empty, PAPER, EDI
}

// WithholdingSettings say what kind of income tax a buyer keeps back, where a draft says how much.
type WithholdingSettings struct {
	Kind   string `yaml:"kind"`   // TipoRitenuta, RT02 for companies
	Reason string `yaml:"reason"` // CausalePagamento of the form CU, such as W
}

// check refuses what is for another country: it would be said nowhere.
func (f FormatSettings) check(c contracts.CountryCode) error {
	var fs contracts.Faults
	for _, one := range []struct {
		field   string
		given   bool
		country contracts.CountryCode
	}{{"fatturapa", f.FatturaPA != (FatturaPASettings{}), "IT"}, {"withholding", f.Withholding != (WithholdingSettings{}), "IT"}, {"nav", f.NAV != (NAVSettings{}), "HU"}} {
		if one.given && one.country != c {
			fs.Addf(contracts.FaultInvalid, one.field, "leave it out", "it is for co-operatives in %s", one.country)
		}
	}
	if n := f.FatturaPA.Capital; n != nil && (n.IsNegative() || !n.Equal(n.Truncate(2))) {
		fs.Addf(contracts.FaultAmount, "fatturapa.capital", "write euro and cents, such as 25000.00", "the capital is %s", n)
	}
	return fs.Err()
}

func (f FormatSettings) national() format.National {
	all := format.National{
		FatturaPA: fatturapa.Facts{Regime: f.FatturaPA.Regime, Province: f.FatturaPA.Province, InLiquidation: f.FatturaPA.InLiquidation, NoStampDuty: f.FatturaPA.NoStampDuty,
			WithholdingKind: f.Withholding.Kind, WithholdingReason: f.Withholding.Reason},
		NAV: nav.Facts{SmallBusiness: f.NAV.SmallBusiness, Appearance: f.NAV.Appearance},
	}
	if n := f.FatturaPA.Capital; n != nil {
		all.FatturaPA.Capital = &contracts.Money{Amount: n.Decimal, Currency: contracts.EUR}
	}
	return all
}

// checkIdentity refuses a co-operative that no invoice could identify (EN 16931 BR-CO-26).
func (s Settings) checkIdentity() error {
	if s.VATID != "" || len(s.Registrations) > 0 {
		return nil
	}
	return contracts.Fault{Code: contracts.FaultMissing, Field: "vat_id", Message: "nothing identifies the co-operative: it could issue no invoice (BR-CO-26)",
		Remedy: "give its VAT number, or under registrations its number in the register or at the tax office"}
}

// checkIssue makes an invoice to an example buyer at home of what the settings say, and returns what the outside would refuse of them.
func (s Settings) checkIssue(a *country.Adapter) error {
	law := outbound.Law{Adapter: a, Config: s.Country, Atlas: adapters.Atlas()}
	err := outbound.CheckSeller(law, s.seller(a))
	if err != nil && !contracts.IsFault(err) {
		return fmt.Errorf("example invoice: %w", err)
	}
	var fs contracts.Faults
	for _, f := range contracts.FaultsOf(err) {
		f.Field = strings.TrimPrefix(f.Field, outbound.Settings)
		fs = append(fs, f)
	}
	return fs.Err()
}
