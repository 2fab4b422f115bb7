// Package letter is what home and host node of a mobility case write to each other, as it reads once the seal is open. The types are the data
// minimisation of the network: a host is told what a type here has a member for, and a type has one for what the host's task needs. There is
// no home address, no health, no union, no free member about the person; numbers and pay stand only inside the task that asks for them.
package letter

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"passerelle/contracts"
)

// Letter is one of the types of this package.
type Letter interface {
	// Kind is the kind of message it is the content of.
	Kind() contracts.CaseKind
	// Validate returns the faults of the letter by itself.
	Validate() error
}

// Document is a file that goes with a letter. Its bytes follow the letter.
type Document struct {
	Kind      DocumentKind `json:"kind"`
	MediaType string       `json:"media_type"`
	Size      int          `json:"size"`
	SHA256    string       `json:"sha256"`
	Content   []byte       `json:"-"`
}

// DocumentKind is what a document is.
type DocumentKind string

// The kinds. From home go those that an inspector may ask for; a tax certificate comes from the host.
const (
	A1             DocumentKind = "a1"
	A1Request      DocumentKind = "a1_request"
	Engagement     DocumentKind = "engagement"
	Declaration    DocumentKind = "declaration"
	Cover          DocumentKind = "cover"
	Identity       DocumentKind = "id"
	Permit         DocumentKind = "permit"
	Payslip        DocumentKind = "payslip"
	Timesheet      DocumentKind = "timesheet"
	TaxCertificate DocumentKind = "tax_certificate"
)

// Documents lists every kind that may travel.
var Documents = []DocumentKind{A1, A1Request, Engagement, Declaration, Cover, Identity, Permit, Payslip, Timesheet, TaxCertificate}

// MediaTypes lists the types of file that may travel.
var MediaTypes = []string{"application/pdf", "image/jpeg", "image/png", "image/heic"}

// Bounds of a message: one letter, and what its documents have together.
const (
	MostLetter    = contracts.MaxBytes
	MostDocuments = 20
	MostBytes     = 8 << 20
)

// NewDocument describes a file.
func NewDocument(kind DocumentKind, mediaType string, content []byte) Document {
	sum := sha256.Sum256(content)
	return Document{Kind: kind, MediaType: mediaType, Size: len(content), SHA256: hex.EncodeToString(sum[:]), Content: content}
}

// sheet is the JSON of a letter with the list of its documents.
type sheet struct {
	Says      jsontext.Value `json:"says"`
	Documents []Document     `json:"documents"`
}

// Write returns the bytes of a message: the length of the letter, the letter, the documents.
func Write(l Letter, documents ...Document) ([]byte, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	if err := checkDocuments(documents); err != nil {
		return nil, err
	}
	says, err := contracts.Encode(l)
	if err != nil {
		return nil, err
	}
	text, err := contracts.Encode(sheet{says, documents})
	if err != nil {
		return nil, err
	}
	if len(text) > MostLetter {
		return nil, contracts.Fault{Code: contracts.FaultTooLarge, Message: "the letter is too long", Remedy: "write less, or send a document"}
	}
	out := binary.BigEndian.AppendUint32(nil, uint32(len(text)))
	out = append(out, text...)
	for _, d := range documents {
		out = append(out, d.Content...)
	}
	return out, nil
}

// Read reads what Write wrote, for a kind, and believes nothing.
func Read(kind contracts.CaseKind, b []byte) (Letter, []Document, error) {
	if len(b) < 4 {
		return nil, nil, contracts.Fault{Code: contracts.FaultMalformed, Message: "no letter"}
	}
	n, rest := int64(binary.BigEndian.Uint32(b)), b[4:]
	if n > int64(len(rest)) {
		return nil, nil, contracts.Fault{Code: contracts.FaultMalformed, Message: "the letter is cut short"}
	}
	var s sheet
	if err := contracts.Decode(rest[:n], &s); err != nil {
		return nil, nil, err
	}
	l, err := Decode(kind, s.Says)
	if err != nil {
		return nil, nil, err
	}
	rest = rest[n:]
	for i := range s.Documents {
		d := &s.Documents[i]
		if d.Size < 0 || d.Size > len(rest) {
			return nil, nil, contracts.Fault{Code: contracts.FaultMalformed, Field: fmt.Sprintf("documents[%d]", i), Message: "the document is cut short"}
		}
		d.Content, rest = rest[:d.Size], rest[d.Size:]
	}
	if len(rest) > 0 {
		return nil, nil, contracts.Fault{Code: contracts.FaultMalformed, Message: "something follows the last document"}
	}
	return l, s.Documents, checkDocuments(s.Documents)
}

// Decode reads the text of a letter of a kind, strictly.
func Decode(kind contracts.CaseKind, body []byte) (Letter, error) {
	read, ok := readers[kind]
	if !ok {
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Field: "kind", Message: fmt.Sprintf("%.40q is no kind of letter", string(kind))}
	}
	return read(body)
}

func checkDocuments(documents []Document) error {
	var fs contracts.Faults
	total := 0
	for i, d := range documents {
		at := fmt.Sprintf("documents[%d]", i)
		oneOf(&fs, at+".kind", d.Kind, Documents)
		oneOf(&fs, at+".media_type", d.MediaType, MediaTypes)
		if sum := sha256.Sum256(d.Content); d.Size != len(d.Content) || d.SHA256 != hex.EncodeToString(sum[:]) {
			fs.Addf(contracts.FaultInvalid, at, "send it again", "the bytes are not those that were listed")
		}
		total += len(d.Content)
	}
	if len(documents) > MostDocuments || total > MostBytes {
		fs.Addf(contracts.FaultTooLarge, "documents", fmt.Sprintf("send at most %d documents and %d MiB in one message", MostDocuments, MostBytes>>20), "%d documents, %d bytes", len(documents), total)
	}
	return fs.Err()
}

var readers = map[contracts.CaseKind]func([]byte) (Letter, error){
	contracts.KindHostRequest: read[HostRequest], contracts.KindHostAccept: read[HostAccept], contracts.KindHostDecline: read[HostDecline],
	contracts.KindDeclarationFiled: read[DeclarationFiled], contracts.KindTaxNote: read[TaxNote], contracts.KindLocalContact: read[LocalContact],
	contracts.KindA1Status: read[A1Status], contracts.KindDetermination: read[Determination], contracts.KindAgree: read[Agree], contracts.KindDisagree: read[Disagree],
	contracts.KindExceptionRequested: read[ExceptionRequested], contracts.KindExceptionResult: read[ExceptionResult], contracts.KindHostView: read[HostView],
	contracts.KindChangeNotice: read[ChangeNotice], contracts.KindHostLegislation: read[HostLegislation], contracts.KindHostEngages: read[HostEngages],
	contracts.KindInfoRequest: read[InfoRequest], contracts.KindInfoReply: read[InfoReply], contracts.KindClose: read[Close], contracts.KindInvalidate: read[Invalidate],
	contracts.KindReminder: read[Reminder], contracts.KindClarify: read[Clarify], contracts.KindReopen: read[Reopen], contracts.KindForward: read[Forward],
	contracts.KindAck: read[Ack], contracts.KindRead: read[ReadNotice],
}

func read[L Letter](b []byte) (Letter, error) {
	var l L
	if err := contracts.Decode(b, &l); err != nil {
		return nil, err
	}
	if err := l.Validate(); err != nil {
		return nil, err
	}
	return l, nil
}

// Bounds of texts.
const (
	longestLine = 200
	longestText = 4000
)

func oneOf[T ~string](fs *contracts.Faults, field string, v T, all []T) {
	if !slices.Contains(all, v) {
		fs.Addf(contracts.FaultInvalid, field, "", "%.40q is not in the list", string(v))
	}
}

// line checks a short text that must be there.
func line(fs *contracts.Faults, field, v string) {
	if v == "" {
		fs.Addf(contracts.FaultMissing, field, "", "not given")
	}
	short(fs, field, v, longestLine)
}

func text(fs *contracts.Faults, field, v string) {
	if v == "" {
		fs.Addf(contracts.FaultMissing, field, "write a sentence", "not given")
	}
	short(fs, field, v, longestText)
}

func short(fs *contracts.Faults, field, v string, most int) {
	if len([]rune(v)) > most || control.MatchString(v) {
		fs.Addf(contracts.FaultInvalid, field, fmt.Sprintf("write at most %d characters", most), "too long, or with control characters")
	}
}

// control characters but tab and line feed have no place in a letter.
var control = regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f]`)

func span(fs *contracts.Faults, field string, from, until contracts.Date) {
	if from.IsZero() || until.IsZero() || until.Before(from) {
		fs.Addf(contracts.FaultDate, field, "give first and last day", "%s to %s", from, until)
	}
}
