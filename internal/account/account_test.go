package account_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/internal/web"
)

const (
	good  = "four words without a link"
	other = "another few words apart"
)

// door is the accounts of a Belgian node, with a clock that the test holds.
type door struct {
	*account.Accounts
	t    *testing.T
	now  time.Time
	mail []account.Mail
}

func (d *door) Send(_ context.Context, m account.Mail) error {
	d.mail = append(d.mail, m)
	return nil
}

func open(t *testing.T, db *storage.DB, change ...func(o *account.Options)) *door {
	t.Helper()
	d := &door{t: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	o := account.Options{DB: db, Party: "be", Place: "Belgium", Now: func() time.Time { return d.now }, Log: slog.New(slog.DiscardHandler), URL: &url.URL{Scheme: "https", Host: "be.example.coop"}}
	for _, c := range change {
		c(&o)
	}
	var err error
	if d.Accounts, err = account.New(o); err != nil {
		t.Fatal(err)
	}
	return d
}

// tables are those of accounts, and of what was answered.
var tables = []storage.MigrationSet{account.Migrations(), web.Migrations()}

func each(t *testing.T, test func(t *testing.T, d *door)) {
	storagetest.Each(t, tables, func(t *testing.T, db *storage.DB) { test(t, open(t, db)) })
}

func quick(t *testing.T, change ...func(o *account.Options)) *door {
	return open(t, storagetest.Open(t, storage.SQLite, tables...), change...)
}

var from = account.Asker{Address: "192.0.2.1", Agent: "test", Request: "r1"}

// add invites somebody, who sets the good password and stops there.
func (d *door) add(email string, member string, roles ...access.Role) account.Account {
	d.t.Helper()
	invited, err := d.Invite(d.t.Context(), account.Asker{}, account.Person{Name: "Somebody", Email: email, Roles: roles, Member: member})
	if err != nil {
		d.t.Fatal(err)
	}
	if _, _, err := d.TakeUp(d.t.Context(), from, tokenOf(invited.Link), "Somebody", good, ""); err != nil {
		d.t.Fatal(err)
	}
	who, err := d.Account(d.t.Context(), invited.Account)
	if err != nil {
		d.t.Fatal(err)
	}
	return who
}

func tokenOf(link string) string { return link[strings.LastIndex(link, "/")+1:] }

func (d *door) signIn(email, password string) (string, account.Stage, error) {
	return d.SignIn(d.t.Context(), from, email, password, "")
}

// in fails unless the token is a session of the stage.
func (d *door) in(token string, stage account.Stage) account.Session {
	d.t.Helper()
	s, _, ok, err := d.Session(d.t.Context(), token)
	if err != nil || !ok || s.Stage != stage {
		d.t.Fatalf("session: %t, %s, %v", ok, s.Stage, err)
	}
	return s
}

func (d *door) out(token, why string) {
	d.t.Helper()
	if _, _, ok, err := d.Session(d.t.Context(), token); err != nil || ok {
		d.t.Errorf("still in: %s (%v)", why, err)
	}
}

func code(err error) contracts.FaultCode {
	if !contracts.IsFault(err) {
		return ""
	}
	return contracts.FaultsOf(err)[0].Code
}

func (d *door) events(id string) (out []string) {
	d.t.Helper()
	all, err := d.Events(d.t.Context(), id, 100)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range all {
		out = append(out, e.Event)
	}
	slices.Reverse(out)
	return out
}

func TestAMemberComesInByPasswordAndStaffNotByPasswordAlone(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.add("member@example.org", "m1", access.Member)
		d.add("Manager@Example.org", "", access.Manager)
		token, stage, err := d.signIn("MEMBER@example.org ", good)
		if err != nil || stage != account.Full {
			t.Fatal(stage, err)
		}
		d.in(token, account.Full)
		token, stage, err = d.signIn("manager@example.org", good)
		if err != nil || stage != account.Enrol {
			t.Fatal(stage, err)
		}
		d.in(token, account.Enrol)
	})
}

// The answer to a wrong password and to a name that nobody has is the same, also for one who is disabled or has not come yet.
func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.add("member@example.org", "m1", access.Member)
		gone := d.add("gone@example.org", "m2", access.Member)
		if err := d.Disable(t.Context(), from, gone.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Invite(t.Context(), from, account.Person{Name: "New", Email: "new@example.org", Roles: []access.Role{access.Adviser}}); err != nil {
			t.Fatal(err)
		}
		_, _, want := d.signIn("member@example.org", other)
		if code(want) != account.FaultSignIn {
			t.Fatal(want)
		}
		for _, email := range []string{"nobody@example.org", "new@example.org", "", "not an address"} {
			if _, _, err := d.signIn(email, other); err == nil || err.Error() != want.Error() {
				t.Errorf("%q: %v", email, err)
			}
		}
		if _, _, err := d.signIn("gone@example.org", good); err == nil || err.Error() != want.Error() {
			t.Errorf("disabled: %v", err)
		}
	})
}

func TestAWrongPasswordTakesAsLongForNobody(t *testing.T) {
	d := quick(t)
	d.add("member@example.org", "m1", access.Member)
	took := func(email string) time.Duration {
		best := time.Hour
		for range 4 {
			began := time.Now()
			_, _, err := d.signIn(email, other)
			best = min(best, time.Since(began))
			if code(err) != account.FaultSignIn {
				t.Fatal(err)
			}
		}
		return best
	}
	known, unknown := took("member@example.org"), took("nobody@example.org")
	if ratio := float64(known) / float64(unknown); ratio > 3 || ratio < 1/3. {
		t.Errorf("known %s, unknown %s", known, unknown)
	}
}

func TestTriesCostTime(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.add("member@example.org", "m1", access.Member)
		refused, waited := 0, time.Duration(0)
		for range 40 {
			_, _, err := d.signIn("member@example.org", other)
			wait, early := errors.AsType[account.TooMany](err)
			switch {
			case early && (code(err) != account.FaultTooMany || wait.Wait > 15*time.Minute):
				t.Fatal(err)
			case early:
				waited += wait.Wait
				d.now = d.now.Add(wait.Wait)
			default:
				refused++
			}
		}
		if refused < 15 || refused > 25 || waited < time.Hour {
			t.Errorf("%d tries were weighed in %s", refused, waited)
		}
		d.now = d.now.Add(15 * time.Minute)
		if _, stage, err := d.signIn("member@example.org", good); err != nil || stage != account.Full {
			t.Errorf("the owner comes in after a quarter of an hour at most: %v", err)
		}
		if _, _, err := d.signIn("member@example.org", other); code(err) != account.FaultSignIn {
			t.Errorf("and begins anew: %v", err)
		}
	})
}

// Whoever tries one password at many names is held up by his address.
func TestTriesOfOneAddressCostTime(t *testing.T) {
	d := quick(t)
	weighed := 0
	for i := range 40 {
		if _, _, err := d.signIn(strings.Repeat("x", i+1)+"@example.org", other); code(err) == account.FaultSignIn {
			weighed++
		}
	}
	if weighed != 30 {
		t.Errorf("%d names were tried", weighed)
	}
}

func TestASessionEnds(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.add("member@example.org", "m1", access.Member)
		enter := func() string {
			token, _, err := d.signIn("member@example.org", good)
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		idle := enter()
		d.now = d.now.Add(29 * time.Minute)
		d.in(idle, account.Full)
		d.now = d.now.Add(29 * time.Minute)
		d.in(idle, account.Full)
		d.now = d.now.Add(30 * time.Minute)
		d.out(idle, "after 30 minutes without a request")
		long := enter()
		for range 35 {
			d.now = d.now.Add(20 * time.Minute)
			d.in(long, account.Full)
		}
		d.now = d.now.Add(20 * time.Minute)
		d.out(long, "after 12 hours")
		left := enter()
		if err := d.SignOut(t.Context(), from, left); err != nil {
			t.Fatal(err)
		}
		d.out(left, "signed out")
	})
}

// A token that somebody put into the browser before the sign-in is worth nothing after it.
func TestSigningInGivesANewTokenAndEndsTheOld(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.add("member@example.org", "m1", access.Member)
		planted, _, err := d.signIn("member@example.org", good)
		if err != nil {
			t.Fatal(err)
		}
		token, _, err := d.SignIn(t.Context(), from, "member@example.org", good, planted)
		if err != nil || token == planted {
			t.Fatal(err)
		}
		d.out(planted, "the old token")
		d.in(token, account.Full)
		var kept int
		if err := d.DB.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM account_session WHERE hash = $1`, token).Scan(&kept); err != nil || kept != 0 {
			t.Errorf("the store keeps the token itself: %v", err)
		}
	})
}

func TestWhoIsDisabledIsOutAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		who := d.add("member@example.org", "m1", access.Member)
		first, _, err := d.signIn("member@example.org", good)
		if err != nil {
			t.Fatal(err)
		}
		second, _, err := d.signIn("member@example.org", good)
		if err != nil {
			t.Fatal(err)
		}
		d.in(first, account.Full)
		d.in(second, account.Full)
		if err := d.Disable(t.Context(), from, who.ID); err != nil {
			t.Fatal(err)
		}
		d.out(first, "disabled")
		d.out(second, "disabled")
		if err := d.Enable(t.Context(), from, who.ID); err != nil {
			t.Fatal(err)
		}
		d.out(first, "disabled and enabled again")
		want := []string{"invited", "link-used", "password-set", "signed-in", "signed-in", "signed-in", "disabled", "enabled"}
		if got := d.events(who.ID); !slices.Equal(got, want) {
			t.Errorf("the log tells %v", got)
		}
	})
}

func TestTheLastDoorkeeperStays(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		only := d.add("manager@example.org", "", access.Manager)
		if err := d.Disable(t.Context(), from, only.ID); code(err) != account.FaultLastOne {
			t.Errorf("disable: %v", err)
		}
		if err := d.SetRoles(t.Context(), from, only.ID, []access.Role{access.Auditor}, ""); code(err) != account.FaultLastOne {
			t.Errorf("roles: %v", err)
		}
		d.add("second@example.org", "", access.Manager)
		if err := d.Disable(t.Context(), from, only.ID); err != nil {
			t.Error(err)
		}
	})
}

func TestALinkIsUsedOnceAndOnlyTheNewest(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		first, err := d.Invite(t.Context(), from, account.Person{Name: "A", Email: "a@example.org", Roles: []access.Role{access.Adviser}})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(first.Link, "https://be.example.coop/invitation/") {
			t.Error(first.Link)
		}
		if _, err := d.Invite(t.Context(), from, account.Person{Name: "B", Email: "A@Example.org", Roles: []access.Role{access.Adviser}}); code(err) != account.FaultTaken {
			t.Errorf("a second account of the address: %v", err)
		}
		newer, err := d.InviteAnew(t.Context(), from, first.Account)
		if err != nil {
			t.Fatal(err)
		}
		take := func(i account.Invitation, password string) error {
			_, _, err := d.TakeUp(t.Context(), from, tokenOf(i.Link), "Anna", password, "")
			return err
		}
		if err := take(first, good); code(err) != account.FaultLink {
			t.Errorf("the older link: %v", err)
		}
		if err := take(newer, "short"); code(err) != account.FaultPassword {
			t.Errorf("a weak password: %v", err)
		}
		if err := take(newer, good); err != nil {
			t.Error(err)
		}
		if err := take(newer, other); code(err) != account.FaultLink {
			t.Errorf("used twice: %v", err)
		}
		late, err := d.InviteAnew(t.Context(), from, first.Account)
		if err != nil {
			t.Fatal(err)
		}
		d.now = d.now.Add(account.InvitationTime)
		if err := take(late, good); code(err) != account.FaultLink {
			t.Errorf("after seven days: %v", err)
		}
	})
}

func TestATokenLetsAProgramIn(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		if _, err := d.MakeToken(t.Context(), "x", []access.Role{access.Operator}, ""); code(err) != contracts.FaultInvalid {
			t.Errorf("a role of the hub: %v", err)
		}
		token, err := d.MakeToken(t.Context(), "payroll", []access.Role{access.Accountant}, "")
		if err != nil || !strings.HasPrefix(token, "pat_") {
			t.Fatal(err)
		}
		who, err := d.whoIs("Bearer " + token)
		if err != nil || who.Name != "payroll" || !who.Program || !who.Has(access.Accountant) {
			t.Errorf("%+v %v", who, err)
		}
		for _, header := range []string{"Bearer " + token + "0", "Bearer pat_", "Basic " + token, token, "Bearer"} {
			if who, err := d.whoIs(header); err == nil || who.SignedIn() {
				t.Errorf("%q lets in %+v", header, who)
			}
		}
		all, err := d.Tokens(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatal(err)
		}
		d.now = d.now.Add(account.TokenTime)
		if _, err := d.whoIs("Bearer " + token); code(err) != account.FaultToken {
			t.Errorf("after its end: %v", err)
		}
		d.now = d.now.Add(-time.Hour)
		if err := d.RevokeToken(t.Context(), from, all[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.whoIs("Bearer " + token); code(err) != account.FaultToken {
			t.Errorf("revoked: %v", err)
		}
	})
}

func TestAPersonaIsNobodyOutsideTheDemonstration(t *testing.T) {
	storagetest.Each(t, tables, func(t *testing.T, db *storage.DB) {
		demo := open(t, db, func(o *account.Options) { o.Demonstration = true })
		real := open(t, db)
		if err := demo.AddPersonas(t.Context(), account.Persona{Role: access.Manager, Name: "Demonstration manager"}); err != nil {
			t.Fatal(err)
		}
		all, err := demo.Personas(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatal(err)
		}
		token, err := demo.Become(t.Context(), from, all[0].ID, "")
		if err != nil {
			t.Fatal(err)
		}
		demo.in(token, account.Full)
		real.out(token, "the session of a persona")
		if _, err := real.Become(t.Context(), from, all[0].ID, ""); err == nil {
			t.Error("a persona in production")
		}
		if all, err := real.Personas(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("personas in production: %v", all)
		}
		person := demo.add("p@example.org", "", access.Manager)
		if _, err := demo.Become(t.Context(), from, person.ID, ""); err == nil {
			t.Error("a person without a password, in the demonstration")
		}
	})
}

func TestTheSecurityLogIsAppendOnly(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.add("member@example.org", "m1", access.Member)
		for _, statement := range []string{`UPDATE account_event SET note = 'x'`, `DELETE FROM account_event`} {
			err := d.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.ExecContext(ctx, statement)
				return err
			})
			if err == nil {
				t.Errorf("%s was done", statement)
			}
		}
	})
}

func TestAnAddressMustBeSafeForCookies(t *testing.T) {
	for address, fine := range map[string]bool{
		"https://be.example.coop": true, "http://localhost:8081": true, "http://127.0.0.1:8081": true, "http://[::1]:1": true,
		"http://be.example.coop": false, "https://be.example.coop/x": false, "https://u:p@be.example.coop": false, "ftp://localhost": false, "https:": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := account.New(account.Options{Party: "be", URL: u}); (err == nil) != fine {
			t.Errorf("%s: %v", address, err)
		}
	}
}
