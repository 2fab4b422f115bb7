package web

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/papers"
)

// verifyPath is where anybody who holds a carry pack asks whether it is valid.
const verifyPath = "/verify"

// codeDays is how long after the last day of work a code is answered: as long as a host may look into a case.
const codeDays = 60

// verifyPage is the answer to a code, without anybody's name.
type verifyPage struct {
	Form   form
	Asked  bool
	Answer *papers.Verified // nil for a code that is not known, or has run out: nobody can tell one from the other
}

// verify answers what the paper behind a code is worth.
func (s server) verify(c echo.Context) error {
	if err := web.KnownQuery(c, "code"); err != nil {
		return err
	}
	c.Response().Header().Set("X-Robots-Tag", "noindex, nofollow")
	text := or(c.Param("code"), c.QueryParam("code"))
	p, status := verifyPage{Form: blankForm("code", text), Asked: text != ""}, http.StatusOK
	if p.Asked {
		if !s.knocks.admit(s.comesFrom(c), s.Outbound.Now()) {
			return contracts.Fault{Code: web.FaultTooMany, Message: "there were too many tries", Remedy: "wait a while, then try again"}
		}
		var err error
		if p.Answer, err = s.verified(c.Request().Context(), text); err != nil {
			return err
		}
		if p.Answer == nil {
			status = http.StatusNotFound
		}
	}
	l := web.LocaleOf(c)
	return s.render(c, status, "verify", web.Page{Title: l.T("Check a paper"), Body: p, Lead: l.T("Somebody showed you papers for work here. Type the code below the square, or scan it: this page says whether they hold. It names nobody.")})
}

// verified finds what a code stands for.
func (s server) verified(ctx context.Context, text string) (answer *papers.Verified, err error) {
	code, err := papers.ParseCode(text)
	if err != nil {
		return nil, nil // what is no code is a code that nobody has
	}
	all := access.Program()
	err = s.db().Read(ctx, func(ctx context.Context, q storage.Querier) error {
		id, trip, found, err := s.Store.CaseOfCode(ctx, q, all, code.String())
		if err != nil || !found {
			return err
		}
		k, found, err := s.Store.Case(ctx, q, all, id)
		if err != nil || !found || trip > len(k.Facts.Input.Trips) || s.today().After(k.End().AddDays(codeDays)) {
			return err
		}
		m, _, err := s.Store.Member(ctx, q, all, k.Member)
		if err != nil {
			return err
		}
		contact, err := s.Store.Contact(ctx, q, all, k.Member)
		v := s.carryOf(k, m, contact, trip).Verification(s.today(), !packHolds(k.State))
		answer = &v
		return err
	})
	return answer, err
}

// comesFrom is the address that asks.
func (s server) comesFrom(c echo.Context) string {
	if s.Accounts != nil {
		return s.Accounts.From(c).Address
	}
	host, _, err := net.SplitHostPort(c.Request().RemoteAddr)
	if err != nil {
		return c.Request().RemoteAddr
	}
	return host
}

// knocker bounds how often an address may try codes. What it counts is forgotten after a minute.
type knocker struct {
	mu     sync.Mutex
	minute time.Time
	tries  map[string]int
}

const (
	mostKnocks    = 20     // of an address in a minute
	mostAddresses = 10_000 // that are counted; beyond, everybody waits
)

// admit counts a try and tells whether it is heard.
func (k *knocker) admit(address string, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if minute := now.Truncate(time.Minute); !minute.Equal(k.minute) || k.tries == nil {
		k.minute, k.tries = minute, map[string]int{}
	}
	if len(k.tries) >= mostAddresses && k.tries[address] == 0 {
		return false
	}
	k.tries[address]++
	return k.tries[address] <= mostKnocks
}
