package rules

import (
	"testing"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/adapters/format/ubl"
)

// BenchmarkCheckAndWrite is what issuing adds: the rules of Peppol and the norm, and the document in UBL.
func BenchmarkCheckAndWrite(b *testing.B) {
	d := full(b, "BE", "BE", example.Domestic, en16931.Peppol)
	for b.Loop() {
		if err := CheckIssued(d); err != nil {
			b.Fatal(err)
		}
		if _, err := ubl.Write(d); err != nil {
			b.Fatal(err)
		}
	}
}
