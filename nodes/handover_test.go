package nodes_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"passerelle/adapters/country"
	"passerelle/adapters/format"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/nodes/delivery"
)

// throughFolder gives the node an address on the network and a provider that fetches from a folder.
func (n *testNode) throughFolder() (folder string) {
	folder = n.t.TempDir()
	n.Outbound.Seller.Party.VATID = "BE0468561072"
	n.Settings.Delivery.Folder = folder
	n.Delivery.Carriers = map[delivery.Channel]delivery.Carrier{delivery.Folder: delivery.InFolder{Path: folder}}
	return folder
}

func TestAnIssuedInvoiceReachesItsBuyerAndTheAnswerComesBack(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		folder := n.throughFolder()
		doc := n.issue(n.draft())
		b, page := browse(n), "/invoices/"+string(doc.Invoice.ID)
		b.open(page).says("through Peppol", "It waits to be sent")
		for range 2 {
			if _, err := n.Delivery.Work(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		name := "be-" + doc.Invoice.Number + "-peppol"
		sent, err := os.ReadFile(filepath.Join(folder, name+".xml"))
		if err != nil {
			t.Fatal(err)
		}
		if w := b.do("GET", page+"/xml", "", ""); w.Body.String() != string(sent) || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("the page gives another document than was sent")
		}
		if w := b.do("GET", page+"/pdf", "", ""); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "%PDF-") {
			t.Errorf("%d", w.Code)
		}
		b.open(page).says("Sent. There is no answer yet.")
		answer := func(status, reason string) int {
			return b.do("POST", "/api/deliveries", "application/json", `{"name":"`+name+`","status":"`+status+`","reason":"`+reason+`"}`).Code
		}
		for _, step := range []struct {
			status, reason string
			want           int
		}{{"accepted", "", 201}, {"accepted", "", 201}, {"rejected", "", 422}, {"rejected", "wrong order number", 201}, {"paid", "", 409}, {"sent", "", 422}} {
			if got := answer(step.status, step.reason); got != step.want {
				t.Errorf("%s: %d, want %d", step.status, got, step.want)
			}
		}
		b.open(page).says("Rejected.", "The reason given: wrong order number")
		if w := b.do("GET", "/api"+page+"/deliveries", "", ""); strings.Count(w.Body.String(), `"status":"accepted"`) != 1 {
			t.Errorf("%s", w.Body)
		}
		if w := b.do("POST", "/api/deliveries", "application/json", `{"name":"nobody","status":"paid"}`); w.Code != http.StatusNotFound {
			t.Errorf("an answer to nothing: %d", w.Code)
		}
	})
}

// TestAnAnswerIsNotUndoneByATryThatFailed: what was answered while it was sent stays answered, and the round goes on.
func TestAnAnswerIsNotUndoneByATryThatFailed(t *testing.T) {
	each(t, func(t *testing.T, n *testNode) {
		n.throughFolder()
		doc := n.issue(n.draft())
		name := "be-" + doc.Invoice.Number + "-peppol"
		n.Delivery.Carriers[delivery.Folder] = failing(func() error {
			return n.Delivery.Take(t.Context(), access.Program(), delivery.Answer{Name: name, Status: delivery.Accepted}, "folder")
		})
		n.work()
		k, found, err := n.Store.Parcel(t.Context(), n.DB, access.Program(), name)
		if err != nil || !found || k.Status != delivery.Accepted || !k.Due.IsZero() {
			t.Errorf("%+v, %v", k, err)
		}
	})
}

// failing is a line that breaks after something has happened.
type failing func() error

func (f failing) Carry(context.Context, delivery.Parcel) (string, error) {
	return "", errors.Join(f(), errors.New("the line breaks"))
}

func TestWithoutAProviderThePageSaysHowToSend(t *testing.T) {
	n := openSQLite(t)
	doc := n.issue(n.draft())
	if taken, err := n.Delivery.Work(t.Context()); taken != 0 || err != nil {
		t.Fatal(taken, err)
	}
	browse(n).open("/invoices/"+string(doc.Invoice.ID)).says("by hand", "The program does not send it.")
}

func TestAnInvoiceThatIsNotIssuedIsNotHandedOver(t *testing.T) {
	n := openSQLite(t)
	folder := n.throughFolder()
	d := n.draft()
	d.Buyer.Address.Country = "XX"
	if _, err := n.Outbound.Issue(t.Context(), access.Program(), d); err == nil {
		t.Fatal("issued")
	}
	if _, err := n.Delivery.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	if files, _ := filepath.Glob(folder + "/*"); len(files) != 0 {
		t.Errorf("%v", files)
	}
}

// TestAnItalianConsumerHasACopy (D.lgs. 127/2015 Art. 1(3)): the invoice goes to SdI, and paper to the buyer.
func TestAnItalianConsumerHasACopy(t *testing.T) {
	n := openIn(t, "IT", country.Config{})
	box := &post{}
	n.Settings.Delivery.Mail, n.Accounts.Mail = true, box
	if err := n.OpenChannels(); err != nil {
		t.Fatal(err)
	}
	d := n.sale("IT", example.Domestic)
	d.Buyer.Kind, d.Buyer.VATID, d.Buyer.Email = contracts.Consumer, "", "buyer@example.org"
	d.Buyer.Registrations = []contracts.Identifier{{Scheme: "it.codice_fiscale_person", Value: "RCCMNL83S18D969H"}}
	doc := n.issue(d)
	if _, err := n.Delivery.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	if kept := n.parcels(doc); len(kept) != 2 || len(box.mails) != 1 || box.mails[0].To != "buyer@example.org" {
		t.Errorf("%d parcels, %+v", len(kept), box.mails)
	}
}

func TestAMailHoldsOneFileForPeopleAndPrograms(t *testing.T) {
	n := openSQLite(t)
	box := &post{}
	n.Settings.Delivery.Mail, n.Accounts.Mail = true, box
	if err := n.OpenChannels(); err != nil {
		t.Fatal(err)
	}
	d := n.draft()
	d.Buyer = contracts.Party{Name: "Buyer", Kind: contracts.Consumer, Email: "buyer@example.org", Language: "fr", Address: contracts.Address{Country: "BE"}}
	doc := n.issue(d)
	browse(n).open("/invoices/"+string(doc.Invoice.ID)).says("by mail", "PDF with the e-invoice inside (Factur-X)")
	if _, err := n.Delivery.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(box.mails) != 1 || len(box.mails[0].Attached) != 1 || !strings.Contains(box.mails[0].Text, "Factur-X") {
		t.Fatalf("%+v", box.mails)
	}
	inside, err := api.ExtractAttachmentsRaw(bytes.NewReader(box.mails[0].Attached[0].Content), "", nil, model.NewDefaultConfiguration())
	if err != nil || len(inside) != 1 || inside[0].FileName != "factur-x.xml" {
		t.Fatalf("%v, %v", inside, err)
	}
	xml, err := io.ReadAll(inside[0])
	if err != nil {
		t.Fatal(err)
	}
	if read, faults := format.Read(xml); !format.Usable(faults) || read.Number != doc.Invoice.Number {
		t.Errorf("%s: %v", read.Number, faults)
	}
}
