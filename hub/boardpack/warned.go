package boardpack

import (
	"slices"

	"passerelle/contracts"
	"passerelle/hub/outlook"
	"passerelle/internal/web"
)

// RuleNames are the rules of the early warning in words.
var RuleNames = map[outlook.Rule]web.Words{outlook.CostsMissing: "Operating costs are missing", outlook.CoverageFell: "Coverage fell by 5 points or more in a year",
	outlook.TurnoverFell: "Turnover fell by a fifth or more", outlook.CashShort: "Cash lasts less than six months", outlook.NoBalanceAhead: "Support ends before balance",
	outlook.CostsOutgrow: "Costs grow faster than contributions"}

// ruleReasons say on what a rule fired.
var ruleReasons = map[outlook.Rule]web.Words{outlook.CostsMissing: "the report of %s has no operating costs", outlook.CoverageFell: "twelve months to %s and to %s: from %s to %s of costs",
	outlook.TurnoverFell: "%s in the three months to %s, %s a year before", outlook.CashShort: "it lasts %d months as the latest six went", outlook.NoBalanceAhead: "support ends in %s, and even the hopeful side of the forecast is not at balance then",
	outlook.CostsOutgrow: "in a year costs from %s to %s, contributions from %s to %s"}

// Warned says a warning in a language: the rule, and on what it fired. Amounts are in the currency of the co-operative's books.
func Warned(l *web.Locale, w outlook.Warning, currency contracts.Currency) (rule, why string) {
	values := slices.Clone(w.Values)
	for i, v := range values {
		d, amount := v.(contracts.Decimal)
		switch {
		case amount && w.Rule == outlook.CoverageFell:
			values[i] = l.Percent(d.Shift(2), 0)
		case amount:
			values[i] = l.Decimal(d.Decimal, 0) + "\u00a0" + string(currency)
		}
	}
	return l.T(RuleNames[w.Rule]), l.T(ruleReasons[w.Rule], values...)
}
