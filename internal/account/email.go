package account

import (
	"net/mail"
	"strings"

	"passerelle/contracts"
)

// mostEmail is how long an address may be (RFC 5321, section 4.5.3.1.3, without the angle brackets).
const mostEmail = 254

// checkEmail accepts a bare address and nothing around it: what is written into the header of a mail is this.
func checkEmail(s string) error {
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s || len(s) > mostEmail || strings.ContainsAny(s, " \"\\<>,;:()\t\r\n") {
		return contracts.Fault{Code: contracts.FaultInvalid, Message: "this is no e-mail address", Remedy: "write it as name@example.org"}
	}
	return nil
}

// emailKey is what two spellings of one address have in common.
func emailKey(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
