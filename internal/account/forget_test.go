package account_test

import (
	"testing"

	"passerelle/internal/access"
)

func TestAMemberWhoIsErasedIsForgottenAtTheDoorToo(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		gone, adviser, other := d.add("gone@example.org", "m1", access.Member), d.add("adviser@example.org", "m1", access.Member, access.Adviser), d.add("other@example.org", "m2", access.Member)
		session, _, err := d.signIn("gone@example.org", good)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Forget(t.Context(), from, "m1"); err != nil {
			t.Fatal(err)
		}
		d.out(session, "forgotten")
		if _, _, err := d.signIn("gone@example.org", good); err == nil {
			t.Error("the password still opens")
		}
		for id, want := range map[string]struct{ name, email, member string }{gone.ID: {"–", "", ""}, adviser.ID: {"Somebody", "adviser@example.org", ""}, other.ID: {"Somebody", "other@example.org", "m2"}} {
			who, err := d.Account(t.Context(), id)
			if err != nil || who.Name != want.name || who.Email != want.email || who.Member != want.member {
				t.Errorf("%+v %v", who, err)
			}
		}
	})
}
