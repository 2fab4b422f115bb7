package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
)

// decodeSaid reads the words of an event as the history keeps it; what else is in it does not matter here.
func decodeSaid(said json.RawMessage, v any) error { return json.Unmarshal(said, v) }

// caseMove is something a member does with his case from its page: the event made of what he typed, and what the page says then.
type caseMove struct {
	done  string
	event func(f *form, at casework.At) casework.Event
}

// The moves by the last part of their address.
var memberMoves = map[string]caseMove{
	"submit": {"submitted", func(_ *form, at casework.At) casework.Event { return casework.Submit{At: at} }},
	"answer": {"answered", func(f *form, at casework.At) casework.Event { return casework.Answer{At: at, Text: f.get("text")} }},
	"interrupt": {"interrupted", func(f *form, at casework.At) casework.Event {
		return casework.Interrupt{At: at, From: f.date("from"), Until: f.date("until")}
	}},
	"resume": {"resumed", func(f *form, at casework.At) casework.Event { return casework.Resume{At: at, On: f.date("resume_on")} }},
	"end":    {"ended", func(f *form, at casework.At) casework.Event { return casework.End{At: at, On: f.date("end_on")} }},
	"cancel": {"cancelled", func(f *form, at casework.At) casework.Event { return casework.Cancel{At: at, Reason: f.get("reason")} }},
}

// moveFields are the names that faults of the rules have on the page, where several moves stand.
var moveFields = map[string]map[string]string{"resume": {"on": "resume_on"}, "end": {"on": "end_on"}}

// moveCase carries a move out.
func (s server) moveCase(name string) echo.HandlerFunc {
	move := memberMoves[name]
	return func(c echo.Context) error {
		in, err := readForm(c)
		if err != nil {
			return err
		}
		k, err := s.caseOf(c)
		if err != nil {
			return err
		}
		at, err := versionIn(in)
		if err != nil {
			return err
		}
		event := move.event(&in, at)
		if name == "cancel" && k.Source != "" && k.State == contracts.CaseDraft {
			in.demand(web.Words("say in a few words why"), "reason")
		}
		if len(in.Faults) == 0 {
			_, err := s.Cases.Fire(c.Request().Context(), web.ScopeOf(c), k.ID, event)
			if err == nil {
				return c.Redirect(http.StatusSeeOther, afterMove(k, name)+"?done="+move.done)
			}
			if err := refusedMove(&in, name, orMissing(err, "case")); err != nil {
				return err
			}
		}
		return s.showMoved(c, k, in)
	}
}

func versionIn(f form) (casework.At, error) {
	n, err := strconv.Atoi(f.get("version"))
	if err != nil {
		return casework.At{}, contracts.Fault{Code: contracts.FaultMalformed, Field: "version", Message: "the form cannot be read", Remedy: "open the page again"}
	}
	return casework.At{Version: n}, nil
}

// afterMove is where a move leads: a draft that was given up is no page.
func afterMove(k casework.Case, name string) string {
	if name == "cancel" && k.State == contracts.CaseDraft {
		return "/cases"
	}
	return "/cases/" + string(k.ID)
}

func refusedMove(in *form, name string, err error) error {
	if !contracts.IsFault(err) {
		return err
	}
	fs := placed(contracts.FaultsOf(err))
	for i := range fs {
		if to, moved := moveFields[name][fs[i].Field]; moved {
			fs[i].Field = to
		}
	}
	return in.refused(fs.Err())
}

// showMoved shows what was typed with its faults: on the page of the case as it is now, or of a draft at its last step.
func (s server) showMoved(c echo.Context, k casework.Case, in form) error {
	now, err := s.caseOf(c)
	if err != nil {
		return err
	}
	if now.State != contracts.CaseDraft {
		return s.showCase(c, http.StatusUnprocessableEntity, now, &in)
	}
	f := formOfFacts(now)
	f.Faults = in.Faults
	f.values.Set("reason", in.get("reason"))
	return s.showStep(c, http.StatusUnprocessableEntity, wizardPage{ID: k.ID, Case: withTrip(now), Step: stepCheck, Form: f})
}
