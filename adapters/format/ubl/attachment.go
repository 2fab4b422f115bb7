package ubl

import (
	"passerelle/adapters/format/en16931"
	"passerelle/adapters/format/xmltree"
)

// Types of the references that are no supporting documents (UNTDID 1001).
const (
	objectType  = "130"
	projectType = "50" // in a credit note, which has no element for the project
)

// additional is a document reference: the object invoiced (BT-18), a credit note's project (BT-11), or a supporting
// document (BG-24), told apart by the type.
type additional struct {
	id           en16931.Identifier
	documentType string
	document     en16931.SupportingDocument
}

func (m mapping) additional() {
	var list []additional
	if m.Writing() {
		list = m.joinReferences()
	}
	xmltree.Each(m.Walk, "cac:AdditionalDocumentReference", &list, m.documentReference)
	if !m.Writing() {
		m.splitReferences(list)
	}
}

func (m mapping) joinReferences() []additional {
	var list []additional
	for _, a := range m.d.Attachments {
		list = append(list, additional{id: en16931.Identifier{Value: a.Reference}, document: a})
	}
	if m.d.Object.Value != "" {
		list = append(list, additional{id: m.d.Object, documentType: objectType})
	}
	if m.credit && m.d.Project != "" {
		list = append(list, additional{id: en16931.Identifier{Value: m.d.Project}, documentType: projectType})
	}
	return list
}

func (m mapping) splitReferences(list []additional) {
	for _, a := range list {
		bare := a.document.Description+a.document.Location+a.document.MediaType == ""
		switch {
		case a.documentType == objectType && bare && m.d.Object.Value == "":
			m.d.Object = a.id
		case m.credit && a.documentType == projectType && bare && m.d.Project == "":
			m.d.Project = a.id.Value
		default:
			a.document.Reference = a.id.Value
			m.d.Attachments = append(m.d.Attachments, a.document)
			if a.documentType+a.id.Scheme != "" {
				m.NotCarried(a.documentType + a.id.Scheme)
			}
		}
	}
}

func (m mapping) documentReference(a *additional) {
	m.identifier("cbc:ID", &a.id)
	m.Text("cbc:DocumentTypeCode", &a.documentType)
	m.Text("cbc:DocumentDescription", &a.document.Description)
	m.Group("cac:Attachment", func() {
		d := &a.document
		m.Binary("cbc:EmbeddedDocumentBinaryObject", &d.Content, xmltree.At{Name: "mimeCode", Value: &d.MediaType}, xmltree.At{Name: "filename", Value: &d.FileName})
		m.Group("cac:ExternalReference", func() { m.Text("cbc:URI", &d.Location) })
	})
}
