package peppol

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"passerelle/contracts"
)

// typeNAPTR is the number of the record type (RFC 3403, section 4).
const typeNAPTR dnsmessage.Type = 35

// answerTime is how long one server may take; each is asked twice.
const answerTime = 3 * time.Second

// errNoName is the DNS saying that a name is not there.
var errNoName = errors.New("the DNS does not know the name")

// resolver asks the servers of the DNS, by UDP, and by TCP when an answer does not fit.
type resolver struct {
	servers []string // host:port
}

// ParseResolver reads the address of a server of the DNS, with port 53 when none is given. The empty one is the computer's own.
func ParseResolver(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if at, err := netip.ParseAddrPort(s); err == nil && at.Port() != 0 {
		return at.String(), nil
	}
	if at, err := netip.ParseAddr(s); err == nil {
		return netip.AddrPortFrom(at, 53).String(), nil
	}
	return "", contracts.Fault{Code: contracts.FaultInvalid, Field: "resolver", Message: "this is no address of a DNS server", Remedy: "write an IP address such as 192.0.2.53 or 192.0.2.53:5353, or leave it out"}
}

// newResolver asks the server given, else those that the computer uses.
func newResolver(server string) (resolver, error) {
	server, err := ParseResolver(server)
	if err != nil {
		return resolver{}, err
	}
	if server != "" {
		return resolver{[]string{server}}, nil
	}
	file, err := os.Open("/etc/resolv.conf")
	if err != nil {
		return resolver{}, fmt.Errorf("find a DNS server: %w", err)
	}
	defer file.Close()
	servers := serversOf(file)
	if len(servers) == 0 {
		return resolver{}, errors.New("find a DNS server: /etc/resolv.conf names none; name one as resolver")
	}
	return resolver{servers}, nil
}

// serversOf reads the servers that resolv.conf(5) names, at most three.
func serversOf(r io.Reader) (servers []string) {
	for lines := bufio.NewScanner(r); lines.Scan() && len(servers) < 3; {
		words := strings.Fields(lines.Text())
		if len(words) < 2 || words[0] != "nameserver" {
			continue
		}
		if server, err := ParseResolver(words[1]); err == nil {
			servers = append(servers, server)
		}
	}
	return servers
}

// dial is for the names of publishers, which the same servers know.
func (r resolver) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, r.servers[0])
}

// naptrs asks for the NAPTR records of a name; errNoName when there is no such name.
func (r resolver) naptrs(ctx context.Context, name, zone string) (records []naptr, err error) {
	for range 2 {
		for _, server := range r.servers {
			records, err = ask(ctx, server, name, zone)
			if err == nil || errors.Is(err, errNoName) || ctx.Err() != nil {
				return records, err
			}
		}
	}
	return nil, err
}

// ask asks one server. When its no names no zone (RFC 2308 lets a cache), it is asked for the zone too: a server that keeps the network's
// computers from the internet says no to every name.
func ask(ctx context.Context, server, name, zone string) ([]naptr, error) {
	a, err := askOnce(ctx, server, name)
	if err == nil && a.code == dnsmessage.RCodeNameError && a.authority == "" {
		var apex answer
		apex, err = askOnce(ctx, server, zone)
		a.blind = apex.code == dnsmessage.RCodeNameError
	}
	if err != nil {
		return nil, fmt.Errorf("the DNS server %s: %w", server, err)
	}
	return a.records, a.outcome(server, zone)
}

func askOnce(ctx context.Context, server, name string) (answer, error) {
	q, id, err := question(name)
	if err != nil {
		return answer{}, err
	}
	a, err := exchange(ctx, "udp", server, q, id)
	if err == nil && a.truncated {
		a, err = exchange(ctx, "tcp", server, q, id)
	}
	return a, err
}

// question packs a question with a number that cannot be guessed.
func question(name string) (packed []byte, id uint16, err error) {
	n, err := dnsmessage.NewName(name + ".")
	if err != nil {
		return nil, 0, fmt.Errorf("the name %s: %w", name, err)
	}
	var chance [2]byte
	rand.Read(chance[:])
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: binary.BigEndian.Uint16(chance[:]), RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: n, Type: typeNAPTR, Class: dnsmessage.ClassINET}},
	}
	packed, err = m.Pack()
	return packed, m.ID, err
}

// exchange sends a question and waits for its answer. Over UDP what answers something else is left aside: anybody may have sent it.
func exchange(ctx context.Context, network, server string, q []byte, id uint16) (answer, error) {
	ctx, stop := context.WithTimeout(ctx, answerTime)
	defer stop()
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, server)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if network == "tcp" {
		return exchangeTCP(conn, q, id)
	}
	if _, err := conn.Write(q); err != nil {
		return answer{}, err
	}
	buffer := make([]byte, 1<<16)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return answer{}, noAnswer(ctx, err)
		}
		if a, err := parseAnswer(buffer[:n], q, id); !errors.Is(err, errOther) {
			return a, err
		}
	}
}

// exchangeTCP sends and reads with the length before each message (RFC 1035, 4.2.2).
func exchangeTCP(conn net.Conn, q []byte, id uint16) (a answer, err error) {
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(q))), q...)); err != nil {
		return a, err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return a, err
	}
	b := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, b); err != nil {
		return a, err
	}
	return parseAnswer(b, q, id)
}

func noAnswer(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.New("it does not answer")
	}
	return err
}
