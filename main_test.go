package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"passerelle/nodes/seed"
)

// command runs the program as a person would and returns its exit code and what it wrote.
func command(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

func TestCommandsAnswerWithTheirExitCode(t *testing.T) {
	for _, tc := range []struct {
		args string
		code int
		want string // in what was written
	}{
		{"--help", 0, "demo"},
		{"country list", 0, "SE  Sweden"},
		{"country show se --on 2023-06-01", 0, "6.5"},
		{"country show se --on 2023-06-01 --json", 0, `"source"`},
		{"country show se --on tomorrow", 2, "--on"},
		{"country show se --topic nonsense", 2, "nothing is known"},
		{"country show xx", 2, "no adapter"},
		{"country check-id XX 1", 2, "nothing is known"},
		{"network init --dir /nowhere/x --parties be", 2, "a network has a hub"},
		{"network init --dir /nowhere/x --parties hub,xx", 2, "--parties"},
		{"country check-id FR 404833048", 0, "yes"},
		{"country check-id FR 404833047", 1, "no "},
		{"country check-id BE BE0468561072 --json", 0, `"valid": true`},
		{"version", 0, "invoice-issued"},
		{"demo --scale 2", 2, "--scale"},
		{"demo --addr nowhere", 2, "--addr"},
		{"sing", 2, "unexpected"},
		{"hub", 2, "--broker: no address of the broker"},
	} {
		code, out, errs := command(t, strings.Fields(tc.args)...)
		if code != tc.code || !strings.Contains(out+errs, tc.want) {
			t.Errorf("passerelle %s: exit %d, want %d and %q\n%s%s", tc.args, code, tc.code, tc.want, out, errs)
		}
	}
}

func TestImportFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	network, db := filepath.Join(dir, "network"), filepath.Join(dir, "be.db")
	if code, _, errs := command(t, "network", "init", "--dir", network, "--parties", "hub,be"); code != 0 {
		t.Fatal(errs)
	}
	if code, _, errs := command(t, "network", "init", "--dir", network, "--parties", "hub,be"); code != 0 || !strings.Contains(errs, "nothing was changed") {
		t.Errorf("a second init: exit %d, %s", code, errs)
	}
	good := "number,issue_date,member,member_name,activity,buyer_name,buyer_country,buyer_kind,description,net,vat_category,vat_rate,vat,currency\n" +
		"1,2023-05-10,M1,One,A1,Buyer,BE,business,Work,100.00,S,21,21.00,EUR\n"
	for _, tc := range []struct {
		name, file, flag string
		code             int
		want             string
	}{
		{"dry run", good, "--dry-run", 0, "would be added; nothing was stored"},
		{"for real", good, "", 0, "1 documents added"},
		{"again", good, "", 0, "0 documents added, 1 already there"},
		{"with a fault", good + "2,2023-05-10,M1,One,A1,Buyer,BE,business,Work,1.001,S,21,0.21,EUR\n", "", 1, "line 3.net"},
		{"broken", good + "2,2023\n", "", 1, "line 3"},
		{"an open quote", good + "\"2,2023\n", "", 1, "line 3"},
		{"of the future", good + "2,2099-05-10,M1,One,A1,Buyer,BE,business,Work,1.00,S,21,0.21,EUR\n", "", 1, "line 3.issue_date"},
	} {
		file := filepath.Join(dir, "past.csv")
		if err := os.WriteFile(file, []byte(tc.file), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := command(t, strings.Fields("import --country be --db "+db+" --network "+network+" "+tc.flag+" "+file)...)
		if code != tc.code || !strings.Contains(out+errs, tc.want) {
			t.Errorf("%s: exit %d, want %d and %q\n%s%s", tc.name, code, tc.code, tc.want, out, errs)
		}
	}
}

func TestTheDemonstrationStartsTwiceAndStops(t *testing.T) {
	dir := t.TempDir()
	first := demonstration(t, dir)
	var table []map[string]any
	get(t, first.hub+"/api/network?year=2023", &table)
	if len(table) != 6 || table[0]["country"] != "DE" || table[0]["turnover_keur"] != "4600" || table[0]["source"] == "" {
		t.Errorf("the published table: %v", table)
	}
	var nodes any
	get(t, first.hub+"/api/nodes", &nodes)
	if text := fmt.Sprint(nodes); !strings.Contains(text, "ES") || !strings.Contains(text, "HU") {
		t.Errorf("the nodes that left are not shown: %s", text)
	}
	for _, year := range seed.Years {
		checkPublishedTotals(t, first.hub, year)
	}
	var before, after any
	get(t, first.hub+"/api/crossborder?year=2023", &before)
	first.stop()
	second := demonstration(t, dir)
	if code, _, errs := command(t, "demo", "--data", dir, "--scale", demoScale.String(), "--addr", freeAddr(t)); code != exitFailed || !strings.Contains(errs, "in use") {
		t.Errorf("a third on the same data: exit %d, %s", code, errs)
	}
	get(t, second.hub+"/api/crossborder?year=2023", &after)
	if a, b := fmt.Sprint(before), fmt.Sprint(after); a != b {
		t.Errorf("the second start shows other figures:\n%s\n%s", a, b)
	}
	second.stop()
	if code, _, errs := command(t, "demo", "--data", dir, "--scale", "0.5", "--addr", freeAddr(t)); code != exitFailed || !strings.Contains(errs, "0.0005") {
		t.Errorf("another scale on the same data: exit %d, %s", code, errs)
	}
}

// checkPublishedTotals compares what the hub shows of each node with the report's turnover at the test's scale.
func checkPublishedTotals(t *testing.T, hub string, year int) {
	t.Helper()
	var m matrix
	get(t, fmt.Sprintf("%s/api/crossborder?year=%d", hub, year), &m)
	shown := map[string]string{}
	for _, s := range m.Sellers {
		shown[s.Country] = s.Amount
	}
	for _, a := range allAdapters() {
		published, ok := seed.Published(a, year)
		if !ok {
			continue
		}
		if want := published.Amount.Mul(demoScale).StringFixed(2); shown[string(a.Code)] != want {
			t.Errorf("%d: the hub shows %q of %s, the report's turnover times %s is %s", year, shown[string(a.Code)], a.Code, demoScale, want)
		}
	}
}

type demoRun struct {
	hub  string
	stop func()
}

var hubAddress = regexp.MustCompile(`hub +(http://\S+)`)

// demonstration runs `passerelle demo` until it has printed its addresses.
func demonstration(t *testing.T, dir string) demoRun {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var out, errs syncBuffer
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"demo", "--data", dir, "--scale", demoScale.String(), "--addr", freeAddr(t)}, &out, &errs)
	}()
	for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if m := hubAddress.FindStringSubmatch(out.String()); m != nil {
			becomes(t, m[1], "Operator")
			return demoRun{hub: m[1], stop: func() {
				cancel()
				if code := <-done; code != exitGood {
					t.Errorf("the demonstration ended with %d: %s", code, errs.String())
				}
			}}
		}
		select {
		case code := <-done:
			t.Fatalf("the demonstration ended with %d: %s", code, errs.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("not ready: %s%s", out.String(), errs.String())
		}
	}
}

func TestHealthAndMetrics(t *testing.T) {
	d := demonstration(t, t.TempDir())
	defer d.stop()
	res, err := http.Get(d.hub + "/health")
	if err != nil {
		t.Fatal(err)
	}
	var health any
	if err := json.NewDecoder(res.Body).Decode(&health); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("health: %d %v", res.StatusCode, err)
	}
	res.Body.Close()
	if res, err = http.Get(d.hub + "/metrics"); err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil || !strings.Contains(b.String(), "passerelle_federation_messages") {
		t.Errorf("no count of messages in the metrics: %v", err)
	}
}

func TestADatabaseBelongsToOneParty(t *testing.T) {
	dir := t.TempDir()
	network, db, file := filepath.Join(dir, "network"), filepath.Join(dir, "be.db"), filepath.Join(dir, "past.csv")
	if code, _, errs := command(t, "network", "init", "--dir", network, "--parties", "hub,be,de"); code != 0 {
		t.Fatal(errs)
	}
	if err := os.WriteFile(file, []byte("number,issue_date,member,member_name,activity,buyer_name,buyer_country,buyer_kind,description,net,vat_category,vat_rate,vat,currency\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if code, _, errs := command(t, "import", "--country", "be", "--db", db, "--network", network, file); code != exitGood {
			t.Fatalf("exit %d, %s", code, errs)
		}
	}
	rates := filepath.Join(dir, "rates.csv")
	if err := os.WriteFile(rates, []byte("Date,SEK\n2023-05-10,11.2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"import", "--country", "de", "--db", db, "--network", network, file}, {"rates", "load", "--db", db, rates}} {
		if code, _, errs := command(t, args...); code != exitFailed || !strings.Contains(errs, "belongs to another party, be") {
			t.Errorf("%s on Belgium's database: exit %d, %s", args[0], code, errs)
		}
	}
}

func TestATakenPortIsNamedBeforeAnythingIsWritten(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := filepath.Join(t.TempDir(), "data")
	if code, _, errs := command(t, "demo", "--data", dir, "--addr", l.Addr().String()); code != exitFailed || !strings.Contains(errs, l.Addr().String()) {
		t.Errorf("exit %d, %s", code, errs)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
}
