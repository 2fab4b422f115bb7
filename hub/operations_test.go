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
	return stands(t, federation.Condition{Channels: channels})
}

// stands is the seeded hub in a condition as a test says, with the alarms that follow.
func stands(t *testing.T, c federation.Condition) http.Handler {
	t.Helper()
	db := storagetest.Open(t, storage.SQLite, Migrations()...)
	seeded(t, db)
	c.Party, c.At, c.Alarms = contracts.Hub, noon, append(c.Alarms, federation.Alarms(noon, c)...)
	return signedIn(t, New(db, Options{Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Accounts: accounts(db),
		Condition: func(context.Context) (federation.Condition, error) { return c, nil }}))
}

// heard is a channel in step, heard that long ago.
func heard(peer contracts.PartyID, ago time.Duration) federation.ChannelStatus {
	return federation.ChannelStatus{Peer: peer, Epoch: 1, Standing: federation.Agreed, Received: 16, Heard: noon.Add(-ago)}
}

// shown is the JSON of the page.
type shown struct {
	Alarms []struct{ Code, Peer string }
	Nodes  []struct {
		Peer, Node, Urgency string
		Received            int
		Heard               string
		Findings            []struct{ Code, Urgency string }
	}
	Registry struct{ Number int }
	History  []struct{ Code, Cleared string }
}

func TestOperationsSayHowAChannelStandsAndWhatToDo(t *testing.T) {
	const second = time.Second
	with := func(change func(s *federation.ChannelStatus)) federation.ChannelStatus {
		s := heard("se", 10*second)
		change(&s)
		return s
	}
	for _, c := range []struct {
		name    string
		channel federation.ChannelStatus
		want    []string // in the page
		urgency string
	}{
		{"in step", heard("se", 10*second), []string{"No alarm Every node", "Sweden well All in step less than a minute ago 16 0 0 0 0"}, "calm"},
		{"just not silent", heard("se", 60*second), []string{"No alarm", "All in step"}, "calm"},
		{"silent", heard("se", 26*time.Hour), []string{"What to do now Sweden Silent for 26 hours. Since 22 November 2026, 12:00 UTC Ask the node's operator whether its program runs"}, "urgent"},
		{"silent without a profile", heard("be", 24*time.Hour), []string{"now Belgium Silent for 24 hours. Since", "Belgium now Silent for 24 hours"}, "urgent"},
		{"left long ago", with(func(s *federation.ChannelStatus) { s.Peer, s.Left, s.Heard = "es", true, noon.Add(-9000*time.Hour) }),
			[]string{"No alarm", "Have left the network; what they sent stays readable: Spain (16)."}, "calm"},
		{"says that it left", heard("es", 10*second), []string{"Spain soon Says that it has left the network, and is still a member of it If it has: passerelle registry leave"}, "warning"},
		{"never connected", federation.ChannelStatus{Peer: "de"}, []string{"No alarm", "Germany well Has not connected yet", "never 0"}, "calm"},
		{"messages wait", with(func(s *federation.ChannelStatus) { s.Sent, s.Pending, s.PendingSince = 5, 3, noon.Add(-2*time.Minute) }),
			[]string{"No alarm", "well 3 messages wait for this node's receipt, the oldest for 2 minutes", "3 of 5"}, "calm"},
		{"messages wait for long", with(func(s *federation.ChannelStatus) { s.Sent, s.Pending, s.PendingSince = 5, 3, noon.Add(-2*time.Hour) }),
			[]string{"3 messages wait for a receipt, the oldest since 2 hours ago, although the other side lives. Since 22 November 2026, 12:00 UTC Nothing is lost"}, "urgent"},
		{"messages come", with(func(s *federation.ChannelStatus) { s.Lag = 1 }), []string{"well 1 message of this node is on the way"}, "calm"},
		{"a gap", with(func(s *federation.ChannelStatus) { s.Parked, s.GapSince = 2, noon.Add(-2*time.Minute) }),
			[]string{"now Sweden", "A gap: message 17 is missing for 2 minutes, a resend was asked for; 2 messages wait behind it."}, "urgent"},
		{"a fork", with(func(s *federation.ChannelStatus) { s.Frozen, s.Parked = true, 2 }),
			[]string{"Two histories were signed: the channel is frozen. Since 22 November 2026, 12:00 UTC Call the node's operator."}, "urgent"},
		{"a newer program", with(func(s *federation.ChannelStatus) { s.WaitingFor, s.Parked = "coop.<b>.v2", 1 }),
			[]string{"Waits for a newer program: event type coop.<b>.v2 is unknown here; 1 message waits behind it. Since 22 November 2026, 12:00 UTC Update the program here."}, "urgent"},
		{"refused long ago", with(func(s *federation.ChannelStatus) { s.Sent, s.Receipted, s.Refused = 4, 4, 2 }), []string{"All in step"}, "calm"},
		{"refused lately", with(func(s *federation.ChannelStatus) { s.Sent, s.Receipted, s.Refused, s.RefusedLately = 4, 4, 2, 1 }),
			[]string{"soon The node refused 1 message of the hub within the hour"}, "warning"},
		{"unreadable long ago", with(func(s *federation.ChannelStatus) {
			s.Rejected = map[contracts.FaultCode]int64{"header": 2, "frame": 10}
		}),
			[]string{"All in step", "frame 10 header 2"}, "calm"},
		{"unreadable lately", with(func(s *federation.ChannelStatus) {
			s.RejectedLately = map[contracts.FaultCode]int64{"header": 2, "frame": 10}
		}), []string{"soon 12 entries could not be read within the hour (frame 10, header 2) None took effect. Ask the node's operator"}, "warning"},
		{"forged", with(func(s *federation.ChannelStatus) {
			s.RejectedLately = map[contracts.FaultCode]int64{"signature": 1, "key": 1}
		}), []string{"None took effect. Somebody else may write to this stream"}, "warning"},
		{"a key nobody knows", with(func(s *federation.ChannelStatus) { s.RejectedLately = map[contracts.FaultCode]int64{"key": 1} }),
			[]string{"1 entry could not be read within the hour (key 1) None took effect. It signs with a key"}, "warning"},
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
			if got := answer[shown](t, h, "/api/operations"); len(got.Nodes) != 1 || got.Nodes[0].Urgency != c.urgency || (len(got.Alarms) > 0) != (c.urgency == "urgent") {
				t.Errorf("%+v, want %s", got, c.urgency)
			}
		})
	}
}

func TestOperationsPutFirstWhatIsUrgent(t *testing.T) {
	silent, doubtful := heard("se", 30*time.Hour), heard("de", 10*time.Second)
	doubtful.RefusedLately = 1
	h := operated(t, heard("at", 10*time.Second), doubtful, silent)
	text := words(get(h, "/operations"))
	text, nodes, _ := strings.Cut(text, " Nodes Node ")
	first, second, third := strings.Index(nodes, "Sweden"), strings.Index(nodes, "Germany"), strings.Index(nodes, "Austria")
	if first < 0 || first > second || second > third || !strings.Contains(text, "Alarms 1 a person must look now Warnings 0 none Nodes in order 1 of 3 in the network") {
		t.Error(text, nodes)
	}
	got := answer[shown](t, h, "/api/operations")
	var order []string
	for _, n := range got.Nodes {
		order = append(order, n.Peer+" "+n.Node+" "+n.Findings[0].Code+" "+n.Heard)
	}
	want := []string{"at unknown in-step 2026-11-22T11:59:50Z", "de unknown refused 2026-11-22T11:59:50Z", "se in silent 2026-11-21T06:00:00Z"}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Error(diff)
	}
}

func TestOperationsTellOfTheHubItselfAndOfThePast(t *testing.T) {
	h := stands(t, federation.Condition{
		Alarms:   []federation.Alarm{{Code: federation.AlarmDatabase, Severity: federation.Urgent, Since: noon.Add(-time.Hour), Message: "The disk is full", Remedy: "Make room."}},
		Registry: federation.RegistryStatus{Number: 12}, Channels: []federation.ChannelStatus{heard("se", 0)},
		History: []federation.PastAlarm{{Code: federation.AlarmSilent, Peer: "be", Message: "Silent for 1 minute", Raised: noon.Add(-3 * time.Hour), Cleared: noon.Add(-time.Hour)}}})
	text := words(get(h, "/operations"))
	for _, want := range []string{"now This hub The disk is full. Since 22 November 2026, 11:00 UTC Make room.", "Registry Entries 12 Sweden knows 0",
		"22 November 2026, 09:00 UTC Belgium Silent for 1 minute 2 hours"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q:\n%s", want, text)
		}
	}
	got := answer[shown](t, h, "/api/operations")
	if got.Registry.Number != 12 || len(got.History) != 1 || got.History[0].Cleared != "2026-11-22T11:00:00Z" {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsDoneTogetherStandsTogether(t *testing.T) {
	fork := heard("at", 0)
	fork.Frozen = true
	text := words(get(operated(t, fork, heard("be", time.Hour), heard("de", 2*time.Hour)), "/operations"))
	want := "now Belgium Silent for 1 hour. Since 22 November 2026, 12:00 UTC now Germany Silent for 2 hours. Since 22 November 2026, 12:00 UTC Several at once: look first whether the broker runs"
	if !strings.Contains(text, want) || strings.Count(text, "Ask the node's operator whether its program runs") != 1 {
		t.Error(text)
	}
}

func TestThePageOnTheWallLoadsItselfAnew(t *testing.T) {
	h := operated(t)
	if got := get(h, "/operations").Header().Get("Refresh"); got != "30" {
		t.Errorf("refresh %q", got)
	}
	if w := get(h, "/operations?refresh=off"); w.Header().Get("Refresh") != "" || !strings.Contains(words(w), "Load it anew every half minute") {
		t.Error("it cannot be stopped")
	}
}

func TestOperationsWithoutChannels(t *testing.T) {
	h := signedIn(t, quiet(storagetest.Open(t, storage.SQLite, Migrations()...)))
	if text := words(get(h, "/operations")); !strings.Contains(text, "No node is listed yet") {
		t.Error(text)
	}
	if got := get(h, "/api/operations").Body.String(); !strings.Contains(got, `"alarms":[],"nodes":[]`) {
		t.Error(got)
	}
	if w := get(h, "/api/operations?node=be"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an unknown parameter: %d", w.Code)
	}
}

func TestOperationsThatCannotBeReadAreAnError(t *testing.T) {
	db := storagetest.Open(t, storage.SQLite, Migrations()...)
	h := signedIn(t, New(db, Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Accounts: accounts(db),
		Condition: func(context.Context) (federation.Condition, error) {
			return federation.Condition{}, errors.New("disk at /secret/path")
		}}))
	for _, url := range []string{"/operations", "/api/operations"} {
		if w := get(h, url); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d %s", url, w.Code, w.Body)
		}
	}
}
