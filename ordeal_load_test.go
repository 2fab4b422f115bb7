package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"
)

// load puts the nodes to work over HTTP until it is stopped, and keeps what was acknowledged: the id of every document whose request
// was answered with 201.
type load struct {
	stop       context.CancelFunc
	work       sync.WaitGroup
	activities map[string]string // by node

	mu   sync.Mutex
	sure map[string][]string // by node
}

// patient enough for a busy machine, yet the server may die while it answers.
var client = http.Client{Timeout: 5 * time.Second, Transport: door{}}

// fetch reads JSON; status 0 means that there was no answer.
func fetch(url string, into any) (status int, err error) {
	res, err := client.Get(url)
	if err != nil {
		return 0, err
	}
	return answered(res, into)
}

// submit posts JSON.
func submit(url string, body, into any) (status int, err error) {
	b, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	res, err := client.Post(url, "application/json", bytes.NewReader(b))
	if err != nil {
		return 0, err
	}
	return answered(res, into)
}

func answered(res *http.Response, into any) (int, error) {
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && into != nil && res.StatusCode < 300 {
		err = json.Unmarshal(body, into)
	}
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%d %s", res.StatusCode, body)
	}
	return res.StatusCode, err
}

// made is what an answer says of a document or a person.
type made struct {
	ID      string
	Invoice struct{ ID string }
}

// issuer is somebody at a node who issues one document after the other.
type issuer struct{ node, activity string }

func (o *ordeal) issuer(name string) issuer {
	o.t.Helper()
	node := o.parties[name].url()
	var member, activity made
	if _, err := submit(node+"/api/members", map[string]any{"reference": "M1", "name": "Member"}, &member); err != nil {
		o.t.Fatalf("member at %s: %v", name, err)
	}
	if _, err := submit(node+"/api/activities", map[string]any{"reference": "A1", "name": "Sound", "member": member.ID}, &activity); err != nil {
		o.t.Fatalf("activity at %s: %v", name, err)
	}
	return issuer{node, activity.ID}
}

// buyers by country, with numbers that pass the countries' checks.
var buyers = []map[string]any{
	{"name": "Buyer", "kind": "business", "vat_id": "FR40303265045", "address": map[string]any{"country": "FR"}},
	{"name": "Buyer", "kind": "consumer", "address": map[string]any{"country": "CH"}},
}

// invoice issues the i-th document, of an amount with cents of its own.
func (i issuer) invoice(n int) (id string, status int, err error) {
	var m made
	status, err = submit(i.node+"/api/invoices", map[string]any{
		"activity": i.activity, "service": "general", "supply_date": time.Now().UTC().AddDate(0, 0, -3).Format(time.DateOnly), "buyer": buyers[n%len(buyers)],
		"lines": []map[string]any{{"description": "Work", "quantity": "1", "price": fmt.Sprintf("%d.%02d", 1+n%977, n%100)}},
	}, &m)
	return m.Invoice.ID, status, err
}

// credit takes an invoice back.
func (i issuer) credit(invoice string) (id string, err error) {
	var m made
	_, err = submit(i.node+"/api/invoices/"+invoice+"/credit-notes", map[string]any{"reason": "withdrawn"}, &m)
	return m.Invoice.ID, err
}

// pay has a cent of an invoice paid: one more message for the hub.
func (i issuer) pay(invoice string) {
	_, _ = submit(i.node+"/api/invoices/"+invoice+"/payments", map[string]any{"paid_on": time.Now().UTC().AddDate(0, 0, -3).Format(time.DateOnly),
		"amount": map[string]any{"amount": "0.01", "currency": "EUR"}}, nil) // not counted on: the hub's totals are of documents
}

// load begins to issue at every node.
func (o *ordeal) load() *load {
	o.t.Helper()
	ctx, stop := context.WithCancel(o.t.Context())
	l := &load{stop: stop, sure: map[string][]string{}, activities: map[string]string{}}
	for _, name := range o.nodes() {
		i := o.issuer(name)
		l.activities[name] = i.activity
		l.work.Go(func() { l.issue(ctx, name, i, o.pace) })
	}
	return l
}

// issue issues until ctx ends; every seventh document is a credit note, and some invoices are paid in part.
func (l *load) issue(ctx context.Context, name string, i issuer, pace time.Duration) {
	last := ""
	for n := 1; ctx.Err() == nil; n++ {
		credit := n%7 == 0 && last != ""
		id, err := i.document(n, last, credit)
		if err != nil {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		l.mu.Lock()
		l.sure[name] = append(l.sure[name], id)
		l.mu.Unlock()
		if last = id; credit {
			last = ""
		} else if n%5 == 0 {
			i.pay(id)
		}
		time.Sleep(pace)
	}
}

func (i issuer) document(n int, last string, credit bool) (string, error) {
	if credit {
		return i.credit(last)
	}
	id, _, err := i.invoice(n)
	return id, err
}

// acknowledged counts what every node has answered for.
func (l *load) acknowledged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, ids := range l.sure {
		n += len(ids)
	}
	return n
}

// awaitMore lets the network work until n more documents are acknowledged, none of them after more than a minute.
func (l *load) awaitMore(t *testing.T, n int) {
	t.Helper()
	for begin, last := l.acknowledged(), l.acknowledged(); last < begin+n; last = l.acknowledged() {
		within(t, time.Minute, func() error {
			if l.acknowledged() == last {
				return fmt.Errorf("no document is acknowledged any more, %d of %d were", last-begin, n)
			}
			return nil
		})
	}
}

// end stops the load and returns the acknowledged ids by node.
func (l *load) end() map[string][]string {
	l.stop()
	l.work.Wait()
	return l.sure
}
