package meeting

import "passerelle/contracts"

// exampleDays are the days of the demonstration's decisions, and a meeting to come. That the board meets seven to eight times a year and that European
// investments are one of its standing subjects is published; these days and all that stands in the minutes are invented.
var exampleDays = []string{"2020-12-10", "2021-02-25", "2021-09-16", "2022-02-25", "2022-06-16", "2022-09-16", "2022-12-15", "2023-02-25", "2023-09-16", "2023-11-23", "2024-02-25", "2024-09-19"}

const exampleToCome = "2026-12-17"

// Demonstration is meetings to show how things work, each marked as an example.
func Demonstration() []Dated {
	var acts []Dated
	agenda := []string{"Minutes of the meeting before", "State of the co-operatives", "European investments", "Any other business"}
	on := func(day contracts.Date, a Act) { acts = append(acts, Dated{Day: day, Act: a}) }
	for i, text := range exampleDays {
		day := contracts.MustDate(text)
		on(day.AddDays(-14), Convened{Meeting: day, Title: "Board meeting", Place: "Example room", Agenda: agenda, Example: true})
		on(day.AddDays(7), MinutesWritten{Meeting: day, Text: "Example minutes.\n\n1. The minutes of the meeting before are read.\n2. The state of the co-operatives is looked at, country by country.\n3. On the European investments the board decides as entered."})
		if i > 0 {
			before := contracts.MustDate(exampleDays[i-1])
			on(day, MinutesApproved{Meeting: before, Version: 1, In: day})
		}
	}
	on(contracts.MustDate("2024-10-01"), Convened{Meeting: contracts.MustDate(exampleToCome), Title: "Board meeting", Place: "Example room", Agenda: agenda, Example: true})
	return acts
}
