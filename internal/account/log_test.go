package account_test

import (
	"strings"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/account"
)

func TestSignInsStandInTheSecurityLog(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		who := d.add("one@example.org", "m1", access.Member)
		for _, try := range []struct{ email, password string }{{"one@example.org", "not the right words"}, {"nobody@example.org", good}, {"one@example.org", good}} {
			_, _, _ = d.SignIn(t.Context(), account.Asker{Address: "192.0.2.9", Request: "r9"}, try.email, try.password, "") // the log is what counts
		}
		all, err := d.Events(t.Context(), "", 3)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []struct{ event, account string }{{account.EventSignedIn, who.ID}, {account.EventRefused, ""}, {account.EventRefused, who.ID}} { // the newest first
			e := all[i]
			if e.Event != want.event || e.Account != want.account || e.Note != "password" || e.Address != "192.0.2.9" || e.Request != "r9" || !e.At.Equal(d.now) {
				t.Errorf("line %d: %+v, want %+v", i, e, want)
			}
			if strings.Contains(e.Note, good) || strings.Contains(e.Note, "words") {
				t.Errorf("line %d holds a password", i)
			}
		}
	})
}
