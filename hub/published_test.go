package hub

import (
	"encoding/csv"
	"fmt"
	"os"
	"testing"
)

// TestThePublishedTablesAreAnsweredCellByCell holds /api/network against the files with another reader than the hub's own.
func TestThePublishedTablesAreAnsweredCellByCell(t *testing.T) {
	each(t, func(t *testing.T, h *Hub) {
		if err := h.LoadAnnualReports(t.Context()); err != nil {
			t.Fatal(err)
		}
		for year, countries := range map[int]int{2016: 8, 2023: 6} {
			f, err := os.Open(fmt.Sprintf("consolidation/published/network-%d.csv", year))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			lines, err := csv.NewReader(f).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			rows := answer[[]map[string]string](t, signedIn(t, h), fmt.Sprintf("/api/network?year=%d", year))
			if len(rows) != countries || len(lines) != countries+1 {
				t.Fatalf("%d: %d rows answered, %d lines printed, want %d countries", year, len(rows), len(lines), countries)
			}
			for i, row := range rows {
				if len(row) != len(lines[0])+1 || row["source"] == "" {
					t.Errorf("%d %s: members %v", year, row["country"], row)
				}
				for j, column := range lines[0] {
					if row[column] != lines[i+1][j] {
						t.Errorf("%d %s, %s: %q, printed is %q", year, row["country"], column, row[column], lines[i+1][j])
					}
				}
			}
		}
	})
}
