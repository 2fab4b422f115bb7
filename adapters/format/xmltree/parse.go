// Package xmltree reads XML that strangers send, and walks a document in the order of its schema. It is the one strict
// reader of the formats: no DTD, no entities but the five of XML, one root, UTF-8, and limits on size, depth and number of
// elements, before anything looks at the content.
//
// A format describes its document once, as a function over a Walk; the same function reads and writes. What a document
// has beyond the description, or twice, or in another order, is a Fault that names its path; nothing is dropped in silence.
// It knows no invoice, validates no schema and keeps neither comments nor processing instructions.
package xmltree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"passerelle/contracts"
)

// Limits of every XML document that comes from outside.
const (
	MaxBytes    = 5 << 20
	MaxDepth    = 64
	MaxElements = 200_000
)

const mostAttributes = 100 // of an element

// The faults of documents that are well-formed but not what the format expects.
const (
	FaultNotCarried contracts.FaultCode = "not-carried"  // content that we have no place for
	FaultRepeated   contracts.FaultCode = "repeated"     // an element twice where one is allowed
	FaultOrder      contracts.FaultCode = "out-of-order" // an element before one that the schema puts before it
)

// Names gives the namespaces of a format their prefixes. An element is then known as "prefix:local" whatever prefix the
// sender chose; of another namespace as "{uri}local", of none as "local".
type Names map[string]string

// Element is an element with its text or its children, never both.
type Element struct {
	Name     string // with the prefix of Names
	Text     string
	Children []*Element

	attrs  []xml.Attr
	text   []byte
	parent *Element
	taken  bool
	read   bool // its text was
	last   int  // reading: index of the last child taken
}

// instance is the namespace of xsi:schemaLocation and its kin, which say nothing of the content.
const instance = "http://www.w3.org/2001/XMLSchema-instance"

// Parse reads a document into its root. Anything but one well-formed, plain and reasonably small document is a Fault.
func Parse(b []byte, names Names) (*Element, error) {
	if len(b) > MaxBytes {
		return nil, contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("the document has more than %d MiB", MaxBytes>>20)}
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !utf8.Valid(b) {
		return nil, malformed(notUTF8)
	}
	p := parser{names: names, dec: xml.NewDecoder(bytes.NewReader(b))}
	for {
		token, err := p.dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = p.take(token)
		}
		if err != nil {
			return nil, asFault(err)
		}
	}
	if p.root == nil {
		return nil, malformed("it has no element")
	}
	return p.root, nil
}

type parser struct {
	names    Names
	dec      *xml.Decoder
	root, at *Element
	depth    int
	elements int
	begun    bool // something stood before: an XML declaration comes first
}

const (
	notUTF8       = "it is not in UTF-8"
	notWellFormed = "it is not well-formed"
)

func malformed(why string) error {
	return contracts.Fault{Code: contracts.FaultMalformed, Message: "this is not a plain XML document", Remedy: why}
}

// asFault keeps where the syntax is wrong, and leaves the words of the library behind.
func asFault(err error) error {
	if contracts.IsFault(err) {
		return err
	}
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return malformed(fmt.Sprintf("line %d is not well-formed", syntax.Line))
	}
	if strings.Contains(err.Error(), "encoding") {
		return malformed(notUTF8)
	}
	return malformed(notWellFormed)
}

func (p *parser) take(token xml.Token) error {
	begun := p.begun
	p.begun = true
	switch t := token.(type) {
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		return p.end()
	case xml.CharData:
		return p.text(t)
	case xml.Directive:
		return malformed("it has a document type declaration (DTD)")
	case xml.ProcInst:
		if t.Target == "xml" && begun {
			return malformed(notWellFormed)
		}
	}
	return nil
}

func (p *parser) start(t xml.StartElement) error {
	if p.at == nil && p.root != nil {
		return malformed("it has two roots")
	}
	p.depth++
	if p.depth > MaxDepth {
		return contracts.Fault{Code: contracts.FaultTooDeep, Message: fmt.Sprintf("elements are nested deeper than %d levels", MaxDepth)}
	}
	p.elements++
	if p.elements > MaxElements {
		return contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("the document has more than %d elements", MaxElements)}
	}
	e := &Element{Name: p.name(t.Name), parent: p.at, last: -1}
	if err := e.keepAttributes(t.Attr); err != nil {
		return err
	}
	if p.at == nil {
		p.root = e
	} else {
		p.at.Children = append(p.at.Children, e)
	}
	p.at = e
	return nil
}

func (p *parser) name(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	if prefix, known := p.names[n.Space]; known {
		return prefix + ":" + n.Local
	}
	return "{" + n.Space + "}" + n.Local
}

// keepAttributes leaves out declarations of namespaces and hints where schemas are.
func (e *Element) keepAttributes(attrs []xml.Attr) error {
	for i, a := range attrs {
		for _, other := range attrs[:i] {
			if a.Name == other.Name || i > mostAttributes {
				return malformed(notWellFormed)
			}
		}
		if a.Name.Space == "xmlns" || a.Name == (xml.Name{Local: "xmlns"}) || a.Name.Space == instance {
			continue
		}
		e.attrs = append(e.attrs, a)
	}
	return nil
}

func (p *parser) end() error {
	switch {
	case len(p.at.Children) == 0:
		p.at.Text = string(p.at.text)
	case len(bytes.TrimSpace(p.at.text)) > 0:
		return malformed(fmt.Sprintf("%s has text between its elements", p.at.Path()))
	}
	p.at.text = nil
	p.depth--
	p.at = p.at.parent
	return nil
}

func (p *parser) text(t xml.CharData) error {
	if p.at == nil {
		if len(bytes.TrimSpace(t)) > 0 {
			return malformed(notWellFormed)
		}
		return nil
	}
	p.at.text = append(p.at.text, t...)
	return nil
}

// Path is where the element stands, such as /Invoice/cac:InvoiceLine[2]/cbc:ID.
func (e *Element) Path() string {
	if e.parent == nil {
		return "/" + e.Name[strings.LastIndexByte(e.Name, ':')+1:]
	}
	same, place := 0, 0
	for _, sibling := range e.parent.Children {
		if sibling.Name == e.Name {
			same++
		}
		if sibling == e {
			place = same
		}
	}
	if same == 1 {
		return e.parent.Path() + "/" + e.Name
	}
	return fmt.Sprintf("%s/%s[%d]", e.parent.Path(), e.Name, place)
}

// Find returns the text of the element at the end of the path of names, or nothing. It takes nothing from a Walk.
func (e *Element) Find(names ...string) string {
	if len(names) == 0 {
		return e.Text
	}
	for _, child := range e.Children {
		if child.Name == names[0] {
			return child.Find(names[1:]...)
		}
	}
	return ""
}

// All returns the children of the name, in order. It takes nothing from a Walk.
func (e *Element) All(name string) (all []*Element) {
	for _, child := range e.Children {
		if child.Name == name {
			all = append(all, child)
		}
	}
	return all
}

// Attribute returns the value of an attribute without a namespace, or nothing. It takes nothing from a Walk.
func (e *Element) Attribute(name string) string {
	for _, a := range e.attrs {
		if a.Name == (xml.Name{Local: name}) {
			return a.Value
		}
	}
	return ""
}

// Empties lists the paths of elements with nothing in them, at most a hundred: some receivers refuse these.
func (e *Element) Empties() []string {
	var paths []string
	e.empties(&paths)
	return paths
}

func (e *Element) empties(paths *[]string) {
	if len(*paths) == mostFaults {
		return
	}
	if len(e.Children) == 0 && strings.TrimSpace(e.Text) == "" {
		*paths = append(*paths, e.Path())
	}
	for _, child := range e.Children {
		child.empties(paths)
	}
}
