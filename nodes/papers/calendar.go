package papers

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/contracts"
)

// Entry is a whole-day entry of a calendar: a trip, a deadline, a reminder. Its texts are said in the reader's language already.
type Entry struct {
	UID         string // never changes; another entry never has it
	Summary     string
	Description string
	URL         string
	Start, End  contracts.Date // both included; no End is one day
	Changed     time.Time      // when the entry was last changed
	Version     int            // grows with each change
	Busy        bool           // takes the person's time, as a trip does and a deadline does not
	Cancelled   bool
	RemindAhead []int // days before, for an alarm each
}

// Calendar writes a feed that calendars subscribe to (RFC 5545, with the name of RFC 7986). Days are days, without a time zone.
func Calendar(name string, entries []Entry) []byte {
	var c icalendar
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//Passerelle//Work abroad//EN")
	c.line("CALSCALE", "GREGORIAN")
	c.line("METHOD", "PUBLISH")
	c.line("NAME", escaped(name))
	c.line("X-WR-CALNAME", escaped(name))
	c.line("REFRESH-INTERVAL;VALUE=DURATION", "PT6H")
	for _, e := range entries {
		c.event(e)
	}
	c.line("END", "VCALENDAR")
	return c.Bytes()
}

type icalendar struct{ bytes.Buffer }

func (c *icalendar) event(e Entry) {
	end := e.End
	if end.Before(e.Start) {
		end = e.Start
	}
	c.line("BEGIN", "VEVENT")
	c.line("UID", escaped(e.UID))
	c.line("DTSTAMP", e.Changed.UTC().Format("20060102T150405Z"))
	c.line("LAST-MODIFIED", e.Changed.UTC().Format("20060102T150405Z"))
	c.line("SEQUENCE", fmt.Sprint(max(0, e.Version)))
	c.line("DTSTART;VALUE=DATE", e.Start.Time().Format("20060102"))
	c.line("DTEND;VALUE=DATE", end.AddDays(1).Time().Format("20060102")) // the day after: DTEND is not included
	c.line("SUMMARY", escaped(e.Summary))
	c.given("DESCRIPTION", escaped(e.Description))
	c.given("URL", plain(e.URL))
	c.line("TRANSP", map[bool]string{true: "OPAQUE", false: "TRANSPARENT"}[e.Busy])
	c.line("STATUS", map[bool]string{true: "CANCELLED", false: "CONFIRMED"}[e.Cancelled])
	for _, days := range e.RemindAhead {
		c.line("BEGIN", "VALARM")
		c.line("ACTION", "DISPLAY")
		c.line("DESCRIPTION", escaped(e.Summary))
		c.line("TRIGGER", fmt.Sprintf("-P%dD", max(0, days)))
		c.line("END", "VALARM")
	}
	c.line("END", "VEVENT")
}

func (c *icalendar) given(name, value string) {
	if value != "" {
		c.line(name, value)
	}
}

// longestLine is how many bytes a line may have, its end left out (RFC 5545, section 3.1).
const longestLine = 75

// line writes a content line, folded between characters and never inside one.
func (c *icalendar) line(name, value string) {
	room := longestLine
	for rest := name + ":" + value; ; room = longestLine - 1 {
		if len(rest) <= room {
			c.WriteString(rest + "\r\n")
			return
		}
		cut := room
		for cut > 0 && !utf8.RuneStart(rest[cut]) {
			cut--
		}
		c.WriteString(rest[:cut] + "\r\n ")
		rest = rest[cut:]
	}
}

// escaped is a text as a value (section 3.3.11).
func escaped(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, "�"))
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(strings.Map(printable, text))
}

// plain is an address without anything that would end its line.
func plain(address string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, strings.ToValidUTF8(address, ""))
}

// printable leaves out control characters but for the end of a line.
func printable(r rune) rune {
	if r < ' ' && r != '\n' || r == 0x7F {
		return -1
	}
	return r
}
