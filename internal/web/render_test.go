package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/labstack/echo/v4"

	"passerelle/internal/access"
)

// house is a program with a page for each rule; who asks is named in a header.
func house(t *testing.T, signIn string) http.Handler {
	t.Helper()
	files := fstest.MapFS{"templates/room.html": {Data: []byte(`{{define "content"}}here{{end}}`)}}
	nav := []Link{{"Start", "/"}, {"Books", "/books"}, {"Members", "/members"}, {"Cellar", "/cellar"}}
	pages, err := ParsePages(Site{Name: "Passerelle", Place: "Test", Nav: nav}, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	room := func(c echo.Context) error { return pages.Render(c, http.StatusOK, "room", Page{Title: "Room"}) }
	who := func(c echo.Context) (access.Principal, error) {
		role := c.Request().Header.Get("Role")
		if role == "" {
			return access.Principal{}, nil
		}
		return access.Principal{Account: "a", Name: "Ada <of> Test", Roles: []access.Role{access.Role(role)}}, nil
	}
	return New(Options{Pages: pages, Who: who, SignIn: signIn, Routes: []Route{
		{Method: "GET", Path: "/", Who: access.Anybody(), Handle: room},
		{Method: "GET", Path: "/books", Who: access.To(access.Accountant), Handle: room},
		{Method: "GET", Path: "/members", Who: access.Everyone(), Handle: room},
		{Method: "POST", Path: "/cellar", Who: access.Anybody(), Handle: room}, // nothing to open
	}})
}

// doors lists where the navigation of a page leads.
func doors(page string) []string {
	_, nav, _ := strings.Cut(page, `aria-label="Main"`)
	nav, _, _ = strings.Cut(nav, "</nav>")
	var to []string
	for _, part := range strings.Split(nav, `href="`)[1:] {
		address, _, _ := strings.Cut(part, `"`)
		to = append(to, address)
	}
	return to
}

func TestTheNavigationLeadsToNoClosedDoor(t *testing.T) {
	for role, want := range map[string][]string{
		"":           {"/"},
		"member":     {"/", "/members"},
		"accountant": {"/", "/books", "/members"},
	} {
		for _, at := range []string{"/", "/nowhere"} { // a page that is not there keeps it too
			if got := doors(ask(house(t, ""), "GET", at, "", "Role", role).Body.String()); !slices.Equal(got, want) {
				t.Errorf("%q at %s is led to %v, not %v", role, at, got, want)
			}
		}
	}
}

func TestThePageSaysWhoIsSignedIn(t *testing.T) {
	page := ask(house(t, "/sign-in"), "GET", "/", "", "Role", "member").Body.String()
	for _, want := range []string{"Ada &lt;of&gt; Test", `href="/account"`, `<form method="post" action="/sign-out">`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of a person lacks %s", want)
		}
	}
	if page := ask(house(t, "/sign-in"), "GET", "/", "").Body.String(); !strings.Contains(page, `href="/sign-in"`) || strings.Contains(page, "/sign-out") {
		t.Error("a visitor is not led to the sign-in alone")
	}
	if page := ask(house(t, ""), "GET", "/", "", "Role", "member").Body.String(); strings.Contains(page, "/account") {
		t.Error("a program without accounts leads to them")
	}
}
