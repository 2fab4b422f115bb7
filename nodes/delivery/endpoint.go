package delivery

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"passerelle/contracts"
)

// AtEndpoint posts documents to an access-point provider: JSON with what an access point asks for and the document in base64,
// and the parcel's name as Idempotency-Key. 2xx and 409 (it has the name already) mean that it was taken.
type AtEndpoint struct {
	URL       string
	TokenFile string // holds the bearer token; read at each try, so that it can be changed while the program runs
	Client    *http.Client
}

// Posted is the body of the request.
type Posted struct {
	Parcel
	Document []byte `json:"document"` // base64
}

// NewEndpoint checks an address: HTTPS, and no secret in it.
func NewEndpoint(address, tokenFile string) (AtEndpoint, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return AtEndpoint{}, contracts.Fault{Code: contracts.FaultInvalid, Field: "delivery.endpoint", Message: "this is no HTTPS address", Remedy: "write it as https://provider.example/documents, with the token in token_file"}
	}
	return AtEndpoint{URL: address, TokenFile: tokenFile, Client: client()}, nil
}

// client follows no redirect: a document goes where it was addressed to, and its token nowhere else.
func client() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	transport.ResponseHeaderTimeout = 30 * time.Second
	return &http.Client{Timeout: 40 * time.Second, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// answer is what a service said.
type answer struct {
	status int
	kind   string // its content type
	said   []byte
}

// post sends a body, and reads no more than most of what is answered.
func post(ctx context.Context, c *http.Client, url string, header map[string]string, body []byte, most int64) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	res, err := c.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(io.LimitReader(res.Body, most))
	return answer{res.StatusCode, res.Header.Get("Content-Type"), said}, err
}

// mostAnswer is how much of an answer is read.
const mostAnswer = 16 << 10

// Carry posts the document.
func (e AtEndpoint) Carry(ctx context.Context, p Parcel) (told string, err error) {
	body, err := contracts.Encode(Posted{Parcel: p, Document: p.Content})
	if err != nil {
		return "", err
	}
	header := map[string]string{"Content-Type": "application/json", "Idempotency-Key": p.Name}
	if e.TokenFile != "" {
		token, err := os.ReadFile(e.TokenFile)
		if err != nil {
			return "", fmt.Errorf("read the token: %w", err)
		}
		header["Authorization"] = "Bearer " + strings.TrimSpace(string(token))
	}
	a, err := post(ctx, e.Client, e.URL, header, body, mostAnswer)
	if err != nil {
		return "", err
	}
	return "", outcome(a.status, a.said)
}

// outcome tells what no further try changes from what one may. Wrong credentials are the operator's to repair, so they wait.
func outcome(status int, said []byte) error {
	switch {
	case status >= 200 && status < 300, status == http.StatusConflict:
		return nil
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity, status == http.StatusRequestEntityTooLarge, status == http.StatusUnsupportedMediaType:
		return contracts.Fault{Code: contracts.FaultInvalid, Message: fmt.Sprintf("the provider refused it (%d): %s", status, clip(said)), Remedy: "ask the provider"}
	}
	return fmt.Errorf("the provider answered %d", status)
}

// clip keeps the beginning of foreign words, on one line.
func clip(b []byte) string {
	r := []rune(strings.ToValidUTF8(strings.Join(strings.Fields(string(b)), " "), "?"))
	return string(r[:min(len(r), 300)])
}
