package account

import (
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

// A stored hash that somebody has changed asks for no more memory than ours, and reads back as it stands.
func FuzzParseHash(f *testing.F) {
	f.Add(nobodys)
	f.Add("$argon2id$v=19$m=4294967295,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		p, salt, hash, err := parseHash(s)
		if err == nil && (p.memory > mostArgon.memory || p.passes > mostArgon.passes || p.lanes > mostArgon.lanes || p.lanes == 0 || len(salt) < 8 || len(hash) != hashBytes) {
			t.Errorf("%q asks for %+v", s, p)
		}
	})
}

func FuzzTheAddressOfARequest(f *testing.F) {
	f.Add("192.0.2.1:5", "10.0.0.1, 198.51.100.7")
	f.Add("10.0.0.2:5", "spoofed, 198.51.100.7, 10.0.0.9")
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = remote
		r.Header["X-Forwarded-For"] = []string{forwarded}
		if got := address(r, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}); got == "" || len(got) > 50 {
			t.Errorf("%q %q: %q", remote, forwarded, got)
		}
	})
}

func TestTheAddressIsTheLastThatIsNoProxy(t *testing.T) {
	for _, c := range []struct{ remote, forwarded, want string }{
		{"192.0.2.1:5", "198.51.100.7", "192.0.2.1"},
		{"10.0.0.2:5", "198.51.100.7", "198.51.100.7"},
		{"10.0.0.2:5", "1.1.1.1, 198.51.100.7, 10.0.0.9", "198.51.100.7"},
		{"10.0.0.2:5", "rubbish", "10.0.0.2"},
		{"10.0.0.2:5", "", "10.0.0.2"},
		{"[2001:db8:1:2::3]:5", "", "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.1]:5", "", "192.0.2.1"},
		{"nowhere", "", "unknown"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", c.forwarded)
		if got := address(r, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}); got != c.want {
			t.Errorf("%s behind %q: %s, not %s", c.remote, c.forwarded, got, c.want)
		}
	}
}

func TestTheWaitGrowsAndEnds(t *testing.T) {
	last := time.Duration(0)
	for n := range int64(100) {
		wait := waitAfter(n, freeTries)
		if n < freeTries && wait != 0 || wait < last || wait > longestWait {
			t.Errorf("after %d: %s", n, wait)
		}
		last = wait
	}
	if last != longestWait {
		t.Errorf("in the end %s", last)
	}
}

func TestPasswordsThatEverybodyTriesFirst(t *testing.T) {
	for password, fine := range map[string]bool{
		"short": false, "elevenchars": false, "twelve chars": true, "Password1234": false, "abcabcabcabcabc": false, "anna.lindt12": false, "passerelle12": false,
		"four words without a link": true, "ééééèèèèêêêê": true, "000000000000": false,
		"QWERTY123456": false, "finalfantasy": false, "motdepasse123": false,
	} {
		if err := CheckPassword(password, "anna.lindt@example.org"); (err == nil) != fine {
			t.Errorf("%q: %v", password, err)
		}
	}
	if len(commonest) < 3000 { // OWASP ASVS 5.0, V6.2.4
		t.Errorf("%d common passwords are known", len(commonest))
	}
}
