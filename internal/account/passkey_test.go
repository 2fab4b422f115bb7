package account_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/account"
)

// Flags of an authenticator's data (Web Authentication level 3, section 6.1).
const (
	flagPresent  = 1
	flagVerified = 4
	flagAttested = 0x40
)

// authenticator is one in software that can lie: each field is what it says, whatever the truth.
type authenticator struct {
	key     *ecdsa.PrivateKey
	id      []byte
	handle  string // account that it says it belongs to
	origin  string // of the page that asked
	host    string // for which it signs
	flags   byte
	counter uint32
}

func newAuthenticator(t *testing.T, handle string) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &authenticator{key: key, id: []byte(rand.Text()), handle: handle, origin: "https://be.example.coop", host: "be.example.coop", flags: flagPresent | flagVerified, counter: 1}
}

func b64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// data is what it signs: of which host, how it saw its user, and how often it has signed.
func (a *authenticator) data(flags byte) []byte {
	host := sha256.Sum256([]byte(a.host))
	return binary.BigEndian.AppendUint32(append(host[:], a.flags|flags), a.counter)
}

func (a *authenticator) client(t *testing.T, kind, challenge string) []byte {
	return marshal(t, map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false})
}

// attest is the answer to BeginPasskey: CBOR of an attestation of the format "none", with the key as COSE writes it (RFC 9053, section 7.1.1).
func (a *authenticator) attest(t *testing.T, challenge string) []byte {
	t.Helper()
	point, err := a.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	data := append(a.data(flagAttested), make([]byte, 16)...)
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(a.id))), a.id...)
	data = append(data, 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32)
	data = append(data, point[1:33]...)
	data = append(data, 0x22, 0x58, 32)
	data = append(data, point[33:]...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(len(data)))
	return a.answer(t, map[string]string{"clientDataJSON": b64url(a.client(t, "webauthn.create", challenge)), "attestationObject": b64url(append(object, data...))})
}

// assert is the answer to BeginPasskeySignIn.
func (a *authenticator) assert(t *testing.T, challenge string) []byte {
	t.Helper()
	client, data := a.client(t, "webauthn.get", challenge), a.data(0)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(slices.Clone(data), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, signed[:])
	if err != nil {
		t.Fatal(err)
	}
	return a.answer(t, map[string]string{"clientDataJSON": b64url(client), "authenticatorData": b64url(data), "signature": b64url(signature), "userHandle": b64url([]byte(a.handle))})
}

func (a *authenticator) answer(t *testing.T, response map[string]string) []byte {
	return marshal(t, map[string]any{"id": b64url(a.id), "rawId": b64url(a.id), "type": "public-key", "response": response})
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// asked is the challenge of what a browser is asked.
func asked(t *testing.T, options any, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		PublicKey struct {
			Challenge string `json:"challenge"`
		} `json:"publicKey"`
	}
	if err := json.Unmarshal(marshal(t, options), &read); err != nil || read.PublicKey.Challenge == "" {
		t.Fatal(err)
	}
	return read.PublicKey.Challenge
}

// keep registers an authenticator in the session.
func (d *door) keep(a *authenticator, s account.Session, token string) error {
	d.t.Helper()
	options, err := d.BeginPasskey(d.t.Context(), from, s.Account)
	_, err = d.FinishPasskey(d.t.Context(), from, s, "phone", a.attest(d.t, asked(d.t, options, err)), token)
	return err
}

func (d *door) byPasskey(a *authenticator) (body []byte, token string, err error) {
	d.t.Helper()
	options, err := d.BeginPasskeySignIn(d.t.Context(), from)
	body = a.assert(d.t, asked(d.t, options, err))
	token, err = d.PasskeySignIn(d.t.Context(), from, body, "")
	return body, token, err
}

// holder is an adviser who has a passkey.
func (d *door) holder(email string) *authenticator {
	d.t.Helper()
	who := d.add(email, "", access.Adviser)
	token, stage, err := d.signIn(email, good)
	if err != nil || stage != account.Enrol {
		d.t.Fatal(stage, err)
	}
	a := newAuthenticator(d.t, who.ID)
	if err := d.keep(a, d.in(token, account.Enrol), token); err != nil {
		d.t.Fatal(err)
	}
	a.counter++
	return a
}

func TestAPasskeyThatIsNotRightLetsNobodyIn(t *testing.T) {
	for name, lie := range map[string]func(d *door, a *authenticator){
		"its user was not verified":  func(_ *door, a *authenticator) { a.flags = flagPresent },
		"nobody touched it":          func(_ *door, a *authenticator) { a.flags = flagVerified },
		"its counter went back":      func(_ *door, a *authenticator) { a.counter = 1 },
		"its counter stood still":    func(_ *door, a *authenticator) { a.counter-- },
		"another origin":             func(_ *door, a *authenticator) { a.origin = "https://be.example.coop.evil.example" },
		"the origin without TLS":     func(_ *door, a *authenticator) { a.origin = "http://be.example.coop" },
		"signed for another host":    func(_ *door, a *authenticator) { a.host = "example.coop" },
		"somebody else's credential": func(d *door, a *authenticator) { a.handle = d.holder("bela@example.org").handle },
		"somebody else's key":        func(d *door, a *authenticator) { a.key = d.holder("bela@example.org").key },
		"a credential nobody has":    func(_ *door, a *authenticator) { a.id = []byte(rand.Text()) },
		"an account nobody has":      func(_ *door, a *authenticator) { a.handle = "nobody" },
		"no account":                 func(_ *door, a *authenticator) { a.handle = "" },
		"a disabled account": func(d *door, a *authenticator) {
			if err := d.Disable(d.t.Context(), from, a.handle); err != nil {
				d.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := quick(t)
			a := d.holder("anna@example.org")
			if _, token, err := d.byPasskey(a); err != nil {
				t.Fatal(err)
			} else {
				d.in(token, account.Full)
			}
			a.counter++
			lie(d, a)
			if _, token, err := d.byPasskey(a); token != "" || code(err) != account.FaultPasskey {
				t.Errorf("%q %v", token, err)
			}
			if got := d.events(""); !slices.Contains(got, account.EventRefused) {
				t.Errorf("the log tells %q", got)
			}
		})
	}
}

func TestAnAnswerOfAPasskeyCountsOnceAndForItsQuestion(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		a := d.holder("anna@example.org")
		body, token, err := d.byPasskey(a)
		if err != nil {
			t.Fatal(err)
		}
		s := d.in(token, account.Full)
		if token, err := d.PasskeySignIn(t.Context(), from, body, ""); token != "" || code(err) != account.FaultPasskey {
			t.Errorf("played again: %v", err)
		}
		a.counter++
		options, err := d.BeginPasskey(t.Context(), from, a.handle)
		if token, err := d.PasskeySignIn(t.Context(), from, a.assert(t, asked(t, options, err)), ""); token != "" || code(err) != account.FaultPasskey {
			t.Errorf("an answer to what was asked for a new passkey: %v", err)
		}
		if token, err := d.PasskeySignIn(t.Context(), from, a.assert(t, "invented"), ""); token != "" || code(err) != account.FaultPasskey {
			t.Errorf("a question nobody asked: %v", err)
		}
		late, err := d.BeginPasskeySignIn(t.Context(), from)
		body = a.assert(t, asked(t, late, err))
		d.now = d.now.Add(5 * 60e9)
		if token, err := d.PasskeySignIn(t.Context(), from, body, ""); token != "" || code(err) != account.FaultPasskey {
			t.Errorf("after five minutes: %v", err)
		}
		other := d.holder("bela@example.org")
		options, err = d.BeginPasskey(t.Context(), from, other.handle)
		if _, err := d.FinishPasskey(t.Context(), from, s, "phone", newAuthenticator(t, a.handle).attest(t, asked(t, options, err)), token); code(err) != account.FaultPasskey {
			t.Errorf("kept for what somebody else was asked: %v", err)
		}
	})
}

func TestAPasskeyThatIsNotRightIsNotKept(t *testing.T) {
	d := quick(t)
	a := d.holder("anna@example.org")
	_, token, err := d.byPasskey(a)
	if err != nil {
		t.Fatal(err)
	}
	s := d.in(token, account.Full)
	for name, lie := range map[string]func(a *authenticator){
		"its user was not verified": func(a *authenticator) { a.flags = flagPresent },
		"another origin":            func(a *authenticator) { a.origin = "https://evil.example" },
		"made for another host":     func(a *authenticator) { a.host = "evil.example" },
		"kept already":              func(b *authenticator) { b.id = a.id },
	} {
		b := newAuthenticator(t, s.Account)
		lie(b)
		if err := d.keep(b, s, token); code(err) != account.FaultPasskey {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := d.Passkeys(t.Context(), s.Account); err != nil || len(all) != 1 {
		t.Errorf("%d passkeys, %v", len(all), err)
	}
}
