package casework

import (
	"bytes"
	"strings"
	"testing"

	"passerelle/contracts"
)

func TestADocumentIsWhatItsBytesSay(t *testing.T) {
	pdf := "%PDF-1.7\n1 0 obj\n%%EOF\n"
	for name, c := range map[string]struct {
		content string
		kind    PaperKind
		media   string
		code    contracts.FaultCode
	}{
		"a PDF":                     {pdf, PaperA1, "application/pdf", ""},
		"a JPEG":                    {"\xff\xd8\xff\xe0 picture", PaperIdentity, "image/jpeg", ""},
		"a PNG":                     {"\x89PNG\r\n\x1a\n picture", PaperCover, "image/png", ""},
		"a picture of a telephone":  {"\x00\x00\x00\x18ftypheic\x00\x00", PaperOther, "image/heic", ""},
		"nothing":                   {"", PaperA1, "", contracts.FaultMissing},
		"half a PDF":                {"%PDF-1.7\n1 0 obj", PaperA1, "", FaultPaper},
		"a page that says PDF":      {"<html>%PDF-1.7</html>", PaperA1, "", FaultPaper},
		"a vector picture":          {"<svg onload='x'/>", PaperA1, "", FaultPaper},
		"a program":                 {"MZ\x90\x00", PaperA1, "", FaultPaper},
		"a film of a telephone":     {"\x00\x00\x00\x18ftypmp42\x00\x00", PaperA1, "", FaultPaper},
		"five MiB":                  {"\xff\xd8\xff" + strings.Repeat("x", MostPaper-3), PaperA1, "image/jpeg", ""},
		"a byte more than five MiB": {"\xff\xd8\xff" + strings.Repeat("x", MostPaper-2), PaperA1, "", contracts.FaultTooLarge},
		"of no kind":                {pdf, "diary", "", contracts.FaultInvalid},
	} {
		p, err := NewPaper("p", c.kind, []byte(c.content), at("2026-06-10"))
		switch {
		case c.code != "" && (err == nil || contracts.FaultsOf(err)[0].Code != c.code || contracts.FaultsOf(err)[0].Remedy == ""):
			t.Errorf("%s: %v", name, err)
		case c.code == "" && (err != nil || p.MediaType != c.media || len(p.SHA256) != 64 || !strings.HasPrefix(p.Name, string(c.kind)+"-2026-06-10.")):
			t.Errorf("%s: %+v %v", name, p, err)
		}
	}
}

// Whatever comes is one of four types or refused, and its name is ours.
func FuzzNewPaper(f *testing.F) {
	f.Add([]byte("%PDF-1.7 %%EOF"), "a1")
	f.Add([]byte("\x00\x00\x00\x18ftypheic"), "id")
	f.Add([]byte("\xff\xd8\xff"), "../../etc")
	f.Fuzz(func(t *testing.T, content []byte, kind string) {
		p, err := NewPaper("p", PaperKind(kind), content, at("2026-06-10"))
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatal(err)
			}
			return
		}
		if p.Size != len(content) || strings.ContainsAny(p.Name, "/\\\"\r\n") || !bytes.ContainsAny([]byte(p.MediaType), "/") {
			t.Fatalf("%+v", p)
		}
	})
}
