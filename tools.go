package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"text/tabwriter"
	"time"

	"passerelle/contracts"
	"passerelle/hub"
	"passerelle/hub/rates"
	"passerelle/internal/federation"
	"passerelle/internal/federation/memory"
	"passerelle/internal/storage"
	"passerelle/nodes/outbound"
	"passerelle/nodes/seed"
)

type importCommand struct {
	File     string `arg:"" help:"CSV in UTF-8, columns as in docs/past-invoices.md." type:"existingfile"`
	Country  string `help:"Country of the node, two letters." required:""`
	DB       string `help:"Database of the node: a file for SQLite, or postgres://user@host/name." placeholder:"DSN" required:""`
	Network  string `help:"Folder with network.json, the key and the settings of the node." placeholder:"DIR" type:"existingdir" required:""`
	Settings string `help:"What the co-operative says of itself; default <network>/<country>.yaml." placeholder:"FILE" type:"existingfile"`
	DryRun   bool   `help:"Go the whole way and roll back: say what would happen." name:"dry-run"`
	JSON     bool   `help:"Print the result as JSON."`
}

// Run imports the file. The events leave when the node runs.
func (c importCommand) Run(ctx context.Context, o output) error {
	file, err := readFile(c.File, outbound.MaxImportBytes)
	if err != nil {
		return err
	}
	self, err := nodeParty(c.Country)
	if err != nil {
		return err
	}
	// Nothing is sent from here: the events wait in the database until the node runs.
	prog, n, err := openConfigured(ctx, self, partyFlags{DB: c.DB, Network: c.Network}, c.Settings, memory.NewBroker(), o)
	if err != nil {
		return err
	}
	result, err := n.Outbound.Import(ctx, file, c.DryRun, func(done, total int) { fmt.Fprintf(o.err, "\r%d of %d lines", done, total) })
	fmt.Fprintln(o.err)
	if err := errors.Join(err, prog.close()); err != nil {
		return found(o, err)
	}
	return showImport(o, result, c.JSON)
}

func showImport(o output, r outbound.ImportResult, asJSON bool) error {
	if asJSON {
		if err := printJSON(o, r); err != nil {
			return err
		}
	} else {
		for _, f := range r.Faults {
			fmt.Fprintln(o.out, f)
		}
		verb := "added"
		if r.DryRun || r.Broken > 0 {
			verb = "would be added; nothing was stored"
		}
		fmt.Fprintf(o.out, "%d lines: %d documents %s, %d already there, %d lines with faults %v\n", r.Rows, r.New, verb, r.Already, r.Broken, r.Totals)
	}
	if r.Broken > 0 {
		return errFound
	}
	return nil
}

// readFile reads a file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, contracts.Fault{Code: contracts.FaultTooLarge, Field: path, Message: fmt.Sprintf("%d MiB are more than the %d a file may have", info.Size()>>20, limit>>20), Remedy: "split the file"}
	}
	return os.ReadFile(path)
}

type ratesCommand struct {
	Load ratesLoad `cmd:"" help:"Load eurofxref.csv, eurofxref-hist.csv, eurofxref-daily.xml or eurofxref-hist.xml as the ECB publishes them."`
}

type ratesLoad struct {
	File string `arg:"" type:"existingfile" help:"The file; its content tells CSV from XML."`
	DB   string `help:"The hub's database." placeholder:"DSN" required:""`
}

// Run loads the rates, all or none.
func (c ratesLoad) Run(ctx context.Context, o output) error {
	file, err := readFile(c.File, 64<<20)
	if err != nil {
		return err
	}
	rs, err := rates.Read(file)
	if err != nil {
		return found(o, err)
	}
	today := contracts.DateOf(time.Now().UTC())
	for _, r := range rs {
		if r.Since.After(today) {
			return found(o, contracts.Fault{Code: contracts.FaultDate, Field: fmt.Sprintf("%s %s", r.Currency, r.Since), Message: "a rate of a day that has not come", Remedy: "check the file"})
		}
	}
	db, err := storage.OpenFor(ctx, string(contracts.Hub), c.DB, hub.Migrations()...)
	if err != nil {
		return err
	}
	if err := errors.Join(hub.New(db, hub.Options{}).LoadRates(ctx, rs), db.Close()); err != nil {
		return found(o, err)
	}
	fmt.Fprintf(o.out, "%d rates read; those that were not known are loaded\n", len(rs))
	return nil
}

type networkCommand struct {
	Init networkInit `cmd:"" help:"Make the roots, a key per party, network.json with its registry, and example settings per node. A folder that has a network is left alone."`
}

type networkInit struct {
	Dir     string   `help:"Folder to write to." required:""`
	Parties []string `help:"hub and countries, such as hub,be,de." required:""`
	Name    string   `help:"Name of the network; every message carries it." default:"${network}"`
	Test    bool     `help:"A network for tests: its programs may be given hooks such as a clock. This cannot be changed later."`
}

// defaultNetwork is the name of a network that was given none.
const defaultNetwork = "passerelle"

// Run makes the files. A folder that has a network is left alone, so that it may run at each start.
func (c networkInit) Run(o output) error {
	if _, err := os.Stat(filepath.Join(c.Dir, federation.AnchorFile)); err == nil {
		fmt.Fprintf(o.err, "%s has a network already; nothing was changed\n", c.Dir)
		return nil
	}
	if err := initNetwork(c.Dir, c.Name, c.Test, c.Parties); err != nil {
		return err
	}
	roots := filepath.Join(c.Dir, rootsFolder)
	fmt.Fprintf(o.err, "made a network in %s. Two of the three keys in %s decide who belongs to it: move each to a place of its own, off this machine, held by another person.\n", c.Dir, roots)
	return nil
}

// rootsFolder is where new roots lie until they are put away.
const rootsFolder = "roots"

// initNetwork writes keys, settings and, last, the network's own files.
func initNetwork(dir, name string, test bool, parties []string) error {
	if err := checkParties(name, parties); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, rootsFolder), 0o700); err != nil {
		return err
	}
	var keys []federation.Key
	for _, p := range parties {
		key, err := federation.NewKey(contracts.PartyID(p))
		if err != nil {
			return err
		}
		if err := errors.Join(key.Save(filepath.Join(dir, p+".key")), firstSealingKey(dir, key.Party), exampleSettings(dir, key.Party)); err != nil {
			return err
		}
		keys = append(keys, key)
	}
	registry, roots, err := federation.Found(name, test, time.Now(), keys...)
	if err != nil {
		return err
	}
	for i, root := range roots {
		if err := root.Save(filepath.Join(dir, rootsFolder, fmt.Sprintf("root-%d.key", i+1))); err != nil {
			return err
		}
	}
	return registry.Create(dir)
}

var networkName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// checkParties finds what is wrong with a network before a file of it is written.
func checkParties(name string, parties []string) error {
	var fs contracts.Faults
	checkNetworkName(&fs, name)
	if !slices.Contains(parties, string(contracts.Hub)) {
		fs.Addf(contracts.FaultMissing, "--parties", "write hub,be,de", "a network has a hub")
	}
	for i, p := range parties {
		country, ok := contracts.PartyID(p).Country()
		if _, err := seed.SettingsFile(country); p != string(contracts.Hub) && (!ok || err != nil) || slices.Contains(parties[:i], p) {
			fs.Addf(contracts.FaultInvalid, "--parties", `name each party once: "hub", or a country with an adapter in small letters`, "%.40q", p)
		}
	}
	return fs.Err()
}

func checkNetworkName(fs *contracts.Faults, name string) {
	if !networkName.MatchString(name) {
		fs.Addf(contracts.FaultInvalid, "--name", "use small letters, digits and hyphens, such as smart-test", "%.40q is no name of a network", name)
	}
}

// exampleSettings gives a node settings to start from; its operator puts in the co-operative's own.
func exampleSettings(dir string, p contracts.PartyID) error {
	country, ok := p.Country()
	if !ok {
		return nil
	}
	text, err := seed.SettingsFile(country)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, string(p)+".yaml"), text, 0o600)
}

type versionCommand struct {
	JSON bool `help:"Print JSON."`
}

// Run prints what this binary was built from and which events it reads and writes.
func (c versionCommand) Run(o output) error {
	type versions struct {
		Program string                `json:"program"`
		Go      string                `json:"go"`
		Events  []contracts.EventType `json:"events"`
		Modules map[string]string     `json:"modules"`
	}
	v := versions{Program: "unknown", Events: contracts.EventTypes(), Modules: map[string]string{}}
	if info, ok := debug.ReadBuildInfo(); ok {
		v.Program, v.Go = info.Main.Version, info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v.Program += " " + s.Value
			}
		}
		for _, m := range info.Deps {
			v.Modules[m.Path] = m.Version
		}
	}
	if c.JSON {
		return printJSON(o, v)
	}
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "passerelle\t%s\ngo\t%s\n", v.Program, v.Go)
	for _, e := range v.Events {
		fmt.Fprintf(w, "event\t%s\n", e)
	}
	return w.Flush()
}
