// Package peppoltest is a small Peppol network on the loopback interface: a DNS server, by UDP and TCP, and a publisher, by HTTPS. Its
// documents are in testdata. Only tests use it.
package peppoltest

import (
	"embed"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

//go:embed testdata/*.xml
var bodies embed.FS

// Body is a document of testdata.
func Body(t testing.TB, name string) []byte {
	t.Helper()
	b, err := bodies.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The document types that testdata has.
const (
	Invoice    = "busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
	CreditNote = "busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2::CreditNote##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
	Billing    = "cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
)

// participant is whom the documents of testdata speak of.
const participant = "0208:0403019261"

// Network is what runs. Its fields may be changed under Change.
type Network struct {
	Resolver  string            // address of the DNS server
	Publisher string            // address of the publisher
	Transport http.RoundTripper // which trusts the publisher

	mu sync.Mutex
	State
}

// State is how the network answers.
type State struct {
	Records map[string][]byte // data of the NAPTR record by name, without the last dot
	Owner   string            // of the SOA record under a no; none when empty
	Blind   bool              // the zone itself is not known either
	Code    dnsmessage.RCode  // of every answer, when it is not success
	Silent  bool              // the DNS says nothing
	Short   bool              // what comes by UDP is cut off
	Forged  bool              // an answer with another number comes first

	Bodies map[string][]byte // of the publisher, by path as it was written
	Status int               // of every answer of the publisher, when it is not 0
	Asked  []string          // paths that the publisher was asked for
	Named  int               // questions that came to the DNS
}

// Start runs a network until the test ends.
func Start(t testing.TB) *Network {
	t.Helper()
	n := &Network{State: State{Records: map[string][]byte{}, Bodies: map[string][]byte{}}}
	publisher := httptest.NewTLSServer(http.HandlerFunc(n.publish))
	t.Cleanup(publisher.Close)
	n.Publisher, n.Transport = publisher.URL, publisher.Client().Transport
	udp, tcp := listen(t)
	n.Resolver = udp.LocalAddr().String()
	go n.serveUDP(udp)
	go n.serveTCP(tcp)
	return n
}

// listen takes a port that is free for both.
func listen(t testing.TB) (udp net.PacketConn, tcp net.Listener) {
	t.Helper()
	for range 10 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		udp, err := net.ListenPacket("udp", tcp.Addr().String())
		if err != nil {
			tcp.Close()
			continue
		}
		t.Cleanup(func() { udp.Close(); tcp.Close() })
		return udp, tcp
	}
	t.Fatal("no port is free for UDP and TCP")
	return nil, nil
}

// Change changes how the network answers.
func (n *Network) Change(how func(*State)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	how(&n.State)
}

// Seen is how the network stands.
func (n *Network) Seen() State {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.State
}

// Join puts a participant into the network under its name in the DNS, receiving the document types of testdata: invoice.xml, credit_note.xml.
func (n *Network) Join(t testing.TB, name, id string, documents ...string) {
	t.Helper()
	n.Change(func(s *State) {
		s.Records[name] = NAPTR("U", "Meta:SMP", "!.*!"+n.Publisher+"!")
		path := "/" + Escaped("iso6523-actorid-upis::"+id)
		s.Bodies[path] = speakingOf(id, Body(t, "group.xml"))
		for _, document := range documents {
			kind := map[string]string{"invoice.xml": Invoice, "credit_note.xml": CreditNote}[document]
			s.Bodies[path+"/services/"+Escaped(kind)] = speakingOf(id, Body(t, document))
		}
	})
}

func speakingOf(id string, b []byte) []byte {
	return []byte(strings.NewReplacer(participant, id, Escaped(participant), Escaped(id)).Replace(string(b)))
}

// Escaped writes an identifier into a path.
func Escaped(id string) string { return url.QueryEscape(id) }

// NAPTR is the data of a record.
func NAPTR(flags, service, regexp string) []byte {
	b := []byte{0, 100, 0, 10}
	for _, s := range []string{flags, service, regexp} {
		b = append(append(b, byte(len(s))), s...)
	}
	return append(b, 0)
}

func (n *Network) publish(w http.ResponseWriter, r *http.Request) {
	var status int
	var body []byte
	n.Change(func(s *State) {
		s.Asked = append(s.Asked, r.URL.EscapedPath())
		status, body = s.Status, s.Bodies[r.URL.EscapedPath()]
	})
	switch {
	case status != 0:
		w.Header().Set("Location", n.Publisher+"/elsewhere")
		w.WriteHeader(status)
	case body == nil:
		http.NotFound(w, r)
	default:
		w.Header().Set("Content-Type", "application/xml")
		_, _ = w.Write(body) // who asked may have gone
	}
}

func (n *Network) serveUDP(conn net.PacketConn) {
	buffer := make([]byte, 1<<12)
	for {
		length, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		for _, a := range n.answers(buffer[:length], true) {
			_, _ = conn.WriteTo(a, from) // who asked may have gone
		}
	}
}

func (n *Network) serveTCP(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		var length [2]byte
		if _, err := io.ReadFull(conn, length[:]); err == nil {
			q := make([]byte, binary.BigEndian.Uint16(length[:]))
			if _, err := io.ReadFull(conn, q); err == nil {
				for _, a := range n.answers(q, false) {
					_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a...)) // likewise
				}
			}
		}
		conn.Close()
	}
}

// answers are what the DNS sends back to a question.
func (n *Network) answers(q []byte, udp bool) (all [][]byte) {
	var asked dnsmessage.Message
	if asked.Unpack(q) != nil || len(asked.Questions) != 1 {
		return nil
	}
	n.Change(func(s *State) {
		s.Named++
		if s.Silent {
			return
		}
		m := s.answer(asked, udp)
		if s.Forged && udp {
			other := m
			other.ID++
			other.RCode, other.Answers = dnsmessage.RCodeNameError, nil
			all = append(all, packed(other))
		}
		all = append(all, packed(m))
	})
	return all
}

func packed(m dnsmessage.Message) []byte {
	b, err := m.Pack()
	if err != nil {
		panic(err) // the stand-in is wrong
	}
	return b
}

func (s *State) answer(asked dnsmessage.Message, udp bool) dnsmessage.Message {
	question := asked.Questions[0]
	m := dnsmessage.Message{Header: dnsmessage.Header{ID: asked.ID, Response: true, RecursionAvailable: true, RCode: s.Code}, Questions: asked.Questions}
	if udp && s.Short {
		m.Truncated = true
		return m
	}
	header := dnsmessage.ResourceHeader{Name: question.Name, Type: question.Type, Class: dnsmessage.ClassINET, TTL: 60}
	data, known := s.Records[strings.TrimSuffix(question.Name.String(), ".")]
	switch {
	case s.Code != dnsmessage.RCodeSuccess:
	case question.Type == dnsmessage.TypeA: // every other name is this computer
		m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
	case known && question.Type == 35:
		m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.UnknownResource{Type: 35, Data: data}}}
	case !s.Blind && isZone(question.Name.String()): // it has no records of this type
	default:
		m.RCode = dnsmessage.RCodeNameError
	}
	if m.RCode == dnsmessage.RCodeNameError && s.Owner != "" {
		owner := dnsmessage.MustNewName(s.Owner)
		m.Authorities = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: owner, Type: dnsmessage.TypeSOA, Class: dnsmessage.ClassINET}, Body: &dnsmessage.SOAResource{NS: owner, MBox: owner}}}
	}
	return m
}

// isZone tells a name that is above those of participants.
func isZone(name string) bool { return !strings.Contains(name, "iso6523-actorid-upis.") }
