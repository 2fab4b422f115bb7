package federation

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"passerelle/contracts"
)

// AlarmCode names a kind of alarm. Metrics, logs and docs/operating.md use the same names.
type AlarmCode string

// What may be wrong. The first eight are about the channels with a peer, the others about this party alone.
const (
	AlarmSilent       AlarmCode = "silent"        // no sign of life
	AlarmFork         AlarmCode = "fork"          // the peer signed two histories
	AlarmDiverged     AlarmCode = "diverged"      // the peer holds another history of ours than we do
	AlarmGap          AlarmCode = "gap"           // a message is missing and does not come
	AlarmNewerProgram AlarmCode = "newer-program" // a message of a type that this program does not know
	AlarmRestored     AlarmCode = "restored"      // books from a backup wait for the peer's word
	AlarmOutbox       AlarmCode = "outbox"        // the peer lives, and answers nothing
	AlarmQuarantine   AlarmCode = "quarantine"    // much in the peer's stream cannot be accepted
	AlarmRegistry     AlarmCode = "registry-age"  // the hub has not confirmed our copy of the registry for long
	AlarmImbalance    AlarmCode = "imbalance"     // the books do not sum to zero
	AlarmDatabase     AlarmCode = "database"      // nothing can be written, or read
	AlarmCertificate  AlarmCode = "certificate"   // one by which party and broker know each other ends soon
)

// Severity is how soon a person must look.
type Severity string

// The severities.
const (
	Urgent  Severity = "urgent"  // now
	Warning Severity = "warning" // in office hours
)

// Alarm is something a person must know: what it means, and what to do.
type Alarm struct {
	Code     AlarmCode         `json:"code"`
	Severity Severity          `json:"severity"`
	Peer     contracts.PartyID `json:"peer,omitzero"` // none when it is about this party alone
	Since    time.Time         `json:"since"`         // when it was raised
	Message  string            `json:"message"`
	Remedy   string            `json:"remedy"`
}

// Bounds between what mends itself and what a person must know (security.md C33: within a minute).
const (
	mostSilent  = time.Minute // four times the interval of standings
	mostGap     = 30 * time.Second
	mostUnread  = 5 * time.Minute // without a receipt from a peer that lives
	growth      = 10 * time.Minute
	mostGrowth  = 20 // lines in quarantine within growth
	registryOld = 24 * time.Hour
)

// alarmKey tells alarms apart. One that grows worse is another.
type alarmKey struct {
	code     AlarmCode
	severity Severity
	peer     contracts.PartyID
}

func (a Alarm) key() alarmKey { return alarmKey{a.Code, a.Severity, a.Peer} }

// Alarms are the rules: what of a condition a person must know at a moment, the urgent first. It is a pure function.
func Alarms(now time.Time, c Condition) []Alarm {
	alarms := []Alarm{}
	raise := func(code AlarmCode, severity Severity, peer contracts.PartyID, message, remedy string) {
		a := Alarm{Code: code, Severity: severity, Peer: peer, Since: now, Message: message, Remedy: remedy}
		if since, ok := c.raised[a.key()]; ok {
			a.Since = since
		}
		alarms = append(alarms, a)
	}
	for _, s := range c.Channels {
		if s.Left {
			continue // its history stays; nothing is expected of it
		}
		about := func(code AlarmCode, severity Severity, message, remedy string) {
			raise(code, severity, s.Peer, message, remedy)
		}
		alarmBlocked(s, now, about)
		alarmLife(s, c, now, about)
		alarmStrange(s, about)
	}
	if age := c.Registry.Age(now); age >= registryGoodFor {
		raise(AlarmRegistry, Urgent, "", "The list of members has not been confirmed by the hub for "+Span(age),
			"Who may still sign is not known any more: nothing new is taken in from the network, it waits at its senders; work here goes on. Bring the connection with the hub back, and look whether the clocks of both are right. It ends by itself with the hub's word.")
	} else if age >= registryOld {
		raise(AlarmRegistry, Warning, "", "The list of members has not been confirmed by the hub for "+Span(age), "Bring the connection with the hub back. After seven days this is urgent, and nothing new is taken in until the hub has spoken.")
	}
	alarmCertificates(c.Certificates, now, func(code AlarmCode, severity Severity, message, remedy string) {
		raise(code, severity, "", message, remedy)
	})
	for _, m := range c.Books {
		if !m.IsZero() {
			raise(AlarmImbalance, Urgent, "", fmt.Sprintf("The ledger does not balance: its entries in %s sum to %s, not to zero", m.Currency, m.Fixed()),
				"Somebody went round the program, or a disk has lied. Stop booking, keep a copy of the database, and run passerelle verify: it names the transaction.")
		}
	}
	slices.SortStableFunc(alarms, func(a, b Alarm) int { return cmp.Compare(rankOf(a.Severity), rankOf(b.Severity)) })
	return alarms
}

func rankOf(s Severity) int { return slices.Index([]Severity{Urgent, Warning}, s) }

// about raises an alarm on one peer.
type about func(code AlarmCode, severity Severity, message, remedy string)

// alarmBlocked tells why messages do not get through one way or the other. Only the first reason of each way matters.
func alarmBlocked(s ChannelStatus, now time.Time, raise about) {
	switch gap := now.Sub(s.GapSince); {
	case s.Frozen:
		raise(AlarmFork, Urgent, "Two histories were signed: the channel is frozen",
			"Call "+operator(s.Peer)+". Nothing more of it is taken until it is known which history is true; both are kept here. Most often an old backup was put back, or its key is in other hands. It goes on once the party is enrolled anew.")
	case s.WaitingFor != "":
		raise(AlarmNewerProgram, Urgent, fmt.Sprintf("Waits for a newer program: event type %s is unknown here%s", s.WaitingFor, behind(s.Parked)),
			"Update the program here. The channel then goes on by itself.")
	case !s.GapSince.IsZero() && gap > mostGap:
		raise(AlarmGap, Urgent, fmt.Sprintf("A gap: message %d is missing for %s, a resend was asked for%s", s.Received+1, Span(gap), behind(s.Parked)),
			"Ask "+operator(s.Peer)+" whether its program runs and its database is whole. What waits behind the gap is kept and follows by itself.")
	}
	switch {
	case s.Standing == Diverged:
		raise(AlarmDiverged, Urgent, "It holds another history of ours than we do: nothing is sent to it any more",
			"Most often an old backup was put back here and written to. Do not restore anything more: compare both with passerelle verify and export-log, then have this party enrolled anew, which begins a new epoch.")
	case !s.Restored.IsZero() && !s.Unmet():
		raise(AlarmRestored, Urgent, "These books come from a backup and wait to hear what was written after it",
			"Nothing new can be written to this channel meanwhile, so that no number is used twice. It ends by itself, within seconds, once the other side is reached.")
	case s.Standing == Behind:
		raise(AlarmRestored, Urgent, "These books have lost messages that the other side holds; it is sending them back",
			"It ends by itself once the last has come. If it stays, look into the log.")
	}
}

func behind(parked int64) string {
	if parked == 0 {
		return ""
	}
	return fmt.Sprintf("; %s behind it", Plural(parked, "message waits", "messages wait"))
}

func operator(peer contracts.PartyID) string {
	if peer == contracts.Hub {
		return "the hub's operator"
	}
	return "the node's operator"
}

// alarmLife tells of a peer that says nothing, or that lives and answers nothing. A small co-operative that has nothing to tell is not
// silent: its program speaks every quarter of a minute. One that never came is not waited for, and after a start of ours each
// has its minute, but for those whose silence stood before.
func alarmLife(s ChannelStatus, c Condition, now time.Time, raise about) {
	if s.Unmet() {
		return
	}
	heard := later(s.Heard, c.Started)
	if since, stands := c.raised[alarmKey{AlarmSilent, Urgent, s.Peer}]; stands && !s.Heard.IsZero() && s.Heard.Before(since) {
		heard = s.Heard
	}
	if quiet := now.Sub(heard); !heard.IsZero() && quiet > mostSilent {
		if !s.Heard.IsZero() {
			quiet = now.Sub(s.Heard)
		}
		raise(AlarmSilent, Urgent, "Silent for "+Span(quiet),
			"Ask "+operator(s.Peer)+" whether its program runs and reaches the broker. Nothing is lost: it goes on where it stopped.")
		return
	}
	if s.PendingSince.IsZero() || s.Heard.IsZero() || s.Standing == Diverged || !s.Restored.IsZero() {
		return // nothing waits, or another alarm says why
	}
	waited := now.Sub(slices.MaxFunc([]time.Time{s.PendingSince, s.Receipt, c.Started, c.back[s.Peer]}, time.Time.Compare))
	if waited > mostUnread {
		raise(AlarmOutbox, Urgent, fmt.Sprintf("%s for a receipt, the oldest since %s ago, although the other side lives", Plural(s.Pending, "message waits", "messages wait"), Span(now.Sub(s.PendingSince))),
			"Nothing is lost: each is sent again until its receipt comes. Ask "+operator(s.Peer)+" what its page or passerelle peers says of this channel: it may be frozen there, wait for a newer program, or its disk be full.")
	}
}

// Unmet tells that nothing has ever come from the peer.
func (s ChannelStatus) Unmet() bool { return s.Heard.IsZero() && s.Received == 0 && s.Receipted == 0 }

// alarmStrange tells of much that was seen lately and had no effect.
func alarmStrange(s ChannelStatus, raise about) {
	if s.Quarantined > mostGrowth {
		raise(AlarmQuarantine, Warning, fmt.Sprintf("Much cannot be read: at least %d lines in ten minutes", s.Quarantined), cure(s))
	}
}

// cure is what to do about lines that could not be read, by the gravest of their reasons.
func cure(s ChannelStatus) string {
	switch lately := s.RejectedLately; {
	case lately[FaultSignature] > 0 || lately[FaultSender] > 0:
		return "None took effect. Somebody else may write to this stream, or bytes change on the way: check who holds its broker password."
	case lately[FaultKey] > 0:
		return "None took effect. It signs with a key that the registry does not list as in use: compare it with passerelle keys show."
	}
	return "None took effect. Ask " + operator(s.Peer) + " to check its messages with passerelle conform."
}

// Cure is what to do about the lines of a peer's stream that could not be read within the hour.
func (s ChannelStatus) Cure() string { return cure(s) }

// Span writes a duration as people say it, rounded down: "26 hours", "3 days".
func Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return Plural(int64(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return Plural(int64(d/time.Hour), "hour", "hours")
	}
	return Plural(int64(d/(24*time.Hour)), "day", "days")
}

// Plural writes a number with its noun.
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
