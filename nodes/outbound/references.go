package outbound

import "passerelle/contracts"

// References names the transactions of a document and its payments in the ledger.
func References(id contracts.InvoiceID, payments []Payment) []string {
	all := []string{issueReference(id)}
	for _, p := range payments {
		all = append(all, paymentReference(p.Invoice, p.Sequence))
	}
	return all
}
