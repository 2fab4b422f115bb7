package federation

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// Certificates are those by which a party and its broker know each other, each with the moment at which it ends. Without TLS there are none.
type Certificates map[string]time.Time

// Names of the certificates that can be told apart.
const (
	CertificateOwn       = "own"       // shown by this party
	CertificateBroker    = "broker"    // shown by the broker when it was last reached
	CertificateAuthority = "authority" // which signed the broker's
)

// Bounds before the end of a certificate (security.md C33).
const (
	certificateSoon = 21 * 24 * time.Hour
	certificateNow  = 3 * 24 * time.Hour
)

// certificates adds what the transport knows now to what was seen before: a broker that can no longer be reached because its certificate has
// ended does not make that certificate forgotten.
func (e *Endpoint) certificates(before Certificates) Certificates {
	if e.CertificateEnds == nil {
		return nil
	}
	now := e.CertificateEnds()
	if len(now) == 0 {
		return nil
	}
	all := maps.Clone(before)
	maps.Copy(all, now)
	return all
}

// alarmCertificates tells of the certificate that ends first.
func alarmCertificates(certificates Certificates, now time.Time, raise about) {
	if len(certificates) == 0 {
		return
	}
	name := slices.MinFunc(slices.Sorted(maps.Keys(certificates)), func(a, b string) int { return certificates[a].Compare(certificates[b]) })
	ends, words := certificates[name], certificateWords[name]
	message := fmt.Sprintf("%s ends on %s", words.what, ends.UTC().Format(time.DateOnly))
	switch left := ends.Sub(now); {
	case left <= 0:
		raise(AlarmCertificate, Urgent, fmt.Sprintf("%s has ended on %s: no new connection with the broker comes about", words.what, ends.UTC().Format(time.DateOnly)), words.remedy)
	case left < certificateNow:
		raise(AlarmCertificate, Urgent, message, words.remedy)
	case left < certificateSoon:
		raise(AlarmCertificate, Warning, message, words.remedy)
	}
}

var certificateWords = map[string]struct{ what, remedy string }{
	CertificateOwn: {"The certificate of this party for the broker",
		"Have a new one made where the authority's key is kept (deploy/redis/certificates), put it into the place of the old one, and start this program again. Messages wait meanwhile, and nothing is lost."},
	CertificateBroker: {"The certificate of the broker",
		"Tell the broker's operator: remove the server's folder, run deploy/redis/certificates again, and restart Redis. Messages wait meanwhile, and nothing is lost."},
	CertificateAuthority: {"The certificate of the broker's authority",
		"Tell the broker's operator: make all certificates anew in an empty folder with deploy/redis/certificates, and hand them out to every party."},
}

func readCertificates(ctx context.Context, q storage.Querier) (Certificates, error) {
	text := "{}"
	if err := ignoreNoRows(q.QueryRowContext(ctx, `SELECT certificates FROM fed_watch`).Scan(&text)); err != nil {
		return nil, err
	}
	all := Certificates{}
	if err := contracts.Decode([]byte(text), &all); err != nil {
		return nil, fmt.Errorf("read certificates: %w", err)
	}
	return all, nil
}

func (c Certificates) text() (string, error) {
	if c == nil {
		return "{}", nil
	}
	b, err := contracts.Encode(c)
	return string(b), err
}
