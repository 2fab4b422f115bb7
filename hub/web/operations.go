package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/registry"
	"passerelle/internal/federation"
	"passerelle/internal/web"
)

// Channels tells how the channels with every node of the directory stand.
type Channels func(ctx context.Context) ([]federation.ChannelStatus, error)

// operation is a node as its operator sees it.
type operation struct {
	federation.ChannelStatus
	Node     registry.Status `json:"node"`     // where it stands in the network
	Urgency  urgency         `json:"urgency"`  // of the first finding
	Findings []finding       `json:"findings"` // the most urgent first, at least one
}

// Country is the node's country, empty for a party that is none.
func (o operation) Country() contracts.CountryCode {
	c, _ := o.Peer.Country()
	return c
}

// operationsPage counts the nodes and lists them, the most urgent first.
type operationsPage struct {
	Nodes                    []operation
	Urgent, Watch, Calm      int
	Received, WithoutReceipt int64
}

// standings reads every node of the directory with what there is to know about it, in order of name.
func (s server) standings(ctx context.Context) ([]operation, error) {
	channels, err := s.channels(ctx)
	if err != nil {
		return nil, err
	}
	nodes, err := s.data.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	known := map[contracts.PartyID]registry.Node{}
	for _, n := range nodes {
		known[contracts.NodeID(n.Country)] = n
	}
	all := make([]operation, len(channels))
	for i, c := range channels {
		node := known[c.Peer].Status(s.today())
		findings := standing(c, node, s.now())
		all[i] = operation{c, node, findings[0].Urgency, findings}
	}
	return all, nil
}

func (s server) operations(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	all, err := s.standings(c.Request().Context())
	if err != nil {
		return err
	}
	page := operationsPage{Nodes: all}
	for _, o := range all {
		page.count(o)
	}
	slices.SortStableFunc(page.Nodes, func(a, b operation) int { return cmp.Compare(rank(b.Urgency), rank(a.Urgency)) })
	return s.pages.Render(c, http.StatusOK, "operations", web.Page{Title: "Operations", Body: page,
		Lead: "How the channels between the hub and each node stand at this moment, and what to do. Nothing here can lose a message: each is kept and sent until its receipt is there."})
}

func (p *operationsPage) count(o operation) {
	switch o.Urgency {
	case urgent:
		p.Urgent++
	case watch:
		p.Watch++
	case calm:
		p.Calm++
	}
	p.Received, p.WithoutReceipt = p.Received+o.Received, p.WithoutReceipt+o.Pending
}

// apiOperations answers the same as the page, in order of name, for whoever watches with a program.
func (s server) apiOperations(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	all, err := s.standings(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, all)
}
