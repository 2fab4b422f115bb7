package federation

import (
	"context"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// This file changes the key a party speaks with: announced in every channel by the key before it, entered into the registry by the hub.

// Rotate announces a key in every channel, signed with the one that has spoken there so far, and speaks with it from the next
// message on. It may be called again until it succeeds.
func (e *Endpoint) Rotate(ctx context.Context, next Key) error {
	if next.Party != e.self {
		return fmt.Errorf("rotate: %s is a key of %s", next.ID, next.Party)
	}
	e.mu.Lock()
	e.keys[next.ID] = next
	e.mu.Unlock()
	if e.self == contracts.Hub {
		if err := e.enter(ctx, next); err != nil {
			return fmt.Errorf("rotate: %w", err)
		}
	}
	announced := false
	err := e.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		for _, peer := range e.peers() {
			wrote, err := e.announce(ctx, tx, peer, next)
			if err != nil {
				return fmt.Errorf("to %s: %w", peer, err)
			}
			announced = announced || wrote
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("rotate to %s: %w", next.ID, err)
	}
	if announced {
		e.Log.InfoContext(ctx, "key rotated", "key", next.ID)
	}
	return nil
}

// enter puts the hub's own next key into the registry, so that the nodes know it before it speaks.
func (e *Endpoint) enter(ctx context.Context, next Key) error {
	r := e.registry.Load()
	if current, _ := r.Directory().Current(e.self); current == next.ID {
		return nil
	}
	line, err := r.RotateHub(next, e.Now()).Sign(e.speaking(""))
	if err != nil {
		return err
	}
	if r, err = e.appendEntry(r, line); err != nil {
		return err
	}
	return e.adopt(ctx, r)
}

// appendEntry adds an entry of our own: to the folder first, where operators may be adding theirs.
func (e *Endpoint) appendEntry(r *Registry, line []byte) (*Registry, error) {
	if e.RegistryFolder != "" {
		if _, err := AppendRegistry(e.RegistryFolder, line); err != nil {
			return nil, err
		}
	}
	return r.Extend(line)
}

// announce writes the message that ends the rule of the old key on one channel.
func (e *Endpoint) announce(ctx context.Context, tx *storage.Tx, peer contracts.PartyID, next Key) (wrote bool, err error) {
	if s, err := readSending(ctx, tx, peer); err != nil || s.key == next.ID || e.dir().Left(peer) {
		return false, err
	}
	if err := e.mayWrite(peer); err != nil {
		return false, err // a restored copy announces nothing before heads are compared
	}
	data, err := contracts.Encode(RotateTo(e.dir().Network, next))
	if err != nil {
		return false, err
	}
	head, err := e.takeNumbers(ctx, tx, peer, 1)
	if err != nil {
		return false, err
	}
	out, err := e.write(ctx, peer, head, TypeKeyRotated, data, "")
	if err != nil {
		return false, err
	}
	if err := insertOutgoing(ctx, tx, peer, []outgoing{out}, e.Now()); err != nil {
		return false, err
	}
	tx.AfterCommit(e.relay(peer).nudge)
	_, err = tx.ExecContext(ctx, `UPDATE fed_sending SET key = $2 WHERE peer = $1`, peer, next.ID)
	return true, err
}

// current returns a stored receipt as its peer takes it: signed anew, over the same words, when we have another key since.
func (e *Endpoint) current(receipt []byte) ([]byte, error) {
	f, err := open(e.dir(), receipt)
	if err != nil {
		return receipt, nil // damaged in our books: verify finds it, and the peer refuses it
	}
	now := e.speaking("")
	if f.Key == now.ID {
		return receipt, nil
	}
	frame, _, err := seal(now, TypeReceipt, f.Payload)
	return frame, err
}

// speaksNext is the key that speaks after a message: its own, or the one it announces.
func speaksNext(in incoming, outcome Outcome) KeyID {
	if in.message.Type != TypeKeyRotated || outcome != Applied {
		return in.key
	}
	var k KeyRotated
	if err := contracts.Decode(in.message.Data, &k); err != nil {
		return in.key // cannot be: it was applied
	}
	return k.Key.ID
}

// parseRotation reads the announcement of a key and checks that the sender has it.
func parseRotation(m Message) (k KeyRotated, err error) {
	if err := contracts.Decode(m.Data, &k); err != nil {
		return k, err
	}
	if _, err := k.Key.check(m.Source); err != nil || k.Key.Revoked || !possessed(m.Network, m.Source, k.Key, k.Proof) {
		return k, contracts.Fault{Code: contracts.FaultInvalid, Field: "key", Message: "not a sound key that the sender holds"}
	}
	return k, nil
}

// rotated takes in the peer's announcement. The hub makes it an entry of the registry; a node waits until the hub has.
func (t *taking) rotated(ctx context.Context, in incoming) (fault, err error) {
	k, err := parseRotation(in.message)
	if err != nil {
		return err, nil
	}
	if t.registry == nil {
		t.registry = t.e.registry.Load()
	}
	if t.registry == nil {
		return contracts.Fault{Code: contracts.FaultInvalid, Message: "this party goes by a fixed directory"}, nil
	}
	if listed, ok := t.registry.Directory().key(k.Key.ID); ok && listed.party == t.peer {
		return nil, nil // entered before; books restored from a backup hear of it again
	}
	if t.e.self != contracts.Hub {
		return contracts.Fault{Code: contracts.FaultUnknownType, Message: "a key that the registry does not list yet"}, nil
	}
	line, err := t.registry.Rotate(t.peer, k.Key, in.frame, t.e.Now()).Sign(t.e.speaking(t.peer))
	if err != nil {
		return nil, err
	}
	if _, err := t.registry.Extend(line); err != nil {
		return contracts.FaultsOf(err), nil // used before by somebody, or never to be
	}
	if t.e.RegistryFolder != "" {
		if _, err := AppendRegistry(t.e.RegistryFolder, line); err != nil {
			return nil, fmt.Errorf("enter the next key of %s: %w", t.peer, err) // an operator was quicker: with the next attempt
		}
	}
	return nil, t.entry(ctx, line)
}
