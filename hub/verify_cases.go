package hub

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"passerelle/contracts"
	"passerelle/hub/store"
)

// compareCases holds where the cases of a country stand, and its sealing key, against what its events say, both ways.
func (v *replay) compareCases(ctx context.Context, home contracts.CountryCode) error {
	kept := store.Read(v.q)
	cases, err := kept.CasesOf(ctx, home)
	if err != nil {
		return err
	}
	for _, c := range cases {
		v.cases.Rows++
		want, told := v.has.cases[c.Case]
		delete(v.has.cases, c.Case)
		equal, err := same(c, want)
		switch {
		case err != nil:
			return err
		case !told:
			v.cases.Badf(caseRow(home, c.Case), "no event brought it")
		case !equal:
			v.cases.Badf(caseRow(home, c.Case), "it differs from what was told last")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(v.has.cases)) {
		v.cases.Badf(caseRow(home, id), "its event was applied, and it is not there")
	}
	return v.compareKey(ctx, kept, home)
}

func caseRow(home contracts.CountryCode, id contracts.CaseID) string {
	return fmt.Sprintf("mobility_case %s/%s", home, id)
}

func (v *replay) compareKey(ctx context.Context, kept store.Reader, country contracts.CountryCode) error {
	keys, err := kept.SealingKeys(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(keys, func(k store.SealingKey) bool { return k.Country == country })
	var held contracts.SealingID
	if i >= 0 {
		v.cases.Rows++
		held = keys[i].ID
	}
	if held != v.has.key.ID {
		v.cases.Badf("sealing_key "+string(country), "it is not the one published last")
	}
	return nil
}

// handedOn is a message of one node for another.
type handedOn struct {
	key   string
	to    contracts.PartyID
	event contracts.FrameForwarded
}

// compareHandedOn demands that every message between nodes is told to its addressee, or waits for it.
func (v *replay) compareHandedOn(ctx context.Context, letters []handedOn) error {
	for _, l := range letters {
		v.cases.Rows++
		switch known, err := store.Read(v.q).Knows(ctx, l.to, l.event); {
		case err != nil:
			return err
		case !known:
			v.cases.Badf(l.key, "it was taken for %s, and is neither handed on nor waits", l.to)
		}
	}
	return nil
}
