package contracts

// BuyerKind tells businesses from consumers, because VAT does.
type BuyerKind string

// A public body buys as a business for the place of supply when it has a VAT number.
const (
	Business BuyerKind = "business"
	Consumer BuyerKind = "consumer"
)

// Sector is the buyer's line of trade as a section letter of NACE Rev. 2 (Regulation (EC) 1893/2006), A to U:
// coarse enough to say nothing about a person. Empty means not known.
type Sector string

// Validate returns a Fault when the sector is neither empty nor a section letter.
func (s Sector) Validate() error {
	if s == "" || len(s) == 1 && s[0] >= 'A' && s[0] <= 'U' {
		return nil
	}
	return Fault{Code: FaultInvalid, Message: "not a section of NACE Rev. 2", Remedy: "use one letter from A to U, such as R for arts and entertainment, or leave it empty"}
}

// Address is a postal address (EN 16931 BG-5, BG-8).
type Address struct {
	Street     string      `json:"street,omitzero"`
	PostalCode string      `json:"postal_code,omitzero"`
	Town       string      `json:"town,omitzero"`
	Country    CountryCode `json:"country"`
}

// Identifier is a registration number with the scheme it belongs to, such as {"fr.siren", "732829320"}. The schemes
// are those of the country adapters.
type Identifier struct {
	Scheme string `json:"scheme"`
	Value  string `json:"value"`
}

// Party is a seller or a buyer on an invoice (EN 16931 BG-4, BG-7).
type Party struct {
	Name          string       `json:"name"`
	Kind          BuyerKind    `json:"kind"`
	Address       Address      `json:"address"`
	VATID         string       `json:"vat_id,omitzero"` // with country prefix, without spaces: BE0468561072
	Registrations []Identifier `json:"registrations,omitzero"`
	Email         string       `json:"email,omitzero"`
	Language      string       `json:"language,omitzero"` // ISO 639-1, of the documents this party gets
	Sector        Sector       `json:"sector,omitzero"`
}

// Validate returns the faults of a party that no country's rules are needed for.
func (p Party) Validate() error {
	var fs Faults
	if p.Name == "" {
		fs.Addf(FaultMissing, "name", "give the registered name", "no name")
	}
	if p.Kind != Business && p.Kind != Consumer {
		fs.Addf(FaultInvalid, "kind", `write "business" or "consumer"`, "%q is no kind of party", clip(string(p.Kind)))
	}
	fs.Add("address.country", p.Address.Country.Validate())
	fs.Add("sector", p.Sector.Validate())
	return fs.Err()
}
