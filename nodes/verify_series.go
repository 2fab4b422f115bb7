package nodes

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"passerelle/internal/federation"
	"passerelle/internal/storage"
	"passerelle/nodes/outbound"
)

// numbered is a document number of the form <prefix><year>-<counter>.
var numbered = regexp.MustCompile(`^(.*)(\d{4})-(\d{1,18})$`)

// series is what the documents say of the numbers of a year.
type series struct {
	given map[int64]bool // counters of this node's own series; true for one it gave itself
	other map[int64]bool // counters that came in from elsewhere, while it is not known which series is the node's own
	most  int64          // of given
}

// verifySeries looks for a number that was skipped: each that the node gave itself follows one that is there. Numbers that were
// imported may begin anywhere.
func verifySeries(ctx context.Context, q storage.Querier) (*federation.Check, error) {
	c := federation.NewCheck("number series")
	years, err := readSeries(ctx, q, c)
	if err != nil {
		return c, err
	}
	return c, storage.Each(ctx, q, func(r *sql.Rows) error {
		var year string
		var last int64
		if err := r.Scan(&year, &last); err != nil {
			return err
		}
		years[year].check(c, year, last)
		return nil
	}, `SELECT series, last FROM number_series WHERE series <> $1 ORDER BY series`, sdiSeries)
}

func (s *series) check(c *federation.Check, year string, last int64) {
	if s == nil {
		s = &series{}
	}
	ours := []int64{}
	for n, own := range s.given {
		if own {
			ours = append(ours, n)
		}
	}
	slices.Sort(ours)
	for _, n := range ours {
		if _, there := s.given[n-1]; n > 1 && !there {
			c.Badf(fmt.Sprintf("series %s number %d", year, n-1), "it was skipped")
		}
	}
	if len(s.given) > 0 && s.most != last || len(s.given) == 0 && !s.other[last] {
		c.Badf("number_series "+year, "the last number given is %d, the last document has %d", last, s.most)
	}
}

// number is a document's place in a series; own when this node gave it.
type number struct {
	prefix, year string
	n            int64
	own          bool
}

func readSeries(ctx context.Context, q storage.Querier, c *federation.Check) (map[string]*series, error) {
	var numbers []number
	err := storage.Each(ctx, q, func(r *sql.Rows) error {
		var text string
		var origin outbound.Origin
		if err := r.Scan(&text, &origin); err != nil {
			return err
		}
		c.Rows++
		m := numbered.FindStringSubmatch(text)
		if m == nil {
			return nil // imported from a system that numbered otherwise
		}
		n, err := strconv.ParseInt(m[3], 10, 64)
		numbers = append(numbers, number{m[1], m[2], n, origin == outbound.Issued})
		return err
	}, `SELECT number, origin FROM document`)
	return seriesOf(numbers), err
}

// seriesOf sorts numbers by year. The prefixes under which the node gave numbers are its own series.
func seriesOf(numbers []number) map[string]*series {
	ours, years := map[string]bool{}, map[string]*series{}
	for _, n := range numbers {
		ours[n.prefix] = ours[n.prefix] || n.own
	}
	for _, n := range numbers {
		s := years[n.year]
		if s == nil {
			s = &series{given: map[int64]bool{}, other: map[int64]bool{}}
			years[n.year] = s
		}
		if !ours[n.prefix] {
			s.other[n.n] = true
			continue
		}
		s.given[n.n] = s.given[n.n] || n.own
		s.most = max(s.most, n.n)
	}
	return years
}
