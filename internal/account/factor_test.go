package account_test

import (
	"regexp"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/account"
)

// A recovery code is stored like the other random secrets, so it must have as many bits as cannot be tried: five a letter.
func TestARecoveryCodeIsAsLongAsASecret(t *testing.T) {
	d := quick(t)
	who := d.add("anna@example.org", "", access.Manager)
	codes, err := d.NewRecoveryCodes(t.Context(), from, who.ID)
	if err != nil || len(codes) != account.RecoveryCodes {
		t.Fatal(len(codes), err)
	}
	seen := map[string]bool{}
	for _, c := range codes {
		letters := regexp.MustCompile(`[a-z2-7]`).FindAllString(c, -1)
		if 5*len(letters) < 128 || seen[c] {
			t.Errorf("%q has %d bits", c, 5*len(letters))
		}
		seen[c] = true
	}
}
