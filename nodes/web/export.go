package web

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
	"passerelle/nodes/member"
	"passerelle/nodes/outbound"
	"passerelle/nodes/store"
)

// ownExport is everything the node holds of a member, for himself (Regulation (EU) 2016/679, Art. 15 and 20).
type ownExport struct {
	At         contracts.Date     `json:"at"`
	Seller     contracts.Party    `json:"co_operative"`
	Member     member.Member      `json:"member"`
	Contact    member.Contact     `json:"contact"`
	Activities []activityFile     `json:"activities"`
	Documents  []invoiceFile      `json:"documents"`
	Drafts     []store.DraftRow   `json:"drafts"`
	Buyers     []store.BuyerRow   `json:"buyers"`
	Cases      []exportedCase     `json:"mobility_cases"`
	WorkDays   []casework.WorkDay `json:"work_days"`
	Trail      []store.Step       `json:"seen_and_changed"`
	Retention  []retentionOfKind  `json:"kept"`
}

// retentionOfKind says how long a kind of data is kept, and why.
type retentionOfKind struct {
	What  string         `json:"what"`
	Until contracts.Date `json:"until,omitzero"`
	Why   string         `json:"why"`
}

// exportedCase is a mobility case with its history; its documents lie beside it as files.
type exportedCase struct {
	Case    casework.Case         `json:"case"`
	History []casework.Entry      `json:"history"`
	Given   []store.GivenReminder `json:"reminders"`
	Papers  []casework.Paper      `json:"documents"`
	Notes   []store.Note          `json:"messages"`

	contents [][]byte // of Papers
}

// exportOwn answers with one file: the data as JSON, and each document as a page.
func (s server) exportOwn(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	var e ownExport
	err := s.db().Read(c.Request().Context(), func(ctx context.Context, q storage.Querier) (err error) {
		e, err = s.gather(ctx, q, web.ScopeOf(c))
		return err
	})
	if err != nil {
		return err
	}
	file, err := s.pack(web.LocaleOf(c), e)
	if err != nil {
		return fmt.Errorf("export own data: %w", err)
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="my-data-`+e.At.String()+`.zip"`)
	return c.Blob(http.StatusOK, "application/zip", file)
}

// everything is more rows than anybody has of one kind.
const everything = 1 << 20

func (s server) gather(ctx context.Context, q storage.Querier, scope access.Scope) (e ownExport, err error) {
	e.At, e.Seller = s.today(), s.Outbound.Seller.Party
	id := member.ID(scope.Member())
	var found bool
	if e.Member, found, err = s.Store.Member(ctx, q, scope, id); err != nil || !found {
		return e, orElse(err, web.NotFound("member"))
	}
	if e.Contact, err = s.Store.Contact(ctx, q, scope, id); err != nil {
		return e, err
	}
	activities, err := s.Store.ActivitiesOf(ctx, q, scope, id, everything)
	if err != nil {
		return e, err
	}
	for _, a := range activities {
		f := activityFile{Activity: a, Member: e.Member}
		if f.Budgets, err = s.budgets(ctx, q, scope, a.ID); err != nil {
			return e, err
		}
		postings, err := s.Store.Entries(ctx, q, scope, a.ID, everything)
		if err != nil {
			return e, err
		}
		f.Entries = entriesOf(postings)
		e.Activities = append(e.Activities, f)
	}
	if e.Documents, err = s.gatherDocuments(ctx, q, scope); err != nil {
		return e, err
	}
	if e.Drafts, err = s.Store.Drafts(ctx, q, scope, everything); err != nil {
		return e, err
	}
	if e.Buyers, err = s.Store.BuyersAfter(ctx, q, scope, "", "", everything); err != nil {
		return e, err
	}
	if e.Cases, e.WorkDays, err = s.gatherCases(ctx, q, scope, id); err != nil {
		return e, err
	}
	if e.Trail, err = s.Store.Trail(ctx, q, scope, scope.Member(), 0, everything); err != nil {
		return e, err
	}
	if until, err := s.Store.CasesKeptUntil(ctx, q, scope, e.At); err != nil {
		return e, err
	} else if !until.IsZero() {
		e.Retention = append(e.Retention, retentionOfKind{"mobility cases with their documents", until, "two years after a case is closed, three with work in Hungary: an inspector may ask for them (Directive 2014/67/EU Art. 9)"})
	}
	kept, some, err := s.Retention.KeptOf(ctx, q, scope)
	if some {
		e.Retention = append(e.Retention, retentionOfKind{"invoices and what the books say of them", kept.Until, fmt.Sprintf("%d years by law: %s", kept.Years, kept.Source)})
	}
	return e, err
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (s server) gatherDocuments(ctx context.Context, q storage.Querier, scope access.Scope) ([]invoiceFile, error) {
	documents, err := s.Store.Documents(ctx, q, scope, store.DocumentFilter{Limit: everything})
	if err != nil {
		return nil, err
	}
	files := make([]invoiceFile, len(documents))
	for i, d := range documents {
		f := &files[i]
		f.Document = d
		if f.Activity, f.Member, _, err = s.Store.Activity(ctx, q, scope, d.Activity); err != nil {
			return nil, err
		}
		if f.Payments, err = s.Store.Payments(ctx, q, scope, d.Invoice.ID); err != nil {
			return nil, err
		}
		if f.CreditNotes, err = s.Store.Credits(ctx, q, scope, d.Invoice.ID); err != nil {
			return nil, err
		}
		if f.Postings, err = s.postings(ctx, q, scope, d.Invoice.ID); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func (s server) gatherCases(ctx context.Context, q storage.Querier, scope access.Scope, id member.ID) (all []exportedCase, days []casework.WorkDay, err error) {
	cases, err := s.Store.CasesOf(ctx, q, scope, id)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range cases {
		x := exportedCase{Case: c}
		if x.History, err = s.Store.History(ctx, q, scope, c.ID); err != nil {
			return nil, nil, err
		}
		if x.Given, err = s.Store.Reminders(ctx, q, scope, c.ID); err != nil {
			return nil, nil, err
		}
		if x.Papers, err = s.Store.Papers(ctx, q, scope, c.ID); err != nil {
			return nil, nil, err
		}
		if x.Notes, err = s.Store.Notes(ctx, q, scope, c.ID); err != nil {
			return nil, nil, err
		}
		for _, p := range x.Papers {
			_, content, _, err := s.Store.PaperContent(ctx, q, scope, c.ID, p.ID)
			if err != nil {
				return nil, nil, err
			}
			x.contents = append(x.contents, content)
		}
		all = append(all, x)
	}
	days, err = s.Store.WorkDays(ctx, q, scope, id)
	return all, days, err
}

var notInAName = regexp.MustCompile(`[^A-Za-z0-9-]+`)

// pack writes the file.
func (s server) pack(l *web.Locale, e ownExport) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	add := func(name string, content []byte) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(e.At.Year(), time.Month(1), 1, 0, 0, 0, 0, time.UTC)})
		if err == nil {
			_, err = w.Write(content)
		}
		return err
	}
	data, err := contracts.Encode(e)
	if err != nil {
		return nil, err
	}
	if err := add("data.json", data); err != nil {
		return nil, err
	}
	for _, f := range e.Documents {
		page, err := s.printed(l, f.Document)
		if err != nil {
			return nil, err
		}
		if err := add("documents/"+notInAName.ReplaceAllString(f.Document.Invoice.Number, "-")+".html", page); err != nil {
			return nil, err
		}
	}
	for _, x := range e.Cases {
		for i, p := range x.Papers {
			if err := add("cases/"+string(x.Case.ID)+"/"+string(p.ID)[:8]+"-"+p.Name, x.contents[i]); err != nil {
				return nil, err
			}
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// printed is a document as a page of its own.
func (s server) printed(l *web.Locale, d outbound.Document) ([]byte, error) {
	return s.pages.Part(l, "invoice", "printed", s.paper(d))
}
