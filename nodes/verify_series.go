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
	given map[int64]bool // by counter; true for one that this node gave itself
	most  int64
}

// verifySeries looks for a number that was skipped: each that the node gave itself follows one that is there. Numbers that were
// imported may begin anywhere.
func verifySeries(ctx context.Context, q storage.Querier) (*federation.Check, error) {
	c := federation.NewCheck("number series")
	years, err := readSeries(ctx, q, c)
	if err != nil {
		return c, err
	}
	return c, each(ctx, q, func(r *sql.Rows) error {
		var year string
		var last int64
		if err := r.Scan(&year, &last); err != nil {
			return err
		}
		years[year].check(c, year, last)
		return nil
	}, `SELECT series, last FROM number_series ORDER BY series`)
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
	if len(ours) > 0 && s.most != last || len(s.given) == 0 {
		c.Badf("number_series "+year, "the last number given is %d, the last document has %d", last, s.most)
	}
}

func readSeries(ctx context.Context, q storage.Querier, c *federation.Check) (map[string]*series, error) {
	type number struct {
		year string
		n    int64
		own  bool
	}
	byPrefix, ours := map[string][]number{}, map[string]bool{}
	err := each(ctx, q, func(r *sql.Rows) error {
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
		if err != nil {
			return err
		}
		own := origin == outbound.Issued
		byPrefix[m[1]] = append(byPrefix[m[1]], number{m[2], n, own})
		ours[m[1]] = ours[m[1]] || own
		return nil
	}, `SELECT number, origin FROM document`)
	years := map[string]*series{}
	for prefix, ns := range byPrefix {
		for _, n := range ns {
			s := years[n.year]
			if s == nil {
				s = &series{given: map[int64]bool{}}
				years[n.year] = s
			}
			if s.given[n.n] = n.own; ours[prefix] {
				s.most = max(s.most, n.n)
			}
		}
	}
	return years, err
}
