package hub

import (
	"context"
	"fmt"
	"slices"

	"passerelle/contracts"
	"passerelle/hub/store"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
)

// FaultAddressee is raised for a message to a node that the network does not have, or has no more.
const FaultAddressee contracts.FaultCode = "addressee"

// Network is how the hub hands frames on.
type Network interface {
	// Present lists the nodes that are in the network.
	Present() []contracts.PartyID
	// Send writes to a node, within the transaction.
	Send(ctx context.Context, tx *storage.Tx, to contracts.PartyID, event contracts.Event, cause string) error
}

// Endpoint is the Network of a running hub. It is filled once its parts know each other.
type Endpoint struct{ *federation.Endpoint }

// forwardMessage hands a sealed message on as it was signed. The hub cannot read it and has no say in it; it refuses only what has nowhere to go.
func (h *Hub) forwardMessage(ctx context.Context, tx *storage.Tx, m contracts.CaseMessageSent) error {
	if h.network == nil {
		return nil // the books are being rebuilt; what was sent is in the nodes' logs
	}
	to := contracts.NodeID(m.To)
	if !slices.Contains(h.network.Present(), to) {
		return contracts.Fault{Code: FaultAddressee, Field: "to", Message: fmt.Sprintf("%s is not in the network", m.To), Remedy: "write to the co-operative by other means"}
	}
	return h.forward(ctx, tx, to, federation.FrameOf(ctx))
}

// forwardKey hands a node's sealing key to all others, and to a node that has told its first the keys of all others.
func (h *Hub) forwardKey(ctx context.Context, tx *storage.Tx, k contracts.SealingKeyPublished) error {
	s, frame := store.In(tx), federation.FrameOf(ctx)
	known, err := s.SealingKeys(ctx)
	if err != nil {
		return err
	}
	if err := s.KeepSealingKey(ctx, k, frame); err != nil || h.network == nil {
		return err
	}
	newcomer := !slices.ContainsFunc(known, func(other store.SealingKey) bool { return other.Country == k.Country })
	for _, to := range h.network.Present() { // in one order always, so that two of these never wait for each other
		frames := []contracts.SignedFrame{frame}
		if to == contracts.NodeID(k.Country) {
			frames = nil
			for _, other := range known {
				if newcomer {
					frames = append(frames, other.Frame)
				}
			}
		}
		for _, f := range frames {
			if err := h.forward(ctx, tx, to, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// forward writes one frame to a node. While the hub may not write to it yet, because its own books come from a backup, the event waits: that is no fault
// of who spoke.
func (h *Hub) forward(ctx context.Context, tx *storage.Tx, to contracts.PartyID, frame contracts.SignedFrame) error {
	err := h.network.Send(ctx, tx, to, contracts.FrameForwarded{Frame: frame}, "")
	if contracts.IsFault(err) {
		return contracts.Fault{Code: contracts.FaultUnknownType, Field: "to", Message: fmt.Sprintf("cannot be handed to %s yet: %v", to, err)}
	}
	return err
}
