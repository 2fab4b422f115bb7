package peppol

import (
	"strings"
	"testing"

	"passerelle/contracts"
)

func TestTheNameInTheDNSIsThatOfThePolicy(t *testing.T) {
	p, err := ParseParticipant("iso6523-actorid-upis::9915:Test")
	if err != nil {
		t.Fatal(err)
	}
	// Policy for use of identifiers 4.4.0, policy 7: the hash of 9915:test.
	const want = "eh5boavaktmbgzyh2a63dz4qov33fvp5nsdvqklucfraayoodw6a.iso6523-actorid-upis.participant.sml.test.tech.peppol.org"
	if got := p.Name(Test); got != want {
		t.Errorf("%s", got)
	}
}

func TestIdentifiersAreWholeSegmentsOfAnAddress(t *testing.T) {
	const document = documentScheme + "::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
	const want = "https://smp.example/iso6523-actorid-upis%3A%3A0208%3A0403019261/services/busdox-docid-qns%3A%3Aurn%3Aoasis%3Anames%3Aspecification%3Aubl%3Aschema%3Axsd%3AInvoice-2%3A%3AInvoice%23%23urn%3Acen.eu%3Aen16931%3A2017%23compliant%23urn%3Afdc%3Apeppol.eu%3A2017%3Apoacc%3Abilling%3A3.0%3A%3A2.1"
	if got := serviceURL("https://smp.example", "0208:0403019261", document); got != want {
		t.Errorf("%s", got)
	}
	if got := escaped("a/b c?"); got != "a%2Fb%20c%3F" {
		t.Error(got)
	}
	if got := documentIn(want); got != document {
		t.Errorf("read back: %s", got)
	}
}

func TestWhatIsNoParticipantIsAFault(t *testing.T) {
	for _, s := range []string{"", "0208", "0208:", "208:1", "0208:../x", "0208:1/services", "0208:a b", "other::0208:1", "0208:" + strings.Repeat("1", 51), "0208:é"} {
		if p, err := ParseParticipant(s); !contracts.IsFault(err) {
			t.Errorf("%q is taken for %q", s, p)
		}
	}
}

func TestZonesAreNamesOfTheDNS(t *testing.T) {
	for zone, want := range map[string]bool{"": true, Production: true, Test: true, "sml.example": true, "example": false, "a..b": false, "https://x.example": false, "x.example/": false, strings.Repeat("a.", 80) + "example": false} {
		if got := CheckZone(zone) == nil; got != want {
			t.Errorf("%q: %v", zone, got)
		}
	}
}

func TestResolversAreAddresses(t *testing.T) {
	for server, want := range map[string]string{"": "", "192.0.2.53": "192.0.2.53:53", "192.0.2.53:5353": "192.0.2.53:5353", "2001:db8::53": "[2001:db8::53]:53", "[2001:db8::53]:54": "[2001:db8::53]:54", "dns.example": "!", "192.0.2.53:0": "!", "192.0.2.53:x": "!"} {
		got, err := ParseResolver(server)
		if contracts.IsFault(err) != (want == "!") || err == nil && got != want {
			t.Errorf("%q: %q, %v", server, got, err)
		}
	}
	file := "# comment\nsearch example\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\n nameserver\t192.0.2.2 \nnameserver x\nnameserver 192.0.2.4\noptions x\n"
	if got := strings.Join(serversOf(strings.NewReader(file)), " "); got != "192.0.2.1:53 [fe80::1%eth0]:53 192.0.2.2:53" {
		t.Error(got)
	}
}
