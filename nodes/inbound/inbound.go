// Package inbound takes in what suppliers send: an e-invoice becomes the draft of an expense of an activity, and the document is
// kept exactly as it came. What the document says is shown, and what is doubtful about it is said; it is booked by nobody here,
// for the co-operative pays and books its expenses where it always did.
package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"passerelle/adapters/format"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/hybrid"
	"passerelle/adapters/format/p7m"
	"passerelle/adapters/format/rules"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
)

// Expense is a supplier's invoice as it was read.
type Expense struct {
	ID         string            `json:"id"`
	Member     member.ID         `json:"member"`
	Activity   member.ActivityID `json:"activity"`
	Document   en16931.Document  `json:"document"`
	Doubts     []contracts.Fault `json:"doubts,omitzero"` // what a person should look at before it is paid
	SHA256     string            `json:"sha256"`          // of the bytes, lower-case hexadecimal
	RecordedAt time.Time         `json:"recorded_at"`
}

// Store keeps expenses. Find functions answer false for what is not there, or not in scope.
type Store interface {
	Activity(ctx context.Context, q storage.Querier, s access.Scope, id member.ActivityID) (member.Activity, member.Member, bool, error)
	InsertExpense(ctx context.Context, tx *storage.Tx, s access.Scope, e Expense, content []byte) error
	ExpenseWith(ctx context.Context, q storage.Querier, s access.Scope, of member.ID, sha256 string) (Expense, bool, error)
	SameNumber(ctx context.Context, q storage.Querier, s access.Scope, of member.ID, supplier, number string) (bool, error)
}

// Inbound is the feature.
type Inbound struct {
	Store Store
	DB    *storage.DB
	Buyer contracts.Party // the co-operative
	Now   func() time.Time
	NewID func() string
}

// Faults of expenses.
const (
	FaultTwice    contracts.FaultCode = "expense-twice"    // the same document again
	FaultDoubt    contracts.FaultCode = "expense-doubt"    // something to look at
	FaultActivity contracts.FaultCode = "expense-activity" // no activity of one's own
)

// File is a document as it came.
type File []byte

// MediaType is what it is kept and given back as: a PDF, a signed envelope, or XML.
func (f File) MediaType() (name, extension string) {
	if p7m.Is(f) {
		return "application/pkcs7-mime", ".xml.p7m"
	}
	if hybrid.Is(f) {
		return "application/pdf", ".pdf"
	}
	return "application/xml", ".xml"
}

// Take reads a supplier's e-invoice (XML, also in a signed envelope, or a PDF with the XML inside) and keeps it for an activity. A document that cannot be relied upon is
// refused with the reader's faults; the same bytes twice are a Fault that names the expense they are.
func (in Inbound) Take(ctx context.Context, s access.Scope, activity member.ActivityID, content []byte) (e Expense, err error) {
	d, faults := format.Read(content)
	if faults != nil && !format.Usable(faults) {
		return e, faults
	}
	sum := sha256.Sum256(content)
	e = Expense{ID: in.NewID(), Activity: activity, Document: d, Doubts: in.doubts(d, faults), SHA256: hex.EncodeToString(sum[:]), RecordedAt: in.Now()}
	err = in.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		a, _, found, err := in.Store.Activity(ctx, tx, s, activity)
		if err != nil {
			return err
		}
		if !found {
			return contracts.Fault{Code: FaultActivity, Field: "activity", Message: "there is no such activity", Remedy: "choose one from the list"}
		}
		e.Member = a.Member
		return in.insert(ctx, tx, s, e, content)
	})
	if err != nil {
		return Expense{}, fmt.Errorf("take in an expense: %w", err)
	}
	return e, nil
}

func (in Inbound) insert(ctx context.Context, tx *storage.Tx, s access.Scope, e Expense, content []byte) error {
	before, found, err := in.Store.ExpenseWith(ctx, tx, s, e.Member, e.SHA256)
	if err != nil {
		return err
	}
	if found {
		return contracts.Fault{Code: FaultTwice, Field: "file", Message: fmt.Sprintf("this document is here already: %s of %s", before.Document.Number, before.Document.Seller.Name), Remedy: "it was not kept a second time"}
	}
	again, err := in.Store.SameNumber(ctx, tx, s, e.Member, e.Document.Seller.Name, e.Document.Number)
	if err != nil {
		return err
	}
	if again {
		e.Doubts = append(e.Doubts, contracts.Fault{Code: FaultDoubt, Message: "another document of this supplier has the same number", Remedy: "look whether it is the same invoice"})
	}
	return in.Store.InsertExpense(ctx, tx, s, e, content)
}

// doubts are what a person should look at: sums that do not add up, a document for somebody else, what was not carried over.
func (in Inbound) doubts(d en16931.Document, faults error) (all []contracts.Fault) {
	if wrong := contracts.FaultsOf(rules.Amounts(d)); len(wrong) > 0 {
		all = append(all, contracts.Fault{Code: FaultDoubt, Field: "totals", Message: "the amounts of the document do not add up", Remedy: "ask the supplier for a right one before it is paid"})
		for _, f := range wrong[:min(len(wrong), mostWrong)] {
			f.Remedy = "" // the supplier's to repair
			all = append(all, f)
		}
	}
	if d.Number == "" || d.IssueDate.IsZero() || d.Seller.Name == "" {
		all = append(all, contracts.Fault{Code: FaultDoubt, Message: "the document lacks its number, its day or its supplier", Remedy: "ask the supplier for a right one before it is paid"})
	}
	if id := plain(in.Buyer.VATID); id != "" && plain(d.Buyer.VATID) != id {
		all = append(all, contracts.Fault{Code: FaultDoubt, Field: "buyer", Message: "it is not addressed to the co-operative by its VAT number", Remedy: "ask the supplier to address it to the co-operative"})
	}
	if faults != nil {
		all = append(all, contracts.FaultsOf(faults)...)
	}
	return all
}

// mostWrong is how many broken rules are told of one document.
const mostWrong = 20

func plain(id string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", ".", "", "-", "").Replace(id))
}
