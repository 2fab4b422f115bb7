package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
)

// SaveBuyer keeps a buyer and returns its id, which stays with one party for good: drafts refer to it. A VAT number, kind and country that
// are known are that buyer, and its other data are replaced; the number with another kind or country is a Fault. A buyer
// without VAT number is known by name, kind and postal address together, and else a new one, with the id fresh.
//
// What staff notes is the co-operative's list. A member notes for himself alone: he neither learns who is in the co-operative's list or another
// member's, nor changes what their invoices will say.
func (st Store) SaveBuyer(ctx context.Context, tx *storage.Tx, scope access.Scope, fresh string, p contracts.Party, at time.Time) (string, error) {
	if !scope.All() && scope.Member() == "" {
		return "", sql.ErrNoRows
	}
	body, err := encode(p)
	if err != nil {
		return "", err
	}
	known, ok, err := st.sameBuyer(ctx, tx, scope, p)
	if err != nil {
		return "", err
	}
	if !ok {
		known = fresh
	}
	if err := st.trailed(ctx, tx, "buyer", known, scope.Member()); err != nil {
		return "", err
	}
	if ok {
		_, err = tx.ExecContext(ctx, `UPDATE buyer SET name = $2, party = $3 WHERE id = $1 AND member = $4`, known, p.Name, body, scope.Member())
		return known, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO buyer (id, name, country, vat_id, party, created_at, member) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		fresh, p.Name, p.Address.Country, p.VATID, body, storage.At(at), scope.Member())
	return fresh, err
}

// sameBuyer finds the buyer that p is.
func (st Store) sameBuyer(ctx context.Context, tx *storage.Tx, scope access.Scope, p contracts.Party) (id string, ok bool, err error) {
	if p.VATID != "" {
		return st.buyerOfNumber(ctx, tx, scope, p)
	}
	namesakes, err := storage.All(ctx, tx, scanBuyer, `SELECT id, party FROM buyer WHERE vat_id = '' AND name = $1 AND country = $2 AND member = $3 ORDER BY created_at, id`, p.Name, p.Address.Country, scope.Member())
	for _, b := range namesakes {
		if b.Party.Kind == p.Kind && b.Party.Address == p.Address {
			return b.ID, true, nil
		}
	}
	return "", false, err
}

func (st Store) buyerOfNumber(ctx context.Context, tx *storage.Tx, scope access.Scope, p contracts.Party) (id string, ok bool, err error) {
	rows, err := storage.All(ctx, tx, scanBuyer, `SELECT id, party FROM buyer WHERE vat_id = $1 AND member = $2`, p.VATID, scope.Member())
	if err != nil || len(rows) == 0 {
		return "", false, err
	}
	b := rows[0] // a number stands once in a list
	if b.Party.Kind != p.Kind || b.Party.Address.Country != p.Address.Country {
		return "", false, contracts.Fault{Code: member.FaultTaken, Field: "vat_id",
			Message: fmt.Sprintf("%s is the number of %s, a %s in %s", p.VATID, b.Party.Name, b.Party.Kind, b.Party.Address.Country),
			Remedy:  "check the number, or take that buyer from the list"}
	}
	return b.ID, true, nil
}

func scanBuyer(r *sql.Rows) (b BuyerRow, err error) {
	var body []byte
	if err := r.Scan(&b.ID, &body); err != nil {
		return b, err
	}
	return b, decode("buyer "+b.ID, body, &b.Party)
}

// BuyerRow is a buyer in a list.
type BuyerRow struct {
	ID    string          `json:"id"`
	Party contracts.Party `json:"party"`
}

// mayUse is the condition of the buyers in scope, with its n-th argument: for a member those he noted himself, those a draft of his names, and of
// the co-operative's list the businesses he has invoiced before, known by name and country as his documents keep them.
func mayUse(s access.Scope, n int) string {
	if s.All() {
		return s.Where("", n)
	}
	return fmt.Sprintf(`($%[1]d <> '' AND (b.member = $%[1]d OR EXISTS (SELECT 1 FROM draft x WHERE x.buyer = b.id AND x.member = $%[1]d)
		OR b.member = '' AND b.vat_id <> '' AND EXISTS (SELECT 1 FROM document d WHERE d.member = $%[1]d AND d.buyer = b.name AND d.buyer_country = b.country)))`, n)
}

// Buyer finds a buyer.
func (Store) Buyer(ctx context.Context, q storage.Querier, s access.Scope, id string) (p contracts.Party, ok bool, err error) {
	var body []byte
	if ok, err = found(q.QueryRowContext(ctx, `SELECT b.party FROM buyer b WHERE b.id = $1 AND `+mayUse(s, 2), id, s.Arg()).Scan(&body)); !ok {
		return p, false, err
	}
	return p, true, decode("buyer "+id, body, &p)
}

// BuyersAfter lists buyers by name, at most limit, after the one with the given name and id: the co-operative's own list, or what a member may
// use. What members noted for themselves is in nobody else's list.
func (Store) BuyersAfter(ctx context.Context, q storage.Querier, s access.Scope, name, id string, limit int) ([]BuyerRow, error) {
	return storage.All(ctx, q, scanBuyer, `SELECT b.id, b.party FROM buyer b WHERE (b.name, b.id) > ($1, $2) AND (b.member = '' OR $4 <> '') AND `+mayUse(s, 4)+` ORDER BY b.name, b.id LIMIT $3`, name, id, limit, s.Arg())
}
