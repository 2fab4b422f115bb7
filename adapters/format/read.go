package format

import (
	"bytes"
	"maps"
	"strings"

	"passerelle/adapters/format/cii"
	"passerelle/adapters/format/ebinterface"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/facturae"
	"passerelle/adapters/format/fatturapa"
	"passerelle/adapters/format/hybrid"
	"passerelle/adapters/format/nav"
	"passerelle/adapters/format/p7m"
	"passerelle/adapters/format/ubl"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// names are the namespaces of every syntax that Read knows.
var names = func() xmltree.Names {
	all := maps.Clone(ubl.Names)
	maps.Copy(all, cii.Names)
	maps.Copy(all, fatturapa.Names)
	maps.Copy(all, nav.Names)
	maps.Copy(all, ebinterface.Names)
	maps.Copy(all, facturae.Names)
	return all
}()

// Read reads a document of EN 16931 in whichever syntax it is, a FatturaPA, Facturae, ebInterface or report to NAV, the e-invoice
// inside a PDF, or any of them inside the envelope of a signature (.p7m), which is not verified. Faults are those of ubl.Read;
// Usable says which of them leave a document that can be relied upon.
func Read(b []byte) (en16931.Document, error) {
	root, err := parse(b)
	if err != nil {
		return en16931.Document{}, err
	}
	return from(root)
}

// parse returns the XML of a document, be it inside a signed envelope or a PDF.
func parse(b []byte) (_ *xmltree.Element, err error) {
	if b, err = p7m.Open(b); err != nil {
		return nil, err
	}
	if hybrid.Is(b) {
		if b, err = hybrid.XML(b); err != nil {
			return nil, err
		}
	}
	if !begins(b) {
		return nil, contracts.Fault{Code: contracts.FaultMalformed, Message: "this is neither XML nor a PDF", Remedy: "ask the supplier for an e-invoice: the XML itself, or a PDF of Factur-X or ZUGFeRD"}
	}
	return xmltree.Parse(b, names)
}

// begins tells whether bytes begin as XML does, in whichever encoding. What is too large or says nothing is told as such.
func begins(b []byte) bool {
	first := bytes.TrimLeft(b, "\x00\ufeff\xff\xfe \t\r\n")
	return len(b) > xmltree.MaxBytes || len(first) == 0 || first[0] == '<'
}

func from(root *xmltree.Element) (en16931.Document, error) {
	switch {
	case ubl.Is(root):
		return ubl.From(root)
	case cii.Is(root):
		return cii.From(root)
	case fatturapa.Is(root):
		return theOnly(fatturapa.From(root))
	case nav.Is(root):
		f, err := nav.From(root)
		return inTerms(f, err)
	case ebinterface.Is(root):
		f, err := ebinterface.From(root)
		return inTerms(f, err)
	case facturae.Is(root):
		f, err := facturae.From(root)
		return inTerms(f, err)
	}
	if strings.HasSuffix(root.Name, "}CrossIndustryDocument") {
		return en16931.Document{}, contracts.Fault{Code: contracts.FaultMalformed, Message: "this is ZUGFeRD 1, which came before EN 16931", Remedy: "ask the supplier for ZUGFeRD 2 or Factur-X"}
	}
	return en16931.Document{}, contracts.Fault{Code: contracts.FaultMalformed, Message: "this is no e-invoice that is read here", Remedy: "ask the supplier for UBL, CII (ZUGFeRD 2, Factur-X), FatturaPA, Facturae or ebInterface"}
}

// FaultSeveral says that a file holds another number of documents than one.
const FaultSeveral contracts.FaultCode = "several-documents"

// theOnly is the one document of a FatturaPA.
func theOnly(f fatturapa.File, err error) (en16931.Document, error) {
	var fs contracts.Faults
	fs.Add("", err)
	all, err := f.Documents()
	fs.Add("", err)
	if len(all) == 0 || len(all) > 1 {
		fs.Addf(FaultSeveral, "/FatturaElettronica", "ask the sender for one file each", "the file holds %d documents", len(all))
		return en16931.Document{}, fs
	}
	return all[0], fs.Err()
}

// inTerms says a file of a country's format in the terms of the norm.
func inTerms(file interface {
	Document() (en16931.Document, error)
}, err error) (en16931.Document, error) {
	if !Usable(err) {
		return en16931.Document{}, err
	}
	var fs contracts.Faults
	fs.Add("", err)
	d, err := file.Document()
	fs.Add("", err)
	return d, fs.Err()
}

// Usable tells whether a document can be relied upon although Read found faults in it: they name only what the norm has no
// place for, or what stands in another order than the schema's. Any other fault means that a value may be missing or wrong.
func Usable(err error) bool {
	for _, f := range contracts.FaultsOf(err) {
		if f.Code != xmltree.FaultNotCarried && f.Code != xmltree.FaultOrder {
			return false
		}
	}
	return true
}
