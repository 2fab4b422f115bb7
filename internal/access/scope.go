package access

import "fmt"

// Scope is whose data a query may touch. Functions of a store that read or change what belongs to a person ask for one, so that a query
// without it does not compile; only a Rule gives one to a Principal, or the program to itself. The zero Scope touches nothing.
type Scope struct {
	all    bool
	member string
}

// Scope is what the person may touch where the rule has let him in: everything when one of his roles that it names is one of staff,
// else his own as a member, else nothing. An auditor who is a member too writes no more than a member where only members write.
func (r Rule) Scope(p Principal) Scope {
	for _, role := range r.roles {
		if role != Member && p.Has(role) {
			return Scope{all: true}
		}
	}
	if !r.Lets(p) {
		return Scope{}
	}
	return Scope{member: p.Member}
}

// Program is the scope of what nobody asked for in person: taking in a message, an import, verify.
func Program() Scope { return Scope{all: true} }

// Of is the scope of one member's data, for what the program does about him alone; the empty id touches nothing.
func Of(member string) Scope { return Scope{member: member} }

// All tells whether nothing is left out.
func (s Scope) All() bool { return s.all }

// Member is whose data it is when it is not All; empty for nobody's.
func (s Scope) Member() string { return s.member }

// Owns tells whether what belongs to that member may be touched.
func (s Scope) Owns(member string) bool { return s.all || s.member != "" && s.member == member }

// Where is the condition of an SQL query, with its n-th argument and the next: column holds the member's id.
//
//	query := `SELECT ... WHERE id = $1 AND ` + scope.Where("member", 2)
//	q.QueryRowContext(ctx, query, id, scope.Arg())
func (s Scope) Where(column string, n int) string {
	if s.all {
		return fmt.Sprintf("CAST($%d AS TEXT) = ''", n)
	}
	return fmt.Sprintf("%s = $%d AND %s <> ''", column, n, column)
}

// Arg is the argument of Where.
func (s Scope) Arg() string {
	if s.all {
		return ""
	}
	return s.member
}
