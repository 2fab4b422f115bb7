// Package sdi holds what is said between a sender and the Sistema di Interscambio (SdI), through which every invoice of an Italian
// seller goes: the name of a file, the request of the SDICoop service that hands it over with its answer, and the notifications
// that come back (Agenzia delle Entrate, technical specifications 1.9.1; SdIRiceviFile 1.0, MessaggiTypes 1.1,
// MessaggiFatturaTypes 1.0).
//
// It sends nothing and makes no invoice: package fatturapa writes what goes inside. Signatures inside notifications are not
// verified: that they come from SdI is known by the way they come, and of each the file it speaks of is compared.
package sdi

import (
	"fmt"
	"regexp"
	"strings"

	"passerelle/contracts"
)

// FaultName says that something is no name of a file that SdI takes.
const FaultName contracts.FaultCode = "sdi-name"

// MostFiles is how many files a sender can name: five letters or figures, the first of them being 00001.
const MostFiles = 36*36*36*36*36 - 1

// FileName is the name that SdI asks of a file (specifications 1.2.2): the sender's country and number, and five letters or figures
// that are his once and for ever. sender is a VAT number with its country, such as IT00743110157; n counts from 1 to MostFiles.
func FileName(sender string, n int64) (string, error) {
	if n < 1 || n > MostFiles {
		return "", contracts.Fault{Code: FaultName, Field: "file", Message: fmt.Sprintf("SdI has no name for file number %d of a sender", n), Remedy: "send through a provider, who names files after his own number"}
	}
	name := sender + "_" + Progressive(n) + ".xml"
	if !fileName.MatchString(name) {
		return "", contracts.Fault{Code: FaultName, Field: "seller.vat_id", Message: fmt.Sprintf("SdI cannot name a file after %.40q", sender), Remedy: "give the co-operative's VAT number with its country, such as IT00743110157"}
	}
	return name, nil
}

// Progressive writes the number of a file, from 0 to MostFiles, as five letters or figures.
func Progressive(n int64) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	var b [5]byte
	for i := range b {
		b[len(b)-1-i] = digits[n%36]
		n /= 36
	}
	return string(b[:])
}

// ParseProgressive reads what Progressive writes; a short one has zeros before it.
func ParseProgressive(s string) (n int64, err error) {
	if !progressive.MatchString(s) {
		return 0, contracts.Fault{Code: FaultName, Message: fmt.Sprintf("%.40q does not number a file of SdI", s), Remedy: "write up to five capital letters and figures, such as A0001"}
	}
	for _, r := range s {
		n *= 36
		if r >= 'A' {
			n += int64(r-'A') + 10
		} else {
			n += int64(r - '0')
		}
	}
	return n, nil
}

var (
	progressive = regexp.MustCompile(`^[A-Z0-9]{1,5}$`)
	// An Italian number has 11 to 16 characters, another 2 to 28. A program that signs adds .p7m.
	fileName = regexp.MustCompile(`^(?:IT[A-Za-z0-9]{11,16}|(?:[A-HJ-Z][A-Z]|I[A-SU-Z])[A-Za-z0-9]{2,28})_[A-Za-z0-9]{1,5}\.(?:xml|xml\.p7m|zip)$`)
)

// Stem is the name of a file without what a signature adds and without its ending: the same for the file that was sent, for one that
// somebody signed, and for what is told of it.
func Stem(file string) string {
	file = strings.TrimSuffix(file, ".p7m")
	return strings.TrimSuffix(strings.TrimSuffix(file, ".xml"), ".zip")
}
