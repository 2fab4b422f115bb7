package country

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCheckSaysWhichCharacterWouldBeRight(t *testing.T) {
	tests := []struct{ check, number, want string }{
		{"luhn", "404833047", "should be 8, not 7"},
		{"iso7064_mod11_10", "136695978", "should be 6, not 8"},
		{"iso7064_mod97_10", "NL123456789B90", "it should leave 1"},
		{"bg_vat", "175074751", "should be 2, not 1"},
		{"bg_vat", "7501020019", "neither a citizen"},
		{"ch_uid", "107787578IVA", "should be 7, not 8"},
		{"cy_vat", "10259033Z", "should be P, not Z"},
		{"cy_vat", "12259033P", "begins with 12"},
		{"cz_dic", "25123890", "should be 1, not 0"},
		{"cz_dic", "95123891", "does not begin with 9"},
		{"dk_cvr", "13585627", "should be 8, not 7"},
		{"ee_kmkr", "100931557", "should be 8, not 7"},
		{"fi_alv", "01120388", "should be 9, not 8"},
		{"gb_vat", "802311781", "mod 97"},
		{"gr_afm", "123456781", "should be 3, not 1"},
		{"ie_vat", "6433435E", "should be F, not E"},
		{"ie_vat", "8Z49289E", "should be F, not E"},
		{"lt_pvm", "119511516", "should be 5, not 6"},
		{"lu_mod89", "15027443", "should be 42, not 43"},
		{"lv_pvn", "40003521601", "should be 0, not 1"},
		{"mt_vat", "11679113", "should be 12, not 13"},
		{"no_mva", "974760674", "should be 3, not 4"},
		{"pl_nip", "9551893318", "should be 7, not 8"},
		{"pt_nif", "999999991", "should be 0, not 1"},
		{"ro_cui", "11358545", "should be 4, not 5"},
		{"si_ddv", "26808499", "should be 8, not 9"},
		{"sk_dph", "2022749618", "multiple of 11"},
		{"us_ein", "071144442", "07 is not assigned"},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		seen[tt.check] = true
		err := checks[tt.check](tt.number)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s of %s: %v, want %q", tt.check, tt.number, err, tt.want)
		}
	}
	for name := range checks {
		if !seen[name] {
			t.Errorf("%s is not tested", name)
		}
	}
}

// Personal numbers and special forms that the examples of the data files do not show.
func TestCheckAcceptsTheRarerForms(t *testing.T) {
	tests := []struct{ check, number string }{
		{"bg_vat", "7523169263"},   // citizen
		{"bg_vat", "8032056031"},   // citizen
		{"cz_dic", "640903926"},    // personal number, shape only
		{"gb_vat", "GD001"},        // government
		{"gb_vat", "HA500"},        // health
		{"gb_vat", "980780684001"}, // branch
		{"lv_pvn", "16117519997"},  // personal number, shape only
		{"ro_cui", "18547290"},
	}
	for _, tt := range tests {
		if err := checks[tt.check](tt.number); err != nil {
			t.Errorf("%s of %s: %v", tt.check, tt.number, err)
		}
	}
}

// A single wrong digit is what check digits are for; these rules promise to find every one.
func TestLuhnFindsEverySingleWrongDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{8}`).Draw(t, "body")
		number := body + fmt.Sprint((10-LuhnSum(body+"0")%10)%10)
		if err := Luhn(number); err != nil {
			t.Fatalf("%s: %v", number, err)
		}
		at := rapid.IntRange(0, 8).Draw(t, "at")
		wrong := []byte(number)
		wrong[at] = '0' + (wrong[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "shift")))%10
		if Luhn(string(wrong)) == nil {
			t.Fatalf("%s passes, made of %s", wrong, number)
		}
	})
}

func TestMod97FindsSwappedNeighbours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9A-Z]{4,20}`).Draw(t, "body")
		number := body + fmt.Sprintf("%02d", (98-Remainder97(body+"00"))%97)
		if Remainder97(number) != 1 {
			t.Fatalf("%s leaves %d", number, Remainder97(number))
		}
		at := rapid.IntRange(0, len(number)-2).Draw(t, "at")
		wrong := []byte(number)
		wrong[at], wrong[at+1] = wrong[at+1], wrong[at]
		digitsOnly := wrong[at] <= '9' && wrong[at+1] <= '9'
		if digitsOnly && wrong[at] != wrong[at+1] && Mod97(string(wrong)) == nil {
			t.Fatalf("%s passes, made of %s", wrong, number)
		}
	})
}
