package peppol

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// naptr is a record of the DNS that makes an address from a name (RFC 3403).
type naptr struct {
	order, preference      uint16
	flags, service, regexp string
}

// errRecord is a record that cannot be read.
var errRecord = errors.New("a NAPTR record of the DNS is malformed")

// parseNAPTR reads the data of a record: two numbers, three texts with their length before them, and a name that U-NAPTR leaves empty.
func parseNAPTR(b []byte) (r naptr, err error) {
	if len(b) < 4 {
		return r, errRecord
	}
	r.order, r.preference = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	b = b[4:]
	for _, to := range []*string{&r.flags, &r.service, &r.regexp} {
		if len(b) == 0 || len(b) < 1+int(b[0]) {
			return r, errRecord
		}
		*to, b = string(b[1:1+b[0]]), b[1+b[0]:]
	}
	if len(b) == 0 {
		return r, errRecord
	}
	return r, nil
}

// publisherOf is the address of the publisher that the records name, the most preferred first; empty when none of them names one.
func publisherOf(records []naptr) (string, error) {
	records = slices.DeleteFunc(slices.Clone(records), func(r naptr) bool {
		return !strings.EqualFold(r.service, "Meta:SMP") || !strings.EqualFold(r.flags, "U")
	})
	if len(records) == 0 {
		return "", nil
	}
	first := slices.MinFunc(records, func(a, b naptr) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.preference, b.preference))
	})
	return first.address()
}

// address applies the record to a name. U-NAPTR knows one substitution alone: the whole name by the address (RFC 4848, 2.2).
func (r naptr) address() (string, error) {
	if r.regexp == "" {
		return "", errRecord
	}
	delimiter := r.regexp[:1]
	parts := strings.Split(r.regexp[1:], delimiter)
	if len(parts) != 3 || parts[2] != "" && parts[2] != "i" {
		return "", errRecord
	}
	if whole := strings.TrimSuffix(strings.TrimPrefix(parts[0], "^"), "$"); whole != ".*" {
		return "", errRecord
	}
	return publisherURL(parts[1])
}

// publisherURL checks the address of a publisher, which is HTTPS with nothing but a path (Peppol SMP 1.4.0), and takes the last slash off.
func publisherURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.ContainsAny(s, `\"<> `) {
		return "", fmt.Errorf("the DNS names a publisher that is no plain HTTPS address: %.200q", s)
	}
	return strings.TrimRight(u.String(), "/"), nil
}
