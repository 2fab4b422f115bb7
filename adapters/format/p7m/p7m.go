// Package p7m takes documents out of the envelope of a signature (.p7m: CAdES, a SignedData of RFC 5652), in DER or BER, as bytes or in
// base64: the shape in which Italian suppliers' invoices often come.
//
// The signature is not verified, nor are the certificates looked at: SdI has verified both before it hands an invoice over, and whoever
// has to prove something needs the envelope itself, which is kept. So this reads the few fields on the way to the content and
// nothing else, within limits; a library for the whole of PKCS#7 would refuse an invoice for a certificate that nobody reads, and
// puts no bound on how deep hostile bytes may nest.
package p7m

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"

	"passerelle/contracts"
)

// FaultEnvelope is an envelope that cannot be opened.
const FaultEnvelope contracts.FaultCode = "p7m"

// mostLevels of nesting on the way to the content; a real envelope has six, and one more for each time its content is put together.
const mostLevels = 16

// Is tells whether b looks like an envelope rather than a plain document.
func Is(b []byte) bool {
	der, _ := binary(b)
	return der != nil
}

// Open returns what is inside the envelope; b itself when it is none. An envelope that is broken, or signs something that is not
// inside, is a Fault.
func Open(b []byte) ([]byte, error) {
	der, isEnvelope := binary(b)
	if !isEnvelope {
		return b, nil
	}
	content, ok := signed(der)
	if !ok {
		return nil, contracts.Fault{Code: FaultEnvelope, Message: "this is a signed envelope (.p7m) that cannot be opened", Remedy: "take the document out of it with the program that signs, or ask the sender for the file as XML"}
	}
	return content, nil
}

// signedData is what the outermost SEQUENCE begins with: the OID 1.2.840.113549.1.7.2.
var signedData = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}

// binary returns the bytes of an envelope, taken out of base64 or PEM where they are in it.
func binary(b []byte) (der []byte, ok bool) {
	if begins(b) {
		return b, true
	}
	if block, _ := pem.Decode(b); block != nil {
		return block.Bytes, begins(block.Bytes)
	}
	text := bytes.TrimSpace(b)
	if len(text) == 0 || text[0] != 'M' { // 0x30 in base64
		return nil, false
	}
	raw := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(raw, bytes.Join(bytes.Fields(text), nil))
	if err != nil || !begins(raw[:n]) {
		return nil, false
	}
	return raw[:n], true
}

func begins(b []byte) bool {
	e, ok := next(b)
	return ok && e.tag == sequence && bytes.HasPrefix(e.rest, signedData)
}
