package country

import (
	"fmt"
	"strings"
)

// Check tells why a number is wrong, nil when its check digits are right. The number is normalised, without country
// prefix, and has passed its regular expression.
type Check func(number string) error

// checks are the rules that more than one country needs, or that belong to a country where only buyers live. A rule of
// one of our own countries lies in its folder and is handed over in Funcs.
var checks = map[string]Check{
	"luhn":             Luhn,
	"iso7064_mod11_10": mod11_10,
	"iso7064_mod97_10": Mod97,
	"bg_vat":           bgVAT,
	"ch_uid":           chUID,
	"cy_vat":           cyVAT,
	"cz_dic":           czDIC,
	"dk_cvr":           weighted(11, 0, 2, 7, 6, 5, 4, 3, 2, 1),
	"ee_kmkr":          weighted(10, 0, 3, 7, 1, 3, 7, 1, 3, 7, 1),
	"fi_alv":           weighted(11, 0, 7, 9, 10, 5, 8, 4, 2, 1),
	"gb_vat":           gbVAT,
	"gr_afm":           grAFM,
	"ie_vat":           ieVAT,
	"lt_pvm":           ltPVM,
	"lu_mod89":         luMod89,
	"lv_pvn":           lvPVN,
	"mt_vat":           mtVAT,
	"no_mva":           noMVA,
	"pl_nip":           plNIP,
	"pt_nif":           ptNIF,
	"ro_cui":           roCUI,
	"si_ddv":           siDDV,
	"sk_dph":           skDPH,
	"us_ein":           usEIN,
}

const (
	digits  = "0123456789"
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// Sum adds the digits of a number, each times its weight. Digits beyond the last weight do not count.
func Sum(number string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += int(number[i]-'0') * w
	}
	return sum
}

// Int is the value of a string of at most 18 digits.
func Int(number string) int64 {
	var n int64
	for _, d := range []byte(number) {
		n = n*10 + int64(d-'0')
	}
	return n
}

// LastCharacter checks a number whose last character is the check: where valid refuses it, the error names the
// character of the alphabet that valid would accept in its place.
func LastCharacter(number, alphabet string, valid func(string) bool) error {
	if valid(number) {
		return nil
	}
	body, last := number[:len(number)-1], number[len(number)-1:]
	for _, c := range alphabet {
		if valid(body + string(c)) {
			return fmt.Errorf("the check character should be %c, not %s", c, last)
		}
	}
	return fmt.Errorf("no check character makes %s a number that is issued", body)
}

// Expect compares the check digits that stand there with those that should.
func Expect(want, got string) error {
	if want == got {
		return nil
	}
	return fmt.Errorf("the check digits should be %s, not %s", want, got)
}

// weighted is a rule over all digits, the last with a weight of its own: the weighted sum leaves a remainder.
func weighted(modulus, remainder int, weights ...int) Check {
	return func(number string) error {
		return LastCharacter(number, digits, func(n string) bool { return Sum(n, weights...)%modulus == remainder })
	}
}

// Luhn doubles every second digit from the right, beside the check digit, and wants a multiple of ten.
func Luhn(number string) error {
	return LastCharacter(number, digits, func(n string) bool { return LuhnSum(n)%10 == 0 })
}

// LuhnSum adds the digits, every second one from the right doubled and less 9 above 9.
func LuhnSum(number string) int {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum
}

// mod11_10 is ISO 7064 MOD 11,10.
func mod11_10(number string) error {
	return LastCharacter(number, digits, func(n string) bool {
		p := 10
		for _, d := range []byte(n[:len(n)-1]) {
			s := (int(d-'0') + p) % 10
			if s == 0 {
				s = 10
			}
			p = 2 * s % 11
		}
		return (11-p)%10 == int(n[len(n)-1]-'0')
	})
}

// Mod97 is ISO 7064 MOD 97-10 over digits and letters (A=10 to Z=35): the remainder is 1.
func Mod97(number string) error {
	if r := Remainder97(number); r != 1 {
		return fmt.Errorf("the number divided by 97 leaves %d, it should leave 1: a character is wrong or two are swapped", r)
	}
	return nil
}

// Remainder97 is the remainder of the division by 97, letters counting 10 to 35.
func Remainder97(number string) int {
	r := 0
	for _, c := range []byte(number) {
		if c >= 'A' && c <= 'Z' {
			r = (r*100 + int(c-'A') + 10) % 97
			continue
		}
		r = (r*10 + int(c-'0')) % 97
	}
	return r
}

// descending returns n weights: from, from-1, and so on.
func descending(from, n int) []int {
	w := make([]int, n)
	for i := range w {
		w[i] = from - i
	}
	return w
}

func digitAt(number string, i int) int { return int(number[i] - '0') }

func isDigits(s string) bool { return s != "" && strings.Trim(s, digits) == "" }
