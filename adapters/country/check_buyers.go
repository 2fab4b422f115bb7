package country

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The rules below are those of the VAT numbers of countries where only buyers live, as python-stdnum and GOBL describe
// them (source keys stdnum and gobl of buyers.yaml); NO as the Brønnøysund register does.

// bgVAT: 9 digits for legal persons; 10 for persons, where any of three rules may fit.
func bgVAT(number string) error {
	if len(number) == 9 {
		return LastCharacter(number, digits, func(n string) bool {
			c := Sum(n, 1, 2, 3, 4, 5, 6, 7, 8) % 11
			if c == 10 {
				c = Sum(n, 3, 4, 5, 6, 7, 8, 9, 10) % 11 % 10
			}
			return c == digitAt(n, 8)
		})
	}
	last := digitAt(number, 9)
	citizen := Sum(number, 2, 4, 8, 5, 10, 9, 7, 3, 6)%11%10 == last && bgBirthDate(number)
	foreigner := Sum(number, 21, 19, 17, 13, 11, 9, 7, 3, 1)%10 == last
	other := (11-Sum(number, 4, 3, 2, 7, 6, 5, 4, 3, 2)%11)%11 == last
	if citizen || foreigner || other {
		return nil
	}
	return errors.New("the check digit fits neither a citizen, nor a foreigner, nor another person")
}

// bgBirthDate reads the date at the head of a personal number: 20 is added to the month for the 1800s, 40 for the 2000s.
func bgBirthDate(number string) bool {
	year, month, day := 1900+int(Int(number[:2])), int(Int(number[2:4])), int(Int(number[4:6]))
	switch {
	case month > 40:
		year, month = year+100, month-40
	case month > 20:
		year, month = year-100, month-20
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return int(t.Month()) == month && t.Day() == day
}

// chUID: the last of nine digits; CHE before them and MWST, TVA, IVA or TPV behind do not count.
func chUID(number string) error {
	return LastCharacter(strings.TrimPrefix(number, "CHE")[:9], digits, func(n string) bool {
		c := 11 - Sum(n, 5, 4, 3, 2, 7, 6, 5, 4)%11
		return c%11 == digitAt(n, 8) // 10 is never issued and equals no digit
	})
}

func cyVAT(number string) error {
	if strings.HasPrefix(number, "12") {
		return errors.New("no number begins with 12")
	}
	odd := [10]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21}
	return LastCharacter(number, letters, func(n string) bool {
		sum := 0
		for i := range 8 {
			if d := digitAt(n, i); i%2 == 0 {
				sum += odd[d]
			} else {
				sum += d
			}
		}
		return letters[sum%26] == n[8]
	})
}

// czDIC checks the 8 digits of legal persons; 9 and 10 digits are personal numbers, of which only the shape is known here.
func czDIC(number string) error {
	if len(number) > 8 {
		return nil
	}
	if number[0] == '9' {
		return errors.New("a number of 8 digits does not begin with 9")
	}
	return LastCharacter(number, digits, func(n string) bool {
		c := (11 - Sum(n, descending(8, 7)...)%11) % 11
		if c == 0 {
			c = 1
		}
		return c%10 == digitAt(n, 7)
	})
}

// gbVAT: 97 is subtracted from the weighted sum (old numbers), or 42 or 55 is left (numbers from 100 0000 00 on). GD and
// HA numbers of government and health bodies have no check digits; a branch's last three digits do not count.
func gbVAT(number string) error {
	if number[0] == 'G' || number[0] == 'H' {
		return nil
	}
	r := Sum(number, 8, 7, 6, 5, 4, 3, 2, 10, 1) % 97
	if r == 0 || number[0] != '0' && (r == 42 || r == 55) {
		return nil
	}
	return errors.New("the last two of the nine digits do not fit the others (mod 97)")
}

func grAFM(number string) error {
	return LastCharacter(number, digits, func(n string) bool {
		return Sum(n, 256, 128, 64, 32, 16, 8, 4, 2)%11%10 == digitAt(n, 8)
	})
}

// ieVAT knows the old form (a letter, + or * in second place) and the new one (an optional second letter at the end).
func ieVAT(number string) error {
	if !isDigits(number[1:2]) {
		number = "0" + number[2:7] + number[:1] + number[7:]
	}
	const alphabet = "WABCDEFGHIJKLMNOPQRSTUV"
	sum := Sum(number, descending(8, 7)...)
	if len(number) == 9 {
		sum += 9 * strings.IndexByte(alphabet, number[8])
	}
	if want := alphabet[sum%23]; want != number[7] {
		return fmt.Errorf("the check letter should be %c, not %c", want, number[7])
	}
	return nil
}

func ltPVM(number string) error {
	return LastCharacter(number, digits, func(n string) bool {
		first, second := 0, 0
		for i := range len(n) - 1 {
			first += digitAt(n, i) * (1 + i%9)
			second += digitAt(n, i) * (1 + (i+2)%9)
		}
		c := first % 11
		if c == 10 {
			c = second % 11 % 10
		}
		return c == digitAt(n, len(n)-1)
	})
}

func luMod89(number string) error {
	return Expect(fmt.Sprintf("%02d", Int(number[:6])%89), number[6:])
}

// lvPVN checks the numbers of legal persons; those that begin with 0 to 3 are personal, of which only the shape is known.
func lvPVN(number string) error {
	if number[0] < '4' {
		return nil
	}
	return weighted(11, 3, 9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1)(number)
}

func mtVAT(number string) error {
	if Sum(number, 3, 4, 6, 7, 8, 9, 10, 1)%37 != 0 {
		want := (37 - Sum(number, 3, 4, 6, 7, 8, 9)%37) % 37
		return Expect(fmt.Sprintf("%02d", want), number[6:])
	}
	return nil
}

// noMVA: the last of nine digits; MVA behind them does not count.
func noMVA(number string) error {
	return LastCharacter(number[:9], digits, func(n string) bool {
		c := 11 - Sum(n, 3, 2, 7, 6, 5, 4, 3, 2)%11
		return c%11 == digitAt(n, 8) // 10 is never issued and equals no digit
	})
}

func plNIP(number string) error {
	return LastCharacter(number, digits, func(n string) bool {
		return Sum(n, 6, 5, 7, 2, 3, 4, 5, 6, 7)%11 == digitAt(n, 9)
	})
}

func ptNIF(number string) error {
	return LastCharacter(number, digits, func(n string) bool {
		c := 11 - Sum(n, descending(9, 8)...)%11
		if c > 9 {
			c = 0
		}
		return c == digitAt(n, 8)
	})
}

func roCUI(number string) error {
	return LastCharacter(number, digits, func(n string) bool {
		body := fmt.Sprintf("%09s", n[:len(n)-1])
		return 10*Sum(body, 7, 5, 3, 2, 1, 7, 5, 3, 2)%11%10 == digitAt(n, len(n)-1)
	})
}

func siDDV(number string) error {
	return LastCharacter(number, digits, func(n string) bool {
		c := 11 - Sum(n, descending(8, 7)...)%11
		if c == 10 {
			c = 0
		}
		return c == digitAt(n, 7) // 11 is never issued and equals no digit
	})
}

func skDPH(number string) error {
	if r := Int(number) % 11; r != 0 {
		return fmt.Errorf("the number must be a multiple of 11, %s is %d too many", number, r)
	}
	return nil
}

// usEIN has no check digit, but 17 prefixes were never given to a campus.
func usEIN(number string) error {
	unassigned := []int{0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97}
	prefix, err := strconv.Atoi(number[:2])
	if err != nil || slices.Contains(unassigned, prefix) {
		return fmt.Errorf("the prefix %s is not assigned", number[:2])
	}
	return nil
}
