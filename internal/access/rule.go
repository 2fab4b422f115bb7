package access

import (
	"slices"
	"strings"
)

// Rule says who may use a route. The zero Rule lets nobody in, so that a forgotten one shows at once.
type Rule struct {
	anybody  bool // visitors too
	everyone bool // who is signed in
	roles    []Role
}

// Anybody is the rule of what needs no account.
func Anybody() Rule { return Rule{anybody: true} }

// Everyone is the rule of what is for all who are signed in.
func Everyone() Rule { return Rule{everyone: true} }

// To is the rule of what is for these roles. Where Member is one of them, a member who is nothing else meets only his own there:
// the Scope of his queries sees to it.
func To(roles ...Role) Rule { return Rule{roles: roles} }

// Open tells whether visitors are let in.
func (r Rule) Open() bool { return r.anybody }

// Lets tells whether p may use the route.
func (r Rule) Lets(p Principal) bool {
	switch {
	case r.anybody:
		return true
	case !p.SignedIn():
		return false
	}
	return r.everyone || p.Has(r.roles...)
}

// Names tells whether the rule lets a person in who has that role alone.
func (r Rule) Names(role Role) bool {
	return r.anybody || r.everyone || slices.Contains(r.roles, role)
}

// String is the rule in words: "anybody", "everyone", "adviser, manager".
func (r Rule) String() string {
	switch {
	case r.anybody:
		return "anybody"
	case r.everyone:
		return "everyone"
	case len(r.roles) == 0:
		return "nobody"
	}
	names := make([]string, len(r.roles))
	for i, role := range r.roles {
		names[i] = string(role)
	}
	return strings.Join(names, ", ")
}
