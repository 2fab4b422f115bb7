// Package retention erases what may not be kept any longer, and says what must be kept, until when and why: invoices by the dated periods of
// the country, everything else by the house's own. Amounts stay, because books and channels rest on them; who bought what, and who worked, go.
//
// It does not decide who may ask for it, and does not reach into what others hold: the hub knows members by a random name of the year, which
// leads to nobody once it is forgotten here.
package retention

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
)

// The house's own periods, in days: no law asks for these.
const (
	DraftDays  = 730 // since a draft was written
	ImportDays = 90  // since a file came in that was never booked
)

// Kept is what a period says of documents of a span of days.
type Kept struct {
	From, To contracts.Date // of issue, both included; no From: from the beginning
	Until    contracts.Date // of the newest of them: its last day
	Years    int
	Source   string
}

// Until is the last day a document must be kept: the years count from the end of the calendar year of issue, the reading that keeps longest
// where a law leaves it open.
func Until(a *country.Adapter, issued contracts.Date) (Kept, error) {
	r, err := a.Retention(issued)
	if err != nil {
		return Kept{}, err
	}
	return Kept{From: issued, To: issued, Until: contracts.NewDate(issued.Year()+r.Years, 12, 31), Years: r.Years, Source: a.Cite(r.Evidence)}, nil
}

// Past lists the spans of days of issue whose documents need not be kept on a day.
func Past(a *country.Adapter, today contracts.Date) []Kept {
	var spans []Kept
	for _, r := range a.Invoice.Retention {
		k := Kept{From: r.Since, To: contracts.NewDate(today.Year()-r.Years-1, 12, 31), Years: r.Years, Source: a.Cite(r.Evidence)}
		if !r.Until.IsZero() && r.Until.Before(k.To) {
			k.To = r.Until
		}
		if k.From.IsZero() || !k.From.After(k.To) {
			spans = append(spans, k)
		}
	}
	return spans
}

// Subject is how a member is named once he is erased.
func Subject(id member.ID) string {
	sum := sha256.Sum256([]byte("passerelle member " + id))
	return hex.EncodeToString(sum[:])
}

// ErrUnknown is returned for a member who is not there.
var ErrUnknown = errors.New("no such member")

// Erasure is a member who was erased, or will be.
type Erasure struct {
	Subject   string
	Member    member.ID
	AskedAt   time.Time
	Reason    string
	KeepUntil contracts.Date
	DoneAt    time.Time
}

// Entry is a line of the log of what was erased.
type Entry struct {
	Kind, Subject, Rule string
	Count               int
}

// Store is what the feature asks of the database.
type Store interface {
	Member(ctx context.Context, q storage.Querier, s access.Scope, id member.ID) (member.Member, bool, error)

	// Unerased lists documents issued in a span that are settled and still say who bought what, the oldest first; of one member, or of all.
	Unerased(ctx context.Context, q storage.Querier, s access.Scope, from, to contracts.Date, limit int) ([]contracts.InvoiceID, error)
	// EraseDocument replaces a document by what is left of it: numbers, days and amounts.
	EraseDocument(ctx context.Context, tx *storage.Tx, s access.Scope, id contracts.InvoiceID, at time.Time) error
	// EraseExpenses removes what suppliers sent and issued in a span; it returns how many.
	EraseExpenses(ctx context.Context, tx *storage.Tx, s access.Scope, from, to contracts.Date) (int, error)
	// Newest is the last day of issue in a span of a document that still says who bought what; no to: without end.
	Newest(ctx context.Context, q storage.Querier, s access.Scope, from, to contracts.Date) (contracts.Date, error)

	// EraseAround removes what is no invoice data: drafts, buyers noted by the member, contact, pseudonyms; it returns how many rows.
	EraseAround(ctx context.Context, tx *storage.Tx, s access.Scope) (int, error)
	// EraseMember removes the member and his activities, or where documents name them, what is said of them.
	EraseMember(ctx context.Context, tx *storage.Tx, s access.Scope, id member.ID, subject string) error

	// CasesKeptUntil is the last day any mobility case in scope must be kept; no day when none must. EraseCases removes those of them that need
	// not, with history and documents: of one member all, of everybody those past their period. It returns how many.
	CasesKeptUntil(ctx context.Context, q storage.Querier, s access.Scope, today contracts.Date) (contracts.Date, error)
	EraseCases(ctx context.Context, tx *storage.Tx, s access.Scope, today contracts.Date) (int, error)

	SaveErasure(ctx context.Context, tx *storage.Tx, s access.Scope, e Erasure) error
	Erasures(ctx context.Context, q storage.Querier, s access.Scope) ([]Erasure, error) // not done yet
	LogErasure(ctx context.Context, tx *storage.Tx, e Entry, at time.Time) error

	// OldDrafts, OldImports and IdleBuyers remove what is older than an instant, and tell how many rows.
	OldDrafts(ctx context.Context, tx *storage.Tx, s access.Scope, before time.Time) (int, error)
	OldImports(ctx context.Context, tx *storage.Tx, before time.Time) (int, error)
	IdleBuyers(ctx context.Context, tx *storage.Tx, s access.Scope, before time.Time) (int, error)

	State(ctx context.Context, q storage.Querier, name string) (string, error)
	SetState(ctx context.Context, tx *storage.Tx, name, value string) error
}

// Retention is the feature. All fields must be set.
type Retention struct {
	Country *country.Adapter
	Store   Store
	DB      *storage.DB
	Now     func() time.Time
}

func (r Retention) today() contracts.Date { return contracts.DateOf(r.Now().UTC()) }

// Result is what a run erased, or would erase.
type Result struct {
	DryRun    bool `json:"dry_run"`
	Documents int  `json:"documents"`
	Drafts    int  `json:"drafts"`
	Imports   int  `json:"imports"`
	Buyers    int  `json:"buyers"`
	Members   int  `json:"members"`
	Cases     int  `json:"cases"`
	Expenses  int  `json:"expenses"`
}

// atOnce is how many documents one transaction erases, so that others can write in between.
const atOnce = 200

func rule(k Kept) string {
	return fmt.Sprintf("documents are kept for %d years: %s", k.Years, k.Source)
}
