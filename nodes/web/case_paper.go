package web

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/store"
)

// wantedPaper is one line of the checklist: what somebody asks for, and whether it is there.
type wantedPaper struct {
	Kind casework.PaperKind
	Name string
	Why  string
	Have bool
	Mine bool // the member brings it; the others come from advisers
}

// paperLine is an uploaded document.
type paperLine struct {
	casework.Paper
	Says string
	URL  string
	Size string
}

// HEIC tells whether it is a picture in the one format that cannot be put into a PDF.
func (p paperLine) HEIC() bool { return p.MediaType == "image/heic" }

func paperLines(l *web.Locale, k casework.Case, papers []casework.Paper) (all []paperLine) {
	for _, p := range papers {
		all = append(all, paperLine{p, l.T(paperNames[p.Kind]), "/cases/" + string(k.ID) + "/papers/" + string(p.ID), l.T("%s KiB", l.Number(max(1, p.Size>>10)))})
	}
	return all
}

// wantedPapers is the checklist of a case: what an inspector asks for (Directive 2014/67/EU, Art. 9(1)), and what the decision adds.
func wantedPapers(l *web.Locale, k casework.Case, have []casework.Paper) (all []wantedPaper) {
	if k.State == contracts.CaseDraft || !k.Open() {
		return nil
	}
	add := func(kind casework.PaperKind, mine bool, why web.Words) {
		there := slices.ContainsFunc(have, func(p casework.Paper) bool { return p.Kind == kind && !p.Invalid() })
		all = append(all, wantedPaper{kind, l.T(paperNames[kind]), l.T(why), there, mine})
	}
	add(casework.PaperEngagement, true, web.Words("what you were engaged for, and on which terms"))
	add(casework.PaperIdentity, true, web.Words("an inspector asks who you are"))
	if k.Warns("TCN_PERMIT_CHECK") {
		add(casework.PaperPermit, true, web.Words("your right to stay and to work"))
	}
	if k.TrackState(casework.TrackInsurance) != contracts.TrackNotNeeded {
		add(casework.PaperCover, true, web.Words("both sides of your health insurance card, or your travel insurance"))
	}
	if k.TrackState(casework.TrackA1) != contracts.TrackNotNeeded {
		add(casework.PaperA1, false, web.Words("proves which country insures you"))
	}
	if k.TrackState(casework.TrackDeclaration) != contracts.TrackNotNeeded {
		add(casework.PaperDeclaration, false, web.Words("proves that the country was told"))
	}
	if k.State == contracts.CaseActive || k.State == contracts.CaseEnded {
		add(casework.PaperTimesheet, true, web.Words("beginning, end and hours of each day"))
		add(casework.PaperPayslip, true, web.Words("what you were paid for it"))
		if k.Outcome != nil && len(k.Outcome.Withholding) > 0 {
			add(casework.PaperTaxCertificate, true, web.Words("what was held back, so that you are not taxed twice"))
		}
	}
	return all
}

// addPaper keeps a photograph or a PDF.
func (s server) addPaper(c echo.Context) error { return s.keepPaper(c, "/cases", s.showCase) }

// keepPaper keeps a document with its case and goes back to the case's page below base; show says what is wrong with it there.
func (s server) keepPaper(c echo.Context, base string, show func(echo.Context, int, casework.Case, *form) error) error {
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	f := blankForm()
	content, err := readPaper(c, &f)
	if err == nil {
		_, err = s.Cases.Upload(c.Request().Context(), web.ScopeOf(c), k.ID, casework.PaperKind(f.get("kind")), content)
		err = orMissing(err, "case")
	}
	if err == nil {
		return c.Redirect(http.StatusSeeOther, base+"/"+string(k.ID)+"?done=uploaded#papers")
	}
	if err := f.refused(err); err != nil {
		return err
	}
	return show(c, http.StatusUnprocessableEntity, k, &f)
}

// readPaper reads the form of a document: its kind, and the bytes of the file.
func readPaper(c echo.Context, f *form) (content []byte, err error) {
	parts, err := c.Request().MultipartReader()
	if err != nil {
		return nil, contracts.Fault{Code: web.FaultContentType, Field: "file", Message: "the form carries no file", Remedy: "choose a file and send it"}
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read upload: %w", err)
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, fmt.Errorf("read upload: %w", err)
		}
		if part.FormName() == "file" {
			content = value
			continue
		}
		if err := checkText(part.FormName(), string(value)); err != nil {
			return nil, err
		}
		f.values.Set(part.FormName(), string(value))
	}
	if len(content) == 0 {
		return nil, contracts.Fault{Code: contracts.FaultMissing, Field: "file", Message: "no file was chosen", Remedy: "take a photograph, or choose a PDF"}
	}
	return content, nil
}

// withdrawPaper marks a document as wrong.
func (s server) withdrawPaper(c echo.Context) error {
	k, err := s.caseOf(c)
	if err != nil {
		return err
	}
	if err := s.Cases.Invalidate(c.Request().Context(), web.ScopeOf(c), k.ID, casework.PaperID(c.Param("paper"))); err != nil {
		return orMissing(err, "document")
	}
	return c.Redirect(http.StatusSeeOther, "/cases/"+string(k.ID)+"?done=withdrawn#papers")
}

// sharedWith is what the co-operative of a host State was told.
type sharedWith struct {
	Host      string
	On        contracts.Date
	Answer    string
	Contact   *casework.Contact
	Delegated bool
	Reads     []hostRead
}

// sharedWith lists whom the case was shared with, and who of them looked.
func (s server) sharedWith(l *web.Locale, k casework.Case, steps []store.Step) (all []sharedWith) {
	for _, h := range k.Hosts {
		if h.AskedOn.IsZero() {
			continue
		}
		one := caseHost(l, h)
		one.Reads = readsOf(steps, k, func(account string) bool {
			return strings.HasPrefix(account, string(contracts.NodeID(h.State.Country()))+".")
		})
		all = append(all, one)
	}
	return all
}

// hostRead is somebody who looked, once for each day.
type hostRead struct {
	Who string
	At  contracts.Date
}

// readsOf finds in the trail who looked at a case, of the accounts that are asked about.
func readsOf(steps []store.Step, k casework.Case, whose func(account string) bool) (all []hostRead) {
	for _, step := range steps {
		one := hostRead{Who: step.Name, At: contracts.DateOf(step.At.UTC())}
		if step.Act == store.ActSaw && step.Record == string(k.ID) && whose(step.Account) && !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}

// atHome tells whether an account is one of this node.
func atHome(account string) bool { return !strings.Contains(account, ".") }

func caseHost(l *web.Locale, h casework.Host) sharedWith {
	out := sharedWith{Host: stateIn(l, h.State), On: h.AskedOn, Contact: h.Contact, Delegated: h.Delegated}
	switch h.Answer {
	case casework.HostAccepted:
		out.Answer = l.T("It helps.")
	case casework.HostDeclined:
		out.Answer = l.T("It cannot help; your adviser does it.")
	default:
		out.Answer = l.T("It has not answered yet.")
	}
	return out
}
