package meeting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/book"
	"passerelle/internal/ledger"
)

// Reader answers with the book.
type Reader interface {
	// MeetingEntries lists every entry in the order of its number.
	MeetingEntries(ctx context.Context) ([]Entry, error)
}

// Store keeps the book and the files of its papers, within one transaction.
type Store interface {
	Reader
	// AddMeetingEntry adds an entry, whose number must not be taken.
	AddMeetingEntry(ctx context.Context, e Entry) error
	// KeepPaper keeps a file by its digest; one that is there changes nothing.
	KeepPaper(ctx context.Context, digest string, body []byte) error
}

var rules = book.Rules[Act, Meetings]{Name: "meetings", Empty: func() Meetings { return Meetings{} },
	Apply: func(all *Meetings, a Act, on contracts.Date) (book.Booking, error) {
		return book.Booking{}, a.apply(all, on)
	}, Named: func(a Act, _ Meetings) Act { return a }}

// Fold plays entries in the order of their days. A Fault names the entry that contradicts those before it.
func Fold(entries []Entry) (Meetings, error) {
	f, err := rules.Fold(entries)
	return f.State, err
}

// Enter returns the entry that adds an act, and the state after it, as book.Rules.Enter does.
func Enter(entries []Entry, act Act, day contracts.Date, by string, now time.Time) (Entry, Meetings, error) {
	in, err := rules.Enter(entries, act, day, by, now)
	return in.Entry, in.After.State, err
}

// Record enters acts into the book, within the caller's transaction: all or, with an error, none.
func Record(ctx context.Context, s Store, by string, now time.Time, acts ...Dated) (Meetings, error) {
	return rules.Record(ctx, book.Store[Act]{Entries: s.MeetingEntries, Add: s.AddMeetingEntry, Post: noMoney}, by, now, acts...)
}

func noMoney(context.Context, ledger.Transaction) error {
	return errors.New("meetings move no money")
}

// Digest tells files apart.
func Digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// AddPaper enters a paper with its file, within the caller's transaction.
func AddPaper(ctx context.Context, s Store, by string, now time.Time, paper PaperAdded, body []byte) error {
	if paper.File != nil {
		if err := s.KeepPaper(ctx, paper.File.SHA256, body); err != nil {
			return fmt.Errorf("keep paper %s: %w", paper.File.Name, err)
		}
	}
	_, err := Record(ctx, s, by, now, Dated{Day: contracts.DateOf(now.UTC()), Act: paper})
	return err
}

// Read returns the meetings with the entries behind them.
func Read(ctx context.Context, r Reader) (Meetings, []Entry, error) {
	entries, err := r.MeetingEntries(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read the book of meetings: %w", err)
	}
	all, err := Fold(entries)
	if err != nil {
		return nil, nil, fmt.Errorf("fold the book of meetings: %v", err)
	}
	return all, entries, nil
}
