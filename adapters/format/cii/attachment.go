package cii

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
)

// Types of referenced documents (UNTDID 1001).
const (
	tenderType     = "50"
	objectType     = "130"
	supportingType = "916"
)

// additional is a referenced document: the tender (BT-17), the object invoiced (BT-18) or a supporting document (BG-24),
// told apart by the type.
type additional struct {
	documentType string
	scheme       string
	document     en16931.SupportingDocument
}

func (m mapping) additional() {
	var list []additional
	if m.Writing() {
		list = m.joinReferences()
	}
	xmltree.Each(m.Walk, "ram:AdditionalReferencedDocument", &list, m.documentReference)
	if !m.Writing() {
		m.splitReferences(list)
	}
}

func (m mapping) joinReferences() (list []additional) {
	if m.d.Tender != "" {
		list = append(list, additional{documentType: tenderType, document: en16931.SupportingDocument{Reference: m.d.Tender}})
	}
	if m.d.Object.Value != "" {
		list = append(list, additional{documentType: objectType, scheme: m.d.Object.Scheme, document: en16931.SupportingDocument{Reference: m.d.Object.Value}})
	}
	for _, a := range m.d.Attachments {
		list = append(list, additional{documentType: supportingType, document: a})
	}
	return list
}

func (m mapping) splitReferences(list []additional) {
	for _, a := range list {
		bare := a.document.Description+a.document.Location+a.document.MediaType == ""
		switch {
		case a.documentType == tenderType && bare && a.scheme == "" && m.d.Tender == "":
			m.d.Tender = a.document.Reference
		case a.documentType == objectType && bare && m.d.Object.Value == "":
			m.d.Object = en16931.Identifier{Scheme: a.scheme, Value: a.document.Reference}
		default:
			m.d.Attachments = append(m.d.Attachments, a.document)
			if a.scheme != "" || a.documentType != supportingType && a.documentType != "" {
				m.NotCarried(a.documentType + a.scheme)
			}
		}
	}
}

func (m mapping) documentReference(a *additional) {
	d := &a.document
	m.Text("ram:IssuerAssignedID", &d.Reference)
	m.Text("ram:URIID", &d.Location)
	m.Text("ram:TypeCode", &a.documentType)
	m.Text("ram:Name", &d.Description)
	m.Binary("ram:AttachmentBinaryObject", &d.Content, xmltree.At{Name: "mimeCode", Value: &d.MediaType}, xmltree.At{Name: "filename", Value: &d.FileName})
	m.Text("ram:ReferenceTypeCode", &a.scheme)
}
