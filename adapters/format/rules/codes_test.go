package rules

import (
	"strings"
	"testing"
)

func TestCodeListsAreWhole(t *testing.T) {
	sizes := map[string]int{"type": 50, "credit": 13, "currency": 178, "country": 251, "taxpoint": 3, "subject": 383, "object": 818, "icd": 243, "eas": 104, "class": 185,
		"means": 84, "category": 10, "allowance": 19, "charge": 178, "vatex": 88, "unit": 2162, "eu": 29}
	for name, size := range sizes {
		if len(codes[name]) != size {
			t.Errorf("%s has %d codes, its source %d", name, len(codes[name]), size)
		}
	}
	if len(codes) != len(sizes) {
		t.Errorf("%d lists, want %d", len(codes), len(sizes))
	}
	for name, list := range codes {
		for code := range list {
			if strings.HasPrefix(code, "-") || strings.HasSuffix(code, "-") {
				t.Errorf("%s: %q is a part of a code", name, code)
			}
		}
	}
}
