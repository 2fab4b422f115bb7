package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"passerelle/contracts"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
	"passerelle/internal/web"
)

// typed are words that happen to be texts of the program too: what people typed, the first name of the demonstration's member, and the registry,
// which three languages call as English calls the button for somebody new. What French and German call programs, English calls plans of the board; what
// French calls an agenda is a calendar. An item of the board's example meetings has the name of a page.
var typed = map[string]bool{"Buyer": true, "Work": true, "Demonstration": true, "Register": true, "Programme": true, "Programmes": true, "Agenda": true, "European investments": true}

// Every page of hub and node is in the language that its reader asks for, and says so. A text of the program that stands there in English, although
// the catalogue of the language has it, was forgotten.
func TestEveryPageSpeaksTheReadersLanguage(t *testing.T) {
	broker := memory.NewBroker()
	n := newNetwork(t, storage.SQLite, []string{"hub", "be"}, func(contracts.PartyID) transport { return sharedMemory{broker} })
	places := n.furnish("be")
	n.settle()
	where, pages := map[string][]string{}, 0
	n.eachPage(places, func(p page) {
		for _, l := range web.Locales {
			pages++
			for _, w := range foreign(l, n.read(p, l)) {
				where[w] = append(where[w], string(p.party)+" "+p.address)
			}
		}
	})
	complain(t, where)
	t.Logf("%d pages", pages)
}

// read is a page in a language.
func (n *network) read(p page, l *web.Locale) *html.Node {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.up[p.party].url+p.address, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Accept-Language", l.Code()+";q=0.9, xx;q=0.1")
	if p.as != nil {
		r.AddCookie(p.as)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer res.Body.Close()
	root, err := html.Parse(res.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return root
}

// foreign is what on a page is not in a language.
func foreign(l *web.Locale, root *html.Node) (wrong []string) {
	said := "no language"
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "html" {
			said = attribute(n, "lang")
		}
		if n.Type != html.TextNode || elsewhere(n) {
			continue
		}
		text := strings.Join(strings.Fields(n.Data), " ")
		if l != web.English && l.T(text) != text && !typed[text] {
			wrong = append(wrong, fmt.Sprintf("%q stands in English, not in %s", text, l.Code()))
		}
	}
	if said != l.Code() {
		wrong = append(wrong, fmt.Sprintf("asked for in %s, the page is in %s", l.Code(), said))
	}
	return wrong
}

// elsewhere tells whether a text is no text of the page: a script, a code, or marked as another language's.
func elsewhere(n *html.Node) bool {
	for p := n.Parent; p != nil && p.Data != "html"; p = p.Parent {
		if p.Data == "script" || p.Data == "style" || p.Data == "code" || attribute(p, "lang") != "" {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
