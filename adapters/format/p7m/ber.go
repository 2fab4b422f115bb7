package p7m

import "bytes"

// Tags of what stands on the way to the content (X.690 8.1.2).
const (
	integer     = 0x02
	octets      = 0x04
	oid         = 0x06
	sequence    = 0x30
	set         = 0x31
	many        = 0x24 // OCTET STRING put together from several
	explicit    = 0xa0 // [0]
	endOfObject = 0x00
)

// element is the beginning of one value: its tag, how long it is, and what comes after tag and length.
type element struct {
	tag    byte
	length int // -1 when an end marker tells
	rest   []byte
}

// next reads a tag of one byte and a length of at most four.
func next(b []byte) (e element, ok bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return e, false
	}
	e.tag, e.length, e.rest = b[0], int(b[1]), b[2:]
	switch {
	case b[1] == 0x80:
		e.length = -1
		return e, b[0]&0x20 != 0
	case b[1] > 0x84:
		return e, false
	case b[1] > 0x80:
		n := int(b[1] & 0x7f)
		if len(e.rest) < n {
			return e, false
		}
		e.length = 0
		for _, digit := range e.rest[:n] {
			e.length = e.length<<8 | int(digit)
		}
		e.rest = e.rest[n:]
	}
	return e, e.length >= 0 && e.length <= len(e.rest)
}

// enter goes into a value of a tag: what is left of b begins with its content.
func enter(b []byte, tag byte) (inside []byte, ok bool) {
	e, ok := next(b)
	if !ok || e.tag != tag {
		return nil, false
	}
	if e.length >= 0 {
		return e.rest[:e.length], true
	}
	return e.rest, true
}

// skip goes past a value of a tag.
func skip(b []byte, tag byte) (after []byte, ok bool) {
	e, ok := next(b)
	if !ok || e.tag != tag {
		return nil, false
	}
	return past(e, mostLevels)
}

// past goes to the end of a value. Values without a length are followed to their end marker, each byte once.
func past(e element, levels int) (after []byte, ok bool) {
	if e.length >= 0 {
		return e.rest[e.length:], true
	}
	if levels == 0 {
		return nil, false
	}
	b := e.rest
	for {
		inner, ok := next(b)
		if !ok {
			return nil, false
		}
		if inner.tag == endOfObject {
			return inner.rest, inner.length == 0
		}
		if b, ok = past(inner, levels-1); !ok {
			return nil, false
		}
	}
}

// signed goes from a ContentInfo to the eContent of its SignedData (RFC 5652, 3 and 5.1).
func signed(b []byte) (content []byte, ok bool) {
	for _, step := range []struct {
		tag byte
		by  func([]byte, byte) ([]byte, bool)
	}{{sequence, enter}, {oid, skip}, {explicit, enter}, {sequence, enter}, {integer, skip}, {set, skip}, {sequence, enter}, {oid, skip}, {explicit, enter}} {
		if b, ok = step.by(b, step.tag); !ok {
			return nil, false
		}
	}
	var all bytes.Buffer
	if _, ok := gather(&all, b, mostLevels); !ok || all.Len() == 0 {
		return nil, false
	}
	return all.Bytes(), true
}

// gather puts together an OCTET STRING, which BER may send in pieces.
func gather(all *bytes.Buffer, b []byte, levels int) (after []byte, ok bool) {
	e, ok := next(b)
	if !ok || levels == 0 {
		return nil, false
	}
	if e.tag == octets {
		all.Write(e.rest[:e.length])
		return e.rest[e.length:], true
	}
	if e.tag != many {
		return nil, false
	}
	inside := e.rest
	if e.length >= 0 {
		inside = e.rest[:e.length]
	}
	for e.length < 0 || len(inside) > 0 {
		if piece, ok := next(inside); ok && e.length < 0 && piece.tag == endOfObject {
			return piece.rest, piece.length == 0
		}
		if inside, ok = gather(all, inside, levels-1); !ok {
			return nil, false
		}
	}
	return e.rest[e.length:], true
}
