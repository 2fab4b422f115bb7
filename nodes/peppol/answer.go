package peppol

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// answer is what a DNS server says to a question for NAPTR records.
type answer struct {
	code      dnsmessage.RCode
	truncated bool
	authority string // owner of the SOA record, which tells what zone says no; empty when there is none
	blind     bool   // the server does not know the zone either
	records   []naptr
}

// errOther is a message that answers something else, or nothing.
var errOther = errors.New("an answer to another question")

// parseAnswer reads a message, which must be the answer to the question q.
func parseAnswer(b, q []byte, id uint16) (a answer, err error) {
	var p dnsmessage.Parser
	h, err := p.Start(b)
	if err != nil || !answers(&p, h, q, id) {
		return a, errOther
	}
	a.code, a.truncated = h.RCode, h.Truncated
	if a.truncated {
		return a, nil
	}
	if a.records, err = naptrsOf(&p); err != nil {
		return a, err
	}
	if err := p.SkipAllAnswers(); err != nil {
		return a, err
	}
	a.authority, err = soaOf(&p)
	return a, err
}

// answers holds the message against its question, so that a forger has to guess more than the number.
func answers(p *dnsmessage.Parser, h dnsmessage.Header, q []byte, id uint16) bool {
	var asked dnsmessage.Parser
	if _, err := asked.Start(q); err != nil {
		return false
	}
	want, errAsked := asked.Question()
	got, err := p.Question()
	if errAsked != nil || err != nil || p.SkipAllQuestions() != nil {
		return false
	}
	return h.ID == id && h.Response && got.Type == want.Type && got.Class == want.Class && strings.EqualFold(got.Name.String(), want.Name.String())
}

func naptrsOf(p *dnsmessage.Parser) (records []naptr, err error) {
	for {
		h, err := p.AnswerHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			return records, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Type != typeNAPTR {
			if err := p.SkipAnswer(); err != nil {
				return nil, err
			}
			continue
		}
		raw, err := p.UnknownResource()
		if err != nil {
			return nil, err
		}
		record, err := parseNAPTR(raw.Data)
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
}

func soaOf(p *dnsmessage.Parser) (string, error) {
	for {
		h, err := p.AuthorityHeader()
		switch {
		case errors.Is(err, dnsmessage.ErrSectionDone):
			return "", nil
		case err != nil:
			return "", err
		case h.Type == dnsmessage.TypeSOA:
			return strings.ToLower(h.Name.String()), nil
		}
		if err := p.SkipAuthority(); err != nil {
			return "", err
		}
	}
}

// outcome tells no from don't know. A no that the root or a top-level domain says is one about the zone, from a server that cannot see it;
// it is none about the participant.
func (a answer) outcome(server, zone string) error {
	no := a.code == dnsmessage.RCodeNameError || a.code == dnsmessage.RCodeSuccess && len(a.records) == 0
	switch {
	case no && (a.blind || a.authority != "" && !a.fromZone(zone)):
		return fmt.Errorf("the DNS server %s does not know the zone %s", server, zone)
	case no:
		return errNoName
	case a.code != dnsmessage.RCodeSuccess:
		return fmt.Errorf("the DNS server %s answered %s", server, strings.TrimPrefix(a.code.String(), "RCode"))
	}
	return nil
}

// fromZone tells whether the SOA is of the zone, of one inside it or of one not far above: peppol.org, but not org.
func (a answer) fromZone(zone string) bool {
	owner := strings.TrimSuffix(a.authority, ".")
	return strings.Contains(owner, ".") && (zone == owner || strings.HasSuffix(zone, "."+owner) || strings.HasSuffix(owner, "."+zone))
}
