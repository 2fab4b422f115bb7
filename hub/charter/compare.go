package charter

import (
	"slices"
	"strings"
)

// Mark tells what became of a piece of text.
type Mark string

// The marks. A changed line has pieces of its own.
const (
	Same    Mark = "same"
	Added   Mark = "added"
	Removed Mark = "removed"
	Changed Mark = "changed"
)

// Piece is some words, or a line with its pieces.
type Piece struct {
	Mark   Mark    `json:"mark"`
	Text   string  `json:"text,omitzero"`
	Pieces []Piece `json:"pieces,omitzero"` // of a changed line
}

// Compare shows what a new text changes: by lines, and within a line that was replaced by words. What is not a charter is compared line by line too.
func Compare(before, after string) []Piece {
	pieces := compared(linesOf(before), linesOf(after))
	var out []Piece
	for i := 0; i < len(pieces); {
		removed := run(pieces[i:], Removed)
		added := run(pieces[i+removed:], Added)
		if removed == 0 && added == 0 {
			out = append(out, pieces[i])
			i++
			continue
		}
		out = append(out, replaced(pieces[i:i+removed], pieces[i+removed:i+removed+added])...)
		i += removed + added
	}
	return out
}

func linesOf(text string) []string {
	if d, err := ReadText(text); err == nil {
		return d.Lines()
	}
	return slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// run is how many pieces in a row have a mark.
func run(pieces []Piece, m Mark) int {
	n := slices.IndexFunc(pieces, func(p Piece) bool { return p.Mark != m })
	if n < 0 {
		return len(pieces)
	}
	return n
}

// replaced pairs lines that went with lines that came, in their order: a pair that has most words in common is one changed line.
func replaced(removed, added []Piece) (out []Piece) {
	for i := range min(len(removed), len(added)) {
		words := joined(compared(strings.Fields(removed[i].Text), strings.Fields(added[i].Text)))
		if alike(words) {
			out = append(out, Piece{Mark: Changed, Pieces: words})
		} else {
			out = append(out, removed[i], added[i])
		}
	}
	n := min(len(removed), len(added))
	return append(append(out, removed[n:]...), added[n:]...)
}

// alike tells whether at least a third of the words of both lines are the same.
func alike(words []Piece) bool {
	same, all := 0, 0
	for _, w := range words {
		n := len(strings.Fields(w.Text))
		all += n
		if w.Mark == Same {
			same += n
		}
	}
	return 3*same >= all
}

// joined makes one piece of neighbours with the same mark.
func joined(pieces []Piece) (out []Piece) {
	for _, p := range pieces {
		if n := len(out); n > 0 && out[n-1].Mark == p.Mark {
			out[n-1].Text += " " + p.Text
			continue
		}
		out = append(out, p)
	}
	return out
}

// mostCells bounds the table of the comparison; beyond it everything counts as replaced.
const mostCells = 4_000_000

// compared finds the longest common subsequence of two lists; what went stands before what came.
func compared(a, b []string) (out []Piece) {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	out = marked(out, Same, a[:head])
	out = append(out, middle(a[head:len(a)-tail], b[head:len(b)-tail])...)
	return marked(out, Same, a[len(a)-tail:])
}

func marked(out []Piece, m Mark, texts []string) []Piece {
	for _, t := range texts {
		out = append(out, Piece{Mark: m, Text: t})
	}
	return out
}

func middle(a, b []string) (out []Piece) {
	if len(a)*len(b) > mostCells || len(a) == 0 || len(b) == 0 {
		return marked(marked(nil, Removed, a), Added, b)
	}
	longest := make([][]int32, len(a)+1) // of a[i:] and b[j:]
	for i := range longest {
		longest[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			out = marked(out, Same, a[i:i+1])
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			out = marked(out, Removed, a[i:i+1])
			i++
		default:
			out = marked(out, Added, b[j:j+1])
			j++
		}
	}
	return marked(marked(out, Removed, a[i:]), Added, b[j:])
}
