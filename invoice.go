package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"passerelle/adapters/format"
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/adapters/format/payment"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
	"passerelle/nodes/printed"
)

type invoiceCommand struct {
	Write   invoiceWrite   `cmd:"" help:"Write an invoice in a format, from JSON."`
	Read    invoiceRead    `cmd:"" help:"Read an invoice of EN 16931 (UBL or CII, be it inside a PDF), a FatturaPA, Facturae, ebInterface or NAV report."`
	Check   invoiceCheck   `cmd:"" help:"Check an invoice against the rules that it says it keeps."`
	Example invoiceExample `cmd:"" help:"Print an input for write."`
	Reach   invoiceReach   `cmd:"" help:"Say what a participant of Peppol receives. Asks the network."`
}

type invoiceWrite struct {
	File   string `arg:"" help:"The input as JSON, as example prints it, or - for standard input."`
	Format string `required:"" enum:"${formats}" help:"One of ${enum}. facturx is a PDF with CII inside, pdf one with what fits seller and buyer." placeholder:"NAME"`
}

// Run writes the document to standard output.
func (c invoiceWrite) Run(o output) error {
	b, err := readDocument(c.File)
	if err != nil {
		return err
	}
	in, err := format.Decode(b)
	if err != nil {
		return found(o, err)
	}
	document, err := c.write(in)
	if err != nil {
		return found(o, err)
	}
	_, err = o.out.Write(document)
	return err
}

// onPaper are the formats for people, which need the words of the program, with what is inside: the e-invoice that seller, buyer and day choose, or CII.
var onPaper = map[string]func(format.Input) string{
	"pdf":     func(in format.Input) string { return in.Choose().Data() },
	"facturx": func(format.Input) string { return en16931.FacturX.Name },
}

func (c invoiceWrite) write(in format.Input) ([]byte, error) {
	inside := onPaper[c.Format]
	if inside == nil {
		return format.Write(c.Format, in)
	}
	d := printed.Document{}
	switch {
	case in.Invoice != nil:
		d.Invoice = *in.Invoice
	case in.CreditNote != nil:
		d.Invoice, d.Corrects, d.Reason = in.CreditNote.Invoice, in.CreditNote.CorrectsNumber, in.CreditNote.Reason
	default:
		return nil, contracts.Fault{Code: contracts.FaultMissing, Field: "invoice", Message: "paper is printed from an invoice or a credit note", Remedy: "passerelle invoice example prints one"}
	}
	in.Facts.Remittance = cmp.Or(in.Facts.Remittance, payment.Reference(d.Invoice)) // the e-invoice inside says what the paper says
	write := inside(in)
	xml, err := format.Write(write, in)
	if err != nil {
		return nil, err
	}
	d.Attached = []printed.File{{Name: printed.FileName(d.Number) + ".xml", Format: write, Content: xml}}
	return printed.PDF(d)
}

type invoiceRead struct {
	File string `arg:"" help:"The document, or - for standard input."`
	JSON bool   `help:"Print every term as JSON, which write takes."`
}

// Run prints what the document says; what it says beyond EN 16931 is listed on standard error, with exit code 1.
func (c invoiceRead) Run(o output) error {
	b, err := readDocument(c.File)
	if err != nil {
		return err
	}
	d, faults := format.Read(b)
	if !format.Usable(faults) {
		return found(o, faults)
	}
	if c.JSON {
		err = printJSON(o, format.Input{Document: &d})
	} else {
		err = printDocument(o, d)
	}
	if err == nil && faults != nil {
		return found(o, faults)
	}
	return err
}

func printDocument(o output, d en16931.Document) error {
	w := tabwriter.NewWriter(o.out, 0, 0, 2, ' ', 0)
	kind := "Invoice"
	if d.IsCreditNote() {
		kind = "Credit note"
	}
	fmt.Fprintf(w, "%s\t%s of %s (%s)\n", kind, d.Number, d.IssueDate, d.Specification)
	fmt.Fprintf(w, "Seller\t%s\n", strings.Join(nonEmpty(d.Seller.Name, d.Seller.VATID, d.Seller.Address.Country), ", "))
	fmt.Fprintf(w, "Buyer\t%s\n", strings.Join(nonEmpty(d.Buyer.Name, d.Buyer.VATID, d.Buyer.Address.Country), ", "))
	for _, l := range d.Lines {
		fmt.Fprintf(w, "%s\t%s %s x %s = %s\t%s\n", l.ID, digits(l.Quantity), l.Unit, digits(l.Price.Net), digits(l.Net), l.Item.Name)
	}
	for _, b := range d.Breakdown {
		fmt.Fprintf(w, "VAT\t%s %s %% of %s = %s\t%s\n", b.Category, digits(b.Rate), digits(b.Taxable), digits(b.Amount), b.Reason)
	}
	fmt.Fprintf(w, "To pay\t%s %s\t%s\n", digits(d.Totals.Payable), d.Currency, due(d))
	return w.Flush()
}

func due(d en16931.Document) string {
	if d.DueDate.IsZero() {
		return d.PaymentTerms
	}
	return "by " + d.DueDate.String()
}

func digits(n en16931.Number) string {
	if n == nil {
		return "-"
	}
	return xmltree.Digits(*n)
}

type invoiceExample struct {
	Seller string `default:"be" help:"Country of the seller, one with a node."`
	Buyer  string `help:"Country of the buyer; one that goes with the case when not given." placeholder:"COUNTRY"`
	Case   string `default:"reverse-charge" enum:"domestic,reverse-charge,consumer,third-country,exempt" help:"How it is taxed: ${enum}."`
	Credit bool   `help:"A credit note instead of an invoice."`
}

// Run prints an input whose names are made up and whose numbers are the published examples of their registers.
func (c invoiceExample) Run(o output) error {
	seller, buyer, kind := contracts.CountryCode(strings.ToUpper(c.Seller)), contracts.CountryCode(strings.ToUpper(c.Buyer)), example.Case(c.Case)
	if buyer == "" {
		buyer = example.Where(seller, kind)
	}
	in := format.Input{Facts: example.Facts()}
	if c.Credit {
		note, err := example.CreditNote(seller, buyer, kind)
		if err != nil {
			return err
		}
		in.CreditNote = &note
		in.Illustrate()
		return printJSON(o, in)
	}
	inv, err := example.Invoice(seller, buyer, kind)
	if err != nil {
		return err
	}
	in.Invoice = &inv
	in.Illustrate()
	return printJSON(o, in)
}

// readDocument reads a file or, for -, standard input, and no more of it than any reader takes.
func readDocument(name string) ([]byte, error) {
	f := os.Stdin
	if name != "-" {
		var err error
		if f, err = os.Open(name); err != nil {
			return nil, err
		}
		defer f.Close()
	}
	return io.ReadAll(io.LimitReader(f, format.MaxBytes+1))
}
