// Package papers writes the papers of work abroad: what an institution or a host State asks on its form, filled in as far as the case
// knows it (CSV, JSON, PDF); the carry pack an inspector is shown; the check of insurance cover day by day; the calendar of trips and
// deadlines.
//
// It is the rules and the writing alone: facts in, bytes out, without clock, store or network. It decides no law, files nothing and sends
// nothing. What a form asks is dated data in forms.yaml.
package papers
