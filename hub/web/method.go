package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/hub/boardpack"
	"passerelle/hub/outlook"
	"passerelle/internal/web"
)

// ruleLine is a rule of the early warning, explained.
type ruleLine struct{ Name, Words string }

// ruleOrder is the order in which the rules are explained.
var ruleOrder = []outlook.Rule{outlook.CostsMissing, outlook.CoverageFell, outlook.TurnoverFell, outlook.CashShort, outlook.NoBalanceAhead, outlook.CostsOutgrow}

// ruleWords say when each rule fires.
var ruleWords = map[outlook.Rule]web.Words{
	outlook.CostsMissing:   "One of the latest three reports has no operating costs.",
	outlook.CoverageFell:   "The latest twelve months cover at least 5 points less than the twelve before.",
	outlook.TurnoverFell:   "The latest three months turned over at least 20% less than the same three of the year before.",
	outlook.CashShort:      "The cash of the latest report, less what the latest six months used up on average, is gone within six months.",
	outlook.NoBalanceAhead: "Even the hopeful side of the forecast reaches balance only after the last month that money is planned for.",
	outlook.CostsOutgrow:   "The costs of twelve months grew, and by a larger share than the contributions.",
}

// method says how the figures of the board are reckoned.
func (s server) method(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	l := web.LocaleOf(c)
	var rules []ruleLine
	for _, r := range ruleOrder {
		rules = append(rules, ruleLine{l.T(boardpack.RuleNames[r]), l.T(ruleWords[r])})
	}
	return s.pages.Render(c, http.StatusOK, "method", web.Page{Title: l.T("How this is reckoned"), Body: rules, Lead: l.T("Each figure comes from the monthly reports the nodes sign. What is not reported is not guessed."),
		Crumbs: []web.Link{{Text: l.T("Europe"), URL: "/"}, {Text: l.T("How this is reckoned")}}})
}
