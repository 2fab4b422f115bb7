package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/papers"
)

// packLink leads to the carry pack of a trip.
type packLink struct{ Host, URL string }

// packLinks are there once the papers are seen to.
func packLinks(l *web.Locale, k casework.Case) (all []packLink) {
	if len(k.Tracks) == 0 || !packHolds(k.State) {
		return nil
	}
	for i, t := range k.Facts.Input.Trips {
		all = append(all, packLink{stateIn(l, t.Host), "/cases/" + string(k.ID) + "/pack?trip=" + strconv.Itoa(i+1)})
	}
	return all
}

// packHolds tells whether the papers of a case say what is decided: not while it is decided anew, and not when it was given up.
func packHolds(s casework.State) bool {
	return slices.Contains([]casework.State{contracts.CasePreparing, contracts.CaseReady, contracts.CaseActive, contracts.CaseEnded, contracts.CaseClosed}, s)
}

// carryKinds are the documents that go along, in their order. What is for the file at home alone stays there.
var carryKinds = []casework.PaperKind{casework.PaperA1, casework.PaperA1Request, casework.PaperEngagement, casework.PaperDeclaration, casework.PaperCover, casework.PaperIdentity, casework.PaperPermit}

// carryPack answers everything an inspector asks for as one PDF.
func (s server) carryPack(c echo.Context) error {
	if err := web.KnownQuery(c, "trip"); err != nil {
		return err
	}
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	trip, err := strconv.Atoi(or(c.QueryParam("trip"), "1"))
	if err != nil || trip < 1 || trip > len(packLinks(web.LocaleOf(c), k)) {
		return contracts.Fault{Code: casework.FaultState, Field: "trip", Message: "there is no carry pack yet", Remedy: "wait until your adviser begins with the papers"}
	}
	pack, err := s.packOf(c, k, trip)
	if err != nil {
		return err
	}
	body, err := pack.PDF()
	if err != nil {
		return err
	}
	if err := web.Saw(c, sightOfCase(k)); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="papers-`+string(pack.Facts.Host)+"-"+pack.Facts.Work.Start.String()+`.pdf"`)
	return c.Blob(http.StatusOK, "application/pdf", body)
}

// packOf gathers the pack of a trip with its documents, and gives it its code.
func (s server) packOf(c echo.Context, k casework.Case, trip int) (p papers.Carry, err error) {
	scope := web.ScopeOf(c)
	err = s.db().Write(c.Request().Context(), func(ctx context.Context, tx *storage.Tx) error {
		m, _, err := s.Store.Member(ctx, tx, scope, k.Member)
		if err != nil {
			return err
		}
		contact, err := s.Store.Contact(ctx, tx, scope, k.Member)
		if err != nil {
			return err
		}
		p = s.carryOf(k, m, contact, trip)
		text, err := s.Store.Code(ctx, tx, scope, k.ID, trip, newCode().String(), s.Outbound.Now())
		if err != nil {
			return err
		}
		if p.Code, err = papers.ParseCode(text); err != nil {
			return err
		}
		p.Attached, err = s.attached(ctx, tx, c, k)
		return err
	})
	p.Member, p.VerifyAt = web.LocaleOf(c).Code(), s.addressOf(c, verifyPath+"/")
	return p, err
}

func newCode() (c papers.Code) {
	rand.Read(c[:]) // never fails (crypto/rand)
	return c
}

// addressOf is a page of this node as others reach it.
func (s server) addressOf(c echo.Context, path string) string {
	if s.Accounts != nil && s.Accounts.URL.Host != "" {
		return s.Accounts.URL.Scheme + "://" + s.Accounts.URL.Host + path
	}
	return c.Scheme() + "://" + c.Request().Host + path
}

// attached are the documents that go along. One that no paper can be made of stays at home.
func (s server) attached(ctx context.Context, q storage.Querier, c echo.Context, k casework.Case) (all []papers.Attachment, err error) {
	l, scope := web.LocaleOf(c), web.ScopeOf(c)
	have, err := s.Store.Papers(ctx, q, scope, k.ID)
	if err != nil {
		return nil, err
	}
	for _, kind := range carryKinds {
		for _, paper := range have {
			if paper.Kind != kind || paper.Invalid() {
				continue
			}
			_, content, _, err := s.Store.PaperContent(ctx, q, scope, k.ID, paper.ID)
			if err != nil {
				return nil, err
			}
			one := papers.Attachment{Kind: string(kind), Title: l.T(paperNames[kind]), Data: content}
			if one.Check() == nil {
				all = append(all, one)
			}
		}
	}
	return all, nil
}

// carryOf is what a case says on paper about one of its trips.
func (s server) carryOf(k casework.Case, m member.Member, contact member.Contact, trip int) papers.Carry {
	facts := s.formFacts(k, m, contact, trip-1)
	co := s.Outbound.Seller.Party
	p := papers.Carry{Host: hostLanguage(facts.Host), On: s.today(), Facts: facts, Adviser: papers.Contact{Name: co.Name, Address: co.Address, Email: co.Email}}
	if k.Outcome != nil && k.Outcome.Name != "" {
		p.Adviser.Name = k.Outcome.Name + ", " + co.Name
	}
	for _, t := range k.Tracks {
		switch {
		case t.Kind == casework.TrackA1:
			p.Attest = papers.Attest{Status: statusOfTrack(t), From: facts.Work.Start, Until: t.Until, Asked: t.AskedOn, Reference: t.Reference}
		case t.Kind == casework.TrackDeclaration && t.Trip == trip:
			p.Notice = papers.Notice{Status: statusOfTrack(t), System: string(t.System), Reference: t.Reference, Filed: t.GotOn, Why: whyNoNotice(k, trip)}
			if form, known := papers.DeclarationForm(string(t.System), facts.Work.Start); known {
				p.Notice.System = or(form.Name.Own, form.Name.English)
			}
		case t.Kind == casework.TrackInsurance && t.Reference != "":
			p.Cover = append(p.Cover, papers.Policy{Number: t.Reference, From: k.Start(), Until: t.Until})
		}
	}
	if k.Assessed != nil {
		p.HealthCard = k.Assessed.Decision.EHICValid
	}
	return p
}

func statusOfTrack(t casework.Track) papers.Status {
	switch t.State {
	case contracts.TrackOK:
		return papers.Ready
	case contracts.TrackNotNeeded:
		return papers.Exempt
	}
	return papers.Requested
}

// whyNoNotice is the reason the rules give on the declaration of a trip, in English.
func whyNoNotice(k casework.Case, trip int) string {
	if k.Assessed == nil {
		return ""
	}
	for _, r := range reasonsOfTrip(k.Assessed.Decision.Reasons, trip) {
		if r.For == "declaration" {
			return r.Says
		}
	}
	return ""
}

// hostLanguage is the first official language of a country that pages are written in, else English.
func hostLanguage(host contracts.CountryCode) string {
	if m := adapters.Atlas()[host]; m != nil {
		for _, code := range m.Languages {
			if web.LocaleNamed(code).Code() == code {
				return code
			}
		}
	}
	return web.English.Code()
}
