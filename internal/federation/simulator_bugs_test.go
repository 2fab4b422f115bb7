package federation

import "testing"

// simBug is a mistake that somebody might make in the protocol or in the shell around it. It is planted in the model, to see that
// the judge finds it: a simulator that finds none of our mistakes proves nothing.
type simBug string

const (
	notDeduplicated  simBug = "dedupe off"
	ackBeforeCommit  simBug = "ack before commit"
	sequenceApart    simBug = "sequence outside the transaction"
	receiptEarly     simBug = "receipt before durable"
	gapIgnored       simBug = "gap ignored"
	forkAccepted     simBug = "fork accepted"
	epochUnchecked   simBug = "wrong epoch accepted"
	chainUnchecked   simBug = "previous hash unchecked"
	oldKeyAccepted   simBug = "old key accepted after rotation"
	headsNotCompared simBug = "heads not compared after an old backup"
	parkedUnjudged   simBug = "parked not judged in turn"
	receiptUnmatched simBug = "receipt matched without hash"
	freshIDs         simBug = "issued again under fresh ids"
	receiptedLeftOut simBug = "only messages without a receipt issued again"
	refusalUncounted simBug = "refusal does not consume its number"
	neverResent      simBug = "no resend after loss"
	positionInBroker simBug = "position kept in the broker"
	saidOnce         simBug = "where we stand said only once"
	staleBelieved    simBug = "a standing from before the start believed"
	neverReturned    simBug = "lost messages not returned"
	markIgnored      simBug = "a restored copy writes at once"
	stopIgnored      simBug = "published although diverged"
	parkedKept       simBug = "what was parked before a restart kept"
	anyFirstKey      simBug = "any listed key begins an epoch"
	oldKeyReceipts   simBug = "receipts under a key laid aside"
	announcedOnce    simBug = "an announced key refused after a restore"
)

var simBugs = []simBug{
	notDeduplicated, ackBeforeCommit, sequenceApart, receiptEarly, gapIgnored, forkAccepted, epochUnchecked, chainUnchecked, oldKeyAccepted,
	headsNotCompared, parkedUnjudged, receiptUnmatched, freshIDs, receiptedLeftOut, refusalUncounted, neverResent, positionInBroker,
	saidOnce, staleBelieved, neverReturned, markIgnored, stopIgnored, parkedKept, anyFirstKey, oldKeyReceipts, announcedOnce,
}

// spoil is where those bugs sit that change what the receiver believes to see.
func (w *simWorld) spoil(a Arrival, in Inbound) Arrival {
	switch w.bug {
	case epochUnchecked:
		a.Epoch = in.Epoch
	case chainUnchecked:
		if a.Sequence == in.Next {
			a.Previous = in.Head
		}
	case oldKeyAccepted:
		a.Key = in.Key
	case anyFirstKey:
		if in.Next == 1 {
			a.Key = in.Key
		}
	}
	return a
}

func TestSimulatorFindsPlantedBugs(t *testing.T) {
	const most = 1500
	for _, bug := range simBugs {
		t.Run(string(bug), func(t *testing.T) {
			for seed := uint64(1); seed <= most; seed++ {
				if _, v := simulate(seed, bug, false); v != nil {
					t.Logf("found by seed %d: %s", seed, v.text)
					return
				}
			}
			t.Errorf("not found by %d seeds: the world is too tame", most)
		})
	}
}
