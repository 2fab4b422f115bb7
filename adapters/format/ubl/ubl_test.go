package ubl_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/ubl"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// notCarried are the published examples with more than the norm, and what that is.
var notCarried = map[string][]string{
	"10-reverse-charge-DE-LU-peppol.ubl.xml": {
		"/Invoice/cac:Delivery/cac:DeliveryParty/cac:PartyLegalEntity/cbc:RegistrationName",
		"/Invoice/cac:Delivery/cac:DeliveryParty/cac:Contact/cbc:Name",
		"/Invoice/cac:Delivery/cac:DeliveryParty/cac:Contact/cbc:ElectronicMail",
	},
}

var sameDate = cmp.Comparer(func(a, b contracts.Date) bool { return a == b })

func published(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../testdata/published/*.ubl.xml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d published examples, %v", len(files), err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		if all[filepath.Base(file)], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// read reads a published example; anything not carried is listed in notCarried.
func read(t testing.TB, name string, b []byte) en16931.Document {
	t.Helper()
	d, err := ubl.Read(b)
	var left []string
	for _, f := range contracts.FaultsOf(err) {
		if f.Code != xmltree.FaultNotCarried {
			t.Errorf("%s: %s", name, f)
		}
		left = append(left, f.Field)
	}
	if diff := cmp.Diff(notCarried[name], left); diff != "" {
		t.Errorf("%s: what is not carried (-want +got):\n%s", name, diff)
	}
	return d
}

func TestPublishedDocumentsAreCarriedWhole(t *testing.T) {
	for name, b := range published(t) {
		t.Run(name, func(t *testing.T) {
			first := read(t, name, b)
			written, err := ubl.Write(first)
			if err != nil {
				t.Fatal(err)
			}
			second, err := ubl.Read(written)
			if err != nil {
				t.Fatalf("what was written cannot be read: %v\n%s", err, written)
			}
			if diff := cmp.Diff(first, second, sameDate); diff != "" {
				t.Errorf("read again (-first +second):\n%s", diff)
			}
			sameXML(t, b, written)
		})
	}
}

// otherwise are the lines in which a written example differs from the published one, and may.
var otherwise = map[string]string{
	// 01 writes false as 0
	"Invoice/AllowanceCharge/ChargeIndicator=0": "Invoice/AllowanceCharge/ChargeIndicator=false",
	// 02 leaves out that the reference of a line is an object, as Peppol wants it told (R101)
	"": "Invoice/InvoiceLine/DocumentReference/DocumentTypeCode=130",
	// 10 is not carried whole, see there
	"Invoice/Delivery/DeliveryParty/PartyLegalEntity/RegistrationName=Example Customer Organization": "",
	"Invoice/Delivery/DeliveryParty/Contact/Name=John Doe":                                           "",
	"Invoice/Delivery/DeliveryParty/Contact/ElectronicMail=contact@example.com":                      "",
}

// sameXML holds the values of two documents against each other, in their order.
func sameXML(t *testing.T, want, got []byte) {
	t.Helper()
	if diff := cmp.Diff(values(t, want), values(t, got)); diff != "" {
		t.Errorf("the values of the document (-published +written):\n%s", diff)
	}
}

// values lists each text of a document with its path and attributes, as the standard library reads them.
func values(t *testing.T, b []byte) (all []string) {
	t.Helper()
	decoder, path := xml.NewDecoder(bytes.NewReader(b)), []string{}
	var attrs string
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path, attrs = append(path, token.Name.Local), ""
			for _, a := range token.Attr {
				if a.Name.Space == "" && a.Name.Local != "xmlns" {
					attrs += fmt.Sprintf(" %s=%s", a.Name.Local, a.Value)
				}
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			line := strings.Join(path, "/") + attrs + "=" + string(token)
			if instead, known := otherwise[line]; known {
				line = instead
			}
			if strings.TrimSpace(string(token)) != "" && line != "" && line != otherwise[""] {
				all = append(all, line)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, b := range published(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		first, err := ubl.Read(b)
		if err != nil {
			return
		}
		written, err := ubl.Write(first)
		if err != nil {
			return // the same in another arrangement, such as a payment reference without a means of payment
		}
		second, err := ubl.Read(written)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, written)
		}
		if diff := cmp.Diff(first, second, sameDate); diff != "" {
			t.Errorf("read again (-first +second):\n%s\n%s", diff, written)
		}
	})
}
