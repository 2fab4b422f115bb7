package country

import (
	"slices"
	"strconv"

	"passerelle/contracts"
)

// Profile returns what the node tells the network about itself on a day: the newest report until then that names it, the
// legal form of the day, and the whole contribution schedule. The node adds its contract version.
func (a *Adapter) Profile(on contracts.Date) (contracts.NodeProfile, error) {
	form, err := a.LegalForm(on)
	if err != nil {
		return contracts.NodeProfile{}, err
	}
	p := contracts.NodeProfile{
		Country: a.Code, LegalForm: form.Local, LegalFormEN: form.EN, Joined: a.Network.Joined, Left: a.Network.Left,
		Currency: a.Currency.Code, Languages: slices.Clone(a.NodeLanguages), PayoutTerm: a.PayoutTerm(),
		GuaranteeFund: a.GuaranteeFund.Given, LegalAssistance: a.LegalAssistance.Given,
	}
	for _, r := range a.Reports {
		if r.Absent || (r.Year > on.Year() && p.Name != "") {
			continue
		}
		p.Name = latest(r.Name, p.Name)
		p.Founded = latest(r.Founded, p.Founded)
		if len(r.Offices) > 0 {
			p.Offices = slices.Clone(r.Offices)
		}
	}
	if p.Founded == "" {
		p.Founded = strconv.Itoa(a.Founding.Year)
	}
	for _, c := range a.Contributions {
		p.Contribution = append(p.Contribution, a.term(c))
	}
	return p, nil
}

func latest(newer, older string) string {
	if newer != "" {
		return newer
	}
	return older
}
