// Package delivery takes issued invoices to their buyers and keeps what became of them: the bytes and their digest, the way they
// go, each try and each answer. A parcel has one name for ever; it is sent under that name until somebody has taken it, so
// that a program killed between sending and noting sends the same name again and a receiver takes it once.
//
// It decides neither formats nor ways: whoever issues does. Carriers know the outside.
package delivery

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// Channel is a way to the outside.
type Channel string

// The channels. ByHand is what a person sends; SdI and NAV get what the program sends where the
// settings say how; else it is prepared as files that a person, or another program, sends.
const (
	ByHand   Channel = "hand"
	Folder   Channel = "folder"   // of an access-point provider
	Endpoint Channel = "endpoint" // of an access-point provider, HTTPS
	Mail     Channel = "mail"
	SdI      Channel = "sdi" // Italian tax authority
	NAV      Channel = "nav" // Hungarian tax authority
)

// Parcel is a document on its way.
type Parcel struct {
	Name     string              `json:"name"` // unique and the same at each try
	Document contracts.InvoiceID `json:"-"`
	Member   string              `json:"-"`
	Channel  Channel             `json:"-"`
	Report   bool                `json:"report,omitzero"` // for the authority, not for the buyer
	Format   string              `json:"format"`          // by name, as passerelle invoice write knows it
	File     string              `json:"file"`
	SHA256   string              `json:"sha256"` // of Content, lower-case hexadecimal
	Content  []byte              `json:"-"`
	Ask      bool                `json:"-"` // before it is sent, whether Receiver takes Type

	Number    string                `json:"number"`
	IssueDate contracts.Date        `json:"issue_date"`
	Seller    contracts.CountryCode `json:"seller_country"`         // Peppol's C1 country
	Sender    string                `json:"sender,omitzero"`        // participant, such as iso6523-actorid-upis::0208:0468561072
	Receiver  string                `json:"receiver,omitzero"`      // likewise
	Type      string                `json:"document_type,omitzero"` // Peppol document type identifier; for NAV what the report does: CREATE, MODIFY, STORNO
	Process   string                `json:"process,omitzero"`       // Peppol process identifier
	To        string                `json:"to,omitzero"`            // e-mail address
}

// Kept is a parcel with how it stands.
type Kept struct {
	Parcel
	Status Status
	Tries  int
	Due    time.Time // of the next try, while it waits; of the next question what became of it, where its channel is asked
	KeptAt time.Time
	Events []Event // the oldest first
}

// Last is the latest event; zero when there is none.
func (k Kept) Last() Event {
	if len(k.Events) == 0 {
		return Event{}
	}
	return k.Events[len(k.Events)-1]
}

// Why is why a parcel is not taken: the reason of the event that brought it where it stands. Empty when it stands well.
func (k Kept) Why() string {
	if k.Status != Refused && k.Status != Rejected {
		return ""
	}
	why := ""
	for i, e := range k.Events {
		if e.Status == k.Status && (i == 0 || k.Events[i-1].Status != k.Status) {
			why = e.Reason
		}
	}
	return why
}

// Event is one step of a parcel. It is never changed.
type Event struct {
	At     time.Time `json:"at"`
	Status Status    `json:"status"`
	Reason string    `json:"reason,omitzero"` // in the words of whoever refused, or what was told when it was taken
	Source string    `json:"source"`          // program, folder, or the account that told
}

// Carrier hands parcels to the outside. A name that it has taken before is taken as done. A Fault is an answer that no further
// try changes; any other error is tried again. told is what the receiver said when it took the parcel, such as the number that
// it gave; it is kept with the event.
type Carrier interface {
	Carry(ctx context.Context, p Parcel) (told string, err error)
}

// Store keeps parcels. Find functions answer false for what is not there, or not in scope.
type Store interface {
	InsertParcel(ctx context.Context, tx *storage.Tx, s access.Scope, k Kept, at time.Time) error
	DueParcels(ctx context.Context, q storage.Querier, s access.Scope, at time.Time, limit int) ([]Kept, error)
	Parcel(ctx context.Context, q storage.Querier, s access.Scope, name string) (Kept, bool, error)
	ParcelsOf(ctx context.Context, q storage.Querier, s access.Scope, document contracts.InvoiceID) ([]Kept, error)
	MoveParcel(ctx context.Context, tx *storage.Tx, s access.Scope, k Kept, e Event) error // with its event
	DeferParcel(ctx context.Context, tx *storage.Tx, s access.Scope, k Kept) error         // tries and due alone
}

// Delivery is the feature. Carriers holds the channels that are configured.
type Delivery struct {
	Store    Store
	DB       *storage.DB
	Carriers map[Channel]Carrier
	Now      func() time.Time
	Log      *slog.Logger
	Chance   func() float64                 // 0 to 1, spreads tries; nil is the middle
	Notices  func(b []byte) (Notice, error) // reads what an authority says in XML; nil when none does

	// Find tells whether a parcel's receiver takes what it is: nil that it does, a Fault that it does not, any other error that nobody
	// knows. When there is none, nobody is asked.
	Find func(ctx context.Context, p Parcel) error
}

// Keep keeps a parcel in the transaction of its document. One whose channel is not configured is to be sent by hand.
func (d Delivery) Keep(ctx context.Context, tx *storage.Tx, s access.Scope, p Parcel) error {
	if d.Carriers[p.Channel] == nil {
		p.Channel = ByHand
	}
	k := Kept{Parcel: p, Status: Waiting, Due: d.Now(), KeptAt: d.Now()}
	switch {
	case p.Channel == ByHand:
		k.Status, k.Due = Manual, time.Time{}
	case p.Ask && d.Find != nil:
		k.Status = Seeking
	}
	sum := sha256.Sum256(p.Content)
	k.SHA256 = hex.EncodeToString(sum[:])
	if err := d.Store.InsertParcel(ctx, tx, s, k, d.Now()); err != nil {
		return fmt.Errorf("keep %s: %w", p.Name, err)
	}
	return nil
}

// atOnce is how many parcels one round looks at.
const atOnce = 50

// Work tries every parcel that is due, asks after those whose receiver tells only on asking, and tells how many were taken. A
// parcel that fails waits for its next try and holds up no other. One process of a node works at a time: the node's lease sees to it.
func (d Delivery) Work(ctx context.Context) (taken int, err error) {
	due, err := d.Store.DueParcels(ctx, d.DB, access.Program(), d.Now(), atOnce)
	if err != nil {
		return 0, fmt.Errorf("parcels that are due: %w", err)
	}
	for _, k := range due {
		done, err := d.try(ctx, k)
		if err != nil {
			return taken, fmt.Errorf("hand over %s: %w", k.Name, err)
		}
		if done {
			taken++
		}
	}
	return taken, nil
}

// tryTime bounds one try.
const tryTime = 45 * time.Second

// try hands over one parcel and notes the outcome. An error is one of the books, not of the carrier.
func (d Delivery) try(ctx context.Context, k Kept) (taken bool, err error) {
	if k.Status == Handed {
		return false, d.follow(ctx, k)
	}
	carrier := d.Carriers[k.Channel]
	if carrier == nil {
		return false, d.move(ctx, k, Manual, "", program)
	}
	sum := sha256.Sum256(k.Content)
	if hex.EncodeToString(sum[:]) != k.SHA256 {
		return false, d.move(ctx, k, Refused, "the kept document is not the one that was issued", program)
	}
	if k.Status == Seeking {
		return false, d.seek(ctx, k)
	}
	trying, stop := context.WithTimeout(ctx, tryTime)
	defer stop()
	told, err := carrier.Carry(trying, k.Parcel)
	switch {
	case err == nil:
		return true, d.move(ctx, k, Handed, told, program)
	case contracts.IsFault(err):
		return false, d.move(ctx, k, Refused, contracts.FaultsOf(err)[0].Message, program)
	case ctx.Err() != nil: // the program stops; the try does not count
		return false, nil
	}
	d.Log.WarnContext(ctx, "a document waits to be handed over", "parcel", k.Name, "channel", k.Channel, "tries", k.Tries+1, "err", err)
	return false, d.postpone(ctx, k)
}

// program is the source of what the program itself did.
const program = "program"

// How long a parcel waits for its next try: twice as long each time, up to a most, spread by half so that many do not come at once.
const (
	firstWait = 30 * time.Second
	mostWait  = 6 * time.Hour
)

func (d Delivery) wait(tries int) time.Duration {
	wait := mostWait
	if tries < 12 {
		wait = min(firstWait<<(tries-1), mostWait)
	}
	chance := 0.5
	if d.Chance != nil {
		chance = d.Chance()
	}
	return wait*3/4 + time.Duration(chance*float64(wait/2))
}

func (d Delivery) move(ctx context.Context, k Kept, to Status, reason, source string) error {
	return meanwhile(d.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return d.moveIn(ctx, tx, access.Program(), k.Name, to, reason, source)
	}))
}

// meanwhile: a parcel that was answered, or erased with its document, while the program tried it stands as that left it.
func meanwhile(err error) error {
	if contracts.IsFault(err) || errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// moveIn reads how the parcel stands now, so that what came in meanwhile is not lost.
func (d Delivery) moveIn(ctx context.Context, tx *storage.Tx, s access.Scope, name string, to Status, reason, source string) error {
	k, found, err := d.Store.Parcel(ctx, tx, s, name)
	if err != nil {
		return err
	}
	if !found {
		return ErrNotFound
	}
	changed, err := k.Status.Move(to)
	if err != nil || !changed {
		return err
	}
	k.Status, k.Due = to, time.Time{}
	switch to {
	case Waiting:
		k.Tries, k.Due = 0, d.Now()
	case Handed:
		k.Tries, k.Due = 0, d.followed(k.Channel)
	}
	return d.Store.MoveParcel(ctx, tx, s, k, Event{At: d.Now(), Status: to, Reason: reason, Source: source})
}

// tell moves a parcel in a transaction, or notes what is told when nothing changes by it. That it was issued may be heard after what the
// buyer says.
func (d Delivery) tell(ctx context.Context, tx *storage.Tx, s access.Scope, k Kept, to Status, told, source string) error {
	if to == Accepted && (k.Status == Rejected || k.Status == Paid) {
		to = k.Status
	}
	changed, err := k.Status.Move(to)
	if err != nil {
		return err
	}
	if !changed && told == "" {
		return nil
	}
	if !changed {
		return d.note(ctx, tx, s, k.Name, told, source)
	}
	return d.moveIn(ctx, tx, s, k.Name, to, told, source)
}

// note keeps what was told of a parcel without changing how it stands. The same again changes nothing.
func (d Delivery) note(ctx context.Context, tx *storage.Tx, s access.Scope, name, told, source string) error {
	k, found, err := d.Store.Parcel(ctx, tx, s, name)
	if err != nil {
		return err
	}
	if !found {
		return ErrNotFound
	}
	if slices.ContainsFunc(k.Events, func(e Event) bool { return e.Reason == told }) {
		return nil
	}
	return d.Store.MoveParcel(ctx, tx, s, k, Event{At: d.Now(), Status: k.Status, Reason: told, Source: source})
}

// Note keeps what was told of a parcel without changing how it stands, such as a number that it got. The same again changes nothing.
func (d Delivery) Note(ctx context.Context, s access.Scope, name, told, source string) error {
	err := d.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error { return d.note(ctx, tx, s, name, told, source) })
	if err != nil {
		return fmt.Errorf("note of %.60q: %w", name, err)
	}
	return nil
}

// ErrNotFound is returned when a name is nobody's.
var ErrNotFound = errors.New("no such parcel")
