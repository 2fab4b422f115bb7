// Package account finds out who somebody is, at the hub and at each node: accounts and their invitations, passwords, one-time codes,
// passkeys, an identity provider, sessions, tokens of programs, and the log of all that.
//
// It does not decide who may do what: that is declared beside each route and read by package access. Its pages are in account/pages.
package account

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of accounts, which every party has.
func Migrations() storage.MigrationSet {
	return storage.Embedded("account", files)
}

// Options is what a program says of its accounts. DB and Party must be set.
type Options struct {
	DB    *storage.DB
	Party contracts.PartyID
	URL   *url.URL // where people reach the program: https, or http on a loopback host; default http://localhost
	Place string   // name of the party for people: "Belgium"
	Now   func() time.Time
	Log   *slog.Logger

	Mail    Mailer         // nil: a link is shown to whoever invites, to hand over
	Proxies []netip.Prefix // whose X-Forwarded-For is believed
	Member  MemberFinder   // nil where there are no members

	Provider *Provider // where people may sign in too; nil for none

	Demonstration bool // lets people in without a password, as one of the personas
}

// MemberFinder finds the member with a reference: the id, and the name for people. A reference that nobody has is a Fault.
type MemberFinder func(ctx context.Context, reference string) (id, name string, err error)

// Accounts is the feature.
type Accounts struct {
	Options
	hashing chan struct{}                 // bounds how many passwords are weighed at once, each of which takes 19 MiB
	behind  sync.WaitGroup                // what goes on behind an answer
	found   atomic.Pointer[oidc.Provider] // what it says of itself
}

// New checks the options.
func New(o Options) (*Accounts, error) {
	if o.URL == nil {
		o.URL = &url.URL{Scheme: "http", Host: "localhost"}
	}
	if err := errors.Join(checkURL(o.URL), checkProvider(o.Provider)); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Accounts{Options: o, hashing: make(chan struct{}, 4)}, nil
}

// checkURL demands an address at which cookies and passkeys are safe.
func checkURL(u *url.URL) error {
	if u != nil && u.Host != "" && u.Path == "" && u.RawQuery == "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())) {
		return nil
	}
	return contracts.Fault{Code: contracts.FaultInvalid, Field: "--url", Message: "people cannot sign in safely at this address",
		Remedy: "give the public address without a path, such as https://be.example.coop; http is for http://localhost alone"}
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Account is a person who may come in.
type Account struct {
	ID            string        `json:"id"` // opaque
	Name          string        `json:"name"`
	Email         string        `json:"email"` // whatever its capitals, it stands for one account
	Roles         []access.Role `json:"roles"`
	Member        string        `json:"member,omitzero"` // id of the member that the person is
	Language      string        `json:"language,omitzero"`
	Demonstration bool          `json:"demonstration,omitzero"`
	Made          time.Time     `json:"made"`
	Disabled      time.Time     `json:"disabled,omitzero"` // nobody is deleted
	HasPassword   bool          `json:"has_password"`      // false until the invitation is taken up
	HasCodes      bool          `json:"has_codes"`         // of an authenticator
	Passkeys      int           `json:"passkeys"`
	AtProvider    bool          `json:"at_provider"` // came from the identity provider at least once

	password, totp, totpNew, issuer, subject string
	totpStep                                 int64
}

// Staff tells whether the account is more than a member's, and so needs a second factor.
func (a Account) Staff() bool {
	return slices.ContainsFunc(a.Roles, func(r access.Role) bool { return r != access.Member })
}

// TwoFactors tells whether there is something beside the password.
func (a Account) TwoFactors() bool { return a.HasCodes || a.Passkeys > 0 }

// Faults of accounts.
const (
	FaultSignIn    contracts.FaultCode = "sign-in-refused" // name, password or code is not right, and which is not said
	FaultTooMany                       = web.FaultTooMany  // the next try counts later; TooMany says when
	FaultPassword  contracts.FaultCode = "password"        // one that is too short or that everybody tries first
	FaultTaken     contracts.FaultCode = "email-taken"     // an e-mail address that has an account
	FaultLink      contracts.FaultCode = "link"            // one that is not known, used, or too old
	FaultLastOne   contracts.FaultCode = "last-one"        // what would leave nobody to let people in
	FaultUnknown   contracts.FaultCode = "unknown-account"
	FaultCode      contracts.FaultCode = "code"      // a one-time code that is not right
	FaultNotFresh  contracts.FaultCode = "not-fresh" // who came in a while ago proves anew who he is
	FaultPasskey   contracts.FaultCode = "passkey"
	FaultProvider  contracts.FaultCode = "identity-provider"
	FaultPersona   contracts.FaultCode = "persona"
	FaultLastProof contracts.FaultCode = "last-second-factor" // that staff cannot be without
)

// Asker is where a request comes from, for limits and the log.
type Asker struct {
	Account string // who does it, if he is signed in
	Address string // of the network
	Agent   string // how his browser calls itself
	Request string // reference of the request

	Language string // of the page he sees, as ISO 639-1
}

// newID is opaque: 130 random bits.
func newID() string { return strings.ToLower(rand.Text()) }

// checkPerson weighs what an account is made of.
func checkPerson(party contracts.PartyID, name, email string, roles []access.Role, member string) error {
	var fs contracts.Faults
	fs.Add("name", checkText(name, 200))
	fs.Add("email", checkEmail(email))
	fs.Add("roles", checkRoles(party, roles))
	if isMember := slices.Contains(roles, access.Member); isMember != (member != "") {
		fs.Addf(contracts.FaultMissing, "member", "name the member when the role is member, and only then", "role and member do not go together")
	}
	return fs.Err()
}

func checkRoles(party contracts.PartyID, roles []access.Role) error {
	if len(roles) == 0 {
		return contracts.Fault{Code: contracts.FaultMissing, Message: "no role", Remedy: "choose at least one"}
	}
	for _, r := range roles {
		if !slices.Contains(access.Roles(party), r) {
			return contracts.Fault{Code: contracts.FaultInvalid, Message: "there is no such role here", Remedy: "choose one of " + roleList(access.Roles(party))}
		}
	}
	return nil
}

func roleList(roles []access.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

func checkText(s string, most int) error {
	switch {
	case strings.TrimSpace(s) == "":
		return contracts.Fault{Code: contracts.FaultMissing, Message: "nothing is given", Remedy: "fill it in"}
	case len(s) > most:
		return contracts.Fault{Code: contracts.FaultTooLarge, Message: "this is too long", Remedy: "shorten it"}
	case strings.ToValidUTF8(s, "") != s || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }):
		return contracts.Fault{Code: contracts.FaultInvalid, Message: "this holds characters that cannot be shown", Remedy: "remove tabs and line breaks"}
	}
	return nil
}
