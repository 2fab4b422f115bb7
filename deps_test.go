package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestEveryDirectDependencyHasItsReason keeps docs/dependencies.md true.
func TestEveryDirectDependencyHasItsReason(t *testing.T) {
	page, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-m", "-f", "{{if not (or .Indirect .Main)}}{{.Path}}{{end}}", "all").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range strings.Fields(string(out)) {
		family := strings.Split(module, "/exporters/")[0] // OpenTelemetry's exporters stand in one line with it
		family = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(family, "/sdk/metric"), "/metric"), "/trace")
		if !strings.Contains(string(page), strings.TrimSuffix(family, "/sdk")) {
			t.Errorf("docs/dependencies.md gives no reason for %s", module)
		}
	}
}
