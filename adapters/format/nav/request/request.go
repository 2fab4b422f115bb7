// Package request makes the requests of NAV Online Számla 3.0 and reads the answers (interface specification 3.0, schemas invoiceApi
// and common): asking for a token, reporting invoices with it, asking what became of a report. It opens no connection and knows no
// clock: who sends gives each request its identifier and its time.
package request

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/adapters/format/national"
	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// Paths of the operations below the address of the service, such as https://api.onlineszamla.nav.gov.hu/invoiceService/v3.
const (
	TokenPath   = "/tokenExchange"
	ManagePath  = "/manageInvoice"
	StatusPath  = "/queryTransactionStatus"
	InvoicePath = "/queryInvoiceData"
	CheckPath   = "/queryInvoiceCheck"
)

const (
	apiNamespace    = "http://schemas.nav.gov.hu/OSA/3.0/api"
	commonNamespace = "http://schemas.nav.gov.hu/NTCA/1.0/common"
)

// Sender is who reports: the technical user of a taxpayer, and the program.
type Sender struct {
	Login        string // of the technical user
	TaxNumber    string // of the taxpayer, its first eight digits
	Password     Secret
	SignatureKey Secret
	ExchangeKey  Secret // opens tokens
	Software     Software
}

// Software names the invoicing program to NAV.
type Software struct {
	ID         string `yaml:"id"`        // 18 capitals, digits or hyphens: the country, a tax number and what tells the program apart
	Name       string `yaml:"name"`      // at most 50 characters
	Operation  string `yaml:"operation"` // LOCAL_SOFTWARE (when empty) or ONLINE_SERVICE
	Version    string `yaml:"version"`   // at most 15 characters
	DevName    string `yaml:"dev_name"`
	DevContact string `yaml:"dev_contact"` // e-mail address
	DevCountry string `yaml:"dev_country"` // of the developer; may be empty
	DevTaxID   string `yaml:"dev_tax_id"`  // likewise
}

// Head is what makes a request one of its kind.
type Head struct {
	ID string    // at most 30 letters, digits, + and _; unique for the taxpayer within a day
	At time.Time // at most a day from NAV's clock
}

// Kind is what a report does.
type Kind string

// The kinds. Cancel is a document that takes back the whole invoice at once; what takes back a part, or the rest, modifies it.
const (
	Create Kind = "CREATE"
	Modify Kind = "MODIFY"
	Cancel Kind = "STORNO"
)

// Operation is one document that is reported.
type Operation struct {
	Kind Kind
	Data []byte // InvoiceData
}

func (o Operation) base64() string { return base64.StdEncoding.EncodeToString(o.Data) }

// MostOperations is how many documents one request reports.
const MostOperations = 100

// Token asks for a token, which one Manage uses up within five minutes.
func (s Sender) Token(h Head) ([]byte, error) { return s.write("TokenExchangeRequest", h, nil, nil) }

// Manage reports documents.
func (s Sender) Manage(h Head, token string, ops ...Operation) ([]byte, error) {
	if len(ops) == 0 || len(ops) > MostOperations {
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Message: fmt.Sprintf("a request reports 1 to %d documents, not %d", MostOperations, len(ops))}
	}
	return s.write("ManageInvoiceRequest", h, ops, func(w national.Writer) {
		w.Put("exchangeToken", token)
		w.Group("invoiceOperations", func() { operations(w, ops) })
	})
}

func operations(w national.Writer, ops []Operation) {
	w.Put("compressedContent", "false")
	for i, o := range ops {
		w.Group("invoiceOperation", func() {
			w.Put("index", fmt.Sprint(i+1))
			w.Put("invoiceOperation", string(o.Kind))
			w.Put("invoiceData", o.base64())
		})
	}
}

// Status asks what became of a report.
func (s Sender) Status(h Head, transaction string) ([]byte, error) {
	return s.write("QueryTransactionStatusRequest", h, nil, func(w national.Writer) {
		w.Put("transactionId", transaction)
		w.Put("returnOriginalRequest", "false")
	})
}

// Invoice asks for a document that the taxpayer issued.
func (s Sender) Invoice(h Head, number string) ([]byte, error) {
	return s.write("QueryInvoiceDataRequest", h, nil, asksFor(number))
}

// Holds asks whether NAV holds a document that the taxpayer issued.
func (s Sender) Holds(h Head, number string) ([]byte, error) {
	return s.write("QueryInvoiceCheckRequest", h, nil, asksFor(number))
}

func asksFor(number string) func(national.Writer) {
	return func(w national.Writer) {
		w.Group("invoiceNumberQuery", func() {
			w.Put("invoiceNumber", number)
			w.Put("invoiceDirection", "OUTBOUND")
		})
	}
}

// Prepared is what can be made of a report without a token and without a key: the member invoiceOperations of a
// ManageInvoiceRequest.
func Prepared(ops ...Operation) ([]byte, error) {
	return xmltree.Write(`invoiceOperations xmlns="`+apiNamespace+`"`, func(w *xmltree.Walk) { operations(national.Writer{Walk: w}, ops) })
}

func (s Sender) write(root string, h Head, signed []Operation, body func(national.Writer)) ([]byte, error) {
	if !headShape.MatchString(h.ID) {
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Message: fmt.Sprintf("%q is no identifier of a request", h.ID)}
	}
	return xmltree.Write(root+` xmlns="`+apiNamespace+`" xmlns:common="`+commonNamespace+`"`, func(walk *xmltree.Walk) {
		w := national.Writer{Walk: walk}
		w.Group("common:header", func() {
			w.Put("common:requestId", h.ID)
			w.Put("common:timestamp", h.At.UTC().Format("2006-01-02T15:04:05.000Z"))
			w.Put("common:requestVersion", "3.0")
			w.Put("common:headerVersion", "1.0")
		})
		w.Group("common:user", func() {
			w.Put("common:login", s.Login)
			w.Put("common:passwordHash", s.Password.hash(), national.Attr("cryptoType", "SHA-512"))
			w.Put("common:taxNumber", s.TaxNumber)
			w.Put("common:requestSignature", s.sign(h, signed), national.Attr("cryptoType", "SHA3-512"))
		})
		s.Software.write(w)
		if body != nil {
			body(w)
		}
	})
}

func (s Software) write(w national.Writer) {
	w.Group("software", func() {
		w.Put("softwareId", s.ID)
		w.Put("softwareName", s.Name)
		w.Put("softwareOperation", s.operation())
		w.Put("softwareMainVersion", s.Version)
		w.Put("softwareDevName", s.DevName)
		w.Put("softwareDevContact", s.DevContact)
		w.Put("softwareDevCountryCode", s.DevCountry)
		w.Put("softwareDevTaxNumber", s.DevTaxID)
	})
}

const localSoftware = "LOCAL_SOFTWARE"

func (s Software) operation() string {
	if s.Operation == "" {
		return localSoftware
	}
	return s.Operation
}

var (
	headShape     = regexp.MustCompile(`^[+a-zA-Z0-9_]{1,30}$`)
	loginShape    = regexp.MustCompile(`^[a-zA-Z0-9]{6,15}$`)
	taxShape      = regexp.MustCompile(`^[0-9]{8}$`)
	softwareShape = regexp.MustCompile(`^[0-9A-Z-]{18}$`)
	countryShape  = regexp.MustCompile(`^([A-Z]{2})?$`)
)

// Check returns what NAV would refuse in every request; the fields are those of the settings.
func (s Sender) Check() error {
	var fs contracts.Faults
	shape := func(field, v string, re *regexp.Regexp, remedy string) {
		if !re.MatchString(v) {
			fs.Addf(contracts.FaultInvalid, field, remedy, "%.40q does not have the shape that NAV asks for", v)
		}
	}
	shape("login", s.Login, loginShape, "copy the name of the technical user from the page of Online Számla")
	shape("tax_number", s.TaxNumber, taxShape, "give the first eight digits of the adószám")
	shape("software.id", s.Software.ID, softwareShape, "give 18 capitals, digits or hyphens, such as HU12892312-PASSERE")
	shape("software.dev_country", s.Software.DevCountry, countryShape, "give the two letters of the country")
	for field, most := range map[string]int{"software.name": 50, "software.version": 15, "software.dev_name": 512, "software.dev_contact": 200} {
		v := map[string]string{"software.name": s.Software.Name, "software.version": s.Software.Version, "software.dev_name": s.Software.DevName, "software.dev_contact": s.Software.DevContact}[field]
		if n := utf8.RuneCountInString(strings.TrimSpace(v)); n == 0 || n > most {
			fs.Addf(contracts.FaultInvalid, field, fmt.Sprintf("give 1 to %d characters", most), "it has %d", n)
		}
	}
	if o := s.Software.operation(); o != localSoftware && o != "ONLINE_SERVICE" {
		fs.Addf(contracts.FaultInvalid, "software.operation", "write LOCAL_SOFTWARE or ONLINE_SERVICE", "%.40q is neither", o)
	}
	for field, secret := range map[string]Secret{"password_file": s.Password, "signature_key_file": s.SignatureKey} {
		if secret == "" {
			fs.Addf(contracts.FaultMissing, field, "put what Online Számla shows for the technical user into the file", "the file holds nothing")
		}
	}
	if len(s.ExchangeKey) != exchangeKeyLength {
		fs.Addf(contracts.FaultInvalid, "exchange_key_file", "put the exchange key (cserekulcs) of the technical user into the file", "an exchange key has %d characters, this one %d", exchangeKeyLength, len(s.ExchangeKey))
	}
	return fs.Err()
}
