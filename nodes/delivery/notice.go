package delivery

import (
	"context"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// Notice is what an authority says of a parcel, in its own format.
type Notice struct {
	Name   string // of the parcel
	SHA256 string // of the file that it speaks of, lower-case hexadecimal; empty when it does not say
	Number string // by which the authority speaks of it, in a word or two
	Status Status // empty when nothing changes
	Told   string
}

// FaultOther is a notice of another file than ours.
const FaultOther contracts.FaultCode = "delivery-other"

// Inform takes in a notice. The same again changes nothing; one of a file with another content is a Fault, for somebody else has used
// the name.
func (d Delivery) Inform(ctx context.Context, s access.Scope, n Notice, source string) error {
	if r := []rune(n.Told); len(r) > mostReason {
		n.Told = string(r[:mostReason])
	}
	err := d.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error { return d.inform(ctx, tx, s, n, source) })
	if err != nil {
		return fmt.Errorf("notice of %.60q: %w", n.Name, err)
	}
	return nil
}

func (d Delivery) inform(ctx context.Context, tx *storage.Tx, s access.Scope, n Notice, source string) error {
	k, found, err := d.Store.Parcel(ctx, tx, s, n.Name)
	if err != nil {
		return err
	}
	if !found {
		return ErrNotFound
	}
	if n.SHA256 != "" && n.SHA256 != k.SHA256 {
		return contracts.Fault{Code: FaultOther, Field: "file", Message: "the notification is of a file with another content than ours", Remedy: "if the file was signed before it was sent, tell the answer by POST /api/deliveries"}
	}
	if n.Number != "" {
		if err := d.note(ctx, tx, s, n.Name, n.Number, source); err != nil {
			return err
		}
	}
	if n.Status == "" {
		return d.note(ctx, tx, s, n.Name, n.Told, source)
	}
	return d.tell(ctx, tx, s, k, n.Status, n.Told, source)
}
