// Package correspondence is what home and host node of a mobility case write to each other: it seals what goes out, opens what comes in, takes
// each message once, holds it against the table of who may send what, and acknowledges it. It knows what a message is, and not what it does to
// a case: that is for the Desk, which is the life of the case at home and the host's own file at the host.
package correspondence

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/seal"
	"passerelle/internal/storage"
)

// Faults of a message that is not taken.
const (
	FaultParty      contracts.FaultCode = "no-party"   // its sender is no party to the case, or there is no such case
	FaultReply      contracts.FaultCode = "reply"      // answers a message that was not written, or one of another kind
	FaultSuperseded contracts.FaultCode = "superseded" // an older version than is here
	FaultNotYours   contracts.FaultCode = "not-yours"  // takes back what another has written
	FaultForwarded  contracts.FaultCode = "forwarded"  // the hub handed on what is not for this node
	FaultErased     contracts.FaultCode = "erased"     // the host's access to the case has ended
)

// Address says which message it is, between whom, and about what.
type Address struct {
	Case      contracts.CaseID      `json:"case"`
	Home      contracts.CountryCode `json:"home"`
	Peer      contracts.CountryCode `json:"peer"` // to whom or from whom
	Flow      contracts.CaseFlow    `json:"flow"`
	Kind      contracts.CaseKind    `json:"kind"`
	Message   contracts.MessageID   `json:"message"`
	Version   int                   `json:"version"`
	InReplyTo contracts.MessageID   `json:"in_reply_to,omitzero"`
	RuleSet   string                `json:"rule_set"`
}

// Way tells what was sent from what was taken.
type Way string

// The ways.
const (
	Sent  Way = "sent"
	Taken Way = "taken"
)

// Message is a message on file.
type Message struct {
	Address
	Way       Way                 `json:"way"`
	At        time.Time           `json:"at"`
	Account   string              `json:"account,omitzero"` // who wrote it, here
	Name      string              `json:"name,omitzero"`
	Letter    letter.Letter       `json:"letter"` // nil once it is erased
	Documents []letter.Document   `json:"documents"`
	Answered  time.Time           `json:"acknowledged,omitzero"` // by the other node, of what was sent
	Refused   contracts.FaultCode `json:"refused,omitzero"`      // why it was not taken
	Invalid   time.Time           `json:"invalidated,omitzero"`
	Waiting   bool                `json:"waiting,omitzero"` // for the other node's sealing key
}

// Desk is what a message does to a case.
type Desk interface {
	// Knows refuses a message from a node that is no party to its case, before anything of it is kept.
	Knows(ctx context.Context, tx *storage.Tx, a Address) error
	// Take does what a message says. A Fault refuses it, and undoes what had begun.
	Take(ctx context.Context, tx *storage.Tx, m Message) error
}

// PeerKey is the sealing key of another node.
type PeerKey struct {
	Country contracts.CountryCode
	Number  int
	ID      contracts.SealingID
	Public  []byte
}

// Store keeps messages, parts that wait for others, and the keys of other nodes.
type Store interface {
	PeerKey(ctx context.Context, q storage.Querier, c contracts.CountryCode) (PeerKey, bool, error)
	SavePeerKey(ctx context.Context, tx *storage.Tx, k PeerKey) error
	InsertMessage(ctx context.Context, tx *storage.Tx, s access.Scope, m Message) error
	Message(ctx context.Context, q storage.Querier, s access.Scope, w Way, peer contracts.CountryCode, id contracts.MessageID, version int) (Message, bool, error)
	// LatestVersion is the newest version of a message on file, 0 when there is none.
	LatestVersion(ctx context.Context, q storage.Querier, s access.Scope, w Way, peer contracts.CountryCode, id contracts.MessageID) (int, error)
	Messages(ctx context.Context, q storage.Querier, s access.Scope, home contracts.CountryCode, id contracts.CaseID) ([]Message, error)
	// Unsent lists what waits for the key of a node; Unanswered what was sent before a moment and not acknowledged since.
	Unsent(ctx context.Context, q storage.Querier, s access.Scope, peer contracts.CountryCode) ([]Message, error)
	Unanswered(ctx context.Context, q storage.Querier, s access.Scope, before time.Time, limit int) ([]Message, error)
	SetSent(ctx context.Context, tx *storage.Tx, s access.Scope, a Address, at time.Time) error
	SetAnswered(ctx context.Context, tx *storage.Tx, s access.Scope, a Address, at time.Time, refused contracts.FaultCode) (bool, error)
	SetInvalid(ctx context.Context, tx *storage.Tx, s access.Scope, w Way, peer contracts.CountryCode, id contracts.MessageID, at time.Time) (bool, error)
	// SavePart keeps a sealed part and returns all parts of its message, in order, once they are there.
	SavePart(ctx context.Context, tx *storage.Tx, m contracts.CaseMessageSent) ([]contracts.CaseMessageSent, error)
	DeleteParts(ctx context.Context, tx *storage.Tx, m contracts.CaseMessageSent) error
}

// Correspondence is the feature. All fields must be set.
type Correspondence struct {
	Country contracts.CountryCode
	Network string
	Keys    seal.Keys
	Store   Store
	DB      *storage.DB
	Desk    Desk
	Tell    func(ctx context.Context, tx *storage.Tx, events ...contracts.Event) error // the hub
	Now     func() time.Time
	Log     *slog.Logger
}

// NewID returns the id of a new message.
func NewID() contracts.MessageID {
	return contracts.MessageID(strings.ReplaceAll(uuid.NewString(), "-", ""))
}

// Send writes to another node, inside the transaction of what it tells. Message and Version of a are given for a correction alone. It goes out
// after the commit, or once the other node's sealing key is known.
func (c Correspondence) Send(ctx context.Context, tx *storage.Tx, a Address, l letter.Letter, documents ...letter.Document) (Address, error) {
	a.Kind = l.Kind()
	if a.Message == "" {
		a.Message, a.Version = NewID(), 1
	}
	if a.Flow == "" {
		a.Flow = contracts.CaseRules[a.Kind].Flows[0]
	}
	deed := access.DeedOf(ctx)
	m := Message{Address: a, Way: Sent, At: c.Now().UTC(), Account: deed.By.Account, Name: deed.By.Name, Letter: l, Documents: documents}
	key, known, err := c.Store.PeerKey(ctx, tx, a.Peer)
	if err != nil {
		return a, err
	}
	m.Waiting = !known
	if known {
		err = c.post(ctx, tx, m, key)
	} else {
		_, err = letter.Write(l, documents...) // refused now rather than later
	}
	if err != nil {
		return a, fmt.Errorf("write %s to %s: %w", a.Kind, a.Peer, err)
	}
	return a, c.Store.InsertMessage(ctx, tx, access.Program(), m)
}

// post seals a message and hands its parts to the channel.
func (c Correspondence) post(ctx context.Context, tx *storage.Tx, m Message, key PeerKey) error {
	content, err := letter.Write(m.Letter, m.Documents...)
	if err != nil {
		return err
	}
	outside := contracts.CaseMessageSent{Case: m.Case, Home: m.Home, Flow: m.Flow, Kind: m.Kind, Message: m.Message, Version: m.Version, InReplyTo: m.InReplyTo,
		From: c.Country, To: m.Peer, RuleSet: m.RuleSet, Class: contracts.ClassLetter, Key: key.ID}
	if len(m.Documents) > 0 {
		outside.Class = contracts.ClassDocuments
	}
	parts := seal.Parts(content)
	events := make([]contracts.Event, len(parts))
	for i, part := range parts {
		e := outside
		e.Part, e.Parts = i+1, len(parts)
		if e.Sealed, err = seal.Seal(key.Public, c.Network, e, part); err != nil {
			return err
		}
		events[i] = e
	}
	return c.Tell(ctx, tx, events...)
}

// Receive takes in an event of another node that the hub has handed on and that is known to be its sender's. A Fault is the hub's: it brought
// what is not for us. What is wrong with a message itself is answered to who wrote it.
func (c Correspondence) Receive(ctx context.Context, tx *storage.Tx, event contracts.Event) error {
	switch e := event.(type) {
	case contracts.SealingKeyPublished:
		return c.learn(ctx, tx, e)
	case contracts.CaseMessageSent:
		if e.To == c.Country {
			return c.take(ctx, tx, e)
		}
	}
	c.Log.ErrorContext(ctx, "ALARM: the hub handed on what is not for this node", "type", event.EventType(), "owner", event.Owner())
	return contracts.Fault{Code: FaultForwarded, Field: "frame", Message: "this is not for this node"}
}

// learn keeps another node's key, and sends what waited for it.
func (c Correspondence) learn(ctx context.Context, tx *storage.Tx, k contracts.SealingKeyPublished) error {
	if k.Country == c.Country {
		return nil
	}
	old, known, err := c.Store.PeerKey(ctx, tx, k.Country)
	if err != nil || known && old.Number >= k.Number {
		return err
	}
	key := PeerKey{k.Country, k.Number, k.ID, k.Public}
	if err := c.Store.SavePeerKey(ctx, tx, key); err != nil {
		return err
	}
	waiting, err := c.Store.Unsent(ctx, tx, access.Program(), k.Country)
	if err != nil {
		return err
	}
	for _, m := range waiting {
		if err := c.again(ctx, tx, m, key); err != nil {
			return err
		}
	}
	return nil
}

func (c Correspondence) again(ctx context.Context, tx *storage.Tx, m Message, key PeerKey) error {
	if m.Letter == nil {
		return nil // erased meanwhile
	}
	if err := c.post(ctx, tx, m, key); err != nil {
		return fmt.Errorf("send %s %s again: %w", m.Kind, m.Message, err)
	}
	return c.Store.SetSent(ctx, tx, access.Program(), m.Address, c.Now().UTC())
}

// patience is how long an acknowledgement may take, and atOnce how many messages are sent again in one go.
const (
	patience = 24 * time.Hour
	atOnce   = 20
)

// Remind sends again what the other node has not acknowledged for a day, sealed to its latest key: the hub may have lost it with its books, or the
// other its key. Taken twice it has one effect.
func (c Correspondence) Remind(ctx context.Context) error {
	return c.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		late, err := c.Store.Unanswered(ctx, tx, access.Program(), c.Now().UTC().Add(-patience), atOnce)
		if err != nil {
			return err
		}
		for _, m := range late {
			key, known, err := c.Store.PeerKey(ctx, tx, m.Peer)
			if err != nil {
				return err
			}
			if known {
				if err := c.again(ctx, tx, m, key); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Publish tells the network the latest key, if that is not what it was told last. Last is the id told then.
func (c Correspondence) Publish(ctx context.Context, tx *storage.Tx, last string) (id string, err error) {
	latest := c.Keys.Latest()
	if id = string(latest.ID()); id == last {
		return id, nil
	}
	return id, c.Tell(ctx, tx, latest.Published(c.Country))
}

// quiet lists the kinds that are not acknowledged: nobody waits for them.
var quiet = []contracts.CaseKind{contracts.KindAck, contracts.KindRead}

func acknowledged(k contracts.CaseKind) bool { return !slices.Contains(quiet, k) }
