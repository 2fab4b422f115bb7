package peppol

import (
	"crypto/x509"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"passerelle/adapters/format/xmltree"
)

// names are the namespaces of a publisher's documents (Peppol SMP 1.4.0). Signatures are not looked at: docs/einvoicing.md says why.
var names = xmltree.Names{
	"http://busdox.org/serviceMetadata/publishing/1.0/": "smp",
	"http://busdox.org/transport/identifiers/1.0/":      "id",
	"http://www.w3.org/2005/08/addressing":              "wsa",
}

// transport is how access points take documents today: AS4, profile 2.
const transport = "peppol-transport-as4-v2_0"

// Service is one way by which a participant receives a document type.
type Service struct {
	Process     string    `json:"process"`               // such as cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0
	AccessPoint string    `json:"access_point,omitzero"` // the holder of its certificate
	Address     string    `json:"address"`               // of the access point, for AS4
	Until       time.Time `json:"until,omitzero"`        // its certificate runs out
	opens, ends time.Time // of the service, where the publisher says so
}

// open tells whether documents are taken at that time.
func (s Service) open(at time.Time) bool {
	return !at.Before(s.opens) && (s.ends.IsZero() || at.Before(s.ends))
}

// parseGroup lists the document types of a participant, as busdox-docid-qns::...
func parseGroup(b []byte, p Participant) (documents []string, err error) {
	root, err := xmltree.Parse(b, names)
	if err != nil {
		return nil, err
	}
	if root.Name != "smp:ServiceGroup" {
		return nil, unexpected(root)
	}
	if err := about(root, p); err != nil {
		return nil, err
	}
	for _, all := range root.All("smp:ServiceMetadataReferenceCollection") {
		for _, reference := range all.All("smp:ServiceMetadataReference") {
			if document := documentIn(reference.Attribute("href")); document != "" && !slices.Contains(documents, document) {
				documents = append(documents, document)
			}
		}
	}
	return documents, nil
}

// documentIn is the document type at the end of an address .../services/TYPE, percent-encoded.
func documentIn(href string) string {
	_, segment, found := strings.Cut(href, "/services/")
	document, err := url.PathUnescape(segment)
	if !found || err != nil {
		return ""
	}
	return clean(document)
}

// metadata is what a publisher says of a document type: who takes it, or which publisher knows.
type metadata struct {
	services []Service
	redirect string // address of the metadata at the other publisher
}

// parseMetadata reads what a publisher says of a document type of a participant.
func parseMetadata(b []byte, p Participant, document string) (m metadata, err error) {
	root, err := xmltree.Parse(b, names)
	if err != nil {
		return m, err
	}
	if root.Name == "smp:SignedServiceMetadata" {
		if root, err = only(root, "smp:ServiceMetadata"); err != nil {
			return m, err
		}
	}
	if root.Name != "smp:ServiceMetadata" {
		return m, unexpected(root)
	}
	if to := root.All("smp:Redirect"); len(to) == 1 {
		return metadata{redirect: to[0].Attribute("href")}, nil
	}
	information, err := only(root, "smp:ServiceInformation")
	if err != nil {
		return m, err
	}
	if err := about(information, p); err != nil {
		return m, err
	}
	named, err := only(information, "id:DocumentIdentifier")
	if err != nil {
		return m, err
	}
	if got := named.Attribute("scheme") + "::" + strings.TrimSpace(named.Text); got != document {
		return m, fmt.Errorf("the publisher answered for another document type, %.200q", got)
	}
	m.services, err = servicesOf(information)
	return m, err
}

// servicesOf lists what stands for AS4; other transports are for other senders.
func servicesOf(information *xmltree.Element) (services []Service, err error) {
	list, err := only(information, "smp:ProcessList")
	if err != nil {
		return nil, err
	}
	for _, process := range list.All("smp:Process") {
		id, err := only(process, "id:ProcessIdentifier")
		if err != nil {
			return nil, err
		}
		name := clean(id.Attribute("scheme") + "::" + id.Text)
		for _, endpoints := range process.All("smp:ServiceEndpointList") {
			for _, endpoint := range endpoints.All("smp:Endpoint") {
				if endpoint.Attribute("transportProfile") != transport {
					continue
				}
				s, err := serviceOf(endpoint)
				if err != nil {
					return nil, err
				}
				s.Process = name
				services = append(services, s)
			}
		}
	}
	return services, nil
}

func serviceOf(endpoint *xmltree.Element) (s Service, err error) {
	s.Address = clean(endpoint.Find("wsa:EndpointReference", "wsa:Address"))
	for name, to := range map[string]*time.Time{"smp:ServiceActivationDate": &s.opens, "smp:ServiceExpirationDate": &s.ends} {
		if *to, err = instant(endpoint.Find(name)); err != nil {
			return s, err
		}
	}
	certificate, err := certificateOf(endpoint.Find("smp:Certificate"))
	if err != nil {
		return s, err
	}
	s.AccessPoint, s.Until = holder(certificate), certificate.NotAfter.UTC()
	return s, nil
}

// certificateOf reads a certificate in base64, with or without the lines that begin and end a PEM file.
func certificateOf(text string) (*x509.Certificate, error) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "-----BEGIN CERTIFICATE-----", ""), "-----END CERTIFICATE-----", "")
	der, err := xmltree.Base64(text)
	if err != nil {
		return nil, err
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("the certificate of the access point: %w", err)
	}
	return c, nil
}

// holder is the organisation of the certificate and its name in the network, such as Example Access Point (POP000123).
func holder(c *x509.Certificate) string {
	if len(c.Subject.Organization) == 0 {
		return clean(c.Subject.CommonName)
	}
	return clean(c.Subject.Organization[0] + " (" + c.Subject.CommonName + ")")
}

// instant reads a time of XML Schema, with or without a zone; nothing is no time.
func instant(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02Z07:00", time.DateOnly} {
		if at, err := time.Parse(form, s); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%.40q is no time", s)
}

// about holds a document against the participant that was asked for.
func about(e *xmltree.Element, p Participant) error {
	id, err := only(e, "id:ParticipantIdentifier")
	if err != nil {
		return err
	}
	if got := id.Attribute("scheme") + "::" + strings.TrimSpace(id.Text); !strings.EqualFold(got, p.String()) {
		return fmt.Errorf("the publisher answered for another participant, %.100q", got)
	}
	return nil
}

func only(e *xmltree.Element, name string) (*xmltree.Element, error) {
	all := e.All(name)
	if len(all) != 1 {
		return nil, fmt.Errorf("the publisher's answer has %d elements %s in %s", len(all), strings.TrimPrefix(name, "smp:"), e.Path())
	}
	return all[0], nil
}

func unexpected(root *xmltree.Element) error {
	return fmt.Errorf("the publisher answered with a document of another kind, %.100q", root.Name)
}

// mostText is how many characters of a foreign text are kept.
const mostText = 500

// clean makes one short line of a foreign text: it is shown on terminals.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(strings.TrimSpace(s), "?"))
	r := []rune(s)
	return string(r[:min(len(r), mostText)])
}
