package request

import (
	"crypto/aes"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"passerelle/contracts"
)

// Secret is a password or a key. It is never printed.
type Secret string

// String hides the secret.
func (Secret) String() string { return "(secret)" }

// GoString hides the secret.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// hash of a password: SHA-512 in capitals (interface specification, 1.3.2).
func (s Secret) hash() string {
	sum := sha512.Sum512([]byte(string(s)))
	return capitals(sum[:])
}

// sign makes the requestSignature (interface specification, 1.5): identifier, time and key, and of each document that is reported
// the hash of operation and content.
func (s Sender) sign(h Head, ops []Operation) string {
	base := h.ID + h.At.UTC().Format("20060102150405") + string(s.SignatureKey)
	for _, o := range ops {
		base += sha3Capitals(string(o.Kind) + o.base64())
	}
	return sha3Capitals(base)
}

func sha3Capitals(s string) string {
	sum := sha3.Sum512([]byte(s))
	return capitals(sum[:])
}

func capitals(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

// exchangeKeyLength is that of AES-128.
const exchangeKeyLength = 16

// FaultToken says that a token cannot be opened.
const FaultToken contracts.FaultCode = "nav-token"

// open decodes a token: base64, AES-128 in single blocks, padded as PKCS#5 (interface specification, 1.8). NAV prescribes that.
func (s Secret) open(encoded string) (string, error) {
	wrong := contracts.Fault{Code: FaultToken, Field: "exchange_key_file", Message: "the token cannot be opened with the exchange key", Remedy: "copy the exchange key of the technical user anew"}
	block, err := aes.NewCipher([]byte(string(s)))
	if err != nil || len(s) != exchangeKeyLength {
		return "", wrong
	}
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(encoded), ""))
	if err != nil || len(b) == 0 || len(b)%aes.BlockSize != 0 {
		return "", wrong
	}
	for i := 0; i < len(b); i += aes.BlockSize {
		block.Decrypt(b[i:], b[i:])
	}
	padding := int(b[len(b)-1])
	if padding == 0 || padding > aes.BlockSize {
		return "", wrong
	}
	for _, p := range b[len(b)-padding:] {
		if int(p) != padding {
			return "", wrong
		}
	}
	return string(b[:len(b)-padding]), nil
}
