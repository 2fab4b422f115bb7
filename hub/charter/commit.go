package charter

import (
	"fmt"
	"slices"

	"passerelle/contracts"
)

func (a Promised) apply(c *Charter, on contracts.Date) error {
	var fs contracts.Faults
	if slices.ContainsFunc(c.Commitments, func(o Commitment) bool { return o.ID == a.ID }) {
		fs.Addf(FaultDone, "id", "choose another id", "there is something called %s already", a.ID)
	}
	fs.Add("country", a.Country.Validate())
	fs.Add("text", text(a.Text))
	fs.Add("source", text(a.Source))
	if a.Due.Before(on) {
		fs.Addf(contracts.FaultDate, "due", "give the day by which it is to be kept", "it would be due before it is promised")
	}
	if err := fs.Err(); err != nil {
		return err
	}
	c.Commitments = append(c.Commitments, Commitment{ID: a.ID, Country: a.Country, Text: a.Text, Due: a.Due, Made: on, Source: a.Source, Events: []Event{}, Example: a.Example})
	return nil
}

// open finds a commitment that is neither kept nor released.
func (c *Charter) open(id string) (*Commitment, error) {
	i := slices.IndexFunc(c.Commitments, func(o Commitment) bool { return o.ID == id })
	if i < 0 {
		return nil, contracts.Fault{Code: FaultUnknown, Field: "commitment", Message: fmt.Sprintf("there is no commitment %.40q by that day", id), Remedy: "enter the commitment first"}
	}
	if o := &c.Commitments[i]; o.Kept.IsZero() && o.Released.IsZero() {
		return o, nil
	}
	return nil, contracts.Fault{Code: FaultDone, Field: "commitment", Message: "this commitment is kept or released", Remedy: "enter a new one for what is promised now"}
}

// happened adds an event to a commitment that is open.
func (c *Charter) happened(id, field string, e Event) (*Commitment, error) {
	o, err := c.open(id)
	if err != nil {
		return nil, err
	}
	var fs contracts.Faults
	fs.Add(field, text(e.Text))
	if err := fs.Err(); err != nil {
		return nil, err
	}
	o.Events = append(slices.Clone(o.Events), e)
	return o, nil
}

func (a Fulfilled) apply(c *Charter, on contracts.Date) error {
	o, err := c.happened(a.Commitment, "evidence", Event{Kind: a.Kind(), Day: on, Text: a.Evidence})
	if err != nil {
		return err
	}
	o.Kept, o.Evidence = on, a.Evidence
	return nil
}

func (a Altered) apply(c *Charter, on contracts.Date) error {
	var fs contracts.Faults
	if a.Text == "" && a.Due.IsZero() {
		fs.Addf(contracts.FaultMissing, "due", "give new words, a new day, or both", "nothing changes")
	}
	if !a.Due.IsZero() && a.Due.Before(on) {
		fs.Addf(contracts.FaultDate, "due", "give the day by which it is to be kept", "it would be due before it is promised")
	}
	if len(a.Text) > longestText {
		fs.Add("text", text(a.Text))
	}
	if err := fs.Err(); err != nil {
		return err
	}
	e := Event{Kind: a.Kind(), Day: on, Text: a.Reason}
	if o, err := c.open(a.Commitment); err == nil {
		e.Was, e.Due = o.Text, o.Due
	}
	o, err := c.happened(a.Commitment, "reason", e)
	if err != nil {
		return err
	}
	if a.Text != "" {
		o.Text = a.Text
	}
	if !a.Due.IsZero() {
		o.Due = a.Due
	}
	return nil
}

func (a Noted) apply(c *Charter, on contracts.Date) error {
	_, err := c.happened(a.Commitment, "text", Event{Kind: a.Kind(), Day: on, Text: a.Text})
	return err
}

func (a Relieved) apply(c *Charter, on contracts.Date) error {
	o, err := c.happened(a.Commitment, "reason", Event{Kind: a.Kind(), Day: on, Text: a.Reason})
	if err != nil {
		return err
	}
	o.Released = on
	return nil
}
