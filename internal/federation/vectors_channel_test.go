package federation

import (
	"fmt"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"passerelle/contracts"
)

// story is a sequence of frames as they arrive at one receiver that starts with nothing, and what it does with each.
type story struct {
	Name   string            `json:"name"`
	Reader contracts.PartyID `json:"reader"`
	Steps  []step            `json:"steps"`
}

type step struct {
	Note    string `json:"note"`
	Frame   string `json:"frame"`
	Verdict Action `json:"verdict"`
	Next    int64  `json:"next"` // the sequence expected afterwards
	Head    string `json:"head"` // the hash of the last message consumed
}

type storyFile struct {
	About   string  `json:"about"`
	Stories []story `json:"stories"`
}

// told writes the n-th message of be to the hub.
func told(n int, previous, id string) string {
	return eventFrame(event1().with("sequence", fmt.Sprint(n)).with("previous", quote(previous)).with("id", quote(id)).String())
}

// stories are written by hand: verdict, next and head are what wire.md demands.
func stories() []story {
	one := told(1, zeros, "m1")
	two := told(2, hashByHand(one), "m2")
	three := told(3, hashByHand(two), "m3")
	four := told(4, hashByHand(three), "m4")
	otherOne, otherTwo := told(1, zeros, "m1-again"), told(2, hashByHand(one), "m2-again")
	strayThree := told(3, hashByHand(otherTwo), "m3")
	epochTwo := eventFrame(event1().with("epoch", "2").with("id", `"e2"`).String())
	unknown := eventFrame(event1().with("sequence", "2").with("previous", quote(hashByHand(one))).with("type", `"coop.passerelle.invoice-paid.v9"`).String())
	afterUnknown := told(3, hashByHand(unknown), "m3")
	h := hashByHand
	return []story{
		{"in order", contracts.Hub, []step{{"the first", one, Apply, 2, h(one)}, {"the second", two, Apply, 3, h(two)}, {"the third", three, Apply, 4, h(three)}}},
		{"duplicates", contracts.Hub, []step{{"the first", one, Apply, 2, h(one)}, {"again", one, Answer, 2, h(one)}, {"the second", two, Apply, 3, h(two)}, {"the first again", one, Answer, 3, h(two)}, {"the second again", two, Answer, 3, h(two)}}},
		{"a gap", contracts.Hub, []step{{"the first", one, Apply, 2, h(one)}, {"the third: parked, two is asked for", three, Park, 2, h(one)}, {"the fourth: parked", four, Park, 2, h(one)}, {"the second, and with it the parked ones", two, Apply, 5, h(four)}, {"the third again", three, Answer, 5, h(four)}}},
		{"nothing before the first", contracts.Hub, []step{{"the second: parked", two, Park, 1, zeros}, {"the first, and with it the second", one, Apply, 3, h(two)}}},
		{"a number with other bytes", contracts.Hub, []step{{"the first", one, Apply, 2, h(one)}, {"the second", two, Apply, 3, h(two)}, {"another second: frozen", otherTwo, Fork, 3, h(two)}, {"the third, on a frozen channel", three, Frozen, 3, h(two)}, {"the second, seen before the freeze", two, Answer, 3, h(two)}, {"another first: evidence enough is kept", otherOne, Frozen, 3, h(two)}}},
		{"a number on another history", contracts.Hub, []step{{"the first", one, Apply, 2, h(one)}, {"the second", two, Apply, 3, h(two)}, {"a third that follows another second: frozen", strayThree, Fork, 3, h(two)}, {"the third that follows", three, Frozen, 3, h(two)}}},
		{"a parked message on another history", contracts.Hub, []step{{"the first", one, Apply, 2, h(one)}, {"a third that follows another second: parked", strayThree, Park, 2, h(one)}, {"the second, after which the parked one is a fork", two, Apply, 3, h(two)}, {"the third that follows, on a frozen channel", three, Frozen, 3, h(two)}}},
		{"another epoch", contracts.Hub, []step{{"the first", one, Apply, 2, h(one)}, {"of another epoch", epochTwo, Reject, 2, h(one)}, {"the second", two, Apply, 3, h(two)}}},
		{"a type nobody knows", contracts.Hub, []step{{"the first", one, Apply, 2, h(one)}, {"of an unknown type: nothing is recorded or answered", unknown, Waits, 2, h(one)}, {"what follows it is parked, and nothing is asked for", afterUnknown, Park, 2, h(one)}, {"its next attempt", unknown, Waits, 2, h(one)}, {"the first again", one, Answer, 2, h(one)}}},
	}
}

func TestStoriesFollowTheirTable(t *testing.T) {
	b, err := contracts.Encode(storyFile{"What a receiver does with frames as they arrive, beginning with an empty channel; next and head are its position afterwards.", stories()})
	if err != nil {
		t.Fatal(err)
	}
	value := jsontext.Value(b)
	if err := value.Indent(jsontext.WithIndent(" ")); err != nil {
		t.Fatal(err)
	}
	golden(t, "channel.json", append(value, '\n'))
}

// TestStories plays the published stories to the real receiver, one frame an entry, on both engines.
func TestStories(t *testing.T) {
	dir := publishedDirectory(t)
	for _, s := range published[storyFile](t, "channel.json").Stories {
		t.Run(s.Name, func(t *testing.T) {
			in, verdicts := storyReader(t, dir, s.Reader)
			for _, step := range s.Steps {
				got := verdicts([]byte(step.Frame))
				c, err := readChannel(t.Context(), in.e.DB, in.peer, Start(1, "", 0))
				if err != nil {
					t.Fatal(err)
				}
				if got != step.Verdict || c.Next != step.Next || c.Head.String() != step.Head {
					t.Errorf("%s: %s, next %d, head %s; want %s, %d, %s", step.Note, got, c.Next, c.Head, step.Verdict, step.Next, step.Head)
				}
			}
		})
	}
}
