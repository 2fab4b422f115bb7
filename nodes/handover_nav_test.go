package nodes_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"passerelle/adapters/country"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/internal/storage/storagetest"
	"passerelle/nodes"
	"passerelle/nodes/delivery"
	"passerelle/nodes/outbound"
)

// TestCorrectionsAreReportedToNAVInTheirPlace: an invoice, a part of it taken back, then the rest; and one that is cancelled at once.
func TestCorrectionsAreReportedToNAVInTheirPlace(t *testing.T) {
	storagetest.Each(t, nodes.Migrations(), func(t *testing.T, db *storage.DB) {
		n := open(t, db, "HU", country.Config{})
		folder := t.TempDir()
		n.Delivery.Carriers = map[delivery.Channel]delivery.Carrier{delivery.NAV: delivery.InFolder{Path: folder, Beside: delivery.BesideNAV}}
		forints := func(s string) contracts.Money { return contracts.MustMoney(s, contracts.HUF) }
		draft := n.draft()
		draft.Currency = contracts.HUF
		draft.Buyer.VATID, draft.Buyer.Address = "HU10773381", contracts.Address{Country: "HU", Street: "Fő utca 1", PostalCode: "1011", Town: "Budapest"}
		draft.Buyer.Registrations = []contracts.Identifier{{Scheme: "hu.adoszam", Value: "10773381-2-44"}}
		first, second := n.issue(draft), n.issue(draft)
		credit := func(of outbound.Document, net *contracts.Money) outbound.Document {
			t.Helper()
			note, err := n.Outbound.Credit(t.Context(), access.Program(), of.Invoice.ID, net, "less work")
			if err != nil {
				t.Fatal(err)
			}
			return note
		}
		part := forints("400")
		for _, tt := range []struct {
			doc                    outbound.Document
			operation, index, line string
		}{
			{first, "CREATE", "", ""}, {credit(first, &part), "MODIFY", "1", "2"}, {credit(first, nil), "MODIFY", "2", "3"}, {credit(second, nil), "STORNO", "1", "2"},
		} {
			if _, err := n.Delivery.Work(t.Context()); err != nil {
				t.Fatal(err)
			}
			name := "hu-" + tt.doc.Invoice.Number + "-nav"
			report, err := os.ReadFile(filepath.Join(folder, name+".xml"))
			if err != nil {
				t.Fatal(err)
			}
			prepared, err := os.ReadFile(filepath.Join(folder, name+".operations.xml"))
			if err != nil || !strings.Contains(string(prepared), "<invoiceOperation>"+tt.operation+"</invoiceOperation>") {
				t.Errorf("%s: %v, %s", name, err, prepared)
			}
			for element, want := range map[string]string{"modificationIndex": tt.index, "lineNumberReference": tt.line} {
				if got := strings.Contains(string(report), "<"+element+">"+want+"</"+element+">"); got != (want != "") {
					t.Errorf("%s: %s is not %q:\n%s", name, element, want, report)
				}
			}
		}
	})
}

func TestSettingsOfNAVBelongToAHungarianCoOperative(t *testing.T) {
	for c, want := range map[contracts.CountryCode][]string{
		"BE": {"delivery.nav"},
		"HU": {"delivery.nav.exchange_key_file", "delivery.nav.password_file", "delivery.nav.signature_key_file", "delivery.nav.tax_number", "delivery.nav.url"},
	} {
		s := settings(t, c, country.Config{})
		s.Delivery.NAV = &delivery.NAVSettings{TaxNumber: "99999999"}
		_, err := nodes.New(nodes.Options{Country: c, Settings: s, DB: storagetest.Open(t, "sqlite", nodes.Migrations()...)})
		var fields []string
		for _, f := range contracts.FaultsOf(err) {
			if f.Remedy == "" {
				t.Errorf("%s has no remedy", f.Field)
			}
			fields = append(fields, f.Field)
		}
		slices.Sort(fields)
		if !slices.Equal(fields, want) {
			t.Errorf("%s: %v, %v", c, fields, err)
		}
	}
}
