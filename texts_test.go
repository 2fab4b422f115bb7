package main_test

import (
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"
)

// written are the words that are the same in every language, or no words.
var written = []string{"JSON", "CSV", "Excel", "EUR", "PDF", "Passerelle", "UTC", "Authorization: Bearer …"}

// TestNoTextIsWrittenIntoTemplates finds words that a reader of another language would see in English: each belongs into {{t "..."}}.
func TestNoTextIsWrittenIntoTemplates(t *testing.T) {
	for file, trees := range templates(t) {
		for name, tree := range trees {
			if name == "aria" {
				continue // attributes alone, of no words
			}
			for _, words := range bareWords(textOf(tree.Root)) {
				t.Errorf("%s: %q is written into the page; write {{t %q}} and add the key to internal/web/text", file, words, words)
			}
		}
	}
}

// templates parses every page of the program.
func templates(t *testing.T) map[string]map[string]*parse.Tree {
	t.Helper()
	all := map[string]map[string]*parse.Tree{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".html" || !strings.Contains(path, "/templates/") {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		tree := parse.New(path)
		tree.Mode = parse.SkipFuncCheck
		all[path] = map[string]*parse.Tree{}
		_, err = tree.Parse(string(body), "", "", all[path])
		return err
	})
	if err != nil || len(all) < 10 {
		t.Fatalf("%d templates read, %v", len(all), err)
	}
	return all
}

// action stands where a template computes something.
const action = "\x00"

// textOf is what stands in a template between its actions.
func textOf(n parse.Node) string {
	switch n := n.(type) {
	case *parse.TextNode:
		return string(n.Text)
	case *parse.ListNode:
		if n == nil {
			return ""
		}
		text := ""
		for _, child := range n.Nodes {
			text += textOf(child)
		}
		return text
	case *parse.IfNode:
		return action + textOf(n.List) + action + textOf(n.ElseList) + action
	case *parse.RangeNode:
		return action + textOf(n.List) + action + textOf(n.ElseList) + action
	case *parse.WithNode:
		return action + textOf(n.List) + action + textOf(n.ElseList) + action
	}
	return action
}

var (
	notShown = regexp.MustCompile(`(?s)<!--.*?-->|<style.*?</style>|<script.*?</script>`)
	tag      = regexp.MustCompile(`(?s)<[^>]*>`)
	said     = regexp.MustCompile(`\b(?:aria-label|title|placeholder|data-label|alt)="([^"]*)"`)
)

// bareWords lists the words in the text and in the attributes that are read out or shown.
func bareWords(page string) []string {
	page = notShown.ReplaceAllString(page, "")
	var found []string
	check := func(s string) {
		for _, words := range strings.Split(html.UnescapeString(s), action) {
			words = strings.TrimSpace(words)
			if strings.ContainsFunc(words, unicode.IsLetter) && !slices.Contains(written, words) {
				found = append(found, words)
			}
		}
	}
	for _, t := range tag.FindAllString(page, -1) {
		for _, m := range said.FindAllStringSubmatch(t, -1) {
			check(m[1])
		}
	}
	for _, text := range tag.Split(page, -1) {
		check(text)
	}
	return found
}
