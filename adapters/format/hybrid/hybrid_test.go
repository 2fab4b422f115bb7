package hybrid_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"testing"

	"passerelle/adapters/format/hybrid"
	"passerelle/contracts"
)

// attachment is a file inside a PDF of the test.
type attachment struct {
	name    string
	content []byte
	filter  string // of content as it stands in the PDF
}

// pdf is the smallest document that carries files: one empty page and a tree of names.
func pdf(files ...attachment) []byte {
	objects := []string{"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [%s] >> >> >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>"}
	tree := ""
	for i, f := range files {
		at := len(objects) + 1
		tree += fmt.Sprintf("(%d) %d 0 R ", i, at)
		objects = append(objects, fmt.Sprintf("<< /Type /Filespec /F (%s) /UF (%s) /EF << /F %d 0 R >> >>", f.name, f.name, at+1),
			fmt.Sprintf("<< /Type /EmbeddedFile %s /Length %d >>\nstream\n%s\nendstream", f.filter, len(f.content), f.content))
	}
	objects[0] = fmt.Sprintf(objects[0], tree)
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	table := "0000000000 65535 f \n"
	for i, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table, len(objects)+1, at)
	return b.Bytes()
}

func plain(name, content string) attachment { return attachment{name: name, content: []byte(content)} }

func deflated(name string, content []byte) attachment {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return attachment{name: name, content: b.Bytes(), filter: "/Filter /FlateDecode"}
}

func TestTheInvoiceIsTakenOutByItsName(t *testing.T) {
	for name, c := range map[string]struct {
		pdf  []byte
		want string
	}{
		"Factur-X":             {pdf(plain("terms.xml", "a"), plain("factur-x.xml", "b")), "b"},
		"ZUGFeRD 2.0":          {pdf(plain("zugferd-invoice.xml", "b"), plain("terms.xml", "a")), "b"},
		"ZUGFeRD, as capitals": {pdf(plain("ZUGFeRD-invoice.xml", "b"), plain("a.xml", "a")), "b"},
		"XRechnung":            {pdf(plain("a.xml", "a"), plain("xrechnung.xml", "b")), "b"},
		"the newest of two":    {pdf(plain("zugferd-invoice.xml", "a"), plain("factur-x.xml", "b")), "b"},
		"the only one":         {pdf(plain("photo.png", "a"), plain("2026-7.xml", "b")), "b"},
		"packed":               {pdf(deflated("factur-x.xml", []byte("b"))), "b"},
		"in a folder":          {pdf(plain("a.xml", "a"), plain("out/factur-x.xml", "b")), "b"},
		"after other bytes":    {append([]byte("junk\n"), pdf(plain("factur-x.xml", "b"))...), "b"},
	} {
		if !hybrid.Is(c.pdf) {
			t.Errorf("%s is no PDF", name)
		}
		got, err := hybrid.XML(c.pdf)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestAPDFWithoutAnInvoiceIsRefusedWithARemedy(t *testing.T) {
	whole := pdf(plain("factur-x.xml", "a"))
	bomb := pdf(deflated("factur-x.xml", make([]byte, 64<<20)))
	for name, c := range map[string]struct {
		pdf  []byte
		want contracts.FaultCode
	}{
		"no file at all":   {pdf(), hybrid.FaultNothing},
		"no XML":           {pdf(plain("photo.png", "a")), hybrid.FaultNothing},
		"two of no name":   {pdf(plain("a.xml", "a"), plain("b.xml", "b")), hybrid.FaultSeveral},
		"cut off":          {whole[:len(whole)/2], hybrid.FaultNothing},
		"only its name":    {[]byte("%PDF-1.7"), hybrid.FaultBroken},
		"a bomb":           {bomb, hybrid.FaultBroken},
		"too large":        {append(whole, make([]byte, hybrid.MaxBytes)...), contracts.FaultTooLarge},
		"packed in itself": {append(whole, bytes.Repeat([]byte("/ObjStm "), 101)...), contracts.FaultTooLarge},
		"a name, no file":  {bytes.Replace(whole, []byte("/EF << /F 5 0 R >>"), []byte("/EF <<          >>"), 1), hybrid.FaultNothing},
		"a loop":           {bytes.Replace(whole, []byte("/F 5 0 R"), []byte("/F 4 0 R"), 1), hybrid.FaultNothing},
	} {
		_, err := hybrid.XML(c.pdf)
		fs := contracts.FaultsOf(err)
		if len(fs) != 1 || fs[0].Code != c.want || fs[0].Remedy == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzXML: whatever comes, the answer is a file or a Fault.
func FuzzXML(f *testing.F) {
	f.Add(pdf())
	f.Add(pdf(plain("factur-x.xml", "<a/>")))
	f.Add(pdf(deflated("a.xml", []byte("<a/>")), plain("b.pdf", "b")))
	f.Add([]byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := hybrid.XML(b); err != nil && !contracts.IsFault(err) {
			t.Fatalf("%v is no fault", err)
		}
	})
}
