package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/sdi"
	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/delivery"
)

// parcelLine is a document on its way, in words.
type parcelLine struct {
	Name   string
	To     string // what goes where
	Says   string // how it stands, and what is to be done
	Why    string // the program took this way, or waits
	Reason string // of who refused it
	Told   string // besides, by whoever answers
	At     time.Time
	Badge  string // its kind
	Again  bool   // it can be sent once more
}

// channelNames says where a document goes.
var channelNames = map[delivery.Channel]web.Words{
	delivery.ByHand:   "To the buyer, by hand",
	delivery.Folder:   "To the buyer, through Peppol",
	delivery.Endpoint: "To the buyer, through Peppol",
	delivery.Mail:     "To the buyer, by mail",
	delivery.SdI:      "To the Italian tax authority (SdI)",
	delivery.NAV:      "To the Hungarian tax authority (NAV)",
}

// statusWords says how a document stands.
var statusWords = map[delivery.Status]web.Words{
	delivery.Manual:   "The program does not send it. Take the PDF and the e-invoice here and send both to the buyer, or upload the e-invoice at your provider.",
	delivery.Seeking:  "The program asks the Peppol network whether this buyer can be reached, and sends it by itself then.",
	delivery.Waiting:  "It waits to be sent; the program tries by itself.",
	delivery.Handed:   "Sent. There is no answer yet.",
	delivery.Refused:  "It could not be sent.",
	delivery.Accepted: "Accepted.",
	delivery.Rejected: "Rejected. Talk to the buyer; an invoice that was wrong is taken back with a credit note.",
	delivery.Paid:     "The buyer says that it is paid.",
}

// sdiSays has what SdI tells beside an answer in the words of the page.
var sdiSays = map[string]web.Words{
	sdi.SaysInArea:    "SdI could not hand it over. It is issued all the same: tell the buyer that it lies in the reserved area of the tax agency's site (cassetto fiscale).",
	sdi.SaysTrying:    "SdI could not hand it over yet and goes on trying.",
	sdi.SaysAttested:  "SdI could not hand it over and attests that it was sent: send the attestation with the invoice to the authority by other means.",
	sdi.SaysExpired:   "The authority has said nothing for fifteen days; SdI hears nothing more of it.",
	sdi.SaysAuthority: "The authority has accepted it.",
	sdi.SaysTwice:     "SdI has this file or this invoice already and takes it once. The answer to the first counts; when there is none after five days, ask SdI.",
}

// whyWords says what the program itself noted.
var whyWords = map[string]web.Words{
	delivery.NotInNetwork: "The buyer is not in the Peppol network.",
	delivery.NotThisKind:  "The buyer is in the Peppol network, but does not receive this kind of document there.",
	delivery.StillUnknown: "For a day it could not be found out whether the buyer is in the Peppol network. The program goes on asking; tell the accountant if it is urgent.",
}

// why is the last thing that the program noted itself, in words. That nobody knew does not matter any more when somebody does.
func why(k delivery.Kept, l *web.Locale) (says string) {
	for _, e := range k.Events {
		if words, own := whyWords[e.Reason]; own && (e.Reason != delivery.StillUnknown || k.Status == delivery.Seeking) {
			says = l.T(words)
		}
	}
	return says
}

func parcelOf(k delivery.Kept, l *web.Locale) parcelLine {
	p := parcelLine{Name: k.Name, To: l.T(channelNames[k.Channel]), Says: l.T(statusWords[k.Status]), At: k.Last().At, Again: k.Status == delivery.Refused}
	p.Why, p.Reason, p.Told = why(k, l), k.Why(), k.Last().Reason
	if whyWords[p.Told] != "" || p.Told == p.Reason {
		p.Told = ""
	}
	if says, known := sdiSays[p.Told]; known {
		p.Told = l.T(says)
	}
	if k.Status == delivery.Rejected && k.Format == "fatturapa" {
		p.Says = l.T("Rejected. What SdI discards has not been issued before the law: the accountant has the cause repaired and the invoice sent again within five days. What the buyer refuses is taken back with a credit note.")
	}
	if k.Status == delivery.Manual && isFacturX(k) {
		p.Says = l.T("The program does not send it. Take the PDF here and send it to the buyer: the e-invoice is inside (Factur-X, ZUGFeRD). A provider takes the PDF or the e-invoice.")
	}
	if k.Channel == delivery.ByHand && k.Format == "fatturapa" {
		p.To, p.Says = l.T("To the Italian tax authority (SdI), by hand"), l.T("The program does not send it. The accountant brings the e-invoice to SdI within twelve days of the supply: only then is it issued before the law, and SdI hands it to the buyer. The PDF is for reading.")
	}
	if k.Report && k.Channel == delivery.ByHand {
		p.To, p.Says = l.T("To the tax authority, by hand"), l.T("The program does not send it. The accountant reports the invoice to the authority.")
	}
	if k.Channel == delivery.NAV {
		p.atNAV(k, l)
	}
	if k.Status == delivery.Handed && k.Last().Reason == "" && (k.Channel == delivery.SdI || k.Channel == delivery.NAV) {
		p.Says = l.T("Prepared as a file. The accountant sends it to the authority.")
	}
	return p
}

// atNAV says how a report that the program made itself stands.
func (p *parcelLine) atNAV(k delivery.Kept, l *web.Locale) {
	switch {
	case k.Status == delivery.Handed && k.Told() != "":
		p.Says, p.Told = l.T("Reported. The authority is checking it."), ""
	case k.Status == delivery.Rejected:
		p.Says = l.T("The authority rejected the report. The accountant looks at the reason and reports the invoice by hand.")
	case k.Status == delivery.Accepted && p.Told != "":
		p.Says = l.T("Accepted, with a remark of the authority.")
	}
}

// isFacturX says whether a document's paper is a Factur-X invoice.
func isFacturX(k delivery.Kept) bool { return k.Format == en16931.FacturX.Name && len(k.Content) > 0 }

// sendAgain sends what could not be sent once more, under the same name.
func (s server) sendAgain(c echo.Context) error {
	if _, err := readForm(c); err != nil {
		return err
	}
	f, err := s.fileOf(c)
	if err != nil {
		return err
	}
	for _, k := range f.Parcels {
		if k.Status == delivery.Refused {
			if err := s.Delivery.Again(c.Request().Context(), web.ScopeOf(c), k.Name, string(web.PrincipalOf(c).Account)); err != nil {
				return err
			}
		}
	}
	return c.Redirect(http.StatusSeeOther, "/invoices/"+c.Param("id")+"?done=again")
}

// parcelJSON is how a document stands on its way.
type parcelJSON struct {
	delivery.Parcel
	Channel delivery.Channel `json:"channel"`
	Status  delivery.Status  `json:"status"`
	Events  []delivery.Event `json:"events"`
}

func (s server) apiParcels(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	f, err := s.fileOf(c)
	if err != nil {
		return err
	}
	out := listOf[parcelJSON]{Items: []parcelJSON{}}
	for _, k := range f.Parcels {
		out.Items = append(out.Items, parcelJSON{k.Parcel, k.Channel, k.Status, append([]delivery.Event{}, k.Events...)})
	}
	return answer(c, http.StatusOK, out)
}

// apiNotice takes in what SdI says of an invoice, as it comes.
func (s server) apiNotice(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || kind != "application/xml" && kind != "text/xml" {
		return contracts.Fault{Code: web.FaultContentType, Message: "the body is not announced as XML", Remedy: "send Content-Type: application/xml"}
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	n, err := s.Delivery.ReadNotice(body)
	if err != nil {
		return err
	}
	err = s.Delivery.Inform(c.Request().Context(), web.ScopeOf(c), n, string(web.PrincipalOf(c).Account))
	if errors.Is(err, delivery.ErrNotFound) {
		return web.NotFound("document")
	}
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, delivery.Answer{Name: n.Name, Status: n.Status, Reason: n.Told})
}

// apiAnswer takes in what a provider says of a document, as the files of the answers folder do.
func (s server) apiAnswer(c echo.Context) error {
	var a delivery.Answer
	if err := bind(c, &a); err != nil {
		return err
	}
	err := s.Delivery.Take(c.Request().Context(), web.ScopeOf(c), a, string(web.PrincipalOf(c).Account))
	if errors.Is(err, delivery.ErrNotFound) {
		return web.NotFound("document")
	}
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, a)
}
