package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

//go:embed migrations
var migrationFiles embed.FS

// Migrations is the table behind idempotency keys.
func Migrations() storage.MigrationSet {
	return storage.Embedded("web", migrationFiles)
}

// Once carries out a write at most once for each idempotency key, however often it is sent: the key goes into the database in the
// transaction of the effect. The same request again gets the first answer again; another one under the same key is a conflict. A
// request that was refused, and so had no effect, leaves its key free.
//
// Programs send the key as the header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header), forms as the hidden field that
// the template function once writes. Keys are an account's own, and are kept for a week.
type Once struct {
	DB  *storage.DB // with Migrations
	Now func() time.Time
}

const (
	keyHeader  = "Idempotency-Key"
	keyField   = "once"
	longestKey = 100
	keepKeys   = 7 * 24 * time.Hour
	keptBody   = 256 << 10 // bytes of an answer; of a longer one only the header
)

// FaultKey is another request under a key that was used.
const FaultKey contracts.FaultCode = "idempotency-key"

// onceField is the hidden input of a form, with a key of its own each time the page is made.
func onceField() template.HTML {
	return template.HTML(`<input type="hidden" name="` + keyField + `" value="` + rand.Text() + `">`)
}

// errRepeated ends the transaction of a request whose key was used between our first look and its commit.
var errRepeated = errors.New("the key was used just now")

// guard wraps the handler of a route that writes.
func (o *Once) guard(handle echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		body, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return err
		}
		c.Request().Body = io.NopCloser(bytes.NewReader(body))
		key, err := keyOf(c.Request(), body)
		if err != nil {
			return err
		}
		who := PrincipalOf(c).Account
		if key == "" || who == "" {
			return handle(c)
		}
		return o.carryOut(c, once{who, key, fingerprint(c.Request(), body)}, handle)
	}
}

// once is a request with its key.
type once struct {
	account, key string
	request      [sha256.Size]byte
}

func fingerprint(r *http.Request, body []byte) [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s %s\n%s", r.Method, r.URL.RequestURI(), body))
}

// keyOf finds the key of a request: in the header, or in a form's field.
func keyOf(r *http.Request, body []byte) (string, error) {
	key := r.Header.Get(keyHeader)
	if key == "" {
		key = keyInForm(r.Header.Get(echo.HeaderContentType), body)
	}
	if len(key) > longestKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", contracts.Fault{Code: contracts.FaultInvalid, Field: keyHeader, Message: "the idempotency key is no short text without spaces",
			Remedy: fmt.Sprintf("send up to %d letters and digits, such as a UUID", longestKey)}
	}
	return key, nil
}

// keyInForm returns nothing of a form that cannot be read: the handler says what is wrong with it.
func keyInForm(contentType string, body []byte) string {
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	switch kind {
	case echo.MIMEApplicationForm:
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return ""
		}
		return values.Get(keyField)
	case echo.MIMEMultipartForm:
		part, err := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]).NextPart() // the key comes first
		if err != nil || part.FormName() != keyField {
			return ""
		}
		key, err := io.ReadAll(io.LimitReader(part, longestKey+1))
		if err != nil {
			return ""
		}
		return string(key)
	}
	return ""
}

func (o *Once) carryOut(c echo.Context, r once, handle echo.HandlerFunc) error {
	first, found, err := o.find(c.Request().Context(), r)
	if err != nil {
		return err
	}
	if found {
		return o.repeat(c, r, first)
	}
	took := false
	ctx := storage.Alongside(c.Request().Context(), func(ctx context.Context, tx *storage.Tx) error {
		tx.AfterCommit(func() { took = true })
		return o.take(ctx, tx, r)
	})
	c.SetRequest(c.Request().WithContext(ctx))
	said := &copied{ResponseWriter: c.Response().Writer}
	c.Response().Writer = said
	if err := handle(c); err != nil {
		if !errors.Is(err, errRepeated) {
			return err
		}
		if first, found, err = o.find(ctx, r); err != nil || !found {
			return errors.Join(err, errRepeated)
		}
		return o.repeat(c, r, first)
	}
	if !took {
		return nil // it had no effect
	}
	return o.keep(context.WithoutCancel(ctx), r, said, c.Response())
}

// kept is the answer to a first request.
type kept struct {
	request []byte
	status  int
	header  map[string]string
	body    []byte
}

func (o *Once) find(ctx context.Context, r once) (k kept, ok bool, err error) {
	var header string
	rows, err := o.DB.QueryContext(ctx, `SELECT request, status, header, body FROM once_request WHERE account = $1 AND key = $2 AND at >= $3`, r.account, r.key, storage.At(o.Now().Add(-keepKeys)))
	if err != nil {
		return k, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return k, false, rows.Err()
	}
	if err := rows.Scan(&k.request, &k.status, &header, &k.body); err != nil {
		return k, false, err
	}
	return k, true, json.Unmarshal([]byte(header), &k.header)
}

// take notes the request in the transaction of its effect, and lets go of what is past its time.
func (o *Once) take(ctx context.Context, tx *storage.Tx, r once) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM once_request WHERE at < $1`, storage.At(o.Now().Add(-keepKeys))); err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO once_request (account, key, request, at) VALUES ($1,$2,$3,$4) ON CONFLICT (account, key) DO NOTHING`,
		r.account, r.key, r.request[:], storage.At(o.Now()))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return errRepeated
}

// ForgetAnswers lets go of what an account was answered: of a person who is erased, nothing is repeated.
func ForgetAnswers(ctx context.Context, tx *storage.Tx, account string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM once_request WHERE account = $1`, account)
	return err
}

// carried are the header fields of an answer that are kept.
var carried = []string{echo.HeaderContentType, echo.HeaderLocation, echo.HeaderContentDisposition}

func (o *Once) keep(ctx context.Context, r once, said *copied, w *echo.Response) error {
	header := map[string]string{}
	for _, name := range carried {
		if v := w.Header().Get(name); v != "" {
			header[name] = v
		}
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	return o.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE once_request SET status = $3, header = $4, body = $5 WHERE account = $1 AND key = $2`, r.account, r.key, w.Status, string(text), said.body.Bytes())
		return err
	})
}

// patience is how long the second of two requests at once waits for the answer to the first.
const patience = 5 * time.Second

func (o *Once) repeat(c echo.Context, r once, first kept) error {
	if !bytes.Equal(first.request, r.request[:]) {
		return contracts.Fault{Code: FaultKey, Field: keyHeader, Message: "this idempotency key was used for another request", Remedy: "give each request a key of its own"}
	}
	for waited := time.Duration(0); first.status == 0 && waited < patience; waited += 50 * time.Millisecond {
		select {
		case <-c.Request().Context().Done():
			return c.Request().Context().Err()
		case <-time.After(50 * time.Millisecond):
		}
		var err error
		if first, _, err = o.find(c.Request().Context(), r); err != nil {
			return err
		}
	}
	if first.status == 0 {
		return contracts.Fault{Code: FaultKey, Field: keyHeader, Message: "this was carried out when it was first sent, and its answer is lost", Remedy: "look at the list of what is there; do not send it under another key"}
	}
	for name, value := range first.header {
		c.Response().Header().Set(name, value)
	}
	c.Response().Header().Set("Idempotency-Replayed", "true")
	c.Response().WriteHeader(first.status)
	_, err := c.Response().Write(first.body)
	return err
}

// copied keeps what goes out.
type copied struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (w *copied) Write(b []byte) (int, error) {
	if w.body.Len()+len(b) <= keptBody {
		w.body.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *copied) Unwrap() http.ResponseWriter { return w.ResponseWriter }
