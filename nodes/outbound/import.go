package outbound

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// ImportResult is what an import did, or would do.
type ImportResult struct {
	DryRun  bool              `json:"dry_run"`
	Rows    int               `json:"rows"`
	New     int               `json:"new"`     // documents that were, or would be, added
	Already int               `json:"already"` // lines whose document is there, word for word
	Members int               `json:"members"` // new ones
	Totals  []contracts.Money `json:"totals"`  // of the new documents without VAT, less credit notes, per currency
	Broken  int               `json:"broken"`  // lines with a fault
	Faults  contracts.Faults  `json:"faults,omitzero"`
}

// Progress is told how many lines of how many are done.
type Progress func(done, total int)

// errDryRun rolls a rehearsal back.
var errDryRun = errors.New("dry run")

// Import brings in a file of past invoices: all of it or nothing. Lines that are already there word for word change nothing, so a
// file may be imported again. A dry run goes the whole way and rolls back: what it reports is what would happen.
// A file with faults is no error: the result lists them, and nothing is stored.
func (o Outbound) Import(ctx context.Context, file []byte, dryRun bool, progress Progress) (ImportResult, error) {
	ctx = access.Deed{}.Context(ctx) // the trail has the import as a whole; its documents say where they came from
	rows, err := ReadRows(file)
	if err != nil {
		return ImportResult{}, err
	}
	var run importing
	err = o.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		run = importing{o: o, tx: tx, result: ImportResult{DryRun: dryRun, Rows: len(rows)}, sums: map[contracts.Currency]contracts.Money{}}
		for i, row := range rows {
			if err := run.line(ctx, row); err != nil {
				return fmt.Errorf("import line %d: %w", row.Line, err)
			}
			if progress != nil && (i%100 == 99 || i == len(rows)-1) {
				progress(i+1, len(rows))
			}
		}
		if dryRun || run.result.Broken > 0 {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return ImportResult{}, err
	}
	for _, sum := range run.sums {
		run.result.Totals = append(run.result.Totals, sum)
	}
	return run.result, nil
}

// importing is the work of one transaction.
type importing struct {
	o      Outbound
	tx     *storage.Tx
	result ImportResult
	sums   map[contracts.Currency]contracts.Money
}

// line books one line, or notes its faults and goes on, so that a person sees them all at once. What a faulty line had begun goes
// back with the whole file.
func (i *importing) line(ctx context.Context, row Row) error {
	err := i.book(ctx, row)
	if err == nil || !contracts.IsFault(err) {
		return err
	}
	i.result.Broken++
	for _, f := range contracts.FaultsOf(err) {
		if len(i.result.Faults) < mostFaults {
			i.result.Faults = append(i.result.Faults, row.at(f))
		}
	}
	return nil
}

func (i *importing) book(ctx context.Context, row Row) error {
	o := i.o
	there, found, err := o.Store.DocumentByNumber(ctx, i.tx, access.Program(), row.Cell("number"))
	if err != nil {
		return err
	}
	if found && there.Fingerprint == row.fingerprint() {
		i.result.Already++
		return nil
	}
	if found {
		return contracts.Fault{Code: FaultNumber, Field: "number", Message: fmt.Sprintf("%s is the number of another document", there.Invoice.Number), Remedy: "each number is given once: correct the number, or leave out the line"}
	}
	p, err := readPast(o.Law, o.Seller, row, o.today())
	if err != nil {
		return err
	}
	if err := i.resolve(ctx, &p); err != nil {
		return err
	}
	if p.credits != "" {
		return i.credit(ctx, p)
	}
	if err := p.giveContribution(o.Law, o.Seller); err != nil {
		return err
	}
	if err := i.reserve(ctx, p.document.Invoice.Number); err != nil {
		return err
	}
	p.document.Invoice.ID = contracts.InvoiceID(NewID())
	if err := o.book(ctx, i.tx, access.Program(), p.document); err != nil {
		return err
	}
	i.count(p.document.Invoice.Totals.TaxExclusive)
	if p.paidOn.IsZero() {
		return nil
	}
	return o.bookPayment(ctx, i.tx, access.Program(), &p.document, p.paidOn, p.document.Open)
}

// resolve finds the member and the activity, or makes them.
func (i *importing) resolve(ctx context.Context, p *past) error {
	m, found, err := i.o.Members.Store.MemberByReference(ctx, i.tx, access.Program(), p.member.Reference)
	if err != nil {
		return err
	}
	if !found {
		if p.member.Name == "" {
			return contracts.Fault{Code: contracts.FaultMissing, Field: "member_name", Message: fmt.Sprintf("member %.40s is new", p.member.Reference), Remedy: "give the name"}
		}
		if m, err = i.o.Members.Add(ctx, i.tx, p.member); err != nil {
			return prefixed("member_", err)
		}
		i.result.Members++
	}
	p.member = m
	a, found, err := i.o.Members.Store.ActivityByReference(ctx, i.tx, access.Program(), p.activity.Reference)
	if err != nil {
		return err
	}
	if found && a.Member != m.ID {
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "activity", Message: fmt.Sprintf("activity %.40s belongs to another member", a.Reference), Remedy: "check both references"}
	}
	if !found {
		p.activity.Member = m.ID
		if a, err = i.o.Members.AddActivity(ctx, i.tx, access.Program(), p.activity); err != nil {
			return prefixed("activity_", err)
		}
	}
	p.document.Activity, p.document.Member = a.ID, m.ID
	return nil
}

// prefixed turns the fields of a feature ("name") into columns of the file ("member_name").
func prefixed(prefix string, err error) error {
	if !contracts.IsFault(err) {
		return err
	}
	fs := contracts.FaultsOf(err)
	for i := range fs {
		fs[i].Field = prefix + fs[i].Field
	}
	return fs
}

// credit books a past credit note on the invoice it names, which stands earlier in the file or in the books.
func (i *importing) credit(ctx context.Context, p past) error {
	o, printed := i.o, p.document.Invoice
	doc, found, err := o.Store.DocumentByNumber(ctx, i.tx, access.Program(), p.credits)
	if err != nil {
		return err
	}
	if !found || doc.Kind != KindInvoice {
		return contracts.Fault{Code: FaultUnknown, Field: "credits", Message: fmt.Sprintf("no invoice has the number %.60q", p.credits), Remedy: "put the invoice before its credit note"}
	}
	if doc.Activity != p.document.Activity {
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "activity", Message: "the invoice is of another activity", Remedy: "give the invoice's activity"}
	}
	earlier, err := o.Store.Credits(ctx, i.tx, access.Program(), doc.Invoice.ID)
	if err != nil {
		return err
	}
	note, err := creditNote(doc, earlier, &printed.Totals.TaxExclusive, printed.Lines[0].Description, printed.IssueDate)
	if err != nil {
		return err
	}
	if !note.Invoice.Totals.Tax.Equal(printed.Totals.Tax) {
		return contracts.Fault{Code: contracts.FaultAmount, Field: "vat", Message: fmt.Sprintf("the invoice's VAT on this is %s, not %s", note.Invoice.Totals.Tax, printed.Totals.Tax), Remedy: "check net and VAT"}
	}
	if err := i.reserve(ctx, printed.Number); err != nil {
		return err
	}
	note.Invoice.Number, note.Invoice.ID, note.Origin, note.Fingerprint = printed.Number, contracts.InvoiceID(NewID()), Imported, p.document.Fingerprint
	i.count(note.Invoice.Totals.TaxExclusive.Neg())
	return o.bookCredit(ctx, i.tx, access.Program(), doc, note)
}

// reserve keeps the node's own series from giving a number that came in from outside.
func (i *importing) reserve(ctx context.Context, number string) error {
	year, n, err := i.o.Law.Series(i.o.Law.Config).Parse(number)
	if err != nil {
		return nil // the number is of another series
	}
	return i.o.Store.ReserveNumber(ctx, i.tx, strconv.Itoa(year), n)
}

func (i *importing) count(net contracts.Money) {
	i.result.New++
	sum, ok := i.sums[net.Currency]
	if !ok {
		sum = contracts.Zero(net.Currency)
	}
	sum.Amount = sum.Amount.Add(net.Amount)
	i.sums[net.Currency] = sum
}
