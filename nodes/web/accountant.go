package web

import (
	"strconv"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/report"
)

// accountantForm is what the accountant said last, to begin with.
func accountantForm(a report.FromAccountant) form {
	f := blankForm()
	for name, n := range map[string]*int{"users": a.Users, "offices": a.Offices} {
		if n != nil {
			f.values.Set(name, strconv.Itoa(*n))
		}
	}
	if a.PermanentStaff != nil {
		f.values.Set("permanent_staff", a.PermanentStaff.String())
	}
	for name, m := range amountsOf(&a) {
		if *m != nil {
			f.values.Set(name, (*m).Fixed())
		}
	}
	return f
}

// amountsOf are the accountant's amounts by the names of their fields.
func amountsOf(a *report.FromAccountant) map[string]**contracts.Money {
	return map[string]**contracts.Money{"other_income": &a.OtherIncome, "grants": &a.Grants, "staff_costs": &a.StaffCosts, "operating_costs": &a.OperatingCosts, "cash": &a.Cash,
		"guarantee_fund_balance": &a.FundBalance}
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
	a.Users, a.Offices = count("users"), count("offices")
	if f.get("permanent_staff") != "" {
		staff := f.decimal("permanent_staff")
		a.PermanentStaff = &staff
	}
	for name, into := range amountsOf(&a) {
		if f.get(name) != "" {
			m := f.money(name, c)
			*into = &m
		}
	}
	return a
}
