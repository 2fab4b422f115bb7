package solidarity

import (
	"passerelle/contracts"
	"passerelle/hub/ballot"
)

// annualReport is where the figures of the demonstration's call are published.
const annualReport = "Smart annual report 2023 (Dutch), European network; Belgium: its turnover and the 20,077 people it paid"

// published are the turnover in EUR and the users of 2023, as the annual report has them.
var published = []Figures{figures("AT", "1700000.00", 336), figures("BE", "193766363.00", 20077), figures("DE", "4600000.00", 300), figures("FR", "7319000.00", 733),
	figures("IT", "6600000.00", 1660), figures("NL", "59000.00", 6), figures("SE", "2183000.00", 303)}

func figures(c Country, turnover string, users int) Figures {
	m := contracts.MustMoney(turnover, contracts.EUR)
	return Figures{c, &m, &users}
}

func euro(amount string) contracts.Money { return contracts.MustMoney(amount, contracts.EUR) }

// Demonstration is an example of a year: published is only that the co-operatives want to contribute according to their means and to build common
// tools of solidarity, and the figures of 2023. Key, amounts, votes and applications are invented and marked so.
func Demonstration() []Dated {
	members := []Country{"AT", "BE", "DE", "FR", "IT", "NL", "SE"}
	var acts []Dated
	on := func(day string, a Act) { acts = append(acts, Dated{Day: contracts.MustDate(day), Act: a}) }
	votes := func(day, id, motion, reason string, against, abstain []Country) {
		d := Decision{ID: id, Meeting: contracts.MustDate(day), Motion: motion, Reason: reason, Rule: ballot.Majority, Members: members, Against: against, Abstain: abstain,
			Minutes: "Example minutes " + day, Example: true}
		for _, c := range members {
			if !has(against, c) && !has(abstain, c) {
				d.For = append(d.For, c)
			}
		}
		on(day, DecisionTaken{d})
	}
	most := euro("30000.00")
	votes("2025-02-20", "r1", "Share the cost of common tools by turnover, users and in equal parts", "Each according to its means, and nobody carries it alone.", nil, []Country{"NL"})
	on("2025-02-20", KeyAdopted{Adopted{ID: "k1", Name: "By means, with a ceiling", From: contracts.MustDate("2025-01-01"), Decision: "r1", Example: true,
		Key: Key{Turnover: contracts.MustPercent("50"), Users: contracts.MustPercent("30"), Equal: contracts.MustPercent("20"), Ceiling: &most}}})
	votes("2025-03-20", "r2", "Call 48,000 EUR for common tools in 2025", "The common portal and a first reserve.", []Country{"NL"}, nil)
	on("2025-03-20", Called{ID: "c1", Name: "Common tools 2025", Budget: euro("48000.00"), Key: "k1", Figures: published, Source: annualReport, Due: contracts.MustDate("2025-05-31"), Decision: "r2", Example: true})
	for _, paid := range []struct {
		country Country
		amount  string
	}{{"BE", "30000.00"}, {"DE", "2000.00"}, {"AT", "1500.00"}, {"IT", "3000.00"}} {
		on("2025-05-15", PaidIn{"c1", paid.country, euro(paid.amount)})
	}
	on("2025-06-02", Applied{ID: "a1", Country: "AT", Amount: euro("12000.00"), Purpose: "Example: bridge wages after a client's bankruptcy", Evidence: "Example: list of open invoices", Example: true})
	on("2025-06-05", Applied{ID: "a2", Country: "DE", Amount: euro("9000.00"), Purpose: "Example: move the office", Evidence: "Example: offer of the landlord", Example: true})
	votes("2025-06-19", "r3", "Grant Austria 10,000 EUR", "Wages come first.", nil, []Country{"AT"})
	votes("2025-06-19", "r4", "Grant Germany 9,000 EUR", "An office is a cost of its own country.", []Country{"AT", "BE", "FR", "IT", "SE"}, []Country{"DE"})
	on("2025-06-19", Awarded{"a1", euro("10000.00"), "r3"})
	on("2025-06-19", Refused{"a2", "r4"})
	on("2025-06-23", PaidOut{"a1", euro("6000.00")})
	on("2025-09-01", Used{"a1", euro("4000.00"), "Example: wages of July", "Example: pay slips, without names"})
	on("2025-09-10", Applied{ID: "a3", Country: "IT", Amount: euro("7500.00"), Purpose: "Example: translate the common portal", Evidence: "Example: two offers", Example: true})
	return acts
}

func has(all []Country, c Country) bool {
	_, found := find(all, func(o Country) bool { return o == c })
	return found
}
