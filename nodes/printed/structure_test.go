package printed_test

import (
	"regexp"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"passerelle/adapters/format/example"
	"passerelle/contracts"
	"passerelle/nodes/printed"
)

// long is a document of several pages, with a description that goes on over two of them.
func long(t *testing.T) printed.Document {
	t.Helper()
	inv := invoice(t, "DE", "DE", example.Domestic)
	for range 60 {
		inv.Lines = append(inv.Lines, inv.Lines[0])
	}
	var err error
	if inv.Lines, inv.Totals, err = contracts.Compute(inv.Currency, inv.Lines); err != nil {
		t.Fatal(err)
	}
	return printed.Document{Invoice: inv, Demonstration: true}
}

var steps = regexp.MustCompile(`/Artifact BMC\n|/MCID \d+>> BDC\n|\nEMC\n|\) ?Tj`)

func TestAllThatIsWrittenIsReadAloudOrIsOfThePage(t *testing.T) {
	a := open(t, long(t))
	parents := a.at(a.RootDict, "StructTreeRoot", "ParentTree", "Nums").(types.Array)
	for number := 1; number <= a.PageCount; number++ {
		page, _, _, err := a.PageDict(number, false)
		if err != nil {
			t.Fatal(err)
		}
		marks, depth, shown := 0, 0, 0
		for _, step := range steps.FindAllString(string(a.content(page, "Contents")), -1) {
			switch {
			case step == "\nEMC\n":
				depth--
			case step == ") Tj" || step == ")Tj":
				shown++
				if depth != 1 {
					t.Errorf("page %d: a text stands in %d marks", number, depth)
				}
			case step == "/Artifact BMC\n":
				depth++
			default:
				marks, depth = marks+1, depth+1
			}
		}
		if place := a.at(page, "StructParents"); place != types.Integer(number-1) || depth != 0 || shown < 20 {
			t.Errorf("page %d: place %v, %d marks are open, %d texts", number, place, depth, shown)
		}
		if got := len(a.at(parents, 2*number-1).(types.Array)); got != marks {
			t.Errorf("page %d: %d pieces have an element, of %d", number, got, marks)
		}
	}
	if a.PageCount < 3 || a.at(a.RootDict, "MarkInfo", "Marked") != types.Boolean(true) {
		t.Errorf("%d pages", a.PageCount)
	}
}

func TestTheStructureHasATitleATableAndAFigureInWords(t *testing.T) {
	d := long(t)
	a := open(t, d)
	count := map[types.Object]int{}
	for _, element := range a.at(a.RootDict, "StructTreeRoot", "K", "K").(types.Array) {
		role := a.at(element, "S")
		count[role]++
		switch role {
		case types.Name("Table"):
			rows := a.at(element, "K").(types.Array)
			if len(rows) != 1+len(d.Lines) {
				t.Errorf("%d rows for %d lines", len(rows), len(d.Lines))
			}
			for i, row := range rows {
				want := types.Name("TD")
				if i == 0 {
					want = "TH"
				}
				if cells := a.at(row, "K").(types.Array); len(cells) != 5 || a.at(cells[0], "S") != want {
					t.Errorf("row %d has %d cells", i, len(cells))
				}
			}
		case types.Name("Figure"):
			if a.says(element, "Alt") == "" {
				t.Error("a figure says nothing")
			}
		}
	}
	if count[types.Name("H1")] != 1 || count[types.Name("Table")] != 1 || count[types.Name("Figure")] != 1 || count[types.Name("P")] < 20 {
		t.Errorf("%v", count)
	}
}
