package web

import (
	"errors"
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"passerelle/internal/access"
)

const sawKey = "passerelle.saw"

// Saw notes whose data the answer is about to show, in the trail that each member reads. A handler of a Personal route calls it before it
// answers, and returns its error: what cannot be noted is not shown. One's own data are nobody's business, and not noted.
func Saw(c echo.Context, sights ...access.Sight) error {
	own := PrincipalOf(c).Member
	sights = slices.DeleteFunc(slices.Clone(sights), func(s access.Sight) bool { return s != access.Directory && (s.Member == "" || s.Member == own) })
	slices.SortFunc(sights, func(a, b access.Sight) int {
		return slices.Compare([]string{a.Member, a.Kind, a.Record}, []string{b.Member, b.Kind, b.Record})
	})
	sights = slices.Compact(sights)
	if len(sights) == 0 {
		return nil
	}
	o, _ := c.Get(sawKey).(Options) // absent before the door
	if o.Saw == nil {
		return errors.New("personal data would be shown and nothing keeps the trail")
	}
	if err := o.Saw(c.Request().Context(), sights); err != nil {
		return fmt.Errorf("note whose data are shown: %w", err)
	}
	return nil
}

// doing tells what follows who asks, and why.
func (o Options) doing(c echo.Context, r Route, p access.Principal) {
	deed := access.Deed{By: p, Purpose: r.Summary, Request: reference(c), At: o.Now()}
	c.SetRequest(c.Request().WithContext(deed.Context(c.Request().Context())))
	c.Set(sawKey, o)
}
