package xmltree

import (
	"fmt"
	"slices"
	"strings"

	"passerelle/contracts"
)

// Walk goes through a document in the order of its schema. The function that is walked names each element and the value
// it belongs to; a Walk made by Read fills the values, one made by Write writes them. An element without content is
// neither read nor written.
type Walk struct {
	faults contracts.Faults

	at  *Element // reading: the element whose children are taken; nil when writing
	own string   // reading: prefix of the names that are walked without one

	out     []byte
	depth   int
	content int  // writing: values written so far, constants not counted
	tagOpen bool // writing: the last start tag still waits for its >
	leaf    bool // writing: the element just written holds text
}

// At is an attribute and the value it belongs to.
type At struct {
	Name  string
	Value *string
}

const mostFaults = 100

// Read walks the children of root with f. Its faults say what was not carried, repeated, out of order or no value of its
// kind; what could be read has been, so that a caller may decide that not-carried is good enough.
func Read(root *Element, f func(*Walk)) error { return ReadIn("", root, f) }

// ReadIn is Read for a format whose elements are written without a prefix, in a namespace that Names calls own.
func ReadIn(own string, root *Element, f func(*Walk)) error {
	w := &Walk{at: root, own: own}
	f(w)
	w.leave(root)
	return w.faults.Err()
}

// Write walks f and returns the document with its declaration. root is the start tag with its namespaces, without the
// brackets: `Invoice xmlns="..."`.
func Write(root string, f func(*Walk)) ([]byte, error) {
	w := &Walk{out: make([]byte, 0, 8<<10)}
	w.out = append(w.out, `<?xml version="1.0" encoding="UTF-8"?>`...)
	w.out = append(w.out, "\n<"+root...)
	w.tagOpen, w.depth = true, 1
	f(w)
	w.closeTag()
	name, _, _ := strings.Cut(root, " ")
	w.out = append(w.out, "\n</"+name+">\n"...)
	return w.out, w.faults.Err()
}

// Writing tells the direction, for what has to be split or joined.
func (w *Walk) Writing() bool { return w.at == nil }

// Fault notes that something cannot be carried; field is a path in the document written, or empty for the element that is
// being read.
func (w *Walk) Fault(code contracts.FaultCode, field, remedy, format string, args ...any) {
	if field == "" && w.at != nil {
		field = w.path(w.at)
	}
	if len(w.faults) < mostFaults {
		w.faults.Addf(code, field, remedy, format, args...)
	}
}

// NotCarried notes a value of the element being read that there is no place for.
func (w *Walk) NotCarried(value string) {
	w.Fault(FaultNotCarried, "", "", "this is not carried: %s", clip(value))
}

// Group is an element with elements inside, at most once.
func (w *Walk) Group(name string, f func()) {
	if w.Writing() {
		w.write(name, f)
		return
	}
	if e := w.take(name); e != nil {
		w.enter(e, f)
	}
}

// Each is an element with elements inside, any number of times, one for each of list.
func Each[T any](w *Walk, name string, list *[]T, f func(*T)) {
	if w.Writing() {
		for i := range *list {
			w.write(name, func() { f(&(*list)[i]) })
		}
		return
	}
	name = w.name(name)
	for i, e := range w.at.Children {
		if e.Name == name && !e.taken {
			w.mark(e, i)
			var v T
			w.enter(e, func() { f(&v) })
			if e.says() {
				*list = append(*list, v)
			}
		}
	}
}

// Text is an element with text, at most once.
func (w *Walk) Text(name string, v *string, attrs ...At) {
	if w.Writing() {
		if !blank(*v) {
			w.open(name)
			w.value(*v, attrs)
			w.close(name)
		}
		return
	}
	if e := w.take(name); e != nil {
		w.readValue(e, v, attrs)
	}
}

// Value is the text of the element that Group or Each is in.
func (w *Walk) Value(v *string, attrs ...At) {
	if !w.Writing() {
		w.readValue(w.at, v, attrs)
	} else if !blank(*v) {
		w.value(*v, attrs)
	}
}

// Attribute reads an attribute of the element that Group, Each or the root is in. Written, it stands in the start tag already.
func (w *Walk) Attribute(name string, v *string) {
	if !w.Writing() {
		w.at.takeAttribute(At{Name: name, Value: v})
	}
}

// Const is an element that always has the same text, written when its group has anything else to say.
func (w *Walk) Const(name, value string) {
	content, v := w.content, value
	w.Text(name, &v)
	w.content = content
	if strings.TrimSpace(v) != value {
		w.NotCarried(v)
	}
}

// Drop is an element that is left out as a whole, with one Fault that says why.
func (w *Walk) Drop(name, why string) {
	if w.Writing() {
		return
	}
	if e := w.take(name); e != nil {
		w.Fault(FaultNotCarried, w.path(e), "", "this is not carried: %s", why)
	}
}

// Skip is an element that some senders write and that says nothing, as long as its text is one of these.
func (w *Walk) Skip(name string, texts ...string) {
	if w.Writing() {
		return
	}
	v := texts[0]
	w.Text(name, &v)
	if !slices.Contains(texts, strings.TrimSpace(v)) {
		w.NotCarried(v)
	}
}

// Frame is an element that holds constants alone, written when its group has anything else to say.
func (w *Walk) Frame(name string, f func()) {
	if !w.Writing() {
		w.Group(name, f)
		return
	}
	content := w.content
	w.open(name)
	f()
	w.close(name)
	w.content = content
}

// Converted is an element whose text stands for a value of another kind: text writes it ("" for none), parse reads it.
func (w *Walk) Converted(name string, text func() string, parse func(string) error, attrs ...At) {
	var v string
	if w.Writing() {
		v = text()
		w.Text(name, &v, attrs...)
		return
	}
	e := w.take(name)
	if e == nil {
		return
	}
	w.readValue(e, &v, attrs)
	if v = strings.TrimSpace(v); v != "" {
		w.note(e, parse(v))
	}
}

// Number is an element with a decimal number, at most once; nil is none.
func (w *Walk) Number(name string, v **contracts.Decimal, attrs ...At) {
	if w.Writing() && *v == nil {
		return
	}
	w.Converted(name, func() string { return Digits(**v) }, parseInto(v), attrs...)
}

// NumberValue is the number of the element that Group or Each is in.
func (w *Walk) NumberValue(v **contracts.Decimal, attrs ...At) {
	var text string
	if w.Writing() && *v != nil {
		text = Digits(**v)
	}
	w.Value(&text, attrs...)
	if !w.Writing() && text != "" {
		w.note(w.at, parseInto(v)(strings.TrimSpace(text)))
	}
}

func parseInto(v **contracts.Decimal) func(string) error {
	return func(s string) error {
		d, err := contracts.ParseDecimal(plain(s), mostDecimals)
		*v = &contracts.Decimal{Decimal: d}
		return err
	}
}

// mostDecimals are read; zeros after them say nothing.
const mostDecimals = 10

// plain rewrites what an xs:decimal may be besides: +1, 1., .1 and 1.0000000000000
func plain(s string) string {
	if rest, plus := strings.CutPrefix(s, "+"); plus && !strings.HasPrefix(rest, "-") {
		s = rest
	}
	if dot := strings.IndexByte(s, '.'); dot >= 0 && len(s) > dot+1+mostDecimals {
		end := dot + 1 + mostDecimals
		s = s[:end] + strings.TrimRight(s[end:], "0")
	}
	s = strings.TrimSuffix(s, ".")
	if rest, negative := strings.CutPrefix(s, "-"); strings.HasPrefix(rest, ".") {
		if s = "0" + rest; negative {
			s = "-" + s
		}
	}
	return s
}

// Digits writes a number with the decimals it has, zeros at the end included.
func Digits(d contracts.Decimal) string {
	if d.Exponent() < 0 {
		return d.StringFixed(-d.Exponent())
	}
	return d.String()
}

// Date is an element with a day as year-month-day, at most once.
func (w *Walk) Date(name string, v *contracts.Date) {
	w.Converted(name, v.String, func(s string) error { return v.UnmarshalText([]byte(s)) })
}

// Flag is an element that is true or false.
func (w *Walk) Flag(name string, v *bool) {
	w.Converted(name, func() string { return fmt.Sprint(*v) }, func(s string) error {
		*v = s == "true" || s == "1"
		if !*v && s != "false" && s != "0" {
			return contracts.Fault{Code: contracts.FaultInvalid, Message: fmt.Sprintf("%q is neither true nor false", clip(s))}
		}
		return nil
	})
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// clip shortens foreign text before it goes into a message.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
