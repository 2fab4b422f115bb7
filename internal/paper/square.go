package paper

import (
	"fmt"

	"github.com/boombuler/barcode/qr"
)

// Square draws a QR code (ISO/IEC 18004, level M) of a size in millimetres, as black cells, which print sharper than a picture.
func (s *Sheet) Square(text string, x, y, size float64) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		s.SetError(fmt.Errorf("draw the code: %w", err))
		return
	}
	n := code.Bounds().Dx()
	cell := size / float64(n)
	s.SetFillColor(Black, Black, Black)
	for row := range n {
		for from := 0; from < n; from++ {
			to := from
			for to < n && dark(code.At(to, row).RGBA()) {
				to++
			}
			if to > from {
				s.Rect(x+float64(from)*cell, y+float64(row)*cell, float64(to-from)*cell, cell+.01, "F")
				from = to
			}
		}
	}
}

func dark(r, _, _, _ uint32) bool { return r < 0x8000 }
