package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"passerelle/contracts"
)

// Length of a password: letters at least, bytes at most. Nothing else is asked of it (NIST SP 800-63B, section 3.1.1.2).
const (
	leastPassword = 12
	mostPassword  = 256
)

// argon are the parameters of Argon2id. OWASP's Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane.
type argon struct {
	memory, passes uint32
	lanes          uint8
}

var current = argon{memory: 19 << 10, passes: 2, lanes: 1}

// Bounds of what a stored hash may ask of us.
var mostArgon = argon{memory: 256 << 10, passes: 16, lanes: 8}

const (
	saltBytes = 16
	hashBytes = 32
)

// commonestFile are passwords of our own countries, leakedFile those that leaked most often (lines with # say where from).
var (
	//go:embed commonest.txt
	commonestFile string
	//go:embed leaked.txt
	leakedFile string
)

// commonest are passwords of twelve characters and more that everybody tries first.
var commonest = func() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(commonestFile + leakedFile) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for password := range strings.FieldsSeq(line) {
			all[password] = true
		}
	}
	return all
}()

// CheckPassword says what is wrong with a new password. What the person is called elsewhere may not be most of it.
func CheckPassword(password string, names ...string) error {
	plain := strings.ToLower(password)
	switch {
	case utf8.RuneCountInString(password) < leastPassword:
		return weak(fmt.Sprintf("it has fewer than %d characters", leastPassword))
	case len(password) > mostPassword || !utf8.ValidString(password):
		return weak(fmt.Sprintf("it has more than %d characters", mostPassword))
	case commonest[plain] || repeats(plain):
		return weak("everybody tries it first")
	}
	for _, name := range append(names, "passerelle") {
		local, _, _ := strings.Cut(strings.ToLower(name), "@")
		if len(local) > 3 && utf8.RuneCountInString(strings.ReplaceAll(plain, local, "")) < leastPassword/2 {
			return weak("it is little more than a name")
		}
	}
	return nil
}

func weak(why string) error {
	return contracts.Fault{Code: FaultPassword, Field: "password", Message: "this password cannot be used: " + why, Remedy: "take a few words that have nothing to do with each other"}
}

// repeats tells whether it is a few letters again and again: "abcabcabcabc".
func repeats(s string) bool {
	for n := 1; n <= 4; n++ {
		if len(s) > 2*n && strings.HasPrefix(strings.Repeat(s[:n], len(s)/n+1), s) {
			return true
		}
	}
	return false
}

// hashPassword returns the hash with its parameters, as they are written by convention: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
func (a *Accounts) hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	hash, err := a.weigh(ctx, current, password, salt)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, current.memory, current.passes, current.lanes, b64(salt), b64(hash)), err
}

// weigh computes the hash when it is its turn.
func (a *Accounts) weigh(ctx context.Context, p argon, password string, salt []byte) ([]byte, error) {
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
		return argon2.IDKey([]byte(password), salt, p.passes, p.memory, p.lanes, hashBytes), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// nobodys is what a password is held against where there is no account, so that it takes as long.
var nobodys = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, current.memory, current.passes, current.lanes,
	strings.Repeat("A", 22), strings.Repeat("A", 43))

// rightPassword tells whether it is the password of a stored hash, and whether that was made with other parameters than today's. An
// empty hash takes as long and is never right.
func (a *Accounts) rightPassword(ctx context.Context, stored, password string) (right, old bool, err error) {
	known := stored != ""
	if !known {
		stored = nobodys
	}
	p, salt, want, err := parseHash(stored)
	if err != nil {
		return false, false, err
	}
	if len(password) > mostPassword {
		password = password[:mostPassword]
		known = false
	}
	got, err := a.weigh(ctx, p, password, salt)
	if err != nil {
		return false, false, err
	}
	right = subtle.ConstantTimeCompare(got, want) == 1 && known
	return right, right && p != current, nil
}

var errHash = errors.New("a stored password cannot be read")

// parseHash reads what hashPassword wrote. Parameters beyond mostArgon are refused: they would take the machine's memory.
func parseHash(s string) (p argon, salt, hash []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return argon{}, nil, nil, errHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); err != nil || n != 3 || parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", p.memory, p.passes, p.lanes) {
		return argon{}, nil, nil, errHash
	}
	salt, errSalt := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	hash, errSum := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	bounded := p.memory >= 8 && p.memory <= mostArgon.memory && p.passes >= 1 && p.passes <= mostArgon.passes && p.lanes >= 1 && p.lanes <= mostArgon.lanes
	if errors.Join(errSalt, errSum) != nil || !bounded || len(salt) < 8 || len(salt) > 64 || len(hash) != hashBytes {
		return argon{}, nil, nil, errHash
	}
	return p, salt, hash, nil
}
