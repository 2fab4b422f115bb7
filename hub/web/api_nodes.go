package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/registry"
	"passerelle/internal/web"
)

type nodeJSON struct {
	Country       contracts.CountryCode  `json:"country"`
	Status        registry.Status        `json:"status"`
	Version       int                    `json:"profile_version"`
	LastHeard     time.Time              `json:"last_heard"`
	Documents     int                    `json:"documents"`
	Demonstration bool                   `json:"demonstration"`
	Profile       *contracts.NodeProfile `json:"profile" jsonschema:"nullable"`
	Source        string                 `json:"source"`
}

// apiNodes answers every node that was ever heard, with what it says of itself.
func (s server) apiNodes(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	nodes, err := s.data.Nodes(c.Request().Context())
	if err != nil {
		return err
	}
	out := make([]nodeJSON, len(nodes))
	for i, n := range nodes {
		out[i] = nodeJSON{n.Country, n.Status(s.today()), n.Version, n.Heard, n.Documents, isDemonstration(n), n.Profile, sourceOf(n.Country)}
	}
	return c.JSON(http.StatusOK, out)
}

func isDemonstration(n registry.Node) bool {
	return n.Demo > 0 || n.Profile != nil && n.Profile.Demonstration
}

func (s server) today() contracts.Date { return contracts.DateOf(s.now().UTC()) }
