package paper

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
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

var colours = sync.OnceValue(func() *stream { return deflated(srgb) })

// Archived ends the document as PDF/A-3 (ISO 19005-3), level a when it is tagged and b when not, with files inside that belong to it,
// each an alternative to what is read. More is what its metadata say beside who wrote what and when: descriptions in RDF.
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
	with := ""
	if s.tags != nil {
		pages.inStructure()
		with = fmt.Sprintf(" /MarkInfo <</Marked true>> /StructTreeRoot %d 0 R", s.tags.structure(&pages))
	}
	info := pages.add(s.information(), nil)
	catalog := pages.add(s.catalog(&pages, files, more, with), nil)
	return pages.end(catalog, info), nil
}

func (s *Sheet) information() string {
	day := pdfDate(s.day)
	return fmt.Sprintf("<</Title %s /Author %s /Creator %s /Producer %s /CreationDate %s /ModDate %s>>",
		text(s.title), text(s.author), text(program), text(program), day, day)
}

// catalog says what the document consists of. What it names is added to the objects first.
func (s *Sheet) catalog(o *objects, files []File, more, with string) string {
	profile := o.add("/N 3 /Alternate /DeviceRGB", colours())
	about := o.add("/Type /Metadata /Subtype /XML", raw(s.metadata(more)))
	var names, refs strings.Builder
	for _, f := range files {
		ref := fmt.Sprintf("%d 0 R", o.file(f, s.day))
		fmt.Fprintf(&names, "%s %s ", text(f.Name), ref)
		refs.WriteString(ref + " ")
	}
	if len(files) > 0 {
		with += fmt.Sprintf(" /Names <</EmbeddedFiles <</Names [%s]>>>> /AF [%s]", names.String(), refs.String())
	}
	return fmt.Sprintf("<</Type /Catalog /Pages 1 0 R /Lang %s /ViewerPreferences <</DisplayDocTitle true>> /Metadata %d 0 R"+
		" /OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R>>]%s>>",
		text(s.language), about, profile, with)
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
