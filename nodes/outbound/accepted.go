package outbound

import (
	"slices"

	"passerelle/contracts"
)

// accepted holds what a document will be written in against what the outside refuses: who receives it, its network, its authority.
// Faults lie on the fields of the draft; those that only the co-operative mends lie under settings.
func accepted(law Law, seller Seller, doc Document) error {
	doc.Invoice.Number = law.number(doc.Invoice.IssueDate.Year(), 1) // any: it gets its own when all is well
	in := input(law, seller, doc, nil)
	return onDraft(doc.Invoice, in.Refused(in.Choose().Formats()...))
}

// acceptedBack is accepted for a credit note. What was issued can always be taken back: the note is refused for nothing that its
// invoice is not free of, such as an address that an older rule did not ask for.
func acceptedBack(law Law, seller Seller, note Document, of taken) error {
	note.Invoice.Number = law.number(note.Invoice.IssueDate.Year(), 1)
	in := input(law, seller, note, &of)
	formats := in.Choose().Formats()
	err := in.Refused(formats...)
	if err == nil || !contracts.IsFault(err) {
		return err
	}
	had := input(law, seller, of.invoice, nil).Refused(formats...)
	if had != nil && !contracts.IsFault(had) {
		return had
	}
	var fs contracts.Faults
	for _, f := range contracts.FaultsOf(err) {
		if !slices.ContainsFunc(contracts.FaultsOf(had), func(h contracts.Fault) bool { return sameFault(f, h) }) {
			fs = append(fs, f)
		}
	}
	return onDraft(note.Invoice, fs.Err())
}

// sameFault compares without the number of the line: a part of an invoice that is taken back has a line of its own.
func sameFault(a, b contracts.Fault) bool {
	return a.Code == b.Code && index.ReplaceAllString(a.Field, "") == index.ReplaceAllString(b.Field, "")
}
