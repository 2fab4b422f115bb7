package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
	"passerelle/nodes/member"
)

// SaveBuyer keeps a buyer and returns its id, which stays with one party for good: drafts refer to it. A VAT number, kind and country that
// are known are that buyer, and its other data are replaced; the number with another kind or country is a Fault. A buyer
// without VAT number is known by name, kind and postal address together, and else a new one, with the id fresh.
func (s Store) SaveBuyer(ctx context.Context, tx *storage.Tx, fresh string, p contracts.Party, at time.Time) (string, error) {
	body, err := encode(p)
	if err != nil {
		return "", err
	}
	known, ok, err := s.sameBuyer(ctx, tx, p)
	if err != nil {
		return "", err
	}
	if ok {
		_, err = tx.ExecContext(ctx, `UPDATE buyer SET name = $2, party = $3 WHERE id = $1`, known, p.Name, body)
		return known, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO buyer (id, name, country, vat_id, party, created_at) VALUES ($1,$2,$3,$4,$5,$6)`, fresh, p.Name, p.Address.Country, p.VATID, body, storage.At(at))
	return fresh, err
}

// sameBuyer finds the buyer that p is.
func (s Store) sameBuyer(ctx context.Context, tx *storage.Tx, p contracts.Party) (id string, ok bool, err error) {
	if p.VATID != "" {
		return s.buyerOfNumber(ctx, tx, p)
	}
	namesakes, err := storage.All(ctx, tx, scanBuyer, `SELECT id, party FROM buyer WHERE vat_id = '' AND name = $1 AND country = $2 ORDER BY created_at, id`, p.Name, p.Address.Country)
	for _, b := range namesakes {
		if b.Party.Kind == p.Kind && b.Party.Address == p.Address {
			return b.ID, true, nil
		}
	}
	return "", false, err
}

func (s Store) buyerOfNumber(ctx context.Context, tx *storage.Tx, p contracts.Party) (id string, ok bool, err error) {
	rows, err := storage.All(ctx, tx, scanBuyer, `SELECT id, party FROM buyer WHERE vat_id = $1`, p.VATID)
	if err != nil || len(rows) == 0 {
		return "", false, err
	}
	b := rows[0] // a number stands once in the table
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
