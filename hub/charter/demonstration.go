package charter

import (
	_ "embed"

	"passerelle/contracts"
	"passerelle/hub/ballot"
)

// The charter of the demonstration is an example: that the co-operatives want to write one together is published, its text is not.
var (
	//go:embed demonstration/charter-1.md
	firstText string
	//go:embed demonstration/charter-2.md
	secondText string
)

// Demonstration is an example of a charter that was adopted, of a change that is being voted on, and of what was promised. Everything in it is
// invented and marked so.
func Demonstration() []Dated {
	members := []Country{"AT", "BE", "DE", "FR", "IT", "NL", "SE"}
	var acts []Dated
	on := func(day string, a Act) { acts = append(acts, Dated{Day: contracts.MustDate(day), Act: a}) }
	vote := func(day string, version int, choice ballot.Choice, who ...Country) {
		for _, c := range who {
			on(day, Voted{Version: version, Country: c, Choice: choice, Minutes: "Example minutes " + day})
		}
	}
	on("2025-01-16", Proposed{Text: firstText, By: "BE", Reason: "Example: the first common text.", Rule: ballot.TwoThirds, Members: members, From: contracts.MustDate("2025-03-01"), Example: true})
	vote("2025-01-30", 1, ballot.Yes, "BE", "AT")
	vote("2025-02-06", 1, ballot.Yes, "DE", "FR")
	vote("2025-02-11", 1, ballot.Abstain, "NL")
	vote("2025-02-20", 1, ballot.Yes, "IT", "SE")
	on("2025-03-06", Promised{ID: "p1", Country: "DE", Text: "Example: open the common portal to members", Due: contracts.MustDate("2025-09-30"), Source: "Example charter, article 3", Example: true})
	on("2025-03-06", Promised{ID: "p2", Country: "SE", Text: "Example: file the monthly report by the tenth of the next month", Due: contracts.MustDate("2025-06-30"), Source: "Example charter, article 4", Example: true})
	on("2025-03-06", Promised{ID: "p3", Country: "IT", Text: "Example: write a guide for members who work abroad", Due: contracts.MustDate("2025-10-31"), Source: "Example assembly of March 2025", Example: true})
	on("2025-06-12", Fulfilled{Commitment: "p2", Evidence: "Example: the reports of March to May came in time"})
	on("2025-08-20", Noted{Commitment: "p1", Text: "Example: the translation is ready, the tests are not"})
	on("2025-09-18", Altered{Commitment: "p3", Due: contracts.MustDate("2026-12-15"), Reason: "Example: Austria joins the work, in two languages"})
	on("2025-10-09", Proposed{Text: secondText, By: "FR", Reason: "Example: solidarity needs a limit, and reports a day.", Rule: ballot.TwoThirds, Members: members, Example: true})
	vote("2025-10-23", 2, ballot.Yes, "FR", "IT")
	vote("2025-10-30", 2, ballot.No, "NL")
	return acts
}
