package delivery

import (
	"context"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// What the program itself says of a parcel. Pages say it in the member's language.
const (
	NotInNetwork = "the buyer is not in the Peppol network"
	NotThisKind  = "the buyer is in the Peppol network but does not receive this kind of document there"
	StillUnknown = "for a day it could not be told whether the buyer is in the Peppol network"
)

// tellAfter is how long nobody may know whether a receiver is there before somebody is told.
const tellAfter = 24 * time.Hour

// seek asks whether the receiver is there, and notes the answer before anything is sent: what a channel may have taken is never turned to
// another. Only who is known not to be there is reached another way; as long as nobody knows, the parcel stays.
func (d Delivery) seek(ctx context.Context, k Kept) error {
	if d.Find == nil {
		return d.move(ctx, k, Waiting, "", program)
	}
	asking, stop := context.WithTimeout(ctx, tryTime)
	defer stop()
	err := d.Find(asking, k.Parcel)
	switch {
	case err == nil:
		return d.move(ctx, k, Waiting, "", program)
	case contracts.IsFault(err):
		return d.turn(ctx, k.Name, contracts.FaultsOf(err)[0].Message)
	case ctx.Err() != nil: // the program stops; the try does not count
		return nil
	}
	d.Log.WarnContext(ctx, "nobody knows whether a buyer is in the network", "parcel", k.Name, "tries", k.Tries+1, "err", err)
	return d.postpone(ctx, k)
}

// turn sends a parcel whose receiver is not there by mail, and where that cannot be leaves it to a person.
func (d Delivery) turn(ctx context.Context, name, reason string) error {
	return d.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		k, found, err := d.Store.Parcel(ctx, tx, access.Program(), name)
		if err != nil || !found || k.Status != Seeking {
			return err
		}
		k.Channel, k.Status, k.Tries, k.Due = ByHand, Manual, 0, time.Time{}
		if d.Carriers[Mail] != nil && k.To != "" {
			k.Channel, k.Status, k.Due = Mail, Waiting, d.Now()
		}
		return d.Store.MoveParcel(ctx, tx, access.Program(), k, Event{At: d.Now(), Status: k.Status, Reason: reason, Source: program})
	})
}

// postpone sets when a parcel is tried next. Of one whose receiver nobody could tell of for a day, that is noted, once.
func (d Delivery) postpone(ctx context.Context, k Kept) error {
	k.Tries++
	k.Due = d.Now().Add(d.wait(k.Tries))
	return meanwhile(d.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if err := d.Store.DeferParcel(ctx, tx, access.Program(), k); err != nil {
			return err
		}
		if k.Status != Seeking || d.Now().Sub(k.KeptAt) < tellAfter {
			return nil
		}
		return d.note(ctx, tx, access.Program(), k.Name, StillUnknown, program)
	}))
}
