package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"golang.org/x/sync/errgroup"

	"passerelle/adapters"
	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/internal/account"
	"passerelle/internal/federation"
	"passerelle/internal/federation/redis"
	"passerelle/internal/observe"
	"passerelle/internal/seal"
	"passerelle/internal/storage"
	"passerelle/internal/web"
	"passerelle/nodes"
)

// program is one running party: its database, its telemetry, its pages and its channel.
type program struct {
	db        *storage.DB
	lease     *storage.Lease
	telemetry *observe.Telemetry
	handler   http.Handler
	channel   func(ctx context.Context) error
	watch     *federation.Watch
	accounts  *account.Accounts
	hooks     bool
}

// serve answers on l and moves messages until ctx ends, one of the two fails, or another process has taken the database over.
func (p *program) serve(ctx context.Context, l net.Listener) error {
	asked := ctx
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return web.ServeOn(ctx, l, p.mux()) })
	g.Go(func() error { return p.channel(ctx) })
	g.Go(func() error { return p.watch.Run(ctx) })
	g.Go(func() error { return p.lease.Keep(ctx) })
	err := g.Wait()
	if asked.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // stopped while it began
	}
	return err
}

// mux puts what operators need beside the pages: whether the program lives, and whether it should be given work. A broker that is down is no
// illness of the program, which works on without; the state of the channels says so.
func (p *program) mux() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", inside(p.telemetry.Metrics))
	alive := []observe.Check{{Name: "database", Run: p.db.Ping}}
	if p.hooks {
		alive = append(alive, observe.Check{Name: "test_hooks", Good: "on"})
	}
	ready := append(slices.Clone(alive),
		observe.Check{Name: "tables", Run: p.watch.Tables, Bad: "not there"},
		observe.Check{Name: "writing", Run: p.watch.Writes, Bad: "the disk is full, the database away, or another program has it"},
		observe.Check{Name: "backup", Run: p.watch.Whole, Good: "none waits", Bad: "books from a backup wait for the word of their peers"})
	mux.Handle("GET /health", inside(observe.Health(p.telemetry.Log, alive...)))
	mux.Handle("GET /ready", inside(observe.Health(slog.New(slog.DiscardHandler), ready...))) // the alarms are logged, once
	mux.Handle("/", p.handler)
	return web.Protected(mux, p.accounts != nil && p.accounts.URL.Scheme == "https")
}

// inside keeps what operators read from whoever comes through a proxy, which says for whom it asks. Nobody gains by saying so himself.
func inside(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header.Values("X-Forwarded-For")) > 0 || len(r.Header.Values("Forwarded")) > 0 {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// close releases everything; it runs after serve.
func (p *program) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if p.accounts != nil {
		p.accounts.Wait()
	}
	return errors.Join(p.telemetry.Shutdown(ctx), p.lease.Release(), p.db.Close())
}

// transport is a broker's two ends; closing it closes both.
type transport interface {
	message.Publisher
	message.Subscriber
}

// party is what hub and node have in common before they start.
type party struct {
	self      contracts.PartyID
	dsn       string
	key       federation.Key
	keys      map[federation.KeyID]federation.Key // key among them
	registry  *federation.Registry
	directory *federation.Directory // what the registry came to when it was read
	network   string                // folder of the two
	sealing   seal.Keys             // of a node
	transport transport
	log       io.Writer
	now       func() time.Time
	hooks     bool            // for tests; health says so
	door      account.Options // what its flags say of how people come in
}

// open starts telemetry and database, with the sole right to write to it.
func (p party) open(ctx context.Context, sets ...storage.MigrationSet) (*program, error) {
	service := string(p.self)
	if p.self != contracts.Hub {
		service = "node-" + service
	}
	t, err := observe.Start(ctx, observe.Config{Service: service, Endpoint: os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"), Log: p.log, Level: slog.LevelInfo})
	if err != nil {
		return nil, err
	}
	db, err := storage.OpenFor(ctx, string(p.self), p.dsn, sets...)
	if err != nil {
		return nil, errors.Join(err, t.Shutdown(ctx))
	}
	lease, err := db.Lease(ctx, service)
	if err != nil {
		return nil, errors.Join(err, db.Close(), t.Shutdown(ctx))
	}
	return &program{db: db, lease: lease, telemetry: t, hooks: p.hooks}, nil
}

// accounts joins what the flags say with what the program has.
func (p party) accounts(prog *program, place string) (*account.Accounts, error) {
	o := p.door
	o.DB, o.Party, o.Place, o.Now, o.Log = prog.db, p.self, place, p.now, prog.telemetry.Log
	return account.New(o)
}

func (p party) federation(prog *program) federation.Config {
	c := federation.Config{Key: p.key, Keys: p.keys, Registry: p.registry, RegistryFolder: p.network, DB: prog.db, Publisher: p.transport, Subscriber: p.transport, Now: p.now,
		Log: prog.telemetry.Log, Tracer: prog.telemetry.Tracer, Meter: prog.telemetry.Meter}
	if p.registry == nil {
		c.Directory = p.directory
	}
	if t, ok := p.transport.(interface {
		CertificateEnds() map[string]time.Time
	}); ok {
		c.CertificateEnds = t.CertificateEnds
	}
	return c
}

// openHub builds the hub, with the tables of the annual reports filed.
func openHub(ctx context.Context, p party) (*program, *hub.Hub, error) {
	prog, err := p.open(ctx, hub.Migrations()...)
	if err != nil {
		return nil, nil, err
	}
	if prog.accounts, err = p.accounts(prog, "Hub"); err != nil {
		return nil, nil, errors.Join(err, prog.close())
	}
	var network hub.Endpoint
	h := hub.New(prog.db, hub.Options{Accounts: prog.accounts, Now: p.now, Log: prog.telemetry.Log, Tracer: prog.telemetry.Tracer, Network: &network,
		Condition: func(ctx context.Context) (federation.Condition, error) { return prog.watch.Condition(ctx) }})
	if err := h.LoadAnnualReports(ctx); err != nil {
		return nil, nil, errors.Join(err, prog.close())
	}
	config := p.federation(prog)
	config.Apply, config.Returned = h.Apply, h.Returned
	endpoint, err := federation.New(config)
	if err != nil {
		return nil, nil, errors.Join(err, prog.close())
	}
	network.Endpoint = endpoint
	prog.handler, prog.watch = h.Handler(), endpoint.Watch(nil)
	prog.channel = func(ctx context.Context) error {
		g, ctx := errgroup.WithContext(ctx)
		g.Go(func() error { return endpoint.Run(ctx) })
		g.Go(func() error { return h.Telling(ctx) })
		return g.Wait()
	}
	return prog, h, nil
}

// openNode builds the node of a country.
func openNode(ctx context.Context, p party, settings nodes.Settings) (*program, *nodes.Node, error) {
	country, ok := p.self.Country()
	if !ok {
		return nil, nil, contracts.Fault{Code: contracts.FaultCountry, Field: "country", Message: fmt.Sprintf("%q is not a country", string(p.self)), Remedy: "give two letters, such as be"}
	}
	prog, err := p.open(ctx, nodes.Migrations()...)
	if err != nil {
		return nil, nil, err
	}
	n, err := nodes.New(nodes.Options{Country: country, Settings: settings, DB: prog.db, Accounts: p.door, Network: p.federation(prog), Sealing: p.sealing, Now: p.now,
		Log: prog.telemetry.Log, Tracer: prog.telemetry.Tracer, Meter: prog.telemetry.Meter})
	if err != nil {
		return nil, nil, errors.Join(err, prog.close())
	}
	prog.handler, prog.channel, prog.watch, prog.accounts = n.Handler(), n.Run, n.Watch, n.Accounts
	return prog, n, nil
}

// brokerFlags say where the broker is, and by which files it and the party know each other. Secrets are in files and in the
// environment, not in arguments, which everybody on the host may read.
type brokerFlags struct {
	Broker     string `help:"Address of the broker, rediss://user:password@host:port, or redis:// on this host; better given as PASSERELLE_BROKER, where the process list does not show it." env:"PASSERELLE_BROKER" placeholder:"URL"`
	BrokerCA   string `help:"Certificate of the authority behind the broker's; needed with rediss://." name:"broker-ca" env:"PASSERELLE_BROKER_CA" placeholder:"FILE"`
	BrokerCert string `help:"Certificate of this party, made out to its broker user; needed with rediss://." env:"PASSERELLE_BROKER_CERT" placeholder:"FILE"`
	BrokerKey  string `help:"Key of that certificate, readable by its owner alone." env:"PASSERELLE_BROKER_KEY" placeholder:"FILE"`
}

// given demands the address, which only some of the commands with these flags need.
func (f brokerFlags) given() error {
	if f.Broker != "" {
		return nil
	}
	return contracts.Fault{Code: contracts.FaultMissing, Field: "--broker", Message: "no address of the broker", Remedy: "set PASSERELLE_BROKER to it, such as rediss://be:password@broker:6379"}
}

// connect opens a party's end of the broker. The hub cleans the streams for all.
func (f brokerFlags) connect(self contracts.PartyID) (*redis.Transport, error) {
	if err := f.given(); err != nil {
		return nil, err
	}
	return redis.Open(redis.Options{URL: f.Broker, TLS: redis.TLS{CA: f.BrokerCA, Certificate: f.BrokerCert, Key: f.BrokerKey},
		Consumer: string(self), Trim: self == contracts.Hub})
}

// partyFlags are the flags that hub and node share.
type partyFlags struct {
	brokerFlags
	DB      string `help:"Database: a file for SQLite, or postgres://user@host/name; default passerelle-data/<party>.db." placeholder:"DSN"`
	Network string `help:"Folder with network.json and the key of this party. Without it, parties on one host share passerelle-data/network, made at the first start." placeholder:"DIR" type:"existingdir"`
	Addr    string `help:"Address to listen on." default:"127.0.0.1:8080"`
	doorFlags
	hookFlags
}

// ownFolder is where parties on one host keep what they were not told to keep elsewhere.
const ownFolder = "passerelle-data"

// prepare fills in what was not given for a party, and makes the host's own network when there is none.
func (f *partyFlags) prepare(self contracts.PartyID, o output) error {
	if err := f.given(); err != nil {
		return err
	}
	if f.DB == "" {
		f.DB = filepath.Join(ownFolder, string(self)+".db")
	}
	if f.Network != "" {
		return nil
	}
	f.Network = filepath.Join(ownFolder, "network")
	return shareNetwork(f.Network, o)
}

// shareNetwork makes a network of every country for the parties of one host. Several may start at once: whoever makes the folder
// fills it, the others wait for the directory, which is written last.
func shareNetwork(dir string, o output) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		parties := []string{string(contracts.Hub)}
		for _, a := range adapters.All() {
			parties = append(parties, string(contracts.NodeID(a.Code)))
		}
		fmt.Fprintf(o.err, "made a network in %s with example settings; in production each party holds only its own key\n", dir)
		return initNetwork(dir, "local", false, parties)
	}
	if !errors.Is(err, os.ErrExist) {
		return err
	}
	for range 100 {
		if _, err = os.Stat(filepath.Join(dir, federation.AnchorFile)); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%s has no network.json: run passerelle network init --dir %s, or name another folder with --network: %w", dir, dir, err)
}

// loadParty reads the registry of a network and a party's keys. Its key is the one the registry names as current, if it is there.
func loadParty(self contracts.PartyID, network string) (party, error) {
	registry, err := federation.LoadRegistry(network)
	if err != nil {
		return party{}, err
	}
	keys, err := federation.LoadKeys(network, self)
	if err != nil {
		return party{}, err
	}
	p := party{self: self, keys: keys, registry: registry, directory: registry.Directory(), network: network, now: time.Now}
	if self != contracts.Hub {
		if p.sealing, err = sealingKeys(network, self); err != nil {
			return p, err
		}
	}
	current, _ := p.directory.Current(self)
	p.key = keys[current]
	for _, k := range keys {
		if p.key.ID == "" && p.directory.Lists(k.ID) {
			p.key = k
		}
	}
	if p.key.ID == "" {
		return p, fmt.Errorf("the registry of network %q lists none of the keys of %s in %s: have the request that passerelle keys new made approved at the hub", p.directory.Network, self, network)
	}
	return p, nil
}

// serveOn listens and runs until ctx ends.
func serveOn(ctx context.Context, addr string, p *program, t transport, o output) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s: %w; choose another with --addr", addr, err), p.close(), t.Close())
	}
	fmt.Fprintf(o.err, "listening on http://%s\n", l.Addr())
	return errors.Join(p.serve(ctx, l), t.Close(), p.close())
}

type hubCommand struct{ partyFlags }

// Run runs the hub until the process is asked to stop.
func (c hubCommand) Run(ctx context.Context, o output) error {
	if err := c.prepare(contracts.Hub, o); err != nil {
		return err
	}
	p, err := loadParty(contracts.Hub, c.Network)
	if err != nil {
		return err
	}
	if err := errors.Join(c.hook(&p), c.open(&p, c.Addr)); err != nil {
		return err
	}
	t, err := c.connect(contracts.Hub)
	if err != nil {
		return err
	}
	p.dsn, p.transport, p.log = c.DB, t, o.err
	prog, _, err := openHub(ctx, p)
	if err != nil {
		return errors.Join(err, t.Close())
	}
	return serveOn(ctx, c.Addr, prog, t, o)
}

type nodeCommand struct {
	partyFlags
	Country  string `help:"Country of the node, two letters." required:""`
	Settings string `help:"What the co-operative says of itself, YAML; default <network>/<country>.yaml." placeholder:"FILE" type:"existingfile"`
}

// Run runs a node until the process is asked to stop.
func (c nodeCommand) Run(ctx context.Context, o output) error {
	self, err := nodeParty(c.Country)
	if err != nil {
		return err
	}
	if err := c.prepare(self, o); err != nil {
		return err
	}
	t, err := c.connect(self)
	if err != nil {
		return err
	}
	prog, _, err := openConfigured(ctx, self, c.partyFlags, c.Settings, t, o)
	if err != nil {
		return errors.Join(err, t.Close())
	}
	return serveOn(ctx, c.Addr, prog, t, o)
}

func nodeParty(country string) (contracts.PartyID, error) {
	p := contracts.PartyID(strings.ToLower(country))
	if _, ok := p.Country(); !ok {
		return "", contracts.Fault{Code: contracts.FaultCountry, Field: "--country", Message: fmt.Sprintf("%q is not a country", country), Remedy: "give two letters, such as be"}
	}
	return p, nil
}

// openConfigured opens a node from its files; settings default to those beside the key.
func openConfigured(ctx context.Context, self contracts.PartyID, f partyFlags, settingsFile string, t transport, o output) (*program, *nodes.Node, error) {
	if settingsFile == "" {
		settingsFile = filepath.Join(f.Network, string(self)+".yaml")
	}
	settings, err := nodes.LoadSettings(settingsFile)
	if err != nil {
		return nil, nil, err
	}
	p, err := loadParty(self, f.Network)
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(f.hook(&p), f.open(&p, f.Addr)); err != nil {
		return nil, nil, err
	}
	p.dsn, p.transport, p.log = f.DB, t, o.err
	return openNode(ctx, p, settings)
}
