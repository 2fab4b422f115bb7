package delivery

import (
	"context"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// Follower is a Carrier whose receiver tells only later, and on asking, what became of a parcel.
type Follower interface {
	Carrier
	// Follow asks; told is what Carry was told. nil means that the receiver is not done with it.
	Follow(ctx context.Context, p Parcel, told string) (*Answer, error)
}

// firstLook is how long a receiver has before it is asked; then the times grow as those between tries do.
const firstLook = 10 * time.Second

// followed tells when a parcel that was handed over is asked after; never on most channels.
func (d Delivery) followed(c Channel) time.Time {
	if _, follows := d.Carriers[c].(Follower); follows {
		return d.Now().Add(firstLook)
	}
	return time.Time{}
}

// follow asks what became of a parcel that was handed over, and notes it. An error is one of the books.
func (d Delivery) follow(ctx context.Context, k Kept) error {
	follower, follows := d.Carriers[k.Channel].(Follower)
	if !follows { // the settings changed: the answer comes another way
		k.Due = time.Time{}
		return d.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
			return d.Store.DeferParcel(ctx, tx, access.Program(), k)
		})
	}
	now, found, err := d.Store.Parcel(ctx, d.DB, access.Program(), k.Name)
	if err != nil || !found || now.Status != Handed {
		return err
	}
	asking, stop := context.WithTimeout(ctx, tryTime)
	defer stop()
	answer, err := follower.Follow(asking, now.Parcel, now.Told())
	switch {
	case answer != nil && err == nil:
		return meanwhile(d.Take(ctx, access.Program(), *answer, string(k.Channel)))
	case ctx.Err() != nil:
		return nil
	case err != nil:
		d.Log.WarnContext(ctx, "what became of a document is not known", "parcel", k.Name, "channel", k.Channel, "tries", k.Tries+1, "err", err)
	}
	return d.postpone(ctx, k)
}

// Told is what the receiver said when it took the parcel; empty when it has not, or said nothing.
func (k Kept) Told() string {
	i := slices.IndexFunc(k.Events, func(e Event) bool { return e.Status == Handed })
	if i < 0 {
		return ""
	}
	return k.Events[i].Reason
}
