package main

import (
	"fmt"
	"time"
)

// meter shows people who wait how far long work has come. What is done within a second or two shows nothing.
type meter struct {
	o           output
	unit        string
	done, total int64
	due         time.Time
	shown       bool
}

func (o output) meter(unit string, total int64) *meter {
	return &meter{o: o, unit: unit, total: total, due: time.Now().Add(2 * time.Second)}
}

// step counts n more.
func (m *meter) step(n int64) {
	m.done += n
	if now := time.Now(); now.After(m.due) {
		m.show()
		m.due = now.Add(time.Second)
	}
}

func (m *meter) show() {
	fmt.Fprintf(m.o.err, "\r%d of %d %s", m.done, m.total, m.unit)
	m.shown = true
}

// end closes the line.
func (m *meter) end() {
	if m.shown {
		m.show()
		fmt.Fprintln(m.o.err)
	}
}
