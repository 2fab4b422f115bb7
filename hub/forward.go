package hub

import (
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/contracts"
	"passerelle/hub/store"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
)

// FaultAddressee is raised for a message to a node that the network does not have, or has no more.
const FaultAddressee contracts.FaultCode = "addressee"

// Network is how the hub writes to nodes.
type Network interface {
	// Present lists the nodes that are in the network.
	Present() []contracts.PartyID
	// Agrees tells whether a node has been heard since this start, and holds the history of the channel to it that these books hold.
	Agrees(node contracts.PartyID) bool
	// SendAll writes to a node, within the transaction.
	SendAll(ctx context.Context, tx *storage.Tx, to contracts.PartyID, events []contracts.Event, cause string) error
}

// Endpoint is the Network of a running hub. It is filled once its parts know each other.
type Endpoint struct{ *federation.Endpoint }

// Tell hands an event to a node, once, within the transaction: what waits goes out when the node has said where it stands. A hub that has lost its
// books would otherwise write a second history to it.
func (h *Hub) Tell(ctx context.Context, tx *storage.Tx, to contracts.PartyID, event contracts.Event) error {
	if err := store.In(tx).Tell(ctx, to, event); err != nil {
		return fmt.Errorf("keep %s for %s: %w", event.EventType(), to, err)
	}
	tx.AfterCommit(h.nudge)
	return nil
}

// Returned takes in an event of the hub's own that its books had lost and the node gave back: it is not told again.
func (h *Hub) Returned(ctx context.Context, tx *storage.Tx, to contracts.PartyID, event contracts.Event) error {
	return store.In(tx).NoteTold(ctx, to, event)
}

// forwardMessage hands a sealed message on as it was signed. The hub cannot read it and has no say in it; it refuses only what has nowhere to go.
func (h *Hub) forwardMessage(ctx context.Context, tx *storage.Tx, m contracts.CaseMessageSent) error {
	to := contracts.NodeID(m.To)
	if h.network != nil && !slices.Contains(h.network.Present(), to) {
		return contracts.Fault{Code: FaultAddressee, Field: "to", Message: fmt.Sprintf("%s is not in the network", m.To), Remedy: "write to the co-operative by other means"}
	}
	return h.Tell(ctx, tx, to, contracts.FrameForwarded{Frame: federation.FrameOf(ctx)})
}

// keepKey keeps a node's sealing key, in its frame, for all others.
func (h *Hub) keepKey(ctx context.Context, tx *storage.Tx, k contracts.SealingKeyPublished) error {
	tx.AfterCommit(h.nudge)
	return store.In(tx).KeepSealingKey(ctx, k, federation.FrameOf(ctx))
}

// nudge wakes Telling; it never blocks.
func (h *Hub) nudge() {
	select {
	case h.wake <- struct{}{}:
	default: // already awake
	}
}

// tellingPoll is how soon a node that speaks again gets what waited for it.
const tellingPoll = time.Second

// Telling writes to the nodes what waits for them, until ctx ends. What cannot be written now stays and is tried again.
func (h *Hub) Telling(ctx context.Context) error {
	tick := time.NewTicker(tellingPoll)
	defer tick.Stop()
	for keys := []keyFor(nil); ; {
		var err error
		if keys, err = h.shareKeys(ctx, keys); err == nil {
			err = h.sharePlans(ctx)
		}
		if err == nil {
			err = h.tellAll(ctx)
		}
		if err != nil && ctx.Err() == nil {
			h.log.WarnContext(ctx, "write to nodes what waits for them", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-h.wake:
		case <-tick.C:
		}
	}
}

// keyFor is a sealing key and a node that shall have it.
type keyFor struct {
	to    contracts.PartyID
	frame contracts.SignedFrame
}

// shareKeys has every node told the latest key of every other, and returns what it saw to: looked at again only when that is not the same any more.
func (h *Hub) shareKeys(ctx context.Context, before []keyFor) ([]keyFor, error) {
	keys, err := store.Read(h.db).SealingKeys(ctx)
	if err != nil {
		return before, err
	}
	var all []keyFor
	for _, to := range h.network.Present() {
		for _, k := range keys {
			if to != contracts.NodeID(k.Country) {
				all = append(all, keyFor{to, k.Frame})
			}
		}
	}
	if slices.Equal(all, before) {
		return before, nil
	}
	err = h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		for _, k := range all {
			if err := h.Tell(ctx, tx, k.to, contracts.FrameForwarded{Frame: k.frame}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return before, err
	}
	return all, nil
}

// mostTold is how much is written to a node in one transaction.
const mostTold = 20

// tellAll writes to every node that can be written to what waits for it.
func (h *Hub) tellAll(ctx context.Context) error {
	waiting, err := store.Read(h.db).Recipients(ctx)
	if err != nil {
		return err
	}
	present := h.network.Present()
	for _, to := range waiting {
		for more := true; more && slices.Contains(present, to) && h.network.Agrees(to); {
			if more, err = h.tell(ctx, to); err != nil {
				return fmt.Errorf("to %s: %w", to, err)
			}
		}
	}
	return nil
}

// tell writes the oldest of what waits for a node, and tells whether more may wait.
func (h *Hub) tell(ctx context.Context, to contracts.PartyID) (more bool, err error) {
	err = h.db.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		s := store.In(tx)
		waiting, err := s.Tellings(ctx, to, mostTold)
		if err != nil {
			return err
		}
		more = len(waiting) == mostTold
		events := make([]contracts.Event, len(waiting))
		for i, t := range waiting {
			events[i] = t.Event
			if err := s.Told(ctx, t); err != nil {
				return err
			}
		}
		return h.network.SendAll(ctx, tx, to, events, "")
	})
	return more, err
}
