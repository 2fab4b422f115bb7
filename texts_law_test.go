package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// spokenByLaw are the members whose texts a mobility case is explained with, and where in a file they stand: the last name is the member,
// a star is any name.
var spokenByLaw = map[string][]string{
	"nodes/mobility/law.yaml": {"regimes.*.says", "articles.*.says", "findings.*.says", "sentences.*.says"},
	"adapters/??/??.yaml": {"posted_workers.documents", "posted_workers.declarations.*.says", "posted_workers.declarations.*.customer",
		"posted_workers.declarations.*.rows.*.says", "artist_withholding.hint"},
	"adapters/country/buyers.yaml": {"countries.*.posted_workers.documents", "countries.*.posted_workers.declarations.*.says", "countries.*.posted_workers.declarations.*.customer",
		"countries.*.posted_workers.declarations.*.rows.*.says", "countries.*.artist_withholding.hint"},
}

// saidByLaw adds the sentences of the law and of the host States.
func saidByLaw(t *testing.T, keys map[string]string) {
	t.Helper()
	for pattern, paths := range spokenByLaw {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			var root yaml.Node
			body, err := os.ReadFile(file)
			if err == nil {
				err = yaml.Unmarshal(body, &root)
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for _, path := range paths {
				textsAt(root.Content[0], strings.Split(path, "."), func(key string) { keys[key] = file })
			}
		}
	}
}

// textsAt follows a path into a document.
func textsAt(n *yaml.Node, path []string, found func(key string)) {
	switch {
	case n.Kind == yaml.AliasNode:
		textsAt(n.Alias, path, found)
	case len(path) == 0:
		found(n.Value)
	case n.Kind == yaml.SequenceNode:
		for _, child := range n.Content {
			textsAt(child, path[1:], found)
		}
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if path[0] == "*" || n.Content[i].Value == path[0] {
				textsAt(n.Content[i+1], path[1:], found)
			}
		}
	}
}
