package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/registry"
	"passerelle/internal/federation"
	"passerelle/internal/web"
)

// Condition tells how the hub and its channels with every node of the directory stand.
type Condition func(ctx context.Context) (federation.Condition, error)

// operation is a node as the hub's operator sees it.
type operation struct {
	federation.ChannelStatus
	Node     registry.Status `json:"node"`     // where it stands in the network
	Urgency  urgency         `json:"urgency"`  // of the first finding
	Findings []finding       `json:"findings"` // the most urgent first, at least one
}

// Country is the node's country, empty for a party that is none.
func (o operation) Country() contracts.CountryCode { return countryOf(o.Peer) }

func countryOf(p contracts.PartyID) contracts.CountryCode {
	c, _ := p.Country()
	return c
}

// operations is everything at one moment.
type operations struct {
	At       time.Time                 `json:"at"`
	Alarms   []federation.Alarm        `json:"alarms"` // the urgent first
	Nodes    []operation               `json:"nodes"`  // in order of name
	Registry federation.RegistryStatus `json:"registry"`
	History  []federation.PastAlarm    `json:"history"` // alarms that have ended, the newest first
}

// readOperations puts beside each channel what else there is to know about its node.
func (s server) readOperations(ctx context.Context) (operations, error) {
	c, err := s.condition(ctx)
	if err != nil {
		return operations{}, err
	}
	nodes, err := s.data.Nodes(ctx)
	if err != nil {
		return operations{}, err
	}
	known := map[contracts.PartyID]registry.Node{}
	for _, n := range nodes {
		known[contracts.NodeID(n.Country)] = n
	}
	all := operations{At: c.At, Alarms: c.Alarms, Nodes: make([]operation, len(c.Channels)), Registry: c.Registry, History: c.History}
	for i, channel := range c.Channels {
		node := known[channel.Peer].Status(s.today())
		findings := standing(channel, node, c.Alarms, s.now())
		all.Nodes[i] = operation{channel, node, findings[0].Urgency, findings}
	}
	return all, nil
}

// operationsPage counts, and shows apart those that have left.
type operationsPage struct {
	operations
	ToDo                   []toDo
	Urgent, Warnings, Calm int
	Received, Pending      int64
	Left                   []operation
	Refreshing             bool
}

// toDo is one thing to do about alarms of one kind.
type toDo struct {
	Severity federation.Severity
	Alarms   []federation.Alarm
	Remedy   string
}

// group puts alarms with the same remedy together, in the order of the first of each.
func group(alarms []federation.Alarm) []toDo {
	var all []toDo
	for _, a := range alarms {
		i := slices.IndexFunc(all, func(t toDo) bool { return t.Severity == a.Severity && t.Remedy == a.Remedy })
		if i < 0 {
			i, all = len(all), append(all, toDo{Severity: a.Severity, Remedy: a.Remedy})
		}
		all[i].Alarms = append(all[i].Alarms, a)
	}
	for i, t := range all {
		if t.Alarms[0].Code == federation.AlarmSilent && len(t.Alarms) > 1 {
			all[i].Remedy = "Several at once: look first whether the broker runs, and the hub's own connection to it. " + t.Remedy
		}
	}
	return all
}

// refreshSeconds is how often the page loads itself anew, so that it may stay open on a wall.
const refreshSeconds = "30"

func (s server) operations(c echo.Context) error {
	if err := web.KnownQuery(c, "refresh"); err != nil {
		return err
	}
	all, err := s.readOperations(c.Request().Context())
	if err != nil {
		return err
	}
	page := newOperationsPage(all)
	if page.Refreshing = c.QueryParam("refresh") != "off"; page.Refreshing {
		c.Response().Header().Set("Refresh", refreshSeconds)
	}
	return s.pages.Render(c, http.StatusOK, "operations", web.Page{Title: web.LocaleOf(c).T("Operations"), Body: page,
		Lead: web.LocaleOf(c).T("How the hub and each node stand at this moment, and what to do. Nothing here can lose a message: each is kept and sent until its receipt is there.")})
}

func newOperationsPage(all operations) operationsPage {
	p := operationsPage{operations: all, ToDo: group(all.Alarms)}
	p.Nodes = nil
	for _, a := range all.Alarms {
		if a.Severity == federation.Urgent {
			p.Urgent++
		} else {
			p.Warnings++
		}
	}
	for _, o := range all.Nodes {
		p.Received, p.Pending = p.Received+o.Received, p.Pending+o.Pending
		if o.Left {
			p.Left = append(p.Left, o)
			continue
		}
		if o.Urgency == calm {
			p.Calm++
		}
		p.Nodes = append(p.Nodes, o)
	}
	slices.SortStableFunc(p.Nodes, func(a, b operation) int { return cmp.Compare(rank(b.Urgency), rank(a.Urgency)) })
	return p
}

// apiOperations answers the same as the page, for whoever watches with a program.
func (s server) apiOperations(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	all, err := s.readOperations(c.Request().Context())
	if err != nil {
		return err
	}
	body, err := contracts.Encode(all) // lists are never null
	if err != nil {
		return err
	}
	return c.JSONBlob(http.StatusOK, body)
}
