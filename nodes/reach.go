package nodes

import (
	"context"
	"errors"

	"passerelle/contracts"
	"passerelle/nodes/delivery"
	"passerelle/nodes/peppol"
)

// PeppolSettings is that buyers are looked up in the network before a document goes to the provider. The empty one asks production, by the DNS
// servers that the computer uses.
type PeppolSettings struct {
	Zone     string `yaml:"zone"`     // of the SML: production, or the one for tests
	Resolver string `yaml:"resolver"` // address of a DNS server
}

func (p PeppolSettings) check(provider bool) error {
	var fs contracts.Faults
	if !provider {
		fs.Addf(contracts.FaultInvalid, "", "name the provider's folder or endpoint, or leave peppol out", "there is no provider to send by")
	}
	if !peppol.IsNetwork(p.Zone) {
		fs.Addf(contracts.FaultInvalid, "zone", "write "+peppol.Production+", "+peppol.Test+" for tests, or leave it out", "%.80q is no zone of Peppol", p.Zone)
	}
	_, err := peppol.ParseResolver(p.Resolver)
	fs.Add("", err)
	return fs.Err()
}

// finder asks the network where the settings say so.
func (n *Node) finder() (func(context.Context, delivery.Parcel) error, error) {
	s := n.Settings.Delivery.Peppol
	if s == nil {
		return nil, nil
	}
	d, err := peppol.New(peppol.Options{Zone: s.Zone, Resolver: s.Resolver, Now: n.Now})
	if err != nil {
		return nil, err
	}
	return FindIn(&peppol.Remembered{Directory: d}), nil
}

// FindIn tells by a directory whether a parcel's receiver takes it, in the terms of delivery.Delivery.
func FindIn(d *peppol.Remembered) func(context.Context, delivery.Parcel) error {
	return func(ctx context.Context, p delivery.Parcel) error {
		receiver, err := peppol.ParseParticipant(p.Receiver)
		if err == nil {
			_, err = d.Receives(ctx, receiver, p.Type, p.Process)
		}
		switch {
		case errors.Is(err, peppol.ErrNotReceived):
			return contracts.Fault{Code: contracts.FaultInvalid, Message: delivery.NotThisKind}
		case errors.Is(err, peppol.ErrNotRegistered), contracts.IsFault(err) && receiver == "":
			return contracts.Fault{Code: contracts.FaultInvalid, Message: delivery.NotInNetwork}
		case contracts.IsFault(err): // the publisher's XML, which may be better tomorrow
			return errors.New(err.Error())
		}
		return err
	}
}
