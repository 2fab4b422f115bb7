package nodes

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"passerelle/adapters/format"
	"passerelle/adapters/format/en16931"
	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/storage"
	base "passerelle/internal/web"
	"passerelle/nodes/delivery"
	"passerelle/nodes/outbound"
	"passerelle/nodes/peppol"
	"passerelle/nodes/printed"
)

// DeliverySettings is how invoices reach their buyers. Folder or Endpoint is that of an access-point provider, who carries them
// through Peppol; what no channel takes is sent by hand.
type DeliverySettings struct {
	Folder    string `yaml:"folder"`     // documents are put here; those for tax authorities in sdi/ and nav/ below
	Endpoint  string `yaml:"endpoint"`   // HTTPS; documents are posted here
	TokenFile string `yaml:"token_file"` // holds the endpoint's bearer token
	Mail      bool   `yaml:"mail"`       // to buyers without an electronic address, through the node's mail server
	Answers   string `yaml:"answers"`    // folder in which answers and notifications come back

	SdI    SdISettings           `yaml:"sdi"`    // of an Italian node
	NAV    *delivery.NAVSettings `yaml:"nav"`    // of a Hungarian node, which then reports by itself
	Peppol *PeppolSettings       `yaml:"peppol"` // whether buyers are looked up before; nobody is without
}

func (d DeliverySettings) check() error {
	var fs contracts.Faults
	if d.Folder != "" && d.Endpoint != "" {
		fs.Addf(contracts.FaultInvalid, "endpoint", "keep one of the two", "a provider has a folder or an endpoint")
	}
	if d.Endpoint != "" {
		_, err := delivery.NewEndpoint(d.Endpoint, d.TokenFile)
		fs.Add("", err)
	}
	if d.Peppol != nil {
		fs.Add("peppol", d.Peppol.check(d.Folder != "" || d.Endpoint != ""))
	}
	for field, path := range map[string]string{"folder": d.Folder, "answers": d.Answers} {
		if info, err := os.Stat(path); path != "" && (err != nil || !info.IsDir()) {
			fs.Addf(contracts.FaultInvalid, field, "make the folder first", "%q is no folder", path)
		}
	}
	fs.Add("sdi", d.SdI.check())
	return fs.Err()
}

// carriers are the channels that the settings open.
func (n *Node) carriers() (map[delivery.Channel]delivery.Carrier, error) {
	s, all := n.Settings.Delivery, map[delivery.Channel]delivery.Carrier{}
	if s.Endpoint != "" {
		endpoint, err := delivery.NewEndpoint(s.Endpoint, s.TokenFile)
		if err != nil {
			return nil, err
		}
		all[delivery.Endpoint] = endpoint
	}
	if s.Folder != "" {
		all[delivery.Folder] = delivery.InFolder{Path: s.Folder}
		for channel, country := range map[delivery.Channel]contracts.CountryCode{delivery.SdI: "IT", delivery.NAV: "HU"} {
			if n.Adapter.Code != country {
				continue
			}
			path := filepath.Join(s.Folder, string(channel))
			if err := os.MkdirAll(path, 0o750); err != nil {
				return nil, fmt.Errorf("folder of %s: %w", channel, err)
			}
			all[channel] = delivery.InFolder{Path: path, Beside: besides[channel]}
		}
	}
	if to, err := n.sdiCarrier(); err != nil {
		return nil, err
	} else if to != nil && n.Adapter.Code == "IT" {
		all[delivery.SdI] = to
	}
	if to := n.toNAV(); to != nil {
		all[delivery.NAV] = to
	}
	if s.Mail && n.Accounts.Mail != nil {
		all[delivery.Mail] = byMail{n}
	}
	return all, nil
}

// handOver keeps what was issued as its buyer gets it, and what the seller's authority gets, in the transaction of the issue.
func (n *Node) handOver(ctx context.Context, tx *storage.Tx, s access.Scope, doc outbound.Document) error {
	in, err := n.Outbound.Written(ctx, tx, s, doc)
	if err != nil {
		return err
	}
	choice := in.Choose()
	write, to := choice.Data(), n.channelTo(in, choice.Buyer)
	if to == delivery.Mail && write == en16931.Plain.Name { // one file for people and programs
		write = en16931.FacturX.Name
	}
	if err := n.keepParcel(ctx, tx, s, doc, in, write, to, false); err != nil || choice.Report == "" {
		return err
	}
	return n.keepParcel(ctx, tx, s, doc, in, choice.Report, authorities[choice.Report], true)
}

// besides are what lies beside the documents of a channel.
var besides = map[delivery.Channel]func(delivery.Parcel) (string, []byte, error){delivery.SdI: besideForSdI, delivery.NAV: delivery.BesideNAV}

// authorities are the channels of formats that go to one.
var authorities = map[string]delivery.Channel{"fatturapa": delivery.SdI, "nav": delivery.NAV}

// channelTo is the way to the buyer: through the network where both have an address on it, else by mail.
func (n *Node) channelTo(in format.Input, write string) delivery.Channel {
	if to := authorities[write]; to != "" {
		return to
	}
	d := in.For(en16931.Peppol)
	if network := d.Seller.Endpoint.Value != "" && d.Buyer.Endpoint.Value != ""; network && write != "pdf" {
		if n.Settings.Delivery.Endpoint != "" {
			return delivery.Endpoint
		}
		if n.Settings.Delivery.Folder != "" {
			return delivery.Folder
		}
	}
	if d.Buyer.Name != "" && buyerOf(in).Email != "" {
		return delivery.Mail
	}
	return delivery.ByHand
}

func buyerOf(in format.Input) contracts.Party {
	if in.CreditNote != nil {
		return in.CreditNote.Buyer
	}
	return in.Invoice.Buyer
}

// keepParcel writes the document in a format and keeps it. An invoice that cannot be written is not issued; a note that takes back an
// older one, made before its format was asked for, goes on paper alone.
func (n *Node) keepParcel(ctx context.Context, tx *storage.Tx, s access.Scope, doc outbound.Document, in format.Input, write string, to delivery.Channel, report bool) error {
	content, err := format.Write(write, in)
	if err != nil && (doc.Kind == outbound.KindInvoice || !contracts.IsFault(err)) {
		return err
	}
	name := strings.ToLower(string(n.Adapter.Code)) + "-" + printed.FileName(doc.Invoice.Number) + "-" + write
	p := delivery.Parcel{Name: name, Document: doc.Invoice.ID, Member: string(doc.Member), Channel: to, Report: report, Format: write, File: name + ".xml", Content: append([]byte{}, content...),
		Number: doc.Invoice.Number, IssueDate: doc.Invoice.IssueDate, Seller: n.Adapter.Code, To: doc.Invoice.Buyer.Email}
	switch {
	case content == nil && to != delivery.Mail:
		p.Channel = delivery.ByHand
	case to == delivery.SdI:
		if err := n.nameForSdI(ctx, tx, &p); err != nil {
			return err
		}
	case to == delivery.NAV:
		p.Type = operation(in)
	case to == delivery.Folder, to == delivery.Endpoint:
		route(&p, in)
	}
	return n.Delivery.Keep(ctx, tx, s, p)
}

// route says from whom to whom, and as what, in the words of the network.
func route(p *delivery.Parcel, in format.Input) {
	target, known := targets[p.Format]
	d := in.For(target)
	address := func(id en16931.Identifier) string {
		return peppol.Participant(id.Scheme + ":" + strings.ToLower(id.Value)).String()
	}
	p.Sender, p.Receiver, p.Process = address(d.Seller.Endpoint), address(d.Buyer.Endpoint), peppol.Process(d.Process)
	if known {
		p.Type = peppol.DocumentType(target, d.IsCreditNote())
	}
	p.Ask = known && target != en16931.FacturX // French platforms keep a directory of their own
}

// targets are those of the norm by name.
var targets = func() map[string]en16931.Target {
	all := map[string]en16931.Target{}
	for _, t := range en16931.Targets {
		all[t.Name] = t
	}
	return all
}()

// byMail sends paper and e-invoice to the buyer: in one file when that is Factur-X, so that nobody books both.
type byMail struct{ n *Node }

// Carry mails the document under its name as message id, so that a mail sent twice is seen as one.
func (m byMail) Carry(ctx context.Context, p delivery.Parcel) (told string, err error) {
	doc, found, err := m.n.Store.Document(ctx, m.n.DB, access.Program(), p.Document)
	if err != nil {
		return "", err
	}
	if !found || !doc.ErasedOn.IsZero() {
		return "", contracts.Fault{Code: outbound.FaultUnknown, Message: "the document is no longer there"}
	}
	inside := []printed.File{{Name: p.File, Format: p.Format, Content: p.Content}}
	if len(p.Content) == 0 {
		inside = nil
	}
	paper, err := printed.PDF(printed.Document{Invoice: doc.Invoice, Corrects: doc.CorrectsNo, Reason: doc.Reason, Demonstration: m.n.Settings.Demonstration, Attached: inside, Asked: doc.Asked()})
	if err != nil {
		return "", err
	}
	l := base.LocaleNamed(doc.Invoice.Buyer.Language)
	forWhom, beside := l.T("The PDF is for you, the XML for your accounting program."), inside
	if p.Format == en16931.FacturX.Name {
		forWhom, beside = l.T("You read the PDF; your accounting program reads the e-invoice inside it (Factur-X, ZUGFeRD)."), nil
	}
	says := l.T("Invoice %s", doc.Invoice.Number)
	if doc.Kind == outbound.KindCreditNote {
		says = l.T("Credit note %s", doc.Invoice.Number)
	}
	mail := account.Mail{To: p.To, At: m.n.Now(), ID: p.Name, Subject: says + ", " + m.n.Settings.Name,
		Text:     l.T("Please find attached: %s.", says) + "\n" + forWhom + "\n\n" + m.n.Settings.Name + "\n",
		Attached: []account.Attached{{Name: printed.FileName(doc.Invoice.Number) + ".pdf", MediaType: "application/pdf", Content: paper}}}
	for _, f := range beside {
		mail.Attached = append(mail.Attached, account.Attached{Name: f.Name, MediaType: "application/xml", Content: f.Content})
	}
	return "", m.n.Accounts.Mail.Send(ctx, mail)
}

// keepDelivering hands over what is due and takes in answers, until ctx ends.
func (n *Node) keepDelivering(ctx context.Context) error {
	every := time.NewTicker(5 * time.Second)
	defer every.Stop()
	for {
		if _, err := n.Delivery.Work(ctx); err != nil && ctx.Err() == nil {
			n.Log.ErrorContext(ctx, "hand over documents", "error", err)
		}
		if folder := n.Settings.Delivery.Answers; folder != "" {
			if _, err := n.Delivery.Collect(ctx, folder); err != nil && ctx.Err() == nil {
				n.Log.ErrorContext(ctx, "take in answers", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
	}
}
