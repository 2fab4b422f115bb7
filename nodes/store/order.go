package store

import (
	"context"
	"database/sql"
	"strings"

	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
)

// Order is how a list is sorted, and where a part of it begins.
type Order struct {
	By     string // a column as the page names it; empty or unknown for the list's own order
	Down   bool   // the largest first
	Offset int    // rows left out at the beginning
}

// orders are the ways a list can be sorted: the expressions of each, the last one never the same twice, so that pages neither miss a row
// nor repeat one.
type orders map[string][]string

func (o orders) by(order Order) string {
	terms, known := o[order.By]
	if !known || order.By == "" {
		return " ORDER BY " + strings.Join(o[""], ", ")
	}
	direction := ""
	if order.Down {
		direction = " DESC"
	}
	return " ORDER BY " + strings.Join(terms, direction+", ") + direction
}

const likeEscape = ` ESCAPE '!'`

// containing is the pattern of LIKE for what holds the words anywhere, in small letters.
func containing(words string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(words)) + "%"
}

var (
	memberOrder   = orders{"": {"reference"}, "reference": {"reference"}, "name": {"lower(name)", "reference"}}
	activityOrder = orders{"": {"a.reference"}, "reference": {"a.reference"}, "name": {"lower(a.name)", "a.reference"}, "member": {"lower(m.name)", "a.reference"}}
	buyerOrder    = orders{"": {"b.name", "b.id"}, "name": {"lower(b.name)", "b.id"}, "country": {"b.country", "lower(b.name)", "b.id"}, "vat": {"b.vat_id", "b.id"}}
)

// FindMembers lists the members whose name or reference holds some words, at most limit; by reference unless another order is asked for.
func (Store) FindMembers(ctx context.Context, q storage.Querier, s access.Scope, words string, order Order, limit int) ([]member.Member, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (m member.Member, err error) {
		return m, r.Scan(&m.ID, &m.Reference, &m.Name, &m.Kind)
	}, `SELECT id, reference, name, kind FROM member WHERE (lower(name) LIKE $1`+likeEscape+` OR lower(reference) LIKE $1`+likeEscape+`) AND `+s.Where("id", 4)+
		memberOrder.by(order)+` LIMIT $2 OFFSET $3`, containing(words), limit, order.Offset, s.Arg())
}

// FindActivities lists the activities whose name, reference or member holds some words, at most limit; by reference unless another order is
// asked for.
func (Store) FindActivities(ctx context.Context, q storage.Querier, s access.Scope, words string, order Order, limit int) ([]ActivityRow, error) {
	return storage.All(ctx, q, func(r *sql.Rows) (a ActivityRow, err error) {
		return a, r.Scan(&a.ID, &a.Reference, &a.Member, &a.Name, &a.MemberName)
	}, `SELECT a.id, a.reference, a.member, a.name, m.name FROM activity a JOIN member m ON m.id = a.member
		WHERE (lower(a.name) LIKE $1`+likeEscape+` OR lower(a.reference) LIKE $1`+likeEscape+` OR lower(m.name) LIKE $1`+likeEscape+`) AND `+s.Where("a.member", 4)+
		activityOrder.by(order)+` LIMIT $2 OFFSET $3`, containing(words), limit, order.Offset, s.Arg())
}

// FindBuyers lists the buyers whose name or VAT number holds some words, at most limit, as BuyersAfter does.
func (Store) FindBuyers(ctx context.Context, q storage.Querier, s access.Scope, words string, order Order, limit int) ([]BuyerRow, error) {
	return storage.All(ctx, q, scanBuyer, `SELECT b.id, b.party FROM buyer b
		WHERE (lower(b.name) LIKE $1`+likeEscape+` OR lower(b.vat_id) LIKE $1`+likeEscape+`) AND (b.member = '' OR $4 <> '') AND `+mayUse(s, 4)+
		buyerOrder.by(order)+` LIMIT $2 OFFSET $3`, containing(words), limit, order.Offset, s.Arg())
}
