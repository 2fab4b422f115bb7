package web

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"passerelle/contracts"
	"passerelle/hub/registry"
	"passerelle/internal/federation"
)

// silence is how long a node of the network may say nothing before somebody should ask.
const silence = 24 * time.Hour

// urgency is how soon a person must look.
type urgency string

// The urgencies.
const (
	calm   urgency = "calm"   // nothing to do
	watch  urgency = "watch"  // mends itself, or can wait for office hours
	urgent urgency = "urgent" // now
)

// finding is one thing to know of a channel, in business words, with what to do about it.
type finding struct {
	Code    string  `json:"code"`
	Urgency urgency `json:"urgency"`
	Message string  `json:"message"`
	Remedy  string  `json:"remedy,omitzero"`
}

// standing tells how the channels with a node stand, the most urgent first; there is always something.
func standing(s federation.ChannelStatus, node registry.Status, now time.Time) []finding {
	all := slices.Concat(blocked(s), unheard(s, node, now), outbox(s, now), unreadable(s))
	switch {
	case len(all) > 0:
		slices.SortStableFunc(all, func(a, b finding) int { return cmp.Compare(rank(b.Urgency), rank(a.Urgency)) })
		return all
	case node == registry.Left:
		return []finding{{"left", calm, "Has left the network", "What it sent stays readable."}}
	}
	return []finding{{Code: "in-step", Urgency: calm, Message: "All in step"}}
}

func rank(u urgency) int { return slices.Index([]urgency{calm, watch, urgent}, u) }

// blocked tells why the node's messages are not taken. Only the first reason matters.
func blocked(s federation.ChannelStatus) []finding {
	switch {
	case s.Frozen:
		return []finding{{"fork", urgent, "Two histories were signed: the channel is frozen",
			"Call the node's operator. Nothing more of it is taken until it is known which history is true; both are kept here. Most often an old backup was put back."}}
	case s.WaitingFor != "":
		return []finding{{"newer-program", urgent, fmt.Sprintf("Waits for a newer program: event type %s is unknown here%s", s.WaitingFor, behind(s.Parked)),
			"Update the hub. The channel then goes on by itself."}}
	case s.Parked > 0:
		return []finding{{"gap", urgent, fmt.Sprintf("A gap: message %d is missing, a resend was asked for%s", s.Received+1, behind(s.Parked)),
			"Wait some minutes: the node sends it again. If the gap stays, ask its operator whether the node runs and its database is whole."}}
	}
	return nil
}

func behind(parked int64) string {
	if parked == 0 {
		return ""
	}
	return fmt.Sprintf("; %s behind it", plural(parked, "message waits", "messages wait"))
}

func unheard(s federation.ChannelStatus, node registry.Status, now time.Time) []finding {
	quiet := now.Sub(s.Heard)
	switch {
	case node == registry.Left || node == registry.Expected:
		return nil
	case s.Heard.IsZero():
		return []finding{{"never-heard", watch, "Has not been heard yet", "Ask whether the node was started with this network's directory and its own key."}}
	case quiet >= silence:
		return []finding{{"silent", urgent, "Silent for " + span(quiet), "Ask its operator whether the node runs and reaches the broker. Nothing is lost: it goes on where it stopped."}}
	}
	return nil
}

func outbox(s federation.ChannelStatus, now time.Time) []finding {
	var all []finding
	if s.Pending > 0 {
		age := ""
		if !s.PendingSince.IsZero() {
			age = ", the oldest for " + span(now.Sub(s.PendingSince))
		}
		all = append(all, finding{"pending", watch, plural(s.Pending, "message waits", "messages wait") + " for this node's receipt" + age,
			"Nothing at first: they are sent again until the receipt comes. If they stay, ask whether the node runs."})
	}
	if s.Refused > 0 {
		all = append(all, finding{"refused", watch, "The node refused " + plural(s.Refused, "message", "messages") + " of the hub",
			"The log of the hub names each with its reason. A refusal is final: correct the matter with a new message."})
	}
	return all
}

func unreadable(s federation.ChannelStatus) []finding {
	var total int64
	var reasons []string
	for _, code := range slices.Sorted(maps.Keys(s.Rejected)) {
		total += s.Rejected[code]
		reasons = append(reasons, fmt.Sprintf("%s %d", code, s.Rejected[code]))
	}
	if total == 0 {
		return nil
	}
	return []finding{{"rejected", watch, fmt.Sprintf("%s could not be read (%s)", plural(total, "entry", "entries"), strings.Join(reasons, ", ")), cure(s.Rejected)}}
}

// cure is what to do about entries that could not be read, by the gravest of their reasons.
func cure(rejected map[contracts.FaultCode]int64) string {
	switch {
	case rejected[federation.FaultSignature] > 0 || rejected[federation.FaultSender] > 0:
		return "None took effect. Somebody else may write to this node's stream, or bytes change on the way: check who holds its broker password."
	case rejected[federation.FaultKey] > 0:
		return "None took effect. The node signs with a key that the hub's directory does not list: compare it with passerelle keys show."
	}
	return "None took effect. Ask the node's operator to check its messages with passerelle conform."
}

// span writes a duration as people say it, rounded down: "26 hours", "3 days".
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return plural(int64(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return plural(int64(d/time.Hour), "hour", "hours")
	}
	return plural(int64(d/(24*time.Hour)), "day", "days")
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
