package printed_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"passerelle/adapters/format/example"
	"passerelle/nodes/printed"
)

// archive is a printed document as another library reads it.
type archive struct {
	t *testing.T
	*model.Context
}

func open(t *testing.T, d printed.Document) archive {
	t.Helper()
	b, err := printed.PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := api.ReadAndValidate(bytes.NewReader(b), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	return archive{t, ctx}
}

// at follows keys and places from a dictionary to what stands there.
func (a archive) at(from types.Object, path ...any) types.Object {
	a.t.Helper()
	for _, step := range append(path, nil) {
		object, err := a.Dereference(from)
		if err != nil {
			a.t.Fatal(err)
		}
		from = object
		switch step := step.(type) {
		case string:
			if s, ok := object.(types.StreamDict); ok {
				object = s.Dict
			}
			from = object.(types.Dict)[step]
		case int:
			from = object.(types.Array)[step]
		}
	}
	return from
}

func (a archive) content(from types.Object, path ...any) []byte {
	a.t.Helper()
	s, ok := a.at(from, path...).(types.StreamDict)
	if !ok {
		a.t.Fatalf("%v is no stream", path)
	}
	if err := s.Decode(); err != nil {
		a.t.Fatal(err)
	}
	return s.Content
}

// says is a text of the document.
func (a archive) says(from types.Object, path ...any) string {
	a.t.Helper()
	text, err := types.StringOrHexLiteral(a.at(from, path...))
	if err != nil || text == nil {
		a.t.Fatalf("%v is no text: %v", path, err)
	}
	return *text
}

func paperOf(t *testing.T, format, xml string) archive {
	inv := invoice(t, "DE", "HU", example.ReverseCharge)
	inv.Buyer.Language = "hu" // its title is not of ASCII
	return open(t, printed.Document{Invoice: inv, Attached: []printed.File{{Name: "DE1.xml", Format: format, Content: []byte(xml)}}})
}

// The rules are those of ISO 19005-3: 6.8 and annex E for files, 6.6.2 for metadata, 6.2.3 for colour, 6.1.3 for the identifier.
func TestTheEInvoiceBelongsToTheDocument(t *testing.T) {
	a := paperOf(t, "cii", "<x/>")
	spec := a.at(a.RootDict, "AF", 0)
	if len(a.at(a.RootDict, "AF").(types.Array)) != 1 || fmt.Sprint(a.at(a.RootDict, "Names", "EmbeddedFiles", "Names", 1)) != fmt.Sprint(spec) {
		t.Error("the file is not named once by the document and once by its files")
	}
	for path, want := range map[string]string{"Type": "Filespec", "AFRelationship": "Alternative"} {
		if got := a.at(spec, path); got != types.Name(want) {
			t.Errorf("%s is %v", path, got)
		}
	}
	for _, key := range []string{"F", "UF"} {
		if got := a.says(spec, key); got != "factur-x.xml" {
			t.Errorf("%s is %q", key, got)
		}
		if got := a.at(spec, "EF", key, "Subtype"); got != types.Name("text/xml") && got != types.Name("text#2Fxml") {
			t.Errorf("the media type is %v", got)
		}
	}
	if got := string(a.content(spec, "EF", "F")); got != "<x/>" {
		t.Errorf("inside is %q", got)
	}
	params := a.at(spec, "EF", "F", "Params")
	if a.at(params, "Size") != types.Integer(4) || a.at(params, "ModDate") == nil {
		t.Errorf("%v", params)
	}
}

func TestTheMetadataSayWhatTheDocumentIs(t *testing.T) {
	for format, isFacturX := range map[string]bool{"cii": true, "peppol": false} {
		a := paperOf(t, format, "<x/>")
		about := string(a.content(a.RootDict, "Metadata"))
		if err := xml.Unmarshal([]byte(about), new(struct{ XMLName xml.Name })); err != nil {
			t.Error(err)
		}
		says := func(key string) string { return a.says(*a.Info, key) }
		for _, want := range []string{"<pdfaid:part>3<", "<pdfaid:conformance>A<", ">" + says("Title") + "<", ">" + says("Author") + "<",
			"<pdf:Producer>" + says("Producer") + "<", "<xmp:CreatorTool>" + says("Creator") + "<"} {
			if !strings.Contains(about, want) {
				t.Errorf("%s is not in the metadata", want)
			}
		}
		for _, of := range []string{"<fx:ConformanceLevel>EN 16931<", "<fx:DocumentFileName>factur-x.xml<", "<fx:DocumentType>INVOICE<", "<fx:Version>1.0<", "pdfaSchema:prefix>fx<"} {
			if strings.Contains(about, of) != isFacturX {
				t.Errorf("%s: %s is there: %v", format, of, !isFacturX)
			}
		}
	}
}

func TestThePaperIsWholeInItself(t *testing.T) {
	a := paperOf(t, "cii", "<x/>")
	if len(a.ID) != 2 || fmt.Sprint(a.ID[0]) != fmt.Sprint(a.ID[1]) {
		t.Errorf("the identifier is %v", a.ID)
	}
	if a.at(a.RootDict, "ViewerPreferences", "DisplayDocTitle") != types.Boolean(true) || a.at(a.RootDict, "Lang") == nil {
		t.Error("no title is shown, or no language said")
	}
	if a.at(a.RootDict, "OutputIntents", 0, "S") != types.Name("GTS_PDFA1") || !bytes.Equal(a.content(a.RootDict, "OutputIntents", 0, "DestOutputProfile")[36:40], []byte("acsp")) {
		t.Error("no profile of colours")
	}
	fonts := 0
	for _, entry := range a.Table {
		switch object := entry.Object.(type) {
		case types.Dict:
			if object["Type"] == types.Name("FontDescriptor") {
				fonts++
				if program := a.content(object, "FontFile2"); len(program) < 1000 {
					t.Errorf("%v is not inside", object["FontName"])
				}
			}
			for _, key := range []string{"AA", "OpenAction", "JS", "Encrypt", "SMask", "Group", "TR", "HTP"} {
				if object[key] != nil {
					t.Errorf("%s in %v", key, object)
				}
			}
		case types.StreamDict:
			if object.Dict["F"] != nil || object.Dict["SMask"] != nil || strings.Contains(fmt.Sprint(object.Dict["Filter"]), "LZW") {
				t.Errorf("%v", object.Dict)
			}
		}
	}
	if fonts != 2 {
		t.Errorf("%d fonts", fonts)
	}
}
