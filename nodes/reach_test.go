package nodes_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/nodes"
	"passerelle/nodes/delivery"
	"passerelle/nodes/outbound"
	"passerelle/nodes/peppol"
	"passerelle/nodes/peppol/peppoltest"
)

// theBuyer is the participant of testNode.draft.
const theBuyer peppol.Participant = "0208:0468561072"

// postbox is a carrier that keeps what it gets.
type postbox struct{ got []delivery.Parcel }

func (p *postbox) Carry(_ context.Context, parcel delivery.Parcel) (told string, err error) {
	p.got = append(p.got, parcel)
	return "", nil
}

// asking makes the node ask a network before it puts documents into the folder; mails go into the box.
func (n *testNode) asking(network *peppoltest.Network) (folder string, box *postbox) {
	n.t.Helper()
	folder, box = n.throughFolder(), &postbox{}
	d, err := peppol.New(peppol.Options{Resolver: network.Resolver, Transport: network.Transport, Now: n.Now})
	if err != nil {
		n.t.Fatal(err)
	}
	n.Delivery.Find = nodes.FindIn(&peppol.Remembered{Directory: d})
	n.Delivery.Carriers[delivery.Mail] = box
	return folder, box
}

func (n *testNode) deliver() {
	n.t.Helper()
	for range 2 { // the answer is noted, then the document goes
		if _, err := n.Delivery.Work(n.t.Context()); err != nil {
			n.t.Fatal(err)
		}
	}
}

// pageSays looks for one text, and that another is not there.
func pageSays(s screen, text, not string) {
	s.t.Helper()
	s.says(text)
	if strings.Contains(s.text(), not) {
		s.t.Errorf("the page says %q: %s", not, s.text())
	}
}

func (n *testNode) mailed() outbound.Draft {
	d := n.draft()
	d.Buyer.Email = "buyer@example.org"
	return d
}

func TestABuyerInTheNetworkGetsWhatHeReceivesThere(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		network := peppoltest.Start(t)
		network.Join(t, theBuyer.Name(peppol.Production), string(theBuyer), "invoice.xml")
		folder, box := n.asking(network)
		doc := n.issue(n.mailed())
		b := browse(n)
		b.open("/invoices/"+string(doc.Invoice.ID)).says("through Peppol", "The program asks the Peppol network")
		n.deliver()
		name := "be-" + doc.Invoice.Number + "-peppol"
		if _, err := os.Stat(filepath.Join(folder, name+".xml")); err != nil || len(box.got) != 0 {
			t.Fatalf("%v, %d mails", err, len(box.got))
		}
		b.open("/invoices/" + string(doc.Invoice.ID)).says("Sent. There is no answer yet.")

		note, err := n.Outbound.Credit(t.Context(), access.Program(), doc.Invoice.ID, nil, "wrong buyer")
		if err != nil {
			t.Fatal(err)
		}
		n.deliver()
		page := b.open("/invoices/" + string(note.Invoice.ID))
		page.says("To the buyer, by mail", "The buyer is in the Peppol network, but does not receive this kind of document there.", "Sent.")
		if len(box.got) != 1 || box.got[0].To != "buyer@example.org" || box.got[0].Name != "be-"+note.Invoice.Number+"-peppol" || !strings.Contains(string(box.got[0].Content), "<CreditNote") {
			t.Errorf("%+v", box.got)
		}
		if files, _ := filepath.Glob(folder + "/*.xml"); len(files) != 1 {
			t.Errorf("%v", files)
		}
	})
}

func TestABuyerOutsideTheNetworkGetsItByHandWhenThereIsNoAddress(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		folder, box := n.asking(peppoltest.Start(t))
		doc := n.issue(n.draft())
		n.deliver()
		browse(n).open("/invoices/"+string(doc.Invoice.ID)).says("To the buyer, by hand", "The buyer is not in the Peppol network.", "The program does not send it.")
		if files, _ := filepath.Glob(folder + "/*"); len(files) != 0 || len(box.got) != 0 {
			t.Errorf("%v, %d mails", files, len(box.got))
		}
	})
}

func TestADocumentWaitsWhileNobodyKnowsAndThePageSaysSoAfterADay(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		network := peppoltest.Start(t)
		network.Change(func(s *peppoltest.State) { s.Code = dnsmessage.RCodeServerFailure })
		folder, box := n.asking(network)
		doc := n.issue(n.mailed())
		n.deliver()
		b, page := browse(n), "/invoices/"+string(doc.Invoice.ID)
		pageSays(b.open(page), "The program asks the Peppol network", "For a day")
		*n.now = n.now.Add(25 * time.Hour)
		n.deliver()
		pageSays(b.open(page), "For a day it could not be found out", "The reason given")
		network.Change(func(s *peppoltest.State) { s.Code = dnsmessage.RCodeSuccess })
		network.Join(t, theBuyer.Name(peppol.Production), string(theBuyer), "invoice.xml")
		*n.now = n.now.Add(7 * time.Hour)
		n.deliver()
		pageSays(b.open(page), "Sent.", "For a day")
		if files, _ := filepath.Glob(folder + "/*.xml"); len(files) != 1 || len(box.got) != 0 {
			t.Errorf("%v, %d mails", files, len(box.got))
		}
	})
}

func TestLookingUpNeedsAProviderAndAZoneOfPeppol(t *testing.T) {
	folder := t.TempDir()
	for text, want := range map[string]string{
		"delivery: {folder: " + folder + ", peppol: {}}":                                                                      "",
		"delivery: {folder: " + folder + ", peppol: {zone: participant.sml.test.tech.peppol.org, resolver: '192.0.2.53:53'}}": "",
		"delivery: {peppol: {}}": "invalid@delivery.peppol",
		"delivery: {folder: " + folder + ", peppol: {zone: sml.example}}":     "invalid@delivery.peppol.zone",
		"delivery: {folder: " + folder + ", peppol: {resolver: dns.example}}": "invalid@delivery.peppol.resolver",
	} {
		read, err := nodes.ReadSettings("settings.yaml", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		s := settings(t, "BE", read.Country)
		s.Delivery = read.Delivery
		_, err = nodes.New(nodes.Options{Country: "BE", Settings: s, Now: func() time.Time { return today }})
		var got string
		if contracts.IsFault(err) {
			got = strings.Join(codes(err), " ")
		}
		if got != want {
			t.Errorf("%s: %q (%v), want %q", text, got, err, want)
		}
	}
}
