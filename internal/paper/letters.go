package paper

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// unknown stands where the font has no letter: a white square, as the letter that is not there would look, but one that is.
const unknown = '□'

// Legible is a text in letters that the font has: composed, else its nearest plain form, else a white square. The font has Latin,
// Greek and Cyrillic letters.
func Legible(text string) string {
	if known(text) {
		return text
	}
	var out strings.Builder
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, string(unknown))) {
		out.WriteString(nearest(r))
	}
	return out.String()
}

func nearest(r rune) string {
	switch {
	case has(r):
		return string(r)
	case unicode.IsSpace(r):
		return " "
	case has(unicode.ToLower(r)): // ẞ
		return string(unicode.ToLower(r))
	}
	if unicode.In(r, unicode.Cf, unicode.Mn, unicode.Cc) { // says how, not what
		return ""
	}
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(string(r)))
	if plain != "" && known(plain) {
		return plain
	}
	return string(unknown)
}

func known(text string) bool {
	for _, r := range text {
		if !has(r) {
			return false
		}
	}
	return true
}

var font = sync.OnceValue(func() *sfnt.Font {
	f, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		panic(err) // the font is part of the program
	}
	return f
})

// has says whether the font has a letter. Printable ASCII, and the end of a line, it has.
func has(r rune) bool {
	if r >= ' ' && r <= '~' || r == '\n' {
		return true
	}
	glyph, err := font().GlyphIndex(nil, r)
	return err == nil && glyph != 0 && r != unicode.ReplacementChar
}
