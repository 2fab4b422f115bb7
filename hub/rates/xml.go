package rates

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"passerelle/contracts"
)

// ReadXML reads eurofxref-daily.xml or eurofxref-hist.xml as the ECB publishes them: a gesmes:Envelope with a Cube, in it a
// Cube per day (time), in it a Cube per currency (currency, rate). Anything else in the file, a document type or an entity
// included, refuses it with the line.
func ReadXML(file []byte) ([]Rate, error) {
	if err := checkFile(file); err != nil {
		return nil, err
	}
	x := xmlReader{d: xml.NewDecoder(bytes.NewReader(file)), t: table{seen: map[key]bool{}}}
	for {
		token, err := x.d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, x.fault(contracts.FaultMalformed, "not XML: %v", err)
		}
		if err := x.take(token); err != nil {
			return nil, err
		}
	}
	if len(x.path) > 0 {
		return nil, x.fault(contracts.FaultMalformed, "the file ends inside %s", x.path[len(x.path)-1])
	}
	return x.t.all()
}

// shapes lists every element path of the file and the attributes it has; namespace declarations are let through.
var shapes = map[string][]string{
	"gesmes:Envelope":                           {},
	"gesmes:Envelope/gesmes:subject":            {},
	"gesmes:Envelope/gesmes:Sender":             {},
	"gesmes:Envelope/gesmes:Sender/gesmes:name": {},
	"gesmes:Envelope/Cube":                      {},
	"gesmes:Envelope/Cube/Cube":                 {"time"},
	"gesmes:Envelope/Cube/Cube/Cube":            {"currency", "rate"},
}

// xmlReader walks the raw tokens: the path of open elements is at most four long, so nothing can nest deeply, and
// no entity but the five of XML itself is ever expanded.
type xmlReader struct {
	d    *xml.Decoder
	path []string
	on   contracts.Date
	t    table
}

func (x *xmlReader) fault(code contracts.FaultCode, format string, args ...any) error {
	line, _ := x.d.InputPos()
	return fault(line, code, format, args...)
}

func (x *xmlReader) take(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		return x.open(token)
	case xml.EndElement:
		return x.close(qualified(token.Name))
	case xml.Directive:
		return x.fault(contracts.FaultMalformed, "a document type or declaration does not belong here")
	case xml.ProcInst:
		if token.Target != "xml" {
			return x.fault(contracts.FaultMalformed, "a processing instruction does not belong here")
		}
	case xml.CharData:
		text := len(x.path) > 0 && (x.path[len(x.path)-1] == "gesmes:subject" || x.path[len(x.path)-1] == "gesmes:name")
		if !text && strings.TrimSpace(string(token)) != "" {
			return x.fault(contracts.FaultMalformed, "text does not belong here")
		}
	}
	return nil
}

func (x *xmlReader) open(e xml.StartElement) error {
	at := strings.Join(append(x.path, qualified(e.Name)), "/")
	allowed, ok := shapes[at]
	if !ok {
		return x.fault(contracts.FaultUnknownMember, "element %s is not known", clip(qualified(e.Name)))
	}
	attributes, err := x.attributes(e, allowed)
	if err != nil {
		return err
	}
	x.path = append(x.path, qualified(e.Name))
	switch len(allowed) {
	case 1:
		x.on, err = readDay(attributes["time"])
		if err != nil {
			return x.fault(contracts.FaultDate, "%q is no date", clip(attributes["time"]))
		}
	case 2:
		return x.addRate(attributes["currency"], attributes["rate"])
	}
	return nil
}

func (x *xmlReader) addRate(currency, rate string) error {
	if !currencyShape.MatchString(currency) {
		return x.fault(contracts.FaultCurrency, "%q is no currency code", clip(currency))
	}
	line, _ := x.d.InputPos()
	return x.t.add(line, contracts.Currency(currency), x.on, rate)
}

// attributes returns exactly those allowed, each once.
func (x *xmlReader) attributes(e xml.StartElement, allowed []string) (map[string]string, error) {
	found := map[string]string{}
	for _, a := range e.Attr {
		name := qualified(a.Name)
		if name == "xmlns" || strings.HasPrefix(name, "xmlns:") {
			continue
		}
		if _, twice := found[name]; twice {
			return nil, x.fault(contracts.FaultDuplicateMember, "attribute %s stands here twice", clip(name))
		}
		found[name] = a.Value
	}
	for _, name := range allowed {
		if _, ok := found[name]; !ok {
			return nil, x.fault(contracts.FaultMissing, "attribute %s is missing", name)
		}
	}
	if len(found) > len(allowed) {
		return nil, x.fault(contracts.FaultUnknownMember, "an attribute of %s is not known", qualified(e.Name))
	}
	return found, nil
}

func (x *xmlReader) close(name string) error {
	last := len(x.path) - 1
	if last < 0 || x.path[last] != name {
		return x.fault(contracts.FaultMalformed, "%s is closed but not open", clip(name))
	}
	x.path = x.path[:last]
	return nil
}

// qualified is the name as written. RawToken keeps the prefix in Space.
func qualified(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}
