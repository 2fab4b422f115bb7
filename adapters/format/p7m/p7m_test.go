package p7m_test

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"passerelle/adapters/format/p7m"
	"passerelle/contracts"
)

// file reads one of those made with `openssl cms -sign -cades -nodetach -binary`, as it is (DER) or with -stream (BER).
func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheDocumentComesOutOfItsEnvelope(t *testing.T) {
	want, der, ber := file(t, "invoice.xml"), file(t, "der.xml.p7m"), file(t, "ber.xml.p7m")
	text := base64.StdEncoding.EncodeToString(der)
	for name, b := range map[string][]byte{
		"DER": der, "BER, in pieces": ber, "base64": []byte(text), "base64 in lines": []byte(text[:76] + "\r\n" + text[76:] + "\n"),
		"PEM": pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: ber}), "no envelope": want,
	} {
		got, err := p7m.Open(b)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if p7m.Is(b) == (name == "no envelope") {
			t.Errorf("%s: taken for %v", name, p7m.Is(b))
		}
	}
}

func TestWhatIsNoEnvelopeStaysAsItIs(t *testing.T) {
	for _, s := range []string{"", "M", "<Invoice/>", "%PDF-1.7", "MIIF", "0\x80", "0\x03abc", "Mx==", strings.Repeat("\x30\x80", 100_000)} {
		if got, err := p7m.Open([]byte(s)); err != nil || string(got) != s || p7m.Is([]byte(s)) {
			t.Errorf("%.20q became %.20q, %v", s, got, err)
		}
	}
}

func TestABrokenEnvelopeIsRefused(t *testing.T) {
	der, ber := file(t, "der.xml.p7m"), file(t, "ber.xml.p7m")
	head := der[:4]
	other := bytes.Replace(der, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02, 0xa0}, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02, 0x04}, 1)
	pieces := bytes.Index(ber, []byte{0x24, 0x80})
	for name, b := range map[string][]byte{
		"signs what is not inside": file(t, "detached.xml.p7m"),
		"cut in the content":       ber[:len(ber)/2],
		"no content":               append(append([]byte{}, head[0], 11), der[4:15]...),
		"content of another kind":  other,
		"pieces without end":       append(append([]byte{}, ber[:pieces]...), bytes.Repeat([]byte{0x24, 0x80}, 1_000_000)...),
		"hashes without end":       append([]byte{0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02, 0xa0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01}, bytes.Repeat([]byte{0x31, 0x80}, 1_000_000)...),
	} {
		if got, err := p7m.Open(b); !contracts.IsFault(err) || got != nil {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, name := range []string{"der.xml.p7m", "ber.xml.p7m", "detached.xml.p7m", "invoice.xml"} {
		f.Add(file(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := p7m.Open(b)
		if err == nil && len(got) > len(b) || err != nil && got != nil {
			t.Errorf("%d bytes came out of %d, %v", len(got), len(b), err)
		}
	})
}
