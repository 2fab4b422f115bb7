package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/web"
	"passerelle/nodes/correspondence"
)

// hosts are who works on the cases of other co-operatives. No member meets them: they are about other people.
var (
	hosts       = access.To(access.Adviser, access.Manager)
	hostReaders = access.To(access.Adviser, access.Manager, access.Auditor)
)

// apiLetterRoutes lists the JSON addresses of what nodes write to each other about cases: in our own cases, and in those of others where we help.
func (s server) apiLetterRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/api/cases/:id/letters", Who: caseReaders, Handle: s.apiLetters, Object: "case", Personal: true, Summary: "read what was written to other nodes about a case",
			Gives: listOf[correspondence.Message]{}},
		{Method: "POST", Path: "/api/cases/:id/letters", Who: advisers, Handle: s.apiWriteToHost, Object: "case", Personal: true, Summary: "write to the host of a case",
			Takes: toHost{}, Gives: correspondence.Message{}},
		{Method: "GET", Path: "/api/host-cases", Who: hostReaders, Handle: s.apiHostCases, Personal: true, Summary: "list the cases of other co-operatives in this country",
			Gives: listOf[hostCase]{}},
		{Method: "GET", Path: "/api/host-cases/:id", Who: hostReaders, Handle: s.apiHostCase, Personal: true, Summary: "read a case of another co-operative",
			Gives: correspondence.File{}},
		{Method: "POST", Path: "/api/host-cases/:id/letters", Who: hosts, Handle: s.apiWriteHome, Personal: true, Summary: "write to the home of a case",
			Takes: correspondence.Draft{}, Gives: correspondence.Message{}},
		{Method: "GET", Path: "/api/host-cases/:id/letters/:message/documents/:number", Who: hostReaders, Handle: s.apiHostDocument, Personal: true, Summary: "see a document of a case of another co-operative",
			Gives: paperTypes, Query: []string{"version"}},
	}
}

// hostCase is a row of the list: it names nobody, so that looking at the list is no look at a person.
type hostCase struct {
	Ref string `json:"id"` // in addresses
	correspondence.HostCase
}

// mostHostCases bounds the list.
const mostHostCases = 500

func (s server) apiHostCases(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	cases, err := s.Store.HostCases(c.Request().Context(), s.db(), web.ScopeOf(c), mostHostCases)
	if err != nil {
		return err
	}
	list := listOf[hostCase]{Items: []hostCase{}}
	for _, k := range cases {
		list.Items = append(list.Items, hostCase{k.Ref(), k})
	}
	return answer(c, http.StatusOK, list)
}

// hostRef reads the id of the address.
func hostRef(c echo.Context) (contracts.CountryCode, contracts.CaseID, error) {
	home, id, ok := correspondence.ParseRef(c.Param("id"))
	if !ok {
		return "", "", web.NotFound("case")
	}
	return home, id, nil
}

// noCase turns "not found" into the answer people get.
func noCase(err error) error {
	if errors.Is(err, correspondence.ErrNotFound) {
		return web.NotFound("case")
	}
	return err
}

func (s server) apiHostCase(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	home, id, err := hostRef(c)
	if err != nil {
		return err
	}
	file, err := s.Hosting.Open(c.Request().Context(), web.ScopeOf(c), home, id)
	if err != nil {
		return noCase(err)
	}
	if err := web.Saw(c, access.Sight{Kind: "host_case", Record: file.Ref()}); err != nil {
		return err
	}
	return answer(c, http.StatusOK, file)
}

func (s server) apiWriteHome(c echo.Context) error {
	var d correspondence.Draft
	if err := bind(c, &d); err != nil {
		return err
	}
	home, id, err := hostRef(c)
	if err != nil {
		return err
	}
	m, err := s.Hosting.Write(c.Request().Context(), web.ScopeOf(c), home, id, d)
	if err != nil {
		return noCase(err)
	}
	return answer(c, http.StatusCreated, m)
}

// apiHostDocument answers a document of what home wrote, of its latest version unless another is asked for.
func (s server) apiHostDocument(c echo.Context) error {
	if err := web.KnownQuery(c, "version"); err != nil {
		return err
	}
	home, id, err := hostRef(c)
	if err != nil {
		return err
	}
	number, errNumber := strconv.Atoi(c.Param("number"))
	version, errVersion := strconv.Atoi(c.QueryParam("version"))
	if c.QueryParam("version") == "" {
		version, errVersion = s.Store.LatestVersion(c.Request().Context(), s.db(), web.ScopeOf(c), correspondence.Taken, home, contracts.MessageID(c.Param("message")))
	}
	if errNumber != nil || errVersion != nil {
		return web.NotFound("document")
	}
	d, err := s.Hosting.OpenDocument(c.Request().Context(), web.ScopeOf(c), home, id, correspondence.Taken, contracts.MessageID(c.Param("message")), version, number)
	if err != nil {
		return noCase(err)
	}
	if err := web.Saw(c, access.Sight{Kind: "host_case", Record: c.Param("id")}); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-%d"`, d.Kind, number))
	return c.Blob(http.StatusOK, d.MediaType, d.Content)
}

func (s server) apiLetters(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	if err := web.Saw(c, sightOfCase(k)); err != nil {
		return err
	}
	// The case is in scope, so what was written about it is the member's to see.
	all, err := s.Store.Messages(c.Request().Context(), s.db(), access.Program(), s.adapter().Code, k.ID)
	if err != nil {
		return err
	}
	if all == nil {
		all = []correspondence.Message{}
	}
	return answer(c, http.StatusOK, listOf[correspondence.Message]{Items: all})
}

// toHost is a letter with the host it goes to.
type toHost struct {
	To contracts.CountryCode `json:"to"`
	correspondence.Draft
}

func (s server) apiWriteToHost(c echo.Context) error {
	var d toHost
	if err := bind(c, &d); err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	m, err := s.Hosting.WriteToHost(c.Request().Context(), web.ScopeOf(c), k.ID, d.To, d.Draft)
	if err != nil {
		return noCase(err)
	}
	return answer(c, http.StatusCreated, m)
}
