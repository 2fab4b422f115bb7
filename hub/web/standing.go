package web

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"passerelle/hub/registry"
	"passerelle/internal/federation"
)

// urgency is how soon a person must look.
type urgency string

// The urgencies.
const (
	calm    urgency = "calm"                      // nothing to do
	warning         = urgency(federation.Warning) // in office hours
	urgent          = urgency(federation.Urgent)  // now
)

func rank(u urgency) int { return slices.Index([]urgency{calm, warning, urgent}, u) }

// finding is one thing to know of a channel, in business words, with what to do about it.
type finding struct {
	Code    string  `json:"code"`
	Urgency urgency `json:"urgency"`
	Message string  `json:"message"`
	Remedy  string  `json:"remedy,omitzero"`
	Alarm   bool    `json:"-"` // its remedy stands at the top of the page
}

// standing tells how the channels with a node stand, the most urgent first; there is always something.
func standing(s federation.ChannelStatus, node registry.Status, alarms []federation.Alarm, now time.Time) []finding {
	if s.Left {
		return []finding{{Code: "left", Urgency: calm, Message: "Has left the network", Remedy: "What it sent stays readable."}}
	}
	var all []finding
	said := map[string]bool{}
	for _, a := range alarms {
		if a.Peer == s.Peer {
			said[sameAs[a.Code]] = true
			all = append(all, finding{string(a.Code), urgency(a.Severity), a.Message, a.Remedy, true})
		}
	}
	for _, note := range slices.Concat(presence(s, node), waiting(s, now), lately(s)) {
		if !said[note.Code] {
			all = append(all, note)
		}
	}
	slices.SortStableFunc(all, func(a, b finding) int { return cmp.Compare(rank(b.Urgency), rank(a.Urgency)) })
	if len(all) == 0 {
		return []finding{{Code: "in-step", Urgency: calm, Message: "All in step"}}
	}
	return all
}

// sameAs names the notes that an alarm says already.
var sameAs = map[federation.AlarmCode]string{federation.AlarmOutbox: "pending", federation.AlarmQuarantine: "rejected"}

// presence tells of nodes that are not there and need not be.
func presence(s federation.ChannelStatus, node registry.Status) []finding {
	switch {
	case node == registry.Left:
		return []finding{{Code: "says-left", Urgency: warning, Message: "Says that it has left the network, and is still a member of it", Remedy: "If it has: passerelle registry leave, and nothing is expected of it any more."}}
	case s.Unmet():
		return []finding{{Code: "not-connected", Urgency: calm, Message: "Has not connected yet", Remedy: "If it should have: ask whether it was started with this network's registry and its own key."}}
	}
	return nil
}

// waiting tells what is on its way; how long is too long is the matter of the alarms.
func waiting(s federation.ChannelStatus, now time.Time) []finding {
	var all []finding
	if s.Pending > 0 {
		age := ""
		if !s.PendingSince.IsZero() {
			age = ", the oldest for " + federation.Span(now.Sub(s.PendingSince))
		}
		all = append(all, finding{Code: "pending", Urgency: calm, Message: federation.Plural(s.Pending, "message waits", "messages wait") + " for this node's receipt" + age})
	}
	if s.Lag > 0 && s.Parked == 0 {
		all = append(all, finding{Code: "lag", Urgency: calm, Message: federation.Plural(s.Lag, "message of this node is", "messages of this node are") + " on the way"})
	}
	return all
}

// lately tells what was seen within the hour and had no effect.
func lately(s federation.ChannelStatus) []finding {
	var all []finding
	if s.RefusedLately > 0 {
		all = append(all, finding{Code: "refused", Urgency: warning, Message: "The node refused " + federation.Plural(s.RefusedLately, "message", "messages") + " of the hub within the hour",
			Remedy: "The log of the hub names each with its reason. A refusal is final: correct the matter with a new message."})
	}
	var total int64
	var reasons []string
	for _, code := range slices.Sorted(maps.Keys(s.RejectedLately)) {
		total += s.RejectedLately[code]
		reasons = append(reasons, fmt.Sprintf("%s %d", code, s.RejectedLately[code]))
	}
	if total > 0 {
		all = append(all, finding{Code: "rejected", Urgency: warning, Message: fmt.Sprintf("%s could not be read within the hour (%s)", federation.Plural(total, "entry", "entries"), strings.Join(reasons, ", ")), Remedy: s.Cure()})
	}
	return all
}
