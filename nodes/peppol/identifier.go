// Package peppol finds out what a participant of the Peppol network receives: the service metadata locator (SML, in the DNS) names
// the participant's publisher (SMP), and that one names the document types with the access points that take them. Specifications: Peppol SML 1.3.0,
// Peppol SMP 1.4.0, Policy for use of identifiers 4.4.0, RFC 3403 and RFC 4848 (U-NAPTR).
//
// It sends no document and believes no more than "this type is received, by that access point". There are three answers: it is received
// (no error), it is not (ErrNotRegistered, ErrNotReceived), and nobody knows (any other error), which is never taken for no.
package peppol

import (
	"crypto/sha256"
	"encoding/base32"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"passerelle/contracts"
)

// The zones of the network.
const (
	Production = "participant.sml.prod.tech.peppol.org"
	Test       = "participant.sml.test.tech.peppol.org"
)

// Schemes of the identifiers.
const (
	participantScheme = "iso6523-actorid-upis"
	documentScheme    = "busdox-docid-qns"
	processScheme     = "cenbii-procid-ubl"
)

// Participant is an identifier in lower case without its scheme, such as 0208:0403019261.
type Participant string

// participantForm is that of policy 1: an issuing agency of four figures and a number of at most 50 characters.
var participantForm = regexp.MustCompile(`^[0-9]{4}:[0-9a-z._~\-]{1,50}$`)

// ParseParticipant reads an identifier, with or without "iso6523-actorid-upis::". What is none is a Fault.
func ParseParticipant(s string) (Participant, error) {
	value := strings.ToLower(strings.TrimSpace(s))
	value = strings.TrimPrefix(value, participantScheme+"::")
	if !participantForm.MatchString(value) {
		return "", contracts.Fault{Code: contracts.FaultInvalid, Field: "participant", Message: "this is no participant of Peppol", Remedy: "write the scheme and the number, such as 0208:0403019261"}
	}
	return Participant(value), nil
}

func (p Participant) String() string { return participantScheme + "::" + string(p) }

// Name is where the DNS knows the participant: the hash of its identifier in base 32, under the scheme and the zone.
func (p Participant) Name(zone string) string {
	sum := sha256.Sum256([]byte(p))
	hash := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])
	return strings.ToLower(hash) + "." + participantScheme + "." + zone
}

// groupURL is where a publisher lists what a participant receives.
func groupURL(publisher string, p Participant) string {
	return publisher + "/" + escaped(p.String())
}

// serviceURL is where a publisher says who takes a document type for a participant.
func serviceURL(publisher string, p Participant, document string) string {
	return groupURL(publisher, p) + "/services/" + escaped(document)
}

// escaped writes an identifier as one segment of a path, in which colons and slashes stand for nothing else.
func escaped(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// zoneForm is a name in the DNS of at least two labels.
var zoneForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9\-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)

// mostZone leaves room for the hash and the scheme in a name of the DNS, which has at most 253 characters.
const mostZone = 150

// CheckZone tells whether a zone can be asked. The empty one is that of production.
func CheckZone(zone string) error {
	if zone == "" || len(zone) <= mostZone && zoneForm.MatchString(zone) {
		return nil
	}
	return contracts.Fault{Code: contracts.FaultInvalid, Field: "zone", Message: "this is no zone of the DNS", Remedy: "write " + Production + ", or leave it out"}
}

// IsNetwork tells whether a zone is one of the two that Peppol runs.
func IsNetwork(zone string) bool { return slices.Contains([]string{"", Production, Test}, zone) }
