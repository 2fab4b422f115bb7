package ledger

import (
	"context"
	"database/sql"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Sums returns the sum of every posting in each currency that was ever used, in order of its code. Each is zero: anything else
// means that the books do not balance. It reads every posting.
func Sums(ctx context.Context, q storage.Querier) ([]contracts.Money, error) {
	return storage.All(ctx, q, func(rows *sql.Rows) (contracts.Money, error) {
		var minor int64
		var currency contracts.Currency
		err := rows.Scan(&minor, &currency)
		return contracts.FromMinor(minor, currency), err
	}, `SELECT CAST(sum(amount) AS BIGINT), currency FROM ledger_posting GROUP BY currency ORDER BY currency`)
}
