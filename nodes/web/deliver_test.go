package web

import (
	"strings"
	"testing"

	"passerelle/internal/web"
	"passerelle/nodes/delivery"
)

func TestWhatIsSentByHandSaysToWhom(t *testing.T) {
	for name, tt := range map[string]struct {
		format   string
		report   bool
		to, says string
	}{
		"Peppol":              {"peppol", false, "To the buyer, by hand", "send both to the buyer"},
		"FatturaPA":           {"fatturapa", false, "To the Italian tax authority (SdI), by hand", "only then is it issued before the law"},
		"FatturaPA of abroad": {"fatturapa", true, "To the tax authority, by hand", "reports the invoice"},
		"NAV":                 {"nav", true, "To the tax authority, by hand", "reports the invoice"},
	} {
		p := parcelOf(delivery.Kept{Parcel: delivery.Parcel{Format: tt.format, Report: tt.report, Channel: delivery.ByHand}, Status: delivery.Manual}, web.English)
		if p.To != tt.to || !strings.Contains(p.Says, tt.says) {
			t.Errorf("%s: %s: %s", name, p.To, p.Says)
		}
	}
}
