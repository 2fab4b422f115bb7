package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
)

// kills is how many processes are killed in a run: a few in make test, PASSERELLE_KILLS of them in make soak.
func kills(t *testing.T) int {
	if text := os.Getenv("PASSERELLE_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("PASSERELLE_KILLS is %q, not a number", text)
		}
		return n
	}
	return 6
}

// process is the real program, run by the operating system.
type process struct {
	t    *testing.T
	args []string
	env  []string
	mu   sync.Mutex
	cmd  *exec.Cmd
	log  bytes.Buffer
}

func (p *process) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = exec.Command(p.args[0], p.args[1:]...)
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
}

// kill ends it as a power cut would: no word, no chance to finish.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.cmd.Process.Kill() // it may have ended by itself, which the test then sees
	_ = p.cmd.Wait()         // "signal: killed" is what was asked for
}

// TestKilledAtRandomPointsNothingIsLostOrDoubled issues invoices over HTTP while hub and node are killed again and again and the
// broker is wiped. What was acknowledged must be at the node, everything at the node must be at the hub, once, and the books must
// pass verify.
func TestKilledAtRandomPointsNothingIsLostOrDoubled(t *testing.T) {
	program := filepath.Join(t.TempDir(), "passerelle")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for _, engine := range storagetest.Engines {
		t.Run(string(engine), func(t *testing.T) { killRun(t, program, engine) })
	}
}

func killRun(t *testing.T, program string, engine storage.Engine) {
	network, broker := filepath.Join(t.TempDir(), "network"), storagetest.Redis(t)
	if _, err := initNetwork(network, "test", []string{"hub", "be"}); err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	run := func(addr, dsn string, args ...string) *process {
		args = append(append([]string{program}, args...), "--network", network, "--db", dsn, "--addr", addr)
		return &process{t: t, args: args, env: []string{"PASSERELLE_BROKER=" + broker}}
	}
	hubAddr, nodeAddr := freePort(t), freePort(t)
	hubDSN, nodeDSN := storagetest.DSN(t, engine), storagetest.DSN(t, engine)
	parties := []*process{run(hubAddr, hubDSN, "hub"), run(nodeAddr, nodeDSN, "node", "--country", "be")}
	for _, p := range parties {
		p.start()
		defer p.kill()
	}
	node := "http://" + nodeAddr
	activity := openActivity(t, node)

	ctx, stop := context.WithCancel(t.Context())
	acknowledged := make(chan []string, 1)
	go func() { acknowledged <- issueUntil(ctx, node, activity) }()
	for range kills(t) {
		time.Sleep(time.Duration(50+random.IntN(600)) * time.Millisecond)
		p := parties[random.IntN(2)]
		p.kill()
		if random.IntN(2) == 0 {
			wipe(t, broker)
		}
		time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond)
		p.start()
	}
	time.Sleep(500 * time.Millisecond)
	stop()
	sure := <-acknowledged
	atNode := awaitAgreement(t, node, "http://"+hubAddr, parties)
	for _, id := range sure {
		if !atNode[id] {
			t.Errorf("invoice %s was acknowledged and is lost", id)
		}
	}
	if len(sure) < 5 {
		t.Errorf("only %d invoices were acknowledged: the test did not put the network to work", len(sure))
	}
	t.Logf("%d acknowledged, %d at the node, all of them once at the hub", len(sure), len(atNode))
	for _, p := range parties {
		p.kill()
	}
	for self, dsn := range map[string]string{"hub": hubDSN, "be": nodeDSN} {
		if code, out, errs := command(t, "verify", "--db", dsn, "--network", network, "--party", self); code != exitGood {
			t.Errorf("verify of %s: exit %d\n%s%s", self, code, out, errs)
		}
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func wipe(t *testing.T, broker string) {
	t.Helper()
	o, err := goredis.ParseURL(broker)
	if err != nil {
		t.Fatal(err)
	}
	c := goredis.NewClient(o)
	defer c.Close()
	if err := c.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
}

// impatient gives up quickly, as the server may die while it answers.
var impatient = http.Client{Timeout: 5 * time.Second}

// send posts JSON and reads a member "id" of the answer, or of the invoice in it; no id means no acknowledgement.
func send(url string, body any) string {
	b, err := json.Marshal(body)
	if err != nil {
		return ""
	}
	res, err := impatient.Post(url, "application/json", bytes.NewReader(b))
	if err != nil {
		return ""
	}
	defer res.Body.Close()
	var made struct {
		ID      string
		Invoice struct{ ID string }
	}
	if res.StatusCode != http.StatusCreated || json.NewDecoder(res.Body).Decode(&made) != nil {
		return ""
	}
	return made.ID + made.Invoice.ID
}

func openActivity(t *testing.T, node string) string {
	t.Helper()
	member := ""
	for deadline := time.Now().Add(20 * time.Second); member == ""; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the node does not answer")
		}
		member = send(node+"/api/members", map[string]any{"reference": "M1", "name": "Member"})
	}
	activity := send(node+"/api/activities", map[string]any{"reference": "A1", "name": "Sound", "member": member})
	if activity == "" {
		t.Fatal("no activity")
	}
	return activity
}

// issueUntil issues invoices and returns the ids that were acknowledged.
func issueUntil(ctx context.Context, node, activity string) (ids []string) {
	for i := 1; ctx.Err() == nil; i++ {
		id := send(node+"/api/invoices", map[string]any{
			"activity": activity, "service": "general", "supply_date": time.Now().UTC().Format(time.DateOnly),
			"buyer": map[string]any{"name": "Buyer", "kind": "business", "vat_id": "FR40303265045", "address": map[string]any{"country": "FR"}},
			"lines": []map[string]any{{"description": "Work", "quantity": "1", "price": fmt.Sprintf("%d.01", i)}},
		})
		if id != "" {
			ids = append(ids, id)
		} else {
			time.Sleep(20 * time.Millisecond)
		}
	}
	return ids
}

// awaitAgreement waits until the hub has every document of the node once, and returns the node's.
func awaitAgreement(t *testing.T, node, hub string, parties []*process) map[string]bool {
	t.Helper()
	var at, there map[string]bool
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		at, there = documents(node+"/api/invoices", "invoice"), documents(hub+fmt.Sprintf("/api/crossborder/documents?from=BE&to=FR&month=%s", time.Now().UTC().Format("2006-01")), "")
		if at != nil && len(at) == len(there) {
			for id := range at {
				if !there[id] {
					t.Fatalf("document %s is not at the hub", id)
				}
			}
			return at
		}
	}
	for _, p := range parties {
		p.mu.Lock()
		t.Log(p.args[1], p.log.String())
		p.mu.Unlock()
	}
	t.Fatalf("the node has %d documents, the hub %d", len(at), len(there))
	return nil
}

// documents reads every page of a list and returns the ids in it, nil while the server does not answer. An id that stands there twice
// counts twice.
func documents(url, within string) map[string]bool {
	ids := map[string]bool{}
	host := url[:len("http://")+bytes.IndexByte([]byte(url[len("http://"):]), '/')]
	for next := url; next != ""; {
		res, err := impatient.Get(next)
		if err != nil {
			return nil
		}
		var page struct {
			Items     []map[string]json.RawMessage
			Documents []map[string]json.RawMessage
			Next      string
		}
		err = json.NewDecoder(res.Body).Decode(&page)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			return nil
		}
		for _, item := range append(page.Items, page.Documents...) {
			id := idOf(item, within)
			if ids[id] {
				id += " again"
			}
			ids[id] = true
		}
		if next = page.Next; next != "" {
			next = host + next
		}
	}
	return ids
}

func idOf(item map[string]json.RawMessage, within string) (id string) {
	if within == "" {
		_ = json.Unmarshal(item["id"], &id) // an id that cannot be read is none, and will be missed
		return id
	}
	var inner map[string]json.RawMessage
	_ = json.Unmarshal(item[within], &inner) // likewise
	return idOf(inner, "")
}
