package rates

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"

	"passerelle/contracts"
)

//go:embed demonstration.csv
var demonstrationCSV []byte

// DemonstrationSource names the values of Demonstration wherever one was used.
const DemonstrationSource = "demonstration value, about the level of that month; not a published rate"

// Demonstration returns one round value a month for SEK and HUF in 2016 and from 2023 to 2026: near what the currencies
// were worth, published by nobody. Only the demonstration loads it.
func Demonstration() ([]Rate, error) {
	records, err := csv.NewReader(bytes.NewReader(demonstrationCSV)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read demonstration rates: %w", err)
	}
	var rs []Rate
	for _, f := range records[1:] {
		since, errSince := contracts.ParseDate(f[1])
		until, errUntil := contracts.ParseDate(f[2])
		perEUR, errRate := readRate(f[3])
		if errSince != nil || errUntil != nil || errRate != nil {
			return nil, fmt.Errorf("read demonstration rates: %v", f)
		}
		rs = append(rs, Rate{Currency: contracts.Currency(f[0]), Since: since, Until: until, PerEUR: perEUR,
			Source: DemonstrationSource, Demonstration: true})
	}
	return rs, nil
}
