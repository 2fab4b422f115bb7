package fatturapa

import (
	"passerelle/adapters/format/en16931"
	"passerelle/contracts"
)

// File is a FatturaElettronica: one sender, one buyer, one document or several. The comments give the elements; a number is
// written with the decimals it has.
type File struct {
	Format         string // versione, FormatoTrasmissione: FPR12 to anybody, FPA12 to an authority
	System         string // SistemaEmittente
	Sender         TaxID  // IdTrasmittente
	Transmission   string // ProgressivoInvio
	Destination    string // CodiceDestinatario
	SenderPhone    string
	SenderEmail    string
	PEC            string  // PECDestinatario
	Seller         Seller  // CedentePrestatore
	Representative Subject // RappresentanteFiscale
	Buyer          Buyer   // CessionarioCommittente
	Third          Subject // TerzoIntermediarioOSoggettoEmittente
	IssuedBy       string  // SoggettoEmittente: CC the buyer, TZ a third party
	Bodies         []Body  // FatturaElettronicaBody
}

// TaxID is an IdFiscaleIVA: country and number apart.
type TaxID struct {
	Country string // IdPaese
	Code    string // IdCodice
}

// Subject is who somebody is (DatiAnagrafici).
type Subject struct {
	VAT      TaxID  // IdFiscaleIVA
	TaxCode  string // CodiceFiscale
	Name     string // Denominazione, or else the two below
	Forename string // Nome
	Surname  string // Cognome
	Title    string // Titolo
	EORI     string // CodEORI
}

// Seller is the CedentePrestatore.
type Seller struct {
	Subject
	Roll, RollProvince, RollNumber string         // AlboProfessionale, ProvinciaAlbo, NumeroIscrizioneAlbo
	RollSince                      contracts.Date // DataIscrizioneAlbo
	Regime                         string         // RegimeFiscale
	Address                        Address        // Sede
	Branch                         Address        // StabileOrganizzazione
	REA                            REA            // IscrizioneREA
	Phone, Fax, Email              string         // Contatti
	Reference                      string         // RiferimentoAmministrazione
}

// REA is the entry in the register of companies.
type REA struct {
	Office      string         // Ufficio
	Number      string         // NumeroREA
	Capital     en16931.Number // CapitaleSociale
	SingleOwner string         // SocioUnico
	State       string         // StatoLiquidazione: LN, LS in liquidation
}

// Buyer is the CessionarioCommittente.
type Buyer struct {
	Subject
	Address        Address // Sede
	Branch         Address // StabileOrganizzazione
	Representative Subject // RappresentanteFiscale
}

// Address is an Indirizzo.
type Address struct {
	Street   string // Indirizzo
	Number   string // NumeroCivico
	PostCode string // CAP
	Town     string // Comune
	Province string // Provincia
	Country  string // Nazione
}

// Body is one document (FatturaElettronicaBody).
type Body struct {
	Type         string // TipoDocumento
	Currency     string // Divisa
	Date         contracts.Date
	Number       string
	Withholdings []Withholding  // DatiRitenuta
	StampDuty    string         // BolloVirtuale: SI
	StampAmount  en16931.Number // ImportoBollo
	Funds        []Fund         // DatiCassaPrevidenziale
	Discounts    []Discount     // ScontoMaggiorazione
	Total        en16931.Number // ImportoTotaleDocumento
	Rounding     en16931.Number // Arrotondamento
	Reasons      []string       // Causale
	Article73    string         // Art73
	Orders       []Related      // DatiOrdineAcquisto
	Contracts    []Related      // DatiContratto
	Conventions  []Related      // DatiConvenzione
	Receptions   []Related      // DatiRicezione
	Invoices     []Related      // DatiFattureCollegate
	Deliveries   []Delivery     // DatiDDT
	Lines        []Line         // DettaglioLinee
	Summaries    []Summary      // DatiRiepilogo
	Payments     []Payment      // DatiPagamento
	Attachments  []Attachment   // Allegati
}

// Withholding is a DatiRitenuta: income tax or contribution that the buyer keeps back.
type Withholding struct {
	Kind   string // TipoRitenuta
	Amount en16931.Number
	Rate   en16931.Number
	Reason string // CausalePagamento
}

// Fund is a DatiCassaPrevidenziale: a contribution to a professional fund, charged to the buyer.
type Fund struct {
	Kind      string         // TipoCassa
	Rate      en16931.Number // AlCassa
	Amount    en16931.Number // ImportoContributoCassa
	Base      en16931.Number // ImponibileCassa
	VATRate   en16931.Number // AliquotaIVA
	Withheld  string         // Ritenuta: SI
	Nature    string         // Natura
	Reference string         // RiferimentoAmministrazione
}

// Discount is a ScontoMaggiorazione.
type Discount struct {
	Kind    string // Tipo: SC takes off, MG adds
	Percent en16931.Number
	Amount  en16931.Number
}

// Related is another document that this one speaks of (DatiDocumentiCorrelati).
type Related struct {
	Lines   []string // RiferimentoNumeroLinea
	ID      string   // IdDocumento
	Date    contracts.Date
	Item    string // NumItem
	Project string // CodiceCommessaConvenzione
	CUP     string // CodiceCUP
	CIG     string // CodiceCIG
}

// Delivery is a DatiDDT.
type Delivery struct {
	Number string
	Date   contracts.Date
	Lines  []string // RiferimentoNumeroLinea
}

// Line is a DettaglioLinee.
type Line struct {
	Number      string // NumeroLinea
	Kind        string // TipoCessionePrestazione
	Codes       []Code // CodiceArticolo
	Description string
	Quantity    en16931.Number
	Unit        string // UnitaMisura
	Start, End  contracts.Date
	Price       en16931.Number // PrezzoUnitario
	Discounts   []Discount
	Total       en16931.Number // PrezzoTotale
	VATRate     en16931.Number
	Withheld    string // Ritenuta: SI
	Nature      string
	Reference   string // RiferimentoAmministrazione
	Other       []Other
}

// Code is a CodiceArticolo.
type Code struct{ Kind, Value string }

// Other is an AltriDatiGestionali.
type Other struct {
	Kind, Text string
	Number     en16931.Number
	Date       contracts.Date
}

// Summary is a DatiRiepilogo: the VAT of one rate and nature.
type Summary struct {
	VATRate  en16931.Number // AliquotaIVA
	Nature   string
	Expenses en16931.Number // SpeseAccessorie
	Rounding en16931.Number
	Taxable  en16931.Number // ImponibileImporto
	Tax      en16931.Number // Imposta
	Due      string         // EsigibilitaIVA: I at once, D deferred, S split payment
	Law      string         // RiferimentoNormativo
}

// Payment is a DatiPagamento.
type Payment struct {
	Terms   string // CondizioniPagamento: TP01 in parts, TP02 whole, TP03 in advance
	Details []PaymentDetail
}

// PaymentDetail is a DettaglioPagamento.
type PaymentDetail struct {
	Payee                       string // Beneficiario
	Means                       string // ModalitaPagamento: MP05 is a transfer
	From                        contracts.Date
	Days                        string // GiorniTerminiPagamento
	Due                         contracts.Date
	Amount                      en16931.Number
	PostOffice                  string
	Surname, Name, Code, Title  string // of who gives the receipt (Quietanzante)
	Bank                        string // IstitutoFinanziario
	IBAN, ABI, CAB, BIC         string
	EarlyDiscount, LatePenalty  en16931.Number
	EarlyUntil, LatePenaltyFrom contracts.Date
	Reference                   string // CodicePagamento
}

// Attachment is an Allegati.
type Attachment struct {
	Name, Compression, Format, Description string
	Content                                string // base64, as it stands
}
