package hub

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// operated is the seeded hub with channels as a test says.
func operated(t *testing.T, channels ...federation.ChannelStatus) http.Handler {
	t.Helper()
	db := storagetest.Open(t, storage.SQLite, Migrations)
	seeded(t, db)
	return New(db, Options{Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Channels: func(context.Context) ([]federation.ChannelStatus, error) { return channels, nil }}).Handler()
}

// heard is a channel in step, heard that long ago.
func heard(peer contracts.PartyID, ago time.Duration) federation.ChannelStatus {
	return federation.ChannelStatus{Peer: peer, Received: 16, Heard: noon.Add(-ago)}
}

func TestOperationsSayHowAChannelStandsAndWhatToDo(t *testing.T) {
	hour := time.Hour
	with := func(change func(s *federation.ChannelStatus)) federation.ChannelStatus {
		s := heard("se", hour)
		change(&s)
		return s
	}
	for _, c := range []struct {
		name    string
		channel federation.ChannelStatus
		want    []string // in the page
		urgency string
	}{
		{"in step", heard("se", hour), []string{"Sweden well All in step 22 November 2026, 11:00 UTC 16 0 0 0"}, "calm"},
		{"just not silent", heard("se", 24*hour-1), []string{"All in step"}, "calm"},
		{"silent", heard("se", 26*hour), []string{"now Silent for 26 hours Ask its operator whether the node runs"}, "urgent"},
		{"silent for days", heard("se", 80*hour), []string{"Silent for 3 days"}, "urgent"},
		{"silent without a profile", heard("be", 24*hour), []string{"Belgium now Silent for 24 hours"}, "urgent"},
		{"left long ago", heard("es", 9000*hour), []string{"Spain well Has left the network What it sent stays readable."}, "calm"},
		{"never heard", federation.ChannelStatus{Peer: "de"}, []string{"Germany watch Has not been heard yet", "never 0"}, "watch"},
		{"messages wait", with(func(s *federation.ChannelStatus) { s.Sent, s.Pending, s.PendingSince = 5, 3, noon.Add(-2*hour) }),
			[]string{"watch 3 messages wait for this node's receipt, the oldest for 2 hours", "5 3 without receipt"}, "watch"},
		{"one message waits", with(func(s *federation.ChannelStatus) { s.Sent, s.Pending, s.PendingSince = 1, 1, noon.Add(-90*time.Second) }),
			[]string{"1 message waits for this node's receipt, the oldest for 1 minute"}, "watch"},
		{"a gap", with(func(s *federation.ChannelStatus) { s.Parked = 2 }),
			[]string{"now A gap: message 17 is missing, a resend was asked for; 2 messages wait behind it"}, "urgent"},
		{"a fork", with(func(s *federation.ChannelStatus) { s.Frozen, s.Parked = true, 2 }),
			[]string{"now Two histories were signed: the channel is frozen Call the node's operator."}, "urgent"},
		{"a newer program", with(func(s *federation.ChannelStatus) { s.WaitingFor, s.Parked = "coop.<b>.v2", 1 }),
			[]string{"now Waits for a newer program: event type coop.<b>.v2 is unknown here; 1 message waits behind it Update the hub."}, "urgent"},
		{"refusals", with(func(s *federation.ChannelStatus) { s.Sent, s.Refused = 4, 2 }), []string{"The node refused 2 messages of the hub", "4 2 refused"}, "watch"},
		{"unreadable", with(func(s *federation.ChannelStatus) {
			s.Rejected = map[contracts.FaultCode]int64{"header": 2, "frame": 10}
		}),
			[]string{"watch 12 entries could not be read (frame 10, header 2) None took effect. Ask the node's operator", "frame 10 header 2"}, "watch"},
		{"forged", with(func(s *federation.ChannelStatus) {
			s.Rejected = map[contracts.FaultCode]int64{"signature": 1, "key": 1}
		}),
			[]string{"2 entries could not be read (key 1, signature 1) None took effect. Somebody else may write to this node's stream"}, "watch"},
		{"a key nobody knows", with(func(s *federation.ChannelStatus) { s.Rejected = map[contracts.FaultCode]int64{"key": 1} }),
			[]string{"1 entry could not be read (key 1) None took effect. The node signs with a key"}, "watch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := operated(t, c.channel)
			page := get(h, "/operations")
			text := words(page)
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("does not say %q:\n%s", want, text)
				}
			}
			if page.Code != http.StatusOK || strings.Contains(page.Body.String(), "<b>") || strings.Contains(page.Body.String(), " style=") {
				t.Errorf("%d\n%s", page.Code, page.Body)
			}
			if got := answer[[]struct{ Urgency string }](t, h, "/api/operations"); len(got) != 1 || got[0].Urgency != c.urgency {
				t.Errorf("urgency %v, want %s", got, c.urgency)
			}
		})
	}
}

func TestOperationsPutFirstWhatIsUrgent(t *testing.T) {
	silent := heard("se", 30*time.Hour)
	silent.Rejected = map[contracts.FaultCode]int64{"frame": 1}
	h := operated(t, heard("at", time.Hour), federation.ChannelStatus{Peer: "de"}, silent)
	text := words(get(h, "/operations"))
	first, second, third := strings.Index(text, "Sweden"), strings.Index(text, "Germany"), strings.Index(text, "Austria")
	if first < 0 || first > second || second > third || !strings.Contains(text, "To do now 1 a person must look To watch 1 mends itself, or can wait Nothing to do 1 of 3 in the directory") {
		t.Error(text)
	}
	type node struct {
		Peer, Node string
		Received   int
		Heard      string
		Findings   []struct{ Code, Urgency string }
	}
	want := []node{
		{"at", "unknown", 16, "2026-11-22T11:00:00Z", []struct{ Code, Urgency string }{{"in-step", "calm"}}},
		{"de", "unknown", 0, "", []struct{ Code, Urgency string }{{"never-heard", "watch"}}},
		{"se", "in", 16, "2026-11-21T06:00:00Z", []struct{ Code, Urgency string }{{"silent", "urgent"}, {"rejected", "watch"}}},
	}
	if diff := cmp.Diff(want, answer[[]node](t, h, "/api/operations")); diff != "" {
		t.Error(diff)
	}
}

func TestOperationsWithoutChannels(t *testing.T) {
	h := quiet(storagetest.Open(t, storage.SQLite, Migrations)).Handler()
	if text := words(get(h, "/operations")); !strings.Contains(text, "No node is listed yet") {
		t.Error(text)
	}
	if got := strings.TrimSpace(get(h, "/api/operations").Body.String()); got != "[]" {
		t.Error(got)
	}
	if w := get(h, "/api/operations?node=be"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an unknown parameter: %d", w.Code)
	}
}

func TestOperationsThatCannotBeReadAreAnError(t *testing.T) {
	db := storagetest.Open(t, storage.SQLite, Migrations)
	h := New(db, Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Channels: func(context.Context) ([]federation.ChannelStatus, error) {
			return nil, errors.New("disk at /secret/path")
		}}).Handler()
	for _, url := range []string{"/operations", "/api/operations"} {
		if w := get(h, url); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d %s", url, w.Code, w.Body)
		}
	}
}
