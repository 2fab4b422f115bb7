package papers

import (
	"crypto/subtle"
	"encoding/base32"
	"strings"

	"passerelle/contracts"
)

// Code opens the page on which a host verifies a carry pack. It is 128 random bits, drawn by the caller, and says nothing by itself.
type Code [16]byte

// codeLetters leaves out i, l, o and u, which are read for something else (Crockford's base 32).
var codeLetters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// String writes the code in groups of five, to be typed from paper: "3w1fz-0hs2k-...".
func (c Code) String() string {
	letters := codeLetters.EncodeToString(c[:])
	var groups []string
	for len(letters) > 5 {
		groups, letters = append(groups, letters[:5]), letters[5:]
	}
	return strings.Join(append(groups, letters), "-")
}

// ParseCode reads a code as somebody types it: capitals, spaces, and letters that look like figures are taken for what they look like.
func ParseCode(text string) (c Code, err error) {
	if len(text) > 100 {
		return c, noCode()
	}
	plain := strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(text))
	b, err := codeLetters.DecodeString(plain)
	if err != nil || len(b) != len(c) || codeLetters.EncodeToString(b) != plain {
		return c, noCode()
	}
	return Code(b), nil
}

func noCode() error {
	return contracts.Fault{Code: contracts.FaultInvalid, Field: "code", Message: "this is no code of a carry pack", Remedy: "type the 26 letters and figures below the square, or scan it"}
}

// Equal compares in the same time whatever the difference.
func (c Code) Equal(o Code) bool { return subtle.ConstantTimeCompare(c[:], o[:]) == 1 }

// Verified is all that the page behind a code may show: no name, no birth date, no address, no pay. The number of the A1 ties it to the
// paper in the hands of who asks, on which the name stands.
type Verified struct {
	Valid          bool                  `json:"valid"` // made by this co-operative, not withdrawn, and not over
	On             contracts.Date        `json:"on"`    // day of the answer
	Host           contracts.CountryCode `json:"host"`
	Start          contracts.Date        `json:"start"`
	End            contracts.Date        `json:"end"`
	Legislation    contracts.CountryCode `json:"legislation,omitzero"`
	A1             string                `json:"a1,omitzero"` // document number
	A1From         contracts.Date        `json:"a1_from,omitzero"`
	A1Until        contracts.Date        `json:"a1_until,omitzero"`
	Declaration    string                `json:"declaration,omitzero"` // reference of the receipt
	Cooperative    string                `json:"cooperative"`
	ContactPhone   string                `json:"contact_phone,omitzero"`
	ContactAddress string                `json:"contact_email,omitzero"`
}

// Verification is what the page may show of a carry pack on a day. Withdrawn is for a case that was cancelled or changed since.
func (c Carry) Verification(on contracts.Date, withdrawn bool) Verified {
	w := c.Facts.Work
	return Verified{Valid: !withdrawn && !on.After(w.End), On: on, Host: c.Facts.Host, Start: w.Start, End: w.End, Legislation: c.Facts.A1.Legislation,
		A1: c.Facts.A1.Number, A1From: c.Attest.From, A1Until: c.Attest.Until, Declaration: c.Notice.Reference, Cooperative: c.Facts.Employer.Name,
		ContactPhone: c.Facts.Employer.Phone, ContactAddress: c.Facts.Employer.Email}
}
