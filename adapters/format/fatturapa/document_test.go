package fatturapa_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/adapters/format/fatturapa"
	"passerelle/adapters/format/national/nationaltest"
	"passerelle/contracts"
)

// terms are those that a FatturaPA and a document of the norm both say of an invoice of ours.
func terms(d en16931.Document) map[string]any {
	lines := []any{}
	for _, l := range d.Lines {
		lines = append(lines, []any{l.ID, l.Quantity, l.Unit, l.Net, l.Price.Net, l.Category, l.Rate, l.Item.Name})
	}
	vat := []any{}
	for _, b := range d.Breakdown {
		vat = append(vat, []any{b.Taxable, b.Amount, b.Category, b.Rate})
	}
	return map[string]any{
		"number": d.Number, "issued": d.IssueDate.String(), "type": d.Type, "currency": d.Currency, "due": d.DueDate.String(), "order": d.Order, "reference": d.BuyerReference,
		"preceding": len(d.Preceding), "seller": d.Seller.Name, "buyer": d.Buyer.Name, "buyer's number": d.Buyer.VATID, "town": d.Buyer.Address.City, "country": d.Buyer.Address.Country,
		"lines": lines, "VAT": vat, "net": d.Totals.TaxExclusive, "tax": d.Totals.Tax, "gross": d.Totals.TaxInclusive, "payable": d.Totals.Payable,
	}
}

var equal = cmp.Comparer(func(a, b en16931.Number) bool { return (a == nil) == (b == nil) && (a == nil || a.Equal(b.Decimal)) })

func TestAFatturaPASaysWhatTheNormSays(t *testing.T) {
	for _, c := range example.Cases {
		inv, note := nationaltest.Example(t, "IT", c)
		for _, one := range []struct {
			want  en16931.Document
			bytes func() ([]byte, error)
		}{
			{en16931.From(inv, en16931.Plain, example.Facts()), func() ([]byte, error) { return fatturapa.Write(inv, facts()) }},
			{en16931.FromCredit(note, en16931.Plain, example.Facts()), func() ([]byte, error) { return fatturapa.WriteCredit(note, facts()) }},
		} {
			b, err := one.bytes()
			if err != nil {
				t.Fatal(err)
			}
			file, err := fatturapa.Read(b)
			if err != nil {
				t.Fatal(err)
			}
			got, err := file.Documents()
			if err != nil {
				t.Errorf("%s: %v", c, err)
			}
			if diff := cmp.Diff(terms(one.want), terms(got[0]), equal); diff != "" {
				t.Errorf("%s %s (-norm +FatturaPA):\n%s", c, one.want.Number, diff)
			}
		}
	}
}

// rich is a document with what ours never have.
func rich(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("testdata/domestic-invoice.xml")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(
		"<ImportoTotaleDocumento>", `<DatiRitenuta><TipoRitenuta>RT02</TipoRitenuta><ImportoRitenuta>234.11</ImportoRitenuta><AliquotaRitenuta>20.00</AliquotaRitenuta><CausalePagamento>A</CausalePagamento></DatiRitenuta>
			<DatiBollo><BolloVirtuale>SI</BolloVirtuale><ImportoBollo>2.00</ImportoBollo></DatiBollo><ImportoTotaleDocumento>`,
		"<IdDocumento>PO-7</IdDocumento>", "<IdDocumento>PO-7</IdDocumento><CodiceCUP>J11</CodiceCUP><CodiceCIG>Z22</CodiceCIG>",
		"<PrezzoTotale>1050.00</PrezzoTotale>", "<ScontoMaggiorazione><Tipo>SC</Tipo><Percentuale>10.00</Percentuale></ScontoMaggiorazione><PrezzoTotale>945.00</PrezzoTotale>",
		"<TipoDocumento>TD01</TipoDocumento>", "<TipoDocumento>TD24</TipoDocumento>",
		"</DettaglioPagamento>", "</DettaglioPagamento><DettaglioPagamento><ModalitaPagamento>MP12</ModalitaPagamento><DataScadenzaPagamento>2026-06-30</DataScadenzaPagamento><ImportoPagamento>1.00</ImportoPagamento><ABI>01234</ABI></DettaglioPagamento>",
	).Replace(string(b))
}

func TestWhatTheNormHasNoTermForIsToldOrNamed(t *testing.T) {
	file, err := fatturapa.Read([]byte(rich(t)))
	if err != nil {
		t.Fatal(err)
	}
	all, err := file.Documents()
	if _, ok := nationaltest.Fault(err, "/FatturaElettronica/FatturaElettronicaBody/DatiPagamento/DettaglioPagamento/ABI"); !ok || len(contracts.FaultsOf(err)) != 1 {
		t.Errorf("faults: %v", err)
	}
	d := all[0]
	if want := "Ritenuta RT02 20.00 % = 234.11 (A); 2026-04-30; 1428.07; 2026-06-30; 1.00"; d.PaymentTerms != want || !d.DueDate.IsZero() {
		t.Errorf("terms %q, due %s, want %q", d.PaymentTerms, d.DueDate, want)
	}
	notes := []en16931.Note{{Text: "TipoDocumento TD24"}, {Text: "Imposta di bollo assolta in modo virtuale 2.00"}}
	if diff := cmp.Diff(notes, d.Notes); diff != "" {
		t.Error(diff)
	}
	if d.Project != "J11" || d.Tender != "Z22" || d.Payment.Means[1].Code != "ZZZ" || d.Payment.Means[1].Text != "MP12" {
		t.Errorf("project %q, tender %q, means %+v", d.Project, d.Tender, d.Payment.Means)
	}
	if a := d.Lines[0].AllowanceCharges; len(a) != 1 || a[0].Charge || a[0].Amount.StringFixed(2) != "105.00" || a[0].Percent.StringFixed(0) != "10" {
		t.Errorf("discount %+v", a)
	}
}
