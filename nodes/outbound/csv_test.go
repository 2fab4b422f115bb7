package outbound_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"passerelle/nodes/outbound"
)

// TestTheDocumentationListsTheColumns keeps docs/past-invoices.md true.
func TestTheDocumentationListsTheColumns(t *testing.T) {
	page, err := os.ReadFile("../../docs/past-invoices.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range outbound.Columns {
		needed := ""
		if c.Required {
			needed = "yes"
		}
		if row := fmt.Sprintf("| %s | %s | %s |", c.Name, needed, c.Means); !strings.Contains(string(page), row) {
			t.Errorf("docs/past-invoices.md lacks the line %s", row)
		}
	}
}
