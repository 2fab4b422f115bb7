package contracts

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Limits of every JSON document that comes from outside.
const (
	MaxDepth = 32         // nested objects and arrays
	MaxBytes = 256 * 1024 // one event, as signed
)

// Decode reads one JSON value into v and believes nothing: unknown members, a member twice, another case of a name,
// invalid UTF-8, anything after the value, more than MaxDepth levels or MaxBytes bytes are each refused with a Fault.
// The standard encoding/json lets all but the depth pass in silence.
func Decode(b []byte, v any) error { return DecodeWithin(MaxBytes, b, v) }

// DecodeWithin is Decode for a document that may have another number of bytes than an event, such as one with a file inside.
func DecodeWithin(most int, b []byte, v any) error {
	if len(b) > most {
		return Fault{Code: FaultTooLarge, Message: fmt.Sprintf("%d bytes are more than the %d a document may have", len(b), most)}
	}
	if err := checkDepth(b); err != nil {
		return err
	}
	return decodeFault(json.Unmarshal(b, v, json.RejectUnknownMembers(true)))
}

// checkDepth walks the tokens once, before anything recursive sees the bytes.
func checkDepth(b []byte) error {
	dec := jsontext.NewDecoder(bytes.NewReader(b))
	for {
		_, err := dec.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return decodeFault(err)
		}
		if dec.StackDepth() > MaxDepth {
			return Fault{Code: FaultTooDeep, Field: field(dec.StackPointer()), Message: fmt.Sprintf("nested deeper than %d levels", MaxDepth)}
		}
	}
}

// complete returns a Fault for each member that v always writes and b, from which v was read, does not have or has as null:
// reading alone takes both for zero.
func complete(b []byte, v any) error {
	written, err := Encode(v)
	if err != nil {
		return err
	}
	var got, want any
	if err := errors.Join(json.Unmarshal(b, &got), json.Unmarshal(written, &want)); err != nil {
		return err // not met: both have just been read
	}
	var fs Faults
	missing(&fs, "", got, want)
	return fs.Err()
}

func missing(fs *Faults, at string, got, want any) {
	switch want := want.(type) {
	case map[string]any:
		members, _ := got.(map[string]any) // what is no object here has no members
		for _, name := range slices.Sorted(maps.Keys(want)) {
			path := strings.TrimPrefix(at+"."+name, ".")
			if value := members[name]; value == nil {
				fs.Addf(FaultMissing, path, "every event of this type has it", "not given")
			} else {
				missing(fs, path, value, want[name])
			}
		}
	case []any:
		list, _ := got.([]any) // written from what was read, so as long
		for i := range min(len(list), len(want)) {
			missing(fs, fmt.Sprintf("%s[%d]", at, i), list[i], want[i])
		}
	}
}

func decodeFault(err error) error {
	if err == nil {
		return nil
	}
	if se, ok := errors.AsType[*json.SemanticError](err); ok {
		at := field(se.JSONPointer)
		if IsFault(se.Err) {
			var fs Faults
			fs.Add(at, se.Err)
			return fs.Err()
		}
		if errors.Is(err, json.ErrUnknownName) {
			return Fault{Code: FaultUnknownMember, Field: at, Message: "unknown member", Remedy: "names are matched exactly, capitals included"}
		}
		return Fault{Code: FaultMalformed, Field: at, Message: fmt.Sprintf("cannot read a JSON %s here", kind(se.JSONKind))}
	}
	if se, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at := field(se.JSONPointer)
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return Fault{Code: FaultDuplicateMember, Field: at, Message: "the same member stands here twice"}
		}
		return Fault{Code: FaultMalformed, Field: at, Message: fmt.Sprintf("not JSON at byte %d: %v", se.ByteOffset, se.Err)}
	}
	if IsFault(err) {
		return err
	}
	return Fault{Code: FaultMalformed, Message: "not a JSON document"}
}

// field turns a JSON pointer (/lines/2/price) into the path that faults use (lines[2].price).
func field(p jsontext.Pointer) string {
	var b strings.Builder
	for tok := range p.Tokens() {
		switch {
		case tok != "" && strings.Trim(tok, "0123456789") == "":
			b.WriteString("[" + tok + "]")
		case b.Len() > 0:
			b.WriteString("." + clip(tok))
		default:
			b.WriteString(clip(tok))
		}
	}
	return b.String()
}

func kind(k jsontext.Kind) string {
	switch k {
	case 'n':
		return "null"
	case 't', 'f':
		return "boolean"
	case '"':
		return "string"
	case '0':
		return "number"
	case '{':
		return "object"
	case '[':
		return "array"
	}
	return "value"
}

// Encode writes v as JSON: members in the order of the type, nil lists as [], nothing escaped that need not be. The same
// value always gives the same bytes.
func Encode(v any) ([]byte, error) {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return b, nil
}
