package xmltree

import (
	"encoding/base64"
	"strings"

	"passerelle/contracts"
)

// Binary is an element that holds a file in base64. Lines of it may be broken anywhere.
func (w *Walk) Binary(name string, content *[]byte, attrs ...At) {
	w.Converted(name, func() string { return base64.StdEncoding.EncodeToString(*content) },
		func(s string) (err error) { *content, err = Base64(s); return err }, attrs...)
}

// Base64 reads a file from text in base64, with or without line breaks. What is none is a Fault.
func Base64(s string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		return nil, contracts.Fault{Code: contracts.FaultMalformed, Message: "the enclosed document is not in base64"}
	}
	return b, nil
}
