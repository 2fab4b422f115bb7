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

// Fill imports every published year into a node and files the monthly reports of those years; it returns the number of documents.
// What is there already is left alone.
func Fill(ctx context.Context, n *nodes.Node, scale decimal.Decimal, rate Rate) (int, error) {
	documents := 0
	for _, year := range Years {
		if _, ok := Published(n.Adapter, year); !ok {
			continue
		}
		file, err := Invoices(n.Adapter, year, scale, rate)
		if err != nil {
			return 0, err
		}
		result, err := n.Outbound.Import(ctx, file, false, nil)
		if err != nil {
			return 0, fmt.Errorf("import %d: %w", year, err)
		}
		if result.Broken > 0 {
			return 0, fmt.Errorf("import %d: %w", year, result.Faults)
		}
		documents += result.Rows
		if result.New == 0 {
			continue // filled by an earlier start, reports included
		}
		if err := fileReports(ctx, n, year); err != nil {
			return 0, err
		}
	}
	return documents, saveBuyers(ctx, n)
}

// saveBuyers keeps the demonstration's buyers for the form of a new invoice. Kept again, they are the same.
func saveBuyers(ctx context.Context, n *nodes.Node) error {
	for _, b := range buyersOf(n.Adapter) {
		party := contracts.Party{Name: b.name, Kind: b.kind, VATID: b.vatID, Sector: b.sector, Address: contracts.Address{Street: "Example street 1", Town: "Example town", Country: b.country}}
		if _, err := n.SaveBuyer(ctx, access.Program(), party); err != nil {
			return fmt.Errorf("save buyer %s: %w", b.name, err)
		}
	}
	return nil
}

// fileReports files the year's twelve reports; December carries what the published report says of offices, staff and users. What a co-operative
// costs and has no source prints: those figures are examples, like the invoices they stand beside.
func fileReports(ctx context.Context, n *nodes.Node, year int) error {
	for month := time.January; month <= time.December; month++ {
		said := report.FromAccountant{}
		if month == time.December {
			said = published(n.Adapter, year)
		}
		books, err := n.Reports.Build(ctx, n.DB, contracts.NewMonth(year, month), n.Adapter.Currency.Code, said)
		if err != nil {
			return err
		}
		exampleCosts(&said, books, month)
		if _, err := n.Reports.File(ctx, contracts.NewMonth(year, month), n.Adapter.Currency.Code, said); err != nil {
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

// covered is what part of its costs each example co-operative's contribution pays in January, in percent; it grows by a point a month.
var covered = map[contracts.CountryCode]int64{"BE": 101, "FR": 88, "DE": 61, "AT": 54, "IT": 66, "SE": 72, "HU": 49, "NL": 45, "ES": 58}

// exampleCosts makes up costs and cash that fit the contribution of the month.
func exampleCosts(said *report.FromAccountant, books contracts.MonthlyReport, month time.Month) {
	share, known := covered[books.Country]
	if !known || books.Contribution.Sign() <= 0 {
		return
	}
	part := func(of contracts.Money, percent, hundred int64) *contracts.Money {
		m := contracts.Money{Amount: of.Amount.Mul(decimal.NewFromInt(percent)).DivRound(decimal.NewFromInt(hundred), 2), Currency: of.Currency}
		return &m
	}
	said.OperatingCosts = part(books.Contribution, 100, share+int64(month)-1)
	said.StaffCosts = part(*said.OperatingCosts, 68, 100)
	said.OtherIncome = part(*said.OperatingCosts, 2, 100)
	said.Cash = part(*said.OperatingCosts, 420, 100)
}
