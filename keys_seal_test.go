package main

import (
	"path/filepath"
	"testing"

	"passerelle/internal/seal"
)

func TestASealingKeyIsMadeAndShown(t *testing.T) {
	s := newStage(t)
	s.play(
		told{"one", "keys seal --network HUB --party fr", exitGood, ".seal"},
		told{"and the next", "keys seal --network HUB --party fr", exitGood, ".seal"},
		told{"the hub opens nothing", "keys seal --network HUB --party hub", exitFailed, "country"},
	)
	keys, err := seal.LoadKeys(s.path("HUB"), "fr")
	if err != nil || len(keys) < 2 {
		t.Fatalf("%d keys: %v", len(keys), err)
	}
	if path, err := nextSealingKey(s.path("HUB"), "fr"); err != nil || filepath.Base(path) != seal.FileName("fr", len(keys)+1) {
		t.Errorf("%s: %v", path, err)
	}
}
