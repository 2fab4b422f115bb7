package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"

	"passerelle/contracts"
	"passerelle/hub/exchange"
	"passerelle/internal/storage"
)

var _ exchange.Crowds = Reader{}

// BuyerCrowds implements exchange.Crowds.
func (r Reader) BuyerCrowds(ctx context.Context, p exchange.Period, seller contracts.CountryCode) ([]exchange.Crowd[contracts.CountryCode], error) {
	return storage.All(ctx, r.q, scanCrowd[contracts.CountryCode], `SELECT buyer, COUNT(DISTINCT member) FROM document WHERE seller = $1 AND month BETWEEN $2 AND $3 GROUP BY buyer ORDER BY buyer`,
		string(seller), p.First, p.Last)
}

// MonthCrowds implements exchange.Crowds.
func (r Reader) MonthCrowds(ctx context.Context, p exchange.Period, seller contracts.CountryCode) ([]exchange.Crowd[string], error) {
	return storage.All(ctx, r.q, scanCrowd[string], `SELECT month, COUNT(DISTINCT member) FROM document WHERE seller = $1 AND month BETWEEN $2 AND $3 GROUP BY month ORDER BY month`, string(seller), p.First, p.Last)
}

func scanCrowd[K cmp.Ordered](row *sql.Rows) (c exchange.Crowd[K], err error) {
	return c, row.Scan(&c.Of, &c.People)
}

// PeopleTo implements exchange.Crowds.
func (r Reader) PeopleTo(ctx context.Context, p exchange.Period, seller contracts.CountryCode, buyers []contracts.CountryCode) (int, error) {
	args := []any{string(seller), p.First, p.Last}
	for _, b := range buyers {
		args = append(args, string(b))
	}
	return r.people(ctx, `seller = $1 AND month BETWEEN $2 AND $3 AND buyer IN `, 3, args)
}

// PeopleIn implements exchange.Crowds.
func (r Reader) PeopleIn(ctx context.Context, seller contracts.CountryCode, months []string) (int, error) {
	args := []any{string(seller)}
	for _, m := range months {
		args = append(args, m)
	}
	return r.people(ctx, `seller = $1 AND month IN `, 1, args)
}

// people counts, with the arguments from the n-th on as the list of the condition.
func (r Reader) people(ctx context.Context, where string, n int, args []any) (people int, err error) {
	var list []string
	for i := n; i < len(args); i++ {
		list = append(list, fmt.Sprintf("$%d", i+1))
	}
	err = r.q.QueryRowContext(ctx, `SELECT COUNT(DISTINCT member) FROM document WHERE `+where+`(`+strings.Join(list, ", ")+`)`, args...).Scan(&people)
	return people, err
}
