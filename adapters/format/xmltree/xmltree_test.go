package xmltree_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

var names = xmltree.Names{"urn:test": "t"}

const root = `note xmlns="urn:test" xmlns:t="urn:test"`

func doc(inside string) string { return `<note xmlns="urn:test">` + inside + `</note>` }

func TestHostileDocumentsAreRefused(t *testing.T) {
	cases := map[string]struct {
		document string
		code     contracts.FaultCode
	}{
		"DTD":                      {`<!DOCTYPE note [<!ENTITY a "b">]>` + doc(""), contracts.FaultMalformed},
		"external DTD":             {`<!DOCTYPE note SYSTEM "http://example.org/x.dtd">` + doc(""), contracts.FaultMalformed},
		"entity":                   {doc("<a>&a;</a>"), contracts.FaultMalformed},
		"HTML entity":              {doc("<a>&nbsp;</a>"), contracts.FaultMalformed},
		"nothing":                  {"", contracts.FaultMalformed},
		"no XML":                   {"%PDF-1.7", contracts.FaultMalformed},
		"two roots":                {doc("") + doc(""), contracts.FaultMalformed},
		"text after the root":      {doc("") + "more", contracts.FaultMalformed},
		"text between elements":    {doc("<a>1</a>2<a>3</a>"), contracts.FaultMalformed},
		"unclosed":                 {"<note><a></note>", contracts.FaultMalformed},
		"attribute twice":          {doc(`<a b="1" b="2">x</a>`), contracts.FaultMalformed},
		"Latin-1":                  {`<?xml version="1.0" encoding="ISO-8859-1"?>` + doc("\xe9"), contracts.FaultMalformed},
		"Latin-1, but plain ASCII": {`<?xml version="1.0" encoding="ISO-8859-1"?>` + doc("e"), contracts.FaultMalformed},
		"UTF-16":                   {"\xff\xfe<\x00a\x00/\x00>\x00", contracts.FaultMalformed},
		"declaration inside":       {doc(`<?xml version="1.0"?>`), contracts.FaultMalformed},
		"control character":        {doc("<a>\x01</a>"), contracts.FaultMalformed},
		"too deep":                 {strings.Repeat("<a>", 65) + strings.Repeat("</a>", 65), contracts.FaultTooDeep},
		"too many elements":        {doc(strings.Repeat("<a/>", xmltree.MaxElements)), contracts.FaultTooLarge},
		"too large":                {doc(strings.Repeat(" ", xmltree.MaxBytes)), contracts.FaultTooLarge},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := xmltree.Parse([]byte(c.document), names)
			fault, ok := errors.AsType[contracts.Fault](err)
			if !ok || fault.Code != c.code {
				t.Errorf("%v, want a fault %s", err, c.code)
			}
		})
	}
}

func TestPlainDocumentsAreRead(t *testing.T) {
	for name, document := range map[string]string{
		"plain":               doc("<a>1</a>"),
		"another prefix":      `<x:note xmlns:x="urn:test"><x:a>1</x:a></x:note>`,
		"byte order mark":     "\ufeff" + `<?xml version="1.0" encoding="utf-8"?>` + doc("<a>1</a>"),
		"comments, CDATA":     "<!-- a -->" + doc("<a><!-- b --><![CDATA[1]]></a><?pi x?>"),
		"hint to its schema":  `<note xmlns="urn:test" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:test x.xsd"><a>1</a></note>`,
		"64 levels":           doc("<a>1</a>" + strings.Repeat("<b>", 63) + strings.Repeat("</b>", 63)),
		"the five entities":   doc("<a>1</a><b>&amp;&lt;&gt;&quot;&apos;&#x41;</b>"),
		"spaces, line breaks": " \n" + doc("\n  <a>1</a>\n") + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			root, err := xmltree.Parse([]byte(document), names)
			if err != nil {
				t.Fatal(err)
			}
			if root.Name != "t:note" || root.Children[0].Name != "t:a" || root.Children[0].Text != "1" {
				t.Errorf("read %+v", root)
			}
		})
	}
}

// order is what a small format describes.
type order struct {
	Number string
	Unit   string
	On     contracts.Date
	Paid   bool
	Total  *contracts.Decimal
	Texts  []string
	Lines  []item
}

type item struct{ Name string }

func (o *order) walk(w *xmltree.Walk) {
	w.Text("t:number", &o.Number, xmltree.At{Name: "unit", Value: &o.Unit})
	w.Date("t:on", &o.On)
	w.Flag("t:paid", &o.Paid)
	w.Group("t:total", func() {
		w.Number("t:amount", &o.Total)
		w.Frame("t:tax", func() { w.Const("t:id", "VAT") })
	})
	xmltree.Each(w, "t:text", &o.Texts, func(s *string) { w.Value(s) })
	xmltree.Each(w, "t:line", &o.Lines, func(i *item) { w.Text("t:name", &i.Name) })
}

func readOrder(inside string) (order, error) {
	root, err := xmltree.Parse([]byte(doc(inside)), names)
	if err != nil {
		return order{}, err
	}
	var o order
	return o, xmltree.Read(root, o.walk)
}

func TestNothingIsDroppedInSilence(t *testing.T) {
	cases := map[string]struct{ inside, code, field string }{
		"unknown element":      {"<number>1</number><x>2</x>", "not-carried", "/note/t:x"},
		"unknown, deeper":      {"<total><x><y>2</y></x></total>", "not-carried", "/note/t:total/t:x/t:y"},
		"another namespace":    {`<number xmlns="urn:other">1</number>`, "not-carried", "/note/{urn:other}number"},
		"unknown attribute":    {`<number by="me">1</number>`, "not-carried", "/note/t:number"},
		"repeated":             {"<number>1</number><number>2</number>", "repeated", "/note/t:number[2]"},
		"out of order":         {"<on>2026-01-31</on><number>1</number>", "out-of-order", "/note/t:on"},
		"a list out of order":  {"<line><name>a</name></line><text>b</text>", "out-of-order", "/note/t:line"},
		"elements for text":    {"<number><a>1</a></number>", "not-carried", "/note/t:number"},
		"text for elements":    {"<total>1</total>", "not-carried", "/note/t:total"},
		"a unit of nothing":    {`<number unit="kg"/>`, "not-carried", "/note/t:number"},
		"another constant":     {"<total><tax><id>GST</id></tax></total>", "not-carried", "/note/t:total/t:tax"},
		"no day":               {"<on>31.1.2026</on>", "date", "/note/t:on"},
		"no number":            {"<total><amount>1,5</amount></total>", "amount", "/note/t:total/t:amount"},
		"neither true nor not": {"<paid>yes</paid>", "invalid", "/note/t:paid"},
		"a line has more":      {"<line><name>a</name></line><line><name>b</name><x>c</x></line>", "not-carried", "/note/t:line[2]/t:x"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := readOrder(c.inside)
			faults := contracts.FaultsOf(err)
			if len(faults) == 0 || string(faults[0].Code) != c.code || faults[0].Field != c.field {
				t.Errorf("%+v, want %s at %s", faults, c.code, c.field)
			}
		})
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	total := contracts.MustDecimal("10.50")
	for name, want := range map[string]order{
		"nothing":    {},
		"everything": {Number: "1", Unit: `a "b"` + "\n\t<&", On: contracts.MustDate("2026-01-31"), Paid: true, Total: &total, Texts: []string{"a", "b"}, Lines: []item{{"x"}, {"y"}}},
		"markup":     {Number: "<a> & \r\n ]]> \ufffd é 漢 🎻"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := xmltree.Write(root, want.walk)
			if err != nil {
				t.Fatal(err)
			}
			root, err := xmltree.Parse(b, names)
			if err != nil {
				t.Fatalf("%v\n%s", err, b)
			}
			var got order
			if err := xmltree.Read(root, got.walk); err != nil {
				t.Errorf("%v\n%s", err, b)
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b contracts.Date) bool { return a == b })); diff != "" {
				t.Errorf("read again (-want +got):\n%s\n%s", diff, b)
			}
		})
	}
}

func TestNumbersAreReadAsSchemasAllowThem(t *testing.T) {
	for text, want := range map[string]string{"1": "1", "+0.10": "0.10", "100.": "100", ".5": "0.5", "-.5": "-0.5", " 7\n": "7", "10.000000000000000": "10.0000000000", "0.00000000001": "", "1e3": "", "": "", "--1": "", ".": "", "+-1": ""} {
		o, err := readOrder("<total><amount>" + text + "</amount></total>")
		got := ""
		if err == nil && o.Total != nil {
			got = xmltree.Digits(*o.Total)
		}
		if got != want {
			t.Errorf("%q: %q, want %q (%v)", text, got, want, err)
		}
	}
}

func TestGroupsWithNothingToSayAreNotWritten(t *testing.T) {
	o := order{Number: "1", Texts: []string{" "}, Lines: []item{{}}}
	b, err := xmltree.Write(root, o.walk)
	want := `<?xml version="1.0" encoding="UTF-8"?>
<` + root + `>
  <t:number>1</t:number>
  <t:paid>false</t:paid>
</note>
`
	if err != nil || string(b) != want {
		t.Errorf("%v\n%s", err, cmp.Diff(want, string(b)))
	}
}

func TestTextThatXMLCannotCarryIsRefused(t *testing.T) {
	for _, text := range []string{"a\x01b", "a\xffb", "\ufffe"} {
		o := order{Number: text}
		if _, err := xmltree.Write(root, o.walk); !contracts.IsFault(err) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestFaultsOfAHostileDocumentAreFew(t *testing.T) {
	_, err := readOrder(strings.Repeat("<x>1</x>", 100_000))
	if n := len(contracts.FaultsOf(err)); n != 100 {
		t.Errorf("%d faults", n)
	}
}

func TestEmptyElementsAreNamed(t *testing.T) {
	root, err := xmltree.Parse([]byte(doc("<a/><b>1</b><c><d> </d></c>")), names)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/note/t:a", "/note/t:c/t:d"}, root.Empties()); diff != "" {
		t.Error(diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(doc("<a>1</a>")))
	f.Add([]byte(`<!DOCTYPE note [<!ENTITY a "b">]>` + doc("&a;")))
	f.Add([]byte("\ufeff" + doc(`<a b="1">&#x41;</a><!-- c --><![CDATA[d]]>`)))
	f.Fuzz(func(t *testing.T, b []byte) {
		root, err := xmltree.Parse(b, names)
		if (root == nil) != (err != nil) {
			t.Fatalf("%v and %v", root, err)
		}
		if err != nil && !contracts.IsFault(err) {
			t.Fatalf("%v is no fault", err)
		}
		if err == nil {
			_ = fmt.Sprint(root.Empties()) // must not panic
		}
	})
}
