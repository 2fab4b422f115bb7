package fatturapa

import (
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// mapping is one walk through a file, whichever way.
type mapping struct{ *xmltree.Walk }

func (f *File) walk(w *xmltree.Walk) {
	m := mapping{w}
	version := f.Format
	m.Attribute("versione", &version)
	m.Attribute("SistemaEmittente", &f.System)
	m.Group("FatturaElettronicaHeader", func() { m.header(f) })
	xmltree.Each(w, "FatturaElettronicaBody", &f.Bodies, m.body)
	m.Drop("{http://www.w3.org/2000/09/xmldsig#}Signature", "the signature, which is not checked")
	if version != f.Format {
		m.Fault(contracts.FaultInvalid, "", "", "the version says %q and the header %q", version, f.Format)
	}
}

func (m mapping) header(f *File) {
	m.Group("DatiTrasmissione", func() {
		m.taxID("IdTrasmittente", &f.Sender)
		m.Text("ProgressivoInvio", &f.Transmission)
		m.Text("FormatoTrasmissione", &f.Format)
		m.Text("CodiceDestinatario", &f.Destination)
		m.Group("ContattiTrasmittente", func() {
			m.Text("Telefono", &f.SenderPhone)
			m.Text("Email", &f.SenderEmail)
		})
		m.Text("PECDestinatario", &f.PEC)
	})
	m.Group("CedentePrestatore", func() { m.seller(&f.Seller) })
	m.Group("RappresentanteFiscale", func() { m.Group("DatiAnagrafici", func() { m.subject(&f.Representative) }) })
	m.Group("CessionarioCommittente", func() { m.buyer(&f.Buyer) })
	m.Group("TerzoIntermediarioOSoggettoEmittente", func() { m.Group("DatiAnagrafici", func() { m.subject(&f.Third) }) })
	m.Text("SoggettoEmittente", &f.IssuedBy)
}

func (m mapping) taxID(name string, id *TaxID) {
	m.Group(name, func() {
		m.Text("IdPaese", &id.Country)
		m.Text("IdCodice", &id.Code)
	})
}

func (m mapping) subject(s *Subject) {
	m.taxID("IdFiscaleIVA", &s.VAT)
	m.Text("CodiceFiscale", &s.TaxCode)
	m.Group("Anagrafica", func() {
		m.name(s)
		m.Text("Titolo", &s.Title)
		m.Text("CodEORI", &s.EORI)
	})
}

func (m mapping) name(s *Subject) {
	m.Text("Denominazione", &s.Name)
	m.Text("Nome", &s.Forename)
	m.Text("Cognome", &s.Surname)
}

func (m mapping) seller(s *Seller) {
	m.Group("DatiAnagrafici", func() {
		m.subject(&s.Subject)
		m.Text("AlboProfessionale", &s.Roll)
		m.Text("ProvinciaAlbo", &s.RollProvince)
		m.Text("NumeroIscrizioneAlbo", &s.RollNumber)
		m.Date("DataIscrizioneAlbo", &s.RollSince)
		m.Text("RegimeFiscale", &s.Regime)
	})
	m.address("Sede", &s.Address)
	m.address("StabileOrganizzazione", &s.Branch)
	m.Group("IscrizioneREA", func() {
		m.Text("Ufficio", &s.REA.Office)
		m.Text("NumeroREA", &s.REA.Number)
		m.Number("CapitaleSociale", &s.REA.Capital)
		m.Text("SocioUnico", &s.REA.SingleOwner)
		m.Text("StatoLiquidazione", &s.REA.State)
	})
	m.Group("Contatti", func() {
		m.Text("Telefono", &s.Phone)
		m.Text("Fax", &s.Fax)
		m.Text("Email", &s.Email)
	})
	m.Text("RiferimentoAmministrazione", &s.Reference)
}

func (m mapping) buyer(b *Buyer) {
	m.Group("DatiAnagrafici", func() { m.subject(&b.Subject) })
	m.address("Sede", &b.Address)
	m.address("StabileOrganizzazione", &b.Branch)
	m.Group("RappresentanteFiscale", func() {
		m.taxID("IdFiscaleIVA", &b.Representative.VAT)
		m.name(&b.Representative)
	})
}

func (m mapping) address(name string, a *Address) {
	m.Group(name, func() {
		m.Text("Indirizzo", &a.Street)
		m.Text("NumeroCivico", &a.Number)
		m.Text("CAP", &a.PostCode)
		m.Text("Comune", &a.Town)
		m.Text("Provincia", &a.Province)
		m.Text("Nazione", &a.Country)
	})
}

func (m mapping) body(b *Body) {
	m.Group("DatiGenerali", func() {
		m.Group("DatiGeneraliDocumento", func() { m.general(b) })
		m.related("DatiOrdineAcquisto", &b.Orders)
		m.related("DatiContratto", &b.Contracts)
		m.related("DatiConvenzione", &b.Conventions)
		m.related("DatiRicezione", &b.Receptions)
		m.related("DatiFattureCollegate", &b.Invoices)
		xmltree.Each(m.Walk, "DatiDDT", &b.Deliveries, func(d *Delivery) {
			m.Text("NumeroDDT", &d.Number)
			m.Date("DataDDT", &d.Date)
			m.values("RiferimentoNumeroLinea", &d.Lines)
		})
	})
	m.Group("DatiBeniServizi", func() {
		xmltree.Each(m.Walk, "DettaglioLinee", &b.Lines, m.line)
		xmltree.Each(m.Walk, "DatiRiepilogo", &b.Summaries, m.summary)
	})
	xmltree.Each(m.Walk, "DatiPagamento", &b.Payments, func(p *Payment) {
		m.Text("CondizioniPagamento", &p.Terms)
		xmltree.Each(m.Walk, "DettaglioPagamento", &p.Details, m.payment)
	})
	xmltree.Each(m.Walk, "Allegati", &b.Attachments, func(a *Attachment) {
		m.Text("NomeAttachment", &a.Name)
		m.Text("AlgoritmoCompressione", &a.Compression)
		m.Text("FormatoAttachment", &a.Format)
		m.Text("DescrizioneAttachment", &a.Description)
		m.Text("Attachment", &a.Content)
	})
}

func (m mapping) values(name string, list *[]string) {
	xmltree.Each(m.Walk, name, list, func(v *string) { m.Value(v) })
}

func (m mapping) general(b *Body) {
	m.Text("TipoDocumento", &b.Type)
	m.Text("Divisa", &b.Currency)
	m.Date("Data", &b.Date)
	m.Text("Numero", &b.Number)
	xmltree.Each(m.Walk, "DatiRitenuta", &b.Withholdings, func(h *Withholding) {
		m.Text("TipoRitenuta", &h.Kind)
		m.Number("ImportoRitenuta", &h.Amount)
		m.Number("AliquotaRitenuta", &h.Rate)
		m.Text("CausalePagamento", &h.Reason)
	})
	m.Group("DatiBollo", func() {
		m.Text("BolloVirtuale", &b.StampDuty)
		m.Number("ImportoBollo", &b.StampAmount)
	})
	xmltree.Each(m.Walk, "DatiCassaPrevidenziale", &b.Funds, m.fund)
	m.discounts(&b.Discounts)
	m.Number("ImportoTotaleDocumento", &b.Total)
	m.Number("Arrotondamento", &b.Rounding)
	m.values("Causale", &b.Reasons)
	m.Text("Art73", &b.Article73)
}

func (m mapping) fund(f *Fund) {
	m.Text("TipoCassa", &f.Kind)
	m.Number("AlCassa", &f.Rate)
	m.Number("ImportoContributoCassa", &f.Amount)
	m.Number("ImponibileCassa", &f.Base)
	m.Number("AliquotaIVA", &f.VATRate)
	m.Text("Ritenuta", &f.Withheld)
	m.Text("Natura", &f.Nature)
	m.Text("RiferimentoAmministrazione", &f.Reference)
}

func (m mapping) discounts(list *[]Discount) {
	xmltree.Each(m.Walk, "ScontoMaggiorazione", list, func(d *Discount) {
		m.Text("Tipo", &d.Kind)
		m.Number("Percentuale", &d.Percent)
		m.Number("Importo", &d.Amount)
	})
}

func (m mapping) related(name string, list *[]Related) {
	xmltree.Each(m.Walk, name, list, func(r *Related) {
		m.values("RiferimentoNumeroLinea", &r.Lines)
		m.Text("IdDocumento", &r.ID)
		m.Date("Data", &r.Date)
		m.Text("NumItem", &r.Item)
		m.Text("CodiceCommessaConvenzione", &r.Project)
		m.Text("CodiceCUP", &r.CUP)
		m.Text("CodiceCIG", &r.CIG)
	})
}

func (m mapping) line(l *Line) {
	m.Text("NumeroLinea", &l.Number)
	m.Text("TipoCessionePrestazione", &l.Kind)
	xmltree.Each(m.Walk, "CodiceArticolo", &l.Codes, func(c *Code) {
		m.Text("CodiceTipo", &c.Kind)
		m.Text("CodiceValore", &c.Value)
	})
	m.Text("Descrizione", &l.Description)
	m.Number("Quantita", &l.Quantity)
	m.Text("UnitaMisura", &l.Unit)
	m.Date("DataInizioPeriodo", &l.Start)
	m.Date("DataFinePeriodo", &l.End)
	m.Number("PrezzoUnitario", &l.Price)
	m.discounts(&l.Discounts)
	m.Number("PrezzoTotale", &l.Total)
	m.Number("AliquotaIVA", &l.VATRate)
	m.Text("Ritenuta", &l.Withheld)
	m.Text("Natura", &l.Nature)
	m.Text("RiferimentoAmministrazione", &l.Reference)
	xmltree.Each(m.Walk, "AltriDatiGestionali", &l.Other, func(o *Other) {
		m.Text("TipoDato", &o.Kind)
		m.Text("RiferimentoTesto", &o.Text)
		m.Number("RiferimentoNumero", &o.Number)
		m.Date("RiferimentoData", &o.Date)
	})
}

func (m mapping) summary(s *Summary) {
	m.Number("AliquotaIVA", &s.VATRate)
	m.Text("Natura", &s.Nature)
	m.Number("SpeseAccessorie", &s.Expenses)
	m.Number("Arrotondamento", &s.Rounding)
	m.Number("ImponibileImporto", &s.Taxable)
	m.Number("Imposta", &s.Tax)
	m.Text("EsigibilitaIVA", &s.Due)
	m.Text("RiferimentoNormativo", &s.Law)
}

func (m mapping) payment(p *PaymentDetail) {
	m.Text("Beneficiario", &p.Payee)
	m.Text("ModalitaPagamento", &p.Means)
	m.Date("DataRiferimentoTerminiPagamento", &p.From)
	m.Text("GiorniTerminiPagamento", &p.Days)
	m.Date("DataScadenzaPagamento", &p.Due)
	m.Number("ImportoPagamento", &p.Amount)
	m.Text("CodUfficioPostale", &p.PostOffice)
	m.Text("CognomeQuietanzante", &p.Surname)
	m.Text("NomeQuietanzante", &p.Name)
	m.Text("CFQuietanzante", &p.Code)
	m.Text("TitoloQuietanzante", &p.Title)
	m.Text("IstitutoFinanziario", &p.Bank)
	m.Text("IBAN", &p.IBAN)
	m.Text("ABI", &p.ABI)
	m.Text("CAB", &p.CAB)
	m.Text("BIC", &p.BIC)
	m.Number("ScontoPagamentoAnticipato", &p.EarlyDiscount)
	m.Date("DataLimitePagamentoAnticipato", &p.EarlyUntil)
	m.Number("PenalitaPagamentiRitardati", &p.LatePenalty)
	m.Date("DataDecorrenzaPenale", &p.LatePenaltyFrom)
	m.Text("CodicePagamento", &p.Reference)
}
