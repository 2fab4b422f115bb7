package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/storage"
	"passerelle/nodes"
	"passerelle/nodes/store"
)

// accountCommand lets the first manager or operator in, who invites the others from the pages.
type accountCommand struct {
	Invite  accountInvite  `cmd:"" help:"Make an account and print the link that lets its person in, once, within seven days. An address that has an account gets a new link, and loses password, codes and passkeys."`
	List    accountList    `cmd:"" help:"List who may come in."`
	Disable accountDisable `cmd:"" help:"Shut somebody out, at once and in every browser."`
	Token   accountToken   `cmd:"" help:"Make a token for a program, and print it: it is shown this once."`
}

// doorOf names the database on which an account command works.
type doorOf struct {
	Party string `help:"Whose accounts: hub, or a country such as be." required:""`
	DB    string `help:"Its database: a file for SQLite, or postgres://user@host/name; default passerelle-data/<party>.db." placeholder:"DSN"`
	URL   string `help:"Address at which people reach the program; links begin with it." default:"http://localhost:8080" env:"PASSERELLE_URL"`
	JSON  bool   `help:"Print JSON."`
}

// work runs do on the accounts of a party, whose program must not run.
func (f doorOf) work(ctx context.Context, do func(a *account.Accounts) error) (err error) {
	self, err := anyParty(f.Party)
	if err != nil {
		return err
	}
	if f.DB == "" {
		f.DB = filepath.Join(ownFolder, string(self)+".db")
	}
	o := account.Options{Party: self, Now: time.Now}
	if o.URL, err = publicURL(f.URL, ""); err != nil {
		return err
	}
	sets := hub.Migrations()
	if self != contracts.Hub {
		sets = nodes.Migrations()
	}
	if o.DB, err = storage.OpenFor(ctx, string(self), f.DB, sets...); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.DB.Close()) }()
	lease, err := o.DB.Lease(ctx, "account")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lease.Release()) }()
	a, err := account.New(o)
	if err != nil {
		return err
	}
	return do(a)
}

// memberID finds the member with a reference, when the role is a member's.
func memberID(ctx context.Context, a *account.Accounts, reference string) (string, error) {
	if reference == "" {
		return "", nil
	}
	if a.Party == contracts.Hub {
		return "", contracts.Fault{Code: contracts.FaultInvalid, Field: "--member", Message: "the hub has no members", Remedy: "leave it out"}
	}
	m, found, err := store.Store{}.MemberByReference(ctx, a.DB, access.Program(), reference)
	if err == nil && !found {
		err = contracts.Fault{Code: contracts.FaultInvalid, Field: "--member", Message: fmt.Sprintf("no member has the reference %.40q", reference), Remedy: "take it from the page Members"}
	}
	return string(m.ID), err
}

func rolesOf(names []string) []access.Role {
	roles := make([]access.Role, len(names))
	for i, n := range names {
		roles[i] = access.Role(n)
	}
	return roles
}

type accountInvite struct {
	doorOf
	Email  string   `help:"Address of the person." required:""`
	Name   string   `help:"What the person is called; he can change it."`
	Role   []string `help:"What he may do: member, adviser, accountant, manager, auditor at a node; board, operator, auditor at the hub." required:""`
	Member string   `help:"Reference of the member that he is, for the role member."`
}

// Run makes the account and prints the link.
func (c accountInvite) Run(ctx context.Context, o output) error {
	var made account.Invitation
	err := c.work(ctx, func(a *account.Accounts) (err error) {
		made, err = c.invite(ctx, a)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(o, made)
	}
	fmt.Fprintf(o.out, "%s\n\nGive this link to %s. It works once, until %s.\n", made.Link, made.Email, made.Until.UTC().Format(time.RFC3339))
	return nil
}

func (c accountInvite) invite(ctx context.Context, a *account.Accounts) (account.Invitation, error) {
	who, known, err := a.ByEmail(ctx, c.Email)
	if err != nil {
		return account.Invitation{}, err
	}
	member, err := memberID(ctx, a, c.Member)
	if err != nil {
		return account.Invitation{}, err
	}
	if !known {
		return a.Invite(ctx, account.Asker{}, account.Person{Name: c.Name, Email: c.Email, Roles: rolesOf(c.Role), Member: member})
	}
	if err := errors.Join(a.Enable(ctx, account.Asker{}, who.ID), a.SetRoles(ctx, account.Asker{}, who.ID, rolesOf(c.Role), member)); err != nil {
		return account.Invitation{}, err
	}
	return a.InviteAnew(ctx, account.Asker{}, who.ID)
}

type accountList struct{ doorOf }

// Run prints the accounts.
func (c accountList) Run(ctx context.Context, o output) error {
	var all []account.Account
	err := c.work(ctx, func(a *account.Accounts) (err error) {
		all, err = a.List(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(o, all)
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "e-mail\tname\troles\tcomes in by\tdisabled")
	for _, a := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Email, a.Name, roleNames(a.Roles), waysIn(a), instant(a.Disabled))
	}
	return w.Flush()
}

func roleNames(roles []access.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

func waysIn(a account.Account) string {
	var ways []string
	if a.HasPassword {
		ways = append(ways, "password")
	}
	if a.HasCodes {
		ways = append(ways, "codes")
	}
	if a.Passkeys > 0 {
		ways = append(ways, "passkey")
	}
	if a.AtProvider {
		ways = append(ways, "identity provider")
	}
	if len(ways) == 0 {
		return "invitation"
	}
	return strings.Join(ways, ", ")
}

type accountDisable struct {
	doorOf
	Email string `help:"Address of the person." required:""`
}

// Run disables the account.
func (c accountDisable) Run(ctx context.Context, o output) error {
	err := c.work(ctx, func(a *account.Accounts) error {
		who, known, err := a.ByEmail(ctx, c.Email)
		if err == nil && !known {
			err = contracts.Fault{Code: account.FaultUnknown, Field: "--email", Message: "this address has no account", Remedy: "passerelle account list shows them"}
		}
		if err != nil {
			return err
		}
		return a.Disable(ctx, account.Asker{}, who.ID)
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(o, map[string]string{"disabled": c.Email})
	}
	fmt.Fprintf(o.out, "%s is shut out\n", c.Email)
	return nil
}

type accountToken struct {
	doorOf
	Name   string   `help:"What it is for, as it is listed." required:""`
	Role   []string `help:"What the program may do, as for a person." required:""`
	Member string   `help:"Reference of the member for whom it acts, for the role member."`
	Days   int      `help:"How long it lasts." default:"365"`
}

// Run makes the token and prints it alone, so that it can go into a file.
func (c accountToken) Run(ctx context.Context, o output) error {
	var token string
	until := time.Now().AddDate(0, 0, c.Days)
	err := c.work(ctx, func(a *account.Accounts) error {
		member, err := memberID(ctx, a, c.Member)
		if err != nil {
			return err
		}
		token, err = a.MakeTokenUntil(ctx, account.Asker{}, account.Token{Name: c.Name, Roles: rolesOf(c.Role), Member: member, Until: until})
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(o, map[string]string{"token": token, "until": until.UTC().Format(time.RFC3339)})
	}
	fmt.Fprintln(o.out, token)
	return nil
}
