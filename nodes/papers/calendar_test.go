package papers

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"passerelle/contracts"
)

// readCalendar reads a feed back: the properties of each event by their names, alarms left out.
func readCalendar(t interface{ Fatalf(string, ...any) }, feed []byte) (events []map[string]string) {
	text := string(feed)
	if !utf8.ValidString(text) || !strings.HasSuffix(text, "\r\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Fatalf("not lines of UTF-8: %q", text)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 {
			t.Fatalf("a line of %d bytes: %q", len(line), line)
		}
	}
	inside := []string{}
	for line := range strings.SplitSeq(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n ", ""), "\r\n"), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		switch {
		case !ok:
			t.Fatalf("no value: %q", line)
		case name == "BEGIN":
			inside = append(inside, value)
			if value == "VEVENT" {
				events = append(events, map[string]string{})
			}
		case name == "END":
			if len(inside) == 0 || inside[len(inside)-1] != value {
				t.Fatalf("%s ends inside %v", value, inside)
			}
			inside = inside[:len(inside)-1]
		case len(inside) == 2:
			events[len(events)-1][name] = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\,`, ",", `\;`, ";").Replace(value)
		}
	}
	if len(inside) != 0 {
		t.Fatalf("%v does not end", inside)
	}
	return events
}

func TestACalendarReadsBack(t *testing.T) {
	trip := Entry{UID: "case-1-trip@be.example", Summary: "Lyon, concerts; Őrsi \\ Zsófia " + strings.Repeat("é", 60), Description: "line\r\nline", URL: "https://be.example/cases/1",
		Start: contracts.MustDate("2026-03-10"), End: contracts.MustDate("2026-03-13"), Changed: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Version: 3, Busy: true}
	deadline := Entry{UID: "case-1-sipsi@be.example", Summary: "SIPSI", Start: contracts.MustDate("2026-03-10"), Changed: trip.Changed, RemindAhead: []int{3, 1}, Cancelled: true}
	feed := Calendar("Travail à l'étranger", []Entry{trip, deadline})
	got := readCalendar(t, feed)
	want := []map[string]string{
		{"UID": "case-1-trip@be.example", "DTSTAMP": "20260301T090000Z", "LAST-MODIFIED": "20260301T090000Z", "SEQUENCE": "3", "DTSTART;VALUE=DATE": "20260310", "DTEND;VALUE=DATE": "20260314",
			"SUMMARY": trip.Summary, "DESCRIPTION": "line\nline", "URL": trip.URL, "TRANSP": "OPAQUE", "STATUS": "CONFIRMED"},
		{"UID": "case-1-sipsi@be.example", "DTSTAMP": "20260301T090000Z", "LAST-MODIFIED": "20260301T090000Z", "SEQUENCE": "0", "DTSTART;VALUE=DATE": "20260310", "DTEND;VALUE=DATE": "20260311",
			"SUMMARY": "SIPSI", "TRANSP": "TRANSPARENT", "STATUS": "CANCELLED"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(string(feed), "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:SIPSI\r\nTRIGGER:-P3D\r\n") {
		t.Errorf("no alarm: %s", feed)
	}
}

// Whatever stands in a text, nobody can end a line or begin a property with it.
func TestNoTextBreaksACalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("\r\n\\;,:\x00éő🎻 BEGIN:VEVENT")))).Draw(t, "text")
		e := Entry{UID: "u", Summary: text, Description: text, URL: text, Start: contracts.MustDate("2026-03-10")}
		events := readCalendar(t, Calendar(text, []Entry{e}))
		if len(events) != 1 {
			t.Fatalf("%d events", len(events))
		}
		if got, want := events[0]["SUMMARY"], strings.Map(printable, strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "�"))); got != want {
			t.Fatalf("%q became %q", want, got)
		}
	})
}
