package nodes

import (
	"context"
	"strings"

	"github.com/shopspring/decimal"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/casework"
	"passerelle/nodes/mobility"
)

// This file is what home writes in the flows beside a posting: several States, an exception, the law of the host.

// determination tells a host which law holds for somebody who works in several States: its own part of the work and no more.
func (w homeWire) determination(ctx context.Context, tx *storage.Tx, c casework.Case, host casework.Host) error {
	if c.Outcome == nil || !strings.HasPrefix(string(c.Outcome.Article), "13.") {
		return nil
	}
	person, err := w.person(ctx, tx, c)
	if err != nil {
		return err
	}
	return w.write(ctx, tx, c, host, letter.Determination{Person: person, Law: lawOf(c), Start: c.Start(), End: c.End(), Provisional: c.Warns("PROVISIONAL_2_MONTHS"), Share: shareIn(c, host.State)})
}

// shareIn sums up what is done in a State; nil when nobody said.
func shareIn(c casework.Case, s mobility.State) *letter.Share {
	var time, pay mobility.Share
	said, paid := false, false
	for _, e := range c.Facts.Input.Engagements {
		for _, work := range e.Work {
			if work.State != s {
				continue
			}
			if work.Time != nil {
				time, said = time+*work.Time, true
			}
			if work.Pay != nil {
				pay, paid = pay+*work.Pay, true
			}
		}
	}
	if !said {
		return nil
	}
	share := &letter.Share{Time: percentOf(time)}
	if paid {
		p := percentOf(pay)
		share.Pay = &p
	}
	return share
}

func percentOf(s mobility.Share) contracts.Percent {
	return contracts.Percent{Decimal: decimal.New(int64(s), -4)}
}

// exception tells a host that the authorities are asked for an agreement.
func (w homeWire) exception(ctx context.Context, tx *storage.Tx, c casework.Case, e casework.Entry, host casework.Host) error {
	person, err := w.person(ctx, tx, c)
	if err != nil {
		return err
	}
	asked, err := toldBy[casework.RequestException](e)
	if err != nil {
		return err
	}
	return w.write(ctx, tx, c, host, letter.ExceptionRequested{Person: person, Trips: tripsIn(c, host.State), Reason: asked.Reason})
}

func (w homeWire) exceptionResult(ctx context.Context, tx *storage.Tx, c casework.Case, host casework.Host, granted bool) error {
	a := w.address(c, host)
	asked, there, err := w.Store.LatestLetter(ctx, tx, access.Program(), a.Home, a.Peer, a.Case, contracts.KindExceptionRequested)
	if err != nil || !there {
		return err
	}
	a.InReplyTo = asked.Message
	l := letter.ExceptionResult{Granted: granted}
	if granted && c.Outcome != nil {
		l.Reference, l.Until = c.Outcome.Reference, c.Outcome.Until
	}
	_, err = w.Letters.Send(ctx, tx, a, l)
	return err
}

// hostLegislation asks the host whose law applies whether it engages the person.
func (w homeWire) hostLegislation(ctx context.Context, tx *storage.Tx, c casework.Case, host casework.Host) error {
	person, err := w.person(ctx, tx, c)
	if err != nil {
		return err
	}
	return w.write(ctx, tx, c, host, letter.HostLegislation{Person: person, Trips: tripsIn(c, host.State), Law: lawOf(c)})
}
