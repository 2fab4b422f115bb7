package charter

import (
	"fmt"
	"strings"
	"unicode"

	"passerelle/contracts"
)

// Document is a charter's text in its parts.
type Document struct {
	Title    string
	Preamble []string // paragraphs
	Articles []Article
}

// Article is a numbered part of the charter.
type Article struct {
	Number     int
	Title      string
	Paragraphs []string
}

// longestCharter is how long the text may be, in bytes.
const longestCharter = 60_000

// ReadText takes a text apart. Its first line is the title, "# Charter of the network"; each article begins with its number and title, "## 1. Name";
// paragraphs are parted by an empty line, and a line that begins with "- " is one of its own. Articles are numbered 1, 2, 3. A Fault says what is
// amiss, and in which line.
func ReadText(text string) (Document, error) {
	if len(text) > longestCharter {
		return Document{}, contracts.Fault{Code: contracts.FaultTooLarge, Message: fmt.Sprintf("a charter of %d characters", len(text)), Remedy: fmt.Sprintf("use at most %d", longestCharter)}
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r == unicode.ReplacementChar || unicode.IsControl(r) && r != '\n' }) {
		return Document{}, contracts.Fault{Code: FaultText, Message: "holds a character that is no text", Remedy: "use letters, digits and signs in UTF-8"}
	}
	lines := strings.Split(text, "\n")
	title, ok := strings.CutPrefix(lines[0], "# ")
	if !ok || strings.TrimSpace(title) == "" {
		return Document{}, contracts.Fault{Code: FaultText, Message: "the text has no title", Remedy: "begin with a line such as: # Charter of the network"}
	}
	d := Document{Title: strings.TrimSpace(title)}
	into := &d.Preamble
	open := false // the last paragraph goes on
	for n, line := range lines[1:] {
		line = strings.TrimSpace(line)
		heading, isHeading := strings.CutPrefix(line, "#")
		switch {
		case line == "":
			open = false
		case isHeading:
			want := fmt.Sprintf("# %d. ", len(d.Articles)+1)
			name, ok := strings.CutPrefix(heading, want)
			if !ok {
				return Document{}, contracts.Fault{Code: FaultText, Message: fmt.Sprintf("line %d is not the heading of article %d", n+2, len(d.Articles)+1), Remedy: "number the articles in order, each such as: ## 1. Name"}
			}
			d.Articles = append(d.Articles, Article{Number: len(d.Articles) + 1, Title: name})
			into, open = &d.Articles[len(d.Articles)-1].Paragraphs, false
		case open && !strings.HasPrefix(line, "- "):
			(*into)[len(*into)-1] += " " + line
		default:
			*into, open = append(*into, line), true
		}
	}
	if len(d.Articles) == 0 {
		return Document{}, contracts.Fault{Code: FaultText, Message: "the text has no article", Remedy: "number the articles in order, each such as: ## 1. Name"}
	}
	return d, nil
}

// Lines writes the document with one line for each heading and paragraph: what a comparison compares.
func (d Document) Lines() []string {
	lines := append([]string{d.Title}, d.Preamble...)
	for _, a := range d.Articles {
		lines = append(append(lines, fmt.Sprintf("%d. %s", a.Number, a.Title)), a.Paragraphs...)
	}
	return lines
}
