package main

import (
	"database/sql"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/storage"
)

// TestPostgreSQLIsRestarted takes the database away from hub and nodes while they work. They come back by themselves: no program
// is started again.
func TestPostgreSQLIsRestarted(t *testing.T) {
	t.Parallel()
	server := startPostgres(t)
	o := newOrdeal(t, storage.Postgres, func(_ *testing.T, party string) string { return server.create("party_" + party) })
	l := o.load()
	for range times(1, 5) {
		for _, harm := range []func(){server.restart, server.crash, func() { server.crashOne(o.random.IntN(100)) }} {
			l.awaitMore(t, 10)
			o.pause(300)
			harm()
		}
	}
	l.awaitMore(t, 20)
	for _, name := range o.names {
		o.parties[name].alive()
	}
	server.awaitLeases(o.names)
	o.refusesASecond()
	o.judge(l.end())
}

// awaitLeases waits until each program has its sole right to write again, which the restarted server had forgotten.
func (s *postgresServer) awaitLeases(parties []string) {
	s.t.Helper()
	for _, party := range parties {
		within(s.t, 10*time.Second, func() error {
			db, err := sql.Open("pgx", s.dsn("party_"+party))
			if err != nil {
				return err
			}
			defer db.Close()
			var held int
			if err = db.QueryRow(`SELECT COUNT(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND l.locktype = 'advisory'`).Scan(&held); err == nil && held == 0 {
				err = errors.New(party + " has no lease")
			}
			return err
		})
	}
}

// refusesASecond starts every program a second time on the same database.
func (o *ordeal) refusesASecond() {
	o.t.Helper()
	for _, name := range o.names {
		first := o.parties[name]
		second := &process{t: o.t, name: "a second " + name, addr: freePort(o.t), args: slices.Clone(first.args), env: first.env}
		second.args[slices.Index(second.args, "--addr")+1] = second.addr
		second.start()
		select {
		case err := <-second.done:
			if e, ok := errors.AsType[*exec.ExitError](err); !ok || e.ExitCode() != exitFailed || !strings.Contains(second.log.String(), "in use") {
				o.t.Errorf("%s: %v\n%s", second.name, err, second.log.String())
			}
		case <-time.After(10 * time.Second):
			o.t.Errorf("%s was not refused", second.name)
			second.kill()
		}
	}
}
