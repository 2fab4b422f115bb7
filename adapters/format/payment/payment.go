// Package payment is what a buyer needs to pay by credit transfer without typing: the structured reference of an invoice, and
// the code that a banking app scans. Both are made from the invoice alone, so that paper and e-invoice ask for the same. It
// knows no bank and moves no money.
package payment

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

// Reference is what the buyer is asked to quote: the structured communication of Belgian banks between Belgians
// ("+++010/8068/17183+++", Febelfin), otherwise the creditor reference of ISO 11649 ("RF18539007547034"). A number that fits
// neither is quoted as it is.
func Reference(inv contracts.Invoice) string {
	if inv.Seller.Address.Country == "BE" && inv.Buyer.Address.Country == "BE" {
		if ogm := belgian(inv.Number); ogm != "" {
			return ogm
		}
	}
	if rf := creditor(inv.Number); rf != "" {
		return rf
	}
	return inv.Number
}

// belgian is ten digits and their rest by 97, where 97 stands for none.
func belgian(number string) string {
	digits := keep(number, func(r rune) bool { return r >= '0' && r <= '9' })
	if digits == "" || len(digits) > 10 {
		return ""
	}
	digits = strings.Repeat("0", 10-len(digits)) + digits
	check := mod97(digits)
	if check == 0 {
		check = 97
	}
	all := fmt.Sprintf("%s%02d", digits, check)
	return "+++" + all[:3] + "/" + all[3:7] + "/" + all[7:] + "+++"
}

// creditor is the letters and digits of a number behind RF and two check digits (ISO 7064 mod 97-10); it holds 21 of them.
func creditor(number string) string {
	body := keep(strings.ToUpper(number), isAlphanumeric)
	if body == "" || len(body) > 21 {
		return ""
	}
	return fmt.Sprintf("RF%02d%s", 98-mod97(body+"RF00"), body)
}

func isAlphanumeric(r rune) bool { return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' }

func keep(s string, wanted func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if wanted(r) {
			return r
		}
		return -1
	}, s)
}

// mod97 is the rest of a number by 97, where A stands for 10 and Z for 35.
func mod97(s string) int {
	rest := 0
	for _, r := range s {
		if r >= 'A' {
			rest = (rest*100 + int(r-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(r-'0')) % 97
		}
	}
	return rest
}

// IsCreditorReference tells whether a text is a reference of ISO 11649 with right check digits.
func IsCreditorReference(s string) bool {
	if len(s) < 5 || len(s) > 25 || !strings.HasPrefix(s, "RF") || keep(s, isAlphanumeric) != s {
		return false
	}
	return mod97(s[4:]+s[:4]) == 1
}

// mostCents is the largest amount of a transfer in the code: 999,999,999.99 euro.
var mostCents = decimal.New(999_999_999_99, -2)

// Code is the text of the QR code that begins a SEPA credit transfer (EPC069-12, version 002): in euro alone, and for an
// amount between a cent and a thousand millions. Empty where there is none.
func Code(inv contracts.Invoice, reference string) string {
	amount := inv.Totals.Payable
	if amount.Currency != contracts.EUR || inv.PayTo == "" || !amount.Amount.IsPositive() || amount.Amount.GreaterThan(mostCents) {
		return ""
	}
	structured, free := "", clip(reference, 140)
	if IsCreditorReference(reference) {
		structured, free = reference, ""
	}
	lines := []string{"BCD", "002", "1", "SCT", "", clip(inv.Seller.Name, 70), inv.PayTo, "EUR" + amount.Fixed(), "", structured, free}
	code := strings.TrimRight(strings.Join(lines, "\n"), "\n")
	if len(code) > 331 {
		return ""
	}
	return code
}

// clip makes a text one line of at most a number of characters.
func clip(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most])
	}
	return s
}

// Groups writes an account or reference in groups of four, as people read and type it.
func Groups(s string) string {
	if keep(s, isAlphanumeric) != s {
		return s
	}
	var groups []string
	for len(s) > 4 {
		groups, s = append(groups, s[:4]), s[4:]
	}
	return strings.Join(append(groups, s), " ")
}
