package paper

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// objects are those of a PDF, in the order of their numbers.
type objects struct {
	pdf []byte
	at  []int // where each begins; the first is none

	pages []int // the numbers of its pages
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
		if bytes.HasPrefix(pdf[at:], fmt.Appendf(nil, "%d 0 obj\n%s\n", i, page)) {
			o.pages = append(o.pages, i)
		}
	}
	information := o.at[count-2]
	if !bytes.HasPrefix(pdf[information:], fmt.Appendf(nil, "%d 0 obj\n<<\n/Producer", count-2)) {
		return o, fmt.Errorf("the library writes its objects in another order")
	}
	o.pdf, o.at = pdf[:information:information], o.at[:count-2]
	copy(o.pdf, "%PDF-1.7") // files inside need it
	o.inUnicode()
	return o, nil
}

// page begins the dictionary of one.
const page = "<</Type /Page"

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
	number = o.reserve()
	o.at[number] = len(o.pdf)
	if content == nil {
		o.pdf = fmt.Appendf(o.pdf, "%d 0 obj\n%s\nendobj\n", number, dict)
		return number
	}
	o.pdf = fmt.Appendf(o.pdf, "%d 0 obj\n<<%s%s /Length %d>>\nstream\n%s\nendstream\nendobj\n", number, dict, content.filter, len(content.bytes), content.bytes)
	return number
}

// reserve takes a number for an object that set writes.
func (o *objects) reserve() (number int) {
	o.at = append(o.at, 0)
	return len(o.at) - 1
}

func (o *objects) set(number int, dict string) {
	o.at[number] = len(o.pdf)
	o.pdf = fmt.Appendf(o.pdf, "%d 0 obj\n%s\nendobj\n", number, dict)
}

// file puts a file in and returns the number of its specification (ISO 19005-3, 6.8 and annex E).
func (o *objects) file(f File, on time.Time) int {
	embedded := o.add(fmt.Sprintf("/Type /EmbeddedFile /Subtype %s /Params <</Size %d /ModDate %s>>",
		name(f.Type), len(f.Content), pdfDate(on)), deflated(f.Content))
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

// inStructure tells each page that its pieces belong to elements.
func (o *objects) inStructure() {
	for i, number := range o.pages {
		o.splice(o.at[number]+len(fmt.Sprintf("%d 0 obj\n<<", number)), 0, fmt.Appendf(nil, "/StructParents %d /Tabs /S ", i))
	}
}

// inUnicode puts a map of letters that is valid into each font: the library's is one range of 65,536, and a range has 256 at most
// (ISO 32000-1, 9.10.3). Its codes are those of Unicode.
func (o *objects) inUnicode() {
	const end = "endobj\n"
	letters := letters()
	for number := 1; number < len(o.at); number++ {
		at := o.at[number]
		object := o.pdf[at : at+bytes.Index(o.pdf[at:], []byte(end))+len(end)]
		if bytes.Contains(object, []byte("stream\n/CIDInit ")) {
			o.splice(at, len(object), fmt.Appendf(nil, "%d 0 obj\n<</Length %d%s>>\nstream\n%s\nendstream\nendobj\n", number, len(letters.bytes), letters.filter, letters.bytes))
		}
	}
}

// splice puts bytes into the place of others; what comes after moves.
func (o *objects) splice(at, gone int, more []byte) {
	o.pdf = slices.Replace(o.pdf, at, at+gone, more...)
	for n := range o.at {
		if o.at[n] > at {
			o.at[n] += len(more) - gone
		}
	}
}

var letters = sync.OnceValue(func() *stream { return deflated(unicodeMap()) })

func unicodeMap() []byte {
	b := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for high := range 256 {
		if high%64 == 0 { // a hundred ranges at most stand together
			b = append(b, "64 beginbfrange\n"...)
		}
		b = fmt.Appendf(b, "<%02X00> <%02XFF> <%02X00>\n", high, high, high)
		if high%64 == 63 {
			b = append(b, "endbfrange\n"...)
		}
	}
	return append(b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"...)
}
