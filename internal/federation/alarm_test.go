package federation

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"passerelle/contracts"
)

var midday = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// inStep is a channel of a party that runs since yesterday, with a peer heard ten seconds ago.
func inStep() ChannelStatus {
	return ChannelStatus{Peer: "se", Epoch: 1, Standing: Agreed, Heard: midday.Add(-10 * time.Second), Received: 16, Sent: 5, Receipted: 5, Receipt: midday.Add(-time.Hour)}
}

func condition(channels ...ChannelStatus) Condition {
	return Condition{Party: contracts.Hub, Started: midday.Add(-24 * time.Hour), Channels: channels}
}

// names writes alarms as "severity code peer".
func names(alarms []Alarm) string {
	var all []string
	for _, a := range alarms {
		all = append(all, strings.TrimSpace(fmt.Sprint(a.Severity, " ", a.Code, " ", a.Peer)))
	}
	return strings.Join(all, ", ")
}

func TestEachAlarmIsRaisedWhenItShouldAndNotBefore(t *testing.T) {
	type change func(*ChannelStatus)
	ago := func(d time.Duration) time.Time { return midday.Add(-d) }
	for _, tc := range []struct {
		name    string
		channel change
		whole   func(*Condition)
		want    string
	}{
		{name: "in step"},
		{name: "a minute of silence is none yet", channel: func(s *ChannelStatus) { s.Heard = ago(time.Minute) }},
		{name: "silent", channel: func(s *ChannelStatus) { s.Heard = ago(time.Minute + 1) }, want: "urgent silent se"},
		{name: "silent, and nothing more of it", channel: func(s *ChannelStatus) {
			s.Heard, s.Pending, s.PendingSince = ago(time.Hour), 3, ago(2*time.Hour)
		}, want: "urgent silent se"},
		{name: "after our start each has its minute", channel: func(s *ChannelStatus) { s.Heard = ago(8 * time.Hour) }, whole: func(c *Condition) { c.Started = ago(50 * time.Second) }},
		{name: "it was silent before our start", channel: func(s *ChannelStatus) { s.Heard = ago(8 * time.Hour) }, whole: func(c *Condition) {
			c.Started, c.raised = ago(5*time.Second), map[alarmKey]time.Time{{AlarmSilent, Urgent, "se"}: midday}
		}, want: "urgent silent se"},
		{name: "our start was a minute ago", channel: func(s *ChannelStatus) { s.Heard = ago(8 * time.Hour) }, whole: func(c *Condition) { c.Started = ago(61 * time.Second) }, want: "urgent silent se"},
		{name: "known from a log, and has not spoken since", channel: func(s *ChannelStatus) { s.Heard = time.Time{} }, want: "urgent silent se"},
		{name: "known from a log, and still has not spoken", channel: func(s *ChannelStatus) { s.Heard = time.Time{} }, whole: func(c *Condition) {
			c.raised = map[alarmKey]time.Time{{AlarmSilent, Urgent, "se"}: midday}
		}, want: "urgent silent se"},
		{name: "never connected", channel: func(s *ChannelStatus) {
			*s = ChannelStatus{Peer: "se", Standing: Unheard, Pending: 4, PendingSince: ago(time.Hour)}
		}},
		{name: "left long ago", channel: func(s *ChannelStatus) {
			s.Heard, s.Left, s.Frozen, s.Quarantined = ago(9000*time.Hour), true, true, 500
		}},
		{name: "our clock was set back", channel: func(s *ChannelStatus) {
			s.Heard, s.GapSince, s.Parked = midday.Add(24*time.Hour), midday.Add(24*time.Hour), 1
		}},

		{name: "a gap that may close", channel: func(s *ChannelStatus) { s.Parked, s.GapSince = 2, ago(30*time.Second) }},
		{name: "a gap that does not close", channel: func(s *ChannelStatus) { s.Parked, s.GapSince = 2, ago(31*time.Second) }, want: "urgent gap se"},
		{name: "a fork", channel: func(s *ChannelStatus) { s.Frozen, s.Parked = true, 2 }, want: "urgent fork se"},
		{name: "a newer program", channel: func(s *ChannelStatus) { s.WaitingFor, s.Parked = "coop.x.v2", 2 }, want: "urgent newer-program se"},
		{name: "diverged", channel: func(s *ChannelStatus) { s.Standing, s.Pending, s.PendingSince = Diverged, 1, ago(time.Hour) }, want: "urgent diverged se"},
		{name: "a fork both ways", channel: func(s *ChannelStatus) { s.Standing, s.Frozen = Diverged, true }, want: "urgent fork se, urgent diverged se"},
		{name: "restored", channel: func(s *ChannelStatus) { s.Restored, s.Standing = ago(time.Second), Behind }, want: "urgent restored se"},
		{name: "restored, and of one that never came", channel: func(s *ChannelStatus) { *s = ChannelStatus{Peer: "se", Standing: Unheard, Restored: ago(time.Hour)} }},
		{name: "lost messages come back", channel: func(s *ChannelStatus) { s.Standing = Behind }, want: "urgent restored se"},
		{name: "nothing heard since the start", channel: func(s *ChannelStatus) { s.Standing = Unheard }},

		{name: "a receipt that may come", channel: func(s *ChannelStatus) { s.Pending, s.PendingSince = 1, ago(5*time.Minute) }},
		{name: "no receipt from a peer that lives", channel: func(s *ChannelStatus) { s.Pending, s.PendingSince = 1, ago(6*time.Minute) }, want: "urgent outbox se"},
		{name: "a long backlog that moves", channel: func(s *ChannelStatus) {
			s.Pending, s.PendingSince, s.Receipt = 900, ago(72*time.Hour), ago(time.Minute)
		}},
		{name: "a backlog after a long silence", channel: func(s *ChannelStatus) { s.Pending, s.PendingSince = 900, ago(72*time.Hour) },
			whole: func(c *Condition) { c.back = map[contracts.PartyID]time.Time{"se": ago(time.Minute)} }},
		{name: "a backlog after our start", channel: func(s *ChannelStatus) { s.Pending, s.PendingSince = 900, ago(72*time.Hour) },
			whole: func(c *Condition) { c.Started = ago(time.Minute) }},

		{name: "some rubbish", channel: func(s *ChannelStatus) { s.Quarantined, s.Quarantine = 20, 1000 }},
		{name: "much rubbish", channel: func(s *ChannelStatus) { s.Quarantined = 21 }, want: "warning quarantine se"},
		{name: "what was refused or rejected once", channel: func(s *ChannelStatus) {
			s.Refused, s.RefusedLately, s.Rejected = 7, 1, map[contracts.FaultCode]int64{FaultFrame: 3}
		}},

		{name: "a registry of a day", whole: func(c *Condition) { c.Registry.Confirmed = ago(24*time.Hour - 1) }},
		{name: "an old registry", whole: func(c *Condition) { c.Registry.Confirmed = ago(24 * time.Hour) }, want: "warning registry-age"},
		{name: "a registry nobody should believe", whole: func(c *Condition) { c.Registry.Confirmed = ago(7 * 24 * time.Hour) }, want: "urgent registry-age"},
		{name: "a certificate of three weeks", whole: func(c *Condition) {
			c.Certificates = Certificates{CertificateOwn: midday.Add(21 * 24 * time.Hour), CertificateBroker: midday.Add(9000 * time.Hour)}
		}},
		{name: "a certificate that ends", whole: func(c *Condition) {
			c.Certificates = Certificates{CertificateOwn: midday.Add(21*24*time.Hour - 1), CertificateBroker: midday.Add(9000 * time.Hour)}
		}, want: "warning certificate"},
		{name: "the broker's certificate ends in days", whole: func(c *Condition) {
			c.Certificates = Certificates{CertificateOwn: midday.Add(20 * 24 * time.Hour), CertificateBroker: midday.Add(3*24*time.Hour - 1)}
		}, want: "urgent certificate"},
		{name: "the authority has ended", whole: func(c *Condition) {
			c.Certificates = Certificates{CertificateOwn: midday.Add(9000 * time.Hour), CertificateAuthority: midday}
		}, want: "urgent certificate"},
		{name: "books that balance", whole: func(c *Condition) { c.Books = []contracts.Money{contracts.Zero("EUR"), contracts.Zero("SEK")} }},
		{name: "books that do not", whole: func(c *Condition) {
			c.Books = []contracts.Money{contracts.Zero("EUR"), {Amount: decimal.New(-1, -2), Currency: "SEK"}}
		}, want: "urgent imbalance"},
		{name: "the urgent stands first", channel: func(s *ChannelStatus) { s.Quarantined = 99 }, whole: func(c *Condition) {
			c.Books = []contracts.Money{contracts.FromMinor(1, "EUR")}
		}, want: "urgent imbalance, warning quarantine se"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := inStep()
			if tc.channel != nil {
				tc.channel(&s)
			}
			c := condition(s)
			if tc.whole != nil {
				tc.whole(&c)
			}
			alarms := Alarms(midday, c)
			if got := names(alarms); got != tc.want {
				t.Errorf("alarms %q, want %q", got, tc.want)
			}
			for _, a := range alarms {
				if a.Message == "" || a.Remedy == "" || !a.Since.Equal(midday) || strings.ContainsAny(a.Message, "<>%!") {
					t.Errorf("%+v", a)
				}
			}
		})
	}
}

func TestAnAlarmKnowsSinceWhenItStands(t *testing.T) {
	s := inStep()
	s.Heard = midday.Add(-time.Hour)
	c := condition(s)
	since := midday.Add(-59 * time.Minute)
	c.raised = map[alarmKey]time.Time{{AlarmSilent, Urgent, "se"}: since, {AlarmSilent, Urgent, "be"}: midday.Add(-2 * time.Hour)}
	want := []Alarm{{Code: AlarmSilent, Severity: Urgent, Peer: "se", Since: since, Message: "Silent for 1 hour",
		Remedy: "Ask the node's operator whether its program runs and reaches the broker. Nothing is lost: it goes on where it stopped."}}
	if diff := cmp.Diff(want, Alarms(midday, c)); diff != "" {
		t.Error(diff)
	}
}

// TestAQuietDay lets a hub and eight nodes of which some have nothing to say stand for a day: standings every quarter of a minute, now and
// then a message with its receipt, a short gap, a forged line, a restart of a node. Nobody is called.
func TestAQuietDay(t *testing.T) {
	peers := []contracts.PartyID{"at", "be", "de", "es", "fr", "it", "nl", "se"}
	start := midday.Add(-24 * time.Hour)
	c := Condition{Party: contracts.Hub, Started: start, Channels: make([]ChannelStatus, len(peers))}
	for i, p := range peers {
		c.Channels[i] = ChannelStatus{Peer: p, Standing: Agreed, Received: 10, Sent: 1, Receipted: 1}
	}
	c.Channels[3].Left = true
	for at := start; at.Before(midday); at = at.Add(10 * time.Second) {
		second := int64(at.Sub(start) / time.Second)
		for i := range c.Channels {
			s := &c.Channels[i]
			if restarting := i == 2 && second%7200 < 40; second%15 < 10 && !restarting && !s.Left {
				s.Heard = at
			}
			s.Parked, s.GapSince = 0, time.Time{}
			if i == 1 && second%1800 == 20 {
				s.Parked, s.GapSince = 1, at.Add(-4*time.Second)
			}
			s.Pending, s.PendingSince = 0, time.Time{}
			if second%600 == 0 {
				s.Pending, s.PendingSince = 1, at.Add(-time.Second)
			}
			s.Quarantined = second / 3600 % 3
		}
		if alarms := Alarms(at, c); len(alarms) > 0 {
			t.Fatalf("after %d s: %s", second, names(alarms))
		}
	}
}

func TestDurationsAreWrittenAsPeopleSayThem(t *testing.T) {
	for d, want := range map[time.Duration]string{-time.Hour: "less than a minute", 59 * time.Second: "less than a minute", 90 * time.Second: "1 minute",
		47 * time.Hour: "47 hours", 80 * time.Hour: "3 days"} {
		if got := Span(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
