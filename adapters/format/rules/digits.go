package rules

import (
	"regexp"
	"strings"

	"passerelle/adapters/country"
	"passerelle/adapters/format/en16931"
)

// digitRules are Peppol's rules for numbers of some registers (ISO 6523 schemes), wherever they stand.
var digitRules = []Rule{
	{"PEPPOL-COMMON-R040", numbered("0088", isGLN)},
	{"PEPPOL-COMMON-R041", numbered("0192", isNorwegian)},
	{"PEPPOL-COMMON-R042", numbered("0184", regexp.MustCompile(`^(DK)?[0-9]{8}$`).MatchString)},
	{"PEPPOL-COMMON-R043", numbered("0208", isBelgian)},
	{"PEPPOL-COMMON-R049", numbered("0007", isSwedish)},
	{"PEPPOL-COMMON-R050", numbered("0151", isAustralian)},
}

func numbered(scheme string, valid func(string) bool) func(*look) {
	return func(l *look) {
		l.identifiers(func(id en16931.Identifier, bt, at string) {
			if id.Scheme == scheme && !valid(id.Value) {
				l.wrong(bt, at, id.Value)
			}
		})
	}
}

// identifiers calls f for all numbers of parties that name their register.
func (l *look) identifiers(f func(id en16931.Identifier, bt, at string)) {
	d := l.d
	f(d.Seller.Endpoint, "BT-34", "seller.endpoint")
	f(d.Buyer.Endpoint, "BT-49", "buyer.endpoint")
	f(d.Seller.Registration, "BT-30", "seller.registration")
	f(d.Buyer.Registration, "BT-47", "buyer.registration")
	f(d.Payee.Registration, "BT-61", "payee.registration")
	f(d.Payee.ID, "BT-60", "payee.id")
	for i, id := range d.Seller.IDs {
		f(id, "BT-29", item("seller.ids", i, ""))
	}
	for i, id := range d.Buyer.IDs {
		f(id, "BT-46", item("buyer.ids", i, ""))
	}
}

func allDigits(s string, n int) bool { return len(s) == n && strings.Trim(s, "0123456789") == "" }

// isGLN: digits from the right count 1, 3, 1, 3 (GS1); the published rule takes any length.
func isGLN(s string) bool {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return false
	}
	sum := 0
	for i := range len(s) {
		weight := 1
		if i%2 == 1 {
			weight = 3
		}
		sum += weight * int(s[len(s)-1-i]-'0')
	}
	return sum%10 == 0
}

func isNorwegian(s string) bool {
	return allDigits(s, 9) && country.Sum(s, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

func isBelgian(s string) bool {
	return allDigits(s, 10) && country.Int(s[8:]) == 97-country.Int(s[:8])%97
}

func isSwedish(s string) bool { return allDigits(s, 10) && country.LuhnSum(s)%10 == 0 }

func isAustralian(s string) bool {
	return allDigits(s, 11) && (country.Sum(s, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0
}
