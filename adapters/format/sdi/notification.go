package sdi

import (
	"fmt"
	"slices"
	"strings"

	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// Kind is what a notification says, by the two letters that SdI puts into its file name.
type Kind string

// The notifications that a sender gets. Those of invoices to authorities have another namespace than those to anybody else, and
// some another name.
const (
	Delivered   Kind = "RC" // RicevutaConsegna
	Discarded   Kind = "NS" // NotificaScarto, RicevutaScarto
	Undelivered Kind = "MC" // NotificaMancataConsegna: SdI goes on trying. RicevutaImpossibilitaRecapito: it lies in the buyer's area
	Outcome     Kind = "NE" // NotificaEsito: the authority accepts or refuses the invoice
	Expired     Kind = "DT" // NotificaDecorrenzaTermini: the authority has said nothing for fifteen days
	Attested    Kind = "AT" // AttestazioneTrasmissioneFattura: SdI could not hand it over, and attests that it was sent
)

// Notification is what SdI tells the sender of a file.
type Notification struct {
	Kind        Kind
	Authority   bool   // of an invoice to an authority (FPA12)
	Number      string // IdentificativoSdI
	File        string // NomeFile
	Hash        string // SHA-256 of the file in hexadecimal, where it is told: Hash, HashFileOriginale
	Received    string // DataOraRicezione, as SdI writes it
	Delivered   string // DataOraConsegna
	Available   string // DataMessaADisposizione: since then it lies in the buyer's reserved area
	Recipient   string // Destinatario, Codice
	RecipientIs string // Destinatario, Descrizione
	Errors      []Error
	Outcome     string // EC01 accepted, EC02 refused
	Description string // of whoever speaks
	Message     string // MessageId
	PEC         string // PecMessageId
	Note        string
}

// Error is why SdI discards a file, in its words.
type Error struct {
	Code, Description, Suggestion string
}

// Codes of errors that say that SdI has the same already.
const (
	DuplicateFile    = "00002" // a file of this name
	DuplicateInvoice = "00404" // an invoice of this seller, year and number
)

var messageNames = xmltree.Names{
	"http://www.fatturapa.gov.it/sdi/messaggi/v1.0":                          "pa",
	"http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0": "b2b",
	"http://www.w3.org/2000/09/xmldsig#":                                     "ds",
}

var kinds = map[string]Kind{
	"pa:RicevutaConsegna": Delivered, "pa:NotificaScarto": Discarded, "pa:NotificaMancataConsegna": Undelivered,
	"pa:NotificaEsito": Outcome, "pa:NotificaDecorrenzaTermini": Expired, "pa:AttestazioneTrasmissioneFattura": Attested,
	"b2b:RicevutaConsegna": Delivered, "b2b:RicevutaScarto": Discarded, "b2b:RicevutaImpossibilitaRecapito": Undelivered,
}

// FaultNotification is a document that is no notification to a sender, or one that lacks what it is for.
const FaultNotification contracts.FaultCode = "sdi-notification"

// Read reads a notification to a sender. What it says beyond what is read here is left out, and so is its signature.
func Read(b []byte) (n Notification, err error) {
	root, err := xmltree.Parse(b, messageNames)
	if err != nil {
		return n, err
	}
	kind, known := kinds[root.Name]
	if !known {
		return n, contracts.Fault{Code: FaultNotification, Message: "this is no notification of SdI to a sender", Remedy: "it should begin with RicevutaConsegna, RicevutaScarto, RicevutaImpossibilitaRecapito, or one of those of invoices to authorities"}
	}
	n = Notification{Kind: kind, Authority: strings.HasPrefix(root.Name, "pa:")}
	dropSignatures(root)
	if err := onlyMore(xmltree.Read(root, n.walk)); err != nil {
		return Notification{}, err
	}
	return n, n.check()
}

// dropSignatures takes out what is not read at all.
func dropSignatures(e *xmltree.Element) {
	e.Children = slices.DeleteFunc(e.Children, func(c *xmltree.Element) bool { return c.Name == "ds:Signature" })
	for _, c := range e.Children {
		dropSignatures(c)
	}
}

// walk has the elements of all notifications, in an order that each of them keeps but for HashFileOriginale.
func (n *Notification) walk(w *xmltree.Walk) {
	w.Text("IdentificativoSdI", &n.Number)
	w.Text("NomeFile", &n.File)
	w.Text("Hash", &n.Hash)
	w.Text("DataOraRicezione", &n.Received)
	w.Text("DataOraConsegna", &n.Delivered)
	w.Text("DataMessaADisposizione", &n.Available)
	w.Group("Destinatario", func() {
		w.Text("Codice", &n.Recipient)
		w.Text("Descrizione", &n.RecipientIs)
	})
	w.Group("ListaErrori", func() {
		xmltree.Each(w, "Errore", &n.Errors, func(e *Error) {
			w.Text("Codice", &e.Code)
			w.Text("Descrizione", &e.Description)
			w.Text("Suggerimento", &e.Suggestion)
		})
	})
	w.Group("EsitoCommittente", func() {
		w.Text("Esito", &n.Outcome)
		w.Text("Descrizione", &n.Description)
	})
	w.Text("Descrizione", &n.Description)
	w.Text("MessageId", &n.Message)
	w.Text("PecMessageId", &n.PEC)
	w.Text("Note", &n.Note)
	w.Text("HashFileOriginale", &n.Hash)
}

func (n *Notification) check() error {
	var fs contracts.Faults
	n.Number, n.File, n.Hash = strings.TrimSpace(n.Number), strings.TrimSpace(n.File), strings.ToLower(strings.TrimSpace(n.Hash))
	if n.Number == "" || len(n.Number) > 36 {
		fs.Addf(FaultNotification, "IdentificativoSdI", "take it as it came from SdI", "the notification has no number")
	}
	if !fileName.MatchString(n.File) {
		fs.Addf(FaultNotification, "NomeFile", "take it as it came from SdI", "the notification names no file of SdI")
	}
	n.Outcome = strings.TrimSpace(n.Outcome)
	if n.Kind == Outcome && n.Outcome != "EC01" && n.Outcome != "EC02" {
		fs.Addf(FaultNotification, "Esito", "ask SdI what it means", "%.40q is neither EC01 (accepted) nor EC02 (refused)", n.Outcome)
	}
	if n.Kind == Discarded && len(n.Errors) == 0 {
		fs.Addf(FaultNotification, "ListaErrori", "take it as it came from SdI", "the notification does not say what is wrong with the file")
	}
	return fs.Err()
}

// Verdict is what a notification means for an invoice.
type Verdict int

// The verdicts. Issued and Refused are about the law: what SdI discards has not been issued.
const (
	Nothing Verdict = iota // nothing changes
	Issued
	Refused
)

// What is told beside a verdict, in the program's own words.
const (
	SaysInArea    = "SdI could not hand it over. It is issued all the same: tell the buyer that it lies in the reserved area of the tax agency's site (cassetto fiscale)."
	SaysTrying    = "SdI could not hand it over yet and goes on trying."
	SaysAttested  = "SdI could not hand it over and attests that it was sent: send the attestation with the invoice to the authority by other means."
	SaysExpired   = "The authority has said nothing for fifteen days; SdI hears nothing more of it."
	SaysAuthority = "The authority has accepted it."
	SaysTwice     = "SdI has this file or this invoice already and takes it once. The answer to the first counts; when there is none after five days, ask SdI."
)

// Verdict tells what the notification means, and says why. What SdI discards because it has the same already changes nothing: a
// program that was stopped while it sent sends the same again.
func (n Notification) Verdict() (v Verdict, says string) {
	switch n.Kind {
	case Delivered:
		return Issued, ""
	case Attested:
		return Issued, SaysAttested
	case Expired:
		return Issued, SaysExpired
	case Outcome:
		if n.Outcome == "EC01" {
			return Issued, SaysAuthority
		}
		return Refused, "EC02: " + clip(n.Description)
	case Undelivered:
		if n.Authority {
			return Nothing, SaysTrying
		}
		return Issued, SaysInArea
	}
	if n.again() {
		return Nothing, SaysTwice
	}
	return Refused, n.errors()
}

func (n Notification) again() bool {
	return len(n.Errors) > 0 && !slices.ContainsFunc(n.Errors, func(e Error) bool { return e.Code != DuplicateFile && e.Code != DuplicateInvoice })
}

// errors lists what SdI found, in its words.
func (n Notification) errors() string {
	all := make([]string, 0, len(n.Errors))
	for _, e := range n.Errors {
		said := fmt.Sprintf("%s %s", clip(e.Code), clip(e.Description))
		if e.Suggestion != "" {
			said += " (" + clip(e.Suggestion) + ")"
		}
		all = append(all, said)
	}
	return strings.Join(all, "; ")
}
