package peppol

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// fetch reads from publishers. It follows no redirect of HTTP and sends nothing of ours but the question.
type fetch struct{ *http.Client }

func fetcher(by http.RoundTripper) fetch {
	return fetch{&http.Client{Timeout: 15 * time.Second, Transport: by, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// mostBody is how much of a publisher's answer is read.
const mostBody = 1 << 20

// errNotFound is a publisher saying that it does not know.
var errNotFound = errors.New("the publisher does not know it")

// get asks a publisher. Only 200 is an answer, and only 404 a no.
func (f fetch) get(ctx context.Context, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/xml, text/xml")
	answer, err := f.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask the publisher: %w", err)
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil, errNotFound
	default:
		return nil, fmt.Errorf("the publisher %s answered %d", r.URL.Host, answer.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, mostBody+1))
	if err != nil {
		return nil, fmt.Errorf("read the publisher's answer: %w", err)
	}
	if len(body) > mostBody {
		return nil, fmt.Errorf("the publisher %s answered with more than %d KiB", r.URL.Host, mostBody>>10)
	}
	return body, nil
}
