package account

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestOtherHeadersSayNothingOfTheAddress(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "10.0.0.2:5"
	for _, name := range []string{"X-Real-Ip", "True-Client-Ip", "X-Client-Ip", "Cf-Connecting-Ip"} {
		r.Header.Set(name, "203.0.113.200")
	}
	r.Header.Set("Forwarded", "for=203.0.113.200")
	r.Header.Add("X-Forwarded-For", "203.0.113.9") // what the visitor says himself
	r.Header.Add("X-Forwarded-For", "198.51.100.1")
	if got := address(r, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}); got != "198.51.100.1" {
		t.Error(got)
	}
}

func TestAPasswordMayBeLongAndOfAnyKind(t *testing.T) {
	for _, password := range []string{"only small letters", "ÄÖÜ äöü ß € 🙂", "1357924680864", strings.Repeat("four more words ", 16)} {
		if err := CheckPassword(password, "somebody@example.org"); err != nil {
			t.Errorf("%q is refused: %v", password, err)
		}
	}
	if CheckPassword(strings.Repeat("four more words ", 16)+".") == nil || CheckPassword("\xff\xfe four words and a space") == nil {
		t.Error("one that would have to be cut or changed is taken")
	}
	a := &Accounts{hashing: make(chan struct{}, 1)}
	hash, err := a.hashPassword(t.Context(), "four words, with Capitals ")
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"four words, with capitals ", "four words, with Capitals", " four words, with Capitals "} {
		if right, _, err := a.rightPassword(t.Context(), hash, other); err != nil || right {
			t.Errorf("%q counts as another (%v)", other, err)
		}
	}
}

func TestAnAddressCarriesNothingElseIntoAMail(t *testing.T) {
	for _, hostile := range []string{
		"a@example.org\r\nBcc: b@example.org", "a@example.org\nSubject: x", "a@example.org, b@example.org", "a@example.org;b@example.org", "Anna <a@example.org>", "\"a b\"@example.org",
		"a@example.org ", "a@example.org\x00", "<a@example.org>", "(x)a@example.org", "a", "@example.org", strings.Repeat("a", 250) + "@example.org",
	} {
		if checkEmail(hostile) == nil {
			t.Errorf("%q is taken", hostile)
		}
	}
	if err := checkEmail("anna.o'neill+smart@mail.example.org"); err != nil {
		t.Error(err)
	}
}
