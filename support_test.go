package main

import (
	"bytes"
	"fmt"
	"net"
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"passerelle/adapters"
	"passerelle/adapters/country"
)

// demoScale keeps the demonstration of the tests small.
var demoScale = decimal.RequireFromString("0.0005")

func allAdapters() []*country.Adapter { return adapters.All() }

// syncBuffer is written by the program while a test reads it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// freeAddr finds eight free ports in a row.
func freeAddr(t *testing.T) string {
	t.Helper()
	for first := 21000; first < 60000; first += 8 {
		var open []net.Listener
		for i := range 8 {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", first+i))
			if err != nil {
				break
			}
			open = append(open, l)
		}
		for _, l := range open {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if len(open) == 8 {
			return fmt.Sprintf("127.0.0.1:%d", first)
		}
	}
	t.Fatal("no eight free ports in a row")
	return ""
}
