package member

import (
	"context"
	"net/mail"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// Contact is how a member is reached. All of it may be empty; it is on no document.
type Contact struct {
	Email      string                `json:"email,omitzero"`
	Phone      string                `json:"phone,omitzero"`
	Street     string                `json:"street,omitzero"`
	PostalCode string                `json:"postal_code,omitzero"`
	Town       string                `json:"town,omitzero"`
	Country    contracts.CountryCode `json:"country,omitzero"`
}

// Validate returns every fault of the contact.
func (c Contact) Validate() error {
	var fs contracts.Faults
	for field, v := range map[string]string{"phone": c.Phone, "street": c.Street, "postal_code": c.PostalCode, "town": c.Town, "email": c.Email} {
		if v != "" {
			fs.Add(field, short(v))
		}
	}
	if c.Email != "" {
		if a, err := mail.ParseAddress(c.Email); err != nil || a.Address != c.Email {
			fs.Addf(contracts.FaultInvalid, "email", "write it like name@example.org", "%.60q is no e-mail address", c.Email)
		}
	}
	if c.Country != "" {
		fs.Add("country", c.Country.Validate())
	}
	return fs.Err()
}

// Reach keeps how a member is reached, and with a name that is not empty corrects his name. It tells whether he is there.
func (s Members) Reach(ctx context.Context, tx *storage.Tx, scope access.Scope, id ID, name string, c Contact) (bool, error) {
	var fs contracts.Faults
	fs.Add("", c.Validate())
	if name != "" {
		fs.Add("name", short(name))
	}
	if err := fs.Err(); err != nil {
		return false, err
	}
	there, err := s.Store.SaveContact(ctx, tx, scope, id, c, s.Now())
	if err != nil || !there || name == "" {
		return there, err
	}
	return s.Store.Rename(ctx, tx, scope, id, name)
}
