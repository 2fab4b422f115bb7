package nodes_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"passerelle/adapters/country"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes"
)

// asVisitor opens a page as somebody without an account and returns its words.
func (n *testNode) asVisitor(address, language string) (int, string) {
	n.t.Helper()
	r := httptest.NewRequestWithContext(n.t.Context(), http.MethodGet, address, nil)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, r)
	words := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(w.Body.String(), " ")
	return w.Code, strings.Join(strings.Fields(html.UnescapeString(words)), " ")
}

const violinist = "&residence=BE&nationality=eu&covered=yes&regular=one_off"

func TestAnybodyIsToldWhichPapersWorkAbroadNeeds(t *testing.T) {
	n := open(t, storagetest.Open(t, storage.SQLite, nodes.Migrations()...), "BE", country.Config{})
	for name, c := range map[string]struct {
		ask, language string
		code          int
		says          []string
	}{
		"nothing asked yet":           {"", "en", 200, []string{"Do I need papers?", "Where do you work?", "Nothing of this is stored"}},
		"a concert in Lyon":           {"?host=FR&start=2027-03-10&end=2027-03-13&kind=performance&engaged=employed" + violinist, "en", 200, []string{"You stay insured in Belgium.", "You need an A1 certificate from Belgium. Ask for it before 10 March 2027.", "France wants no declaration.", "France may hold back tax", "Regulation (EC) No 883/2004"}},
		"the same in French":          {"?host=FR&start=2027-03-10&end=2027-03-13&kind=performance&engaged=employed" + violinist, "fr", 200, []string{"Vous restez assuré", "A1 (Belgique)", "France : pas de déclaration à faire.", "les artistes sont dispensés jusqu'à 90 jours"[1:]}},
		"in Hungarian":                {"?host=IT&start=2027-03-10&end=2027-03-13&kind=performance&engaged=employed" + violinist, "hu", 200, []string{"A1-igazolás kell", "Olaszország: a munkáltatónak bejelentést kell tennie, legkésőbb ekkor: 2027. március 9."}},
		"over 90 days in France":      {"?host=FR&start=2027-03-10&end=2027-03-13&kind=performance&engaged=employed&before=87" + violinist, "en", 200, []string{"France wants a declaration from your employer, at the latest on 10 March 2027.", "Déclaration préalable de détachement"}},
		"without cover before":        {"?host=FR&start=2027-03-10&end=2027-03-13&kind=performance&engaged=employed&residence=BE&nationality=eu&covered=no&regular=one_off", "en", 200, []string{"For this work you are insured in France", "You need no A1"}},
		"the United Kingdom":          {"?host=GB&start=2027-03-10&end=2027-03-13&kind=teaching&engaged=self_employed" + violinist, "en", 200, []string{"You stay insured in Belgium.", "visa or a permitted route"}},
		"regularly in Germany":        {"?host=DE&start=2027-03-10&end=2027-06-13&kind=office&engaged=employed&residence=BE&nationality=eu&covered=yes&regular=regular", "en", 200, []string{"You stay insured in Belgium.", "substantial part"}},
		"beyond the area":             {"?host=XX&start=2027-03-10&end=2027-03-13&kind=office&engaged=employed" + violinist, "en", 200, []string{"An adviser has to find out where you are insured."}},
		"an end before the start":     {"?host=AT&start=2027-03-10&end=2027-03-01&kind=office&engaged=employed" + violinist, "en", 422, []string{"2027-03-01 is before the start on 2027-03-10"}},
		"work at home":                {"?host=BE&start=2027-03-10&end=2027-03-11&kind=office&engaged=employed" + violinist, "en", 422, []string{"Work at home needs no case"}},
		"half a question":             {"?host=FR", "en", 422, []string{"No day", "Not in the list"}},
		"a country that is none":      {"?host=QQ&start=2027-03-10&end=2027-03-11&kind=office&engaged=employed" + violinist, "en", 422, []string{"is not a State"}},
		"a parameter that is unknown": {"?name=somebody", "en", 422, []string{"no such parameter"}},
	} {
		code, words := n.asVisitor("/papers"+c.ask, c.language)
		if code != c.code {
			t.Errorf("%s: %d, want %d: %.300s", name, code, c.code, words)
		}
		for _, want := range c.says {
			if !strings.Contains(words, want) {
				t.Errorf("%s does not say %q: %s", name, want, words)
			}
		}
	}
}

func TestTheSignInPageLeadsToThePapers(t *testing.T) {
	n := open(t, storagetest.Open(t, storage.SQLite, nodes.Migrations()...), "BE", country.Config{})
	if _, words := n.asVisitor("/sign-in", "en"); !strings.Contains(words, "Do I need papers?") {
		t.Error(words)
	}
}
