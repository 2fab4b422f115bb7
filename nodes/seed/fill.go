package seed

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/nodes"
	"passerelle/nodes/report"
)

// Fill imports every published year into a node and files the monthly reports of those years, and goes on with made-up months to the given one,
// unless it is zero; it returns the number of documents. What is there already is left alone.
func Fill(ctx context.Context, n *nodes.Node, scale decimal.Decimal, rate Rate, until contracts.Month) (int, error) {
	last := Years[len(Years)-1]
	known := contracts.NewMonth(last, time.December).Last()
	if !until.IsZero() {
		known = until.Last()
	}
	documents := 0
	for _, year := range Years {
		if _, ok := Published(n.Adapter, year); !ok {
			continue
		}
		file, err := Invoices(n.Adapter, year, scale, rate, known)
		if err != nil {
			return 0, err
		}
		rows, err := fillYear(ctx, n, file, contracts.NewMonth(year, time.January), contracts.NewMonth(year, time.December))
		if err != nil {
			return 0, err
		}
		documents += rows
	}
	for year := last + 1; year <= until.Year(); year++ {
		file, err := recent(n.Adapter, year, scale, rate, until)
		if err != nil {
			return 0, err
		}
		rows, err := fillYear(ctx, n, file, contracts.NewMonth(year, time.January), earlier(contracts.NewMonth(year, time.December), reported(n.Adapter.Code, until)))
		if err != nil {
			return 0, err
		}
		documents += rows
	}
	return documents, saveBuyers(ctx, n)
}

// fillYear imports a file and files the reports of its months.
func fillYear(ctx context.Context, n *nodes.Node, file []byte, first, last contracts.Month) (int, error) {
	result, err := n.Outbound.Import(ctx, file, false, nil)
	if err != nil {
		return 0, fmt.Errorf("import %d: %w", first.Year(), err)
	}
	if result.Broken > 0 {
		return 0, fmt.Errorf("import %d: %w", first.Year(), result.Faults)
	}
	if result.New == 0 {
		return result.Rows, nil // filled by an earlier start, reports included
	}
	return result.Rows, fileReports(ctx, n, first, last)
}

// saveBuyers keeps the demonstration's buyers for the form of a new invoice. Kept again, they are the same.
func saveBuyers(ctx context.Context, n *nodes.Node) error {
	for i, b := range buyersOf(n.Adapter) {
		if _, err := n.SaveBuyer(ctx, access.Program(), b.party(n.Adapter, i)); err != nil {
			return fmt.Errorf("save buyer %s: %w", b.name, err)
		}
	}
	return nil
}

// fileReports files the reports of some months; December carries what the published report says of offices, staff and users. What a co-operative
// costs and has no source prints: those figures are examples, like the invoices they stand beside.
func fileReports(ctx context.Context, n *nodes.Node, first, last contracts.Month) error {
	for m := first; !last.First().Before(m.First()); m = m.Next() {
		said := report.FromAccountant{}
		if m.Next().Year() > m.Year() {
			said = published(n.Adapter, m.Year())
		}
		books, err := n.Reports.Build(ctx, n.DB, m, n.Adapter.Currency.Code, said)
		if err != nil {
			return err
		}
		exampleCosts(&said, books)
		if _, err := n.Reports.File(ctx, m, n.Adapter.Currency.Code, said); err != nil {
			return err
		}
	}
	return nil
}

func published(a *country.Adapter, year int) (said report.FromAccountant) {
	i := slices.IndexFunc(a.Reports, func(r country.Report) bool { return r.Year == year })
	if i < 0 {
		return said
	}
	r := a.Reports[i]
	if users, err := strconv.Atoi(r.Users); err == nil { // 2016 prints classes, which are no number
		said.Users = &users
	}
	if offices := max(r.OfficesCount, len(r.Offices)); offices > 0 {
		said.Offices = &offices
	}
	if staff, err := contracts.ParseDecimal(r.Staff, 2); err == nil {
		said.PermanentStaff = &contracts.Decimal{Decimal: staff}
	}
	return said
}

// exampleCosts makes up costs and cash that fit the contribution of the month.
func exampleCosts(said *report.FromAccountant, books contracts.MonthlyReport) {
	share := covered(books.Country, books.Month)
	if share == 0 || books.Contribution.Sign() <= 0 {
		return
	}
	part := func(of contracts.Money, percent, hundred int64) *contracts.Money {
		m := contracts.Money{Amount: of.Amount.Mul(decimal.NewFromInt(percent)).DivRound(decimal.NewFromInt(hundred), 2), Currency: of.Currency}
		return &m
	}
	said.OperatingCosts = part(books.Contribution, 100, share)
	said.StaffCosts = part(*said.OperatingCosts, 68, 100)
	said.OtherIncome = part(*said.OperatingCosts, 2, 100)
	said.Cash = part(*said.OperatingCosts, 420, 100)
}
