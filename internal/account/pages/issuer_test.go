package pages_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"passerelle/internal/account"
)

const clientSecret = "secret of the program"

// issuer is a small identity provider. It lets everybody in as the claims say, and gives a token for each code once, to whoever has the secret
// and what the challenge was made of.
type issuer struct {
	*httptest.Server
	key, other *rsa.PrivateKey
	now        func() time.Time

	mu      sync.Mutex
	asked   map[string]url.Values // of the codes that nobody has exchanged
	claims  map[string]any        // instead of what a token says by itself; nil leaves a claim out
	foreign bool                  // sign with another key
	none    bool                  // do not sign
}

func provide(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{asked: map[string]url.Values{}, claims: map[string]any{}, now: time.Now}
	for _, key := range []**rsa.PrivateKey{&i.key, &i.other} {
		var err error
		if *key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			t.Fatal(err)
		}
	}
	mux := http.NewServeMux()
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{"keys": []any{map[string]string{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", "n": b64(i.key.N.Bytes()), "e": b64(big.NewInt(int64(i.key.E)).Bytes())}}})
	})
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	return i
}

func say(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// authorize sends everybody back at once with a code.
func (i *issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	code := rand.Text()
	i.mu.Lock()
	i.asked[code] = q
	i.mu.Unlock()
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusSeeOther)
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	asked, known := i.asked[r.PostFormValue("code")]
	delete(i.asked, r.PostFormValue("code"))
	name, secret, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case !known, secret != url.QueryEscape(clientSecret), name != asked.Get("client_id"), r.PostFormValue("redirect_uri") != asked.Get("redirect_uri"),
		asked.Get("code_challenge_method") != "S256", asked.Get("code_challenge") != b64(sum[:]), asked.Get("nonce") == "", asked.Get("state") == "":
		w.WriteHeader(http.StatusBadRequest)
		say(w, map[string]string{"error": "invalid_grant"})
		return
	}
	now := i.now()
	claims := map[string]any{"iss": i.URL, "aud": name, "sub": "subject-1", "nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"email": "anna@example.org", "email_verified": true}
	maps.Copy(claims, i.claims)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	say(w, map[string]any{"access_token": "unused", "token_type": "Bearer", "id_token": i.sign(claims)})
}

func (i *issuer) sign(claims map[string]any) string {
	body, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	if i.none {
		return b64([]byte(`{"alg":"none"}`)) + "." + b64(body) + "."
	}
	signed := b64([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + b64(body)
	sum, key := sha256.Sum256([]byte(signed)), i.key
	if i.foreign {
		key = i.other
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return signed + "." + b64(signature)
}

// says changes what the next tokens say: pairs of claim and value.
func (i *issuer) says(pairs ...any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	clear(i.claims)
	for k := 0; k+1 < len(pairs); k += 2 {
		i.claims[pairs[k].(string)] = pairs[k+1]
	}
}

// at lets people of a program in by the provider.
func at(i *issuer) func(o *account.Options) {
	return func(o *account.Options) {
		o.Provider = &account.Provider{Issuer: i.URL, Client: "passerelle", Secret: clientSecret}
	}
}
