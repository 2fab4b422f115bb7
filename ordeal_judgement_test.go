package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// judge is how every ordeal ends. Once all messages have their receipts, every acknowledged document is at the hub exactly once, and so
// is every other of the nodes; the hub's totals are, to the cent, the sums of what the nodes' exported logs say, read here without any
// code of the network's; both ends of each channel hold the same bytes; digests agree; verify finds nothing; no channel is frozen.
func (o *ordeal) judge(sure map[string][]string) {
	o.t.Helper()
	o.awaitReceipts(2 * time.Minute)
	seen := o.askHub()
	for _, name := range o.names {
		o.parties[name].stop()
	}
	atHub := o.exportLog("hub")
	for _, name := range o.nodes() {
		own := o.exportLog(name)["hub"]
		o.sameBytes(name, own, atHub[name])
		stated := o.add(name, own.Sent)
		if diff := cmp.Diff(stated, seen[name], cmp.Comparer(decimal.Decimal.Equal)); diff != "" {
			o.t.Errorf("%s: what its log says (-) and what the hub shows (+):\n%s", name, diff)
		}
		for _, id := range sure[name] {
			if seen[name].documents[id] != 1 {
				o.t.Errorf("%s: the acknowledged document %s is %d times at the hub", name, id, seen[name].documents[id])
			}
		}
		o.t.Logf("%s: %d documents acknowledged, %d at the hub, %s EUR", name, len(sure[name]), len(seen[name].documents), seen[name].total)
	}
	o.sameDigests()
	for _, name := range o.names {
		o.clean(name)
	}
}

// awaitReceipts waits until the nodes hold an answer to everything they sent.
func (o *ordeal) awaitReceipts(patience time.Duration) {
	o.t.Helper()
	for _, name := range o.nodes() {
		p := o.parties[name]
		within(o.t, patience, func() error {
			p.alive()
			o.hub().alive()
			var channel struct {
				Sent, Pending, Refused int64
				Frozen                 bool
			}
			_, err := fetch(p.url()+"/api/network", &channel)
			if channel.Refused > 0 || channel.Frozen {
				o.t.Fatalf("%s: %+v\n%s\nhub: %s", name, channel, p.log.String(), o.hub().log.String())
			}
			if err == nil && (channel.Pending > 0 || channel.Sent == 0) {
				err = fmt.Errorf("%s: %+v\n%s\nhub: %s", name, channel, p.log.String(), o.hub().log.String())
			}
			return err
		})
	}
}

// statement is what is said of a country's documents.
type statement struct {
	total     decimal.Decimal // without VAT, less credit notes, in EUR
	documents map[string]int  // how often each id is there
}

// Equal compares what cmp cannot look into.
func (s statement) Equal(other statement) bool {
	return s.total.Equal(other.total) && maps.Equal(s.documents, other.documents)
}

// askHub reads the hub's totals and every document in them over HTTP, by seller.
func (o *ordeal) askHub() map[string]statement {
	o.t.Helper()
	seen := map[string]statement{}
	for _, name := range o.nodes() {
		seen[name] = statement{documents: map[string]int{}}
	}
	year := time.Now().UTC().Year()
	for y := year - 1; y <= year+1; y++ { // clocks that are wrong issue across the turn of a year
		var matrix struct {
			Cells []struct{ Seller, Amount, Months string }
		}
		o.ask(fmt.Sprintf("/api/crossborder?year=%d", y), &matrix)
		for _, cell := range matrix.Cells {
			name := strings.ToLower(cell.Seller)
			s := seen[name]
			s.total = s.total.Add(decimal.RequireFromString(cell.Amount))
			seen[name] = s
			o.askPair(cell.Months, s.documents)
		}
	}
	return seen
}

func (o *ordeal) askPair(address string, into map[string]int) {
	var pair struct {
		Months []struct {
			URL string `json:"documents_url"`
		}
	}
	o.ask(address, &pair)
	for _, m := range pair.Months {
		for next := m.URL; next != ""; {
			var page struct {
				Documents []struct{ ID string }
				Next      string
			}
			o.ask(next, &page)
			for _, d := range page.Documents {
				into[d.ID]++
			}
			next = page.Next
		}
	}
}

func (o *ordeal) ask(address string, into any) {
	o.t.Helper()
	if _, err := fetch(o.hub().url()+address, into); err != nil {
		o.t.Fatalf("%s: %v", address, err)
	}
}

// channelLog is one channel of an exported log: its frames as they stand there.
type channelLog struct{ Sent, Answers, Received, Given, Forks []string }

// exportLog has the program write a party's log and reads it by the description in the first line.
func (o *ordeal) exportLog(name string) map[string]channelLog {
	o.t.Helper()
	file := filepath.Join(o.t.TempDir(), name+".log")
	if code, _, errs := command(o.t, "export-log", "--db", o.parties[name].dsn, "--party", name, "-o", file); code != exitGood {
		o.t.Fatalf("export-log of %s: exit %d, %s", name, code, errs)
	}
	f, err := os.Open(file)
	if err != nil {
		o.t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	var header struct {
		Channels []struct {
			Peer                                  string
			Sent, Answers, Received, Given, Forks int
		}
	}
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &header) != nil {
		o.t.Fatalf("the log of %s has no header: %v", name, lines.Err())
	}
	take := func(n int) (part []string) {
		for range n {
			if !lines.Scan() {
				o.t.Fatalf("the log of %s is cut short: %v", name, lines.Err())
			}
			part = append(part, lines.Text())
		}
		return part
	}
	logs := map[string]channelLog{}
	for _, c := range header.Channels {
		logs[c.Peer] = channelLog{take(c.Sent), take(c.Answers), take(c.Received), take(c.Given), take(c.Forks)}
	}
	return logs
}

// sameBytes compares the two ends of a node's channel: what it sent and was answered, and what the hub received and answered.
func (o *ordeal) sameBytes(name string, node, hub channelLog) {
	o.t.Helper()
	if !slices.Equal(node.Sent, hub.Received) || !slices.Equal(node.Answers, hub.Given) {
		o.t.Errorf("%s sent %d messages and holds %d answers, the hub received %d and gave %d, and they are not the same", name, len(node.Sent), len(node.Answers), len(hub.Received), len(hub.Given))
	}
	if n := len(node.Forks) + len(hub.Forks); n > 0 {
		o.t.Errorf("%s: %d forks", name, n)
	}
}

// add sums up the messages a node sent, and follows their numbers and hashes on the way.
func (o *ordeal) add(name string, frames []string) statement {
	o.t.Helper()
	s, previous := statement{documents: map[string]int{}}, strings.Repeat("0", 2*sha256.Size)
	for i, line := range frames {
		m, hash, err := readFrame(line)
		if err != nil || m.Sequence != i+1 || m.Previous != previous || m.Source != name {
			o.t.Errorf("%s: message %d is %+v: %v", name, i+1, m, err)
			return s
		}
		previous = hash
		switch {
		case strings.HasSuffix(m.Type, ".invoice-issued.v1"):
			s.total = s.total.Add(m.Data.TaxExclusive.Amount)
		case strings.HasSuffix(m.Type, ".credit-note-issued.v1"):
			s.total = s.total.Sub(m.Data.TaxExclusive.Amount)
		default:
			continue
		}
		s.documents[m.Data.ID]++
	}
	return s
}

// stated is what the judgement reads of a message.
type stated struct {
	Source, Type, Previous string
	Sequence               int
	Data                   struct {
		ID           string
		TaxExclusive struct{ Amount decimal.Decimal } `json:"tax_exclusive"`
	}
}

// readFrame opens a frame as contracts/wire.md describes it.
func readFrame(line string) (m stated, hash string, err error) {
	var frame struct{ Protected, Payload string }
	if err := json.Unmarshal([]byte(line), &frame); err != nil {
		return m, "", err
	}
	payload, err := base64.RawURLEncoding.DecodeString(frame.Payload)
	if err != nil {
		return m, "", err
	}
	sum := sha256.Sum256([]byte("passerelle-message-v1\n" + frame.Protected + "." + frame.Payload))
	return m, hex.EncodeToString(sum[:]), json.Unmarshal(payload, &m)
}

// sameDigests compares the hub's digest of each country with the node's own.
func (o *ordeal) sameDigests() {
	o.t.Helper()
	type digest struct{ Country, Digest string }
	read := func(name string) (all []digest) {
		code, out, errs := command(o.t, "digest", "--json", "--db", o.parties[name].dsn, "--party", name)
		if err := json.Unmarshal([]byte(out), &all); code != exitGood || err != nil {
			o.t.Fatalf("digest of %s: exit %d, %v, %s", name, code, err, errs)
		}
		return all
	}
	atHub := read("hub")
	for _, name := range o.nodes() {
		if own := read(name); len(own) != 1 || !slices.Contains(atHub, own[0]) {
			o.t.Errorf("the digest of %s is %v, the hub's are %v", name, own, atHub)
		}
	}
}

// clean runs verify and looks at the channels: none is frozen, none diverged.
func (o *ordeal) clean(name string) {
	o.t.Helper()
	if code, out, errs := command(o.t, "verify", "--network", o.network, "--db", o.parties[name].dsn, "--party", name); code != exitGood {
		o.t.Errorf("verify of %s: exit %d\n%s%s", name, code, out, errs)
	}
	for _, c := range o.channels(name) {
		if c.Frozen || c.Standing == "diverged" || c.WaitingFor != "" {
			o.t.Errorf("the channel of %s with %s: %+v", name, c.Peer, c)
		}
	}
}

// channelState is what a party's books say of a channel.
type channelState struct {
	Peer, Standing string
	Frozen         bool
	WaitingFor     string `json:"waiting_for"`
	Rejected       map[string]int64
}

// channels reads how a party's channels stand. Alarms that the ordeal has raised may not have ended with it; they are no finding here.
func (o *ordeal) channels(name string) []channelState {
	o.t.Helper()
	code, out, errs := command(o.t, "peers", "--json", "--db", o.parties[name].dsn, "--party", name)
	var condition struct{ Channels []channelState }
	if err := json.Unmarshal([]byte(out), &condition); err != nil || code == exitFailed || len(condition.Channels) == 0 {
		o.t.Fatalf("peers of %s: exit %d, %v, %s", name, code, err, errs)
	}
	return condition.Channels
}
