package rules

import (
	"slices"
	"strings"
	"testing"

	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/example"
	"passerelle/contracts"
)

type doc = en16931.Document

// breaks break one rule each, of the document that baseOf gives for its id.
var breaks = map[string]func(*doc){
	"BR-01": func(d *doc) { d.Specification = "" },
	"BR-02": func(d *doc) { d.Number = " " },
	"BR-03": func(d *doc) { d.IssueDate = contracts.Date{} },
	"BR-04": func(d *doc) { d.Type = "" },
	"BR-05": func(d *doc) { d.Currency = "" },
	"BR-06": func(d *doc) { d.Seller.Name = "" },
	"BR-07": func(d *doc) { d.Buyer.Name = "" },
	"BR-08": func(d *doc) { d.Seller.Address = en16931.Address{} },
	"BR-09": func(d *doc) { d.Seller.Address.Country = "" },
	"BR-10": func(d *doc) { d.Buyer.Address = en16931.Address{} },
	"BR-11": func(d *doc) { d.Buyer.Address.Country = "" },
	"BR-12": func(d *doc) { d.Totals.Lines = nil },
	"BR-13": func(d *doc) { d.Totals.TaxExclusive = nil },
	"BR-14": func(d *doc) { d.Totals.TaxInclusive = nil },
	"BR-15": func(d *doc) { d.Totals.Payable = nil },
	"BR-16": func(d *doc) { d.Lines = nil },
	"BR-17": func(d *doc) { d.Payee.Name = "" },
	"BR-18": func(d *doc) {
		d.Representative = en16931.TaxRepresentative{VATID: "BE0403019261", Address: d.Seller.Address}
	},
	"BR-19": func(d *doc) { d.Representative = en16931.TaxRepresentative{VATID: "BE0403019261", Name: "Agent"} },
	"BR-20": func(d *doc) {
		d.Representative = en16931.TaxRepresentative{VATID: "BE0403019261", Name: "Agent", Address: en16931.Address{City: "Brussel"}}
	},
	"BR-21":    func(d *doc) { d.Lines[0].ID = "" },
	"BR-22":    func(d *doc) { d.Lines[1].Quantity = nil },
	"BR-23":    func(d *doc) { d.Lines[0].Unit = "" },
	"BR-24":    func(d *doc) { d.Lines[0].Net = nil },
	"BR-25":    func(d *doc) { d.Lines[0].Item.Name = "" },
	"BR-26":    func(d *doc) { d.Lines[0].Price.Net = nil },
	"BR-27":    func(d *doc) { d.Lines[0].Price.Net = n("-1") },
	"BR-28":    func(d *doc) { d.Lines[0].Price.Gross = n("-1") },
	"BR-29":    func(d *doc) { d.Period.Start = d.Period.End.AddDays(1) },
	"BR-30":    func(d *doc) { d.Lines[0].Period.Start = d.Lines[0].Period.End.AddDays(1) },
	"BR-31":    func(d *doc) { d.AllowanceCharges[0].Amount = nil },
	"BR-32":    func(d *doc) { d.AllowanceCharges[0].Category = "" },
	"BR-33":    func(d *doc) { d.AllowanceCharges[0].Reason, d.AllowanceCharges[0].ReasonCode = "", "" },
	"BR-36":    func(d *doc) { d.AllowanceCharges[1].Amount = nil },
	"BR-37":    func(d *doc) { d.AllowanceCharges[1].Category = "" },
	"BR-38":    func(d *doc) { d.AllowanceCharges[1].Reason, d.AllowanceCharges[1].ReasonCode = "", "" },
	"BR-41":    func(d *doc) { d.Lines[0].AllowanceCharges[0].Amount = nil },
	"BR-42":    func(d *doc) { d.Lines[0].AllowanceCharges[0].Reason = "" },
	"BR-43":    func(d *doc) { d.Lines[0].AllowanceCharges[1].Amount = nil },
	"BR-44":    func(d *doc) { d.Lines[0].AllowanceCharges[1].Reason = "" },
	"BR-45":    func(d *doc) { d.Breakdown[0].Taxable = nil },
	"BR-46":    func(d *doc) { d.Breakdown[0].Amount = nil },
	"BR-47":    func(d *doc) { d.Breakdown[0].Category = "" },
	"BR-48":    func(d *doc) { d.Breakdown[0].Rate = nil },
	"BR-49":    func(d *doc) { d.Payment.Means[0].Code = "" },
	"BR-50":    func(d *doc) { d.Payment.Means[0].Account.ID = ""; d.Payment.Means[0].Account.Name = "Co-op" },
	"BR-52":    func(d *doc) { d.Attachments[0].Reference = "" },
	"BR-53":    func(d *doc) { d.TaxCurrency = "SEK" },
	"BR-54":    func(d *doc) { d.Lines[0].Item.Attributes[0].Value = "" },
	"BR-55":    func(d *doc) { d.Preceding[0] = en16931.PrecedingInvoice{IssueDate: d.IssueDate} },
	"BR-56":    func(d *doc) { d.Representative = en16931.TaxRepresentative{Name: "Agent", Address: d.Seller.Address} },
	"BR-57":    func(d *doc) { d.Delivery.Address.Country = "" },
	"BR-61":    func(d *doc) { d.Payment.Means[0].Account = en16931.Account{} },
	"BR-62":    func(d *doc) { d.Seller.Endpoint.Scheme = "" },
	"BR-63":    func(d *doc) { d.Buyer.Endpoint.Scheme = "" },
	"BR-64":    func(d *doc) { d.Lines[0].Item.StandardID.Scheme = "" },
	"BR-65":    func(d *doc) { d.Lines[0].Item.Classifications[0].Scheme = "" },
	"BR-CO-03": func(d *doc) { d.TaxPointDate, d.TaxPointCode = d.IssueDate, "3" },
	"BR-CO-04": func(d *doc) { d.Lines[0].Category = "" },
	"BR-CO-09": func(d *doc) { d.Seller.VATID = "0403019261" },
	"BR-CO-10": func(d *doc) { d.Totals.Lines = n("1") },
	"BR-CO-11": func(d *doc) { d.Totals.Allowances = n("1") },
	"BR-CO-12": func(d *doc) { d.Totals.Charges = n("1") },
	"BR-CO-13": func(d *doc) { d.Totals.TaxExclusive = n("1") },
	"BR-CO-14": func(d *doc) { d.Totals.Tax = n("1") },
	"BR-CO-15": func(d *doc) { d.Totals.TaxInclusive = n("1") },
	"BR-CO-16": func(d *doc) { d.Totals.Payable = n("1") },
	"BR-CO-17": func(d *doc) { d.Breakdown[0].Amount = n("1") },
	"BR-CO-18": func(d *doc) { d.Breakdown = nil },
	"BR-CO-21": func(d *doc) { d.AllowanceCharges[0].Reason, d.AllowanceCharges[0].ReasonCode = "", "" },
	"BR-CO-22": func(d *doc) { d.AllowanceCharges[1].Reason, d.AllowanceCharges[1].ReasonCode = "", "" },
	"BR-CO-23": func(d *doc) { d.Lines[0].AllowanceCharges[0].Reason = "" },
	"BR-CO-24": func(d *doc) { d.Lines[0].AllowanceCharges[1].Reason = "" },
	"BR-CO-26": func(d *doc) { d.Seller.IDs, d.Seller.VATID, d.Seller.Registration = nil, "", en16931.Identifier{} },

	"BR-DEC-01": func(d *doc) { d.AllowanceCharges[0].Amount = n("10.001") },
	"BR-DEC-02": func(d *doc) { d.AllowanceCharges[0].Base = n("100.001") },
	"BR-DEC-05": func(d *doc) { d.AllowanceCharges[1].Amount = n("5.001") },
	"BR-DEC-06": func(d *doc) { d.AllowanceCharges[1].Base = n("5.001") },
	"BR-DEC-09": func(d *doc) { d.Totals.Lines = n("1.001") },
	"BR-DEC-10": func(d *doc) { d.Totals.Allowances = n("1.001") },
	"BR-DEC-11": func(d *doc) { d.Totals.Charges = n("1.001") },
	"BR-DEC-12": func(d *doc) { d.Totals.TaxExclusive = n("1.001") },
	"BR-DEC-13": func(d *doc) { d.Totals.Tax = n("1.001") },
	"BR-DEC-14": func(d *doc) { d.Totals.TaxInclusive = n("1.001") },
	"BR-DEC-15": func(d *doc) { d.TaxCurrency, d.Totals.AccountingTax = "SEK", n("1.001") },
	"BR-DEC-16": func(d *doc) { d.Totals.Paid = n("1.001") },
	"BR-DEC-17": func(d *doc) { d.Totals.Rounding = n("0.001") },
	"BR-DEC-18": func(d *doc) { d.Totals.Payable = n("1.001") },
	"BR-DEC-19": func(d *doc) { d.Breakdown[0].Taxable = n("1.001") },
	"BR-DEC-20": func(d *doc) { d.Breakdown[0].Amount = n("1.001") },
	"BR-DEC-23": func(d *doc) { d.Lines[0].Net = n("1.001") },
	"BR-DEC-24": func(d *doc) { d.Lines[0].AllowanceCharges[0].Amount = n("1.001") },
	"BR-DEC-25": func(d *doc) { d.Lines[0].AllowanceCharges[0].Base = n("1.001") },
	"BR-DEC-27": func(d *doc) { d.Lines[0].AllowanceCharges[1].Amount = n("1.001") },
	"BR-DEC-28": func(d *doc) { d.Lines[0].AllowanceCharges[1].Base = n("1.001") },

	"BR-IC-11": func(d *doc) { d.Delivery.Date, d.Period = contracts.Date{}, en16931.Period{} },
	"BR-IC-12": func(d *doc) { d.Delivery.Address = en16931.Address{} },
	"BR-O-11":  func(d *doc) { d.Breakdown = append(d.Breakdown, en16931.TaxBreakdown{Category: "E", Rate: n("0")}) },
	"BR-O-12":  func(d *doc) { d.Lines[1].Category = "E" },
	"BR-O-13":  func(d *doc) { d.AllowanceCharges[0].Category = "E" },
	"BR-O-14":  func(d *doc) { d.AllowanceCharges[1].Category = "E" },
	"BR-B-01":  func(d *doc) { d.Lines[0].Category, d.Buyer.Address.Country = "B", "BE" },
	"BR-B-02":  func(d *doc) { d.Lines[0].Category = "B" },

	"BR-CL-01": func(d *doc) { d.Type = "999" },
	"BR-CL-04": func(d *doc) { d.Currency = "EURO" },
	"BR-CL-05": func(d *doc) { d.TaxCurrency, d.Totals.AccountingTax = "SKR", n("1") },
	"BR-CL-06": func(d *doc) { d.TaxPointCode = "5" },
	"BR-CL-07": func(d *doc) { d.Object.Scheme = "???" },
	"BR-CL-08": func(d *doc) { d.Notes = []en16931.Note{{Subject: "QQQ", Text: "a"}} },
	"BR-CL-10": func(d *doc) { d.Seller.IDs = []en16931.Identifier{{Scheme: "9999", Value: "1"}} },
	"BR-CL-11": func(d *doc) { d.Buyer.Registration = en16931.Identifier{Scheme: "KVK", Value: "1"} },
	"BR-CL-13": func(d *doc) { d.Lines[0].Item.Classifications[0].Scheme = "UNSPSC" },
	"BR-CL-14": func(d *doc) { d.Buyer.Address.Country = "UK" },
	"BR-CL-15": func(d *doc) { d.Lines[0].Item.Origin = "EU" },
	"BR-CL-16": func(d *doc) { d.Payment.Means[0].Code = "99" },
	"BR-CL-17": func(d *doc) { d.Breakdown[0].Category = "H" },
	"BR-CL-18": func(d *doc) { d.Lines[0].Category = "H" },
	"BR-CL-19": func(d *doc) { d.AllowanceCharges[0].ReasonCode = "FC" },
	"BR-CL-20": func(d *doc) { d.AllowanceCharges[1].ReasonCode = "95" },
	"BR-CL-21": func(d *doc) { d.Lines[0].Item.StandardID.Scheme = "GTIN" },
	"BR-CL-22": func(d *doc) { d.Breakdown[0].ReasonCode = "VATEX-EU-XX" },
	"BR-CL-23": func(d *doc) { d.Lines[0].Unit = "day" },
	"BR-CL-24": func(d *doc) { d.Attachments[0].MediaType = "text/html" },
	"BR-CL-25": func(d *doc) { d.Buyer.Endpoint.Scheme = "9999" },
	"BR-CL-26": func(d *doc) { d.Delivery.Location = en16931.Identifier{Scheme: "GLN", Value: "1"} },

	"PEPPOL-EN16931-R001":  func(d *doc) { d.Process = "" },
	"PEPPOL-EN16931-R002":  func(d *doc) { d.Notes = []en16931.Note{{Text: "a"}, {Text: "b"}} },
	"PEPPOL-EN16931-R003":  func(d *doc) { d.BuyerReference, d.Order = "", "" },
	"PEPPOL-EN16931-R004":  func(d *doc) { d.Specification = strings.Replace(d.Specification, "3.0", "2.0", 1) },
	"PEPPOL-EN16931-R005":  func(d *doc) { d.TaxCurrency, d.Totals.AccountingTax = d.Currency, d.Totals.Tax },
	"PEPPOL-EN16931-R007":  func(d *doc) { d.Process = "billing" },
	"PEPPOL-EN16931-R010":  func(d *doc) { d.Buyer.Endpoint = en16931.Identifier{} },
	"PEPPOL-EN16931-R020":  func(d *doc) { d.Seller.Endpoint = en16931.Identifier{} },
	"PEPPOL-EN16931-R040":  func(d *doc) { d.AllowanceCharges[0].Percent = n("11") },
	"PEPPOL-EN16931-R041":  func(d *doc) { d.AllowanceCharges[0].Base = nil },
	"PEPPOL-EN16931-R042":  func(d *doc) { d.AllowanceCharges[0].Percent = nil },
	"PEPPOL-EN16931-R046":  func(d *doc) { d.Lines[0].Price.Discount = n("40") },
	"PEPPOL-EN16931-R053":  func(d *doc) { d.Breakdown = nil },
	"PEPPOL-EN16931-R054":  func(d *doc) { d.TaxCurrency = "SEK" },
	"PEPPOL-EN16931-R055":  func(d *doc) { d.TaxCurrency, d.Totals.AccountingTax = "SEK", n("-1") },
	"PEPPOL-EN16931-R061":  func(d *doc) { d.Payment.Means[0].Code = "59" },
	"PEPPOL-EN16931-R110":  func(d *doc) { d.Lines[0].Period.Start = d.Period.Start.AddDays(-1) },
	"PEPPOL-EN16931-R111":  func(d *doc) { d.Lines[0].Period.End = d.Period.End.AddDays(1) },
	"PEPPOL-EN16931-R120":  func(d *doc) { d.Lines[0].Net = n("1051.03") },
	"PEPPOL-EN16931-R121":  func(d *doc) { d.Lines[0].Price.BaseQuantity = n("0") },
	"PEPPOL-EN16931-R130":  func(d *doc) { d.Lines[0].Price.BaseUnit = "HUR" },
	"PEPPOL-EN16931-P0100": func(d *doc) { d.Type = "389" },
	"PEPPOL-EN16931-P0101": func(d *doc) { d.Type = "261" },
	"PEPPOL-EN16931-P0112": func(d *doc) { d.Type = "384" },
	"PEPPOL-EN16931-CL008": func(d *doc) { d.Buyer.Endpoint = en16931.Identifier{Scheme: "EM", Value: "a@example.org"} },
	"PEPPOL-EN16931-P0104": func(d *doc) { d.Breakdown[0].ReasonCode = "VATEX-EU-G" },
	"PEPPOL-EN16931-P0105": func(d *doc) { d.Breakdown[0].ReasonCode = "VATEX-EU-O" },
	"PEPPOL-EN16931-P0106": func(d *doc) { d.Breakdown[0].ReasonCode = "VATEX-EU-IC" },
	"PEPPOL-EN16931-P0107": func(d *doc) { d.Breakdown[0].ReasonCode = "VATEX-EU-AE" },
	"PEPPOL-EN16931-P0108": func(d *doc) { d.Breakdown[0].ReasonCode = "VATEX-EU-D" },
	"PEPPOL-EN16931-P0109": func(d *doc) { d.Breakdown[0].ReasonCode = "VATEX-EU-F" },
	"PEPPOL-EN16931-P0110": func(d *doc) { d.Breakdown[0].ReasonCode = "VATEX-EU-I" },
	"PEPPOL-EN16931-P0111": func(d *doc) { d.Breakdown[0].ReasonCode = "VATEX-EU-J" },
	"PEPPOL-COMMON-R040":   func(d *doc) { d.Buyer.Endpoint = en16931.Identifier{Scheme: "0088", Value: "7300010000002"} },
	"PEPPOL-COMMON-R041":   func(d *doc) { d.Buyer.Endpoint = en16931.Identifier{Scheme: "0192", Value: "123456789"} },
	"PEPPOL-COMMON-R042":   func(d *doc) { d.Buyer.Endpoint = en16931.Identifier{Scheme: "0184", Value: "1234567"} },
	"PEPPOL-COMMON-R043":   func(d *doc) { d.Buyer.Endpoint = en16931.Identifier{Scheme: "0208", Value: "0403019262"} },
	"PEPPOL-COMMON-R049":   func(d *doc) { d.Buyer.Endpoint = en16931.Identifier{Scheme: "0007", Value: "5567212048"} },
	"PEPPOL-COMMON-R050":   func(d *doc) { d.Buyer.Endpoint = en16931.Identifier{Scheme: "0151", Value: "51824753557"} },

	"IT-R-001": func(d *doc) { d.Seller.TaxRegistration = en16931.Identifier{Scheme: "TAX", Value: "short"} },
	"IT-R-002": func(d *doc) { d.Seller.Address.Line1 = "" },
	"IT-R-003": func(d *doc) { d.Seller.Address.City = "" },
	"IT-R-004": func(d *doc) { d.Seller.Address.PostCode = "" },
	"SE-R-001": func(d *doc) { d.Seller.VATID = "SE5567212047" },
	"SE-R-002": func(d *doc) { d.Seller.VATID = "SE55672120470A" },
	"SE-R-003": func(d *doc) { d.Seller.Registration.Value = "556721-204" },
	"SE-R-004": func(d *doc) { d.Seller.Registration.Value = "16" + d.Seller.Registration.Value },
	"SE-R-005": func(d *doc) { d.Seller.TaxRegistration = en16931.Identifier{Scheme: "TAX", Value: "F-skatt"} },
	"SE-R-006": func(d *doc) { d.Lines[0].Rate = n("20") },
	"SE-R-013": func(d *doc) { d.Seller.Registration.Value = "5567212048" },
	"NL-R-001": func(d *doc) { d.Type, d.Preceding = "381", nil },
	"NL-R-002": func(d *doc) { d.Seller.Address.Line1 = "" },
	"NL-R-003": func(d *doc) { d.Seller.Registration = en16931.Identifier{Scheme: "0002", Value: "1"} },
	"NL-R-004": func(d *doc) { d.Buyer.Address.City = "" },
	"NL-R-005": func(d *doc) { d.Buyer.Registration = en16931.Identifier{Scheme: "0002", Value: "1"} },
	"NL-R-006": func(d *doc) {
		d.Representative = en16931.TaxRepresentative{Name: "Agent", VATID: "NL1", Address: en16931.Address{Country: "NL", City: "Delft"}}
	},
	"NL-R-007":   func(d *doc) { d.Payment = en16931.Payment{} },
	"NL-R-008":   func(d *doc) { d.Payment.Means[0].Code = "42" },
	"NL-R-009":   func(d *doc) { d.Order = "" },
	"BR-NL-1":    func(d *doc) { d.Seller.Registration = en16931.Identifier{} },
	"BR-NL-2":    func(d *doc) { d.BuyerReference, d.Order = "", "" },
	"BR-NL-3":    func(d *doc) { d.Seller.Address.Line1 = "" },
	"BR-NL-4":    func(d *doc) { d.Buyer.Address.City = "" },
	"BR-NL-7":    func(d *doc) { d.Type = "326" },
	"BR-NL-9":    func(d *doc) { d.Type, d.Preceding = "384", nil },
	"BR-NL-10":   func(d *doc) { d.Buyer.Registration = en16931.Identifier{} },
	"BR-NL-11":   func(d *doc) { d.Payment = en16931.Payment{} },
	"BR-NL-12":   func(d *doc) { d.Payment.Means[0].Code = "42" },
	"BR-NL-13":   func(d *doc) { d.Order = "" },
	"BR-DE-1":    func(d *doc) { d.Payment = en16931.Payment{} },
	"BR-DE-2":    func(d *doc) { d.Seller.Contact = en16931.Contact{} },
	"BR-DE-3":    func(d *doc) { d.Seller.Address.City = "" },
	"BR-DE-4":    func(d *doc) { d.Seller.Address.PostCode = "" },
	"BR-DE-5":    func(d *doc) { d.Seller.Contact.Name = "" },
	"BR-DE-6":    func(d *doc) { d.Seller.Contact.Phone = "" },
	"BR-DE-7":    func(d *doc) { d.Seller.Contact.Email = "" },
	"BR-DE-8":    func(d *doc) { d.Buyer.Address.City = "" },
	"BR-DE-9":    func(d *doc) { d.Buyer.Address.PostCode = "" },
	"BR-DE-10":   func(d *doc) { d.Delivery.Address.City = "" },
	"BR-DE-11":   func(d *doc) { d.Delivery.Address.PostCode = "" },
	"BR-DE-14":   func(d *doc) { d.Breakdown[0].Rate = nil },
	"BR-DE-15":   func(d *doc) { d.BuyerReference = "" },
	"BR-DE-16":   func(d *doc) { d.Seller.VATID, d.Seller.TaxRegistration = "", en16931.Identifier{} },
	"BR-DE-18":   func(d *doc) { d.PaymentTerms = "#SKONTO#TAGE=14#PROZENT=2#\n" },
	"BR-DE-22":   func(d *doc) { d.Attachments[1].FileName = "a.pdf" },
	"BR-DE-23-a": func(d *doc) { d.Payment.Means[0].Account = en16931.Account{} },
	"BR-DE-23-b": func(d *doc) { d.Payment.Means[0].Card.Number = "1234" },
	"BR-DE-24-a": func(d *doc) { d.Payment.Means[0].Code, d.Payment.Means[0].Account = "48", en16931.Account{} },
	"BR-DE-24-b": func(d *doc) { d.Payment.Means[0].Code, d.Payment.Means[0].Card.Number = "48", "1234" },
	"BR-DE-25-a": func(d *doc) { d.Payment.Means[0].Code, d.Payment.Means[0].Account = "59", en16931.Account{} },
	"BR-DE-25-b": func(d *doc) { d.Payment.Means[0].Code, d.Payment.Mandate = "59", "M-1" },
	"BR-DE-30":   func(d *doc) { d.Payment.Means[0].DebitedAccount, d.Payment.Mandate = "DE02100100100006820101", "M-1" },
	"BR-DE-31":   func(d *doc) { d.Payment.Creditor, d.Payment.Mandate = "DE98ZZZ09999999999", "M-1" },

	"PASSERELLE-LINE":    func(d *doc) { d.Lines[0].Net = n("1051.01") },
	"PASSERELLE-TAXABLE": func(d *doc) { d.Breakdown[0].Taxable = n("1166.54") },
	"PASSERELLE-TAX":     func(d *doc) { *d.Breakdown[0].Amount = *n("245") },
	"PASSERELLE-Z":       func(d *doc) { inCategory(d, "Z"); d.Buyer.VATID = "FR40303265045" },
	"PASSERELLE-AE":      func(d *doc) { inCategory(d, "AE"); d.Buyer.VATID, d.Buyer.Address.Country = "", "US" },
	"PASSERELLE-K":       func(d *doc) { inCategory(d, "K") },
	"PASSERELLE-G":       func(d *doc) { inCategory(d, "G") },
	"PASSERELLE-REASON":  func(d *doc) { inCategory(d, "E"); d.Breakdown[0].ReasonCode = "VATEX-EU-AE" },
	"BR-CO-25":           func(d *doc) { d.DueDate, d.PaymentTerms = contracts.Date{}, "" },
}

// categoryBreaks are those that every category has, by the end of the id.
var categoryBreaks = map[string]func(d *doc, c category){
	"01": func(d *doc, c category) { d.Breakdown[0].Category = "H" },
	"02": func(d *doc, c category) { d.AllowanceCharges = nil; unidentify(d, c) },
	"03": func(d *doc, c category) { d.AllowanceCharges = d.AllowanceCharges[:1]; unidentify(d, c) },
	"04": func(d *doc, c category) { d.AllowanceCharges = d.AllowanceCharges[1:]; unidentify(d, c) },
	"05": func(d *doc, c category) { d.Lines[0].Rate = badRate(c) },
	"06": func(d *doc, c category) { d.AllowanceCharges[0].Rate = badRate(c) },
	"07": func(d *doc, c category) { d.AllowanceCharges[1].Rate = badRate(c) },
	"08": func(d *doc, c category) { d.Breakdown[0].Taxable = n("1") },
	"09": func(d *doc, c category) { d.Breakdown[0].Amount = n("2000") },
	"10": func(d *doc, c category) {
		b := &d.Breakdown[0]
		if b.Reason, b.ReasonCode = "", ""; c.rate.charged() || c.code == "Z" {
			b.Reason = "no reason"
		}
	},
}

// unidentify takes the seller's numbers away, or gives him one where he may have none.
func unidentify(d *doc, c category) {
	if c.numbers == noVATNumber {
		d.Seller.VATID = "BE0403019261"
		return
	}
	d.Seller.VATID, d.Seller.TaxRegistration = "", en16931.Identifier{}
}

func badRate(c category) en16931.Number {
	switch c.rate {
	case above:
		return n("0")
	case zero:
		return n("1")
	case atLeast:
		return n("-1")
	}
	return n("0")
}

// inCategory sells all of the document in a category.
func inCategory(d *doc, code string) {
	c := categories[slices.IndexFunc(categories, func(c category) bool { return c.code == code })]
	rate := map[rateOf]en16931.Number{above: n("21"), zero: n("0"), atLeast: n("7")}[c.rate]
	for i := range d.Lines {
		d.Lines[i].Category, d.Lines[i].Rate = code, rate
	}
	for i := range d.AllowanceCharges {
		d.AllowanceCharges[i].Category, d.AllowanceCharges[i].Rate = code, rate
	}
	b := &d.Breakdown[0]
	if b.Category, b.Rate, b.Reason, b.ReasonCode = code, rate, "", ""; !c.rate.charged() && code != "Z" {
		b.Reason = "a reason"
	}
	if c.numbers == noVATNumber {
		d.Seller.VATID, d.Buyer.VATID = "", ""
	}
	addUp(d)
}

// baseOf is a whole document that keeps the rule, of a target that has it.
func baseOf(t testing.TB, set Set, id string) doc {
	target, seller, c := en16931.Plain, contracts.CountryCode("BE"), example.Domestic
	switch set.Name {
	case Peppol.Name:
		target = en16931.Peppol
		if len(id) > 3 && id[2] == '-' {
			seller = contracts.CountryCode(id[:2])
		}
	case XRechnung.Name:
		target, seller = en16931.XRechnung, "DE"
	case NLCIUS.Name:
		target, seller = en16931.NLCIUS, "NL"
	}
	d := full(t, seller, seller, c, target)
	for _, c := range categories {
		if strings.HasPrefix(id, "BR-"+c.id+"-") {
			inCategory(&d, c.code)
		}
	}
	return d
}

// breakOf finds the break of a rule: German rules of Peppol are broken as those of XRechnung.
func breakOf(id string) func(*doc) {
	if b := breaks[id]; b != nil {
		return b
	}
	if id == "BR-NL-5" {
		return breaks["NL-R-006"]
	}
	for _, r := range germanRules {
		if r.id("DE-R-") == id {
			return breaks[r.id("BR-DE-")]
		}
	}
	for _, c := range categories {
		if end, ok := strings.CutPrefix(id, "BR-"+c.id+"-"); ok && categoryBreaks[end] != nil {
			return func(d *doc) { categoryBreaks[end](d, c) }
		}
	}
	return nil
}

// TestEveryRuleIsKeptAndBroken: the whole document keeps the rule, and its break is found.
func TestEveryRuleIsKeptAndBroken(t *testing.T) {
	for _, set := range Sets {
		for _, r := range set.Rules {
			d, breaks := baseOf(t, set, r.ID), breakOf(r.ID)
			if breaks == nil {
				t.Errorf("%s is never broken", r.ID)
				continue
			}
			if found := ids(CheckIssued(d)); slices.Contains(found, r.ID) {
				t.Errorf("%s: broken by a document that keeps it: %v", r.ID, CheckIssued(d))
			}
			breaks(&d)
			if found := ids(CheckIssued(d)); !slices.Contains(found, r.ID) {
				t.Errorf("%s: not found, but %v", r.ID, found)
			}
		}
	}
}
