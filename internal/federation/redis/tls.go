package redis

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// TLS names the files by which party and broker know each other, all PEM. No other authority is trusted than the network's own.
type TLS struct {
	CA          string // certificate of the network's authority, which signed the broker's
	Certificate string // of this party, made out to its broker user
	Key         string // of the certificate; a file that others may read is refused
}

// config is TLS 1.3 and nothing older, mutual.
func (f TLS) config(o *redis.Options) (*tls.Config, error) {
	if f.CA == "" || f.Certificate == "" || f.Key == "" {
		return nil, errors.New("rediss:// needs the authority's certificate, this party's certificate and its key; deploy/redis/certificates makes them")
	}
	authority, err := os.ReadFile(f.CA)
	if err != nil {
		return nil, fmt.Errorf("load authority: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("load authority: %s holds no certificate in PEM", f.CA)
	}
	own, err := f.own(o.Username)
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, ServerName: o.TLSConfig.ServerName, RootCAs: roots, Certificates: []tls.Certificate{own}}, nil
}

// own loads what this party shows to the broker.
func (f TLS) own(user string) (tls.Certificate, error) {
	info, err := os.Stat(f.Key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("load key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return tls.Certificate{}, fmt.Errorf("load key: %s may be read by others; run chmod 600 on it", f.Key)
	}
	own, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("load certificate %s with key %s: %w", f.Certificate, f.Key, err)
	}
	if name := own.Leaf.Subject.CommonName; name != user {
		return tls.Certificate{}, fmt.Errorf("certificate %s is made out to %q and the broker's user is %q; give the party its own", f.Certificate, name, user)
	}
	return own, nil
}

// seen keeps when the certificates end that the broker showed in a handshake that was verified.
func (t *Transport) seen(s tls.ConnectionState) error {
	chain := s.VerifiedChains[0]
	t.ends.Store("broker", chain[0].NotAfter)
	t.ends.Store("authority", chain[len(chain)-1].NotAfter)
	return nil
}

// CertificateEnds tells when the certificates end by which party and broker know each other: "own", and since the broker was reached
// "broker" and "authority". Without TLS there are none.
func (t *Transport) CertificateEnds() map[string]time.Time {
	ends := map[string]time.Time{}
	t.ends.Range(func(name, end any) bool {
		ends[name.(string)] = end.(time.Time)
		return true
	})
	return ends
}

// explain says what to do about the broker's shorter answers.
func explain(err error) error {
	remedies := []struct{ sign, remedy string }{
		{"WRONGPASS", "user and password of the address must be in the broker's users.acl"},
		{"NOAUTH", "write user and password into the address"},
		{"NOPERM", "the broker's users.acl does not allow it; make it anew with deploy/redis/users"},
		{"OOM ", "the broker's memory is full; the hub cleans it when it runs"},
		{"remote error: tls: certificate required", "give this party's certificate"},
		{"remote error: tls: expired certificate", "this party's certificate has expired; make a new one"},
		{"remote error: tls: unknown certificate authority", "this party's certificate is of another authority than the broker's"},
		{"certificate signed by unknown authority", "the broker's certificate is of another authority than this party's"},
		{"first record does not look like a TLS handshake", "the broker speaks no TLS on this port"},
	}
	for _, r := range remedies {
		if strings.Contains(err.Error(), r.sign) {
			return fmt.Errorf("%w: %s", err, r.remedy)
		}
	}
	return err
}
