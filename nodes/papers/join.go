package papers

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"passerelle/contracts"
)

// reading is how PDF files are read: nothing is asked of the network, and no folder of settings is made.
func reading() *model.Configuration {
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	conf.WriteObjectStream, conf.WriteXRefStream = false, false
	conf.Offline = true
	return conf
}

// readPDF checks a PDF and takes out what runs, opens or hides: scripts, actions, files inside.
func (a Attachment) readPDF() (_ []byte, err error) {
	defer caught(&err)
	ctx, err := api.ReadAndValidate(bytes.NewReader(a.Data), reading())
	switch {
	case err != nil:
		return nil, unreadable("it is no PDF that can be opened")
	case ctx.Encrypt != nil:
		return nil, unreadable("it is locked with a password")
	case ctx.PageCount < 1 || ctx.PageCount > mostPages:
		return nil, contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("the document has %d pages", ctx.PageCount), Remedy: fmt.Sprintf("attach at most %d pages at once", mostPages)}
	}
	disarm(ctx)
	var out bytes.Buffer
	if err := api.WriteContext(ctx, &out); err != nil {
		return nil, unreadable("it is broken")
	}
	return out.Bytes(), nil
}

// disarm takes every action out of a document.
func disarm(ctx *model.Context) {
	for _, entry := range ctx.Table {
		var dict types.Dict
		switch object := entry.Object.(type) {
		case types.Dict:
			dict = object
		case types.StreamDict:
			dict = object.Dict
		default:
			continue
		}
		for _, key := range []string{"AA", "OpenAction", "JS", "JavaScript", "Names", "EmbeddedFiles", "AF", "RichMediaContent", "XFA"} {
			dict.Delete(key)
		}
		if dict["Subtype"] != nil && dict["Rect"] != nil { // an annotation
			dict.Delete("A")
		}
	}
}

// join puts the PDF documents behind the front.
func join(front []byte, papers [][]byte, on contracts.Date) (_ []byte, err error) {
	defer caught(&err)
	parts := []io.ReadSeeker{bytes.NewReader(front)}
	for _, p := range papers {
		parts = append(parts, bytes.NewReader(p))
	}
	if len(parts) == 1 {
		return front, nil
	}
	var out bytes.Buffer
	if err := api.MergeRaw(parts, &out, false, reading()); err != nil {
		return nil, unreadable("it cannot be joined with others")
	}
	return canonical(settled(out.Bytes(), front, on)), nil
}

var (
	written = regexp.MustCompile(`/(?:CreationDate|ModDate)\s?\(D:[^)]*\)`)
	fileID  = regexp.MustCompile(`/ID\s?\[\s*<[0-9a-fA-F]+>\s*<[0-9a-fA-F]+>\s*\]`)
)

// settled puts the day of the pack and an id made from its content where the library wrote the time: the same pack is the same bytes. Nothing moves, because
// the lengths stay.
func settled(pdf, front []byte, on contracts.Date) []byte {
	day := []byte(on.Time().Format("20060102"))
	pdf = written.ReplaceAllFunc(pdf, func(found []byte) []byte {
		digits := bytes.Index(found, []byte("D:")) + 2
		for i := digits; i < len(found)-1; i++ {
			switch {
			case i-digits < len(day):
				found[i] = day[i-digits]
			case found[i] >= '0' && found[i] <= '9':
				found[i] = '0'
			}
		}
		return found
	})
	sum := sha256.Sum256(front)
	digest := []byte(hex.EncodeToString(sum[:]))
	return fileID.ReplaceAllFunc(pdf, func(found []byte) []byte {
		n := 0
		for i, b := range found {
			if hexadecimal(b) && inBrackets(found, i) {
				found[i] = digest[n%len(digest)]
				n++
			}
		}
		return found
	})
}

func hexadecimal(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

func inBrackets(text []byte, at int) bool {
	return bytes.LastIndexByte(text[:at], '<') > bytes.LastIndexByte(text[:at], '>')
}
