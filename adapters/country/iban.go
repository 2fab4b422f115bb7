package country

import (
	"fmt"

	"passerelle/contracts"
)

// ParseIBAN reads an account number, with or without spaces, and returns it without. It checks the length and shape of
// the country where the atlas knows them (SWIFT IBAN registry), and the two check digits (ISO 13616, mod 97) always.
func (at Atlas) ParseIBAN(s string) (string, error) {
	iban := strip(s)
	if err := ibanShape(iban); err != nil {
		return "", ibanFault(s, err)
	}
	m := at[contracts.CountryCode(iban[:2])]
	if m != nil && m.IBAN == nil {
		return "", ibanFault(s, fmt.Errorf("%s issues no IBANs", m.Name.EN))
	}
	if m != nil && len(iban) != m.IBAN.Length {
		return "", ibanFault(s, fmt.Errorf("it has %d characters, an IBAN of %s has %d", len(iban), m.Name.EN, m.IBAN.Length))
	}
	if m != nil && !m.IBAN.Regex.MatchString(iban) {
		return "", ibanFault(s, fmt.Errorf("digits and letters are not where %s puts them (%s)", m.Name.EN, m.IBAN.BBAN))
	}
	if err := Mod97(iban[4:] + iban[:4]); err != nil {
		return "", ibanFault(s, err)
	}
	return iban, nil
}

func ibanShape(iban string) error {
	if len(iban) < 15 || len(iban) > 34 {
		return fmt.Errorf("it has %d characters, an IBAN has 15 to 34", len(iban))
	}
	for i, c := range []byte(iban) {
		isLetter, isDigit := c >= 'A' && c <= 'Z', c >= '0' && c <= '9'
		if !isLetter && !isDigit || i < 2 && !isLetter || (i == 2 || i == 3) && !isDigit {
			return fmt.Errorf("an IBAN is two letters, two check digits and then letters and digits")
		}
	}
	if !contracts.CountryCode(iban[:2]).Known() {
		return fmt.Errorf("%s is no country", iban[:2])
	}
	return nil
}

func ibanFault(s string, why error) error {
	return contracts.Fault{Code: FaultIBAN, Message: fmt.Sprintf("%q is no IBAN: %v", clip(s), why), Remedy: "copy it from a bank statement"}
}
