package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes"
	"passerelle/nodes/casework"
	"passerelle/nodes/correspondence"
)

// sentFrames are the frames of a type that a node has written to the hub.
func (n *network) sentFrames(t *testing.T, self contracts.PartyID, typ contracts.EventType) (frames []contracts.SignedFrame) {
	t.Helper()
	rows, err := n.up[self].node.DB.QueryContext(t.Context(), `SELECT frame FROM fed_outbox WHERE type = $1 ORDER BY sequence`, string(typ))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line []byte
		var f contracts.SignedFrame
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(line, &f); err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f)
	}
	return frames
}

// handed has a node take in what a hub hands on, and returns the code of its refusal.
func handed(t *testing.T, node *nodes.Node, f contracts.SignedFrame) contracts.FaultCode {
	t.Helper()
	err := node.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return node.Apply(ctx, tx, contracts.Hub, contracts.FrameForwarded{Frame: f})
	})
	if err != nil && !contracts.IsFault(err) {
		t.Fatal(err)
	}
	if err == nil {
		return ""
	}
	return contracts.FaultsOf(err)[0].Code
}

// TestAHubCannotForgeOrMisdirect gives the host what a hostile hub could make of a home's signed request.
func TestAHubCannotForgeOrMisdirect(t *testing.T) {
	both(t, []string{"hub", "be", "fr", "de"}, func(t *testing.T, n *network) {
		a := openAbroad(t, n, "be", "FR")
		a.file(t, "fr", correspondence.Taken, contracts.KindHostRequest)
		good := n.sentFrames(t, "be", contracts.TypeCaseMessageSent)[0]
		progress := n.sentFrames(t, "be", contracts.TypeCaseProgressed)[0]
		fr, de := n.up["fr"].node, n.up["de"].node

		if code := handed(t, fr, good); code != "" {
			t.Errorf("the same again is refused with %s", code)
		}
		if code := handed(t, de, good); code != correspondence.FaultForwarded {
			t.Errorf("another's message is %q", code)
		}
		if code := handed(t, fr, progress); code != correspondence.FaultForwarded {
			t.Errorf("what is for the hub alone is %q", code)
		}
		altered := good
		altered.Payload = progress.Payload
		if code := handed(t, fr, altered); code != "signature" {
			t.Errorf("another payload under the signature is %q", code)
		}
		altered = good
		altered.Signature = strings.Repeat("A", len(good.Signature))
		if code := handed(t, fr, altered); code != "signature" {
			t.Errorf("another signature is %q", code)
		}
		if code := handed(t, fr, contracts.SignedFrame{Protected: "x", Payload: "y", Signature: "z"}); code == "" {
			t.Error("rubbish is taken")
		}
		again, err := fr.Store.Messages(t.Context(), fr.DB, access.Program(), "BE", a.id)
		if err != nil {
			t.Fatal(err)
		}
		requests := slices.DeleteFunc(again, func(m correspondence.Message) bool { return m.Kind != contracts.KindHostRequest })
		if len(requests) != 1 {
			t.Errorf("%d requests on file", len(requests))
		}
	})
}

// TestOnlyThePartiesOfACaseHaveASay: a node that nobody asked is refused and told so, and nothing of the case moves.
func TestOnlyThePartiesOfACaseHaveASay(t *testing.T) {
	both(t, []string{"hub", "be", "fr", "de"}, func(t *testing.T, n *network) {
		a := openAbroad(t, n, "be", "FR")
		request := a.file(t, "fr", correspondence.Taken, contracts.KindHostRequest)
		before := a.now(t).Version
		de := n.up["de"].node
		address := correspondence.Address{Case: a.id, Home: "BE", Peer: "BE", InReplyTo: request.Message, RuleSet: "eu-2010"}
		err := de.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) (err error) {
			address, err = de.Letters.Send(ctx, tx, address, letter.HostDecline{Reason: "not ours"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		be := n.up["be"].node
		inTime(t, "home has refused it", func() bool {
			m, there, err := be.Store.Message(t.Context(), be.DB, access.Program(), correspondence.Taken, "DE", address.Message, 1)
			return err == nil && there && m.Refused == correspondence.FaultParty
		})
		if after := a.now(t); after.Version != before {
			t.Errorf("the case moved from version %d to %d", before, after.Version)
		}
		if _, err := a.tryWrite(t, "de", correspondence.Draft{}, letter.InfoRequest{Words: letter.Words{Text: "who?"}}); err == nil {
			t.Error("a node without a file wrote by hand")
		}
	})
}

// TestAMessageIsTakenBackByItsSenderAndCorrectedByAVersion: what another wrote stays, and the older version beside the newer.
func TestAMessageIsTakenBackByItsSenderAndCorrectedByAVersion(t *testing.T) {
	both(t, []string{"hub", "be", "fr"}, func(t *testing.T, n *network) {
		a := openAbroad(t, n, "be", "FR")
		request := a.file(t, "fr", correspondence.Taken, contracts.KindHostRequest)
		reply := correspondence.Draft{InReplyTo: request.Message}
		a.write(t, "fr", reply, letter.HostAccept{})
		note := a.write(t, "fr", reply, letter.TaxNote{State: contracts.TrackNotNeeded, Text: "nothing is withheld"})
		if _, err := a.tryWrite(t, "fr", correspondence.Draft{}, letter.Invalidate{Message: request.Message}); err == nil {
			t.Error("the host took home's request back")
		}
		corrected := reply
		corrected.Corrects = note.Message
		second := a.write(t, "fr", corrected, letter.TaxNote{State: contracts.TrackOK, Text: "15 % are withheld"})
		if second.Message != note.Message || second.Version != 2 {
			t.Errorf("%+v", second.Address)
		}
		inTime(t, "home has noted the tax", func() bool { return a.now(t).TrackState(casework.TrackTax) == contracts.TrackOK })
		a.write(t, "fr", correspondence.Draft{}, letter.Invalidate{Message: note.Message})
		inTime(t, "the tax is to be looked at again", func() bool { return a.now(t).TrackState(casework.TrackTax) == contracts.TrackTodo })
		be := n.up["be"].node
		inTime(t, "home knows", func() bool {
			m, there, err := be.Store.Message(t.Context(), be.DB, access.Program(), correspondence.Taken, "FR", note.Message, 2)
			return err == nil && there && !m.Invalid.IsZero()
		})
	})
}

// TestTheHostsAccessEnds: sixty days after the case was closed the letters are empty at the host, and the file stays as a tombstone.
func TestTheHostsAccessEnds(t *testing.T) {
	both(t, []string{"hub", "be", "fr"}, func(t *testing.T, n *network) {
		a := openAbroad(t, n, "be", "FR")
		a.file(t, "fr", correspondence.Taken, contracts.KindHostRequest)
		be, fr := n.up["be"].node, n.up["fr"].node
		err := be.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			_, err := be.Letters.Send(ctx, tx, correspondence.Address{Case: a.id, Home: "BE", Peer: "FR", RuleSet: "eu-2010"}, letter.Close{ClosedOn: contracts.DateOf(time.Now())})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		a.file(t, "fr", correspondence.Taken, contracts.KindClose)
		for i, days := range []int{60, 62} {
			host, letters := fr.Hosting, *fr.Hosting.Correspondence
			letters.Now = func() time.Time { return time.Now().AddDate(0, 0, days) }
			host.Correspondence = &letters
			if n, err := host.Erase(t.Context()); err != nil || n != i {
				t.Errorf("after %d days %d files were erased: %v", days, n, err)
			}
		}
		file, err := fr.Hosting.Open(t.Context(), access.Program(), "BE", a.id)
		if err != nil || file.State != correspondence.Erased {
			t.Fatal(file.State, err)
		}
		for _, m := range file.Messages {
			if m.Letter != nil {
				t.Errorf("%s is still there", m.Kind)
			}
		}
		if found := leaks(n.held(t, "fr"), 0); len(found) > 0 {
			t.Errorf("the host still has %v", found)
		}
	})
}

// TestWhatWaitsForAKeyIsSentOnceItIsThere: a host that has not joined yet gets its letters when it does.
func TestWhatWaitsForAKeyIsSentOnceItIsThere(t *testing.T) {
	both(t, []string{"hub", "be", "fr"}, func(t *testing.T, n *network) {
		n.settle()
		be := n.up["be"].node
		inTime(t, "home has the host's key", func() bool {
			_, there, err := be.Store.PeerKey(t.Context(), be.DB, "FR")
			return err == nil && there
		})
		n.up["fr"].stop()
		err := be.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM peer_key`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		a := openAbroad(t, n, "be", "FR")
		if m := a.file(t, "be", correspondence.Sent, contracts.KindHostRequest); !m.Waiting {
			t.Error("it was sent, to no key")
		}
		fr := n.start("fr").node
		err = fr.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error { // as when it joins
			_, err := fr.Letters.Publish(ctx, tx, "")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		a.file(t, "fr", correspondence.Taken, contracts.KindHostRequest)
	})
}
