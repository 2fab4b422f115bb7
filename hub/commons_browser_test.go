package hub

import (
	"net/http/httptest"
	"testing"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/internal/web/webtest"
)

// TestTheCommonPagesAreForEverybody by the rules of axe-core, in the light and in the dark, at 360 and 1280 pixels, and with the keyboard alone;
// and a person compares two keys by the form.
func TestTheCommonPagesAreForEverybody(t *testing.T) {
	b := webtest.Open(t)
	h := seeded(t, storagetest.Open(t, storage.SQLite, Migrations()...))
	if err := h.LoadDemonstrationCommons(t.Context()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(signedIn(t, h))
	defer server.Close()
	for name, path := range map[string]string{"pot": "/solidarity", "simulation": "/solidarity/simulation?year=2023", "charter": "/charter", "commitments": "/commitments"} {
		wrong, err := b.Examine(name, server.URL+path)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wrong {
			t.Errorf("%s: %s", path, w)
		}
	}
	if _, err := b.Go(server.URL + "/solidarity/simulation?year=2023"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []func() error{
		func() error { return b.Fill("What is to be shared (EUR)", "60000") },
		func() error { return b.Press("Simulate") },
		func() error { return b.Says("10,000.00 EUR", "To the cent", "Italy") },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
}
