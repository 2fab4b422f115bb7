package printed

import (
	"passerelle/adapters/format/en16931"
	"passerelle/internal/paper"
)

// FacturXName is what the XML is called inside a Factur-X or ZUGFeRD invoice (Factur-X 1.0, section 6.2.2): readers look for it.
const FacturXName = "factur-x.xml"

// inside are the files for the PDF, and what its metadata say of them.
func (p page) inside() (files []paper.File, metadata string) {
	for _, f := range p.Attached {
		name := f.Name
		if f.Format == en16931.FacturX.Name {
			name, metadata = FacturXName, facturX
		}
		files = append(files, paper.File{Name: name, Says: p.title() + " " + p.Number + " (" + f.Format + ")", Type: "text/xml", Content: f.Content})
	}
	return files, metadata
}

// facturX says in the metadata that the document is a Factur-X invoice, the same as ZUGFeRD since 2.1, in the profile EN 16931; a credit
// note too is of the type INVOICE. Names that are not of XMP have to be described beside (ISO 19005-3, 6.6.2.3).
const facturX = `<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
<fx:DocumentType>INVOICE</fx:DocumentType>
<fx:DocumentFileName>` + FacturXName + `</fx:DocumentFileName>
<fx:Version>1.0</fx:Version>
<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>fx</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>
` + property + `DocumentFileName` + external + `name of the embedded XML invoice file` + ended +
	property + `DocumentType` + external + `INVOICE` + ended +
	property + `Version` + external + `version of the XML schema of the invoice` + ended +
	property + `ConformanceLevel` + external + `profile that the XML invoice follows` + ended + `</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
`

// What stands around the name and the description of each property.
const (
	property = `<rdf:li rdf:parseType="Resource"><pdfaProperty:name>`
	external = `</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>`
	ended    = `</pdfaProperty:description></rdf:li>` + "\n"
)
