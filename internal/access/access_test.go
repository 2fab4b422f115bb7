package access

import "testing"

func TestARuleLetsInWhomItNames(t *testing.T) {
	visitor, member := Principal{}, Principal{Account: "a", Roles: []Role{Member}, Member: "m"}
	both := Principal{Account: "b", Roles: []Role{Member, Adviser}, Member: "n"}
	for _, c := range []struct {
		rule                  Rule
		visitor, member, both bool
		words                 string
	}{
		{Rule{}, false, false, false, "nobody"},
		{Anybody(), true, true, true, "anybody"},
		{Everyone(), false, true, true, "everyone"},
		{To(Adviser, Manager), false, false, true, "adviser, manager"},
		{To(Member), false, true, true, "member"},
		{To(Board), false, false, false, "board"},
	} {
		if c.rule.Lets(visitor) != c.visitor || c.rule.Lets(member) != c.member || c.rule.Lets(both) != c.both || c.rule.String() != c.words {
			t.Errorf("%s: %t %t %t", c.rule, c.rule.Lets(visitor), c.rule.Lets(member), c.rule.Lets(both))
		}
	}
}

// A role without an account is a mistake somewhere else, and opens nothing.
func TestRolesWithoutAnAccountAreAVisitors(t *testing.T) {
	if To(Manager).Lets(Principal{Roles: []Role{Manager}}) {
		t.Error("let in")
	}
}

func TestAScopeOwnsWhatItsPersonMayTouch(t *testing.T) {
	anyone, staff := To(Member, Adviser), To(Auditor)
	member := Principal{Account: "a", Roles: []Role{Member}, Member: "m"}
	for name, c := range map[string]struct {
		scope           Scope
		own, other, nil bool
	}{
		"zero":                            {Scope{}, false, false, false},
		"visitor":                         {anyone.Scope(Principal{}), false, false, false},
		"visitor where anybody may":       {Anybody().Scope(Principal{}), false, false, false},
		"member":                          {anyone.Scope(member), true, false, false},
		"member at everyone's":            {Everyone().Scope(member), true, false, false},
		"member at staff's":               {staff.Scope(member), false, false, false},
		"nobody's member":                 {anyone.Scope(Principal{Account: "a", Roles: []Role{Member}}), false, false, false},
		"adviser":                         {anyone.Scope(Principal{Account: "a", Roles: []Role{Adviser}}), true, true, true},
		"auditor at the advisers'":        {anyone.Scope(Principal{Account: "a", Roles: []Role{Auditor}}), false, false, false},
		"auditor and member, as a member": {anyone.Scope(Principal{Account: "a", Roles: []Role{Auditor, Member}, Member: "m"}), true, false, false},
		"program":                         {Program(), true, true, true},
	} {
		if c.scope.Owns("m") != c.own || c.scope.Owns("n") != c.other || c.scope.Owns("") != c.nil {
			t.Errorf("%s: %t %t %t", name, c.scope.Owns("m"), c.scope.Owns("n"), c.scope.Owns(""))
		}
	}
}
