package papers

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"passerelle/contracts"
	"passerelle/internal/paper"
)

// concert is the pack of the violinist's trip, with what is to be attached.
func concert(attached ...Attachment) Carry {
	f := violinist()
	f.A1.Number = "BE-2026-000000"
	return Carry{Host: "fr", Member: "hu", On: contracts.MustDate("2026-03-05"), Facts: f,
		Attest:     Attest{Status: Ready, From: f.Work.Start, Until: f.Work.End},
		Notice:     Notice{Status: Exempt, System: "SIPSI", Why: "artists are exempt up to 90 days in 12 months, and need no representative"},
		Cover:      []Policy{{Insurer: "Example Insurance", Number: "P-000", From: contracts.MustDate("2026-03-09"), Until: contracts.MustDate("2026-03-14"), Phone: "+32 2 000 00 02"}},
		HealthCard: true, Adviser: Contact{Name: "C. Example", Phone: "+32 2 000 00 03", Email: "adviser@example.org"},
		VerifyAt: "https://be.passerelle.example/verify/", Code: Code{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, Attached: attached}
}

// scan is a picture with a dark corner at the top left.
func scan(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			shade := uint8(230)
			if x < w/4 && y < h/4 {
				shade = 30
			}
			p.SetRGBA(x, y, color.RGBA{shade, shade, shade, 255})
		}
	}
	return p
}

func asJPEG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// held puts the orientation of a camera, and a place, into a JPEG.
func held(file []byte, orientation uint16) []byte {
	tiff := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00")
	tiff = binary.LittleEndian.AppendUint16(tiff, orientation)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	body := append([]byte("Exif\x00\x00"), append(tiff, "GPS 50.8503 4.3517"...)...)
	head := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	return append(append(head, body...), file[2:]...)
}

func somePDF(t testing.TB) []byte {
	t.Helper()
	s := paper.New("A1", "fr", "Institution", contracts.MustDate("2026-02-01"))
	s.Paragraph(12, paper.Black, "Certificat A1 – ő ű")
	b, err := s.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func pages(t testing.TB, file []byte) int {
	t.Helper()
	n, err := api.PageCount(bytes.NewReader(file), reading())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestACarryPackIsOneDocumentWithEverythingBehindIt(t *testing.T) {
	attached := []Attachment{{"a1", "A1", somePDF(t)}, {"cover", "Police", held(asJPEG(t, scan(400, 300)), 6)}, {"id", "Carte", asPNG(t, scan(200, 300))}}
	file, err := concert(attached...).PDF()
	if err != nil {
		t.Fatal(err)
	}
	alone, err := concert().PDF()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := pages(t, file), pages(t, alone)+3; got != want {
		t.Errorf("%d pages, want %d", got, want)
	}
	again, err := concert(attached...).PDF()
	if err != nil || !bytes.Equal(file, again) {
		t.Errorf("the same pack is other bytes, %v", err)
	}
	if bytes.Contains(file, []byte("GPS 50.8503")) {
		t.Error("the pack says where a picture was taken")
	}
	for _, want := range []string{"/Lang (fr)", "/Title", "FontFile2"} {
		if !bytes.Contains(file, []byte(want)) && !bytes.Contains(file, []byte(strings.ReplaceAll(want, " ", ""))) {
			t.Errorf("the document has no %s", want)
		}
	}
	if keep := os.Getenv("PASSERELLE_PAPERS"); keep != "" {
		if err := os.WriteFile(keep+"/carry.pdf", file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAPackIsPrintedForTyping(t *testing.T) {
	sipsi, _ := DeclarationForm("sipsi", contracts.MustDate("2026-03-01"))
	file, err := sipsi.Fill(violinist()).PDF("hu", contracts.MustDate("2026-03-05"), "Example co-operative")
	if err != nil {
		t.Fatal(err)
	}
	again, err := sipsi.Fill(violinist()).PDF("hu", contracts.MustDate("2026-03-05"), "Example co-operative")
	if err != nil || !bytes.Equal(file, again) {
		t.Errorf("the same pack is other bytes, %v", err)
	}
	for _, form := range forms {
		if _, err := form.Fill(violinist()).PDF("en", contracts.MustDate("2026-03-05"), "Example"); err != nil {
			t.Errorf("%s: %v", form.Key, err)
		}
	}
	if keep := os.Getenv("PASSERELLE_PAPERS"); keep != "" {
		if err := os.WriteFile(keep+"/sipsi.pdf", file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAPictureStandsUprightHoweverTheCameraWasHeld(t *testing.T) {
	// where the dark corner of the stored picture is seen, as left and top
	for orientation, corner := range map[uint16][2]bool{1: {true, true}, 2: {false, true}, 3: {false, false}, 4: {true, false}, 5: {true, true}, 6: {false, true}, 7: {false, false}, 8: {true, false}, 9: {true, true}} {
		got, _, _, err := Attachment{Data: held(asJPEG(t, scan(80, 60)), orientation)}.readImage()
		if err != nil {
			t.Fatal(err)
		}
		p, err := jpeg.Decode(bytes.NewReader(got))
		if err != nil {
			t.Fatal(err)
		}
		if tall := p.Bounds().Dy() > p.Bounds().Dx(); tall != (orientation > 4 && orientation < 9) {
			t.Errorf("%d: %v", orientation, p.Bounds())
		}
		at := func(far bool, length int) int {
			if far {
				return 5
			}
			return length - 6
		}
		if r, _, _, _ := p.At(at(corner[0], p.Bounds().Dx()), at(corner[1], p.Bounds().Dy())).RGBA(); r > 0x8000 {
			t.Errorf("%d: the corner is elsewhere", orientation)
		}
	}
}

func TestHostileDocumentsAreRefused(t *testing.T) {
	bomb := asPNG(t, scan(2, 2))
	binary.BigEndian.PutUint32(bomb[16:], 1<<30)
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("hello"), "half a PDF": somePDF(t)[:300], "a head alone": []byte("%PDF-1.7\n"), "half a picture": asJPEG(t, scan(40, 40))[:200],
		"a picture of a billion pixels": bomb, "too large": append([]byte("%PDF-1.7"), make([]byte, mostAttached)...), "a program": []byte("\x7fELF....")} {
		if err := (Attachment{Data: data}).Check(); !contracts.IsFault(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := concert(Attachment{Title: "A1", Data: somePDF(t)}, Attachment{Title: "bad", Data: []byte("x")}).PDF()
	if all := contracts.FaultsOf(err); len(all) != 1 || all[0].Field != "attached[1]" {
		t.Errorf("%v", err)
	}
}

func TestWhatRunsIsTakenOutOfAPDF(t *testing.T) {
	file := []byte("%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n" +
		"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Resources<<>>>>\nendobj\n")
	starts := []int{bytes.Index(file, []byte("1 0 obj")), bytes.Index(file, []byte("2 0 obj")), bytes.Index(file, []byte("3 0 obj"))}
	at := len(file)
	file = append(file, "xref\n0 4\n0000000000 65535 f \n"...)
	for _, s := range starts {
		file = append(file, []byte(strings.Repeat("0", 10-len(itoa(s)))+itoa(s)+" 00000 n \n")...)
	}
	file = append(file, []byte("trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n"+itoa(at)+"\n%%EOF\n")...)
	got, err := Attachment{Data: file}.readPDF()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(got, []byte("JavaScript")) {
		t.Error("the script is still there")
	}
}

func itoa(n int) string { return number(&n) }

func FuzzAttachments(f *testing.F) {
	f.Add(somePDF(f))
	f.Add(asJPEG(f, scan(20, 20)))
	f.Add(held(asJPEG(f, scan(20, 20)), 6))
	f.Add(asPNG(f, scan(20, 20)))
	f.Add([]byte("%PDF-1.7\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := (Attachment{Data: data}).Check(); err != nil && !contracts.IsFault(err) {
			t.Error(err)
		}
	})
}

func FuzzCodes(f *testing.F) {
	f.Add(Code{1, 2, 3}.String())
	f.Add("OIL0 1")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseCode(text); err == nil {
			if again, err := ParseCode(strings.ToUpper(c.String())); err != nil || !again.Equal(c) {
				t.Errorf("%q reads as %s, and back as %s, %v", text, c, again, err)
			}
		}
	})
}

func TestTheVerificationPageShowsNobody(t *testing.T) {
	c := concert()
	v := c.Verification(contracts.MustDate("2026-03-11"), false)
	b, err := contracts.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Zsófia", "Őrsi", "1990", "Győr", "90051799906", "21.50", "zsofia@"} {
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("the page says %s: %s", secret, b)
		}
	}
	if !v.Valid || v.A1 != "BE-2026-000000" {
		t.Errorf("%+v", v)
	}
	if c.Verification(contracts.MustDate("2026-03-14"), false).Valid || c.Verification(contracts.MustDate("2026-03-11"), true).Valid {
		t.Error("valid after the end, or when withdrawn")
	}
}

func BenchmarkCarryPack(b *testing.B) {
	pack := concert(Attachment{"a1", "A1", somePDF(b)}, Attachment{"cover", "Police", asJPEG(b, scan(1200, 1600))})
	for b.Loop() {
		if _, err := pack.PDF(); err != nil {
			b.Fatal(err)
		}
	}
}
