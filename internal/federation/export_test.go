package federation

import "passerelle/contracts"

// Seal signs any payload, for parties that do not keep to the rules.
var Seal = seal

// TypeOf reads which type a frame says it has.
func TypeOf(line []byte) FrameType {
	var f flattened
	var h header
	if decodeFrame(line, &f) != nil {
		return ""
	}
	if b, err := unbase64(f.Protected); err != nil || contracts.Decode(b, &h) != nil {
		return ""
	}
	return h.Typ
}

// Encoded is the payload of a message as Send would write it.
func Encoded(m Message) []byte { return must(contracts.Encode(m)) }

// Learn lets the endpoint read a type of event that no version knows yet, as a newer program would.
func (e *Endpoint) Learn(typ contracts.EventType, read func(Message) (contracts.Event, error)) {
	known := e.read
	e.read = func(m Message) (contracts.Event, error) {
		if m.Type == typ {
			return read(m)
		}
		return known(m)
	}
}

// GatherTime is how long messages wait for company.
const GatherTime = gatherTime
