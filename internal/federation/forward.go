package federation

import (
	"context"
	"fmt"
	"slices"

	"passerelle/contracts"
)

// This file is what passes from node to node through the hub: frames as their sender signed them.

type frameKey struct{}

// FrameOf is the frame of the event that Apply is called with, as its sender signed it; empty outside of Apply.
func FrameOf(ctx context.Context) contracts.SignedFrame {
	line, _ := ctx.Value(frameKey{}).([]byte) // absent: nothing came over the wire
	return signedFrame(line)
}

// signedFrame takes a frame apart; what is none has no parts.
func signedFrame(line []byte) contracts.SignedFrame {
	var f flattened
	if decodeFrame(line, &f) != nil {
		return contracts.SignedFrame{}
	}
	return contracts.SignedFrame(f)
}

// Forwarded reads an event that another party than its sender has brought, and believes the sender's signature alone: the directory lists the key
// and has not revoked it, the frame was written to the hub, in this network, and what it says is its sender's to state. A Fault is why
// not; with code unknown-type the event waits, because the registry may still bring the key.
func (e *Endpoint) Forwarded(frame contracts.SignedFrame) (contracts.Event, error) {
	line, err := contracts.Encode(flattened(frame))
	if err != nil {
		return nil, err
	}
	dir := e.dir()
	f, err := open(dir, line)
	if err != nil {
		return nil, waitsForKey(err)
	}
	if f.Type != TypeEvent {
		return nil, contracts.Fault{Code: FaultHeader, Message: "only events are forwarded"}
	}
	m, err := parseMessage(f, dir.Network, contracts.Hub)
	if err != nil {
		return nil, err
	}
	switch {
	case m.Source == contracts.Hub:
		return nil, contracts.Fault{Code: FaultSender, Message: "the hub forwards what others say"}
	case f.Retired:
		return nil, contracts.Fault{Code: FaultKey, Message: fmt.Sprintf("signed with the key %s, which was revoked", f.Key)}
	case dir.Left(m.Source):
		return nil, contracts.Fault{Code: FaultLeft, Message: "its sender has left the network"}
	}
	return readEvent(m)
}

// waitsForKey turns "no such key" into what makes an event wait.
func waitsForKey(err error) error {
	if contracts.IsFault(err) && contracts.FaultsOf(err)[0].Code == FaultKey {
		return contracts.Fault{Code: contracts.FaultUnknownType, Field: "frame.protected", Message: "signed with a key that the registry does not list yet"}
	}
	return err
}

// Network is the name of the network.
func (e *Endpoint) Network() string { return e.dir().Network }

// Present lists the parties that this one has channels with and that have not left, in order of name.
func (e *Endpoint) Present() []contracts.PartyID {
	dir := e.dir()
	return slices.DeleteFunc(dir.channels(e.self), dir.Left)
}

// Agrees tells whether a peer has been heard since this start and holds our history as we hold it: what is written to it then is no second history.
func (e *Endpoint) Agrees(peer contracts.PartyID) bool {
	r := e.relay(peer)
	return r != nil && r.agreement() == Agreed && e.mayWrite(peer) == nil
}
