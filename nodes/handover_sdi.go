package nodes

import (
	"cmp"
	"context"
	"strings"

	"passerelle/adapters/format/national"
	"passerelle/adapters/format/sdi"
	"passerelle/contracts"
	"passerelle/internal/account"
	"passerelle/internal/storage"
	"passerelle/nodes/delivery"
)

// SdISettings is how an Italian node hands invoices to the Sistema di Interscambio: through an accredited channel (SDICoop), or from a
// certified mailbox. With neither it makes files.
type SdISettings struct {
	URL             string `yaml:"url"`              // of the service; https://servizi.fatturapa.it/ricevi_file
	CertificateFile string `yaml:"certificate_file"` // PEM, of the channel
	KeyFile         string `yaml:"key_file"`         // PEM
	AuthorityFile   string `yaml:"authority_file"`   // PEM, of SdI's own certificate, where the system does not know it
	PEC             string `yaml:"pec"`              // SdI's certified mailbox: the node's mail server must be that of a certified one
	First           string `yaml:"first"`            // progressive of the first file, where other programs have named files after this co-operative
}

func (s SdISettings) files() delivery.SdIFiles {
	return delivery.SdIFiles{Certificate: s.CertificateFile, Key: s.KeyFile, Authority: s.AuthorityFile}
}

func (s SdISettings) check() error {
	var fs contracts.Faults
	if s.URL != "" && s.PEC != "" {
		fs.Addf(contracts.FaultInvalid, "pec", "keep one of the two", "SdI gets each file one way")
	}
	if s.URL != "" {
		_, err := delivery.NewSdI(s.URL, s.files())
		fs.Add("", err)
	}
	if s.PEC != "" && !strings.Contains(s.PEC, "@") {
		fs.Addf(contracts.FaultInvalid, "pec", "write it as sdi01@pec.fatturapa.it", "this is no e-mail address")
	}
	if s.First != "" {
		_, err := sdi.ParseProgressive(s.First)
		fs.Add("first", err)
	}
	return fs.Err()
}

// sdiCarrier is the way to SdI that the settings open; nil when they open none.
func (n *Node) sdiCarrier() (delivery.Carrier, error) {
	s := n.Settings.Delivery.SdI
	switch {
	case s.URL != "":
		return delivery.NewSdI(s.URL, s.files())
	case s.PEC != "" && n.Accounts.Mail != nil:
		return sdiByMail{to: s.PEC, n: n}, nil
	}
	return nil, nil
}

// sdiSeries numbers the files of a sender, which are not his invoices: a copy to a third party, or an invoice that is not issued after
// all, leaves no gap that matters.
const sdiSeries = "sdi"

// nameForSdI gives a parcel a name that SdI has not had from this sender (specifications 1.2.2): numbers of the node's own, so that
// nothing of how invoices are numbered matters. The parcel is called as its file, for SdI's notifications name that.
func (n *Node) nameForSdI(ctx context.Context, tx *storage.Tx, p *delivery.Parcel) error {
	if first := n.Settings.Delivery.SdI.First; first != "" {
		at, err := sdi.ParseProgressive(first)
		if err != nil {
			return err
		}
		if err := n.Store.ReserveNumber(ctx, tx, sdiSeries, at-1); err != nil {
			return err
		}
	}
	next, err := n.Store.NextNumber(ctx, tx, sdiSeries)
	if err != nil {
		return err
	}
	if p.File, err = sdi.FileName(n.sdiSender(), next); err != nil {
		return err
	}
	p.Name = sdi.Stem(p.File)
	return nil
}

// sdiSender is who files are named after: the co-operative by its VAT number, also where an invoice does not show it, or else by its fiscal code.
func (n *Node) sdiSender() string {
	p := n.Outbound.Seller.Party
	return cmp.Or(p.VATID, "IT"+national.Number(p, "it.codice_fiscale_entity", "it.codice_fiscale_person"))
}

// sdiByMail sends files from the node's mailbox, which has to be a certified one (PEC), to SdI's.
type sdiByMail struct {
	to string
	n  *Node
}

// Carry mails the file. SdI answers with notifications to the same mailbox; of one that came twice it takes the first.
func (m sdiByMail) Carry(ctx context.Context, p delivery.Parcel) (told string, err error) {
	mail := account.Mail{To: m.to, At: m.n.Now(), ID: p.Name, Subject: p.File, Text: p.File + "\n",
		Attached: []account.Attached{{Name: p.File, MediaType: "application/xml", Content: p.Content}}}
	return m.to, m.n.Accounts.Mail.Send(ctx, mail)
}

// besideForSdI is the request with the file in it, for a program that posts it.
func besideForSdI(p delivery.Parcel) (name string, content []byte, err error) {
	content, err = sdi.Request(sdi.File{Name: p.File, Content: p.Content})
	return p.Name + ".soap", content, err
}

// notices reads what the authority of the node's country says of invoices in XML; nil where it says nothing that way.
func (n *Node) notices() func([]byte) (delivery.Notice, error) {
	if n.Adapter.Code != "IT" {
		return nil
	}
	return delivery.FromSdI
}
