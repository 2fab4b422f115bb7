package federation_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
)

func TestACertificateThatEndsIsAnAlarmUntilThereIsANewOne(t *testing.T) {
	inMemory(t, func(t *testing.T, engine storage.Engine, _ broker) {
		w := watch(t, engine)
		const day = 24 * time.Hour
		heard := func(d time.Duration) time.Duration { // the moment at which both peers have just been heard
			w.hears("be", d)
			w.hears("se", d)
			return d
		}
		says := func(text string) {
			t.Helper()
			c, err := federation.ConditionOf(t.Context(), w.db, contracts.Hub, *w.now.Load(), nil)
			w.must(err)
			if !slices.ContainsFunc(c.Alarms, func(a federation.Alarm) bool {
				return a.Code == federation.AlarmCertificate && strings.Contains(a.Message, text)
			}) {
				t.Errorf("the command does not say %q: %+v", text, c.Alarms)
			}
		}
		w.ends = map[string]time.Time{federation.CertificateOwn: nine.Add(400 * day), federation.CertificateBroker: nine.Add(100 * day)}
		if got := w.look(heard(79 * day)); got != "" {
			t.Errorf("21 days before: %q", got)
		}
		if got := w.look(heard(80 * day)); got != "certificate" || w.log.count("level=WARN msg=\"ALARM: The certificate of the broker ends on 2027-03-02") != 1 {
			t.Errorf("20 days before: %q\n%s", got, w.log.text.String())
		}
		if got := w.look(heard(98 * day)); got != "certificate" || w.log.count("level=ERROR msg=\"ALARM: The certificate of the broker ends on 2027-03-02") != 1 {
			t.Errorf("2 days before: %q\n%s", got, w.log.text.String())
		}
		says("The certificate of the broker ends on 2027-03-02")
		w.start() // the broker can no longer be reached, so that its certificate is not seen again
		w.ends = map[string]time.Time{federation.CertificateOwn: nine.Add(400 * day)}
		if got := w.look(heard(101 * day)); got != "certificate" {
			t.Errorf("a day after: %q", got)
		}
		says("has ended on 2027-03-02")
		w.ends = map[string]time.Time{federation.CertificateOwn: nine.Add(400 * day), federation.CertificateBroker: nine.Add(500 * day)}
		if got := w.look(heard(102 * day)); got != "" {
			t.Errorf("with a new one: %q", got)
		}
		w.ends = nil // the broker is on this host now, without TLS
		w.look(heard(390 * day))
		if got := w.look(heard(390*day + time.Second)); got != "" {
			t.Errorf("without TLS: %q", got)
		}
	})
}
