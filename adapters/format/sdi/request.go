package sdi

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"regexp"
	"strings"

	"passerelle/adapters/format/xmltree"
	"passerelle/contracts"
)

// What the service is called (SdIRiceviFile 1.0).
const (
	// ServiceURL is where SdI takes files; TestURL is for those who are being accredited.
	ServiceURL = "https://servizi.fatturapa.it/ricevi_file"
	TestURL    = "https://testservizi.fatturapa.it/ricevi_file"
	// Action is the SOAPAction of the operation, and MediaType its Content-Type: SOAP 1.1.
	Action    = "http://www.fatturapa.it/SdIRiceviFile/RiceviFile"
	MediaType = "text/xml; charset=utf-8"
)

const (
	soapSpace  = "http://schemas.xmlsoap.org/soap/envelope/"
	typesSpace = "http://www.fatturapa.gov.it/sdi/ws/trasmissione/v1.0/types"
)

var requestNames = xmltree.Names{soapSpace: "soap", typesSpace: "types"}

// File is what a request hands over.
type File struct {
	Name    string // as FileName makes it
	Content []byte // a FatturaPA, signed or not
}

// Request is the operation RiceviFile: a SOAP 1.1 envelope with the file inside in base64. A name that SdI does not take, and an
// empty file, are Faults.
func Request(f File) ([]byte, error) {
	var fs contracts.Faults
	if !fileName.MatchString(f.Name) {
		fs.Addf(FaultName, "file", "let the program name it", "SdI takes no file of the name %.40q", f.Name)
	}
	if len(f.Content) == 0 {
		fs.Addf(contracts.FaultMissing, "file", "write the invoice as FatturaPA first", "the file is empty")
	}
	if fs != nil {
		return nil, fs
	}
	return xmltree.Write(`soap:Envelope xmlns:soap="`+soapSpace+`" xmlns:types="`+typesSpace+`"`, f.walk)
}

// ReadRequest is the other direction of Request.
func ReadRequest(b []byte) (f File, err error) {
	root, err := xmltree.Parse(b, requestNames)
	if err != nil {
		return f, err
	}
	if root.Name != "soap:Envelope" {
		return f, notSaid("this is no request of SdI")
	}
	return f, xmltree.Read(root, f.walk)
}

func (f *File) walk(w *xmltree.Walk) {
	w.Group("soap:Body", func() {
		w.Group("types:fileSdIAccoglienza", func() {
			w.Text("NomeFile", &f.Name)
			w.Binary("File", &f.Content)
		})
	})
}

// Taken is what SdI answers to a request: that it has the file, and under which number it will speak of it.
type Taken struct {
	Number string // IdentificativoSdI, figures
	At     string // DataOraRicezione, as SdI writes it
}

// Faults of answers.
const (
	FaultEmpty       contracts.FaultCode = "sdi-empty"       // EI01
	FaultUnavailable contracts.FaultCode = "sdi-unavailable" // EI02, or the service answers that it failed
	FaultUnknownUser contracts.FaultCode = "sdi-user"        // EI03
	FaultAnswer      contracts.FaultCode = "sdi-answer"      // nothing that the service is said to answer
)

var number = regexp.MustCompile(`^[0-9]{1,12}$`)

// ReadAnswer reads what the service answers; kind is its Content-Type: XML, or MIME parts of which the first is (MTOM). An answer that
// SdI did not take the file is a Fault.
func ReadAnswer(kind string, body []byte) (Taken, error) {
	body, err := envelope(kind, body)
	if err != nil {
		return Taken{}, err
	}
	root, err := xmltree.Parse(body, requestNames)
	if err != nil {
		return Taken{}, err
	}
	var t Taken
	var code, fault string
	err = xmltree.Read(root, func(w *xmltree.Walk) {
		w.Group("soap:Body", func() {
			w.Group("soap:Fault", func() { w.Text("faultstring", &fault) })
			w.Group("types:rispostaSdIRiceviFile", func() {
				w.Text("IdentificativoSdI", &t.Number)
				w.Text("DataOraRicezione", &t.At)
				w.Text("Errore", &code)
			})
		})
	})
	if err := onlyMore(err); err != nil {
		return Taken{}, err
	}
	return t, t.check(root, strings.TrimSpace(code), strings.TrimSpace(fault))
}

func (t *Taken) check(root *xmltree.Element, code, fault string) error {
	t.Number, t.At = strings.TrimSpace(t.Number), strings.TrimSpace(t.At)
	switch {
	case root.Name != "soap:Envelope":
		return notSaid("this is no answer of SdI")
	case fault != "":
		return contracts.Fault{Code: FaultUnavailable, Message: "SdI's service failed: " + clip(fault), Remedy: "it is tried again"}
	case code == "EI01":
		return contracts.Fault{Code: FaultEmpty, Message: "SdI found the file empty (EI01)", Remedy: "look whether the invoice can be taken as an e-invoice on its page"}
	case code == "EI02":
		return contracts.Fault{Code: FaultUnavailable, Message: "SdI's service is not available (EI02)", Remedy: "it is tried again"}
	case code == "EI03":
		return contracts.Fault{Code: FaultUnknownUser, Message: "SdI does not know the certificate that this node shows (EI03)", Remedy: "compare delivery.sdi.certificate_file with the one of the accredited channel"}
	case code != "":
		return notSaid("SdI answers with an error that is not in its specifications: " + clip(code))
	case !number.MatchString(t.Number):
		return notSaid("SdI's answer has no number")
	}
	return nil
}

func notSaid(message string) error {
	return contracts.Fault{Code: FaultAnswer, Message: message, Remedy: "compare delivery.sdi.url with the address of the service"}
}

// envelope is the XML of an answer, which some servers send as the first of several parts.
func envelope(kind string, body []byte) ([]byte, error) {
	media, about, err := mime.ParseMediaType(kind)
	if err != nil || !strings.HasPrefix(media, "multipart/") {
		return body, nil
	}
	part, err := multipart.NewReader(bytes.NewReader(body), about["boundary"]).NextPart()
	if err != nil {
		return nil, notSaid("the parts of SdI's answer cannot be told apart")
	}
	first, err := io.ReadAll(part)
	if err != nil {
		return nil, notSaid("the parts of SdI's answer cannot be told apart")
	}
	return first, nil
}

// onlyMore leaves out faults that say that there is more than is read, or in another order: what SdI may add one day stops nothing.
func onlyMore(err error) error {
	var fs contracts.Faults
	for _, f := range contracts.FaultsOf(err) {
		if f.Code != xmltree.FaultNotCarried && f.Code != xmltree.FaultOrder {
			fs = append(fs, f)
		}
	}
	return fs.Err()
}

// clip keeps the beginning of foreign words, on one line.
func clip(s string) string {
	const most = 300
	if r := []rune(strings.Join(strings.Fields(s), " ")); len(r) > most {
		return string(r[:most]) + "…"
	} else {
		return string(r)
	}
}

// Number says in a word by which number SdI speaks of a file, the same wherever it is learned.
func Number(n string) string { return fmt.Sprintf("SdI %s", n) }
