package boardpack

import (
	"cmp"
	"strings"

	"passerelle/internal/web"
)

// headings names the columns of the annual reports; Heading says what is not listed by its own name.
var headings = map[string]web.Words{
	"country": "Country", "enterprise": "Enterprise", "legal_form": "Legal form", "founded": "Founded", "offices": "Offices",
	"permanent_staff": "Permanent staff", "users": "Users", "turnover_keur": "Turnover (thousand EUR)", "turnover_change_pct": "Change on the year before",
	"contribution": "Contribution", "contribution_note": "Note", "operational_since": "Operational since", "guarantee_fund": "Guarantee fund",
	"payout_term": "Members are paid", "legal_assistance": "Legal assistance", "management_fee_excl_vat": "Contribution (excl. VAT)",
	"users_band": "Users", "turnover_note": "Turnover", "note": "Note",
}

// Heading names a column of a published table, in English.
func Heading(column string) web.Words {
	return cmp.Or(headings[column], strings.ReplaceAll(column, "_", " "))
}

// Printed is a cell as the report prints it: a change with the sign and the percent sign that the file leaves out.
func Printed(column, value string) string {
	switch {
	case column != "turnover_change_pct" || value == "":
		return value
	case strings.HasPrefix(value, "-"):
		return "−" + value[1:] + "%"
	}
	return "+" + value + "%"
}
