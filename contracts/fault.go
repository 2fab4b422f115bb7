package contracts

import (
	"errors"
	"fmt"
	"strings"
)

// FaultCode names a broken rule. Codes are stable, kebab-case and only ever appended; tests and other programs
// decide by the code, people read the message.
type FaultCode string

// The codes that values of this package raise. Features declare their own beside the rule.
const (
	FaultMalformed       FaultCode = "malformed"        // bytes that are not the document they claim to be
	FaultUnknownMember   FaultCode = "unknown-member"   // a JSON member that the type does not have
	FaultDuplicateMember FaultCode = "duplicate-member" // the same JSON member twice
	FaultTooDeep         FaultCode = "too-deep"         // nesting beyond MaxDepth
	FaultTooLarge        FaultCode = "too-large"        // more bytes than the reader accepts
	FaultMissing         FaultCode = "missing"          // a member that must be there
	FaultInvalid         FaultCode = "invalid"          // a value outside its range or list
	FaultAmount          FaultCode = "amount"           // an amount that is no decimal of its currency
	FaultCurrency        FaultCode = "currency"         // an unknown currency, or two that do not match
	FaultDate            FaultCode = "date"             // a date that is no calendar day
	FaultCountry         FaultCode = "country"          // an unknown country code
)

// Fault is one broken rule: which, where, what is wrong and what to do about it. It is an answer, not an
// accident; a retry does not cure it. Field is a path such as "lines[2].price", empty when the whole is meant.
type Fault struct {
	Code    FaultCode `json:"code"`
	Field   string    `json:"field,omitzero"`
	Message string    `json:"message"`
	Remedy  string    `json:"remedy,omitzero"`
}

func (f Fault) Error() string {
	var b strings.Builder
	if f.Field != "" {
		b.WriteString(f.Field + ": ")
	}
	b.WriteString(f.Message)
	if f.Remedy != "" {
		b.WriteString("; " + f.Remedy)
	}
	return b.String()
}

// At returns the fault moved under a parent field: At("lines[2]") turns "price" into "lines[2].price".
func (f Fault) At(parent string) Fault {
	switch {
	case f.Field == "":
		f.Field = parent
	case parent != "":
		f.Field = parent + "." + f.Field
	}
	return f
}

// Faults is every broken rule of one input, so that a person mends them in one go. A nil or empty list is no error:
// return it through Err.
type Faults []Fault

func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Err returns the list as an error, or nil when it is empty.
func (fs Faults) Err() error {
	if len(fs) == 0 {
		return nil
	}
	return fs
}

// Add appends what err holds, moved under field. An error that is no Fault becomes one with code "invalid".
func (fs *Faults) Add(field string, err error) {
	if err == nil {
		return
	}
	for _, f := range FaultsOf(err) {
		*fs = append(*fs, f.At(field))
	}
}

// Addf appends one fault.
func (fs *Faults) Addf(code FaultCode, field, remedy, format string, args ...any) {
	*fs = append(*fs, Fault{Code: code, Field: field, Message: fmt.Sprintf(format, args...), Remedy: remedy})
}

// FaultsOf returns the faults inside err. An error that carries none is wrapped as one fault of code "invalid", so
// a caller that knows the error to be the user's loses nothing.
func FaultsOf(err error) Faults {
	if err == nil {
		return nil
	}
	if fs, ok := errors.AsType[Faults](err); ok {
		return fs
	}
	if f, ok := errors.AsType[Fault](err); ok {
		return Faults{f}
	}
	return Faults{{Code: FaultInvalid, Message: err.Error()}}
}

// IsFault tells whether err is a broken rule (an answer to the user) rather than a failure of the program.
func IsFault(err error) bool {
	if _, ok := errors.AsType[Faults](err); ok {
		return true
	}
	_, ok := errors.AsType[Fault](err)
	return ok
}

// Problem is what the outside sees of an error: RFC 9457 "problem details" with our faults as an extension.
// It never carries internal text; Reference is what an operator searches the log for.
type Problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitzero"`
	Reference string `json:"reference,omitzero"`
	Faults    Faults `json:"faults,omitzero"`
}
