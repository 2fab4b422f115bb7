package rules

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"
	"time"

	"passerelle/adapters/format/cii"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/adapters/format/ubl"
)

// What issuing and receiving adds, beside encoding/xml alone on the same bytes in the same run: "of_xml" is how many documents are written, read or
// checked while encoding/xml reads the tokens of one, or for writing encodes them.
func BenchmarkDocuments(b *testing.B) {
	d := full(b, "BE", "BE", example.Domestic, en16931.Peppol)
	inUBL, inCII := must(b, d, ubl.Write), must(b, d, cii.Write)
	read := func(doc []byte) func() { return func() { tokens(b, doc) } }
	encode := func(doc []byte) func() {
		all := tokens(b, doc)
		return func() { encodeTokens(b, all) }
	}
	for _, bench := range []struct {
		name string
		bare func()
		do   func() error
	}{
		{"write UBL", encode(inUBL), func() error { _, err := ubl.Write(d); return err }},
		{"write CII", encode(inCII), func() error { _, err := cii.Write(d); return err }},
		{"read UBL", read(inUBL), func() error { _, err := ubl.Read(inUBL); return err }},
		{"read CII", read(inCII), func() error { _, err := cii.Read(inCII); return err }},
		{"check", read(inUBL), func() error { return CheckIssued(d) }},
		{"check and write UBL", encode(inUBL), func() error {
			_, err := ubl.Write(d)
			return errors.Join(CheckIssued(d), err)
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			bare := timed(bench.bare)
			for b.Loop() {
				if err := bench.do(); err != nil {
					b.Fatal(err)
				}
			}
			each := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(bare.Seconds()/each.Seconds(), "of_xml")
			b.ReportMetric(1/each.Seconds(), "documents/s")
		})
	}
}

// timed is how long f takes, over enough runs to tell.
func timed(f func()) time.Duration {
	const runs = 300
	began := time.Now()
	for range runs {
		f()
	}
	return time.Since(began) / runs
}

func must(tb testing.TB, d en16931.Document, write func(en16931.Document) ([]byte, error)) []byte {
	tb.Helper()
	b, err := write(d)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// tokens is the least that reading a document can cost with encoding/xml.
func tokens(tb testing.TB, b []byte) (all []xml.Token) {
	tb.Helper()
	from := xml.NewDecoder(bytes.NewReader(b))
	for {
		token, err := from.RawToken()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			tb.Fatal(err)
		}
		if _, declaration := token.(xml.ProcInst); !declaration {
			all = append(all, xml.CopyToken(token))
		}
	}
}

// encodeTokens is encoding/xml's encoder on the same document.
func encodeTokens(tb testing.TB, all []xml.Token) {
	tb.Helper()
	var out bytes.Buffer
	to := xml.NewEncoder(&out)
	for _, token := range all {
		if err := to.EncodeToken(token); err != nil {
			tb.Fatal(err)
		}
	}
	if err := to.Flush(); err != nil {
		tb.Fatal(err)
	}
}
