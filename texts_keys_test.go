package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"
)

var isLetter = unicode.IsLetter

var (
	valueAt   = regexp.MustCompile(`%(?:\[\d\])?[sdvqc%]`)
	precision = regexp.MustCompile(`%[.\d]*([sdvqc])`) // %.40q is Go's alone
)

// speaking are the files whose texts people read on a page.
var speaking = []string{
	"nodes/printed/*.go", "nodes/inbound/*.go", "nodes/handover*.go", "nodes/delivery/notice.go",
	"contracts/*.go", "adapters/country/*.go", "adapters/format/rules/*.go", "adapters/format/read.go", "adapters/format/hybrid/*.go", "adapters/format/ebinterface/*.go", "adapters/format/facturae/*.go", "adapters/format/fatturapa/*.go", "adapters/format/p7m/*.go", "adapters/format/sdi/notification.go", "adapters/format/sdi/sdi.go", "adapters/format/national/*.go", "adapters/format/nav/*.go", "adapters/format/xmltree/*.go", "adapters/format/ubl/*.go", "adapters/format/cii/*.go", "nodes/member/*.go", "nodes/outbound/*.go", "nodes/report/*.go", "nodes/plan/*.go", "nodes/store/*.go", "nodes/web/*.go",
	"hub/web/*.go", "internal/web/*.go", "internal/federation/alarm.go", "internal/federation/certificates.go", "internal/federation/endpoint.go", "internal/federation/watch.go", "internal/account/*.go", "internal/account/pages/*.go",
	"nodes/retention/*.go", "nodes/mobility/case.go", "nodes/mobility/check.go", "nodes/mobility/[dhp]*.go", "nodes/mobility/law.go", "nodes/mobility/regime.go", "nodes/mobility/several.go", "nodes/papers/*.go", "nodes/casemail.go", "nodes/casework/*.go", "hub/exchange/*.go", "hub/registry/*.go", "hub/consolidation/*.go", "internal/book/*.go", "hub/investment/[abirs]*.go",
	"hub/boardpack/*.go", "hub/assembly/*.go", "hub/meeting/act.go", "hub/outlook/scenario.go", "hub/outlook/whatif.go", "hub/ballot/*.go", "hub/solidarity/[agkrs]*.go", "hub/solidarity/divide.go", "hub/charter/[acrt]*.go"}

// alsoSaid are texts that are put together in ways this test does not follow.
var alsoSaid = []string{
	// internal/federation, alarms
	"the hub's operator", "the node's operator", "less than a minute", "; %s behind it", ", the oldest for %s",
	"None took effect. Somebody else may write to this stream, or bytes change on the way: check who holds its broker password.",
	"None took effect. It signs with a key that the registry does not list as in use: compare it with passerelle keys show.",
	"None took effect. Ask %s to check its messages with passerelle conform.",
	"%s ends on %s", "The certificate of this party for the broker", "The certificate of the broker", "The certificate of the broker's authority",
	"Have a new one made where the authority's key is kept (deploy/redis/certificates), put it into the place of the old one, and start this program again. Messages wait meanwhile, and nothing is lost.",
	"Tell the broker's operator: remove the server's folder, run deploy/redis/certificates again, and restart Redis. Messages wait meanwhile, and nothing is lost.",
	"Tell the broker's operator: make all certificates anew in an empty folder with deploy/redis/certificates, and hand them out to every party.",
	// adapters/format/hybrid, the same for all of its faults
	"ask the supplier for an e-invoice: the XML itself, or a PDF of Factur-X or ZUGFeRD",
	// adapters/format/xmltree
	"it is not in UTF-8", "it is not well-formed",
	// hub/web
	"being written", "handed in", "being assessed", "waiting for an answer", "decided", "exception asked for", "under the law of the host", "papers under way", "ready to leave", "abroad now", "work is over", "put away", "given up", "turned down",
	"events of node %s", "Several at once: look first whether the broker runs, and the hub's own connection to it. %s",
	// nodes/mobility, what is special to a case
	"from %s to %s, the last day would be %s", "covered since %s", "not covered at home", "kept two years after the end", "%s; here: %s",
	"%s in practice accepts the rest of the 24 months, so an adviser may decide otherwise", "%s in %s: %s of time, %s of pay",
	// nodes/outbound, the descriptions of the books
	"invoice %s", "credit note %s", "payment of %s",
	// internal/web, what is not there
	"address", "invoice", "draft", "activity", "import", "node", "member", "account", "directory", "case", "paper", "calendar", "document", "day",
	// internal/account, notes of the security log
	"code", "codes", "recovery codes", "passkey", "password", "password and code", "link", "demonstration", "all, for a new invitation", "all others",
}

// spoken lists the key of every text of the program, and where it is said.
func spoken(t *testing.T) map[string]string {
	t.Helper()
	keys := map[string]string{}
	for file, trees := range templates(t) {
		for _, tree := range trees {
			saidIn(tree.Root, func(key string) { keys[key] = file })
		}
	}
	for _, key := range alsoSaid {
		keys[key] = "texts_keys_test.go"
	}
	saidByLaw(t, keys)
	for _, pattern := range speaking {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool { return codeSays(file, n, func(key string) { keys[key] = file }) })
		}
	}
	return keys
}

// saidIn finds {{t "..."}} in a template, wherever it stands.
func saidIn(n parse.Node, found func(key string)) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			saidIn(child, found)
		}
	case *parse.ActionNode:
		saidIn(n.Pipe, found)
	case *parse.TemplateNode:
		saidIn(n.Pipe, found)
	case *parse.IfNode:
		saidInBranch(n.BranchNode, found)
	case *parse.RangeNode:
		saidInBranch(n.BranchNode, found)
	case *parse.WithNode:
		saidInBranch(n.BranchNode, found)
	case *parse.ChainNode:
		saidIn(n.Node, found)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, command := range n.Cmds {
			saidIn(command, found)
		}
	case *parse.CommandNode:
		if name, ok := n.Args[0].(*parse.IdentifierNode); ok && name.Ident == "t" {
			if text, ok := n.Args[1].(*parse.StringNode); ok {
				found(text.Text)
			}
		}
		for _, arg := range n.Args {
			saidIn(arg, found)
		}
	}
}

func saidInBranch(b parse.BranchNode, found func(key string)) {
	saidIn(b.Pipe, found)
	saidIn(b.List, found)
	saidIn(b.ElseList, found)
}

// telling are the fields whose texts are for people.
var telling = []string{"label", "hint", "Message", "Remedy", "Text", "Detail", "Place", "Heading", "Label", "Alarm"}

// checksNumbers are the files whose errors become the end of a fault: "... is no VAT number: the check digits should be 12".
var checksNumbers = regexp.MustCompile(`country/(check|identify)`)

// codeSays finds texts in Go: l.T("..."), faults and alarms with their remedies, and tables of web.Words.
func codeSays(file string, n ast.Node, found func(key string)) bool {
	tell := func(all ...ast.Expr) {
		for _, e := range all {
			if key, ok := keyOf(e); ok {
				found(key)
			}
		}
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		switch name := nameOf(n.Fun); {
		case (name == "T" || name == "Words") && len(n.Args) > 0:
			tell(n.Args[0])
		case name == "Addf" && len(n.Args) >= 4:
			tell(n.Args[2], n.Args[3])
		case name == "Fault" && strings.Contains(file, "/format/"):
			tell(n.Args[2], n.Args[3])
		case (name == "fault" || name == "malformed") && strings.Contains(file, "/format/xmltree/"):
			tell(n.Args[len(n.Args)-1], n.Args[min(2, len(n.Args)-1)])
		case name == "raise" || name == "note" || name == "guard":
			tell(n.Args...)
		case (name == "reason" || name == "find") && strings.Contains(file, "/mobility/"):
			tell(n.Args[1])
		case name == "add" && strings.Contains(file, "/format/rules/") && len(n.Args) >= 3:
			tell(n.Args[1], n.Args[2])
		case name == "must" && len(n.Args) == 4:
			tell(n.Args[3])
		case name == "Plural" && len(n.Args) == 3:
			if many, ok := keyOf(n.Args[2]); ok {
				found("%d " + many)
			}
		case (name == "Errorf" || name == "New") && checksNumbers.MatchString(file):
			tell(n.Args...)
		}
	case *ast.KeyValueExpr:
		if slices.Contains(telling, nameOf(n.Key)) {
			tell(n.Value)
		}
	case *ast.CompositeLit:
		if strings.HasPrefix(textOfField(n, "Field"), "--") {
			return false // a fault of the command line
		}
		if textOfField(n, "Personal") == "true" { // who saw a member's data is told what for
			found(textOfField(n, "Summary"))
		}
		tell(inTable(n)...)
	}
	return true
}

// inTable lists the texts of map[...]Words{...}, []Words{...} and choices{{value, text}}.
func inTable(n *ast.CompositeLit) []ast.Expr {
	var all []ast.Expr
	for _, e := range n.Elts {
		switch kind := n.Type.(type) {
		case *ast.MapType:
			pair, ok := e.(*ast.KeyValueExpr)
			if ok && nameOf(kind.Value) == "Words" {
				all = append(all, pair.Value)
			}
			if list, several := kind.Value.(*ast.ArrayType); ok && several && nameOf(list.Elt) == "Words" {
				all = append(all, pair.Value.(*ast.CompositeLit).Elts...)
			}
		case *ast.ArrayType:
			if one, ok := e.(*ast.CompositeLit); ok && nameOf(kind.Elt) == "Column" {
				all = append(all, one.Elts[2])
			}
			if nameOf(kind.Elt) == "Words" {
				all = append(all, e)
			}
			if one, ok := e.(*ast.CompositeLit); ok && hasRows(kind.Elt) {
				all = append(all, one.Elts[0])
			}
		case *ast.Ident:
			if one, ok := e.(*ast.CompositeLit); ok && kind.Name == "choices" {
				all = append(all, one.Elts[1])
			}
		}
	}
	return all
}

// hasRows tells whether a table is one of rows of the law, each named by its first field.
func hasRows(e ast.Expr) bool {
	table, ok := e.(*ast.StructType)
	return ok && table.Fields.List[0].Names[0].Name == "row"
}

// textOfField is a field of a struct literal as it is written: a text without its quotes, or a name.
func textOfField(n *ast.CompositeLit, field string) string {
	for _, e := range n.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok && nameOf(pair.Key) == field {
			if _, literal := pair.Value.(*ast.BasicLit); literal {
				return formatOf(pair.Value)
			}
			return nameOf(pair.Value)
		}
	}
	return ""
}

func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// keyOf is the text of an expression with %s for what is put in; none when it has no words of its own.
func keyOf(e ast.Expr) (string, bool) {
	text := precision.ReplaceAllString(formatOf(e), "%$1")
	return text, strings.ContainsFunc(valueAt.ReplaceAllString(text, ""), isLetter)
}

func formatOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		return formatOf(e.X) + formatOf(e.Y)
	case *ast.ParenExpr:
		return formatOf(e.X)
	case *ast.CallExpr:
		if nameOf(e.Fun) == "Sprintf" {
			return formatOf(e.Args[0])
		}
	}
	return "%s"
}
