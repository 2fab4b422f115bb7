package redis

import (
	"crypto/tls"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
)

func TestTheEndsOfTheCertificatesAreKnown(t *testing.T) {
	s := newServer(t)
	ends := func(folder, name string) time.Time {
		c, err := tls.LoadX509KeyPair(filepath.Join(s.folder, folder, name+".crt"), filepath.Join(s.folder, folder, name+".key"))
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.NotAfter
	}
	node := s.open("node-be")
	own := map[string]time.Time{"own": ends("node-be", "client")}
	if got := node.CertificateEnds(); !maps.EqualFunc(got, own, time.Time.Equal) {
		t.Errorf("before the broker is reached: %v, want %v", got, own)
	}
	if err := node.Publish("fed:out:be", message.NewMessage("1", []byte("x"))); err != nil {
		t.Fatal(err)
	}
	own["broker"], own["authority"] = ends("server", "server"), ends("", "ca")
	if got := node.CertificateEnds(); !maps.EqualFunc(got, own, time.Time.Equal) {
		t.Errorf("afterwards: %v, want %v", got, own)
	}
}

func TestWithoutTLSThereAreNoCertificates(t *testing.T) {
	tr, err := Open(Options{URL: "redis://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if got := tr.CertificateEnds(); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
