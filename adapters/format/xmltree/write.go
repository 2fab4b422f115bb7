package xmltree

import (
	"strings"
	"unicode/utf8"

	"passerelle/contracts"
)

// indent is cut to the depth of an element.
var indent = "\n" + strings.Repeat("  ", MaxDepth)

// write opens an element, lets f fill it, and takes it back when nothing was said.
func (w *Walk) write(name string, f func()) {
	w.closeTag()
	mark, content := len(w.out), w.content
	w.open(name)
	f()
	if w.content == content {
		w.out = w.out[:mark]
		w.depth--
		w.tagOpen, w.leaf = false, false
		return
	}
	w.close(name)
}

func (w *Walk) open(name string) {
	w.closeTag()
	w.out = append(w.out, indent[:1+2*min(w.depth, MaxDepth)]...)
	w.out = append(w.out, '<')
	w.out = append(w.out, name...)
	w.depth++
	w.tagOpen = true
}

func (w *Walk) closeTag() {
	if w.tagOpen {
		w.out = append(w.out, '>')
		w.tagOpen = false
	}
}

func (w *Walk) close(name string) {
	w.depth--
	w.closeTag()
	if !w.leaf {
		w.out = append(w.out, indent[:1+2*min(w.depth, MaxDepth)]...)
	}
	w.leaf = false
	w.out = append(w.out, "</"...)
	w.out = append(w.out, name...)
	w.out = append(w.out, '>')
}

// value writes attributes and text of the element that is open.
func (w *Walk) value(v string, attrs []At) {
	for _, at := range attrs {
		if *at.Value == "" {
			continue
		}
		w.out = append(w.out, ' ')
		w.out = append(w.out, at.Name...)
		w.out = append(w.out, `="`...)
		w.escape(*at.Value, true)
		w.out = append(w.out, '"')
	}
	w.closeTag()
	w.escape(v, false)
	w.content++
	w.leaf = true
}

// escape writes text so that a reader gets the same text: a carriage return would be read as a line feed, and in an
// attribute every white space as a space.
func (w *Walk) escape(s string, attribute bool) {
	if !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' || r == '&' || r == '<' || r == '>' || r == '"' || r >= utf8.RuneError
	}) {
		w.out = append(w.out, s...)
		return
	}
	for i, r := range s {
		switch {
		case r == '&':
			w.out = append(w.out, "&amp;"...)
		case r == '<':
			w.out = append(w.out, "&lt;"...)
		case r == '>':
			w.out = append(w.out, "&gt;"...)
		case r == '"' && attribute:
			w.out = append(w.out, "&quot;"...)
		case r == '\r':
			w.out = append(w.out, "&#xD;"...)
		case attribute && r == '\n':
			w.out = append(w.out, "&#xA;"...)
		case attribute && r == '\t':
			w.out = append(w.out, "&#x9;"...)
		case r < ' ' && r != '\n' && r != '\t', r == 0xFFFE, r == 0xFFFF, r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			w.Fault(contracts.FaultInvalid, "", "take it out and type the text again", "%q has a character that XML cannot carry", clip(s))
			return
		default:
			w.out = append(w.out, string(r)...)
		}
	}
}
