package correspondence

import (
	"context"
	"fmt"
	"slices"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// take takes in one part. With the last the message is opened, held against the table and given to the desk.
func (c Correspondence) take(ctx context.Context, tx *storage.Tx, e contracts.CaseMessageSent) error {
	a := addressOf(e)
	known, there, err := c.Store.Message(ctx, tx, access.Program(), Taken, a.Peer, a.Message, a.Version)
	if err != nil {
		return err
	}
	if there { // sent again: the acknowledgement may be what was lost
		if e.Part < e.Parts {
			return nil
		}
		return c.acknowledge(ctx, tx, a, known.Refused)
	}
	if err := c.Desk.Knows(ctx, tx, a); err != nil {
		return c.refuse(ctx, tx, a, err)
	}
	parts, err := c.Store.SavePart(ctx, tx, e)
	if err != nil || len(parts) < e.Parts {
		return err
	}
	if err := c.Store.DeleteParts(ctx, tx, e); err != nil {
		return err
	}
	m, err := c.open(ctx, tx, a, parts)
	if err != nil {
		return c.refuse(ctx, tx, a, err)
	}
	if err := c.effect(ctx, tx, m); err != nil {
		return c.refuse(ctx, tx, a, err)
	}
	return c.acknowledge(ctx, tx, a, "")
}

func addressOf(e contracts.CaseMessageSent) Address {
	return Address{Case: e.Case, Home: e.Home, Peer: e.From, Flow: e.Flow, Kind: e.Kind, Message: e.Message, Version: e.Version, InReplyTo: e.InReplyTo, RuleSet: e.RuleSet}
}

// open reads a message from its parts and checks what stands to what.
func (c Correspondence) open(ctx context.Context, tx *storage.Tx, a Address, parts []contracts.CaseMessageSent) (m Message, err error) {
	var content []byte
	for i, p := range parts {
		if addressOf(p) != a || p.Part != i+1 || p.Parts != len(parts) {
			return m, contracts.Fault{Code: contracts.FaultMalformed, Field: "part", Message: "the parts are not of one message"}
		}
		part, err := c.Keys.Open(c.Network, p)
		if err != nil {
			return m, err
		}
		content = append(content, part...)
	}
	m = Message{Address: a, Way: Taken, At: c.Now().UTC()}
	if m.Letter, m.Documents, err = letter.Read(a.Kind, content); err != nil {
		return m, err
	}
	newest, err := c.Store.LatestVersion(ctx, tx, access.Program(), Taken, a.Peer, a.Message)
	if err != nil {
		return m, err
	}
	if newest > a.Version {
		return m, contracts.Fault{Code: FaultSuperseded, Field: "version", Message: fmt.Sprintf("version %d is here already", newest)}
	}
	return m, c.replies(ctx, tx, a)
}

// replies checks that what is answered is a message of this case, between the same two, of a kind that has this answer.
func (c Correspondence) replies(ctx context.Context, tx *storage.Tx, a Address) error {
	if a.InReplyTo == "" {
		return nil
	}
	allowed := contracts.CaseRules[a.Kind].Answers
	for _, way := range []Way{Sent, Taken} {
		version, err := c.Store.LatestVersion(ctx, tx, access.Program(), way, a.Peer, a.InReplyTo)
		if err != nil {
			return err
		}
		if version == 0 {
			continue
		}
		of, _, err := c.Store.Message(ctx, tx, access.Program(), way, a.Peer, a.InReplyTo, version)
		if err != nil {
			return err
		}
		if of.Case == a.Case && of.Home == a.Home && (len(allowed) == 0 || slices.Contains(allowed, of.Kind)) {
			return nil
		}
	}
	return contracts.Fault{Code: FaultReply, Field: "in_reply_to", Message: "no message of this case has this answer"}
}

// effect keeps a message and has the desk do what it says; what the desk refuses leaves nothing behind.
func (c Correspondence) effect(ctx context.Context, tx *storage.Tx, m Message) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT letter"); err != nil {
		return err
	}
	err := c.keep(ctx, tx, m)
	if err != nil && !contracts.IsFault(err) {
		return err
	}
	end := "RELEASE SAVEPOINT letter"
	if err != nil {
		end = "ROLLBACK TO SAVEPOINT letter"
	}
	if _, undo := tx.ExecContext(ctx, end); undo != nil {
		return undo
	}
	return err
}

func (c Correspondence) keep(ctx context.Context, tx *storage.Tx, m Message) error {
	if err := c.Store.InsertMessage(ctx, tx, access.Program(), m); err != nil {
		return err
	}
	switch l := m.Letter.(type) {
	case letter.Ack:
		return c.acknowledgedBy(ctx, tx, m, l)
	case letter.Invalidate:
		ok, err := c.Store.SetInvalid(ctx, tx, access.Program(), Taken, m.Peer, l.Message, m.At)
		if err != nil {
			return err
		}
		if !ok {
			return contracts.Fault{Code: FaultNotYours, Field: "message", Message: "only who wrote a message may take it back"}
		}
	}
	return c.Desk.Take(ctx, tx, m)
}

// acknowledgedBy notes the other node's answer to what we wrote.
func (c Correspondence) acknowledgedBy(ctx context.Context, tx *storage.Tx, m Message, l letter.Ack) error {
	of := m.Address
	of.Message, of.Version = m.InReplyTo, l.Version
	ok, err := c.Store.SetAnswered(ctx, tx, access.Program(), of, m.At, l.Refused)
	if err != nil {
		return err
	}
	if !ok {
		return contracts.Fault{Code: FaultReply, Field: "in_reply_to", Message: "no such message was sent"}
	}
	if l.Refused != "" {
		c.Log.ErrorContext(ctx, "ALARM: a message about a case was refused", "peer", m.Peer, "case", m.Case, "message", of.Message, "code", l.Refused)
	}
	return nil
}

// refuse keeps on record that a message was not taken, says so to who wrote it, and alarms. Any error but a Fault is an accident and goes on.
func (c Correspondence) refuse(ctx context.Context, tx *storage.Tx, a Address, err error) error {
	if !contracts.IsFault(err) || Ours(err) {
		return err
	}
	code := contracts.FaultsOf(err)[0].Code
	c.Log.ErrorContext(ctx, "ALARM: a message about a case is refused", "peer", a.Peer, "case", a.Case, "kind", a.Kind, "message", a.Message, "code", code)
	if err := c.Store.InsertMessage(ctx, tx, access.Program(), Message{Address: a, Way: Taken, At: c.Now().UTC(), Refused: code}); err != nil {
		return err
	}
	return c.acknowledge(ctx, tx, a, code)
}

// Ours tells whether an error is the state of our own books rather than a fault of what was taken in: nothing may be written yet after a restore,
// or no more after leaving. The message waits.
func Ours(err error) bool {
	return contracts.IsFault(err) && slices.Contains([]contracts.FaultCode{contracts.FaultRestored, contracts.FaultLeft}, contracts.FaultsOf(err)[0].Code)
}

// acknowledge answers a message, unless nobody waits for that.
func (c Correspondence) acknowledge(ctx context.Context, tx *storage.Tx, a Address, refused contracts.FaultCode) error {
	if !acknowledged(a.Kind) {
		return nil
	}
	_, err := c.Send(ctx, tx, Address{Case: a.Case, Home: a.Home, Peer: a.Peer, InReplyTo: a.Message, RuleSet: a.RuleSet}, letter.Ack{Version: a.Version, Refused: refused})
	return err
}
