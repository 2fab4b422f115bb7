package web

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

var counting = []storage.MigrationSet{Migrations(), {Name: "counting", Files: fstest.MapFS{"0001_init.sql": {Data: []byte("CREATE TABLE made (what TEXT NOT NULL);")}}}}

// maker is a program whose writes each make a row.
func maker(db *storage.DB, now func() time.Time) *echo.Echo {
	make := func(c echo.Context) error {
		var v struct {
			What string `json:"what"`
		}
		if c.Request().Header.Get("Content-Type") == "application/json" {
			if err := BindJSON(c, &v); err != nil {
				return err
			}
		} else {
			v.What = c.FormValue("what")
		}
		if v.What == "" {
			return contracts.Fault{Code: contracts.FaultMissing, Field: "what", Message: "nothing is given"}
		}
		n := 0
		err := db.Write(c.Request().Context(), func(ctx context.Context, tx *storage.Tx) error {
			if _, err := tx.ExecContext(ctx, `INSERT INTO made (what) VALUES ($1)`, v.What); err != nil {
				return err
			}
			return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM made`).Scan(&n)
		})
		if err != nil {
			return err
		}
		if v.What == "lost" {
			return fmt.Errorf("the answer cannot be written")
		}
		c.Response().Header().Set("Location", fmt.Sprintf("/made/%d", n))
		return c.String(http.StatusCreated, fmt.Sprintf("%s is number %d", v.What, n))
	}
	who := func(c echo.Context) (access.Principal, error) {
		return access.Principal{Account: c.Request().Header.Get("X-Who")}, nil
	}
	return New(Options{Who: who, Once: &Once{DB: db, Now: now}, Routes: []Route{{Method: "POST", Path: "/made", Who: access.Anybody(), Handle: make}}})
}

func TestAWriteIsCarriedOutOnceForEachKey(t *testing.T) {
	storagetest.Each(t, counting, func(t *testing.T, db *storage.DB) {
		day := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
		e := maker(db, func() time.Time { return day })
		post := func(who, key, body string) *httptest.ResponseRecorder {
			return ask(e, "POST", "/made", body, "X-Who", who, "Idempotency-Key", key, "Content-Type", "application/json")
		}
		for _, c := range []struct {
			why, who, key, body string
			status              int
			answer              string
		}{
			{"first", "ann", "k1", `{"what":"a"}`, 201, "a is number 1"},
			{"again", "ann", "k1", `{"what":"a"}`, 201, "a is number 1"},
			{"another body", "ann", "k1", `{"what":"b"}`, 409, ""},
			{"another person", "bob", "k1", `{"what":"b"}`, 201, "b is number 2"},
			{"another key", "ann", "k2", `{"what":"a"}`, 201, "a is number 3"},
			{"refused", "ann", "k3", `{"what":""}`, 422, ""},
			{"put right, and the key is free", "ann", "k3", `{"what":"c"}`, 201, "c is number 4"},
			{"no key", "ann", "", `{"what":"a"}`, 201, "a is number 5"},
			{"nobody", "", "k1", `{"what":"a"}`, 201, "a is number 6"},
			{"a key of spaces", "ann", "k 1", `{"what":"a"}`, 422, ""},
			{"done, and the answer lost", "ann", "k4", `{"what":"lost"}`, 500, ""},
		} {
			w := post(c.who, c.key, c.body)
			if w.Code != c.status || c.answer != "" && w.Body.String() != c.answer {
				t.Errorf("%s: %d %s", c.why, w.Code, w.Body)
			}
			if c.status == 201 && w.Header().Get("Location") != "/made/"+c.answer[len(c.answer)-1:] {
				t.Errorf("%s: leads to %s", c.why, w.Header().Get("Location"))
			}
		}
		if n := made(t, db); n != 7 {
			t.Errorf("%d rows", n)
		}
		day = day.Add(8 * 24 * time.Hour)
		if w := post("ann", "k1", `{"what":"late"}`); w.Code != 201 || made(t, db) != 8 {
			t.Errorf("after a week: %d %s", w.Code, w.Body)
		}
	})
}

func TestALostAnswerIsToldAndNothingDoneTwice(t *testing.T) {
	db := storagetest.Open(t, storage.SQLite, counting...)
	e := maker(db, time.Now)
	for _, want := range []int{500, 409} {
		if w := ask(e, "POST", "/made", `{"what":"lost"}`, "X-Who", "ann", "Idempotency-Key", "k", "Content-Type", "application/json"); w.Code != want {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if n := made(t, db); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestAFormSentTwiceIsCarriedOutOnce(t *testing.T) {
	storagetest.Each(t, counting, func(t *testing.T, db *storage.DB) {
		e := maker(db, time.Now)
		var work sync.WaitGroup
		for range 20 {
			work.Go(func() {
				w := ask(e, "POST", "/made", "what=a&once=K", "X-Who", "ann", "Content-Type", "application/x-www-form-urlencoded")
				if w.Code != 201 || w.Body.String() != "a is number 1" || w.Header().Get("Location") != "/made/1" {
					t.Errorf("%d %s", w.Code, w.Body)
				}
			})
		}
		work.Wait()
		if n := made(t, db); n != 1 {
			t.Errorf("%d rows", n)
		}
	})
}

func made(t *testing.T, db *storage.DB) int {
	t.Helper()
	all, err := storage.All(t.Context(), db, func(r *sql.Rows) (what string, err error) { return what, r.Scan(&what) }, `SELECT what FROM made`)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestEveryFormThatPostsHasAKey(t *testing.T) {
	files := fstest.MapFS{"templates/form.html": {Data: []byte(`{{define "content"}}<form method="post" action="/x"></form><form method="post" enctype="multipart/form-data"><p></form><form></form>{{end}}`)}}
	pages, err := ParsePages(Site{}, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := New(Options{Pages: pages})
	e.GET("/form", func(c echo.Context) error { return pages.Render(c, http.StatusOK, "form", Page{}) })
	keys := regexp.MustCompile(`<form method="post"[^>]*><input type="hidden" name="once" value="([A-Z2-7]{26})">`).FindAllStringSubmatch(ask(e, "GET", "/form", "").Body.String(), -1)
	if len(keys) != 2 || keys[0][1] == keys[1][1] {
		t.Errorf("keys %q", keys)
	}
}

func TestTheKeyOfAFormIsFound(t *testing.T) {
	multi := "--B\r\nContent-Disposition: form-data; name=\"once\"\r\n\r\nK\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nbytes\r\n--B--\r\n"
	for _, c := range []struct{ kind, body, want string }{
		{"application/x-www-form-urlencoded; charset=utf-8", "a=b&once=K", "K"},
		{"application/x-www-form-urlencoded", "a=%zz&once=K", ""},
		{"multipart/form-data; boundary=B", multi, "K"},
		{"multipart/form-data; boundary=C", multi, ""},
		{"multipart/form-data", multi, ""},
		{"application/json", `{"once":"K"}`, ""},
		{"", "once=K", ""},
	} {
		if got := keyInForm(c.kind, []byte(c.body)); got != c.want {
			t.Errorf("%s: %q, want %q", c.kind, got, c.want)
		}
	}
}

func FuzzKeyInForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", []byte("once=K"))
	f.Add("multipart/form-data; boundary=B", []byte("--B\r\nContent-Disposition: form-data; name=\"once\"\r\n\r\nK\r\n--B--\r\n"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		if key := keyInForm(kind, body); len(key) > len(body) {
			t.Errorf("a key of %d bytes in a form of %d", len(key), len(body))
		}
	})
}
