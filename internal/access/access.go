// Package access says who may do what: the roles a person can have, the rule beside each route, and the scope that every query about
// people asks for. It is pure; who somebody is, the package account finds out.
package access

import (
	"slices"

	"passerelle/contracts"
)

// Role is what a person is to a party. One person may have several.
type Role string

// The roles at a node, and those at the hub. An auditor is at both: he reads everything and changes nothing.
const (
	Member     Role = "member"     // sees and does what is his own
	Adviser    Role = "adviser"    // of the members: their activities, invoices and cases
	Accountant Role = "accountant" // the books, payments, reports
	Manager    Role = "manager"    // of the co-operative: all of it, and who may come in
	Auditor    Role = "auditor"
	Board      Role = "board"    // of the network: totals and the investment plan, never a person
	Operator   Role = "operator" // of the hub: its channels, keys and accounts
)

// Roles lists those a person may have at a party.
func Roles(at contracts.PartyID) []Role {
	if at == contracts.Hub {
		return []Role{Board, Operator, Auditor}
	}
	return []Role{Member, Adviser, Accountant, Manager, Auditor}
}

// Principal is who asks. The zero Principal is nobody in particular: a visitor.
type Principal struct {
	Account string // opaque id of the account; empty for a visitor
	Name    string // as the person is called on the page
	Roles   []Role
	Member  string // id of the member that the person is, if he is one
	Session string // hash of the session's token, to end it; empty for a program
	Program bool   // comes with a token of its own instead of a session
}

// SignedIn tells whether it is somebody.
func (p Principal) SignedIn() bool { return p.Account != "" }

// Has tells whether the person has one of the roles.
func (p Principal) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(p.Roles, r) })
}
