package account

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"golang.org/x/oauth2"
)

// notLetIn is why an answer of the identity provider opens nothing: for the program's own log, not for whoever sent it.
type notLetIn struct {
	account string // if it is known whose it would be
	why     error
}

func (n notLetIn) Error() string { return n.why.Error() }

// Unwrap is what broke.
func (n notLetIn) Unwrap() error { return n.why }

// identity is what a token of the provider says of somebody.
type identity struct {
	issuer, subject string

	Email    string   `json:"email"`
	Verified bool     `json:"email_verified"`
	Party    string   `json:"azp"`
	SignedIn int64    `json:"auth_time"` // in seconds of Unix time; 0 when the provider does not say
	Methods  []string `json:"amr"`
	Class    string   `json:"acr"`
}

// twoFactors tells whether the provider says that it saw two (RFC 8176, section 2: mfa).
func (i identity) twoFactors() bool {
	return slices.Contains(i.Methods, "mfa") || slices.Contains(strong, i.Class)
}

// heard weighs what came back from the provider, which counts once and in the browser that asked. An answer that does not count is notLetIn.
func (a *Accounts) heard(ctx context.Context, query url.Values, browser string) (said identity, to string, err error) {
	var sent asked
	if _, err := a.answered(ctx, kindProvider, query.Get("state"), &sent); err != nil {
		if errors.Is(err, errChallenge) {
			err = notLetIn{"", err}
		}
		return said, "", err
	}
	switch {
	case browser == "" || !same(sent.Nonce, hashOf(browser)):
		return said, "", notLetIn{"", errors.New("another browser asked")}
	case query.Get("error") != "":
		return said, "", notLetIn{"", fmt.Errorf("the provider says %.100q", query.Get("error"))}
	case query.Has("iss") && query.Get("iss") != a.Provider.Issuer: // RFC 9207
		return said, "", notLetIn{"", fmt.Errorf("another provider answered: %.100q", query.Get("iss"))}
	}
	if said, err = a.exchange(ctx, query.Get("code"), sent); err != nil {
		return said, "", notLetIn{"", err}
	}
	return said, sent.To, nil
}

func same(x, y string) bool { return subtle.ConstantTimeCompare([]byte(x), []byte(y)) == 1 }

// exchange gets the token for a code, and weighs it (OpenID Connect Core 1.0, section 3.1.3.7).
func (a *Accounts) exchange(ctx context.Context, code string, sent asked) (said identity, err error) {
	client, verifier, err := a.oidcClient(ctx)
	if err != nil {
		return said, err
	}
	answer, err := client.Exchange(a.toProvider(ctx), code, oauth2.VerifierOption(sent.Verifier))
	if err != nil {
		return said, fmt.Errorf("exchange the code: %w", err)
	}
	raw, _ := answer.Extra("id_token").(string) // absent is refused as empty
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		return said, err
	}
	if err := token.Claims(&said); err != nil {
		return said, err
	}
	said.issuer, said.subject = token.Issuer, token.Subject
	switch since := a.Now().Sub(time.Unix(said.SignedIn, 0)); {
	case !same(token.Nonce, sent.Nonce):
		return said, errors.New("the token was made for another sign-in")
	case len(token.Audience) != 1 && said.Party != client.ClientID, said.Party != "" && said.Party != client.ClientID:
		return said, errors.New("the token was made for another program")
	case said.subject == "" || len(said.subject) > 255:
		return said, errors.New("the token names nobody")
	case said.SignedIn != 0 && since > freshTime+clockSkew:
		return said, errors.New("who it is was shown to the provider too long ago")
	}
	return said, nil
}

// clockSkew is how far the provider's clock and ours may be apart.
const clockSkew = time.Minute
