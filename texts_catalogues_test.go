package main_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// translated are the languages beside English that the pages are written in.
var translated = []string{"de", "es", "fr", "hu", "it", "nl", "sv"}

// catalogue reads the texts of a language, each as the forms it has: "other" alone, or one for each kind of number.
func catalogue(t *testing.T, code string) map[string]map[string]string {
	t.Helper()
	read := map[string]yaml.Node{}
	folders, err := filepath.Glob("internal/web/text/*/" + code + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(folders, "internal/web/text/"+code+".yaml") {
		body, err := os.ReadFile(file)
		if err == nil {
			err = yaml.Unmarshal(body, &read)
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	texts := map[string]map[string]string{}
	for key, node := range read {
		forms := map[string]string{}
		if node.Kind == yaml.ScalarNode {
			forms["other"] = node.Value
		} else if err := node.Decode(&forms); err != nil {
			t.Errorf("%s: %q: %v", code, key, err)
		}
		texts[key] = forms
	}
	return texts
}

// TestEveryTextIsInEveryLanguage finds texts that a reader would see in English, and texts that nothing says any more.
func TestEveryTextIsInEveryLanguage(t *testing.T) {
	said := spoken(t)
	for _, code := range translated {
		texts := catalogue(t, code)
		for key, file := range said {
			if texts[key]["other"] == "" {
				t.Errorf("%s lacks %q, which %s says; add it to a catalogue in internal/web/text", code, key, file)
			}
		}
		for key := range texts {
			if said[key] == "" {
				t.Errorf("%s has %q, which nothing says; remove it from internal/web/text", code, key)
			}
		}
	}
}

// TestTranslationsTakeTheSameValues finds a value that a translation forgets, or has no right to.
func TestTranslationsTakeTheSameValues(t *testing.T) {
	for _, code := range append([]string{"en"}, translated...) {
		for key, forms := range catalogue(t, code) {
			for kind, text := range forms {
				lost, extra := compareValues(key, text)
				if extra || lost && kind != "one" { // "one day" may do without the figure
					t.Errorf("%s: %q (%s) does not take the values of %q", code, text, kind, key)
				}
			}
			if len(forms) > 1 && (forms["one"] == "" || forms["other"] == "") {
				t.Errorf("%s: %q needs the forms one and other (CLDR)", code, key)
			}
		}
	}
}

// compareValues holds the values of a text against those of its key, each by its place and what is put there.
func compareValues(key, text string) (lost, extra bool) {
	want, got := valuesIn(key), valuesIn(text)
	for value := range want {
		lost = lost || !got[value]
	}
	for value := range got {
		extra = extra || !want[value]
	}
	return lost, extra
}

func valuesIn(format string) map[string]bool {
	values, next := map[string]bool{}, byte('1')
	for _, found := range valueAt.FindAllString(format, -1) {
		kind := found[len(found)-1:]
		if kind == "%" {
			continue
		}
		if i := strings.IndexByte(found, '['); i > 0 {
			next = found[i+1]
		}
		values[string(next)+kind] = true
		next++
	}
	return values
}

// TestTranslationsDoNotMixUpTheirLanguages finds a catalogue that was saved under another's name, wholly or in part.
func TestTranslationsDoNotMixUpTheirLanguages(t *testing.T) {
	for i, code := range translated {
		texts := catalogue(t, code)
		for _, other := range translated[i+1:] {
			theirs, same, long := catalogue(t, other), 0, 0
			for _, key := range slices.Sorted(maps.Keys(texts)) {
				if len(key) < 30 {
					continue
				}
				if long++; texts[key]["other"] == theirs[key]["other"] {
					same++
				}
			}
			if same*20 > long {
				t.Errorf("%d of %d sentences are the same in %s and %s", same, long, code, other)
			}
		}
	}
}
