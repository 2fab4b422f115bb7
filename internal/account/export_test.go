package account

import (
	"context"
	"net"

	"github.com/wneessen/go-mail"
)

// Reach makes an SMTP reach a server of a test, whatever the name in its address.
func (s *SMTP) Reach(address string) error {
	return mail.WithDialContextFunc(func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	})(s.client)
}
