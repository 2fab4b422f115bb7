// Package fatturapa writes and reads FatturaPA 1.2.3, the electronic invoice of Italy (Agenzia delle Entrate, technical
// specifications 1.9): what goes through the Sistema di Interscambio (SdI), for buyers at home and abroad.
//
// A File is the whole document in the words of its schema; one description of it serves both directions. Write makes one of
// an invoice of ours, Read reads one of anybody, File.Documents says it in the terms of EN 16931. It signs nothing and
// sends nothing; the envelope of a signature (.p7m) is opened by package p7m.
package fatturapa

import (
	"html"

	"passerelle/adapters/format/national"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

const namespace = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"

// Names are the namespaces of a FatturaPA.
var Names = xmltree.Names{namespace: "p"}

// Facts is what a FatturaPA says and an invoice does not hold.
type Facts struct {
	national.Facts
	Regime            string           `json:"regime,omitzero"`             // RegimeFiscale of the seller; RF01, the ordinary one, when empty
	Nature            string           `json:"nature,omitzero"`             // Natura of what carries no VAT, where another is right than the one Natura finds
	Destination       string           `json:"destination,omitzero"`        // CodiceDestinatario of an Italian buyer: 7 characters, 6 of an authority
	PEC               string           `json:"pec,omitzero"`                // certified mail address, for a buyer at home without that code
	Transmission      string           `json:"transmission,omitzero"`       // ProgressivoInvio; the end of the number when empty
	Province          string           `json:"province,omitzero"`           // of the seller's address, two letters
	Capital           *contracts.Money `json:"capital,omitzero"`            // CapitaleSociale in the register
	InLiquidation     bool             `json:"in_liquidation,omitzero"`     // StatoLiquidazione
	NoStampDuty       bool             `json:"no_stamp_duty,omitzero"`      // imposta di bollo is not due although VAT-free amounts pass 77.47 EUR
	SplitPayment      bool             `json:"split_payment,omitzero"`      // the buyer pays the VAT to the state (Art. 17-ter DPR 633/1972)
	WithholdingKind   string           `json:"withholding_kind,omitzero"`   // TipoRitenuta, such as RT02
	WithholdingReason string           `json:"withholding_reason,omitzero"` // CausalePagamento of the form CU, such as A
}

// Write returns the invoice as a FatturaPA (TD01), or Faults that say what it lacks.
func Write(inv contracts.Invoice, f Facts) ([]byte, error) { return write(inv, nil, f) }

// WriteCredit is Write for a credit note (TD04). Its amounts are positive.
func WriteCredit(note contracts.CreditNote, f Facts) ([]byte, error) {
	inv, of := f.Correct(note)
	return write(inv, of, f)
}

func write(inv contracts.Invoice, of *national.Correction, f Facts) ([]byte, error) {
	file, err := from(inv, of, f)
	if err != nil {
		return nil, err
	}
	return file.Write()
}

// Write returns the file as it is sent.
func (f File) Write() ([]byte, error) {
	root := `p:FatturaElettronica xmlns:p="` + namespace + `" versione="` + html.EscapeString(f.Format) + `"`
	if f.System != "" {
		root += ` SistemaEmittente="` + html.EscapeString(f.System) + `"`
	}
	return xmltree.Write(root, f.walk)
}

// Read reads a FatturaPA. Faults with code not-carried name what is in the bytes and not in the file; all others mean that
// it cannot be relied upon.
func Read(b []byte) (File, error) {
	root, err := xmltree.Parse(b, Names)
	if err != nil {
		return File{}, err
	}
	return From(root)
}

// From is Read for a document that has been parsed already, with Names among others.
func From(root *xmltree.Element) (File, error) {
	var f File
	if !Is(root) {
		return f, contracts.Fault{Code: contracts.FaultMalformed, Message: "this is no FatturaPA", Remedy: "its first element should be FatturaElettronica"}
	}
	return f, xmltree.Read(root, f.walk)
}

// Is tells whether the root is one that From reads.
func Is(root *xmltree.Element) bool { return root.Name == "p:FatturaElettronica" }
