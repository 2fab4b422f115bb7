package mobility

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"passerelle/contracts"
)

// MaxFile is how many bytes a file of cases may have.
const MaxFile = 4 << 20

// Read reads a file of cases, YAML or JSON: one case, a list of cases, a document with `cases`, or the bare facts of one. It
// believes nothing: unknown and repeated members, values out of their list and a second document are faults. A fault inside a case
// stays with it and the others are still decided; a fault of the file as a whole is the error.
func Read(r io.Reader) ([]Case, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read cases: %w", err)
	}
	if len(b) > MaxFile {
		return nil, contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("the file has more than %d bytes", MaxFile), Remedy: "split it"}
	}
	root, err := document(b)
	if err != nil {
		return nil, err
	}
	f, err := split(root)
	if err != nil {
		return nil, err
	}
	return f.read()
}

// document parses the one document of a file.
func document(b []byte) (*yaml.Node, error) {
	var root, second yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(b))
	switch err := dec.Decode(&root); {
	case errors.Is(err, io.EOF):
		return nil, contracts.Fault{Code: contracts.FaultMissing, Message: "the file is empty", Remedy: "give at least one case"}
	case err != nil:
		return nil, contracts.Fault{Code: contracts.FaultMalformed, Message: fmt.Sprintf("not YAML or JSON: %v", err)}
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, contracts.Fault{Code: contracts.FaultMalformed, Message: "a second document begins in the file", Remedy: "list all cases under `cases` of one document"}
	}
	return root.Content[0], nil
}

// file is what a file holds: cases, each still to be read, and what it says about all of them.
type file struct {
	ruleSet string
	cases   []*yaml.Node
	bare    bool // the one case is facts alone
}

// split finds the cases in a document.
func split(root *yaml.Node) (f file, err error) {
	switch root.Kind {
	case yaml.SequenceNode:
		f.cases = root.Content
	case yaml.MappingNode:
		switch {
		case member(root, "cases") != nil:
			return splitFile(root)
		case member(root, "input") != nil:
			f.cases = []*yaml.Node{root}
		default:
			f.cases, f.bare = []*yaml.Node{root}, true
		}
	default:
		return f, contracts.Fault{Code: contracts.FaultMalformed, Message: "the file holds neither a case nor a list of cases", Remedy: "begin with `cases:` or `input:`"}
	}
	if len(f.cases) == 0 {
		return f, contracts.Fault{Code: contracts.FaultMissing, Field: "cases", Message: "no case is given", Remedy: "give at least one case"}
	}
	return f, nil
}

func splitFile(root *yaml.Node) (f file, err error) {
	list := member(root, "cases")
	if list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return f, contracts.Fault{Code: contracts.FaultMissing, Field: "cases", Message: "no case is given", Remedy: "give a list of at least one case"}
	}
	head := *root
	head.Content = nil
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != "cases" {
			head.Content = append(head.Content, root.Content[i], root.Content[i+1])
		}
	}
	var about struct {
		Version *int   `json:"version"`
		RuleSet string `json:"rule_set"`
	}
	if err := decode(&head, &about); err != nil {
		return f, err
	}
	if v := given(about.Version, 1); v != 1 {
		return f, contracts.Fault{Code: contracts.FaultInvalid, Field: "version", Message: fmt.Sprintf("version %d is not known", v), Remedy: "write version 1"}
	}
	return file{ruleSet: about.RuleSet, cases: list.Content}, nil
}

func (f file) read() ([]Case, error) {
	cases, seen := make([]Case, len(f.cases)), map[string]bool{}
	for i, n := range f.cases {
		c := &cases[i]
		var to any = c
		if f.bare {
			to = &c.Input
		}
		c.faults = readFaults(decode(n, to))
		c.ruleSet = f.ruleSet
		if c.ID == "" {
			c.ID = idOf(n, i)
		}
		if !f.bare && len(c.faults) == 0 && member(n, "input") == nil {
			must(&c.faults, false, "input", "the facts of the case")
		}
		if seen[c.ID] {
			c.faults.Addf(contracts.FaultInvalid, "id", "give each case a name of its own", "%q stands there twice", c.ID)
		}
		seen[c.ID] = true
	}
	return cases, nil
}

// readFaults are the faults of reading a case, with fields as those of its facts have them, and each with a remedy.
func readFaults(err error) (fs contracts.Faults) {
	for _, f := range contracts.FaultsOf(err) {
		f.Field = strings.TrimPrefix(strings.TrimPrefix(f.Field, "input"), ".")
		if f.Remedy == "" {
			f.Remedy = "docs/mobility.md shows what stands there"
		}
		fs = append(fs, f)
	}
	return fs
}

// idOf is the id of a case that could not be read, else its place in the file.
func idOf(n *yaml.Node, i int) string {
	if id := member(n, "id"); id != nil && id.Kind == yaml.ScalarNode && id.Value != "" && len(id.Value) <= 100 {
		return id.Value
	}
	return strconv.Itoa(i + 1)
}

// member finds a value of a mapping.
func member(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// decode reads a node with the strictness of the wire, whose faults name the member.
func decode(n *yaml.Node, v any) error {
	var b bytes.Buffer
	if err := toJSON(&b, n, 0); err != nil {
		return err
	}
	return contracts.Decode(b.Bytes(), v)
}

// toJSON writes a node as JSON. A plain word stays a word: no and NO are countries here, and a day is text.
func toJSON(b *bytes.Buffer, n *yaml.Node, depth int) error {
	switch {
	case depth > contracts.MaxDepth:
		return contracts.Fault{Code: contracts.FaultTooDeep, Message: fmt.Sprintf("line %d: nested deeper than %d levels", n.Line, contracts.MaxDepth)}
	case b.Len() > contracts.MaxBytes:
		return contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("line %d: one case has more than %d bytes", n.Line, contracts.MaxBytes)}
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return contracts.Fault{Code: contracts.FaultMalformed, Message: fmt.Sprintf("line %d: anchors and aliases are not read", n.Line), Remedy: "write the value out"}
	}
	switch n.Kind {
	case yaml.MappingNode:
		return listJSON(b, n, '{', '}', depth)
	case yaml.SequenceNode:
		return listJSON(b, n, '[', ']', depth)
	}
	return scalarJSON(b, n)
}

func listJSON(b *bytes.Buffer, n *yaml.Node, open, shut byte, depth int) error {
	b.WriteByte(open)
	for i, child := range n.Content {
		isKey := open == '{' && i%2 == 0
		if i > 0 && (open == '[' || isKey) {
			b.WriteByte(',')
		}
		if isKey {
			if err := quote(b, child.Value); err != nil || child.Kind != yaml.ScalarNode {
				return contracts.Fault{Code: contracts.FaultMalformed, Message: fmt.Sprintf("line %d: the name of a member is a word", child.Line)}
			}
			b.WriteByte(':')
			continue
		}
		if err := toJSON(b, child, depth+1); err != nil {
			return err
		}
	}
	b.WriteByte(shut)
	return nil
}

func scalarJSON(b *bytes.Buffer, n *yaml.Node) error {
	switch tag := n.ShortTag(); {
	case n.Kind != yaml.ScalarNode:
		b.WriteString("null")
	case tag == "!!null":
		b.WriteString("null")
	case tag == "!!bool" && (n.Value == "true" || n.Value == "false"):
		b.WriteString(n.Value)
	case (tag == "!!int" || tag == "!!float") && json.Valid([]byte(n.Value)):
		b.WriteString(n.Value)
	default:
		return quote(b, n.Value)
	}
	return nil
}

func quote(b *bytes.Buffer, s string) error {
	text, err := contracts.Encode(s)
	b.Write(text)
	if err != nil {
		return contracts.Fault{Code: contracts.FaultMalformed, Message: "a text that is not UTF-8"}
	}
	return nil
}
