package account

import (
	"encoding/base32"
	"strings"
)

// decodeSecret reads the secret of one-time codes as it is stored; one that cannot be read is empty, and makes no code.
func decodeSecret(s string) []byte {
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(s))
	if err != nil {
		return nil
	}
	return b
}
