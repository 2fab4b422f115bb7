// Package ledger keeps books by double entry: every business event is one transaction whose postings sum to zero in
// each currency. It is append-only; a mistake is cured by Reverse and a new transaction. That postings sum to zero and
// stay as they are is enforced twice: here, and by the database itself.
//
// It knows no chart of accounts and no business: a node names its accounts and decides what an invoice posts.
package ledger

import (
	"embed"
	"errors"
	"fmt"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Account is the name of an account in the party's own chart, such as "receivable". It is part of every stored
// posting and therefore never changed.
type Account string

// Posting is one line of a transaction: an amount on an account.
type Posting struct {
	Account Account
	Owner   string          // sub-ledger key that only the caller understands, such as an activity or invoice id; may be empty
	Amount  contracts.Money // debit positive, credit negative
}

// Transaction is one business event in the books.
type Transaction struct {
	ID          string         // time-ordered UUID; Post gives one when it is empty
	Date        contracts.Date // the day in the books
	Reference   string         // what is booked, such as "invoice/2026-00017/issued"; unique, it makes Post idempotent
	Description string         // for people
	Cause       string         // id of the event or document that brought it about
	Reverses    string         // reference of the transaction this one takes back; usually empty
	RecordedBy  string         // opaque id of the person or program
	RecordedAt  time.Time      // when it was written down, to the microsecond
	Postings    []Posting      // at least two that are not zero; zero ones are left out of the books
}

// The faults of this package.
const (
	FaultUnbalanced      contracts.FaultCode = "unbalanced"       // postings do not sum to zero in a currency
	FaultReferenceUsed   contracts.FaultCode = "reference-used"   // the reference stands for another transaction
	FaultAlreadyReversed contracts.FaultCode = "already-reversed" // the transaction was taken back before
	FaultNotBooked       contracts.FaultCode = "not-booked"       // no transaction has this reference
)

// most is the number of runes that a name or text of a transaction may have.
const most = 500

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of the ledger.
func Migrations() storage.MigrationSet {
	return storage.Embedded("ledger", files)
}

// Validate returns every Fault of the transaction: a missing date, reference or account, an amount the currency does not
// allow, fewer than two postings, a sum other than zero.
func (t Transaction) Validate() error {
	var faults contracts.Faults
	if t.Date.IsZero() {
		faults.Addf(contracts.FaultMissing, "date", "give the day in the books", "no date")
	}
	faults.Add("reference", checkText(t.Reference, true))
	faults.Add("description", checkText(t.Description, false))
	faults.Add("cause", checkText(t.Cause, false))
	for i, p := range t.Postings {
		at := fmt.Sprintf("postings[%d]", i)
		faults.Add(at+".account", checkText(string(p.Account), true))
		faults.Add(at+".owner", checkText(p.Owner, false))
		_, err := p.Amount.Minor()
		faults.Add(at+".amount", err)
	}
	if n := len(substance(t.Postings)); n < 2 {
		faults.Addf(contracts.FaultInvalid, "postings", "name what is debited and what is credited", "%d postings are not zero, two are needed", n)
	}
	faults.Add("postings", t.checkSums())
	return faults.Err()
}

// checkSums weighs each currency apart: an exchange needs an account for its difference in both.
func (t Transaction) checkSums() error {
	sums := map[contracts.Currency]decimal.Decimal{}
	var order []contracts.Currency
	for _, p := range t.Postings {
		if _, seen := sums[p.Amount.Currency]; !seen {
			order = append(order, p.Amount.Currency)
		}
		sums[p.Amount.Currency] = sums[p.Amount.Currency].Add(p.Amount.Amount)
	}
	var faults contracts.Faults
	for _, c := range order {
		if sum := sums[c]; !sum.IsZero() {
			faults.Addf(FaultUnbalanced, "", "debits and credits must be equal in each currency", "the postings in %s sum to %s instead of zero", c, sum)
		}
	}
	return faults.Err()
}

// checkText refuses what the two engines would store differently or a page could not show.
func checkText(s string, needed bool) error {
	if s == "" && needed {
		return contracts.Fault{Code: contracts.FaultMissing, Message: "missing"}
	}
	n := 0
	for _, r := range s {
		if n++; r == unicode.ReplacementChar || unicode.IsControl(r) {
			return contracts.Fault{Code: contracts.FaultInvalid, Message: "holds a character that is no text", Remedy: "use letters, digits and signs in UTF-8"}
		}
	}
	if n > most {
		return contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("%d characters, at most %d fit", n, most)}
	}
	return nil
}

// substance leaves out the postings that move nothing.
func substance(postings []Posting) []Posting {
	var kept []Posting
	for _, p := range postings {
		if !p.Amount.IsZero() {
			kept = append(kept, p)
		}
	}
	return kept
}

// Reverse returns the transaction that takes t back: the same postings with the opposite sign, on a day and under a
// reference of its own. Cause, who and when are the caller's to fill in.
func Reverse(t Transaction, date contracts.Date, reference string) Transaction {
	reversal := Transaction{Date: date, Reference: reference, Reverses: t.Reference, Description: "Reversal: " + t.Description}
	for _, p := range t.Postings {
		reversal.Postings = append(reversal.Postings, Posting{p.Account, p.Owner, p.Amount.Neg()})
	}
	return reversal
}

// sameBooking tells whether two transactions say the same, whoever wrote them down and when.
func sameBooking(a, b Transaction) error {
	switch {
	case a.Date != b.Date:
		return errors.New("another date")
	case a.Description != b.Description:
		return errors.New("another description")
	case a.Cause != b.Cause:
		return errors.New("another cause")
	case a.Reverses != b.Reverses:
		return errors.New("reverses something else")
	}
	return samePostings(a.Postings, b.Postings)
}

func samePostings(a, b []Posting) error {
	a, b = substance(a), substance(b)
	if len(a) != len(b) {
		return fmt.Errorf("%d postings instead of %d", len(b), len(a))
	}
	for i := range a {
		if a[i].Account != b[i].Account || a[i].Owner != b[i].Owner || !a[i].Amount.Equal(b[i].Amount) {
			return fmt.Errorf("another posting %d", i+1)
		}
	}
	return nil
}
