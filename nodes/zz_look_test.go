package nodes_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/internal/web/webtest"
	"passerelle/nodes"
	"passerelle/nodes/casework"
	"passerelle/nodes/mobility"
)

func TestZZLook(t *testing.T) {
	if os.Getenv("ZZ") == "" {
		t.Skip()
	}
	var n *testNode
	storagetest.Each(t, nodes.Migrations(), func(t *testing.T, db *storage.DB) {
		if db.Engine() == storage.Postgres {
			return
		}
		n = open(t, db, "BE", country.Config{})
		b := browseAs(n, n.activity.Member)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+b.token)
			r.Header.Set("Accept-Language", os.Getenv("ZZLANG"))
			b.h.ServeHTTP(w, r)
		}))
		defer srv.Close()
		pages := map[string]string{"a-empty": "/cases", "b-new": "/cases/new"}
		k, _ := b.asked(n)
		for _, s := range []string{"where", "when", "how", "you", "check"} {
			pages["c-"+s] = "/cases/" + string(k.ID) + "/edit?step=" + s
		}
		prep := n.preparing(lyon("2026-05-05"))
		n.fire(prep, casework.TrackUpdate{At: prep.Seen(), Track: casework.TrackA1, State: contracts.TrackRequested, Reference: "L-123"})
		pages["d-preparing"] = "/cases/" + string(prep.ID)
		pages["d-change"] = "/cases/" + string(prep.ID) + "/edit"
		f := lyon("2026-04-20")
		f.Input.Trips = append(f.Input.Trips, mobility.Trip{Engagement: "e1", Host: "DE", HostUndertaking: "Club", Start: contracts.MustDate("2026-05-02"), End: contracts.MustDate("2026-05-20"), Activity: "performance"})
		f.Places = []casework.Place{{Trip: 1, Town: "Lyon"}, {Trip: 2, Town: "Berlin"}}
		q := n.newCase(f)
		q = n.fire(q, casework.Submit{At: q.Seen()})
		q = n.fire(q, casework.Take{At: q.Seen()})
		q = n.fire(q, casework.Ask{At: q.Seen(), Of: casework.M, Text: "Who pays the hotel in Lyon?\nWe need it for the form."})
		pages["e-question"] = "/cases/" + string(q.ID)
		act := n.preparing(lyon("2026-03-29"))
		_, _, err := n.Cases.Daily(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		pages["f-active"] = "/cases/" + string(act.ID)
		b.send("/cases/days", "day", "2026-03-02", "state", "NL")
		pages["g-list"] = "/cases"
		br := webtest.Open(t)
		only := os.Getenv("ZZ")
		for name, path := range pages {
			if only != "1" && !strings.Contains(name, only) {
				continue
			}
			if name == "a-empty" {
				continue
			}
			wrong, err := br.Examine(name, srv.URL+path)
			fmt.Println(name, path, wrong, err)
		}
	})
}
