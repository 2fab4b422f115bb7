package redis

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// cutter passes connections on to a port of this host and cuts each one after some bytes, in either direction.
type cutter struct {
	port int
	cuts atomic.Int64
}

func newCutter(t testing.TB, to int) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{port: l.Addr().(*net.TCPAddr).Port}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() { c.pass(near, to) })
		}
	})
	t.Cleanup(func() { // after the transports are closed, and with them all connections
		l.Close()
		work.Wait()
	})
	return c
}

func (c *cutter) pass(near net.Conn, to int) {
	defer near.Close()
	far, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", to))
	if err != nil {
		return
	}
	defer far.Close()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() {
			if _, err := io.CopyN(way[1], way[0], 3_000+rand.Int64N(40_000)); err == nil {
				c.cuts.Add(1)
			}
			near.Close()
			far.Close()
		})
	}
	both.Wait()
}
