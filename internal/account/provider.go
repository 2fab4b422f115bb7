package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Provider is where a co-operative's people sign in already, by OpenID Connect. It makes no accounts: it only says who somebody is.
type Provider struct {
	Issuer string       // as its tokens name it, to the letter: https, or http on a loopback host
	Client string       // name of this program there
	Secret string       // of this program there; empty for a public client
	HTTP   *http.Client // nil for one that waits providerTime
}

const (
	providerTime = 10 * time.Second
	kindProvider = "provider"
	byProvider   = "identity provider" // in the security log

	// ProviderBack is the path to which the provider sends people back. It is registered there with the public address before it, to the letter.
	ProviderBack = "/sign-in/provider/back"
)

// signatures are those a token may bear: of a key pair, so that nobody who knows our secret can write one.
var signatures = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// strong are the values of acr that stand for two factors: of REFEDS, of the OpenID Extended Authentication Profile, and of PAPE.
var strong = []string{"https://refeds.org/profile/mfa", "phr", "phrh", "http://schemas.openid.net/pape/policies/2007/06/multi-factor"}

func checkProvider(p *Provider) error {
	if p == nil {
		return nil
	}
	u, err := url.Parse(p.Issuer)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "--oidc-issuer", Message: "this is no address of an identity provider", Remedy: "give its issuer as its tokens name it, such as https://login.example.coop/realms/coop"}
	case p.Client == "":
		return contracts.Fault{Code: contracts.FaultMissing, Field: "--oidc-client", Message: "the identity provider does not know this program without a name", Remedy: "give the client id that this program has there"}
	}
	return nil
}

// ProviderName is how people know the identity provider: by its host. Empty when there is none.
func (a *Accounts) ProviderName() string {
	if a.Provider == nil {
		return ""
	}
	u, err := url.Parse(a.Provider.Issuer)
	if err != nil {
		return a.Provider.Issuer // New has refused it
	}
	return u.Hostname()
}

// refusedByProvider is the one answer to whatever came back and does not let somebody in; why is for the program's own log.
func refusedByProvider() error {
	return contracts.Fault{Code: FaultProvider, Message: "signing in at the identity provider did not let you in", Remedy: "try again, or come in another way; ask whoever lets people in whether you are invited with the e-mail address you have there"}
}

// asked is what was sent along with somebody to the provider.
type asked struct {
	Nonce    string `json:"nonce"` // hash of the secret in his browser
	Verifier string `json:"verifier"`
	To       string `json:"to"`
}

// BeginProvider returns the address at the provider to which the browser goes, and a secret that it brings back in ProviderCookie: who starts
// in one browser cannot finish in another. to is the page he wanted.
func (a *Accounts) BeginProvider(ctx context.Context, from Asker, to string) (address, browser string, err error) {
	client, _, err := a.oidcClient(ctx)
	if err != nil {
		a.Log.ErrorContext(ctx, "ask the identity provider", "err", err)
		return "", "", refusedByProvider()
	}
	state, browser := secret(), secret()
	sent := asked{Nonce: hashOf(browser), Verifier: oauth2.GenerateVerifier(), To: to}
	if err := a.challenge(ctx, from, kindProvider, "", state, sent); err != nil {
		return "", "", err
	}
	recent := oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(freshTime.Seconds()))) // whoever has just signed in may change what lets him in
	return client.AuthCodeURL(state, oauth2.S256ChallengeOption(sent.Verifier), oidc.Nonce(sent.Nonce), recent), browser, nil
}

// oidcClient is this program as the provider knows it, and what weighs its tokens.
func (a *Accounts) oidcClient(ctx context.Context) (*oauth2.Config, *oidc.IDTokenVerifier, error) {
	provider, err := a.findProvider(ctx)
	if err != nil {
		return nil, nil, err
	}
	var says struct {
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := provider.Claims(&says); err != nil {
		return nil, nil, err
	}
	at := provider.Endpoint()
	at.AuthStyle = oauth2.AuthStyleInHeader // what all speak who say nothing (OpenID Connect Discovery 1.0, section 3)
	if a.Provider.Secret == "" || slices.Contains(says.Methods, "client_secret_post") && !slices.Contains(says.Methods, "client_secret_basic") {
		at.AuthStyle = oauth2.AuthStyleInParams
	}
	client := &oauth2.Config{ClientID: a.Provider.Client, ClientSecret: a.Provider.Secret, Endpoint: at, RedirectURL: a.URL.String() + ProviderBack, Scopes: []string{oidc.ScopeOpenID, oidc.ScopeEmail}}
	return client, provider.Verifier(&oidc.Config{ClientID: a.Provider.Client, SupportedSigningAlgs: signatures, Now: a.Now}), nil
}

// findProvider reads what the provider says of itself, once it is needed: one that is away keeps the program from nothing else.
func (a *Accounts) findProvider(ctx context.Context) (*oidc.Provider, error) {
	if provider := a.found.Load(); provider != nil {
		return provider, nil
	}
	provider, err := oidc.NewProvider(a.toProvider(ctx), a.Provider.Issuer)
	if err != nil {
		return nil, fmt.Errorf("identity provider %s: %w", a.Provider.Issuer, err)
	}
	a.found.Store(provider)
	return provider, nil
}

func (a *Accounts) toProvider(ctx context.Context) context.Context {
	client := a.Provider.HTTP
	if client == nil {
		client = &http.Client{Timeout: providerTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }} // only what it names itself is called
	}
	return oidc.ClientContext(ctx, client)
}

// ProviderSignIn weighs what the provider sent back: query is that of the address, browser the secret in ProviderCookie. It opens a session:
// Full when the provider says that two factors were shown, else of the stage that a right password gives. It returns the page that was wanted.
func (a *Accounts) ProviderSignIn(ctx context.Context, from Asker, query url.Values, browser, old string) (token string, stage Stage, to string, err error) {
	at := limitAddress(from.Address)
	if err := a.try(ctx, at); err != nil {
		return "", "", "", err
	}
	said, to, err := a.heard(ctx, query, browser)
	if err == nil {
		token, stage, err = a.admit(ctx, from, at, said, old)
	}
	if why, ok := errors.AsType[notLetIn](err); ok {
		a.Log.WarnContext(ctx, "sign in at the identity provider", "reference", from.Request, "account", why.account, "err", err)
		err = a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
			return a.note(ctx, tx, from, EventRefused, why.account, byProvider)
		})
		if err == nil {
			err = refusedByProvider()
		}
	}
	return token, stage, to, err
}

// admit opens the session of whoever it is.
func (a *Accounts) admit(ctx context.Context, from Asker, at limit, said identity, old string) (token string, stage Stage, err error) {
	err = a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		who, err := a.identified(ctx, tx, from, said)
		if err != nil {
			return err
		}
		if stage = stageAfterPassword(who); said.twoFactors() {
			stage = Full
		}
		if stage != Second { // else the tries are forgotten when the second factor is right too
			if err := succeeded(ctx, tx, limitAccount(who.Email), at); err != nil {
				return err
			}
		}
		token, err = a.enter(ctx, tx, from, who, stage, old, byProvider)
		return err
	})
	return token, stage, err
}

// identified is the account of whoever the provider names: by issuer and subject, and the first time by an e-mail address of which the
// provider says that it is his. An address that has come to somebody else there opens nothing.
func (a *Accounts) identified(ctx context.Context, tx *storage.Tx, from Asker, said identity) (Account, error) {
	who, known, err := bySubject(ctx, tx, said.issuer, said.subject)
	if err != nil {
		return who, err
	}
	first := !known
	if first {
		if !said.Verified || said.Email == "" {
			return who, notLetIn{"", errors.New("nobody has this subject, and the e-mail address is not verified")}
		}
		if who, known, err = byEmail(ctx, tx, said.Email); err != nil {
			return who, err
		}
	}
	switch {
	case !known:
		return who, notLetIn{"", errors.New("nobody is invited with this e-mail address")}
	case !a.mayBeIn(who) || who.Demonstration:
		return who, notLetIn{who.ID, errors.New("the account cannot be used")}
	case !first:
		return who, nil
	case who.subject != "" && who.issuer == said.issuer:
		return who, notLetIn{who.ID, errors.New("the account is somebody else's at the provider")}
	}
	from.Account = who.ID
	return who, errors.Join(set(ctx, tx, who.ID, "issuer", said.issuer), set(ctx, tx, who.ID, "subject", said.subject), a.note(ctx, tx, from, EventLinked, who.ID, said.issuer))
}
