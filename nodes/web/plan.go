package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/plan"
)

// planPage is the co-operative's own part of the board's plan.
type planPage struct {
	Planned  contracts.Money // of all tranches that were not withdrawn, in the currency of the first
	Sent     contracts.Money
	Due      int // tranches whose money is to be confirmed
	Asked    int // open conditions
	Tranches []trancheLine
	Coverage coverageChart
	Signs    bool // whoever looks may confirm and give evidence
	Said     string
}

// trancheLine is a tranche on the way, the latest first.
type trancheLine struct {
	contracts.PlanTranche
	Word       web.Badge
	Conditions []conditionLine
	Confirm    bool                             // its money is to be confirmed
	Signed     *contracts.DisbursementConfirmed // by this co-operative
	Passed     bool                             // nothing is left to do about it
}

// conditionLine is a condition with what was given for it.
type conditionLine struct {
	contracts.PlanCondition
	Number int
	Late   bool
	Asked  bool // it is open, and its tranche was not withdrawn
	Given  []contracts.ConditionEvidenced
}

// trancheWords say how far a tranche is.
var trancheWords = map[contracts.TrancheState]web.Words{contracts.TranchePlanned: "planned", contracts.TrancheReleased: "released by the board", contracts.TrancheOrdered: "transfer ordered",
	contracts.TrancheSent: "sent", contracts.TrancheConfirmed: "confirmed", contracts.TrancheWithdrawn: "withdrawn"}

// trancheBadges are the colours of these words.
var trancheBadges = map[contracts.TrancheState]string{contracts.TrancheSent: "warn", contracts.TrancheConfirmed: "live", contracts.TrancheReleased: "report", contracts.TrancheOrdered: "report"}

func (s server) plan(c echo.Context) error {
	if err := web.KnownQuery(c, "done"); err != nil {
		return err
	}
	p, err := s.Plans.Read(c.Request().Context(), s.db())
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	page := planPage{Coverage: drawCoverage(p.Coverage.Months), Signs: signers.Lets(web.PrincipalOf(c)), Said: l.T(said[c.QueryParam("done")])}
	for _, t := range p.Told.Tranches {
		page.add(s.trancheLine(l, p, t))
	}
	slices.Reverse(page.Tranches)
	return s.render(c, http.StatusOK, "plan", web.Page{Title: l.T("Investment plan"), Badges: planBadges(p), Body: page,
		Lead: l.T("What the board plans for this co-operative, what it asks for and by when, and what came.")})
}

func (p *planPage) add(t trancheLine) {
	if p.Planned.Currency == "" {
		p.Planned, p.Sent = contracts.Zero(t.Amount.Currency), contracts.Zero(t.Amount.Currency)
	}
	if t.State != contracts.TrancheWithdrawn && t.Amount.Currency == p.Planned.Currency {
		p.Planned.Amount = p.Planned.Amount.Add(t.Amount.Amount)
		if !t.Sent.IsZero() {
			p.Sent.Amount = p.Sent.Amount.Add(t.Amount.Amount)
		}
	}
	if t.Confirm {
		p.Due++
	}
	for _, c := range t.Conditions {
		if c.Asked {
			p.Asked++
		}
	}
	p.Tranches = append(p.Tranches, t)
}

func (s server) trancheLine(l *web.Locale, p plan.Plan, t contracts.PlanTranche) trancheLine {
	line := trancheLine{PlanTranche: t, Word: web.Badge{Kind: trancheBadges[t.State], Text: l.T(trancheWords[t.State])}}
	signed, confirmed := p.Confirmation(t.ID)
	if confirmed {
		line.Signed = &signed
	}
	if line.Confirm = t.State == contracts.TrancheSent && !confirmed; !line.Confirm && t.State == contracts.TrancheSent {
		line.Word = web.Badge{Kind: "report", Text: l.T("confirmed, on its way to the board")}
	}
	line.Passed = t.State == contracts.TrancheConfirmed || t.State == contracts.TrancheWithdrawn
	for i, c := range t.Conditions {
		asked := c.Open() && t.State == contracts.TranchePlanned
		line.Conditions = append(line.Conditions, conditionLine{PlanCondition: c, Number: i + 1, Asked: asked, Late: asked && t.Due.Before(s.today()), Given: p.Evidence(t.ID, i+1)})
	}
	return line
}

// signPage is the form by which something is signed of a tranche, or of one of its conditions.
type signPage struct {
	Tranche   trancheLine
	Condition *conditionLine // nil for a confirmation
	Form      form
}

// signForm shows what is signed and the form for it.
func (s server) signForm(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	return s.showSign(c, http.StatusOK, blankForm())
}

func (s server) showSign(c echo.Context, status int, f form) error {
	p, err := s.Plans.Read(c.Request().Context(), s.db())
	if err != nil {
		return err
	}
	t, found := p.Tranche(c.Param("tranche"))
	if !found {
		return web.NotFound("tranche")
	}
	l := web.LocaleOf(c)
	page, title := signPage{Tranche: s.trancheLine(l, p, t), Form: f}, l.T("Confirm that it came")
	if c.Param("condition") != "" {
		n, err := strconv.Atoi(c.Param("condition"))
		if err != nil || n < 1 || n > len(t.Conditions) {
			return web.NotFound("condition")
		}
		page.Condition, title = &page.Tranche.Conditions[n-1], l.T("Give evidence")
	}
	if ready := page.Tranche.Confirm || page.Condition != nil && page.Condition.Asked; !ready && status == http.StatusOK {
		return c.Redirect(http.StatusSeeOther, "/plan#"+t.ID) // the page of the plan says why
	}
	return s.render(c, status, "plansign", web.Page{Title: title, Badges: planBadges(p), Body: page, Crumbs: []web.Link{{Text: l.T("Investment plan"), URL: "/plan"}, {Text: title}}})
}

// confirmTranche signs that the money of a tranche came.
func (s server) confirmTranche(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	p, err := s.Plans.Read(c.Request().Context(), s.db())
	if err != nil {
		return err
	}
	t, found := p.Tranche(c.Param("tranche"))
	if !found {
		return web.NotFound("tranche")
	}
	on, amount := f.date("received_on"), f.money("amount", t.Amount.Currency)
	if len(f.Faults) == 0 {
		_, err := s.Plans.Confirm(c.Request().Context(), web.PrincipalOf(c).Account, t.ID, on, amount)
		if err := f.refused(err); err != nil {
			return err
		}
	}
	if len(f.Faults) > 0 {
		return s.showSign(c, http.StatusUnprocessableEntity, f)
	}
	return c.Redirect(http.StatusSeeOther, "/plan?done=confirmed#"+t.ID)
}

// giveEvidence signs evidence for a condition.
func (s server) giveEvidence(c echo.Context) error {
	f, e, err := readEvidence(c)
	if err != nil {
		return err
	}
	e.Tranche = c.Param("tranche")
	if e.Condition, err = strconv.Atoi(c.Param("condition")); err != nil {
		return web.NotFound("condition")
	}
	if len(f.Faults) == 0 {
		_, err := s.Plans.Give(c.Request().Context(), web.PrincipalOf(c).Account, e)
		if err := f.refused(err); err != nil {
			return err
		}
	}
	if len(f.Faults) > 0 {
		return s.showSign(c, http.StatusUnprocessableEntity, f)
	}
	return c.Redirect(http.StatusSeeOther, "/plan?done=given#"+e.Tranche)
}

// planBadges mark a plan that was made up to show how things work.
func planBadges(p plan.Plan) []web.Badge {
	if !p.Told.Example {
		return nil
	}
	return []web.Badge{{Kind: "demo", Text: "Example, not published"}}
}

// readEvidence reads the form of a piece of evidence: words, an address and a file, of which only the words are needed.
func readEvidence(c echo.Context) (f form, e contracts.ConditionEvidenced, err error) {
	f = blankForm()
	parts, err := c.Request().MultipartReader()
	if err != nil {
		return f, e, contracts.Fault{Code: web.FaultContentType, Field: "file", Message: "the form carries no file", Remedy: "choose a file and send it"}
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return f, e, fmt.Errorf("read evidence: %w", err)
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return f, e, fmt.Errorf("read evidence: %w", err)
		}
		if part.FormName() == "file" {
			if len(value) > 0 {
				e.File = &contracts.EvidenceFile{Name: part.FileName(), Type: http.DetectContentType(value), Bytes: value}
			}
			continue
		}
		if err := checkText(part.FormName(), string(value)); err != nil {
			return f, e, err
		}
		f.values.Set(part.FormName(), string(value))
	}
	if e.File != nil {
		f.Faults.Add("file.name", checkText("", e.File.Name))
	}
	e.Text, e.Link = f.get("text"), f.get("link")
	return f, e, nil
}

// planJSON is the plan for programs.
type planJSON struct {
	Plan          *contracts.InvestmentPlanTold     `json:"plan" jsonschema:"nullable"`     // null until the hub tells it
	Coverage      *contracts.CoverageTold           `json:"coverage" jsonschema:"nullable"` // likewise
	Confirmations []contracts.DisbursementConfirmed `json:"confirmations"`                  // signed here
	Evidence      []contracts.ConditionEvidenced    `json:"evidence"`                       // given here
}

func (s server) apiPlan(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	p, err := s.Plans.Read(c.Request().Context(), s.db())
	if err != nil {
		return err
	}
	out := planJSON{}
	if p.Known {
		out.Plan = &p.Told
	}
	if p.Coverage.Country != "" {
		out.Coverage = &p.Coverage
	}
	for _, said := range p.Said {
		switch e := said.Event.(type) {
		case contracts.DisbursementConfirmed:
			out.Confirmations = append(out.Confirmations, e)
		case contracts.ConditionEvidenced:
			out.Evidence = append(out.Evidence, e)
		}
	}
	return answer(c, http.StatusOK, out)
}

// newConfirmation is what a program says of money that came.
type newConfirmation struct {
	ReceivedOn contracts.Date  `json:"received_on"`
	Amount     contracts.Money `json:"amount"`
}

func (s server) apiConfirm(c echo.Context) error {
	var in newConfirmation
	if err := bind(c, &in); err != nil {
		return err
	}
	e, err := s.Plans.Confirm(c.Request().Context(), web.PrincipalOf(c).Account, c.Param("tranche"), in.ReceivedOn, in.Amount)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, e)
}
