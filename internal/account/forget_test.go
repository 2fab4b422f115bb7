package account_test

import (
	"context"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/storage"
)

func TestAMemberWhoIsErasedIsForgottenAtTheDoorToo(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		gone, adviser, other := d.add("gone@example.org", "m1", access.Member), d.add("adviser@example.org", "m1", access.Member, access.Adviser), d.add("other@example.org", "m2", access.Member)
		session, _, err := d.signIn("gone@example.org", good)
		if err != nil {
			t.Fatal(err)
		}
		answered := func(account string) (n int) {
			t.Helper()
			if err := d.DB.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM once_request WHERE account = $1`, account).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		err = d.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO once_request (account, key, request, at, body) SELECT id, 'k', $1, $2, $1 FROM account`, []byte("x"), storage.At(d.now))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Forget(t.Context(), from, "m1"); err != nil {
			t.Fatal(err)
		}
		d.out(session, "forgotten")
		if answered(gone.ID) != 0 || answered(adviser.ID) != 0 || answered(other.ID) != 1 {
			t.Errorf("kept answers: %d, %d, %d", answered(gone.ID), answered(adviser.ID), answered(other.ID))
		}
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
