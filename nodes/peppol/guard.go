package peppol

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// onlyPublic calls public addresses at port 443 alone: who is called stands in the DNS, and every publisher of the network writes there. It
// goes through no proxy, which would look the name up by itself.
func onlyPublic(r resolver) *http.Transport {
	dialer := net.Dialer{Timeout: 10 * time.Second, Control: public, Resolver: &net.Resolver{PreferGo: true, Dial: r.dial}}
	return &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: 10 * time.Second,
		ResponseHeaderTimeout: 10 * time.Second, MaxResponseHeaderBytes: 32 << 10, DisableKeepAlives: true}
}

// public is asked with the address that is about to be called, after the name was looked up: a name that changes meanwhile gains nothing.
func public(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if at.Port() != 443 {
		return fmt.Errorf("a publisher of Peppol answers at port 443, not at %d", at.Port())
	}
	if !isPublic(at.Addr()) {
		return fmt.Errorf("%s is no public address", at.Addr())
	}
	return nil
}

// special are blocks that are not, or not plainly, of the public Internet (RFC 6890 and its registries), beyond those that netip knows.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"),
}

// global is what the Internet uses of version 6; translated addresses (64:ff9b::/96) lie outside.
var global = netip.MustParsePrefix("2000::/3")

func isPublic(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Is6() && !global.Contains(a) {
		return false
	}
	for _, block := range special {
		if block.Contains(a) {
			return false
		}
	}
	return true
}
