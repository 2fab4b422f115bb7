package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"passerelle/nodes/peppol"
	"passerelle/nodes/peppol/peppoltest"
)

// reachRun runs the command on a network, and tells its exit code and what it printed.
func reachRun(t *testing.T, n *peppoltest.Network, c invoiceReach) (code int, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Zone, c.Resolver, c.options.Transport = peppol.Production, n.Resolver, n.Transport
	code = exitCode(c.Run(t.Context(), output{&stdout, &stderr}), &stderr)
	return code, stdout.String() + stderr.String()
}

func TestReachSaysWhatAParticipantReceives(t *testing.T) {
	const id = "0208:0403019261"
	n := peppoltest.Start(t)
	n.Join(t, peppol.Participant(id).Name(peppol.Production), id, "invoice.xml")
	code, out := reachRun(t, n, invoiceReach{Participant: "iso6523-actorid-upis::" + id})
	for _, want := range []string{id + " is in the network, says https://127.0.0.1", "peppol  invoice", "Example Access Point (POP000000)", "certificate until 20", "credit note  listed, but nobody takes it now"} {
		if code != exitGood || !strings.Contains(out, want) {
			t.Errorf("exit %d, without %q:\n%s", code, want, out)
		}
	}
	code, out = reachRun(t, n, invoiceReach{Participant: id, JSON: true})
	var said reached
	if err := json.Unmarshal([]byte(out), &said); err != nil || code != exitGood || len(said.Documents) != 2 || said.Documents[1].Format != "peppol" || said.Documents[1].Services[0].Address != "https://ap.example/as4" {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
}

func TestReachTellsANoFromNoAnswer(t *testing.T) {
	const id = "0208:0403019261"
	n := peppoltest.Start(t)
	if code, out := reachRun(t, n, invoiceReach{Participant: id}); code != exitFinding || !strings.Contains(out, "is not in the network") {
		t.Errorf("exit %d: %s", code, out)
	}
	if code, out := reachRun(t, n, invoiceReach{Participant: id, JSON: true}); code != exitFinding || !strings.Contains(out, `"in_network": false`) {
		t.Errorf("exit %d: %s", code, out)
	}
	n.Join(t, peppol.Participant(id).Name(peppol.Production), id, "invoice.xml")
	n.Change(func(s *peppoltest.State) { s.Status = http.StatusBadGateway })
	if code, out := reachRun(t, n, invoiceReach{Participant: id}); code != exitFailed || !strings.Contains(out, "answered 502") {
		t.Errorf("exit %d: %s", code, out)
	}
	n.Change(func(s *peppoltest.State) { s.Code = dnsmessage.RCodeServerFailure })
	if code, out := reachRun(t, n, invoiceReach{Participant: id}); code != exitFailed || !strings.Contains(out, "the DNS server") {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestReachRefusesWhatItCannotAsk(t *testing.T) {
	for _, args := range [][]string{{"reach", "somebody"}, {"reach", "0208:1", "--zone", "x"}, {"reach", "0208:1", "--resolver", "dns.example"}} {
		if code, _, errs := invoiceRun(t, args...); code != exitFailed || errs == "" {
			t.Errorf("%s: exit %d: %s", args, code, errs)
		}
	}
}
