package access

import (
	"context"
	"time"
)

// Deed is what somebody is about with one request: the answer to who, why and when in the trail of what was seen and changed. The zero Deed
// is the program's own: an import on the command line, a message taken in.
type Deed struct {
	By      Principal
	Purpose string // of the route, in a few words of English: "see an invoice"
	Request string // reference of the request, as the log and a problem's page name it
	At      time.Time
}

type deedKey struct{}

// Context carries the deed to what is done on its behalf.
func (d Deed) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, deedKey{}, d)
}

// DeedOf is the deed that a context carries.
func DeedOf(ctx context.Context) Deed {
	d, _ := ctx.Value(deedKey{}).(Deed) // absent: the program's own
	return d
}

// Directory is the sight of a list of names and references to choose from: noted once, not for everybody in it.
var Directory = Sight{Kind: "directory"}

// Sight is a record with a member's data that somebody is shown.
type Sight struct {
	Kind   string // "invoice", "draft", "activity", "member"
	Record string // its id
	Member string // whose it is
}
