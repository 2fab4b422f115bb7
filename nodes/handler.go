package nodes

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"passerelle/internal/access"
	"passerelle/nodes/web"
)

// Handler answers with the node's pages and JSON.
func (n *Node) Handler() http.Handler {
	return web.New(web.Node{Outbound: n.Outbound, Reports: n.Reports, Store: n.Store, SaveBuyer: n.SaveBuyer, Channel: n.channelToHub, Log: n.Log, Tracer: n.tracer, Who: whoever})
}

func (n *Node) channelToHub(ctx context.Context) (web.Channel, error) {
	c, err := n.Watch.Condition(ctx)
	if err != nil || len(c.Channels) == 0 {
		return web.Channel{}, err
	}
	s := c.Channels[0] // a node has one channel, to the hub
	return web.Channel{Sent: s.Sent, Receipted: s.Sent - s.Pending, Refused: s.Refused, Heard: s.Heard, Frozen: s.Frozen, Alarms: c.Alarms}, nil
}

// whoever stands for everybody until people sign in.
func whoever(echo.Context) (access.Principal, error) {
	return access.Principal{Account: "whoever", Roles: []access.Role{access.Manager}}, nil
}
