package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	hubweb "passerelle/hub/web"
	"passerelle/internal/web"
	nodeweb "passerelle/nodes/web"
)

// routesCommand lists the addresses as the programs answer them: from the same declarations, so that the list cannot be out of date.
type routesCommand struct {
	Party string `help:"hub or node; both when not given." enum:"hub,node," default:""`
	JSON  bool   `help:"Print the list as JSON." name:"json"`
}

// partyRoutes are the addresses of one kind of program.
type partyRoutes struct {
	Party  string        `json:"party"`
	Routes []web.Listing `json:"routes"`
}

// declaredRoutes lists every address of both programs.
func declaredRoutes() []partyRoutes {
	return []partyRoutes{
		{"hub", web.List(hubweb.Routes())},
		{"node", web.List(nodeweb.Node{}.Routes())},
	}
}

// Run prints who may use which address, for what.
func (c routesCommand) Run(o output) error {
	var asked []partyRoutes
	for _, p := range declaredRoutes() {
		if c.Party == "" || c.Party == p.Party {
			asked = append(asked, p)
		}
	}
	if c.JSON {
		return printJSON(o, asked)
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "party\tmethod\tpath\twho\tfor what\tobject\tpersonal")
	for _, p := range asked {
		for _, r := range p.Routes {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.Party, r.Method, r.Path, r.Who, r.Summary, r.Object, mark(r.Personal))
		}
	}
	return w.Flush()
}

func mark(yes bool) string {
	if yes {
		return "yes"
	}
	return ""
}

// accessPage is the list as docs/access.md has it.
func accessPage() string {
	var b strings.Builder
	b.WriteString(accessLead)
	for _, p := range declaredRoutes() {
		fmt.Fprintf(&b, "\n## The %s\n\n| method | path | who | for what | object | personal |\n|---|---|---|---|---|---|\n", p.Party)
		for _, r := range p.Routes {
			fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s | %s |\n", r.Method, r.Path, r.Who, r.Summary, r.Object, mark(r.Personal))
		}
	}
	return b.String()
}

const accessLead = `# Who may do what

Each address is declared once, with who may use it, what it is for, and whether it shows personal data. The check at its door, ` + "`passerelle routes`" + `, the
navigation, the tests and this page are made from that declaration; ` + "`go test -run TestThePageOfAccess . -update`" + ` writes this page anew.

*Object* is what ` + "`:id`" + ` names when it belongs to a member: a foreign one is answered as one that is not there, to the byte. Where *member* is among those who may,
a member who has no other role meets only his own: the scope is part of every query. *Personal* addresses write into the trail whose data they show to somebody else
before they show it, and nothing is shown when that cannot be written; the member reads it at ` + "`/account/seen`" + `. *Anybody* needs no account, *everyone* is who is signed in.

At the hub a board member sees sums over five people and more; what is said of fewer is part of a larger sum, and single documents are for operators and auditors.
`
