package redis

import (
	"crypto/tls"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ThreeDotsLabs/watermill/message"
	client "github.com/redis/go-redis/v9"
)

func TestOnlyTLS13WithACertificateOfTheNetworksAuthorityGetsIn(t *testing.T) {
	s := newServer(t)
	foreign := t.TempDir()
	makeCertificates(t, foreign)
	elsewhere := &server{t: t, folder: foreign}
	own, err := s.tls("node-be").config(&client.Options{Username: "node-be", TLSConfig: &tls.Config{ServerName: "127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	load := func(s *server, user string) []tls.Certificate {
		c, err := tls.LoadX509KeyPair(s.tls(user).Certificate, s.tls(user).Key)
		if err != nil {
			t.Fatal(err)
		}
		return []tls.Certificate{c}
	}
	serverPair, err := tls.LoadX509KeyPair(filepath.Join(s.folder, "server", "server.crt"), filepath.Join(s.folder, "server", "server.key"))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*tls.Config){
		"own certificate":              func(*tls.Config) {},
		"no certificate":               func(c *tls.Config) { c.Certificates = nil },
		"certificate of another CA":    func(c *tls.Config) { c.Certificates = load(elsewhere, "node-be") },
		"the broker's own certificate": func(c *tls.Config) { c.Certificates = []tls.Certificate{serverPair} },
		// Redis before 8.6 cannot bind a user to a certificate: who has stolen a password still needs a certificate of the network,
		// but any will do. Our own transport refuses the mixture: TestUserPasswordAndCertificateMustFit.
		"certificate of another party, taken": func(c *tls.Config) { c.Certificates = load(s, "node-de") },
		"TLS 1.2":                             func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 },
		"TLS 1.0 to 1.2":                      func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS12 },
		"no TLS":                              nil,
		"a server of another authority":       func(c *tls.Config) { c.RootCAs = nil },
		"another host":                        func(c *tls.Config) { c.ServerName = "127.0.0.2" },
	} {
		t.Run(name, func(t *testing.T) {
			options, err := client.ParseURL(s.address("node-be"))
			if err != nil {
				t.Fatal(err)
			}
			options.TLSConfig, options.DialerRetries, options.MaxRetries = nil, 1, -1
			if change != nil {
				options.TLSConfig = own.Clone()
				change(options.TLSConfig)
			}
			c := client.NewClient(options)
			defer c.Close()
			err = c.Ping(t.Context()).Err()
			if passed := err == nil; passed != (name == "own certificate" || strings.HasSuffix(name, ", taken")) {
				t.Errorf("answer: %v", err)
			}
			t.Log(err)
		})
	}
}

func TestUserPasswordAndCertificateMustFit(t *testing.T) {
	s := newServer(t)
	for name, change := range map[string]func(*Options){
		"user and certificate of its own":  func(*Options) {},
		"certificate of another":           func(o *Options) { o.TLS = s.tls("node-de") },
		"another user":                     func(o *Options) { o.URL = s.address("node-de") },
		"password of another":              func(o *Options) { o.URL = strings.Replace(o.URL, "%20node-be", "%20node-de", 1) },
		"no user":                          func(o *Options) { o.URL = strings.Replace(o.URL, "node-be:", ":", 1) },
		"the user that Redis has built in": func(o *Options) { o.URL = strings.Replace(o.URL, "node-be:", "default:", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			o := s.options("node-be")
			change(&o)
			tr, err := Open(o)
			if err == nil {
				defer tr.Close()
				err = tr.Publish("fed:out:be", message.NewMessage("1", []byte("x")))
			}
			if passed := err == nil; passed != (name == "user and certificate of its own") {
				t.Errorf("answer: %v", err)
			}
			t.Log(err)
		})
	}
}

func TestAMistakeInTheAddressOrTheFilesSaysWhatToDo(t *testing.T) {
	needs(t, "openssl")
	s := &server{t: t, folder: certificates(t), port: 1}
	good := s.options("node-be")
	readable := filepath.Join(t.TempDir(), "client.key")
	key, err := os.ReadFile(good.TLS.Key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(readable, key, 0o640); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Options)
		says   string
	}{
		"all in order":              {func(*Options) {}, ""},
		"without TLS to this host":  {func(o *Options) { o.URL = "redis://127.0.0.1:1" }, ""},
		"without TLS to localhost":  {func(o *Options) { o.URL = "redis://localhost:1" }, ""},
		"through a socket file":     {func(o *Options) { o.URL = "unix:///run/redis.sock" }, ""},
		"without TLS to another":    {func(o *Options) { o.URL = "redis://be:hunter2@broker.example" }, "write rediss://"},
		"no address":                {func(o *Options) { o.URL = "broker.example" }, "write rediss://user:password@host:port"},
		"a password with specials":  {func(o *Options) { o.URL = "rediss://be:hunter2:%zz@broker.example:port" }, "what is special in the password"},
		"a wrong option":            {func(o *Options) { o.URL = "rediss://be:hunter2@broker.example?hunter2=1" }, "write rediss://"},
		"no certificate given":      {func(o *Options) { o.TLS.Certificate = "" }, "deploy/redis/certificates"},
		"no key given":              {func(o *Options) { o.TLS.Key = "" }, "deploy/redis/certificates"},
		"no authority given":        {func(o *Options) { o.TLS.CA = "" }, "deploy/redis/certificates"},
		"an authority that is none": {func(o *Options) { o.TLS.CA = o.TLS.Key }, "holds no certificate in PEM"},
		"a missing authority":       {func(o *Options) { o.TLS.CA += ".gone" }, "no such file"},
		"a missing key":             {func(o *Options) { o.TLS.Key += ".gone" }, "no such file"},
		"a key others may read":     {func(o *Options) { o.TLS.Key = readable }, "chmod 600"},
		"the key of another":        {func(o *Options) { o.TLS.Key = s.tls("node-de").Key }, "private key does not match"},
		"the certificate of another": {func(o *Options) { o.TLS = s.tls("node-de") },
			`is made out to "node-de" and the broker's user is "node-be"; give the party its own`},
	} {
		t.Run(name, func(t *testing.T) {
			o := good
			o.Log = slog.New(slog.DiscardHandler)
			c.change(&o)
			tr, err := Open(o)
			if err == nil {
				defer tr.Close()
			}
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("says %v, want %q", err, c.says)
			}
			if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "secret")) {
				t.Errorf("tells the password: %v", err)
			}
		})
	}
}

func TestTheBrokersShortAnswersSayWhatToDo(t *testing.T) {
	s := newServer(t)
	node := s.open("node-be")
	if err := node.Publish("fed:out:de", message.NewMessage("1", []byte("x"))); err == nil || !strings.Contains(err.Error(), "deploy/redis/users") {
		t.Errorf("without the right: %v", err)
	}
	if err := s.plain("operator").Do(t.Context(), "CONFIG", "SET", "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	if err := node.Publish("fed:out:be", message.NewMessage("1", []byte("x"))); err == nil || !strings.Contains(err.Error(), "the hub cleans it") {
		t.Errorf("with full memory: %v", err)
	}
}
