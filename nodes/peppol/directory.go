package peppol

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// The answers that are a no, told by whoever keeps the network's registers.
var (
	ErrNotRegistered = errors.New("the participant is not in the network")
	ErrNotReceived   = errors.New("the participant is in the network, but does not receive this kind of document")
)

// IsNo tells whether an error says that the document is not received, and not that nobody knows.
func IsNo(err error) bool {
	return errors.Is(err, ErrNotRegistered) || errors.Is(err, ErrNotReceived)
}

// Directory looks participants up. It keeps nothing; Remembered does.
type Directory struct {
	zone     string
	resolver resolver
	fetch    fetch
	now      func() time.Time
}

// Options are how a Directory asks. The zero value is production, by the servers that the computer uses.
type Options struct {
	Zone      string            // of the SML
	Resolver  string            // address of a DNS server
	Transport http.RoundTripper // how publishers are called; nil calls public addresses alone
	Now       func() time.Time  // nil is the clock
}

// New makes a directory. Options that cannot be are Faults.
func New(o Options) (*Directory, error) {
	if err := CheckZone(o.Zone); err != nil {
		return nil, err
	}
	r, err := newResolver(o.Resolver)
	if err != nil {
		return nil, err
	}
	if o.Transport == nil {
		o.Transport = onlyPublic(r)
	}
	d := &Directory{zone: cmp.Or(o.Zone, Production), resolver: r, fetch: fetcher(o.Transport), now: o.Now}
	if d.now == nil {
		d.now = time.Now
	}
	return d, nil
}

// lookupTime bounds one lookup, the DNS and two publishers included.
const lookupTime = 20 * time.Second

// Publisher is the address at which the participant's publisher answers.
func (d *Directory) Publisher(ctx context.Context, p Participant) (string, error) {
	records, err := d.resolver.naptrs(ctx, p.Name(d.zone), d.zone)
	if errors.Is(err, errNoName) {
		return "", ErrNotRegistered
	}
	if err != nil {
		return "", fmt.Errorf("ask the DNS for %s: %w", p, err)
	}
	publisher, err := publisherOf(records)
	if err == nil && publisher == "" {
		err = ErrNotRegistered
	}
	return publisher, err
}

// Documents lists the document types that a participant says to receive, as busdox-docid-qns::...
func (d *Directory) Documents(ctx context.Context, p Participant) ([]string, error) {
	ctx, stop := context.WithTimeout(ctx, lookupTime)
	defer stop()
	publisher, err := d.Publisher(ctx, p)
	if err != nil {
		return nil, err
	}
	body, err := d.fetch.get(ctx, groupURL(publisher, p))
	if errors.Is(err, errNotFound) {
		return nil, ErrNotRegistered
	}
	if err != nil {
		return nil, err
	}
	return parseGroup(body, p)
}

// Services lists who takes a document type for a participant now, by AS4. When nobody does it is ErrNotReceived.
func (d *Directory) Services(ctx context.Context, p Participant, document string) ([]Service, error) {
	ctx, stop := context.WithTimeout(ctx, lookupTime)
	defer stop()
	publisher, err := d.Publisher(ctx, p)
	if err != nil {
		return nil, err
	}
	m, err := d.metadata(ctx, serviceURL(publisher, p, document), p, document)
	if err != nil {
		return nil, err
	}
	open := slices.DeleteFunc(m.services, func(s Service) bool { return !s.open(d.now()) })
	if len(open) == 0 {
		return nil, ErrNotReceived
	}
	return open, nil
}

// metadata follows one redirect, as the specification asks: the other publisher is the participant's, whatever it answers.
func (d *Directory) metadata(ctx context.Context, address string, p Participant, document string) (m metadata, err error) {
	for range 2 {
		body, err := d.fetch.get(ctx, address)
		if errors.Is(err, errNotFound) {
			return m, ErrNotReceived
		}
		if err != nil {
			return m, err
		}
		if m, err = parseMetadata(body, p, document); err != nil || m.redirect == "" {
			return m, err
		}
		if address, err = publisherURL(m.redirect); err != nil {
			return m, err
		}
	}
	return m, errors.New("the publisher sends from one publisher to another, and that one to a third")
}

// Receives tells who takes a document of this type in this process for the participant. An empty process is any. An access point whose
// certificate ran out takes nothing, but its publisher says that it does: that is neither yes nor no.
func (d *Directory) Receives(ctx context.Context, p Participant, document, process string) (Service, error) {
	services, err := d.Services(ctx, p, document)
	if err != nil {
		return Service{}, err
	}
	services = slices.DeleteFunc(services, func(s Service) bool { return process != "" && s.Process != process })
	if len(services) == 0 {
		return Service{}, ErrNotReceived
	}
	for _, s := range services {
		if d.now().Before(s.Until) {
			return s, nil
		}
	}
	return Service{}, fmt.Errorf("the certificate of the access point %s ran out on %s", services[0].AccessPoint, services[0].Until.Format(time.DateOnly))
}
