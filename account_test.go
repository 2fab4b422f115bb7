package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/account"
)

// accounts runs account commands on a database of their own.
type accounts struct {
	t         *testing.T
	party, db string
}

// run demands an exit code, and the words in what was written.
func (a accounts) run(want int, says, line string) string {
	a.t.Helper()
	words := strings.Fields(line)
	args := append([]string{"account", words[0], "--party", a.party, "--db", a.db}, words[1:]...)
	code, out, errs := command(a.t, args...)
	if code != want || !strings.Contains(out+errs, says) {
		a.t.Errorf("account %s: exit %d, not %d saying %q\n%s%s", line, code, want, says, out, errs)
	}
	return out
}

func (a accounts) list() map[string]account.Account {
	a.t.Helper()
	var all []account.Account
	if err := json.Unmarshal([]byte(a.run(exitGood, "", "list --json")), &all); err != nil {
		a.t.Fatal(err)
	}
	byEmail := map[string]account.Account{}
	for _, who := range all {
		byEmail[who.Email] = who
	}
	return byEmail
}

func TestTheFirstPersonIsLetInFromTheCommandLine(t *testing.T) {
	a := accounts{t, "be", filepath.Join(t.TempDir(), "be.db")}
	link := regexp.MustCompile(`^https://be\.example\.coop/invitation/[0-9a-f]{64}\n`)
	first := a.run(exitGood, "Give this link to anna@example.org. It works once", "invite --url https://be.example.coop --role manager --email anna@example.org")
	again := a.run(exitGood, "works once", "invite --url https://be.example.coop --role manager --role accountant --email Anna@example.org")
	if !link.MatchString(first) || !link.MatchString(again) || link.FindString(first) == link.FindString(again) {
		t.Errorf("%q, then %q", first, again)
	}
	var made account.Invitation
	if err := json.Unmarshal([]byte(a.run(exitGood, "", "invite --role auditor --email bela@example.org --name Béla --json")), &made); err != nil || made.Email != "bela@example.org" || time.Until(made.Until) > account.InvitationTime {
		t.Errorf("%+v %v", made, err)
	}
	all := a.list()
	if anna, bela := all["anna@example.org"], all["bela@example.org"]; len(all) != 2 || len(anna.Roles) != 2 || anna.Roles[0] != access.Manager || bela.Name != "Béla" || bela.HasPassword {
		t.Errorf("%+v", all)
	}
	a.run(exitGood, "invitation", "list")

	a.run(exitGood, "bela@example.org is shut out", "disable --email bela@example.org")
	if a.list()["bela@example.org"].Disabled.IsZero() {
		t.Error("who is shut out is not disabled")
	}
	a.run(exitGood, `"disabled": "bela@example.org"`, "disable --email bela@example.org --json")
	a.run(exitGood, "works once", "invite --role auditor --email bela@example.org") // and may come in anew
	if !a.list()["bela@example.org"].Disabled.IsZero() {
		t.Error("who is invited anew is still disabled")
	}

	if token := a.run(exitGood, "", "token --role accountant --name payroll"); !regexp.MustCompile(`^pat_[0-9a-f]{64}\n$`).MatchString(token) {
		t.Errorf("more than a token goes into a file: %q", token)
	}
	var kept struct {
		Token string    `json:"token"`
		Until time.Time `json:"until"`
	}
	if err := json.Unmarshal([]byte(a.run(exitGood, "", "token --role auditor --name figures --days 2 --json")), &kept); err != nil || time.Until(kept.Until) > 49*time.Hour || kept.Token == "" {
		t.Errorf("%+v %v", kept, err)
	}
}

func TestAccountCommandsSayWhatIsWrong(t *testing.T) {
	be, hub := accounts{t, "be", filepath.Join(t.TempDir(), "be.db")}, accounts{t, "hub", filepath.Join(t.TempDir(), "hub.db")}
	be.run(exitGood, "", "invite --role manager --email anna@example.org")
	for line, says := range map[string]string{
		"invite --role operator --email x@example.org":                    "no such role",
		"invite --role adviser --email nonsense":                          "email",
		"invite --role member --email x@example.org":                      "name the member",
		"invite --role member --member M-1 --email x@example.org":         "no member has the reference",
		"invite --role adviser --email x@example.org --url http://be.org": "--url",
		"invite --email x@example.org":                                    "--role",
		"disable --email nobody@example.org":                              "no account",
		"disable --email anna@example.org":                                "nobody would be left",
		"token --role nobody --name x":                                    "no such role",
		"token --role auditor --name x --days 0":                          "over at once",
		"token --role member --name x":                                    "name the member",
	} {
		be.run(exitFailed, says, line)
	}
	hub.run(exitFailed, "the hub has no members", "invite --role board --member M-1 --email x@example.org")
	hub.run(exitFailed, "no such role", "invite --role manager --email x@example.org")
	hub.run(exitGood, "works once", "invite --role operator --email x@example.org")
	accounts{t, "xx", be.db}.run(exitFailed, "xx", "list")
	if all := be.list(); len(all) != 1 || !all["anna@example.org"].Disabled.IsZero() {
		t.Errorf("what was refused was done: %+v", all)
	}
}
