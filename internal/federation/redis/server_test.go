package redis

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	client "github.com/redis/go-redis/v9"

	"passerelle/contracts"
)

// server is a Redis of the test's own, with the configuration, access list and certificates that deploy gives it.
type server struct {
	t       testing.TB
	folder  string // as deploy/redis/certificates makes it, for the parties
	data    string // the server's own
	port    int
	process *exec.Cmd
}

// users of the test's brokers, and the parties behind the nodes among them.
var (
	users = []string{"hub", "operator", "node-be", "node-de"}
	nodes = []contracts.PartyID{"be", "de"}
)

func newServer(t testing.TB) *server {
	t.Helper()
	needs(t, "redis-server", "openssl")
	s := &server{t: t, folder: certificates(t), data: t.TempDir()}
	if err := os.CopyFS(s.data, os.DirFS(filepath.Join(s.folder, "server"))); err != nil {
		t.Fatal(err)
	}
	printed := script(t, "users")
	if err := os.WriteFile(filepath.Join(s.data, "users.acl"), printed, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 { // another process may take the port in between
		s.port = freePort(t)
		if s.start() {
			return s
		}
	}
	t.Fatalf("redis-server does not start: %s", s.log())
	return nil
}

// needs skips the test on a developer's machine without the programs, and fails it where all must run.
func needs(t testing.TB, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil && os.Getenv("CI") == "true" {
			t.Fatal(err)
		} else if err != nil {
			t.Skipf("needs %s: install the Debian package of that name", program)
		}
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

const deploy = "../../../deploy/redis/"

// certified is the folder with the certificates that all servers of the tests use; TestMain removes it.
var certified string

func certificates(t testing.TB) string {
	t.Helper()
	if certified == "" {
		folder, err := os.MkdirTemp("", "passerelle-certificates")
		if err != nil {
			t.Fatal(err)
		}
		certified = folder
		makeCertificates(t, folder)
	}
	return certified
}

func makeCertificates(t testing.TB, folder string) {
	t.Helper()
	script(t, "certificates", append([]string{folder, "127.0.0.1"}, users...)...)
}

// script runs one of deploy's, with the secrets in the environment, and returns what it prints.
func script(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	run := exec.Command("sh", append([]string{deploy + name}, args...)...)
	run.Env = append(os.Environ(), "NODES=be de")
	for _, user := range users {
		run.Env = append(run.Env, "BROKER_PASSWORD_"+strings.ToUpper(strings.TrimPrefix(user, "node-"))+"="+password(user))
	}
	run.Stderr = os.Stderr
	printed, err := run.Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return printed
}

func password(user string) string { return "secret of " + user }

// start runs the server in its folder, on what lies there; it tells whether it answers.
func (s *server) start() bool {
	s.t.Helper()
	configuration, err := filepath.Abs(deploy + "redis.conf")
	if err != nil {
		s.t.Fatal(err)
	}
	s.process = exec.Command("redis-server", configuration, "--tls-port", fmt.Sprint(s.port), "--bind", "127.0.0.1", "--logfile", "redis.log")
	s.process.Dir = s.data
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	p := s.process
	s.t.Cleanup(func() { stop(p) })
	for range 100 {
		time.Sleep(20 * time.Millisecond)
		if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port)); err == nil {
			c.Close()
			if strings.Contains(s.log(), "Ready to accept connections") { // and no other process has the port
				return true
			}
		}
	}
	return false
}

// stop is a power cut.
func stop(p *exec.Cmd) {
	if p.ProcessState == nil {
		_ = p.Process.Kill() // it may have ended by itself
		_ = p.Wait()         // reports the signal
	}
}

func (s *server) log() string {
	b, _ := os.ReadFile(filepath.Join(s.data, "redis.log")) // empty when there is none yet
	return string(b)
}

// exchange puts an empty server at the place of this one.
func (s *server) exchange() {
	s.t.Helper()
	stop(s.process)
	for _, file := range []string{"appendonlydir", "redis.log"} {
		if err := os.RemoveAll(filepath.Join(s.data, file)); err != nil {
			s.t.Fatal(err)
		}
	}
	if !s.start() {
		s.t.Fatalf("the new server does not start: %s", s.log())
	}
}

func (s *server) address(user string) string {
	return fmt.Sprintf("rediss://%s:%s@127.0.0.1:%d", user, strings.ReplaceAll(password(user), " ", "%20"), s.port)
}

func (s *server) tls(user string) TLS {
	folder := filepath.Join(s.folder, user)
	return TLS{CA: filepath.Join(folder, "ca.crt"), Certificate: filepath.Join(folder, "client.crt"), Key: filepath.Join(folder, "client.key")}
}

func (s *server) options(user string) Options {
	return Options{URL: s.address(user), TLS: s.tls(user), Consumer: strings.TrimPrefix(user, "node-"), Trim: user == "hub", Log: slog.New(slog.DiscardHandler)}
}

func (s *server) open(user string) *Transport {
	s.t.Helper()
	tr, err := Open(s.options(user))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := tr.Close(); err != nil {
			s.t.Error(err)
		}
	})
	return tr
}

// plain is a client without our transport.
func (s *server) plain(user string) *client.Client { return s.open(user).client }

func publish(t testing.TB, to *Transport, stream, text string) {
	t.Helper()
	if err := to.Publish(stream, message.NewMessage("1", []byte(text))); err != nil {
		t.Fatal(err)
	}
}

func subscribe(t testing.TB, ctx context.Context, to *Transport, stream string) <-chan *message.Message {
	t.Helper()
	out, err := to.Subscribe(ctx, stream)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
