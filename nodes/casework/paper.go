package casework

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"passerelle/contracts"
)

// PaperID names an uploaded document of a case.
type PaperID string

// PaperKind is what an uploaded document is.
type PaperKind string

// The kinds.
const (
	PaperA1             PaperKind = "a1"
	PaperA1Request      PaperKind = "a1_request" // proof of its filing
	PaperEngagement     PaperKind = "engagement"
	PaperDeclaration    PaperKind = "declaration"
	PaperCover          PaperKind = "cover"
	PaperIdentity       PaperKind = "id"
	PaperPermit         PaperKind = "permit"
	PaperPayslip        PaperKind = "payslip"
	PaperTimesheet      PaperKind = "timesheet"
	PaperTaxCertificate PaperKind = "tax_certificate"
	PaperOther          PaperKind = "other"
)

// PaperKinds lists them.
var PaperKinds = []PaperKind{PaperA1, PaperA1Request, PaperEngagement, PaperDeclaration, PaperCover, PaperIdentity, PaperPermit, PaperPayslip, PaperTimesheet, PaperTaxCertificate, PaperOther}

// MostPaper is how many bytes one document may have, MostPapers how many documents a case.
const (
	MostPaper  = 5 << 20
	MostPapers = 100
)

// Paper is an uploaded document of a case, without its bytes. It is never changed; one that was wrong is marked and stays.
type Paper struct {
	ID        PaperID        `json:"id"`
	Kind      PaperKind      `json:"kind"`
	Name      string         `json:"name"`       // generated: kind, day and ending
	MediaType string         `json:"media_type"` // decided by its bytes
	Size      int            `json:"size"`
	SHA256    string         `json:"sha256"`
	AddedAt   time.Time      `json:"added_at"`
	Account   string         `json:"account,omitzero"`
	InvalidOn contracts.Date `json:"invalid_on,omitzero"`
}

// Invalid tells whether somebody said that it was wrong.
func (p Paper) Invalid() bool { return !p.InvalidOn.IsZero() }

// NewPaper checks what was uploaded and describes it. The type is decided by the bytes: nothing that a sender says of them counts.
func NewPaper(id PaperID, kind PaperKind, content []byte, at time.Time) (Paper, error) {
	var fs contracts.Faults
	if !slices.Contains(PaperKinds, kind) {
		fs.Addf(contracts.FaultInvalid, "kind", "say which paper it is: a1, engagement, cover, id, ...", "%.30q is not in the list", string(kind))
	}
	media, ending := typeOf(content)
	switch {
	case len(content) == 0:
		fs.Addf(contracts.FaultMissing, "file", "choose a file", "the file is empty")
	case len(content) > MostPaper:
		fs.Addf(contracts.FaultTooLarge, "file", "make the picture smaller, or split the document", "more than 5 MiB")
	case media == "":
		fs.Addf(FaultPaper, "file", "take a PDF, or a photograph as JPEG, PNG or HEIC", "the file is none of the kinds that are kept")
	}
	sum := sha256.Sum256(content)
	p := Paper{ID: id, Kind: kind, MediaType: media, Size: len(content), SHA256: hex.EncodeToString(sum[:]), AddedAt: at.UTC()}
	p.Name = fmt.Sprintf("%s-%s.%s", kind, contracts.DateOf(p.AddedAt), ending)
	return p, fs.Err()
}

// typeOf recognises the four types that are kept by how they begin, and a PDF also by how it ends.
func typeOf(b []byte) (media, ending string) {
	switch {
	case bytes.HasPrefix(b, []byte("%PDF-")) && bytes.Contains(b[max(0, len(b)-1024):], []byte("%%EOF")):
		return "application/pdf", "pdf"
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return "image/jpeg", "jpg"
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png", "png"
	case len(b) >= 12 && string(b[4:8]) == "ftyp" && slices.Contains(heic, string(b[8:12])):
		return "image/heic", "heic"
	}
	return "", ""
}

// heic are the brands of still pictures of telephones (ISO/IEC 23008-12).
var heic = []string{"heic", "heix", "heim", "heis", "mif1", "msf1"}
