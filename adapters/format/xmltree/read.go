package xmltree

import (
	"slices"
	"strings"

	"passerelle/contracts"
)

// take finds the only child of the name. A second one is a Fault.
func (w *Walk) take(name string) *Element {
	name = w.name(name)
	var found *Element
	for i, e := range w.at.Children {
		if e.Name != name || e.taken {
			continue
		}
		if found != nil {
			e.taken = true
			w.fault(e, FaultRepeated, "only one is allowed here")
			continue
		}
		w.mark(e, i)
		found = e
	}
	return found
}

// name is how the element that is walked is called in what was parsed.
func (w *Walk) name(walked string) string {
	if w.own == "" || strings.ContainsAny(walked, ":}") {
		return walked
	}
	return w.own + ":" + walked
}

// mark notes that a child has been taken. The walk goes in the order of the schema, so a child that stands
// before one taken earlier is in the wrong place.
func (w *Walk) mark(e *Element, index int) {
	e.taken = true
	if index < w.at.last {
		w.fault(e, FaultOrder, "the schema puts it after %s", w.at.Children[w.at.last].Name)
		return
	}
	w.at.last = index
}

func (w *Walk) enter(e *Element, f func()) {
	outer := w.at
	w.at = e
	f()
	w.leave(e)
	w.at = outer
}

// leave reports what nobody took.
func (w *Walk) leave(e *Element) {
	for _, child := range e.Children {
		if !child.taken {
			w.left(child)
		}
	}
	for _, a := range e.attrs {
		w.fault(e, FaultNotCarried, "its attribute %s is not carried", clip(a.Name.Local))
	}
	if len(e.Children) == 0 && !e.read && !blank(e.Text) {
		w.fault(e, FaultNotCarried, "this is not carried: %s", clip(e.Text))
	}
}

// says tells whether there is any text in the element.
func (e *Element) says() bool {
	return !blank(e.Text) || slices.ContainsFunc(e.Children, (*Element).says)
}

// left reports what stands in an element that nobody took, each value by its own path.
func (w *Walk) left(e *Element) {
	if len(w.faults) >= mostFaults {
		return
	}
	if len(e.Children) == 0 && !blank(e.Text) {
		w.fault(e, FaultNotCarried, "this is not carried: %s", clip(e.Text))
	}
	for _, child := range e.Children {
		w.left(child)
	}
}

func (w *Walk) readValue(e *Element, v *string, attrs []At) {
	e.read = true
	if len(e.Children) > 0 {
		w.fault(e, FaultNotCarried, "text is expected here")
	}
	if !blank(e.Text) {
		*v = e.Text
		for _, at := range attrs {
			e.takeAttribute(at)
		}
	}
	if e != w.at { // else the group reports it
		w.leave(e)
	}
}

func (e *Element) takeAttribute(at At) {
	for i, a := range e.attrs {
		if a.Name.Space == "" && a.Name.Local == at.Name {
			*at.Value = a.Value
			e.attrs = append(e.attrs[:i:i], e.attrs[i+1:]...)
			return
		}
	}
}

func (w *Walk) fault(e *Element, code contracts.FaultCode, format string, args ...any) {
	if len(w.faults) < mostFaults {
		w.faults.Addf(code, w.path(e), "", format, args...)
	}
}

// note adds what is wrong with a value, at its element.
func (w *Walk) note(e *Element, err error) {
	if err != nil && len(w.faults) < mostFaults {
		w.faults.Add(w.path(e), err)
	}
}

// path is where the element stands in the document, where the elements of the format's own namespace have no prefix.
func (w *Walk) path(e *Element) string {
	if w.own == "" {
		return e.Path()
	}
	return strings.ReplaceAll(e.Path(), "/"+w.own+":", "/")
}
