package web

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
)

func TestTheDoorLetsInWhomTheRuleNames(t *testing.T) {
	who := map[string]access.Principal{
		"member":  {Account: "a", Roles: []access.Role{access.Member}, Member: "m1"},
		"manager": {Account: "b", Roles: []access.Role{access.Manager}},
	}
	say := func(c echo.Context) error {
		return c.String(http.StatusOK, PrincipalOf(c).Account+" "+ScopeOf(c).Member())
	}
	e := New(Options{SignIn: "/sign-in", Who: func(c echo.Context) (access.Principal, error) { return who[c.Request().Header.Get("X-Who")], nil },
		Routes: []Route{
			{Method: "GET", Path: "/open", Who: access.Anybody(), Handle: say},
			{Method: "GET", Path: "/staff", Who: access.To(access.Manager), Handle: say},
			{Method: "GET", Path: "/own/:id", Who: access.To(access.Member, access.Manager), Handle: say},
			{Method: "POST", Path: "/own/:id", Who: access.To(access.Member), Handle: say},
			{Method: "GET", Path: "/forgotten", Handle: say},
			{Method: "GET", Path: "/api/staff", Who: access.To(access.Manager), Handle: say},
		}})
	for _, c := range []struct {
		who, method, path string
		status            int
		answer            string // the text, or where it leads
	}{
		{"", "GET", "/open", 200, " "},
		{"member", "GET", "/own/1", 200, "a m1"},
		{"manager", "GET", "/own/1", 200, "b "},
		{"manager", "GET", "/staff", 200, "b "},
		{"", "GET", "/staff", 303, "/sign-in?to=%2Fstaff"},
		{"", "GET", "/own/1?x=%C3%A9", 303, "/sign-in?to=%2Fown%2F1%3Fx%3D%25C3%25A9"},
		{"", "POST", "/own/1", 303, "/sign-in"},
		{"", "GET", "/api/staff", 401, "sign-in"},
		{"member", "GET", "/staff", 403, "forbidden"},
		{"member", "GET", "/api/staff", 403, "forbidden"},
		{"manager", "POST", "/own/1", 403, "forbidden"},
		{"manager", "GET", "/forgotten", 403, "forbidden"},
	} {
		w := ask(e, c.method, c.path, "", "X-Who", c.who)
		got := w.Body.String()
		if w.Code == http.StatusSeeOther {
			got = w.Header().Get("Location")
		} else if w.Code >= 400 {
			var p contracts.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || len(p.Faults) != 1 {
				t.Fatalf("%v: %v %s", c, err, w.Body)
			}
			got = string(p.Faults[0].Code)
		}
		if w.Code != c.status || got != c.answer {
			t.Errorf("%q %s %s: %d %q, want %d %q", c.who, c.method, c.path, w.Code, got, c.status, c.answer)
		}
	}
}
