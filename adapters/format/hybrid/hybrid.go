// Package hybrid takes the e-invoice out of a PDF that carries one inside: Factur-X, ZUGFeRD and XRechnung in a PDF/A-3. What the
// page shows is not looked at; the XML is the invoice. It writes no PDF and knows no syntax of invoices.
package hybrid

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// MaxBytes is how large a PDF may be.
const MaxBytes = xmltree.MaxBytes

// The faults of a PDF.
const (
	FaultBroken  contracts.FaultCode = "pdf-broken"          // it cannot be opened
	FaultLocked  contracts.FaultCode = "pdf-locked"          // it wants a password
	FaultNothing contracts.FaultCode = "pdf-without-invoice" // no XML inside
	FaultSeveral contracts.FaultCode = "pdf-several"         // several, and none has the name of an invoice
)

// remedy is the same for all that cannot be read: nobody types a supplier's invoice anew.
const remedy = "ask the supplier for an e-invoice: the XML itself, or a PDF of Factur-X or ZUGFeRD"

// names are what the standards call the file, the current ones first.
var names = []string{"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"}

// Is tells a PDF by its first line, which may stand a little way in (ISO 32000-1, annex H.3.4.1).
func Is(b []byte) bool { return bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")) }

// one at a time: a small PDF may unpack to much, and many at once to more than the machine has.
var one sync.Mutex

// XML returns the e-invoice that the PDF carries: the file with one of the names of the standards, else the only XML. Anything
// else is a Fault; no PDF, however broken, does more than that.
func XML(pdf []byte) (_ []byte, err error) {
	if len(pdf) > MaxBytes {
		return nil, contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("the PDF has more than %d MiB", MaxBytes>>20), Remedy: remedy}
	}
	one.Lock()
	defer one.Unlock()
	defer func() {
		if recover() != nil { // the library's own checks did not foresee this file
			err = broken
		}
	}()
	if bytes.Count(pdf, []byte("ObjStm")) > mostPacked {
		return nil, contracts.Fault{Code: contracts.FaultTooLarge, Message: "the PDF holds more than is read of one", Remedy: remedy}
	}
	ctx, err := api.ReadContext(bytes.NewReader(pdf), reading())
	switch {
	case err != nil && strings.Contains(err.Error(), "password"):
		return nil, locked
	case err != nil:
		return nil, broken
	case ctx.Encrypt != nil:
		return nil, locked
	}
	return invoice(ctx)
}

var (
	broken = contracts.Fault{Code: FaultBroken, Message: "the PDF cannot be opened", Remedy: remedy}
	locked = contracts.Fault{Code: FaultLocked, Message: "the PDF is locked with a password", Remedy: "ask the supplier for one that is not"}
)

// mostPacked bounds the streams that hold objects of the file itself, and so what it unpacks to before anybody looks inside.
const mostPacked = 100

// reading is how the library reads: nothing is asked of the network, no folder of settings is made, and little is unpacked.
func reading() *model.Configuration {
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode, conf.Offline, conf.Cmd = model.ValidationRelaxed, true, model.LISTATTACHMENTS
	conf.Limits.MaxStreamBytes, conf.Limits.MaxDecodeBytes = MaxBytes, xmltree.MaxBytes
	conf.Limits.MaxObjectCount, conf.Limits.MaxXRefEntries = 200_000, 200_000
	return conf
}

// file is one that is attached.
type file struct {
	name   string
	stream *types.StreamDict
}

func invoice(ctx *model.Context) ([]byte, error) {
	files, err := attached(ctx)
	if err != nil {
		return nil, broken
	}
	files = slices.DeleteFunc(files, func(f file) bool { return !strings.HasSuffix(f.name, ".xml") })
	for _, name := range names {
		if i := slices.IndexFunc(files, func(f file) bool { return f.name == name }); i >= 0 {
			return files[i].content()
		}
	}
	switch len(files) {
	case 0:
		return nil, contracts.Fault{Code: FaultNothing, Message: "this PDF has no e-invoice inside", Remedy: remedy}
	case 1:
		return files[0].content()
	}
	return nil, contracts.Fault{Code: FaultSeveral, Message: fmt.Sprintf("this PDF has %d XML files inside, and none is named as an invoice", len(files)), Remedy: remedy}
}

// mostNodes bounds the tree of names, which a file may tie into a knot.
const mostNodes = 1000

// attached lists the files in the document's tree of names. One without a name or content is none. The library's own way to them
// wants a document without any fault, which many that carry an invoice are not.
func attached(ctx *model.Context) (all []file, _ error) {
	root, err := ctx.Catalog()
	if err != nil {
		return nil, err
	}
	nodes := []types.Object{at(ctx, at(ctx, root, "Names"), "EmbeddedFiles")}
	for n := 0; n < len(nodes) && n < mostNodes; n++ {
		nodes = append(nodes, list(ctx, at(ctx, nodes[n], "Kids"))...)
		for i, o := range list(ctx, at(ctx, nodes[n], "Names")) {
			if i%2 == 1 && len(all) < mostNodes { // after its key
				all = append(all, fileOf(ctx, o))
			}
		}
	}
	return slices.DeleteFunc(all, func(f file) bool { return f.stream == nil }), nil
}

// at is an entry of a dictionary, or nil; references are followed.
func at(ctx *model.Context, o types.Object, key string) types.Object {
	o, err := ctx.Dereference(o)
	if dict, is := o.(types.Dict); err == nil && is {
		if value, err := ctx.Dereference(dict[key]); err == nil {
			return value
		}
	}
	return nil
}

func list(ctx *model.Context, o types.Object) types.Array {
	o, err := ctx.Dereference(o)
	if array, is := o.(types.Array); err == nil && is {
		return array
	}
	return nil
}

// fileOf reads a file specification. Its name is taken without folders.
func fileOf(ctx *model.Context, spec types.Object) (f file) {
	for _, key := range []string{"F", "UF"} {
		if name, err := ctx.DereferenceStringOrHexLiteral(at(ctx, spec, key), model.V10, nil); err == nil && name != "" {
			f.name = strings.ToLower(name[strings.LastIndexAny(name, `/\`)+1:])
		}
		if stream, is := at(ctx, at(ctx, spec, "EF"), key).(types.StreamDict); is {
			f.stream = &stream
		}
	}
	return f
}

func (f file) content() ([]byte, error) {
	if f.stream.FilterPipeline == nil {
		return f.stream.Raw, nil
	}
	if err := f.stream.DecodeWithLimit(xmltree.MaxBytes); err != nil {
		return nil, contracts.Fault{Code: FaultBroken, Message: "the e-invoice inside the PDF cannot be unpacked", Remedy: remedy}
	}
	return f.stream.Content, nil
}
