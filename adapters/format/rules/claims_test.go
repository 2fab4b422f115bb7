package rules

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the page of the rules anew")

const page = "../../../docs/einvoicing-rules.md"

// TestThePageClaimsWhatIsThere: the page lists every rule that is checked, and no other.
func TestThePageClaimsWhatIsThere(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Rules of e-invoices, by id\n\nWhat `passerelle invoice check` and every issue hold a document against ([what the sets are, and what is not covered](einvoicing.md)). Each is kept by one document of the\ntests and broken by another. `go test ./adapters/format/rules -run ThePage -update` writes this page anew.\n")
	for _, set := range Sets {
		fmt.Fprintf(&b, "\n## %s: %d\n\n", set.Name, len(set.Rules))
		line := ""
		for _, r := range set.Rules {
			if len(line)+len(r.ID) > 120 {
				b.WriteString(strings.TrimSpace(line) + "\n")
				line = ""
			}
			line += r.ID + " "
		}
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != b.String() {
		t.Errorf("docs/einvoicing-rules.md lists other rules than are checked (%v); run the test with -update and read the difference", err)
	}
}
