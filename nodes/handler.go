package nodes

import (
	"context"
	"net/http"

	"passerelle/nodes/web"
)

// Handler answers with the node's pages and JSON.
func (n *Node) Handler() http.Handler {
	return web.New(web.Node{Outbound: n.Outbound, Reports: n.Reports, Plans: n.Plans, Retention: n.Retention, Delivery: n.Delivery, Inbound: n.Inbound, Cases: n.Cases, Hosting: n.Hosting, Covers: n.Settings.Covers, Store: n.Store, SaveBuyer: n.SaveBuyer, Channel: n.channelToHub, Log: n.Log, Tracer: n.tracer, Accounts: n.Accounts})
}

func (n *Node) channelToHub(ctx context.Context) (web.Channel, error) {
	c, err := n.Watch.Condition(ctx)
	if err != nil || len(c.Channels) == 0 {
		return web.Channel{}, err
	}
	s := c.Channels[0] // a node has one channel, to the hub
	return web.Channel{Sent: s.Sent, Receipted: s.Sent - s.Pending, Refused: s.Refused, Heard: s.Heard, Frozen: s.Frozen, Alarms: c.Alarms}, nil
}
