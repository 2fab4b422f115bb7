package papers

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // a scan may be one

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/draw"

	"passerelle/contracts"
	"passerelle/internal/paper"
)

// Attachment is a document of the case that goes along. It was uploaded: nothing in it is believed.
type Attachment struct {
	Kind  string // as casework keeps them: "a1", "declaration"
	Title string
	Data  []byte // PDF, JPEG or PNG, by its content
}

// What an attachment may have.
const (
	mostAttached = 5 << 20    // bytes
	mostPages    = 30         // of one PDF
	mostPixels   = 50_000_000 // of an image
	sharpEnough  = 2200       // pixels of the longer side: 190 dpi on A4
)

// readAll makes harmless PDF documents of all, in their order.
func readAll(all []Attachment, on contracts.Date) ([][]byte, error) {
	var fs contracts.Faults
	read := make([][]byte, len(all))
	for i, a := range all {
		var err error
		read[i], err = a.pdf(on)
		fs.Add(fmt.Sprintf("attached[%d]", i), err)
	}
	return read, fs.Err()
}

// Check tells whether a document can go into a carry pack; a Fault says why not.
func (a Attachment) Check() error {
	_, err := a.pdf(contracts.Date{})
	return err
}

// pdf is the document as a PDF of ours: a picture on paper, or a PDF without what runs in it.
func (a Attachment) pdf(on contracts.Date) ([]byte, error) {
	switch {
	case len(a.Data) > mostAttached:
		return nil, contracts.Fault{Code: contracts.FaultTooLarge, Message: "the document has more than 5 MiB", Remedy: "make it smaller, or split it"}
	case bytes.HasPrefix(a.Data, []byte("%PDF-")):
		return a.readPDF()
	}
	picture, w, h, err := a.readImage()
	if err != nil {
		return nil, err
	}
	return onPaper(a.Title, picture, w, h, on)
}

// unreadable is the answer to a document that is broken, or made to break something.
func unreadable(what string) error {
	return contracts.Fault{Code: contracts.FaultMalformed, Message: "the document cannot be read: " + what, Remedy: "save it again as PDF, JPEG or PNG without a password"}
}

// readImage makes a picture upright and no larger than paper shows. Written anew it carries nothing but its pixels: a phone puts the place
// into it where it was taken.
func (a Attachment) readImage() (_ []byte, w, h int, err error) {
	defer caught(&err)
	config, kind, err := image.DecodeConfig(bytes.NewReader(a.Data))
	switch {
	case err != nil:
		return nil, 0, 0, unreadable("it is neither PDF, JPEG nor PNG")
	case config.Width < 1 || config.Height < 1 || config.Width > mostPixels/config.Height:
		return nil, 0, 0, contracts.Fault{Code: contracts.FaultTooLarge, Message: "the picture has too many pixels", Remedy: "make it smaller"}
	}
	picture, _, err := image.Decode(bytes.NewReader(a.Data))
	if err != nil {
		return nil, 0, 0, unreadable("the picture is broken")
	}
	turn := 1
	if kind == "jpeg" {
		turn = orientation(a.Data)
	}
	upright := turned(shrunk(picture), turn)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright, &jpeg.Options{Quality: 85}); err != nil {
		return nil, 0, 0, unreadable("the picture is broken")
	}
	return out.Bytes(), upright.Bounds().Dx(), upright.Bounds().Dy(), nil
}

// shrunk is a picture on white, no larger than sharpEnough.
func shrunk(p image.Image) *image.RGBA {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	if longer := max(w, h); longer > sharpEnough {
		w, h = max(1, w*sharpEnough/longer), max(1, h*sharpEnough/longer)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Bounds(), p, p.Bounds(), draw.Over, nil)
	return out
}

// turned undoes the orientation that a camera notes (Exif 2.3, tag 0x0112): 1 is upright.
func turned(p *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return p
	}
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation > 4 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			to := [...]image.Point{2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y}, 5: {y, x}, 6: {h - 1 - y, x}, 7: {h - 1 - y, w - 1 - x}, 8: {y, w - 1 - x}}[orientation]
			out.SetRGBA(to.X, to.Y, p.RGBAAt(x, y))
		}
	}
	return out
}

// onPaper is a picture on a page of its own.
func onPaper(title string, picture []byte, w, h int, on contracts.Date) ([]byte, error) {
	s := paper.New(title, "", "", on)
	s.SetFooterFunc(nil)
	s.Pen(8.5, "", paper.Grey)
	s.CellFormat(paper.Inside, 5, title, "", 1, "L", false, 0, "")
	s.RegisterImageOptionsReader("picture", fpdf.ImageOptions{ImageType: "JPEG"}, bytes.NewReader(picture))
	room := paper.Height - s.GetY() - 16
	s.ImageOptions("picture", paper.Left, s.GetY()+1, min(paper.Inside, room*float64(w)/float64(h)), 0, false, fpdf.ImageOptions{ImageType: "JPEG"}, 0, "")
	return s.Bytes()
}

// caught turns a panic of a library that met a document made to break it into a Fault.
func caught(err *error) {
	if r := recover(); r != nil {
		*err = unreadable("it is broken")
	}
}
