package peppol

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"passerelle/nodes/peppol/peppoltest"
)

const somebody Participant = "0208:0403019261"

func TestMetadataNamesTheAccessPoint(t *testing.T) {
	m, err := parseMetadata(peppoltest.Body(t, "invoice.xml"), somebody, peppoltest.Invoice)
	if err != nil || len(m.services) != 1 {
		t.Fatalf("%+v, %v", m, err)
	}
	s := m.services[0]
	if s.AccessPoint != "Example Access Point (POP000000)" || s.Address != "https://ap.example/as4" || s.Process != peppoltest.Billing || s.Until.Year() < 2050 {
		t.Errorf("%+v", s)
	}
	opens := time.Date(2025, 12, 31, 23, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]bool{opens: true, opens.Add(-time.Second): false, time.Date(2080, 1, 1, 0, 0, 0, 0, time.UTC): false} {
		if s.open(at) != want {
			t.Errorf("open at %s: %v", at, !want)
		}
	}
}

func TestAGroupListsItsDocumentTypes(t *testing.T) {
	documents, err := parseGroup(peppoltest.Body(t, "group.xml"), somebody)
	if err != nil || strings.Join(documents, " ") != peppoltest.Invoice+" "+peppoltest.CreditNote {
		t.Errorf("%q, %v", documents, err)
	}
}

func TestAnotherTransportIsNoService(t *testing.T) {
	b := bytes.ReplaceAll(peppoltest.Body(t, "invoice.xml"), []byte("as4-v2_0"), []byte("as2-v1"))
	if m, err := parseMetadata(b, somebody, peppoltest.Invoice); err != nil || len(m.services) != 0 {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestWhatThePublisherMustNotSayIsRefused(t *testing.T) {
	whole := string(peppoltest.Body(t, "invoice.xml"))
	for name, b := range map[string]string{
		"another participant": strings.Replace(whole, "0208:0403019261", "0208:0468561072", 1),
		"another type":        strings.Replace(whole, "Invoice-2::Invoice", "CreditNote-2::CreditNote", 1),
		"a DTD":               strings.Replace(whole, "<SignedServiceMetadata", `<!DOCTYPE x [<!ENTITY a "b">]><SignedServiceMetadata`, 1),
		"two services":        strings.Replace(whole, "</ServiceInformation>", "</ServiceInformation><ServiceInformation/>", 1),
		"no certificate":      strings.Replace(whole, "MII", "XXX", 1),
		"a date that is none": strings.Replace(whole, "2080-01-01", "soon", 1),
		"a page for people":   "<html><body>not found</body></html>",
		"cut off":             whole[:len(whole)/2],
		"nothing":             "",
		"another namespace":   strings.ReplaceAll(whole, "busdox.org/serviceMetadata", "other.example"),
		"levels without end":  strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100),
		"two roots":           whole + "<x/>",
	} {
		if m, err := parseMetadata([]byte(b), somebody, peppoltest.Invoice); err == nil {
			t.Errorf("%s is taken: %+v", name, m)
		} else if IsNo(err) {
			t.Errorf("%s is taken for no", name)
		}
	}
}

func TestForeignTextsAreOneShortLine(t *testing.T) {
	if got := clean(" a\x1b[2Jb\nc\u009b\xff " + strings.Repeat("x", 600)); strings.ContainsAny(got, "\x1b\n\u009b") || len([]rune(got)) != mostText || !strings.HasPrefix(got, "a [2Jb c ?") {
		t.Errorf("%q", got)
	}
}

func FuzzMetadata(f *testing.F) {
	for _, name := range []string{"invoice.xml", "credit_note.xml", "redirect.xml", "group.xml"} {
		f.Add(peppoltest.Body(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseMetadata(b, somebody, peppoltest.Invoice)
		if IsNo(err) {
			t.Error("what cannot be read is taken for no")
		}
		for _, s := range m.services {
			if err == nil && (s.Until.IsZero() || strings.ContainsAny(s.Address+s.AccessPoint+s.Process, "\x1b\n")) {
				t.Errorf("%+v", s)
			}
		}
		if documents, err := parseGroup(b, somebody); err == nil && strings.Contains(strings.Join(documents, ""), "\x1b") {
			t.Errorf("%q", documents)
		}
	})
}
