package federation

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"passerelle/contracts"
)

// judge is Conform over whole lines.
func judge(t testing.TB, dir *Directory, reader contracts.PartyID, lines ...[]byte) []Judgement {
	t.Helper()
	judged, err := Conform(dir, reader, bytes.NewReader(append(bytes.Join(lines, newline), '\n')))
	if err != nil {
		t.Fatal(err)
	}
	return judged
}

// results says for each verdict of the receiver what Conform calls it.
var results = map[Action]Result{Apply: ResultApplied, Answer: ResultDuplicate, Park: ResultAhead, Fork: ResultFork, Frozen: ResultFrozen,
	Reject: ResultRejected, Waits: ResultWaits}

// TestConformJudgesAsTheReceiverDoes plays the published stories to it; the real receiver gives the same verdicts in TestStories.
func TestConformJudgesAsTheReceiverDoes(t *testing.T) {
	dir := publishedDirectory(t)
	for _, s := range published[storyFile](t, "channel.json").Stories {
		var lines [][]byte
		for _, step := range s.Steps {
			lines = append(lines, []byte(step.Frame))
			judged := judge(t, dir, s.Reader, lines...)
			if last := judged[len(judged)-1]; len(judged) != len(lines) || last.Result != results[step.Verdict] || last.Result.Good() != (len(last.Faults) == 0) {
				t.Errorf("%s, %s: %+v, want %s", s.Name, step.Note, last, results[step.Verdict])
			}
		}
	}
}

func TestConformGivesTheCodesOfTheVectors(t *testing.T) {
	dir := publishedDirectory(t)
	for _, v := range published[vectorFile](t, "refusing.json").Vectors {
		line := v.line(t)
		if bytes.Contains(line, newline) {
			continue // two lines here
		}
		judged := judge(t, dir, v.Reader, line)
		if len(judged) != 1 || judged[0].Result != ResultRejected || judged[0].Faults[0].Code != v.Code {
			t.Errorf("%s: %+v, want %s", v.Name, judged, v.Code)
		}
	}
	for _, v := range published[vectorFile](t, "accepting.json").Vectors {
		j := judge(t, dir, v.Reader, v.line(t))[0]
		if j.Type != v.Type {
			t.Errorf("%s: %+v", v.Name, j)
		}
		elsewhere := len(j.Faults) > 0 && j.Faults[0].Field == "epoch" // by itself, the vector says nothing of its channel
		if j.Sequence == 1 && !elsewhere && (string(j.Result) != v.Answer || j.Result == ResultRefused && j.Faults[0].Code != v.Code) {
			t.Errorf("%s: %+v, want %s %s", v.Name, j, v.Answer, v.Code)
		}
	}
}

func TestNodesDoNotSpeakWithEachOther(t *testing.T) {
	frame := eventFrame(event1().with("recipient", `"de"`).String())
	j := judge(t, publishedDirectory(t), "de", []byte(frame))[0]
	if j.Result != ResultRejected || j.Faults[0].Code != FaultSender {
		t.Errorf("%+v", j)
	}
}

func TestConformReadsLinesOfAnyLength(t *testing.T) {
	dir, good := publishedDirectory(t), told(1, zeros, "m1")
	for _, c := range []struct {
		name, text string
		want       []Result
	}{
		{"no line feed at the end", good, []Result{ResultApplied}},
		{"line ends of Windows", good + "\r\n", []Result{ResultApplied}},
		{"a line between", good + "\n\n" + good + "\n", []Result{ResultApplied, ResultRejected, ResultDuplicate}},
		{"as long as a frame may be", strings.Repeat(" ", maxFrame-len(good)) + good + "\n", []Result{ResultApplied}},
		{"one byte longer", strings.Repeat(" ", maxFrame-len(good)+1) + good, []Result{ResultRejected}},
		{"much longer", strings.Repeat("x", 10*maxFrame) + "\n" + good, []Result{ResultRejected, ResultApplied}},
		{"nothing", "", nil},
	} {
		judged, err := Conform(dir, contracts.Hub, strings.NewReader(c.text))
		if err != nil || len(judged) != len(c.want) {
			t.Fatalf("%s: %v %+v", c.name, err, judged)
		}
		for i, want := range c.want {
			if judged[i].Result != want || judged[i].Line != i+1 {
				t.Errorf("%s: %+v, want %s", c.name, judged[i], want)
			}
		}
	}
	if _, err := Conform(dir, contracts.Hub, iotest.ErrReader(errors.New("cable"))); err == nil || !strings.Contains(err.Error(), "line 1: cable") {
		t.Errorf("a reader that fails: %v", err)
	}
}

// FuzzConform: whatever stands around it, a good first message is taken, and every line gets exactly one judgement.
func FuzzConform(f *testing.F) {
	dir, good := publishedDirectory(f), []byte(told(1, zeros, "m1"))
	f.Add([]byte("noise"))
	f.Add([]byte(told(2, zeros, "stray")))
	f.Add([]byte("{}\n\n" + receiptFrame(receipt1().String())))
	f.Fuzz(func(t *testing.T, noise []byte) {
		judged := judge(t, dir, contracts.Hub, good, noise, good)
		if want := 3 + bytes.Count(noise, newline); len(judged) != want {
			t.Fatalf("%d judgements for %d lines", len(judged), want)
		}
		if judged[0].Result != ResultApplied || judged[len(judged)-1].Result != ResultDuplicate {
			t.Errorf("%+v", judged)
		}
		for _, j := range judged {
			if j.Result == "" || j.Result.Good() != (len(j.Faults) == 0) {
				t.Errorf("%+v", j)
			}
		}
	})
}
