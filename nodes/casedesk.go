package nodes

import (
	"context"
	"errors"
	"slices"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/casework"
	"passerelle/nodes/correspondence"
	"passerelle/nodes/mobility"
)

// desk gives what other nodes write to whom it concerns: the life of our own case, or the host's file of theirs. It implements
// correspondence.Desk.
type desk struct{ *Node }

// Knows implements correspondence.Desk. In our own case only nodes have a say that we have written to.
func (d desk) Knows(ctx context.Context, tx *storage.Tx, a correspondence.Address) error {
	if a.Home != d.Adapter.Code {
		return d.Hosting.Knows(ctx, tx, a)
	}
	_, there, err := d.Store.Case(ctx, tx, access.Program(), a.Case)
	if err != nil {
		return err
	}
	wrote, err := d.Store.Wrote(ctx, tx, access.Program(), a.Home, a.Peer, a.Case)
	if err != nil {
		return err
	}
	if !there || !wrote {
		return contracts.Fault{Code: correspondence.FaultParty, Field: "case", Message: "this node is no party to this case"}
	}
	return nil
}

// Take implements correspondence.Desk.
func (d desk) Take(ctx context.Context, tx *storage.Tx, m correspondence.Message) error {
	if m.Home != d.Adapter.Code {
		return d.Hosting.Take(ctx, tx, m)
	}
	if err := d.file(ctx, tx, m); err != nil {
		return err
	}
	if n, ok := m.Letter.(letter.ReadNotice); ok {
		return d.wereRead(ctx, tx, m, n)
	}
	c, _, err := d.Store.Case(ctx, tx, access.Program(), m.Case)
	if err != nil {
		return err
	}
	event := d.event(c, m)
	if l, ok := m.Letter.(letter.Invalidate); ok {
		if event, err = d.takenBack(ctx, tx, c, m.Address, l); err != nil {
			return err
		}
	}
	if event == nil {
		return nil
	}
	_, err = d.Cases.FireHost(ctx, tx, m.Case, mobility.StateOf(m.Peer), event)
	if errors.Is(err, casework.ErrNotFound) {
		return contracts.Fault{Code: correspondence.FaultParty, Field: "case", Message: "there is no such case"}
	}
	return err
}

// event is what a host's letter does to the case; nil for one that is read and answered by people.
func (d desk) event(c casework.Case, m correspondence.Message) casework.Event {
	host := mobility.StateOf(m.Peer)
	switch l := m.Letter.(type) {
	case letter.HostAccept:
		return casework.HostAccept{Contact: contactOf(l.Contact)}
	case letter.HostDecline:
		return casework.HostDecline{Reason: l.Reason}
	case letter.DeclarationFiled:
		return casework.TrackUpdate{Track: casework.TrackDeclaration, Trip: l.Trip, Host: host, State: contracts.TrackOK, Reference: l.Reference}
	case letter.TaxNote:
		return casework.TrackUpdate{Track: casework.TrackTax, Host: host, State: l.State, Note: l.Text}
	case letter.LocalContact:
		return casework.HostContact{Contact: *contactOf(&l.Contact)}
	case letter.HostEngages:
		return casework.HostEngages{How: casework.Engages(l.How)}
	case letter.InfoReply:
		if q := c.Question; c.State == contracts.CaseNeedsInfo && q != nil && q.Of == casework.XA && q.Host == host {
			return casework.Answer{Text: l.Text}
		}
	}
	return nil
}

// takenBack undoes what a host's letter did to the papers of a case when the host says that it was wrong: nobody leaves on a declaration that was
// never filed.
func (d desk) takenBack(ctx context.Context, tx *storage.Tx, c casework.Case, a correspondence.Address, l letter.Invalidate) (casework.Event, error) {
	version, err := d.Store.LatestVersion(ctx, tx, access.Program(), correspondence.Taken, a.Peer, l.Message)
	if err != nil {
		return nil, err
	}
	wrong, _, err := d.Store.Message(ctx, tx, access.Program(), correspondence.Taken, a.Peer, l.Message, version)
	if err != nil || !slices.Contains(casework.May(c.State, casework.XA), casework.TrackUpdate{}.Name()) {
		return nil, err
	}
	undo := casework.TrackUpdate{Host: mobility.StateOf(a.Peer), State: contracts.TrackTodo, Note: l.Reason}
	switch w := wrong.Letter.(type) {
	case letter.DeclarationFiled:
		undo.Track, undo.Trip = casework.TrackDeclaration, w.Trip
	case letter.TaxNote:
		undo.Track = casework.TrackTax
	default:
		return nil, nil
	}
	return undo, nil
}

func contactOf(c *letter.Contact) *casework.Contact {
	if c == nil {
		return nil
	}
	return &casework.Contact{Name: c.Name, Email: c.Email, Phone: c.Phone}
}

// file keeps the documents of a host's letter with the papers of the case.
func (d desk) file(ctx context.Context, tx *storage.Tx, m correspondence.Message) error {
	c, _, err := d.Store.Case(ctx, tx, access.Program(), m.Case)
	if err != nil {
		return err
	}
	for _, doc := range m.Documents {
		p, err := casework.NewPaper(casework.PaperID(correspondence.NewID()), casework.PaperKind(doc.Kind), doc.Content, d.Now())
		if err != nil {
			return err
		}
		p.Account = string(contracts.NodeID(m.Peer))
		if err := d.Store.InsertPaper(ctx, tx, access.Of(string(c.Member)), m.Case, p, doc.Content); err != nil {
			return err
		}
	}
	return nil
}

// wereRead enters into the trail who looked at the case at the host, where the member finds it.
func (d desk) wereRead(ctx context.Context, tx *storage.Tx, m correspondence.Message, n letter.ReadNotice) error {
	c, _, err := d.Store.Case(ctx, tx, access.Program(), m.Case)
	if err != nil {
		return err
	}
	for _, r := range n.Reads {
		deed := access.Deed{By: access.Principal{Account: string(contracts.NodeID(m.Peer)) + "." + r.Account, Name: r.Name, Roles: []access.Role{access.Role(r.Roles)}}, Purpose: r.Purpose, Request: string(m.Message), At: r.At}
		if err := d.Store.Saw(deed.Context(ctx), tx, []access.Sight{{Kind: "case", Record: string(m.Case), Member: string(c.Member)}}); err != nil {
			return err
		}
	}
	return nil
}
