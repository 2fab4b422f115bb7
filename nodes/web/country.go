package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/internal/web"
)

// countryPage is what holds in the country on a day, by topic.
type countryPage struct {
	On     contracts.Date
	Today  contracts.Date
	Topics []topic
}

type topic struct {
	Name  string
	Open  bool
	Facts adapters.Facts
}

// asked are the topics people come for; they are shown open.
var asked = map[string]bool{"members": true, "VAT": true, "invoice": true}

func (s server) country(c echo.Context) error {
	if err := web.KnownQuery(c, "on"); err != nil {
		return err
	}
	on, err := queryDate(c, "on", s.today())
	if err != nil {
		return err
	}
	p := countryPage{On: on, Today: s.today()}
	for _, f := range adapters.Show(s.adapter(), on) {
		if n := len(p.Topics); n == 0 || p.Topics[n-1].Name != f.Topic {
			p.Topics = append(p.Topics, topic{Name: f.Topic, Open: asked[f.Topic]})
		}
		t := &p.Topics[len(p.Topics)-1]
		t.Facts = append(t.Facts, f)
	}
	l := web.LocaleOf(c)
	return s.render(c, http.StatusOK, "country", web.Page{Title: l.T("%s on %s", l.Country(s.adapter().Code), on), Body: p,
		Lead: l.T("The rules this node computes with on that day, each with its source and how sure it is. A document keeps the rules of its own date.")})
}
