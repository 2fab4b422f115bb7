package delivery

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"passerelle/adapters/format/sdi"
	"passerelle/contracts"
)

// AtSdI posts files to SdI's service SDICoop, with the certificate of an accredited channel. SdI answers with the number by which it
// will speak of the file; whether it takes what is inside it tells later, in a notification. A name that it has already it takes
// again and discards then, which changes nothing (sdi.SaysTwice).
type AtSdI struct {
	URL    string
	Client *http.Client
}

// SdIFiles are the files that SdI hands out with an accredited channel, in PEM. They are read when they are used, so that they can be
// changed while the program runs.
type SdIFiles struct {
	Certificate, Key string
	Authority        string // of SdI's own certificate; the system's authorities when empty
}

// NewSdI checks an address and the files that go with it.
func NewSdI(address string, files SdIFiles) (AtSdI, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return AtSdI{}, contracts.Fault{Code: contracts.FaultInvalid, Field: "url", Message: "this is no HTTPS address", Remedy: "write it as " + sdi.ServiceURL}
	}
	if _, err := files.pair(); err != nil {
		return AtSdI{}, contracts.Fault{Code: contracts.FaultInvalid, Field: "certificate_file", Message: "the certificate of the channel and its key cannot be read, or do not belong together", Remedy: "give both as PEM files that this program may read"}
	}
	roots, err := files.roots()
	if err != nil {
		return AtSdI{}, contracts.Fault{Code: contracts.FaultInvalid, Field: "authority_file", Message: "the authority of SdI's certificate cannot be read", Remedy: "give a PEM file that this program may read, or leave it out"}
	}
	c := client()
	secure := c.Transport.(*http.Transport).TLSClientConfig
	secure.RootCAs = roots
	secure.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return files.pair() }
	return AtSdI{URL: address, Client: c}, nil
}

func (f SdIFiles) pair() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
	return &pair, err
}

func (f SdIFiles) roots() (*x509.CertPool, error) {
	if f.Authority == "" {
		return nil, nil
	}
	b, err := os.ReadFile(f.Authority)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(b) {
		return nil, errors.New("no certificate in it")
	}
	return roots, nil
}

// Carry posts the file.
func (a AtSdI) Carry(ctx context.Context, p Parcel) (told string, err error) {
	body, err := sdi.Request(sdi.File{Name: p.File, Content: p.Content})
	if err != nil {
		return "", err
	}
	got, err := post(ctx, a.Client, a.URL, map[string]string{"Content-Type": sdi.MediaType, "SOAPAction": `"` + sdi.Action + `"`}, body, mostNotice)
	if err != nil {
		return "", err
	}
	return sdiTook(got.status, got.kind, got.said)
}

// sdiTook reads the answer. Only an empty file is refused for ever: the rest is the operator's, or SdI's, to repair.
func sdiTook(status int, kind string, said []byte) (told string, err error) {
	taken, err := sdi.ReadAnswer(kind, said)
	fs := contracts.FaultsOf(err)
	switch {
	case err == nil && status == http.StatusOK:
		return sdi.Number(taken.Number), nil
	case len(fs) > 0 && fs[0].Code == sdi.FaultEmpty:
		return "", fs[0]
	case len(fs) > 0:
		return "", fmt.Errorf("SdI answered %d: %s", status, fs[0].Message)
	}
	return "", fmt.Errorf("SdI answered %d", status)
}

// FromSdI reads a notification of SdI as the notice of a parcel, whose name is that of its file without the ending.
func FromSdI(b []byte) (Notice, error) {
	n, err := sdi.Read(b)
	if err != nil {
		return Notice{}, err
	}
	verdict, says := n.Verdict()
	return Notice{Name: sdi.Stem(n.File), SHA256: n.Hash, Number: sdi.Number(n.Number), Told: says,
		Status: map[sdi.Verdict]Status{sdi.Nothing: "", sdi.Issued: Accepted, sdi.Refused: Rejected}[verdict]}, nil
}
