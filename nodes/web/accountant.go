package web

import (
	"strconv"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/report"
)

func accountantForm(r contracts.MonthlyReport) form {
	f := blankForm()
	for name, n := range map[string]*int{"users": r.Users, "offices": r.Offices} {
		if n != nil {
			f.values.Set(name, strconv.Itoa(*n))
		}
	}
	if r.PermanentStaff != nil {
		f.values.Set("permanent_staff", r.PermanentStaff.String())
	}
	for name, m := range map[string]*contracts.Money{"operating_costs": r.OperatingCosts, "grants": r.Grants} {
		if m != nil {
			f.values.Set(name, m.Fixed())
		}
	}
	return f
}

// readAccountant reads the accountant's figures; what he leaves empty he has not said.
func (f *form) readAccountant(c contracts.Currency) (a report.FromAccountant) {
	count := func(name string) *int {
		if f.get(name) == "" {
			return nil
		}
		n, err := strconv.Atoi(f.get(name))
		if err != nil {
			f.Faults.Addf(contracts.FaultInvalid, name, "write a whole number", "%q is no whole number", web.Clip(f.get(name)))
		}
		return &n
	}
	amount := func(name string) *contracts.Money {
		if f.get(name) == "" {
			return nil
		}
		m := f.money(name, c)
		return &m
	}
	a = report.FromAccountant{Users: count("users"), Offices: count("offices"), OperatingCosts: amount("operating_costs"), Grants: amount("grants")}
	if f.get("permanent_staff") != "" {
		staff := f.decimal("permanent_staff")
		a.PermanentStaff = &staff
	}
	return a
}

// checkAccountant refuses figures below zero and amounts in another currency than the report's.
func checkAccountant(a report.FromAccountant, c contracts.Currency) error {
	var fs contracts.Faults
	for _, n := range []struct {
		field string
		value *int
	}{{"users", a.Users}, {"offices", a.Offices}} {
		if n.value != nil && *n.value < 0 {
			fs.Addf(contracts.FaultInvalid, n.field, "count from zero", "%d is below zero", *n.value)
		}
	}
	if a.PermanentStaff != nil && a.PermanentStaff.IsNegative() {
		fs.Addf(contracts.FaultInvalid, "permanent_staff", "give full-time equivalents", "%s is below zero", a.PermanentStaff)
	}
	for _, m := range []struct {
		field string
		value *contracts.Money
	}{{"operating_costs", a.OperatingCosts}, {"grants", a.Grants}} {
		switch {
		case m.value == nil:
		case m.value.Currency != c:
			fs.Addf(contracts.FaultCurrency, m.field, "give it in "+string(c), "in %s, the report is in %s", m.value.Currency, c)
		case m.value.Sign() < 0:
			fs.Addf(contracts.FaultAmount, m.field, "write it positive", "%s is below zero", m.value)
		}
	}
	return fs.Err()
}
