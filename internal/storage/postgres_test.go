package storage

import (
	"crypto/tls"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestADatabaseOnAnotherHostIsAskedForItsCertificate(t *testing.T) {
	t.Setenv("PGSSLMODE", "")
	t.Setenv("PGHOST", "")
	for _, c := range []struct{ dsn, checked string }{
		{"postgres://be@db.example.coop/be", "db.example.coop"},
		{"postgres://be@db.example.coop:5433/be?application_name=x", "db.example.coop"},
		{"postgresql://be@192.0.2.7/be", "192.0.2.7"},
		{"postgres://be@/be?host=db.example.coop", "db.example.coop"},
		{"postgres://be@localhost/be", ""},
		{"postgres://be@127.0.0.1:5432/be", ""},
		{"postgres://be@[::1]/be", ""},
		{"postgres:///be?host=/run/postgresql", ""},
		{"postgres://be@db.example.coop/be?sslmode=disable", ""}, // its operator says so
	} {
		config, err := pgx.ParseConfig(withTLS(c.dsn))
		if err != nil {
			t.Fatalf("%s: %v", c.dsn, err)
		}
		checked := ""
		if config.TLSConfig != nil && !config.TLSConfig.InsecureSkipVerify {
			checked = config.TLSConfig.ServerName
		}
		if checked != c.checked {
			t.Errorf("%s: the certificate must be for %q, not %q", c.dsn, checked, c.checked)
		}
		for _, other := range config.Fallbacks {
			if c.checked != "" && (other.TLSConfig == nil || other.TLSConfig.InsecureSkipVerify) {
				t.Errorf("%s: falls back to %+v", c.dsn, (*tls.Config)(other.TLSConfig))
			}
		}
	}
}

func TestTheEnvironmentMaySayHowTheDatabaseIsReached(t *testing.T) {
	t.Setenv("PGSSLMODE", "require")
	if dsn := "postgres://be@db.example.coop/be"; withTLS(dsn) != dsn {
		t.Errorf("%s became %s", dsn, withTLS(dsn))
	}
}
