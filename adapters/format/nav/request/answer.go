package request

import (
	"cmp"
	"fmt"
	"strings"

	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

var names = xmltree.Names{apiNamespace: "api", commonNamespace: "common", "http://schemas.nav.gov.hu/OSA/3.0/base": "base"}

// Refusal is NAV's answer to a request that it did not carry out.
type Refusal struct {
	Code     string // such as INVALID_REQUEST_SIGNATURE
	Message  string // in Hungarian or English
	Messages []Message
}

// Error says what NAV said.
func (r Refusal) Error() string {
	s := "NAV refused: " + sentence(": ", r.Code, r.Message)
	for _, m := range r.Messages {
		s += "; " + m.String()
	}
	return s
}

// Codes of refusals that mean something to who sends.
const (
	RequestKnown = "REQUEST_ID_NOT_UNIQUE"     // a request of this identifier has been carried out
	InvoiceKnown = "INVOICE_NUMBER_NOT_UNIQUE" // a document of this number has been reported
)

// Message is one finding.
type Message struct {
	Level   string // CRITICAL, ERROR, WARN, INFO
	Code    string
	Text    string
	Pointer string // where
}

// String is one line about the finding.
func (m Message) String() string {
	s := sentence(": ", m.Code, m.Text)
	if m.Pointer != "" {
		s += " (" + m.Pointer + ")"
	}
	return s
}

func sentence(between string, parts ...string) string {
	var said []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, between)
}

// reading is one answer, of which only what is asked for is taken: NAV may add more.
type reading struct{ *xmltree.Walk }

// answer reads a response of the name, or the Refusal that came in its place.
func answer(b []byte, name string, body func(reading)) error {
	root, err := xmltree.Parse(b, names)
	if err != nil {
		return fmt.Errorf("answer of NAV: %w", err)
	}
	var refused Refusal
	var result string
	err = xmltree.ReadIn("api", root, func(w *xmltree.Walk) {
		r := reading{w}
		result = r.result(root.Name == "common:GeneralExceptionResponse", &refused)
		refused.Messages = r.messages("technicalValidationMessages", "common:")
		if result == "OK" && body != nil {
			body(r)
		}
	})
	switch {
	case result == "ERROR":
		return refused
	case root.Name != "api:"+name || result != "OK":
		return contracts.Fault{Code: contracts.FaultMalformed, Message: "NAV answered with something else than " + name}
	}
	return wrong(err)
}

// wrong keeps the faults that make an answer useless.
func wrong(err error) error {
	for _, f := range contracts.FaultsOf(err) {
		if f.Code != xmltree.FaultNotCarried && f.Code != xmltree.FaultOrder {
			return fmt.Errorf("answer of NAV: %w", f)
		}
	}
	return nil
}

// result of an answer; of a general exception it stands in the root.
func (r reading) result(bare bool, refused *Refusal) (code string) {
	read := func() {
		r.Text("common:funcCode", &code)
		r.Text("common:errorCode", &refused.Code)
		r.Text("common:message", &refused.Message)
	}
	if bare {
		read()
	} else {
		r.Group("common:result", read)
	}
	return strings.TrimSpace(code)
}

func (r reading) messages(name, prefix string) (all []Message) {
	xmltree.Each(r.Walk, name, &all, func(m *Message) {
		r.Text(prefix+"validationResultCode", &m.Level)
		r.Text(prefix+"validationErrorCode", &m.Code)
		r.Text(prefix+"message", &m.Text)
		r.Group("pointer", func() {
			var tag, value, line, number string
			r.Text("tag", &tag)
			r.Text("value", &value)
			r.Text("line", &line)
			r.Text("originalInvoiceNumber", &number)
			if line != "" {
				line = "line " + line
			}
			m.Pointer = sentence(", ", cmp.Or(tag, number), value, line)
		})
	})
	return all
}

// ReadToken reads the answer to Token and opens it with the exchange key.
func (s Sender) ReadToken(b []byte) (token string, err error) {
	var encoded string
	if err := answer(b, "TokenExchangeResponse", func(r reading) { r.Text("encodedExchangeToken", &encoded) }); err != nil {
		return "", err
	}
	return s.ExchangeKey.open(encoded)
}

// ReadTransaction reads the answer to Manage: the identifier by which Status asks.
func ReadTransaction(b []byte) (id string, err error) {
	err = answer(b, "ManageInvoiceResponse", func(r reading) { r.Text("transactionId", &id) })
	if id = strings.TrimSpace(id); err == nil && !headShape.MatchString(id) {
		return "", contracts.Fault{Code: contracts.FaultMalformed, Message: "NAV gave no identifier of the transaction"}
	}
	return id, err
}

// Processing is how far NAV is with a document.
type Processing string

// The states. Done and Aborted are final; a document that is aborted counts as never reported.
const (
	Received   Processing = "RECEIVED"
	InProgress Processing = "PROCESSING"
	Saved      Processing = "SAVED"
	Done       Processing = "DONE"
	Aborted    Processing = "ABORTED"
)

// Processed is what became of one document of a report.
type Processed struct {
	Index    string
	Status   Processing
	Messages []Message // errors and warnings
}

// ReadStatus reads the answer to Status. None means that NAV knows no such transaction of this taxpayer, or not yet.
func ReadStatus(b []byte) (all []Processed, err error) {
	err = answer(b, "QueryTransactionStatusResponse", func(r reading) {
		r.Group("processingResults", func() {
			xmltree.Each(r.Walk, "processingResult", &all, func(p *Processed) {
				var status string
				r.Text("index", &p.Index)
				r.Text("invoiceStatus", &status)
				p.Status = Processing(strings.TrimSpace(status))
				p.Messages = r.messages("technicalValidationMessages", "common:")
				p.Messages = append(p.Messages, r.messages("businessValidationMessages", "")...)
			})
		})
	})
	return all, err
}

// Held is a document that NAV holds.
type Held struct {
	Data        []byte // InvoiceData, as it was reported
	Transaction string // empty when it was reported on NAV's own pages
}

// ReadInvoice reads the answer to Invoice; nil means that NAV holds no document of the number.
func ReadInvoice(b []byte) (held *Held, err error) {
	err = answer(b, "QueryInvoiceDataResponse", func(r reading) {
		r.Group("invoiceDataResult", func() {
			held = &Held{}
			r.Binary("invoiceData", &held.Data)
			r.Group("auditData", func() { r.Text("transactionId", &held.Transaction) })
		})
	})
	return held, err
}

// ReadHolds reads the answer to Holds.
func ReadHolds(b []byte) (holds bool, err error) {
	err = answer(b, "QueryInvoiceCheckResponse", func(r reading) { r.Flag("invoiceCheckResult", &holds) })
	return holds, err
}
