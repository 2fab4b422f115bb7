package paper

import (
	"bytes"
	"compress/zlib"
	"crypto/md5"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// File is a document inside the PDF that tells the same in another form.
type File struct {
	Name    string // with its ending
	Says    string // what it is, for people
	Type    string // media type
	Content []byte
}

// srgb is the profile sRGB2014 of the International Color Consortium, unchanged: "made available by the International Color
// Consortium, and may be copied, distributed, embedded, made, used, and sold without restriction".
//
//go:embed srgb.icc
var srgb []byte

// Archived ends the document as PDF/A-3b (ISO 19005-3), with files inside that belong to it, each an alternative to what is read.
// More is what its metadata say beside who wrote what and when: descriptions in RDF. It is not tagged, so it is level b.
//
// The library beneath writes pages, fonts and streams as the norm wants them; its last two objects, information and catalog,
// are written here instead, and what it has no words for comes with them.
func (s *Sheet) Archived(files []File, more string) ([]byte, error) {
	plain, err := s.Bytes()
	if err != nil {
		return nil, err
	}
	pages, err := upToInformation(plain)
	if err != nil {
		return nil, err
	}
	info := pages.add(s.information(), nil)
	catalog := pages.add(s.catalog(&pages, files, more), nil)
	return pages.end(catalog, info), nil
}

func (s *Sheet) information() string {
	day := pdfDate(s.day)
	return fmt.Sprintf("<</Title %s /Author %s /Creator %s /Producer %s /CreationDate %s /ModDate %s>>",
		text(s.title), text(s.author), text(program), text(program), day, day)
}

// catalog says what the document consists of. What it names is added to the objects first.
func (s *Sheet) catalog(o *objects, files []File, more string) string {
	profile := o.add("/N 3 /Alternate /DeviceRGB", deflated(srgb))
	about := o.add("/Type /Metadata /Subtype /XML", raw(s.metadata(more)))
	var names, refs strings.Builder
	for _, f := range files {
		ref := fmt.Sprintf("%d 0 R", o.file(f, s.day))
		fmt.Fprintf(&names, "%s %s ", text(f.Name), ref)
		refs.WriteString(ref + " ")
	}
	with := ""
	if len(files) > 0 {
		with = fmt.Sprintf(" /Names <</EmbeddedFiles <</Names [%s]>>>> /AF [%s]", names.String(), refs.String())
	}
	return fmt.Sprintf("<</Type /Catalog /Pages 1 0 R /Lang %s /ViewerPreferences <</DisplayDocTitle true>> /Metadata %d 0 R"+
		" /OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R>>]%s>>",
		text(s.language), about, profile, with)
}

// objects are those of a PDF, in the order of their numbers.
type objects struct {
	pdf []byte
	at  []int // where each begins; the first is none
}

// upToInformation takes a document of the library apart, and keeps what stands before its information and catalog, the last two.
func upToInformation(pdf []byte) (o objects, err error) {
	tail := pdf[bytes.LastIndex(pdf, []byte("startxref\n"))+len("startxref\n"):]
	table, err := strconv.Atoi(string(bytes.TrimSuffix(tail, []byte("\n%%EOF\n"))))
	if err != nil {
		return o, fmt.Errorf("the library ends its documents in another way: %w", err)
	}
	var count int
	if _, err := fmt.Sscanf(string(pdf[table:]), "xref\n0 %d\n", &count); err != nil {
		return o, fmt.Errorf("the library has another table of objects: %w", err)
	}
	const entry = len("0000000000 65535 f \n")
	entries := pdf[table+len("xref\n0 \n")+len(strconv.Itoa(count)):]
	for i := range count - 1 {
		at, err := strconv.Atoi(string(entries[i*entry : i*entry+10]))
		if err != nil {
			return o, fmt.Errorf("the library has other entries of objects: %w", err)
		}
		o.at = append(o.at, at)
	}
	information := o.at[count-2]
	if !bytes.HasPrefix(pdf[information:], fmt.Appendf(nil, "%d 0 obj\n<<\n/Producer", count-2)) {
		return o, fmt.Errorf("the library writes its objects in another order")
	}
	o.pdf, o.at = pdf[:information:information], o.at[:count-2]
	copy(o.pdf, "%PDF-1.7") // files inside need it
	return o, nil
}

// stream is the content of an object.
type stream struct {
	bytes  []byte
	filter string
}

func raw(b []byte) *stream { return &stream{bytes: b} }

func deflated(b []byte) *stream {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write(b) // a buffer takes everything
	_ = w.Close()     // likewise
	return &stream{out.Bytes(), " /Filter /FlateDecode"}
}

// add writes an object, which is a whole dictionary or array, or the entries of a stream, and returns its number.
func (o *objects) add(dict string, content *stream) (number int) {
	number = len(o.at)
	o.at = append(o.at, len(o.pdf))
	if content == nil {
		o.pdf = fmt.Appendf(o.pdf, "%d 0 obj\n%s\nendobj\n", number, dict)
		return number
	}
	o.pdf = fmt.Appendf(o.pdf, "%d 0 obj\n<<%s%s /Length %d>>\nstream\n%s\nendstream\nendobj\n", number, dict, content.filter, len(content.bytes), content.bytes)
	return number
}

// file puts a file in and returns the number of its specification (ISO 19005-3, 6.8 and annex E).
func (o *objects) file(f File, on time.Time) int {
	embedded := o.add(fmt.Sprintf("/Type /EmbeddedFile /Subtype %s /Params <</Size %d /CheckSum <%x> /ModDate %s>>",
		name(f.Type), len(f.Content), md5.Sum(f.Content), pdfDate(on)), deflated(f.Content))
	return o.add(fmt.Sprintf("<</Type /Filespec /F %s /UF %s /Desc %s /AFRelationship /Alternative /EF <</F %d 0 R /UF %d 0 R>>>>",
		text(f.Name), text(f.Name), text(f.Says), embedded, embedded), nil)
}

// end writes the table of objects. The identifier is made from all that stands before it.
func (o *objects) end(catalog, info int) []byte {
	table := len(o.pdf)
	sum := sha256.Sum256(o.pdf)
	id := hex.EncodeToString(sum[:16])
	o.pdf = fmt.Appendf(o.pdf, "xref\n0 %d\n0000000000 65535 f \n", len(o.at))
	for _, at := range o.at[1:] {
		o.pdf = fmt.Appendf(o.pdf, "%010d 00000 n \n", at)
	}
	return fmt.Appendf(o.pdf, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>]>>\nstartxref\n%d\n%%%%EOF\n", len(o.at), catalog, info, id, id, table)
}

// text is a text of PDF: plain where it can be, which every reader of files inside knows, else in UTF-16.
func text(words string) string {
	if !strings.ContainsFunc(words, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`()\`, r) }) {
		return "(" + words + ")"
	}
	var out strings.Builder
	out.WriteString("<FEFF")
	for _, unit := range utf16.Encode([]rune(words)) {
		fmt.Fprintf(&out, "%04X", unit)
	}
	return out.String() + ">"
}

// name is a name of PDF: what is not a letter, a figure, a hyphen or a point is told by its code.
func name(words string) string {
	out := "/"
	for _, b := range []byte(words) {
		if 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '.' {
			out += string(rune(b))
			continue
		}
		out += fmt.Sprintf("#%02X", b)
	}
	return out
}

func pdfDate(t time.Time) string { return t.UTC().Format("(D:20060102150405+00'00')") }
