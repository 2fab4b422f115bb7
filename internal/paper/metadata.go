package paper

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// metadata are those of the document as XMP (ISO 16684-1), the same as its information, and that it is PDF/A-3.
func (s *Sheet) metadata(more string) []byte {
	day := s.day.UTC().Format(time.RFC3339)
	level := "B"
	if s.tags != nil {
		level = "A"
	}
	return fmt.Appendf(nil, packet, level, escaped(s.title), escaped(s.author), escaped(s.language), program, program, day, day, more)
}

// packet is told from others by its id, the same in each document (XMP, part 1, 7.3.2).
const packet = "<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" + `<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>%s</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<pdf:Producer>%s</pdf:Producer>
<xmp:CreatorTool>%s</xmp:CreatorTool>
<xmp:CreateDate>%s</xmp:CreateDate>
<xmp:ModifyDate>%s</xmp:ModifyDate>
</rdf:Description>
%s</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`

func escaped(text string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(strings.ToValidUTF8(text, "?"))) // a buffer takes everything
	return out.String()
}
